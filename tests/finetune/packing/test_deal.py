"""Questions are dealt out to rows: a page's evenly, those without a page so that a row is full and never above it."""

import random
from collections import Counter

import pytest

from finetune.examples import QuestionTokens
from finetune.packing.deal import Packing, times_in_epoch
from vlm3_dataset.errors import UserError


def page(name: str, questions: int, image: int = 1500) -> list[QuestionTokens]:
    return [QuestionTokens(name, "manual", image, 20, 24, 10) for _ in range(questions)]


def texts(questions: int, source: str = "forum", seed: int = 1) -> list[QuestionTokens]:
    draw = random.Random(seed)
    return [QuestionTokens("", source, 0, 14, draw.randint(10, 60), draw.randint(20, 190)) for _ in range(questions)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("questions", [1, 2, 7, 60, 400])
def test_no_row_without_a_page_is_above_the_budget_in_any_epoch(questions: int, seed: int) -> None:
    packing = Packing([*page("a", 10), *texts(questions, seed=seed)], 4, 2500, seed)
    assert packing.budget == 1500 + 20 + 4 * 34  # the longest row with a page
    for epoch in range(4):
        held = [packing.members(index, epoch) for index in range(len(packing))]
        assert Counter(number for row in held for number in row) == dict.fromkeys(range(10 + questions), 1)
        assert max(packing.row(row).total for row in held) <= packing.budget
    text_rows = packing.sources.count("forum")
    tokens = sum(one.words + one.answer for one in texts(questions, seed=seed))
    assert text_rows <= 1 + tokens / (packing.budget - 14 - 250)


def test_rows_without_a_page_are_drawn_anew_in_each_epoch_and_again_for_the_same_seed() -> None:
    made, again, other = (Packing(texts(60), 4, 2500, seed) for seed in (1, 1, 2))
    epochs = [[made.members(index, epoch) for index in range(len(made))] for epoch in range(3)]
    assert epochs[0] != epochs[1] != epochs[2]
    assert [again.members(index, 1) for index in reversed(range(len(again)))][::-1] == epochs[1]
    assert [other.members(index, 1) for index in range(len(other))] != epochs[1]


def test_a_row_holds_one_source_and_a_text_longer_than_the_budget_stands_alone() -> None:
    long = QuestionTokens("", "text", 0, 14, 100, 4000)
    packing = Packing([*page("a", 3), *texts(40), *texts(20, "text"), long], 4, 2500, 1)
    for index in range(len(packing)):
        assert {packing.questions[number].source for number in packing.members(index)} == {packing.sources[index]}
    assert packing.row(packing.largest()).total >= 14 + 4100


def test_a_page_under_two_names_is_one_page() -> None:
    questions = [*page("digest", 2), *page("other", 1), *page("digest", 2)]
    packing = Packing(questions, 4, 2500, 1)
    assert sorted(sorted(packing.members(index)) for index in range(len(packing))) == [[0, 1, 3, 4], [2]]


def test_without_shared_rows_each_question_has_its_own() -> None:
    packing = Packing([*page("a", 3), *texts(5)], 1, 0, 1)
    assert [packing.members(index, 2) for index in range(len(packing))] == [[number] for number in range(8)]


@pytest.mark.parametrize(("most", "mean"), [(4, 10 / 3), (5, 5), (10, 10), (16, 10)])
def test_questions_of_a_row_on_average(most: int, mean: float) -> None:
    assert Packing(page("a", 10), most, 2500, 1).mean_questions({}) == pytest.approx(mean)


def test_a_source_that_comes_more_often_counts_more() -> None:
    packing = Packing([*page("a", 4), *[QuestionTokens("", "forum", 0, 14, 100, 100)] * 2], 4, 2500, 1)
    assert packing.mean_questions({}) == 3
    assert packing.mean_questions({"forum": 0}) == 4
    assert packing.mean_questions({"forum": 3}) == pytest.approx(10 / 4)


@pytest.mark.parametrize("weights", [{"manual": 0.0}, {"manual": 0.1}])
def test_an_epoch_of_no_row_is_refused_with_a_way_on(weights: dict[str, float]) -> None:
    with pytest.raises(UserError, match=r"--mix leaves no row in an epoch; raise a weight \(the data have manual\)"):
        times_in_epoch(["manual", "manual"], weights)
