"""Values belong to their labels also without a unit, and where a value of another sort is the label."""

import pytest

from evaluation.scorers import identifiers, numeric

SWAPPED = [
    ("6 l, with cooler 6.4 l", "6.4 l without the cooler, 6 l with it"),
    ("7 l, and 7.6 l with an oil cooler", "7 l with a cooler, 7.6 l without"),
    ("Camber front 0.5, rear 1.2.", "Camber front 1.2, rear 0.5."),
    ("front 10, rear 20", "front 20, rear 10"),
    ("front 10, rear 20", "| | front | rear |\n|---|---|---|\n| mm | 20 | 10 |"),
    ("front 10, rear 20", '{"front": 20, "rear": 10}'),
    ("Left 3.4, right 4.1", "Right 3.4, left 4.1"),
    ("Intake: 0.15, exhaust: 0.30", "Exhaust valves take 0.15 and intake valves 0.30"),
    ("First gear 3.83, second gear 2.20", "First gear 2.20, second gear 3.83"),
    ("Primary jet 115, secondary jet 130", "Primary jet 130, secondary jet 115"),
    ("8 bolts hold the cover and 4 bolts hold the pump.", "4 bolts hold the cover and 8 bolts hold the pump."),
    ("Two seals on the pump, three on the filter.", "Three seals on the pump, two on the filter."),
    ("Toe-in at the front is 10, at the rear 25.", "Toe-in: 25 at the front, 10 at the rear."),
    ("At 1500 rpm 2.0 bar, at 4000 rpm 4.5 bar", "At 1500 rpm 4.5 bar, at 4000 rpm 2.0 bar"),
    ("At 20 °C 2.5 kΩ, at 80 °C 0.3 kΩ", "0.3 kΩ (20 °C), 2.5 kΩ (80 °C)"),
    ("M4 screws take 1.2 Nm and M5 screws 1.6 Nm.", "M4 screws take 1.2 Nm and M4 screws 1.6 Nm."),
    ("Upper screws M6x30, lower ones M8x45", '{"lower": "M6x30", "upper": "M8x45"}'),
    ("Intake cap marked H, exhaust cap marked K.", "K: intake, H: exhaust"),
    ("Intake cap marked H, exhaust cap marked K.", "Auslass = H, Einlass = K"),
    ("The 1.6 engine takes 3.5 l and the 2.0 engine 4.2 l.", "4.2 l (1.6 engine) or 3.5 l (2.0 engine)"),
    ("A = 12 mm, B = 14 mm", "A = 12 mm, A = 14 mm"),
]
KEPT = [
    ("Upper screws M6x30, lower ones M8x45", '{"lower": "M8x45", "upper": "M6x30"}'),
    ("Intake cap marked H, exhaust cap marked K.", "K: exhaust, H: intake"),
    ("Pump (lower pulley) 55 Nm, fan hub nuts 18 Nm", "Front, four pieces: 18 Nm. Lower pulley: 55 Nm."),
    ("7 l, and 7.6 l with an oil cooler", "7.6 l with a cooler, 7 l without"),
    ("front 10, rear 20", '{"front": 10, "rear": 20}'),
    ("Camber front 0.5, rear 1.2.", "Rear 1.2, front 0.5"),
    ("Intake: 0.15, exhaust: 0.30", "0.15 for the intake and 0.30 for the exhaust valves"),
    ("First gear 3.83, second gear 2.20", "1st: 3.83, 2nd: 2.20"),
    ("Primary jet 115, secondary jet 130", "The secondary jet is a 130, the primary a 115."),
    ("8 bolts hold the cover and 4 bolts hold the pump.", "The cover has 8 bolts, the pump 4."),
    ("At 1500 rpm 2.0 bar, at 4000 rpm 4.5 bar", "2.0 bar at 1500 rpm and 4.5 bar at 4000 rpm"),
    ("At 1500 rpm 2.0 bar, at 4000 rpm 4.5 bar", "1500/4000 rpm: 2.0/4.5 bar"),
    ("At 20 °C 2.5 kΩ, at 80 °C 0.3 kΩ", "2.5 kΩ (20 °C), 0.3 kΩ (80 °C)"),
    ("The 1.6 engine takes 3.5 l and the 2.0 engine 4.2 l.", "3.5 l (1.6 engine) or 4.2 l (2.0 engine)"),
    ("Front 2.2 bar, rear 2.4 bar", "2.4 bar is for the driven end, front 2.2 bar."),
]


def _passes(reference: str, answer: str) -> bool:
    scores = [one.score(reference, answer) for one in (numeric, identifiers)]
    return {one for one in scores if one is not None} == {1}


@pytest.mark.parametrize(
    ("question", "reference", "answer", "passes"),
    [
        ("Pressures front and rear?", "Front 2.1 bar, rear 2.3 bar", "2.3 bar and 2.1 bar, respectively.", False),
        ("Pressures front and rear?", "Front 2.1 bar, rear 2.3 bar", "2.1 bar and 2.3 bar, respectively.", True),
        ("Pressures rear and front?", "Front 2.1 bar, rear 2.3 bar", "2.3 and 2.1 bar", True),
        ("Pressures rear and front?", "Front 2.1 bar, rear 2.3 bar", "2.1 bar (30 psi) and 2.3 bar (33 psi)", False),
        ("Pressures front and rear?", "Front 2.1 bar, rear 2.3 bar", "2.3 bar at the back, 2.1 bar elsewhere", True),
        ("Pressures front and rear?", "Front 2.1 bar, rear 2.3 bar", "2.3 bar on the driven axle, 2.1 bar else", True),
        ("Camber in front and at the rear?", "Camber front 0.5, rear 1.2.", "1.2 and 0.5", False),
        ("Camber in front and at the rear?", "Camber front 0.5, rear 1.2.", "0.5 and 1.2", True),
    ],
)
def test_a_mere_list_has_the_order_of_its_question(question: str, reference: str, answer: str, passes: bool):
    scores = {one.score(reference, answer, question=question) for one in (numeric, identifiers)}
    assert (scores - {None} == {1}) is passes


@pytest.mark.parametrize(("reference", "answer"), SWAPPED)
def test_swapped_values_do_not_pass(reference: str, answer: str):
    assert not _passes(reference, answer)


@pytest.mark.parametrize(("reference", "answer"), KEPT)
def test_values_by_their_labels_pass_in_any_order(reference: str, answer: str):
    assert _passes(reference, answer)
