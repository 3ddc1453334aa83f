"""Two values, names or sides that stand by each other's subject are exchanged, in whatever order an answer has them."""

import pytest

from evaluation.scorers import identifiers, numeric

STRENGTHS = "12.9 bolts need 17 Nm while 8.8 bolts need 10 Nm."
PARTS = "The alternator bracket has the higher torque at 47 Nm compared to 22 Nm for the tensioner arm."
SIZES = "The pulley uses M5 bolts while the G54/G60 uses M10 bolts."
WIRES = "The raise output uses .5 BR/GY and the drop output uses .5 BR/OR."
SIDES = "Above this pressure it's a lean mixture, and below this pressure it's a rich mixture."
SPREAD = "The difference is 25 Nm (80 Nm for the coupe minus 55 Nm for the saloon)."
HOLDERS = "4AZ - Gearbox bracket to body, 5AZ - Gearbox bracket to rubber ring, and 6AZ - Rubber ring to gearbox"
SWITCH = "Door contact - 0 = unlocked, 1 = locked"
PIPES = "The drawing shows pipes (1 and 4), unions (2 and 6), and a bracket (3)."
LINES = "Check the cable to terminal 5 for a break. Check the cable from terminal 6 for a break to earth."
LOOMS = "Without airbag: 61 12 1 370 111 / with airbag: 61 12 1 370 222"
SEALS = "Replace the seal (4) and clean the ring (5)."
LAMPS = "Item 1 is fog lamp, 2 is parking lamp, 3 is brake lamp, and 4 is reversing lamp."
PLUGS = "From 1988, disconnect the plugs of pulse sensor C and heat sensor E."
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
    # names that share most of their words, and words that one of two has alone
    (
        HOLDERS,
        "4AZ: gearbox bracket to body. 6AZ: rubber ring to gearbox. 5AZ: gearbox bracket to rubber ring.",
        True,
    ),
    (HOLDERS, "4AZ: gearbox bracket to body; 5AZ: rubber ring to gearbox; 6AZ: gearbox bracket to rubber ring.", False),
    (SWITCH, "1 for locked, 0 for unlocked", True),
    (SWITCH, "1 for unlocked, 0 for locked", False),
    (PIPES, "Unions (2 and 6), pipes (1 and 4) and a bracket (3) are shown.", True),
    (PIPES, "Unions (1 and 4), pipes (2 and 6) and a bracket (3) are shown.", False),
    (LINES, "From terminal 6 for a break to earth, and the cable to terminal 5 for a break.", True),
    (LINES, "From terminal 5 for a break to earth, and the cable to terminal 6 for a break.", False),
    (LOOMS, "With airbag 61 12 1 370 222; without airbag it's 61 12 1 370 111.", True),
    (LOOMS, "With airbag 61 12 1 370 111; without airbag it's 61 12 1 370 222.", False),
    (SEALS, "Clean the ring (5), replace the seal (4).", True),
    (SEALS, "The seal (4) is cleaned, the ring (5) replaced.", False),
    (LAMPS, "1 – fog lamp, 2 – parking lamp, 3 – brake lamp, 4 – reversing lamp", True),
    (LAMPS, "1 – fog lamp, 2 – brake lamp, 3 – parking lamp, 4 – reversing lamp", False),
    (PLUGS, "From 1988, those of heat sensor E and pulse sensor C are disconnected.", True),
    (PLUGS, "From 1988, those of heat sensor C and pulse sensor E are disconnected.", False),
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
