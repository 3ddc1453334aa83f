"""Test the last run's answers by DeepEval's own command, one test per question.

    EVAL_RUN=eval_runs/lora_qwen2vl DEEPEVAL_TELEMETRY_OPT_OUT=1 deepeval test run evaluation/

Without EVAL_RUN it is the newest below eval_runs/. It reads the files that `vlm3-evaluate run` has written: no model
and no judge is asked. A test passes if every metric that applies to its question is above its target; whether the model
reads pages is decided by means and intervals, which are in the report.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from evaluation.measure import as_case, quiet_deepeval
from evaluation.rows import Question, grading


def _rows() -> list[dict[str, Any]]:
    named = os.environ.get("EVAL_RUN")
    runs = [Path(named)] if named else sorted(Path("eval_runs").glob("*/"), key=lambda run: run.stat().st_mtime)
    results = [run / "results.jsonl" for run in runs if (run / "results.jsonl").is_file()]
    if not results:
        raise pytest.UsageError("no results.jsonl: make a run with `vlm3-evaluate run`, and name it in EVAL_RUN")
    with results[-1].open("rb") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in _rows()])
def test_the_tuned_models_answer(row: dict[str, Any]) -> None:
    quiet_deepeval(Path("eval_runs"))
    from deepeval import assert_test

    from evaluation.judge.opinion import Judgement, Opinion, no_opinion
    from evaluation.metrics import JUDGED, RULES

    scores = row["after"]["scores"]
    given = {name: Opinion(score["value"], score["reason"] or "", score["error"]) for name, score in scores.items()}
    unasked = no_opinion("not judged")  # a question without a page has no Faithfulness
    judgement = Judgement(*(given.get(metric.__name__, unasked) for metric in JUDGED))
    question = Question(
        id=row["id"],
        page_id=row["page_id"],
        folder=Path(),
        image=row["image"],
        image_sha256="",
        text=row["question"],
        reference=row["reference"],
        **grading(row),
    )
    case = as_case(question, row["after"]["answer"], judgement)
    if metrics := [metric() for metric in RULES + JUDGED if metric.__name__ in scores]:
        assert_test(case, metrics, run_async=False)
