import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.statistics import (
    FEW_PAGES,
    Interval,
    difference_interval,
    holm,
    mean_interval,
    page_bootstrap,
    sign_flip,
    verdict,
    wide_interval,
    wilson,
)

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
    interval = mean_interval(values, pages, seed=1)
    assert 0 <= interval.low <= sum(values) / len(values) + 1e-9
    assert sum(values) / len(values) - 1e-9 <= interval.high <= 1


def test_the_same_seed_gives_the_same_interval():
    values, pages = [0.0, 1.0, 0.5, 1.0], ["a", "b", "c", "d"]
    assert page_bootstrap(values, pages, 7) == page_bootstrap(values, pages, 7)


def test_whole_pages_are_drawn_so_copies_of_a_question_add_no_certainty():
    values, pages = [0.0, 1.0, 1.0, 0.0, 1.0], list("abcde")
    once = page_bootstrap(values, pages, 3)
    tenfold = page_bootstrap(values * 10, pages * 10, 3)
    assert (once.low, once.high) == pytest.approx((tenfold.low, tenfold.high))


def test_a_perfect_score_on_few_pages_is_no_certainty():
    assert mean_interval([1.0] * 5, list("abcde"), 0) == wilson(5, 5)
    pages = [str(index) for index in range(FEW_PAGES)]
    assert mean_interval([1.0] * FEW_PAGES, pages, 0) == Interval(1.0, 1.0)


def test_a_wide_interval_is_no_point_on_many_pages_and_everything_of_nothing():
    pages = [str(index) for index in range(FEW_PAGES)]
    assert wide_interval([0.0] * FEW_PAGES, pages, 0) == wilson(0, FEW_PAGES)
    assert wide_interval([0.0] * FEW_PAGES, ["a", "b"] * (FEW_PAGES // 2), 0) == wilson(0, 2)
    assert wide_interval([], [], 0) == Interval(0.0, 1.0)


def test_a_difference_on_one_page_says_nothing_of_other_pages():
    assert difference_interval([0.2, 0.4], ["a", "a"], 0) == Interval(-1, 1)
    two = difference_interval([0.2, 0.4], ["a", "b"], 0)
    assert (two.low < 0.2, two.high > 0.4) == (True, True)  # one degree of freedom: hardly anything is known


@pytest.mark.parametrize(
    ("difference", "count", "low", "high"),
    [(0.0, 3, -0.5615, 0.5615), (1.0, 3, -0.1230, 1.0), (0.0, 60, -0.0602, 0.0602)],
)
def test_pages_that_differ_alike_leave_room_for_others(difference, count, low, high):
    found = difference_interval([difference] * count, [str(page) for page in range(count)], 0)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


def test_on_many_pages_a_difference_has_the_interval_of_the_bootstrap():
    values, pages = [0.2, 0.4] * 30, [str(page) for page in range(60)]
    assert difference_interval(values, pages, 0) == page_bootstrap(values, pages, 0)


def test_an_interval_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        page_bootstrap([], [], 0)


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
