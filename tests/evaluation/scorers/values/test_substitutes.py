"""A value in the place of another shows, although every fact seems to be there."""

import pytest

from evaluation.scorers.numeric import score

SEALS = "7 and 8 mm (0.275 and 0.315 in.)"


@pytest.mark.parametrize(
    ("reference", "answer", "right"),
    [
        (SEALS, SEALS, True),
        (SEALS, "0.275 and 0.315 in.", True),
        (SEALS, "7 mm (0.275 in.) and 8 mm", True),
        (SEALS, "7 and 7 mm (0.275 and 0.315 in.)", False),
        ("9 + 1 Nm (6.5 + 0.5 ft. lbs.)", "9 + 9 Nm (6.5 + 0.5 ft. lbs.)", False),
        ("9 + 1 Nm (6.5 + 0.5 ft. lbs.)", "9 to 10 Nm", True),
        ("24 Nm (18 ft-lb)", "24 Nm (17.7 ft-lb)", True),
        ("30 Nm (22 ft. lbs.)", "30 psi (22 ft. lbs.)", False),
        ("12 Nm more (15 Nm - 3 Nm = 12 Nm)", "12 Nm more (15 Nm - 3 km/h = 12 Nm)", False),
        ("M12 and M12x1.5 thread", "M13 and M12x1.5 thread", False),
        ("M12 and M12x1.5 thread", "M22 and M12x1.5 thread", False),
        ("M12 and M12x1.5 thread", "M12x1.5 and M12 thread of the E30 M3", True),
        ("M6 bolt, 10 Nm", "10 Nm; use a 6 mm key", False),
        ("M6 bolt, 10 Nm", "10 Nm for the M6 bolt; use a 6 mm key", True),
        ("22-26 Nm", "24 ± 2 Nm", True),
        ("First 80 Nm, then 45 Nm", "First 80 Nm, then 45 Nm or, for safety, 80 Nm", False),
        ("Small bolts 22 Nm, others 45 Nm", "22 Nm or 45 Nm depending on their size", True),
        ("Small bolts 22 Nm, others 45 Nm", "small ones 22 Nm or 45 Nm, others 45 Nm", False),
        ("22 Nm or 45 Nm", "45 Nm or 22 Nm", True),
        ("4.75 litres", "4.75 litres: 4.5 litres and 0.25 litres for the filter", True),
    ],
)
def test_score(reference: str, answer: str, right: bool):
    assert (score(reference, answer) == 1) is right
