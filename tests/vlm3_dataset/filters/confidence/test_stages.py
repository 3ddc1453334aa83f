"""A tightening in stages is one value: all of them, in their order."""

import pytest

from tests.vlm3_dataset.filters.confidence.test_confidence import told
from tests.vlm3_dataset.labelers.rules.test_facts import printed
from vlm3_dataset.filters.confidence import confidence, manual_facts, stages
from vlm3_dataset.schema import Dropped, Page

PAGE = Page("99-5", "99-5.jpg", 1, "image", "99", "Blower", "g")
TABLE = (
    {0: "99-5", 1: "Blower", 2: "Type", 3: "Screw", 4: "Measure", 5: "Unit"},
    {0: "1AZ", 1: "Blower cover bolts", 2: "S70/S14/", 3: "M10"},
    {2: "M80"},
    {1: "Replace bolts"},
    {1: "torque", 4: "40", 5: "Nm"},
    {1: "settling time", 4: "10", 5: "min"},
    {1: "torque angle", 4: "70"},
    {2: "M88", 3: "M10"},
    {1: "torque", 4: "30", 5: "Nm"},
    {1: "torque", 4: "60", 5: "Nm"},
    {1: "torque", 4: "90", 5: "Nm"},
    {0: "2AZ", 1: "Blower hub bolt", 2: "M88", 3: "M20"},
    {1: "torque", 4: "50", 5: "Nm"},
    {1: "Loosen by half a turn"},
    {1: "torque", 4: "20", 5: "Nm"},
    {0: "3AZ", 1: "Blower belt bolt", 2: "All", 3: "M8", 4: "22", 5: "Nm"},
)
STEPS = (
    {0: "99-6 Blower"},
    {0: "Blower cap bolt tightening torque:"},
    {0: "Step 1", 2: "10 Nm (7 ft. lbs.)"},
    {0: "Step 2", 2: "30 Nm (22 ft. lbs.)"},
    {0: "Step 3", 2: "60° torque angle"},
)


def of(rows):
    return list(manual_facts.facts(PAGE, printed(*rows), ()))


def level(statement, question="What do owners use?", rows=TABLE):
    rated = confidence.weigh(*told(statement, question), manual_facts.by_dimension(of(rows)))
    return "differs" if isinstance(rated, Dropped) else rated.confidence


def test_each_engine_has_its_stages_and_what_is_not_understood_is_left_out():
    assert {(one.named, one.value) for one in of(TABLE) if one.stages} == {
        ("Blower cover bolts, S70/S14/M80, M10", "40 Nm, 70°"),
        ("Blower cover bolts, M88, M10", "30 Nm, 60 Nm, 90 Nm"),
    }


def test_steps_are_of_the_bolts_that_the_line_above_names():
    (fact,) = (one for one in of(STEPS) if one.stages)
    assert fact.value == "10 Nm, 30 Nm, 60°"
    assert level("The blower cap bolts go 10 Nm, 30 Nm and 60 degrees.", rows=STEPS) == "manual agrees"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("The S14 blower cover bolts take 40 Nm and then 70 degrees.", "manual agrees"),
        ("The S14 blower cover bolts take 40 Nm (30 ft-lb), wait 10 min, then 70°.", "manual agrees"),
        ("The M88 blower cover bolts: 30 Nm, 60 Nm, wait 10 min, 90 Nm.", "manual agrees"),
        ("The M88 blower cover bolts go to 30, 60 and 90 Nm.", "manual agrees"),
        ("The M88 blower cover bolts: 30 Nm, 50 Nm, then 90 Nm.", "differs"),
        ("The M88 blower cover bolts: 60 Nm, 30 Nm, then 90 Nm.", "differs"),
        ("The S14 blower cover bolts take 30 Nm, 60 Nm and then 90 Nm.", "differs"),  # as another engine's
        ("The S14 blower cover bolts take 40 Nm plus 90 degrees.", "differs"),
        # One stage of several, or some of them, says nothing; another value does.
        ("The M88 blower cover bolts take 90 Nm.", "one owner"),
        ("The M88 blower cover bolts take 30 Nm and then 60 Nm.", "one owner"),
        ("The M88 blower cover bolts take 110 Nm.", "differs"),
        ("The blower belt bolt takes 22 Nm.", "manual agrees"),
        ("The blower belt bolt takes 10 Nm and then 22 Nm.", "one owner"),
    ],
)
def test_stages_are_compared_as_one(statement, expected):
    assert level(statement) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50 Nm, 80 Nm, wait 15 min, 100 Nm", [["50 Nm", "80 Nm", "100 Nm"]]),
        ("first 20 Nm, then 50 degrees", [["20 Nm", "50 degrees"]]),
        ("wheel bolts 110 Nm, caliper 123 Nm", []),
        ("24 Nm front and 34 Nm rear", []),
        ("24 Nm (18 ft-lb)", []),
        ("24 Nm or 34 Nm", []),
    ],
)
def test_values_of_two_things_are_no_stages(text, expected):
    found = [[one.text for one in told] for _, _, told in stages.in_statement(text) if told]
    assert found == expected
