"""Two values, names or sides that stand by each other's subject are exchanged, in whatever order an answer has them."""

import pytest

from evaluation.scorers import identifiers, numeric

STRENGTHS = "12.9 bolts need 17 Nm while 8.8 bolts need 10 Nm."
PARTS = "The alternator bracket has the higher torque at 47 Nm compared to 22 Nm for the tensioner arm."
SIZES = "The pulley uses M5 bolts while the G54/G60 uses M10 bolts."
WIRES = "The raise output uses .5 BR/GY and the drop output uses .5 BR/OR."
SIDES = "Above this pressure it's a lean mixture, and below this pressure it's a rich mixture."
SPREAD = "The difference is 25 Nm (80 Nm for the coupe minus 55 Nm for the saloon)."
CASES = [  # reference, answer, whether it passes
    (STRENGTHS, "8.8: 10 Nm; 12.9: 17 Nm", True),
    (STRENGTHS, "8.8: 17 Nm; 12.9: 10 Nm", False),
    (STRENGTHS, "10 Nm for 8.8 bolts and 17 Nm for 12.9 bolts", True),
    (STRENGTHS, "17 Nm for 8.8 bolts and 10 Nm for 12.9 bolts", False),
    (STRENGTHS, "10 and 17 Nm for 8.8 and 12.9 respectively", True),
    (STRENGTHS, "17 and 10 Nm for 8.8 and 12.9 respectively", False),
    (STRENGTHS, "| Class | Torque |\n|---|---|\n| 8.8 | 10 Nm |\n| 12.9 | 17 Nm |", True),
    (STRENGTHS, "| Class | Torque |\n|---|---|\n| 8.8 | 17 Nm |\n| 12.9 | 10 Nm |", False),
    (STRENGTHS, "17 Nm (12.9), 10 Nm (8.8)", True),
    (STRENGTHS, "17 Nm (8.8), 10 Nm (12.9)", False),
    (PARTS, "The arm of the tensioner gets 22 Nm, the bracket of the alternator 47 Nm.", True),
    (PARTS, "It's the tensioner arm, with 47 Nm; the alternator's bracket has 22 Nm.", False),
    (SIZES, "M10 for the G54/G60, M5 for the pulley", True),
    (SIZES, "M5 for the G54/G60, but M10 for the pulley", False),
    (WIRES, "Drop output: 0.5 BR/OR. Raise output: 0.5 BR/GY.", True),
    (WIRES, "Drop output: 0.5 BR/GY. Raise output: 0.5 BR/OR.", False),
    (SIDES, "Below it the mixture counts as rich, above it as lean.", True),
    (SIDES, "Below it the mixture counts as lean, above it as rich.", False),
    (SPREAD, "The saloon needs 25 Nm less: 55 Nm against 80 Nm for the coupe.", True),
    (SPREAD, "The coupe needs 25 Nm less: 55 Nm against 80 Nm for the saloon.", False),
    # who can say which of the two it belongs to
    ("7 Nm for all except the G60, and 13 Nm for the G60", "The G60 gets 13 Nm, all others 7 Nm.", True),
    (
        "The clutch cover has torques: 7 Nm inside, 13 Nm outside",
        "The clutch cover: 13 Nm outside, 7 Nm inside",
        True,
    ),
]


@pytest.mark.parametrize(("reference", "answer", "passes"), CASES)
def test_what_belongs_to_two_subjects_is_not_exchanged(reference: str, answer: str, passes: bool):
    scores = [one.score(reference, answer) for one in (numeric, identifiers)]
    assert ({one for one in scores if one is not None} == {1}) is passes
