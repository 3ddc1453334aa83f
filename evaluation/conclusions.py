"""What a comparison allows one to say, and what it does not: sentences made from the verdicts and from n."""

from collections.abc import Iterator, Sequence

from evaluation.compare import Change
from evaluation.statistics import FEW_PAGES, mcnemar

ALPHA = 0.05


def conclude(changes: Sequence[Change], *, tiny: bool, valid: bool, not_judged: Sequence[str]) -> list[str]:
    """Plain sentences, the one that limits all others first."""
    sentences = []
    if not valid:
        sentences.append(
            "A metric broke on more than 2 % of its cases: this run is not valid, and nothing follows from it."
        )
    if tiny:
        sentences.append("The model is tiny, with random weights: the figures prove that the path works, nothing else.")
    for change in changes:
        sentences.extend(_about(change) if change.n else _absent(change))
    if not_judged:
        sentences.append(
            f"{' and '.join(not_judged)} were not judged: whether answers without a number are true to the page"
            " is not known from this run."
        )
    return sentences


def _absent(change: Change) -> Iterator[str]:
    why = "broke on every case" if change.errors else "applies to none of the questions"
    yield f"{change.metric} {why}: this run says nothing about it."


def _about(change: Change) -> Iterator[str]:
    interval = f"{change.after_interval.low:.2f} to {change.after_interval.high:.2f}"
    match change.verdict:
        case "met":
            yield (
                f"{change.metric} is above its target of {change.target:.2f} after tuning: even the low end of the"
                f" interval ({interval}) is."
            )
        case "missed":
            yield (
                f"{change.metric} misses its target of {change.target:.2f} after tuning: even the high end of the"
                f" interval ({interval}) does."
            )
        case _:
            yield (
                f"Whether {change.metric} is above its target of {change.target:.2f} after tuning is undecided: the"
                f" interval ({interval}) holds it."
            )
    yield _effect(change)
    if change.pages < FEW_PAGES:
        yield (
            f"{change.n} questions on {change.pages} pages are a reading list, not a proof: even with nothing broken,"
            f" chance explains improvements on fewer than {_smallest()} pages."
        )


def _effect(change: Change) -> str:
    moved = f"{change.metric} moved by {change.difference:+.3f}"
    counts = f"{change.fixed} fixed, {change.broken} broken"
    if change.p >= ALPHA:
        return f"{moved} ({counts}), which chance explains (p = {change.p:.2f}): tuning is not shown to change it."
    word = "improved" if change.difference > 0 else "worsened"
    return f"Tuning {word} {change.metric}: {moved.removeprefix(change.metric + ' ')} ({counts}, p = {change.p:.4f})."


def _smallest() -> int:
    """How many pages must change, all for the better, before a test can call it significant: 6 (2 / 2**6 = 0.031)."""
    return next(pages for pages in range(1, 100) if mcnemar(pages, 0) < ALPHA)
