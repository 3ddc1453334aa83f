"""Compare the scores of two answers to each question. Pure: the same seed gives the same result."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Literal

from evaluation import statistics
from evaluation.contamination import Overlap
from evaluation.measure import Score, Target
from evaluation.models.answers import Answer
from evaluation.rows import Question
from evaluation.scorers.refusals import Silence, classify_silence
from evaluation.statistics import Interval, TargetVerdict

Scores = Mapping[Target, Mapping[str, Score]]
Outcome = Literal["broken", "wrong", "fixed", "right", "unscored"]
# The order in a report: answers that tuning broke first, those without any metric last.
OUTCOMES: tuple[Outcome, ...] = ("broken", "wrong", "fixed", "right", "unscored")

_BY_PASS: dict[tuple[bool, bool], Outcome] = {  # whether every metric passed before, and after
    (False, False): "wrong",
    (False, True): "fixed",
    (True, False): "broken",
    (True, True): "right",
}

MOST_ERRORS = 0.02  # with a larger share of questions without an answer, or of a metric's errors, a run is not valid


@dataclass(frozen=True, slots=True)
class Case:
    """A question, the answers of both models, and the score of each applicable metric: (before, after) by its name."""

    question: Question
    before: Answer
    after: Answer
    silence: tuple[Silence | None, Silence | None]
    scores: dict[str, tuple[Score, Score]]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Change:
    """The change of a metric's mean. Everything after `errors` is None where no case could be compared."""

    metric: str
    target: float
    n: int  # cases scored for both models
    pages: int
    not_applicable: int
    errors: int  # cases on which the metric raised an error: left out of the means, never a 0
    before: float | None = None
    after: float | None = None
    before_interval: Interval | None = None
    after_interval: Interval | None = None
    difference: float | None = None
    difference_interval: Interval | None = None
    p: float | None = None  # sign-flip by page, Holm over the metrics
    passed_before: Interval | None = None  # of the share that passed, taking whole pages
    passed_after: Interval | None = None
    fixed: int = 0
    broken: int = 0
    both: int = 0
    neither: int = 0
    verdict: TargetVerdict | None = None


def pair(
    questions: Sequence[Question], before: Sequence[Answer], after: Sequence[Answer], scores: tuple[Scores, Scores]
) -> list[Case]:
    cases = []
    for question, old, new in zip(questions, before, after, strict=True):
        both = {
            target.metric: (scores[0][target][question.id], scores[1][target][question.id])
            for target in scores[0]
            if question.id in scores[0][target]
        }
        silences = tuple(None if one.error else classify_silence(one.text, question.reference) for one in (old, new))
        valid = [pair for pair in both.values() if not _has_error(pair)]
        outcome = _BY_PASS[tuple(all(pair[side].passed for pair in valid) for side in (0, 1))] if valid else "unscored"
        cases.append(Case(question, old, new, silences, both, outcome))
    return cases


def count_outcomes(cases: Sequence[Case]) -> dict[str, int]:
    """Return how many cases have each outcome, in the order of a report."""
    counts = Counter(case.outcome for case in cases)
    return {outcome: counts[outcome] for outcome in OUTCOMES}


def _has_error(pair: tuple[Score, Score]) -> bool:
    return any(score.value is None for score in pair)


def compare(cases: Sequence[Case], targets: Sequence[Target], seed: int) -> list[Change]:
    """Return the change of each metric. The p-values are adjusted for the number of metrics with cases to compare."""
    changes = [_compare_metric(cases, target, seed) for target in targets]
    compared = [change for change in changes if change.n]
    adjusted = statistics.holm([change.p for change in compared])
    by_metric = {change.metric: p for change, p in zip(compared, adjusted, strict=True)}
    return [replace(change, p=by_metric.get(change.metric)) for change in changes]


def _compare_metric(cases: Sequence[Case], target: Target, seed: int) -> Change:
    """Return the change of one metric, its p not yet adjusted."""
    applicable = [(case, case.scores[target.metric]) for case in cases if target.metric in case.scores]
    scored = [(case, scores) for case, scores in applicable if not _has_error(scores)]
    pages = [case.question.page_id for case, _ in scored]
    change = Change(
        metric=target.metric,
        target=target.above,
        n=len(scored),
        pages=len(set(pages)),
        not_applicable=len(cases) - len(applicable),
        errors=len(applicable) - len(scored),
    )
    if not scored:
        return change
    before, after = ([scores[side].value for _, scores in scored] for side in (0, 1))
    differences = [new - old for old, new in zip(before, after, strict=True)]
    intervals = [statistics.mean_interval(values, pages) for values in (before, after)]
    passed = Counter((old.passed, new.passed) for _, (old, new) in scored)
    fixed, broken = passed[False, True], passed[True, False]
    return replace(
        change,
        before=fmean(before),
        after=fmean(after),
        before_interval=intervals[0],
        after_interval=intervals[1],
        difference=fmean(differences),
        difference_interval=statistics.difference_interval(differences, pages),
        p=statistics.sign_flip(differences, pages, seed),
        passed_before=statistics.mean_interval([float(old.passed) for _, (old, _) in scored], pages),
        passed_after=statistics.mean_interval([float(new.passed) for _, (_, new) in scored], pages),
        fixed=fixed,
        broken=broken,
        both=passed[True, True],
        neither=passed[False, False],
        verdict=statistics.verdict(intervals[1], target.above),
    )


def by_page_seen(
    cases: Sequence[Case], overlaps: Mapping[str, Overlap], targets: Sequence[Target], seed: int
) -> dict[str, list[Change]]:
    """Compare pages that training showed, and those it did not, separately; a side without cases is left out."""
    sides = {
        "unseen": [case for case in cases if not overlaps[case.question.id].seen],
        "seen": [case for case in cases if overlaps[case.question.id].seen],
    }
    return {name: compare(some, targets, seed) for name, some in sides.items() if some}


def is_valid(changes: Sequence[Change], *, unanswered: int, asked: int) -> bool:
    """Return whether few enough questions have no answer, and few enough cases of each metric raised an error."""
    shares = [(unanswered, asked), *((change.errors, change.n + change.errors) for change in changes)]
    return all(errors <= MOST_ERRORS * of for errors, of in shares)
