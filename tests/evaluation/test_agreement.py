"""How far judge and person agree, and what is kept of it."""

import json
from pathlib import Path

import pytest

from evaluation.judge.agreement import CASES, agreement, ask, draw, read
from vlm3_dataset.errors import Misused


@pytest.mark.parametrize(
    ("both", "only_judge", "only_person", "neither", "kappa"),
    [
        (20, 5, 10, 15, 0.4),
        (45, 15, 25, 15, 0.1304),
        (10, 0, 0, 10, 1.0),
        (10, 0, 0, 0, 0.0),
    ],  # the first two: textbook
)
def test_kappa(both: int, only_judge: int, only_person: int, neither: int, kappa: float):
    pairs = [(True, True)] * both + [(True, False)] * only_judge + [(False, True)] * only_person
    found = agreement([*pairs, *[(False, False)] * neither])
    assert found.kappa == pytest.approx(kappa, abs=1e-4)
    assert found.interval.low <= found.kappa <= found.interval.high


@pytest.fixture
def run(tmp_path: Path) -> Path:
    def side(number: int) -> dict:
        score = {"value": 1.0 if number % 5 else 0.0, "passed": bool(number % 5)}
        return {"answer": f"{number} Nm", "silence": None, "scores": {"Faithfulness": score}}

    rows = [
        {"id": f"p/{n}", "image": "p.jpg", "question": "How tight?", "reference": "1 Nm"}
        | {"before": side(n), "after": side(n + 1)}
        for n in range(40)
    ]
    (tmp_path / "results.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_half_of_the_cases_are_such_as_the_judge_failed(run: Path):
    cases = draw(run)
    assert len(cases) == len({(case.id, case.side) for case in cases}) == CASES
    assert sum(not case.judge for case in cases) == CASES // 2


def test_verdicts_are_kept_and_asked_for_once(run: Path):
    told: list[str] = []
    replies = iter(["y", "?", "n", "s", "q"])
    first = ask(run, lambda _: next(replies), told.append)
    assert first.n == len(read(run)) == 2
    again = ask(run, lambda _: "y", told.append)
    assert again.n == CASES
    assert not any("True" in line or "passed" in line for line in told)  # the judge's verdict is not shown


def test_a_run_that_nobody_judged_says_what_to_do(tmp_path: Path):
    with pytest.raises(Misused, match="--judge"):
        draw(tmp_path)
