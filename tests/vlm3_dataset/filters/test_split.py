"""A group has one side, for ever."""

from hypothesis import given
from hypothesis import strategies as st

from vlm3_dataset.filters.split import VALIDATION_SHARE, SplitOptions, connected_components, is_balanced, side, sides


def test_about_a_tenth_validates():
    share = sum(side(f"{section}-{tens}x") == "val" for section in range(100) for tens in range(100)) / 10_000
    assert abs(share - VALIDATION_SHARE) < 0.01


def test_sides_that_datasets_already_have():
    """Moving these would mix training pages into validation of everything released before."""
    assert {group: side(group) for group in ("11-5x", "21-0x", "torque-11-4x", "34-3x")} == {
        "11-5x": "train",
        "21-0x": "train",
        "torque-11-4x": "val",
        "34-3x": "train",
    }


GROUPS = [f"{section}-{tens}x" for section in range(6) for tens in range(6)]
PAIRS = st.lists(st.tuples(st.sampled_from(GROUPS), st.sampled_from(GROUPS)), max_size=30)


EVEN = dict.fromkeys(GROUPS, 10)


def share_of(found, weights):
    return sum(weights[group] for group, where in found.items() if where == "val") / sum(weights.values())


def test_groups_that_are_alike_stand_together():
    found = sides(EVEN, [("0-1x", "3-4x"), ("3-4x", "5-5x")], {})
    assert found["0-1x"] == found["3-4x"] == found["5-5x"]


def test_a_hash_alone_decides_where_that_gives_about_a_tenth():
    many = {f"{section}-{tens}x": 10 for section in range(20) for tens in range(20)}
    assert sides(many, [], {}) == {group: side(group) for group in many}


def test_a_new_group_joins_its_old_likes_where_they_are():
    for old in ("train", "val"):
        assert sides({"a": 1, "b": 1}, [("a", "b")], {"b": old}) == {"a": old, "b": old}


def test_a_new_group_that_is_like_both_sides_is_left_out():
    before = {"b": "train", "c": "val"}
    assert sides(dict.fromkeys("abc", 1), [("a", "b"), ("a", "c")], before) == {"a": None} | before


WEIGHTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 40), min_size=2, max_size=14)


@given(WEIGHTS)
def test_validation_is_never_empty_and_as_near_to_its_share_as_whole_groups_let_it_be(weights):
    found, total = sides(weights, [], {}), sum(weights.values())
    val = sum(weights[group] for group, where in found.items() if where == "val")
    assert 0 < val < total
    sums = {0}
    for weight in weights.values():
        sums |= {so_far + weight for so_far in sums}
    possible = sums - {0, total}
    assert is_balanced(val, total) or (
        not any(is_balanced(each, total) for each in possible)
        and abs(val - total / 10) == min(abs(each - total / 10) for each in possible)
    )
    assert found == sides(dict(reversed(weights.items())), [], {})
    assert found == sides(weights, [], found)


@given(WEIGHTS, WEIGHTS)
def test_old_groups_stay_and_new_ones_make_up_for_them(first, later):
    before = sides(first, [], {})
    after = sides(first | later, [], before)
    assert {group: after[group] for group in before} == before
    assert "val" in after.values()


def test_ten_new_groups_validate_where_none_of_the_old_ones_does():
    old = dict.fromkeys(GROUPS[:10], 10)
    before = dict.fromkeys(old, "train")
    after = sides(EVEN, [], before)
    assert 0.05 <= share_of(after, EVEN) <= 0.15
    assert sides(old, [], before) == before  # nothing is new, so nothing moves unasked
    assert share_of(sides(old, [], before, SplitOptions(share=0.1)), old) == 0.1


def test_a_wish_moves_no_more_than_it_must():
    before = {group: "val" if place < 2 else "train" for place, group in enumerate(GROUPS)}
    after = sides(EVEN, [], before, SplitOptions(share=0.2))
    assert {group for group, where in before.items() if where == "val"} < {g for g, w in after.items() if w == "val"}
    assert 0.1 <= share_of(after, EVEN) <= 0.3


def test_named_groups_validate_with_their_likes_and_no_others():
    before = dict.fromkeys(GROUPS, "val")
    found = sides(EVEN, [("0-1x", "3-4x")], before, SplitOptions(val=frozenset({"0-1x"})))
    assert {group for group, where in found.items() if where == "val"} == {"0-1x", "3-4x"}


def test_one_group_cannot_be_split():
    assert sides({"a": 9}, [], {}) == {"a": "train"}


@given(PAIRS, PAIRS, st.integers(1, len(GROUPS)))
def test_adding_pages_moves_no_old_group(first, later, size):
    """Nor does any pair of likes stand on two sides but old ones that were never known to be alike."""
    old = GROUPS[:size]
    before = sides(dict.fromkeys(old, 10), [pair for pair in first if set(pair) <= set(old)], {})
    assert None not in before.values()
    after = sides(EVEN, [*first, *later], before)
    assert all(after[group] == before[group] for group in old)
    for one, other in [*first, *later]:
        apart = after[one] != after[other] and None not in {after[one], after[other]}
        assert not apart or {one, other} <= set(old)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20))))
def test_clusters_are_what_can_be_reached(pairs):
    names = [f"{n:02d}" for n in range(21)]
    found = connected_components(((f"{a:02d}", f"{b:02d}") for a, b in pairs), names)
    assert all(found[f"{a:02d}"] == found[f"{b:02d}"] for a, b in pairs)
    assert all(found[cluster] == cluster <= name for name, cluster in found.items())
    assert len(set(found.values())) >= 21 - len(pairs)
