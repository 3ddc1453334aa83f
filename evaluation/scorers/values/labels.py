"""Assign the values of a text to their labels: front 2.2 bar, rear 2.4 bar."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Protocol, TypeVar

from evaluation.scorers.reading.quantities import quantities
from vlm3_dataset.quantities import Quantity


class Placed(Protocol):
    """Whatever has a place in a text."""

    @property
    def start(self) -> int: ...


T = TypeVar("T")
V = TypeVar("V", bound=Placed)

# Words that tell one value from another of its sort, wherever two of a group stand in a reference. A label may have
# several spellings, parted by a stroke.
_CONTRASTS = (
    (
        "front|forward|vorn|vorne|vorderachse|avant|anteriore|anteriori",
        "rear|back|behind|hinten|hinterachse|arrière|posteriore|posteriori",
    ),
    (
        "left|left-hand|driver's side|driver side|links|gauche|sinistra",
        "right|right-hand|passenger side|rechts|droite|destra",
    ),
    ("intake|inlet|inlet side|intake side|einlass", "exhaust|outlet|exhaust side|auslass"),
    ("upper|top|oben", "lower|bottom|unten"),
    ("inner|inside|innen", "outer|outside|außen"),
    ("cold|kalt|froid|freddo", "hot|warm|chaud|caldo"),
    ("with|including|mit|avec|con", "without|excluding|ohne|sans|senza"),
    ("manual", "automatic"),
    ("new", "used|worn"),
    ("open", "closed"),
    ("vertical|radial", "lateral|axial"),
    ("bolts|bolt|screws|screw", "nuts|nut"),
    ("until|till|up to|before|bis|jusqu'à|fino a", "from|since|after|as of|ab|depuis|dal"),
    ("first|1st", "second|2nd", "third|3rd", "fourth|4th", "fifth|5th", "reverse"),
)
_LISTED = re.compile(r"[\s,;/&()]{0,4}(?:and\s)?(?:(?:at (?:most|least)|up to|about|m(?:ax|in)(?:\.|imum)?)\s)?")
_THREAD = re.compile(r"\bM\d{1,2}(?:\s?[x×]\s?\d(?:[.,]\d+)?)?", re.IGNORECASE)
_NAMED = re.compile(
    r"(?<![\w.])([A-H]|[A-Z]\d{1,2})(?=\s*[=:])|\b((?:cylinder|pin|terminal|fuse|no\.)\s?\d{1,3})(?=\s*[=:])",
    re.IGNORECASE,
)


def values_by_label(labels: Sequence[str], answer: str, quantities: Sequence[V]) -> list[list[V]]:
    """Return the quantities of each label, in the order of `labels`; empty for a label that the answer does not use.

    An answer names its labels before their values or behind them throughout; which, its first label or value tells.
    Labels in a row share out the values that follow: "front/rear 2.2/2.4 bar".
    """
    spans = [(span, at) for at, label in enumerate(labels) for span in label_spans(label, answer)]
    marks = [(start, at) for (start, _), at in spans]
    values = [one for one in quantities if not any(start <= one.start < end for (start, end), _ in spans)]  # third
    return assign_to_labels(len(labels), marks, values)


def assign_to_labels(count: int, marks: Sequence[tuple[int, int]], values: Sequence[V]) -> list[list[V]]:
    """The values of each of `count` labels, of which marks gives where which stands; see `values_by_label`."""
    found: list[list[V]] = [[] for _ in range(count)]
    events: list[tuple[int, int | V]] = [*marks, *((value.start, value) for value in values)]
    events.sort(key=lambda event: event[0])
    runs = [[item for _, item in run] for _, run in groupby(events, key=lambda event: isinstance(event[1], int))]
    for one, other in zip(runs[::2], runs[1::2], strict=False):
        named, told = (one, other) if isinstance(one[0], int) else (other, one)
        named = [label for label, _ in groupby(named)]  # "main bearing" is one label in two words
        each = max(1, len(told) // len(named))
        for place, value in enumerate(told):
            found[named[min(place // each, len(named) - 1)]].append(value)
    return found


def contrasting_labels(reference: str) -> Iterator[tuple[str, ...]]:
    """Yield the sets of labels of a reference by which its values are told apart, two of a set at least."""
    for group in (
        *_CONTRASTS,
        _distinct_matches(_THREAD, reference),
        _distinct_matches(_NAMED, reference),
    ):
        used = tuple(label for label in group if label_spans(label, reference))
        if len(used) > 1:
            yield used


def swapped_labels(
    own: Sequence[Sequence[T]], found: Sequence[Sequence[T]], agree: Callable[[T, T], bool]
) -> Iterator[int]:
    """Yield the labels that have a value of another, and none of their own."""

    def has(told: Sequence[T], values: Sequence[T]) -> bool:
        return any(agree(one, it) for one in values for it in told)

    for at, (right, told) in enumerate(zip(own, found, strict=True)):
        others = [one for of in own for one in of if not has([one], right)]
        if right and has(told, others) and not has(told, right):
            yield at


def out_of_question_order(
    texts: tuple[str, str, str],
    stated: Sequence[Quantity],
    told: Sequence[Quantity],
    agree: Callable[[Quantity, Quantity], bool],
) -> Iterator[Quantity]:
    """Yield the values that a mere list has by another's label: "2.4 and 2.2 bar" where the question is front and rear.

    `texts` are reference, answer and question; `agree(stated, told)` says whether two values are the same.
    """
    if len(stated) < 2 or len(told) < 2:
        return
    reference, answer, question = texts
    for labels in contrasting_labels(reference):
        own = values_by_label(labels, reference, stated)
        listed = [one for one in told if any(agree(it, one) for of in own for it in of)]
        found = values_in_question_order(labels, question, answer, listed)
        if found and all(own):
            yield from (one for at in swapped_labels(own, found, agree) for one in own[at])


def values_in_question_order(
    labels: Sequence[str], question: str, answer: str, listed: Sequence[Quantity]
) -> list[list[Quantity]]:
    """Return the values of each label of a mere list, which has them in the order of its question; none for another."""
    asked = [label_spans(label, question) for label in labels]
    if not all(asked) or any(label_spans(label, answer) for label in labels) or len(listed) % len(labels):
        return []
    if not all(_LISTED.fullmatch(answer, one.end, other.start) for one, other in pairwise(listed)):
        return []
    order = sorted(range(len(labels)), key=lambda at: asked[at])
    return assign_to_labels(len(labels), [(place - len(labels), at) for place, at in enumerate(order)], listed)


def labelled_values(reference: str) -> dict[str, str]:
    """Return the values of a reference by the label, as the reference spells both; nothing where it has no labels."""
    values = [one for one in quantities(reference) if one.dimension != "thread" and not one.negated]
    found: dict[str, str] = {}
    for labels in contrasting_labels(reference):
        for label, own in zip(labels, values_by_label(labels, reference, values), strict=True):
            start, end = label_spans(label, reference)[0]
            found |= {reference[start:end]: ", ".join(one.text for one in own)} if own else {}
    return found


def _distinct_matches(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.group().strip().lower() for match in pattern.finditer(text)))


def dimension_of(quantity: Quantity) -> str:
    """Return the dimension of a value; a number of parts and a bare number are of one sort."""
    return "number" if quantity.dimension == "count" else quantity.dimension


def label_spans(label: str, answer: str) -> list[tuple[int, int]]:
    """Return where a label stands in a text, in any of its spellings."""
    spelled = "|".join(re.escape(one) for one in label.split("|"))
    return [match.span() for match in re.finditer(rf"(?<![^\W_])(?:{spelled})(?![^\W_])", answer, re.IGNORECASE)]
