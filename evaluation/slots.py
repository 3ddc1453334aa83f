"""Which values of an answer belong to which label: front 2.2 bar, rear 2.4 bar."""

import re
from collections.abc import Sequence
from itertools import groupby

from vlm3_dataset.quantities import Quantity


def by_label(labels: Sequence[str], answer: str, quantities: Sequence[Quantity]) -> list[list[Quantity]]:
    """The quantities of each label, in the order of `labels`; empty for a label that the answer does not use.

    An answer names its labels before their values or behind them throughout; which, its first label or value tells.
    Labels in a row share out the values that follow: "front/rear 2.2/2.4 bar".
    """
    found: list[list[Quantity]] = [[] for _ in labels]
    marks = [(start, at) for at, label in enumerate(labels) for start in _places(label, answer)]
    events: list[tuple[int, int | Quantity]] = [*marks, *((quantity.start, quantity) for quantity in quantities)]
    events.sort(key=lambda event: event[0])
    runs = [[item for _, item in run] for _, run in groupby(events, key=lambda event: isinstance(event[1], int))]
    for one, other in zip(runs[::2], runs[1::2], strict=False):
        named, values = (one, other) if isinstance(one[0], int) else (other, one)
        share = max(1, len(values) // len(named))
        for place, value in enumerate(values):
            found[named[min(place // share, len(named) - 1)]].append(value)
    return found


def _places(label: str, answer: str) -> list[int]:
    return [match.start() for match in re.finditer(rf"(?<!\w){re.escape(label)}(?!\w)", answer, re.IGNORECASE)]
