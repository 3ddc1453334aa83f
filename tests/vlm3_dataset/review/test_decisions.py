"""What stands of many decisions: the last one about a pair, without those that were taken back."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from vlm3_dataset.review.decisions import Decision, Subject, remaining, standing

PAIRS = [Subject("21-03", "ab" * 32, f"Torque of bolt {n}?", "cd" * 32) for n in range(3)]


def decision(verdict="accept", pair=0, reviewer="anna", second=0):
    return Decision(PAIRS[pair], verdict, reviewer, f"2026-11-27T10:00:{second:02d}.000000+00:00")


verdicts = st.sampled_from(["accept", "edit", "reject", "undo"])
seconds = st.integers(0, 59)
logs = st.lists(st.builds(decision, verdicts, st.integers(0, 2), st.just("anna"), seconds), max_size=12)
others = st.lists(st.builds(decision, verdicts, st.integers(0, 2), st.just("bert"), seconds), max_size=12)


def last(log):
    return max((each.at for each in log), default=decision().at)


def test_the_last_decision_wins_whoever_made_it():
    anna = [decision("accept", second=1), decision("reject", second=3)]
    bert = [decision("edit", reviewer="bert", second=2), decision("accept", pair=1, reviewer="bert", second=4)]
    found = standing(remaining([anna, bert]))
    assert found == {PAIRS[0]: anna[1], PAIRS[1]: bert[1]}


def test_undo_takes_back_ones_own_last_decision_and_no_other():
    anna = [decision("accept", second=1), decision("reject", second=2), decision("undo", second=5)]
    bert = [decision("edit", reviewer="bert", second=3), decision("edit", pair=1, reviewer="bert", second=4)]
    assert remaining([anna, bert]) == [anna[0], *bert]
    assert standing(remaining([anna, bert]))[PAIRS[0]] == bert[0]


def test_an_undo_of_nothing_does_nothing():
    assert remaining([[decision("undo"), decision("accept", second=1)]]) == [decision("accept", second=1)]


def test_a_decision_that_was_carried_over_remains_as_long_as_the_one_that_was_made():
    made, taken_back = decision("reject", second=1), decision("undo", second=2)
    carried = replace(made, pair=PAIRS[1], carried_from=PAIRS[0])
    of_the_new_pair = decision("undo", pair=1, second=2)
    assert remaining([[made, of_the_new_pair], [carried]]) == [made, carried]
    assert remaining([[made, taken_back], [carried]]) == []
    assert remaining([[carried]]) == []


@settings(deadline=None)
@given(logs, others, st.sampled_from(["accept", "edit", "reject"]), st.integers(0, 2))
def test_a_decision_that_is_taken_back_was_never_made(log, other, verdict, pair):
    taken_back = [replace(decision(each, pair), at=last(log)) for each in (verdict, "undo")]
    assert remaining([[*log, *taken_back], other]) == remaining([log, other])


@settings(deadline=None)
@given(logs, st.sampled_from(["accept", "edit", "reject"]), st.integers(0, 2))
def test_within_a_log_its_order_counts_also_where_the_clock_was_set_back(log, verdict, pair):
    newest = decision(verdict, pair)  # the earliest time there is
    assert standing(remaining([[*log, newest]]))[PAIRS[pair]] == newest


@settings(deadline=None)
@given(logs, others)
def test_the_order_of_the_logs_does_not_matter_where_their_times_differ(log, other):
    other = [replace(each, at=each.at.replace(".000000", ".500000")) for each in other]
    assert remaining([log, other]) == remaining([other, log])
