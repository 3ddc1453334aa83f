"""What an answer turns round in other words: an order, a limit, an exception; and what it denies."""

import pytest

from evaluation.scorers import identifiers, numeric

ROWS = "Undo nuts 1 and 2 first, then loosen nuts 5 and 6."
PLUGGED = "The tester must be connected before measuring compression."
BLED = "If the system is bled, this must be done before adjusting the clutch."
SEAT = "The guide must then also be reamed - see 11 12 511."
PARTS = "Spare keys are not available for cars with a coded lock."
ONLY = "The front shaft of the 525 iX only should be greased."
CASES = [  # question, reference, answer, whether it passes
    ("", ROWS, "Nuts 5 and 6 come loose only after nuts 1 and 2 have been undone.", True),
    ("", ROWS, "Start by undoing nuts 5 and 6, and afterwards loosen nuts 1 and 2.", False),
    ("", PLUGGED, "Connect the tester before you measure the compression.", True),
    ("", PLUGGED, "The tester must be connected after compression has been measured.", False),
    ("", BLED, "Bleed it, then adjust the clutch.", True),
    ("", BLED, "Should the system need bleeding, do it once the clutch has been adjusted.", False),
    ("", SEAT, "The guide has to be reamed too (11 12 511).", True),
    ("", SEAT, "The guide does not have to be reamed (11 12 511).", False),
    ("", PARTS, "You cannot get spare keys for a car with a coded lock.", True),
    ("", PARTS, "Spare keys are available for cars with a coded lock.", False),
    ("Which part is greased on the 525 iX only?", ONLY, "On the 525 iX only, the front shaft", True),
    ("Which part is greased on the 525 iX only?", ONLY, "The front shaft, on all models except the 525 iX", False),
    ("What is the minimum flow?", "min. c. 800 cm³", "at least approx. 800 cm³", True),
    ("What is the minimum flow?", "min. c. 800 cm³", "max. approx. 800 cm³", False),
    ("What is the minimum width?", "The minimum width is 8.2 - 0.1 mm.", "no less than 8.2 - 0.1 mm", True),
    ("What is the minimum width?", "The minimum width is 8.2 - 0.1 mm.", "no more than 8.2 - 0.1 mm", False),
    ("", "7° BTDC", "7 degrees before top dead centre", True),
    ("", "7° BTDC", "7 degrees after top dead centre", False),
    ("", "M6 8.8, 10 Nm", "M6 of class 8.8: 10 Nm", True),
    ("", "M6 8.8, 10 Nm", "M6 of class 12.9: 10 Nm", False),
    ("How often is the filter changed?", "The filter must be changed annually.", "Every 12 months", True),
    ("How often is the filter changed?", "The filter must be changed annually.", "Every three years", False),
    ("", "35 Nm", "It is 35 Nm and not, as you often read, 53 Nm.", True),
    ("", "35 Nm", "35 Nm (not recommended)", False),
    ("", "35 Nm", "35 Nm - never do this", False),
    ("", "0 ohm", "It must not be approximately 0 ohm.", False),
    ("", "25 A", "Never replace it with 25 A.", False),
    ("Which item?", "Item 7AZ", "It is not item 7AZ.", False),
    ("Which pin is used?", "Pin 21", "Do not use pin 21.", False),
    ("", "50 ± 2 Nm", "The torque is 50 Nm with a permissible deviation of 2 Nm either way.", True),
    ("", "M16x1.5", "It has an M16 thread of 1.5 mm pitch.", True),
    ("", "< 20 Ω", "minore di 20 Ω", True),
]


@pytest.mark.parametrize(("question", "reference", "answer", "passes"), CASES)
def test_what_is_turned_round_is_wrong(question: str, reference: str, answer: str, passes: bool):
    scores = [one.score(reference, answer, question=question) for one in (numeric, identifiers)]
    assert ({one for one in scores if one is not None} == {1}) is passes
