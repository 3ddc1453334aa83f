"""Provide two scorers and the rows for Inspect: NumericExactMatch and IdentifierMatch, with a standard error by page.

    questions = read_questions(Path("training_data"), "val")
    eval(Task(dataset=samples(questions), scorer=[numeric_exact_match(), identifier_match()]), model="openai/gpt-5")

Inspect is in none of the extras: `pip install inspect_ai`. It sends a page as it is stored, where `vlm3-evaluate`
sends none larger than in training.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageUser, ContentImage, ContentText
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, mean, metric, scorer, stderr
from inspect_ai.solver import TaskState

from evaluation.scorers import identifiers, numeric
from evaluation.scorers.refusals import classify_silence

if TYPE_CHECKING:
    from evaluation.rows import Question


def samples(questions: Iterable["Question"]) -> MemoryDataset:
    """Return our rows as a dataset: the page before the question, as in training."""
    return MemoryDataset(
        [
            Sample(
                id=question.id,
                input=[
                    ChatMessageUser(
                        content=[
                            *([ContentImage(image=str(question.folder / question.image))] if question.image else []),
                            ContentText(text=question.text),
                        ]
                    )
                ],
                target=question.reference,
                metadata={"page_id": question.page_id, "rules": dict(question.rules)},
            )
            for question in questions
        ]
    )


@metric
def stderr_by_page() -> Metric:
    """Standard error with the samples of a page (`metadata["page_id"]`) taken together; one without is its own page."""

    def of(scores: list[SampleScore]) -> float:
        paged = [
            one.model_copy(update={"sample_metadata": {"page_id": one.sample_id} | (one.sample_metadata or {})})
            for one in scores
        ]
        return stderr(cluster="page_id")(paged)

    return of


@scorer(metrics=[mean(), stderr_by_page()])
def numeric_exact_match() -> Scorer:
    """The reference's quantities found, over those expected and those that contradict them."""
    return _scorer(numeric.score)


@scorer(metrics=[mean(), stderr_by_page()])
def identifier_match() -> Scorer:
    """The reference's names (tools, fuses, pins, wires, types), sides, order and "never", scored alike."""
    return _scorer(
        lambda reference, answer, question, critical=False, **_: identifiers.score(
            reference, answer, question=question, critical=critical
        )
    )


def _scorer(grade: Callable[..., float | None]) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        answer = state.output.completion
        rules: Mapping[str, Any] = {"question": state.input_text} | state.metadata.get("rules", {})
        points = grade(target.text, answer, **rules)
        if points is None:
            return Score.unscored(answer=answer, explanation="the reference has nothing that this could find")
        quiet = classify_silence(answer, target.text)
        return Score(value=0.0 if quiet else points, answer=answer, explanation=quiet)

    return score
