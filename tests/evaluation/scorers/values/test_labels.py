"""Values belong to their labels, also where nobody has written the labels down."""

import pytest

from evaluation.scorers.numeric import score


@pytest.mark.parametrize(
    ("expected", "answer", "points"),
    [
        ("front 2.1 bar, rear 2.3 bar", "2.3 bar at the rear, 2.1 bar at the front", 1),
        ("front 2.1 bar, rear 2.3 bar", "front 2.3 bar, rear 2.1 bar", 0),
        ("front 2.1 bar, rear 2.3 bar", "2.1 and 2.3 bar", 1),
        ("M6: 10 Nm, M8: 22 Nm", "M8: 10 Nm, M6: 22 Nm", 0),
        ("inlet 0.20 mm, outlet 0.25 mm", "exhaust 0.20 mm, intake 0.25 mm", 0),
        ("inlet 0.20 mm, outlet 0.25 mm", "exhaust 0.25 mm, intake 0.20 mm", 1),
        ("C = 6.2 mm, D = 8.5 mm", "D = 6.2 mm, C = 8.5 mm", 0),
        # a reference may call its values what it likes
        ("Main bearing 61 Nm, conrod 53 Nm", "53 Nm for the conrods and 61 Nm for the main bearings", 1),
        ("Main bearing 61 Nm, conrod 53 Nm", "main bearing and conrod: 61 and 53 Nm", 1),
        ("Main bearing 61 Nm, conrod 53 Nm", "61 Nm for the conrods and 53 Nm for the main bearings", 0),
        ("Main bearing 61 Nm, conrod 53 Nm", "main bearing and conrod: 53 and 61 Nm", 0),
        ("Main bearing 61 Nm, conrod 53 Nm", "| Bolt | Nm |\n|---|---|\n| Main bearing | 61 |\n| Conrod | 53 |", 1),
        ("Main bearing 61 Nm, conrod 53 Nm", "| Bolt | Nm |\n|---|---|\n| Main bearing | 53 |\n| Conrod | 61 |", 0),
        ("The sump plug takes 34 Nm and the gearbox plug 51 Nm.", "gearbox plug 51 Nm, sump plug 34 Nm", 1),
        ("The sump plug takes 34 Nm and the gearbox plug 51 Nm.", "gearbox plug 34 Nm, sump plug 51 Nm", 0),
        ("61 Nm for the sump, 53 Nm for the pump", "the pump gets 61 Nm, the sump 53 Nm", 0),
        ("61 Nm for the sump, 53 Nm for the pump", "the pump gets 53 Nm, the sump 61 Nm", 1),
        ("M6: 10 Nm, M8: 22 Nm", "| | M6 | M8 |\n|---|---|---|\n| Torque [Nm] | 10 | 22 |", 1),
        ("M6: 10 Nm, M8: 22 Nm", "| | M6 | M8 |\n|---|---|---|\n| Torque [Nm] | 22 | 10 |", 0),
        ("front 2.1 bar, rear 2.3 bar", "| | front | rear |\n|---|---|---|\n| bar | 2.1 | 2.3 |", 1),
        ("front 2.1 bar, rear 2.3 bar", "vorn 2,1 bar, hinten 2,3 bar", 1),
        ("front 2.1 bar, rear 2.3 bar", "vorn 2,3 bar, hinten 2,1 bar", 0),
        ("front 2.1 bar, rear 2.3 bar", "avant 2,3 bar, arrière 2,1 bar", 0),
        ("front 2.1 bar, rear 2.3 bar", "anteriore 2,3 bar, posteriore 2,1 bar", 0),
        ("front 2.1 bar, rear 2.3 bar", '{"front_bar": 2.1, "rear_bar": 2.3}', 1),
        ("front 2.1 bar, rear 2.3 bar", '{"front_bar": 2.3, "rear_bar": 2.1}', 0),
    ],
)
def test_swapped_values_are_missed(expected: str, answer: str, points: float):
    assert score(expected, answer) == points
