"""A model compared with itself must not look better, and one that gained ten points must."""

import numpy as np

from evaluation import statistics

QUESTIONS, PAGES, RUNS = 1256, 126, 200
METRICS = ("NumericExactMatch", "KeywordPresence", "AnswerRelevancy", "Faithfulness")
STEPS = (1, 4, 3, 5)  # a score is a share of so many statements that hold
ALPHA = 0.05
DRAWS = 999  # flips a test; 10,000 gives the same counts in ten times the time


def skills(rng: np.random.Generator, mean: float) -> tuple[np.ndarray, list[str]]:
    """How likely each answer is right: questions about one page are alike (correlation about .3)."""
    pages = rng.integers(0, PAGES, QUESTIONS)
    lift = rng.normal(0, 1.0, PAGES)[pages] + rng.normal(0, 0.8, QUESTIONS)
    return 1 / (1 + np.exp(-(np.log(mean / (1 - mean)) + lift))), [f"p{page}" for page in pages]


def answered(rng: np.random.Generator, skill: np.ndarray, steps: int) -> np.ndarray:
    return rng.binomial(steps, skill) / steps


def p_values(rng: np.random.Generator, gain: float) -> list[float]:
    """Holm's p of each metric for one comparison. `gain` is added to the skill in the first metric."""
    raw = []
    for metric, steps in enumerate(STEPS):
        skill, pages = skills(rng, 0.7)
        before = answered(rng, skill, steps)
        after = answered(rng, np.clip(skill + (gain if metric == 0 else 0), 0, 1), steps)
        raw.append(statistics.sign_flip((after - before).tolist(), pages, seed=0, draws=DRAWS))
    return statistics.holm(raw)


def test_a_model_asked_twice_is_seldom_significant():
    """The same skill on both sides, each answer drawn anew: whatever differs is chance."""
    rng = np.random.default_rng(7)
    significant = np.sum([np.array(p_values(rng, 0.0)) < ALPHA for _ in range(RUNS)], axis=0)
    assert max(significant) <= ALPHA * RUNS, dict(zip(METRICS, significant.tolist(), strict=True))


def test_the_same_answers_on_resampled_rows_are_never_significant():
    rng = np.random.default_rng(7)
    skill, pages = skills(rng, 0.7)
    before = answered(rng, skill, 1)
    for _ in range(RUNS):
        rows = rng.integers(0, QUESTIONS, QUESTIONS)
        differences = (before[rows] - before[rows]).tolist()
        assert statistics.sign_flip(differences, [pages[row] for row in rows], seed=0) == 1


def test_ten_points_are_found():
    rng = np.random.default_rng(7)
    found = [p_values(rng, 0.10)[0] < ALPHA for _ in range(20)]
    assert sum(found) == len(found)
