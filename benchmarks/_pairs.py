"""Runs two sides of a question in turn and prints how they compare; machines are shared, so only pairs count."""

from collections.abc import Callable
from statistics import median


def compare(ours: Callable[[], float], theirs: Callable[[], float], unit: str, pairs: int = 5) -> None:
    """Prints each pair of measurements, then `ratio: N`: the median of theirs / ours, above 1 where ours is better."""
    ratios = []
    for number in range(1, pairs + 1):
        mine, other = ours(), theirs()
        ratios.append(other / mine)
        print(f"pair {number}: ours {mine:.4g} {unit}, theirs {other:.4g} {unit}")
    print(f"ratio: {median(ratios):.2f}")
