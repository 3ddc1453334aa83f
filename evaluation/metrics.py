"""Provide the metrics for DeepEval: alone, in `evaluate()`, in `assert_test`, and in a run of ours.

    metric = NumericExactMatch()
    metric.measure(LLMTestCase(input="How tight?", actual_output="24 Nm", expected_output="24 Nm (18 ft-lb)"))
    metric.score

A run imports this through `evaluation.measure`, which keeps DeepEval quiet first.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from deepeval.metrics import BaseMetric
from deepeval.test_case import LLMTestCase

from evaluation.judge.opinion import Judgement, Opinion
from evaluation.rows import Question
from evaluation.scorers import identifiers, keywords, numeric
from evaluation.scorers.keywords import Term
from evaluation.scorers.refusals import classify_silence, declines
from evaluation.scorers.values import foreign


class MetricError(RuntimeError):
    """A metric failed on a case. Raised in place of a TypeError, which would make DeepEval end the whole run."""


class Metric(BaseMetric):
    """A score from 0 to 1; a blank answer or a refusal always gets 0.

    Where a case has nothing to score, the metric is skipped and not failed. It stores only its constructor's
    parameters: DeepEval copies a metric by those, and would reset anything else to its default.
    """

    target: float  # the mean must lie above it, and so must a case to count as passed

    def __init__(self, threshold: float | None = None) -> None:
        self.threshold = self.target if threshold is None else threshold

    @property
    def __name__(self) -> str:
        return type(self).__name__

    @staticmethod
    @abstractmethod
    def applies(question: Question) -> bool:
        """Return whether the reference has anything that this metric could find."""

    @abstractmethod
    def grade(self, test_case: LLMTestCase) -> float | None:
        """Return the score of an answer that is neither blank nor a refusal, None where there is nothing to score.

        It may set `reason`. Raises MetricError where there is no score.
        """

    def measure(self, test_case: LLMTestCase, *_: Any, **__: Any) -> float | None:
        """Score an answer, as DeepEval calls it: 0 to 1, None where there is nothing to score.

        Raises:
            MetricError: the metadata is not what this metric takes, or the judge has not answered.
        """
        self.error, self.skipped = None, False
        self.reason = classify_silence(test_case.actual_output or "", test_case.expected_output or "")
        try:
            graded = self.grade(test_case)
        except TypeError as error:
            raise MetricError(str(error)) from error
        self.skipped = graded is None
        self.score = 0.0 if self.reason in {"blank", "refusal"} and not self.skipped else graded
        self.is_successful()
        return self.score

    async def a_measure(self, test_case: LLMTestCase, *_: Any, **__: Any) -> float | None:
        return self.measure(test_case)

    def is_successful(self) -> bool | None:
        """Return whether the score is strictly above: DeepEval's `>=` passes 17 of 20 for "more than 0.85"."""
        self.success = None if self.skipped else self.error is None and self.score > self.threshold
        return self.success


class NumericExactMatch(Metric):
    """The reference's quantities found in the answer, over those expected and those that contradict them."""

    target = 0.85

    @staticmethod
    def applies(question: Question) -> bool:
        return numeric.score(question.reference, question.reference, **question.rules) is not None

    def grade(self, test_case: LLMTestCase) -> float | None:
        return numeric.score(test_case.expected_output or "", test_case.actual_output or "", **_rules(test_case))


class IdentifierMatch(Metric):
    """The reference's names with digits (tools, fuses, pins, wires, types), sides, order and "never", scored alike."""

    target = 0.85

    @staticmethod
    def applies(question: Question) -> bool:
        itself = identifiers.score(question.reference, question.reference, question=question.text)
        return question.answerable and itself is not None

    def grade(self, test_case: LLMTestCase) -> float | None:
        rules = _rules(test_case)
        return identifiers.score(
            test_case.expected_output or "",
            test_case.actual_output or "",
            question=rules["question"],
            critical=rules.get("critical", False),
        )


class KeywordPresence(Metric):
    """Share of the terms that the answer holds: the row's own (`metadata["keywords"]`), or those given here.

    For a question that the page does not answer, the right answer says so, or sends the reader where the terms say; a
    value from elsewhere is wrong.
    """

    target = 0.80

    def __init__(self, threshold: float | None = None, keywords: Sequence[Term] = ()) -> None:
        super().__init__(threshold)
        self.keywords = keywords

    @staticmethod
    def applies(question: Question) -> bool:
        return bool(question.keywords or question.ordered)

    def grade(self, test_case: LLMTestCase) -> float | None:
        case, answer = _metadata(test_case), test_case.actual_output or ""
        terms = self.keywords or case.get("keywords", ())
        if not case.get("answerable", True):
            elsewhere = declines(answer) or any(keywords.present(term, answer) for term in terms)
            return float(
                elsewhere and not foreign.values_from_elsewhere(test_case.input, answer, case.get("allowed", ()))
            )
        return keywords.score(
            terms,
            answer,
            forbid=case.get("forbidden", ()),
            ordered=case.get("ordered", ()),
            critical=case.get("critical", False),
        )


class JudgedMetric(Metric):
    """A score that a judge gave before DeepEval is started, in the case's metadata.

    These are not DeepEval's own metrics of the same names: those open a connection for each case and wait, lose cases
    after 207 s, give full marks to a blank answer, and in Faithfulness never show the page to the judge.
    """

    @staticmethod
    def applies(question: Question) -> bool:  # noqa: ARG004 - every answer can be judged
        return True

    @staticmethod
    @abstractmethod
    def opinion(judgement: Judgement) -> Opinion:
        """Return the judge's opinion for this metric."""

    def grade(self, test_case: LLMTestCase) -> float | None:
        """Return the judge's score, 0 to 1, or None where it was not asked. Raises MetricError where it failed."""
        if self.reason:  # the judge is not asked about blank answers and refusals
            return 0.0
        judgement = _metadata(test_case).get("judgement")
        if judgement is None:
            return None
        opinion = self.opinion(judgement)
        if opinion.error is not None:
            raise MetricError(opinion.error)
        self.reason = opinion.reason
        return opinion.score


class AnswerRelevancy(JudgedMetric):
    """Share of the answer's statements that help to answer the question."""

    target = 0.70

    @staticmethod
    def opinion(judgement: Judgement) -> Opinion:
        return judgement.relevancy


class Faithfulness(JudgedMetric):
    """Share of the answer's claims that the page image bears out; what the page does not mention counts as wrong."""

    target = 0.70

    @staticmethod
    def applies(question: Question) -> bool:
        """Return whether there is a page to be faithful to."""
        return question.image is not None

    @staticmethod
    def opinion(judgement: Judgement) -> Opinion:
        return judgement.faithfulness


def _metadata(test_case: LLMTestCase) -> Mapping[str, Any]:
    return test_case.metadata or {}


def _rules(test_case: LLMTestCase) -> Mapping[str, Any]:
    """Return the options for comparing a case; without any of its own, its question."""
    return _metadata(test_case).get("rules") or {"question": test_case.input or ""}


RULES: tuple[type[Metric], ...] = (NumericExactMatch, IdentifierMatch, KeywordPresence)
JUDGED: tuple[type[Metric], ...] = (AnswerRelevancy, Faithfulness)
