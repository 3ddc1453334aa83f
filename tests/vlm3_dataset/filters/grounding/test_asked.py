"""An answer must be of the kind that is asked for, and add something to its question."""

import pytest

from tests.vlm3_dataset.labelers.rules.printed import printed
from vlm3_dataset.filters.grounding.grounding import grounded
from vlm3_dataset.schema import QA

WORK = """Greasing the pivot
Grease the ball of the pivot (3) with tallow 83 1 064 if necessary.

Grease again (83 1 064) after a wash of the linkage.

Relay (7) keeps the pump dry.

The bypass flap is opened by vacuum so that air escapes.

6 Idle flap

Between terminals 4 and 9 the flap has 12 to 14 V.

Terminals 4 and 9 of the heater: 30 Ω at 20 °C.

Rebore the barrel, clearance 0.06 mm, at 80 °C.

The pressure is kept by the valve.

Pull all seals off the hub.

Three seals must be pulled off.

Look for cracks after boring to 0.06 mm.

Lever: adjust play of 3 mm with the eccentric.

Lift the chain with Special Tool 31 4 250 (1).

Up to 25 bar the meter is joined to the bleed screw.

Test the pump - see 31 45 010.

All the rods where they go through bushes are smoothed so that seals last.

The wheel is held by five nuts with M12 threads.

The stop is set to 7 mm.

** See Ratings
"""
TABLE = """31 - 8 Axle | Type | Screw | Measure | Unit
6AZ | Clamp of gaiter | M30 | M8 | 21 | Nm
"""


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("What should be greased if necessary?", ["The ball of the pivot (3)"], []),
        ("What is greased again after a wash?", ["The linkage"], ["Grease again (83 1 064)", "Grease it again"]),
        ("What is set at the stop?", ["7 mm"], []),
        ("With what is the ball of the pivot greased?", ["Tallow 83 1 064"], []),
        ("What is the function of relay 7?", ["It keeps the pump dry"], ["Relay 7", "It is the pump relay (7)"]),
        ("What is the purpose of callout 6?", [], ["Idle flap", "It is the idle flap", "6 is the idle flap"]),
        ("What is callout 6?", ["Idle flap", "It is the idle flap"], []),
        ("Why is the bypass flap opened?", ["So that air escapes"], []),
        ("What voltage has the flap between its terminals?", ["12 to 14 V"], ["4 and 9", "Terminals 4 and 9"]),
        ("What is the resistance of the heater?", ["30 Ω at 20 °C", "30 Ω"], ["4 and 9", "20 °C"]),
        ("What is the clearance of the barrel?", ["0.06 mm"], ["80 °C"]),
        ("At what temperature is the barrel rebored?", ["80 °C"], ["0.06 mm"]),
        ("What does the valve do with the pressure?", ["It is kept"], []),
        ("How many seals are pulled off the hub?", [], ["Three"]),  # or all of them
        ("What should you look for after boring?", ["Cracks"], ["0.06 mm"]),
        ("How is the barrel rebored?", [], ["80 °C", "0.06 mm"]),
        ("How much play has the lever?", ["3 mm"], ["With the eccentric", "The eccentric"]),
        ("With which special tool is the chain lifted?", ["Special Tool 31 4 250 (1)"], ["(1)"]),
        ("Where is the meter joined?", ["To the bleed screw"], ["Up to 25 bar"]),
        ("What is the number of the job that tests the pump?", ["31 45 010"], ["Test the pump"]),
        ("Why are the rods smoothed?", ["So that seals last"], ["All the rods where they go through bushes"]),
        ("How many nuts hold the wheel?", ["Five nuts"], ["M12", "Nuts with M12 threads", "The nuts"]),
        ("Where are the ratings?", [], ["See ratings", "They are found under ratings"]),
    ],
)
def test_what_is_not_asked_for_verifies_nothing(question, right, wrong):
    assert {answer: verdict(WORK, question, answer) for answer in right} == dict.fromkeys(right, "verified")
    assert [answer for answer in wrong if verdict(WORK, question, answer) == "verified"] == []


FAULTS = """Fault | Cause | Cure
Winch drags | a) Rope worn | a) Renew drum 31 21 000
            | b) Pawl rusted on wheel | b) Clean wheel with cloth
"""
WIRED = """Lamps
From the fuses
To the ground
Tail lamp | C411 | .75 GN/WT
.5 RD/BK | Fog lamp switch
"""


@pytest.mark.parametrize(
    ("page", "question", "right", "wrong"),
    [
        (
            FAULTS,
            "The winch drags because the pawl is rusted on the wheel. What is the cure?",
            [],
            ["Renew drum 31 21 000"],
        ),
        (WIRED, "Which wire leads from C411 to the fog lamp switch?", [], [".75 GN/WT"]),
        (WIRED, "Which wire leads to the fog lamp switch?", [".5 RD/BK"], [".75 GN/WT", "Pin 5"]),
    ],
)
def test_another_row_that_has_more_of_a_question_is_meant(page, question, right, wrong):
    assert {answer: verdict(page, question, answer) for answer in right} == dict.fromkeys(right, "verified")
    assert [answer for answer in wrong if verdict(page, question, answer) == "verified"] == []


@pytest.mark.parametrize(
    ("question", "answer", "is_verified"),
    [
        ("What is the torque of the clamp of the gaiter (6AZ)?", "21 Nm", True),
        ("What is the torque of the clamp of the gaiter on the 6AZ engine?", "21 Nm", False),
        ("What is the torque of the clamp of the gaiter?", "21 Nm on 6AZ engines", False),
    ],
)
def test_the_number_of_an_item_is_no_engine_in_the_question_either(question, answer, is_verified):
    assert (verdict(TABLE, question, answer) == "verified") == is_verified


def verdict(page, question, answer):
    return grounded(QA(question, answer, "", "t", "claude", "m", "v"), printed(page)).numbers_grounded
