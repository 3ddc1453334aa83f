"""Run the metrics over answers through DeepEval, working around its traps.

Each of these was seen with DeepEval 4.3.1: it loads `.env` files and a key store of the working directory when it is
imported, sends telemetry, ends a run after 207 s and then returns only what is done, returns results in the order of
completion, takes a metric that does not apply for a failed one, advertises on standard output, and takes
`[DEEPEVAL:IMAGE:path]` in an answer for a picture that a judge should see.
"""

import io
import os
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from evaluation.rows import GRADING, Question

if TYPE_CHECKING:
    from deepeval.dataset import EvaluationDataset
    from deepeval.test_case import LLMTestCase

    from evaluation.judge.opinion import Judgement
    from evaluation.metrics import Metric

    Judgements = Mapping[tuple[str, str], Judgement]  # by question id and answer; none for blank ones and refusals

CHUNK = 100  # cases per call, so that the bar moves and a broken run loses little


@dataclass(frozen=True, slots=True)
class Score:
    """A metric's score of an answer: a value from 0 to 1, or why there is none.

    `reason` is the judge's objection to the answer, or "blank" or "refusal".
    """

    value: float | None
    passed: bool
    error: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A metric's name and the mean it must exceed."""

    metric: str
    above: float


class LostCaseError(RuntimeError):
    """DeepEval did not return every case exactly once."""


def quiet_deepeval(folder: Path) -> None:
    """Set what DeepEval reads when it is imported: nothing leaves the machine, no stray file is read or written."""
    for name in [name for name in os.environ if name.startswith("CONFIDENT_")]:
        del os.environ[name]
    os.environ |= {
        "DEEPEVAL_TELEMETRY_OPT_OUT": "1",
        "DEEPEVAL_DISABLE_DOTENV": "1",
        "DEEPEVAL_DISABLE_LEGACY_KEYFILE": "1",
        "DEEPEVAL_NO_INSPECT_PROMPT": "1",
        "DEEPEVAL_DISABLE_TIMEOUTS": "1",
        "DEEPEVAL_CACHE_FOLDER": str(folder / ".deepeval"),
        "DEEPEVAL_FILE_SYSTEM": "READ_ONLY",
    }


def measure(
    questions: Sequence[Question],
    answers: Sequence[str],
    folder: Path,
    label: str,
    judgements: "Judgements | None" = None,
    *,
    unanswered: Mapping[str, str] | None = None,
) -> dict[Target, dict[str, Score]]:
    """Return the scores of each metric, by question id; none where a metric does not apply to a question.

    `unanswered` has the questions without an answer, with the reason: an error of each metric, never a 0. Without
    judgements there are no judged metrics. `folder` is where DeepEval looks for a cache; `label` names the model in the
    progress bar.
    """
    quiet_deepeval(folder)
    with redirect_stdout(io.StringIO()):
        from evaluation.metrics import JUDGED, RULES

    cases = [
        (question, as_case(question, answer, (judgements or {}).get((question.id, answer))))
        for question, answer in zip(questions, answers, strict=True)
    ]
    scores = {}
    for metric in RULES if judgements is None else RULES + JUDGED:
        applicable = [case for question, case in cases if metric.applies(question)]
        errors = {case.name: why for case in applicable if (why := (unanswered or {}).get(case.name))}
        answered = [case for case in applicable if case.name not in errors]
        scored = _run(metric(), answered, f"{metric.__name__}, {label}")
        lost = {name: Score(None, passed=False, error=f"no answer: {why}") for name, why in errors.items()}
        scores[Target(metric.__name__, metric.target)] = scored | lost
    return scores


def _run(metric: "Metric", cases: Sequence["LLMTestCase"], label: str) -> dict[str, Score]:
    from deepeval import evaluate
    from deepeval.evaluate import CacheConfig, DisplayConfig, ErrorConfig

    scores: dict[str, Score] = {}
    with tqdm(total=len(cases), desc=label, unit="case", disable=not cases) as bar:
        for start in range(0, len(cases), CHUNK):
            chunk = cases[start : start + CHUNK]
            with redirect_stdout(io.StringIO()):
                results = evaluate(
                    list(chunk),
                    [metric],
                    display_config=DisplayConfig(show_indicator=False, print_results=False, inspect_after_run=False),
                    cache_config=CacheConfig(write_cache=False, use_cache=False),
                    error_config=ErrorConfig(ignore_errors=True, skip_on_missing_params=False),
                ).test_results
            if sorted(result.name for result in results) != sorted(case.name for case in chunk):
                raise LostCaseError(f"{label}: {len(chunk)} cases went in, {len(results)} came back")
            for result in results:
                (data,) = result.metrics_data
                scores[result.name] = Score(data.score, bool(data.success), data.error, data.reason or None)
            bar.update(len(chunk))
    return scores


def as_dataset(questions: Sequence[Question]) -> "EvaluationDataset":
    """Return questions as DeepEval's goldens; give `additional_metadata` of each to its case as `metadata`."""
    from deepeval.dataset import EvaluationDataset, Golden

    return EvaluationDataset(
        goldens=[
            Golden(
                name=question.id,
                input=_without_image_marks(question.text),
                expected_output=_without_image_marks(question.reference),
                additional_metadata=_case_metadata(question)
                | {"image": str(question.folder / question.image) if question.image else None},
            )
            for question in questions
        ]
    )


def as_case(question: Question, answer: str, judgement: "Judgement | None" = None) -> "LLMTestCase":
    """Return an answer as DeepEval takes it, without the page: the judge has seen that before."""
    from deepeval.test_case import LLMTestCase

    return LLMTestCase(
        name=question.id,
        input=_without_image_marks(question.text),
        actual_output=_without_image_marks(answer),
        expected_output=_without_image_marks(question.reference),
        metadata=_case_metadata(question) | {"judgement": judgement},
    )


def _case_metadata(question: Question) -> dict[str, Any]:
    """Return what the metrics need beside the texts."""
    return {name: getattr(question, name) for name in GRADING} | {"rules": dict(question.rules)}


def _without_image_marks(text: str) -> str:
    return text.replace("[DEEPEVAL:", "[DEEPEVAL ")
