"""The metrics as DeepEval takes them. Import this through `evaluation.measure`, which keeps DeepEval quiet first."""

from abc import abstractmethod
from typing import Any

from deepeval.metrics import BaseMetric
from deepeval.test_case import LLMTestCase

from evaluation.judge.opinion import Judgement, Opinion
from evaluation.rows import Question
from evaluation.scorers import keywords, numeric
from evaluation.scorers.refusals import silence
from vlm3_dataset.quantities import find


class MetricError(RuntimeError):
    """A metric that broke on a case. Raised in place of a TypeError, which DeepEval lets end the whole run."""


class Metric(BaseMetric):
    """A score from 0 to 1, and 0 for an answer that says nothing, whatever would be made of it otherwise.

    It keeps no setting but its threshold: DeepEval copies a metric by the parameters of its constructor and would reset
    anything else to its default.
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
        """Whether the reference holds anything that this metric could find."""

    @abstractmethod
    def grade(self, test_case: LLMTestCase) -> float:
        """The score of an answer that says something; may give a reason. Raises MetricError where there is none."""

    def measure(self, test_case: LLMTestCase, *_: Any, **__: Any) -> float:
        self.reason = silence(test_case.actual_output, test_case.expected_output)
        try:
            self.score = 0.0 if self.reason else self.grade(test_case)
        except TypeError as error:
            raise MetricError(str(error)) from error
        self.is_successful()
        return self.score

    async def a_measure(self, test_case: LLMTestCase, *_: Any, **__: Any) -> float:
        return self.measure(test_case)

    def is_successful(self) -> bool:
        """Strictly above: DeepEval's own `>=` would pass 17 of 20 for a target of "more than 0.85"."""
        self.success = self.error is None and self.score is not None and self.score > self.threshold
        return self.success


class NumericExactMatch(Metric):
    """The reference's quantities found in the answer, over those expected and those that contradict them."""

    target = 0.85

    @staticmethod
    def applies(question: Question) -> bool:
        return numeric.score(question.reference, question.reference, **question.rules) is not None

    def grade(self, test_case: LLMTestCase) -> float:
        return numeric.score(test_case.expected_output, test_case.actual_output, **test_case.metadata["rules"])


class KeywordPresence(Metric):
    """Share of the row's authored terms that the answer holds.

    Where the page does not say, the terms are that it does not, and an answer with a value from elsewhere is wrong.
    """

    target = 0.80

    @staticmethod
    def applies(question: Question) -> bool:
        return bool(question.keywords)

    def grade(self, test_case: LLMTestCase) -> float:
        if not test_case.metadata["answerable"] and find(test_case.actual_output):
            return 0.0
        return keywords.score(test_case.metadata["keywords"], test_case.actual_output)


class JudgedMetric(Metric):
    """A score that a judge gave before DeepEval is started, in the case's metadata.

    Not DeepEval's own metric of that name: those ask for each case while it waits, a new connection each, lose cases in
    a run of 207 s, give full marks to a blank answer, and Faithfulness never shows the page to the verdict.
    """

    @staticmethod
    def applies(question: Question) -> bool:  # noqa: ARG004 - every answer can be judged
        return True

    @staticmethod
    @abstractmethod
    def opinion(judgement: Judgement) -> Opinion:
        """What the judge says of this metric's subject."""

    def grade(self, test_case: LLMTestCase) -> float:
        opinion = self.opinion(test_case.metadata["judgement"])
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
    def opinion(judgement: Judgement) -> Opinion:
        return judgement.faithfulness


RULES: tuple[type[Metric], ...] = (NumericExactMatch, KeywordPresence)
JUDGED: tuple[type[Metric], ...] = (AnswerRelevancy, Faithfulness)
