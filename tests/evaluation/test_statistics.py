import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.statistics import Interval, difference_interval, holm, mean_interval, sign_flip, verdict, wilson
from tests.evaluation import significance

scores = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (25, 25, 0.8668, 1.0),
    ],
)
def test_wilson_gives_the_published_intervals(successes, n, low, high):
    interval = wilson(successes, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=6e-5)


def test_of_nothing_wilson_knows_nothing():
    assert wilson(0, 0) == Interval(0.0, 1.0)


@given(st.integers(0, 200), st.integers(1, 200))
def test_wilson_holds_the_share_and_mirrors(k, n):
    k = min(k, n)
    one, other = wilson(k, n), wilson(n - k, n)
    assert 0 <= one.low <= k / n + 1e-12
    assert k / n - 1e-12 <= one.high <= 1
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))


@settings(deadline=None)
@given(scores)
def test_an_interval_of_a_mean_holds_it_and_stays_between_the_extremes_of_a_score(values):
    pages = [str(index // 2) for index in range(len(values))]
    interval = mean_interval(values, pages)
    assert 0 <= interval.low <= sum(values) / len(values) + 1e-9
    assert sum(values) / len(values) - 1e-9 <= interval.high <= 1


@settings(deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30))
def test_an_interval_of_a_difference_holds_it_and_stays_between_the_extremes(values):
    interval = difference_interval(values, [str(index // 2) for index in range(len(values))])
    assert -1 <= interval.low <= sum(values) / len(values) + 1e-9
    assert sum(values) / len(values) - 1e-9 <= interval.high <= 1


def test_copies_of_a_question_add_no_certainty():
    once, tenfold = ([0.0, 1.0, 1.0, 0.0, 1.0] * times for times in (1, 10))
    alone, copied = mean_interval(once, [*"abcde"]), mean_interval(tenfold, [*"abcde"] * 10)
    assert (alone.low, alone.high) == pytest.approx((copied.low, copied.high))


def test_questions_of_a_page_that_have_nothing_in_common_count_each():
    """Ten of ten pages are alike: nine right of ten. So 100 questions are worth more than 10, and no more than 100."""
    pages = [str(page) for page in range(10) for _ in range(10)]
    found, ten, hundred = mean_interval(([1.0] * 9 + [0.0]) * 10, pages), wilson(9, 10), wilson(90, 100)
    assert ten.low < found.low < hundred.low
    assert hundred.high < found.high < ten.high


@pytest.mark.parametrize("pages", [5, 25, 49, 50, 60, 300])
def test_a_perfect_score_is_no_certainty_on_any_number_of_pages(pages: int):
    """It is worth one answer a page, however many questions a page has."""
    one, ten = (mean_interval([1.0] * pages * times, [str(page) for page in range(pages)] * times) for times in (1, 10))
    assert (one.low, one.high) == pytest.approx((ten.low, ten.high))
    assert wilson(pages, pages, z=3).low < one.low < wilson(pages, pages).low
    assert one.high == pytest.approx(1)


def test_nothing_and_a_single_page_say_nothing_of_other_pages():
    assert mean_interval([], []) == mean_interval([1.0, 1.0], ["a", "a"]) == Interval(0, 1)
    assert difference_interval([0.2, 0.4], ["a", "a"]) == Interval(-1, 1)
    two = difference_interval([0.2, 0.4], ["a", "b"])
    assert (two.low < 0.2, two.high > 0.4) == (True, True)  # one degree of freedom: hardly anything is known


def test_pages_that_differ_alike_leave_room_for_others():
    """Of 60 single questions none changed: with one gained and one lost, 0 ± 2.00 * sqrt(2 * 62/61) / 62."""
    found = difference_interval([0.0] * 60, [str(page) for page in range(60)])
    assert (found.low, found.high) == pytest.approx((-0.0460, 0.0460), abs=6e-5)


@pytest.mark.parametrize("skill", significance.SKILLS)
@pytest.mark.parametrize("pages", [[10] * 10, [10] * 49, [10] * 50, [10] * 75, [1] * 75, [1, 19] * 63])
def test_intervals_hold_the_truth_where_the_questions_of_a_page_correlate(pages: list[int], skill: float):
    """At least 92 of 100 runs each: with 300 draws of a true 95 %, fewer come once in a hundred times."""
    draw = np.random.default_rng(1)
    mean, difference = np.mean([significance.covered(draw, pages, skill) for _ in range(300)], axis=0)
    assert min(mean, difference) >= 0.92


def test_equal_models_are_seldom_called_changed_and_a_planted_gain_is_found():
    """Of 40 runs: at most 5 of equal models (a true 5 % gives more once in a hundred times), nearly all with a gain."""
    draw, pages = np.random.default_rng(2), [10] * 60
    equal, better = (
        sum(significance.called(draw, pages, gain, flips=1000) > 0 for _ in range(40)) for gain in (0.0, 0.10)
    )
    assert equal <= 5
    assert better >= 36


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=8))
def test_sign_flip_tries_every_flip_of_a_small_sample(differences):
    total = abs(sum(differences))
    flips = itertools.product((-1, 1), repeat=len(differences))
    sums = [abs(sum(sign * value for sign, value in zip(flip, differences, strict=True))) for flip in flips]
    expected = sum(one >= total for one in sums) / len(sums)
    pages = [str(index) for index in range(len(differences))]
    assert sign_flip(differences, pages, 0) == pytest.approx(expected)


def test_sign_flip_of_a_large_sample_agrees_with_the_normal_distribution_and_is_never_zero():
    pages = [str(index) for index in range(400)]
    even = [1.0, -1.0] * 200
    assert sign_flip(even, pages, 0) == 1.0
    tilted = [1.0] * 220 + [-1.0] * 180  # z = 40 / 20 = 2, with continuity 1.95: p = 0.051
    assert sign_flip(tilted, pages, 0) == pytest.approx(0.051, abs=0.012)
    assert sign_flip([1.0] * 400, pages, 0) == pytest.approx(1 / 10_001)


def test_pages_are_flipped_whole():
    pages = ["a"] * 6
    assert sign_flip([1.0] * 6, pages, 0) == 1.0


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        ([], []),
        ([0.04], [0.04]),
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.6, 0.7], [1.0, 1.0]),
    ],
)
def test_holm_steps_down_in_the_order_given(p_values, adjusted):
    assert holm(p_values) == pytest.approx(adjusted)


@given(st.lists(st.floats(0, 1), max_size=6))
def test_holm_never_lowers_a_p_and_keeps_their_order(p_values):
    adjusted = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    assert all(a <= b for a, b in itertools.pairwise(q for _, q in sorted(zip(p_values, adjusted, strict=True))))


@pytest.mark.parametrize(
    ("low", "high", "target", "expected"),
    [
        (0.86, 0.95, 0.85, "met"),
        (0.85, 0.95, 0.85, "undecided"),  # the target itself is not above the target
        (0.80, 0.85, 0.85, "missed"),
        (0.80, 0.86, 0.85, "undecided"),
    ],
)
def test_a_verdict_needs_the_whole_interval(low, high, target, expected):
    assert verdict(Interval(low, high), target) == expected
