"""Do the intervals hold, and does the test call equal models different? Simulated questions whose pages correlate.

    python -m tests.evaluation.significance [repetitions]

A page makes its questions easy or hard together (correlation .3 within a page), and a model is right or wrong about
each. Two models of the same skill should be called changed in at most 5 of 100 runs, for whichever of four metrics; a
planted gain should be found; and 95 % intervals should hold the true mean and the true difference in 95 of 100.
"""

import sys

import numpy as np

from evaluation.statistics import Interval, difference_interval, holm, mean_interval, sign_flip

SKILL, WITHIN = 0.75, 0.3
METRICS = 4
PER_PAGE = 10


def scores(draw: np.random.Generator, pages: int, gain: float) -> tuple[np.ndarray, np.ndarray]:
    """Right or wrong before and after, arrays of shape (pages * PER_PAGE,); the gain is the same on every page.

    A page's share of right answers is Beta distributed with mean SKILL, so that two of its questions correlate by
    WITHIN. Beyond the page the two models have nothing in common; a tuned model has, and its gain is found sooner.
    """
    spread = 1 / WITHIN - 1
    page = np.repeat(draw.beta(SKILL * spread, (1 - SKILL) * spread, pages), PER_PAGE)
    luck, again = draw.random((2, pages * PER_PAGE))
    lifted = page + gain * (1 - page) / (1 - SKILL)
    return (luck < page).astype(float), (again < lifted).astype(float)


def called(draw: np.random.Generator, pages: int, gain: float) -> int:
    """How many of four metrics with the same gain are called changed after Holm."""
    names = [f"{page}" for page in range(pages) for _ in range(PER_PAGE)]
    sides = [scores(draw, pages, gain) for _ in range(METRICS)]
    return sum(p < 0.05 for p in holm([sign_flip(list(after - before), names, seed=0) for before, after in sides]))


def covered(draw: np.random.Generator, pages: int) -> tuple[bool, bool]:
    """Whether the intervals of the mean and of the difference hold the truth."""
    names = [f"{page}" for page in range(pages) for _ in range(PER_PAGE)]
    before, after = scores(draw, pages, gain=0.05)

    def holds(interval: Interval, truth: float) -> bool:
        return interval.low <= truth <= interval.high

    mean, difference = mean_interval(list(after), names, 0), difference_interval(list(after - before), names, 0)
    return holds(mean, SKILL + 0.05), holds(difference, 0.05)


def main(repetitions: int) -> None:
    draw = np.random.default_rng(0)
    for gain in (0.0, 0.03, 0.05, 0.10):
        found = [called(draw, 126, gain) for _ in range(repetitions)]
        some, each = sum(count > 0 for count in found), sum(found) / METRICS
        print(f"gain {gain:.2f}, 126 pages: some metric called changed in {some} of {repetitions}, each in {each:.0f}")
    for pages in (6, 10, 25, 40, 126):
        held = np.array([covered(draw, pages) for _ in range(repetitions)]).mean(axis=0)
        print(f"{pages:3} pages: the mean lies in its interval in {held[0]:.0%}, the difference in {held[1]:.0%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
