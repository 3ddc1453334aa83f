from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.compare import compare, is_valid, pair
from evaluation.measure import Score, Target
from evaluation.models.answers import Answer
from evaluation.report.conclusions import conclude_metrics, in_short, limits
from evaluation.report.findings import Findings
from evaluation.rows import Question

TARGET = Target("NumericExactMatch", 0.85)
OTHER = Target("KeywordPresence", 0.80)


def cases(before: list[float | None], after: list[float | None], per_page: int = 1):
    questions = [
        Question(f"q{number}", f"p{number // per_page}", Path(), "i.jpg", "0", "?", "24 Nm")
        for number in range(len(before))
    ]
    answers = [Answer("k", question.id, "m", "24 Nm", 3, truncated=False) for question in questions]
    sides = [
        {TARGET: {q.id: Score(v, v is not None and v > 0.85) for q, v in zip(questions, side, strict=True)}, OTHER: {}}
        for side in (before, after)
    ]
    return pair(questions, answers, answers, tuple(sides))


def change(before: list[float | None], after: list[float | None], per_page: int = 1):
    return compare(cases(before, after, per_page), [TARGET, OTHER], seed=0)[0]


def test_every_question_falls_into_one_outcome():
    found = cases([1.0, 0.0, 0.0, 1.0, None], [0.0, 1.0, 0.5, 1.0, 1.0])
    assert [case.outcome for case in found] == ["broken", "fixed", "wrong", "right", "unscored"]
    one = change([1.0, 0.0, 0.0, 1.0, None], [0.0, 1.0, 0.5, 1.0, 1.0])
    assert (one.broken, one.fixed, one.neither, one.both, one.n, one.errors) == (1, 1, 1, 1, 4, 1)
    assert (one.before, one.after) == (0.5, 0.625)


def test_a_model_against_itself_changes_nothing():
    one = change([1.0, 0.0, 0.5] * 20, [1.0, 0.0, 0.5] * 20)
    assert (one.difference, one.p, one.fixed, one.broken) == (0.0, 1.0, 0, 0)


def test_a_planted_improvement_is_found():
    one = change([0.0] * 40 + [1.0] * 60, [1.0] * 100)
    assert one.difference == pytest.approx(0.4)
    assert one.p < 0.001
    assert one.verdict == "met"


def test_the_same_improvement_on_two_pages_is_not():
    one = change([0.0] * 40 + [1.0] * 60, [1.0] * 100, per_page=50)
    assert one.p == 1.0  # one page changed: its flip is as likely
    assert one.verdict == "undecided"


def test_errors_are_in_no_mean_and_too_many_of_them_make_a_run_invalid():
    one = change([1.0] * 98 + [None] * 2, [1.0] * 100)
    assert (one.n, one.errors, one.before) == (98, 2, 1.0)
    assert is_valid([one], unanswered=2, asked=100)
    assert not is_valid([replace(one, errors=3, n=97)], unanswered=0, asked=100)
    assert not is_valid([one], unanswered=3, asked=100)


def test_a_critical_question_without_a_score_is_not_taken_for_right():
    *critical, last = cases([1.0, None, None, 1.0, 1.0], [0.0, 0.0, None, 1.0, 1.0])
    found = Findings(critical=[*critical, replace(last, scores={})])
    assert (found.critical_wrong, found.critical_unknown) == (["q0", "q1"], ["q2", "q4"])
    good = Findings(critical=critical[3:])
    assert (good.critical_wrong, good.critical_unknown) == ([], [])
    met = change([0.0] * 40 + [1.0] * 60, [1.0] * 100)
    assert "as good as this test asks for" in in_short([met], good, usable=True)[-1]
    for wrong_or_unknown in (critical[1:2], critical[2:3]):
        assert "it is not shown" in in_short([met], Findings(critical=wrong_or_unknown), usable=True)[-1]


def test_a_metric_without_a_case_has_no_figures():
    none = compare(cases([1.0], [1.0]), [TARGET, OTHER], seed=0)[1]
    assert (none.n, none.not_applicable, none.before, none.verdict, none.p) == (0, 1, None, None, None)


def test_the_conclusions_say_what_the_verdicts_say():
    good = change([0.0] * 40 + [1.0] * 60, [1.0] * 100)
    small = change([0.0, 1.0], [1.0, 1.0])
    bad = change([1.0] * 100, [0.0] * 40 + [1.0] * 60)
    none = compare(cases([1.0], [1.0]), [TARGET, OTHER], seed=0)[1]

    def said(*changes) -> str:
        return " ".join(conclude_metrics(changes, not_judged=[]))

    assert "is above its target" in said(good)
    assert "Tuning improved NumericExactMatch" in said(good)
    assert "reading list" not in said(good)
    assert "undecided" in said(small)
    assert "NumericExactMatch: 2 questions on 2 pages, a reading list" in said(small)
    assert "1 question on 1 page, a" in said(change([0.0], [1.0]))
    assert said(small, small).count("a reading list") == 1
    assert "improvements on fewer than 8 pages" in said(small, small, small, small)
    assert "improvements on fewer than 6 pages" in said(small)
    assert "chance explains" in said(small)
    assert "misses its target" in said(bad)
    assert "Tuning worsened" in said(bad)
    assert "KeywordPresence applies to none" in said(none)
    assert "Faithfulness were not judged" in " ".join(
        conclude_metrics([good], not_judged=["AnswerRelevancy", "Faithfulness"])
    )
    assert [line.split()[0] for line in limits(tiny=True, valid=False)] == ["More", "The"]
