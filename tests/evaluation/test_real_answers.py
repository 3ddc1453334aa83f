"""The scores of real answers, held against a person's reading."""

import json
from pathlib import Path

import pytest

from tests.evaluation.real_answers import UNSURE, WRONG, compared, read


@pytest.mark.real
def test_most_scores_of_real_answers_are_those_of_a_person(shared: Path):
    lines = (shared / "cases/real_model_answers.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    cases, _ = compared(rows)
    held = list(read(cases, rows))
    assert {f"{row['index']}{side}" for row in rows for side in "bt"} >= WRONG | UNSURE
    assert len(held) > 200
    assert sum(person != metrics for _, _, person, metrics in held) <= 26
    assert sum(metrics and not person for _, _, person, metrics in held) <= 12
