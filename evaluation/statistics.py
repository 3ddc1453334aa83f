"""Compute intervals, paired tests and verdicts for scores between 0 and 1. Pure: the same seed, the same result.

Questions about one page are not independent: 1,256 rows on 300 pages with a correlation of .3 inside a page are worth
about 640. So everything that resamples or flips does it with whole pages.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

DRAWS = 10_000  # of random flips

_Z = NormalDist().inv_cdf(0.975)

TargetVerdict = Literal["met", "missed", "undecided"]


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float


def wilson(successes: float, n: float, z: float = _Z) -> Interval:
    """Return the 95 % score interval of a proportion (Wilson 1927, JASA 22:209-212); 0 to 1 when n is 0.

    `successes` may be a sum of scores between 0 and 1: such scores vary less than zeros and ones of the same mean, so
    the interval is then too wide. It is too narrow for scores that depend on each other: `mean_interval` gives it the
    number of independent ones that they are worth.
    """
    if n == 0:
        return Interval(0.0, 1.0)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(max(0.0, share * (1 - share)) / n + z * z / (4 * n * n))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def mean_interval(scores: Sequence[float], pages: Sequence[str], weights: Sequence[float] | None = None) -> Interval:
    """Return the 95 % interval of a mean score whose questions correlate by page; 0 to 1 on fewer than two pages.

    It is Wilson's interval at the number of independent scores that these are worth, with Student's t for the pages
    (Korn & Graubard 1998, Survey Methodology 24:193; Dean & Pagano 2015, J. Survey Statistics and Methodology 3:484).
    That number is p(1 - p) over the clustered variance of the mean (Miller 2024, arXiv:2411.00640, section 2.2), never
    above the number of scores, with weights above Kish's (1965, Survey Sampling, 11.7). Where nearly all is right the
    pages at hand show too little variance, so it is taken with one more page that is all right and one that is all
    wrong: scores that are all equal are worth one a page.
    """
    if len(set(pages)) < 2:
        return Interval(0.0, 1.0)
    weighted = np.ones(len(scores)) if weights is None else np.asarray(weights, dtype=float)
    sums, counts = _page_sums(scores, pages, weighted)
    shown = _clustered(sums, counts, extremes=(0.0, 1.0), size=counts.mean())
    most = float(weighted.sum() ** 2 / (weighted**2).sum())
    worth = min(most, shown.mean * (1 - shown.mean) / shown.variance * len(sums) / (len(sums) + 1))
    return wilson(worth * float(sums.sum() / counts.sum()), worth, _t_quantile(len(sums) - 1))


def difference_interval(differences: Sequence[float], pages: Sequence[str]) -> Interval:
    """Return the 95 % interval of a mean difference of scores; on fewer than two pages -1 to 1.

    It is the t interval with the variance between pages (Cameron, Gelbach & Miller 2008, Review of Economics and
    Statistics 90:414), after half a page (one question at least) is added that got all better, and another that got
    all worse: for single questions what Bonett & Price 2012 add to a table of pairs (J. Educational and Behavioral
    Statistics 37:479). Without, pages that all differ alike would give no width, and rare changes far too little.
    """
    if len(set(pages)) < 2:
        return Interval(-1.0, 1.0)
    sums, counts = _page_sums(differences, pages)
    shown = _clustered(sums, counts, extremes=(-1.0, 1.0), size=max(1.0, counts.mean() / 2))
    half = _t_quantile(len(sums) - 1) * math.sqrt(shown.variance)
    return Interval(max(-1.0, shown.mean - half), min(1.0, shown.mean + half))


def _page_sums(
    values: Sequence[float], pages: Sequence[str], weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted sum and the weight of the values of each page: two float arrays of shape (pages,)."""
    numbers = {page: index for index, page in enumerate(dict.fromkeys(pages))}
    rows = np.array([numbers[page] for page in pages], dtype=np.intp)
    weights = np.ones(len(rows)) if weights is None else weights
    return np.bincount(rows, weights * np.asarray(values, dtype=float)), np.bincount(rows, weights)


@dataclass(frozen=True, slots=True)
class _Clustered:
    mean: float
    variance: float  # of the mean


def _clustered(sums: np.ndarray, counts: np.ndarray, *, extremes: tuple[float, float], size: float) -> _Clustered:
    """Return mean and clustered variance of pages and of two more, of `size` questions, at the two extremes."""
    sums, counts = np.append(sums, np.multiply(extremes, size)), np.append(counts, [size, size])
    mean, number = sums.sum() / counts.sum(), len(sums)
    variance = ((sums - mean * counts) ** 2).sum() * number / (number - 1) / counts.sum() ** 2
    return _Clustered(float(mean), float(variance))


def _t_quantile(freedom: int) -> float:
    """Return Student's t for 97.5 %: exact for 1 and 2 degrees of freedom, else Cornish-Fisher's series (to 0.03)."""
    if freedom < 3:
        return (12.706, 4.303)[freedom - 1]
    z = _Z
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return sum(term / freedom**power for power, term in enumerate(terms))


def sign_flip(differences: Sequence[float], pages: Sequence[str], seed: int, draws: int = DRAWS) -> float:
    """Return the two-sided p of "the mean difference is 0", flipping the signs of whole pages.

    All flips are tried where there are no more of them than `draws`; otherwise `draws` random ones, with the one added
    above and below that keeps a random permutation p from being 0 (Phipson & Smyth 2010, SAGMB 9:39). The test:
    Fisher 1935, The Design of Experiments, section 21; by cluster: Winkler et al. 2015, NeuroImage 123:253.
    """
    sums, _ = _page_sums(differences, pages)
    changed = sums[np.abs(sums) > 1e-12]
    if not len(changed):
        return 1.0
    observed = abs(changed.sum()) - 1e-9  # sums of floats in another order differ in the last digits
    if 2 ** len(changed) <= draws:
        signs = np.array(list(itertools.product((-1.0, 1.0), repeat=len(changed))))
        return float(np.mean(np.abs(signs @ changed) >= observed))
    signs = np.random.default_rng(seed).integers(0, 2, size=(draws, len(changed))) * 2.0 - 1.0
    return float((1 + np.count_nonzero(np.abs(signs @ changed) >= observed)) / (1 + draws))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values adjusted for their number, in the order given (Holm 1979, Scand. J. Statist. 6:65-70)."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return adjusted


def verdict(interval: Interval, target: float) -> TargetVerdict:
    """Return whether a mean is above the target, strictly: a mean of exactly the target misses it."""
    if interval.low > target:
        return "met"
    return "missed" if interval.high <= target else "undecided"
