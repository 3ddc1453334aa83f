"""Names with digits are right or wrong like quantities; what the question names is not asked back."""

import json
import random

import pytest

from evaluation.scorers import identifiers, numeric
from evaluation.scorers.identifiers import score

CASES = [  # reference, answer, question, score
    ("Special tool 11 3 010", "Use tool 113010.", "", 1),
    ("Special tool 11 3 010", "Use tool 11 3 040.", "", 0),
    ("Fuse 7", "7", "Which fuse is it?", 1),
    ("Fuse 7", "It is fuse 7 or fuse 8.", "Which fuse is it?", 1 / 2),
    ("Fuse 7", "It is not fuse 7.", "", 0),
    ("Fuse 7", "Fuse 8. Sorry, I meant fuse 7.", "", 1),
    ("Pin 14 of connector C302", "C302, pin 14", "", 1),
    ("Pin 14 of connector C302", "C303, pin 14", "", 1 / 3),
    ("Pin 14 of connector C302", "pin 14", "Which pin of C302?", 1),
    ("Pin 14 of connector C302", "pin 14 of C303", "Which pin of C302?", 1 / 2),
    ("The wire is 1.5 GN/YL.", "1.5 mm2, green/yellow", "", 1),
    ("The wire is 1.5 GN/YL.", "1.5 GN/BK", "", 1 / 3),
    ("M8 10.9 screws", "M8 screws of strength 10.9", "", 1),
    ("M8 10.9 screws", "M8 8.8 screws", "", 0),
    ("Engines M20/M21", "m20 and m21", "", 1),
    ("See page 34-29.", "page 34-28", "", 0),
    ("Remove the screw (3).", "Remove the screw.", "", 1),
    ("Remove the screw (3).", "Remove the screw (4).", "", 0),
    ("(1) spring, (2) cup, (3) ring", "(1) spring, (3) cup, (3) ring", "", 2 / 3),
    ("The left front wheel", "the front wheel on the left", "", 1),
    ("The left front wheel", "the right front wheel", "", 0),
    ("Turn it clockwise.", "counterclockwise", "", 0),
    ("Turn it clockwise.", "Turn it.", "", 1),
    ("Since the 1988 models the M3 has two.", "Since the 1989 models", "What do 1988 models have?", 0),
]


@pytest.mark.parametrize(("reference", "answer", "question", "points"), CASES)
def test_score(reference: str, answer: str, question: str, points: float):
    assert score(reference, answer, question=question) == pytest.approx(points)


def test_a_reference_without_names_is_not_scored():
    assert score("Inspect the seal.", "fuse 7") is None


def test_a_critical_name_has_no_part_points():
    assert score("Pin 14 of C302", "pin 14 of C303", critical=True) == 0


@pytest.mark.real
def test_every_digit_of_a_real_answer_is_somebodys(shared):
    """A share of the rows, another digit at each place: the scores fall below 1, but for conversions as right."""
    draw = random.Random(7)
    rows = [json.loads(line) for line in (shared / "cases/real_rows.jsonl").read_text().splitlines()][::7]
    passed, tried = [], 0
    for row in rows:
        answer = row["answer"]
        for at in (at for at, char in enumerate(answer) if char.isdigit()):
            changed = answer[:at] + draw.choice("0123456789".replace(answer[at], "")) + answer[at + 1 :]
            tried += 1
            if min(_scores(row, changed), default=1) == 1:
                passed.append((answer, changed))
        assert all(one == 1 for one in _scores(row, answer)), answer
        assert _scores(row, answer) or not any(char.isdigit() for char in answer), answer
    assert tried > 200
    assert len(passed) <= tried // 100, passed


def _scores(row: dict[str, str], answer: str) -> list[float]:
    found = [one.score(row["answer"], answer, question=row["question"]) for one in (numeric, identifiers)]
    return [one for one in found if one is not None]
