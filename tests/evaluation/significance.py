"""Do the intervals hold, and does the test call equal models different? Simulated questions whose pages correlate.

    python -m tests.evaluation.significance [repetitions]

A page makes its questions easy or hard together (correlation .3 within a page), and a model is right or wrong about
each. Two models of the same skill should be called changed in at most 5 of 100 runs, for whichever of four metrics; a
planted gain should be found; and 95 % intervals should hold the true mean and the true difference in 95 of 100.
"""

import sys

import numpy as np

from evaluation.statistics import Interval, difference_interval, holm, mean_interval, sign_flip

WITHIN = 0.3
METRICS = 4
PER_PAGE = 10
SKILLS = (0.75, 0.95)
PAGES = (6, 10, 25, 49, 50, 75, 100, 126, 300)


def scores(draw: np.random.Generator, pages: list[int], skill: float, gain: float) -> tuple[np.ndarray, np.ndarray]:
    """Right or wrong before and after, one a question; `pages` has the questions of each page.

    A page's share of right answers is Beta distributed with mean `skill`, so that two of its questions correlate by
    WITHIN. Beyond the page the two models have nothing in common; a tuned model has, and its gain is found sooner.
    """
    spread = 1 / WITHIN - 1
    page = np.repeat(draw.beta(skill * spread, (1 - skill) * spread, len(pages)), pages)
    luck, again = draw.random((2, sum(pages)))
    lifted = page + gain * (1 - page) / (1 - skill)
    return (luck < page).astype(float), (again < lifted).astype(float)


def names(pages: list[int]) -> list[str]:
    return [f"{page}" for page, questions in enumerate(pages) for _ in range(questions)]


def called(draw: np.random.Generator, pages: list[int], gain: float, flips: int = 10_000) -> int:
    """How many of four metrics with the same gain are called changed after Holm."""
    sides = [scores(draw, pages, SKILLS[0], gain) for _ in range(METRICS)]
    found = [sign_flip(list(after - before), names(pages), seed=0, draws=flips) for before, after in sides]
    return sum(p < 0.05 for p in holm(found))


def covered(draw: np.random.Generator, pages: list[int], skill: float) -> tuple[bool, bool]:
    """Whether the intervals of the mean and of a difference hold the truth: the gain is a fifth of what is wrong."""
    before, after = scores(draw, pages, skill, gain := (1 - skill) / 5)

    def holds(interval: Interval, truth: float) -> bool:
        return interval.low <= truth <= interval.high

    mean, difference = mean_interval(before, names(pages)), difference_interval(after - before, names(pages))
    return holds(mean, skill), holds(difference, gain)


def main(repetitions: int) -> None:
    draw = np.random.default_rng(0)
    for gain in (0.0, 0.03, 0.05, 0.10):
        found = [called(draw, [PER_PAGE] * 126, gain) for _ in range(repetitions)]
        some, each = sum(count > 0 for count in found), sum(found) / METRICS
        print(f"gain {gain:.2f}, 126 pages: some metric called changed in {some} of {repetitions}, each in {each:.0f}")
    for skill in SKILLS:
        for per_page in (PER_PAGE, 1):
            for pages in PAGES:
                runs = [covered(draw, [per_page] * pages, skill) for _ in range(repetitions)]
                mean, difference = np.mean(runs, axis=0)
                print(f"{skill}, {pages:3} pages of {per_page:2}: {mean:.1%} of means, {difference:.1%} of differences")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
