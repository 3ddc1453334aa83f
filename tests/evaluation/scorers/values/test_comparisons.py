"""The higher of two things is not the lower one, and the least is not the most."""

import pytest

from evaluation.scorers import identifiers

HIGHER = "The relay (4) sits higher than the flasher (5)."
LEAST = "The cap nut (7) has the lowest torque."
CASES = [  # reference, answer, whether it passes
    (HIGHER, "The flasher (5) is lower than the relay (4).", True),
    (HIGHER, "The relay (4) is mounted higher up than the flasher (5).", True),
    (HIGHER, "The relay (4) is lower than the flasher (5).", False),
    (HIGHER, "The flasher (5) is higher than the relay (4).", False),
    (LEAST, "The cap nut (7), with the smallest torque.", True),
    (LEAST, "Nothing is tightened less than the cap nut (7).", True),
    (LEAST, "Nothing is tightened more than the cap nut (7).", False),
    (LEAST, "The cap nut (7) is tightened the most.", False),
]


@pytest.mark.parametrize(("reference", "answer", "passes"), CASES)
def test_the_higher_is_not_the_lower(reference: str, answer: str, passes: bool):
    assert (identifiers.score(reference, answer) == 1) is passes
