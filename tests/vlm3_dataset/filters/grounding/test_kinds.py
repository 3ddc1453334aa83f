"""A name answers only a question for its kind, and the kind is what the page prints, whatever the answer calls it."""

import pytest

from tests.vlm3_dataset.labelers.rules.printed import printed
from vlm3_dataset.filters.grounding.grounding import grounded
from vlm3_dataset.schema import QA

WORK = """Taking out the pivot
Take off the fender lining - see 51 71 032.
Draw out the ball stud with Special Tool 31 2 240.
Knock out the needle race with 33 4 105.
Special Tools 12 31 150 and 12 31 160 hold the pulley.
Special tools:
00 21 180 Bench for the gear lever
"""
TABLE = """31 - 8 Axle | Type | Screw | Measure | Unit
6AZ | Clamp of gaiter | M30 | M8 | 21 | Nm
9AZ | Strut on tower | S38/S50 | M12 | 64 | Nm
"""
WIRES = """Pin | Wire | Wire | Goes to
4 | .75 | GN/WT | Horn, supply (15)
6 | 2.5 | RD | Blower motor
243 | Wiper lamp
"""


@pytest.mark.parametrize(
    ("page", "question", "right", "wrong"),
    [
        (WORK, "Which special tool draws out the ball stud?", ["31 2 240", "Special Tool 31 2 240"], []),
        (WORK, "Which special tool is needed to take off the fender lining?", [], ["51 71 032", "Tool 51 71 032."]),
        (WORK, "What is the part number of the fender lining?", [], ["51 71 032"]),
        (WORK, "Which job takes off the fender lining?", ["51 71 032"], []),
        (WORK, "What is the job number for knocking out the needle race?", [], ["33 4 105"]),
        (WORK, "With what tool is the needle race knocked out?", ["33 4 105"], []),  # the page prints no "tool" there
        (WORK, "Which special tools hold the pulley?", ["12 31 150 and 12 31 160"], []),  # in the form of a job
        (WORK, "Which special tool is the bench for the gear lever?", ["00 21 180"], []),
        (TABLE, "Which engine has the clamp of the gaiter?", ["M30"], ["M8", "6AZ", "6AZ engines", "21 Nm"]),
        (TABLE, "What engine types have the strut on the tower?", ["S38 and S50"], ["M12", "9AZ", "9AZ engines"]),
        (TABLE, "Which transmission is the strut on the tower for?", [], ["9AZ", "9AZ transmissions"]),
        (TABLE, "Which thread has the clamp of the gaiter?", ["M8"], ["M30", "6AZ"]),
        (TABLE, "Which item is the clamp of the gaiter?", ["6AZ"], ["M30"]),
        (WIRES, "Which pin supplies the horn?", ["4", "Pin 4"], ["15", "0.75", "Pin 15"]),
        (WIRES, "On which pin is the wiper lamp?", [], ["243", "Pin 243"]),
        (WIRES, "What is the component number of the wiper lamp?", ["243"], []),
        (WIRES, "Which pin has a red wire to the blower motor?", ["6"], ["2.5"]),
        (WIRES, "What is the size of the wire to the blower motor?", ["2.5", "2.5 RD"], ["RD", "6"]),
        (WIRES, "What colour is the wire to the blower motor?", ["RD", "2.5 RD"], ["2.5", "6"]),
    ],
)
def test_a_name_of_another_kind_verifies_nothing(page, question, right, wrong):
    def verdict(answer):
        return grounded(QA(question, answer, "", "t", "claude", "m", "v"), printed(page)).numbers_grounded

    assert {answer: verdict(answer) for answer in right} == dict.fromkeys(right, "verified")
    assert [answer for answer in wrong if verdict(answer) == "verified"] == []
