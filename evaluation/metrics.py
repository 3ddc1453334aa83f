"""The metrics as DeepEval takes them. Import this through `evaluation.measure`, which keeps DeepEval quiet first."""

from abc import abstractmethod
from typing import Any

from deepeval.metrics import BaseMetric
from deepeval.test_case import LLMTestCase

from evaluation import keywords, numeric
from evaluation.refusals import silence
from evaluation.rows import Question
from vlm3_dataset.quantities import find


class MetricError(RuntimeError):
    """A metric that broke on a case. Raised in place of a TypeError, which DeepEval lets end the whole run."""


class RuleMetric(BaseMetric):
    """A score from 0 to 1 by rule, without a judge.

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
        """The score of an answer that says something."""

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


class NumericExactMatch(RuleMetric):
    """The reference's quantities found in the answer, over those expected and those that contradict them."""

    target = 0.85

    @staticmethod
    def applies(question: Question) -> bool:
        return numeric.score(question.reference, question.reference, **question.rules) is not None

    def grade(self, test_case: LLMTestCase) -> float:
        return numeric.score(test_case.expected_output, test_case.actual_output, **test_case.metadata["rules"])


class KeywordPresence(RuleMetric):
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


METRICS: tuple[type[RuleMetric], ...] = (NumericExactMatch, KeywordPresence)
