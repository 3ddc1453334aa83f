"""A statement may use words of its own, and may not add, exchange or turn round what its quote says."""

import pytest

from vlm3_dataset.filters.claims.retelling import (
    exchanges,
    goes_beyond,
    has_another_bound,
    is_cause_for_cure,
    is_reordered,
    retold,
    told,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("One owner tightened the loose nuts in November 2008.", "nipped up the slack nuts"),
        ("He renewed the bushes for 25 euros each.", "swapped the bushes, 25 quid apiece"),
        ("The engine went silent.", "cured"),
        ("It syncs the throttles.", "sync the throttle"),
    ],
)
def test_what_is_told_in_other_words_is_the_same(one, other):
    assert told(one) == told(other)


@pytest.mark.parametrize(
    ("statement", "quote", "beyond"),
    [
        ("After the sync it pulled cleaner.", "After the sync it pulled cleaner below 2500", False),
        ("It pulled cleaner, and idled more evenly.", "After the sync it pulled cleaner below 2500", True),
        ("The rear point was soft, and the sill had rotted.", "Rear point soft, screwdriver went through.", True),
        ("It was a dry joint, caused by acid.", "It was a dry joint at the plug.", True),
        ("Most cars leak there.", "Mine leaked there.", True),
        ("Most cars leak there.", "Most of them leak there, most cars at least.", False),
    ],
)
def test_a_clause_without_a_word_of_its_quote_goes_beyond_it(statement, quote, beyond):
    assert goes_beyond(statement, quote, frozenset()) is beyond


@pytest.mark.parametrize(
    ("statement", "quote", "exchanged"),
    [
        ("Sync them at 3000, then recheck at idle.", "Sync them at idle, then recheck at 3000.", True),
        ("Sync them at idle, then recheck at 3000.", "I sync them at idle, then recheck at 3000.", False),
        (
            "It juddered with the stock flywheel, and that went away with a lightweight one.",
            "mine juddered after fitting a lightweight flywheel, went away when I put the stock one back on",
            True,
        ),
        ("Inlet 0.28 mm, exhaust 0.33 mm.", "exhaust 0.33 mm, inlet 0.28 mm", False),
    ],
)
def test_two_clauses_may_not_exchange_a_word(statement, quote, exchanged):
    assert exchanges(statement, quote) is exchanged


STEPS = "tape the glass up, unclip the plug, undo the four bolts, then tilt the regulator"


@pytest.mark.parametrize(
    ("statement", "reordered"),
    [
        ("Tape the glass up, unclip the plug, undo the bolts, then tilt the regulator.", False),
        ("Undo the bolts, tilt the regulator, then unclip the plug, and tape the glass up.", True),
        ("Undo the bolts, tilt the regulator, unclip the plug.", False),  # tells no order
    ],
)
def test_steps_stay_in_their_order(statement, reordered):
    assert is_reordered(statement, STEPS) is reordered


@pytest.mark.parametrize(
    ("statement", "quote", "other"),
    [
        ("Change it once a year at most.", "I change it every year at least", True),
        ("Reuse a disc with no more than 7.5 mm left.", "I reuse a disc only with at least 7.5 mm left", True),
        ("Change it at least every year.", "I change it every year at least", False),
        ("Change it every year.", "I change it every year at least", False),
    ],
)
def test_a_bound_stays_the_bound_it_is(statement, quote, other):
    assert any(map(has_another_bound, retold(statement, quote))) is other


@pytest.mark.parametrize(
    ("statement", "quote", "is_cause"),
    [
        ("The squeal was brought on by new idlers.", "Mine squealed, I changed both idlers and the squeal went.", True),
        ("The squeal was caused by worn idlers.", "the idlers were a mess and were the culprit, all gone now", False),
        ("Worn idlers caused the squeal, and new ones cured it.", "new idlers and the squeal went", False),
        ("New idlers cured it.", "new idlers and the squeal went", False),
    ],
)
def test_a_cure_is_no_cause(statement, quote, is_cause):
    assert is_cause_for_cure(statement, quote) is is_cause
