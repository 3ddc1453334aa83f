"""What bounds a value is no denial of it, and what stands beside a value may deny it."""

import pytest

from evaluation.scorers import identifiers, numeric
from evaluation.scorers.keywords import Term, present

CASES = [  # reference, answer, whether it passes
    ("All belts must not sag by more than 4 mm.", "No belt must sag by more than 4 mm.", True),
    ("All belts must not sag by more than 4 mm.", "No belt must sag by less than 4 mm.", False),
    ("The most is 25 Nm.", "Never tighten it beyond 25 Nm.", True),
    ("38 Nm", "You would guess 50 Nm, but the page says 38 Nm.", True),
    ("38 Nm", "You would guess 38 Nm, but the page says 50 Nm.", False),
    ("25 A", "A 25 A fuse must not be used.", False),
    ("71 Nm", "Tighten the stud of class 10.9 to 71 Nm.", True),
    ("30 Nm, then 70°, then 70°", "30 Nm, then two more turns of 70° each", True),
    ("30 Nm, followed by two 70° turns", "1. First: 30 Nm\n2. Angle: 70°\n3. Angle: 70°", True),
    ("8 Nm, after 10 min 25 Nm", "8 Nm, wait 10 min, then 25 Nm", True),
    ("8 Nm, after 10 min 25 Nm", "25 Nm straight away, after 10 min back to 8 Nm", False),
    ("0.1 to 0.2 mm", r"\(0.1\,\text{mm} \leq c \leq 0.2\,\text{mm}\)", True),
]
TERMS: list[tuple[Term, str, bool]] = [
    ("GN/OR|green/orange", "The wire is GN/OR.", True),
    ({"any": ["reuse"], "polarity": "negated", "verb": True}, "These nuts are not reusable.", True),
    ({"any": ["reuse"], "polarity": "negated", "verb": True}, "Reuse: no", True),
    ({"any": ["grease"], "polarity": "affirmed", "verb": True}, "Fit it grease-free.", False),
]


@pytest.mark.parametrize(("reference", "answer", "passes"), CASES)
def test_a_bound_is_no_denial(reference: str, answer: str, passes: bool):
    scores = [one.score(reference, answer) for one in (numeric, identifiers)]
    assert ({one for one in scores if one is not None} == {1}) is passes


@pytest.mark.parametrize(("term", "answer", "stands"), TERMS)
def test_a_term_stands_with_its_polarity(term: Term, answer: str, stands: bool):
    assert present(term, answer) is stands
