"""Read the groups of values that a text gives: unladen front 2.1, rear 2.3; laden front 2.3, rear 2.9.

A value that stands in two groups says nothing of its label in the whole text, so each group is compared with its own.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from evaluation.scorers.values import swaps
from vlm3_dataset.language.stems import stems
from vlm3_dataset.quantities import Quantity

_END = re.compile(r"[;\n]|\.(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Group:
    """A sentence or a row of a text, with its values at their places in it."""

    text: str
    values: tuple[Quantity, ...]


def swapped_values(
    reference: str,
    answer: str,
    stated: Sequence[Quantity],
    told: Sequence[Quantity],
    agree: Callable[[Quantity, Quantity], bool],
) -> Iterator[tuple[tuple[str, ...], list[Quantity]]]:
    """Yield what `swaps.swapped_values` finds in each group, and the groups that stand by the words of another.

    A group is compared with the one of the answer that has all of its values and no other.
    """
    own, found = [*_groups(reference, stated)], [*_groups(answer, told)]
    pairs = []
    for one in own if len(own) > 1 else ():
        alike = [other for other in found if _have_same_values(one, other, agree)]
        if len(alike) == 1 and sum(_have_same_values(it, alike[0], agree) for it in own) == 1:
            pairs.append((one, alike[0]))
    words = [stems(one.text) for one, _ in pairs]
    for at, (one, other) in enumerate(pairs):
        yield from swaps.swapped_values(one.text, other.text, one.values, other.values, agree)
        others = {word for place, of in enumerate(words) if place != at for word in of}
        said = stems(other.text)
        if (others - words[at]) & said and not (words[at] - others) & said:
            yield (), [*one.values]


def _groups(text: str, values: Sequence[Quantity]) -> Iterator[Group]:
    start = 0
    ends = [match.end() for match in _END.finditer(text)]
    for end in (*ends, len(text)):
        inside = [one for one in values if start <= one.start < end]
        if len(inside) > 1:
            yield Group(
                text[start:end],
                tuple(replace(one, start=one.start - start, end=one.end - start) for one in inside),
            )
        start = end


def _have_same_values(one: Group, other: Group, agree: Callable[[Quantity, Quantity], bool]) -> bool:
    left = list(other.values)
    for value in one.values:
        twin = next((it for it in left if agree(value, it)), None)
        if twin is None:
            return False
        left.remove(twin)
    return not left
