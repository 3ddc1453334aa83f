"""A group has one side, for ever."""

from hypothesis import given
from hypothesis import strategies as st

from vlm3_dataset.filters.split import VALIDATION_SHARE, groups_of, side, sides


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


def test_groups_that_are_alike_stand_together():
    found = sides(GROUPS, [("0-1x", "3-4x"), ("3-4x", "5-5x")], {})
    assert found["0-1x"] == found["3-4x"] == found["5-5x"] == side("0-1x")
    assert all(found[group] == side(group) for group in GROUPS if group not in {"0-1x", "3-4x", "5-5x"})


def test_a_new_group_joins_its_old_likes_where_they_are():
    for old in ("train", "val"):
        assert sides(["a", "b"], [("a", "b")], {"b": old}) == {"a": old, "b": old}


def test_a_new_group_that_is_like_both_sides_is_left_out():
    before = {"b": "train", "c": "val"}
    assert sides(["a", "b", "c"], [("a", "b"), ("a", "c")], before) == {"a": None} | before


@given(PAIRS, PAIRS, st.integers(1, len(GROUPS)))
def test_adding_pages_moves_no_old_group(first, later, size):
    """Nor does any pair of likes stand on two sides but old ones that were never known to be alike."""
    old = GROUPS[:size]
    before = sides(old, [pair for pair in first if set(pair) <= set(old)], {})
    assert None not in before.values()
    after = sides(GROUPS, [*first, *later], before)
    assert all(after[group] == before[group] for group in old)
    for one, other in [*first, *later]:
        apart = after[one] != after[other] and None not in {after[one], after[other]}
        assert not apart or {one, other} <= set(old)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20))))
def test_clusters_are_what_can_be_reached(pairs):
    names = [f"{n:02d}" for n in range(21)]
    found = groups_of(((f"{a:02d}", f"{b:02d}") for a, b in pairs), names)
    assert all(found[f"{a:02d}"] == found[f"{b:02d}"] for a, b in pairs)
    assert all(found[cluster] == cluster <= name for name, cluster in found.items())
    assert len(set(found.values())) >= 21 - len(pairs)
