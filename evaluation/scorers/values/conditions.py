"""Find values that stand by another's condition: "4.5 l with a heater" for "4.5 l, or 5.5 l with a heater"."""

import re
from collections.abc import Callable, Iterator, Sequence

from evaluation.scorers.reading.quantities import with_bare_numbers
from evaluation.scorers.values import bindings, neighbours
from evaluation.scorers.values.bindings import Place, known_places
from evaluation.scorers.values.labels import dimension_of, label_spans, values_by_label
from evaluation.scorers.values.neighbours import without_values
from evaluation.scorers.values.stages import STAGED
from vlm3_dataset.quantities import Quantity

_PRONOUN = re.compile(r"\bwith(?:out)?\s(?:it|them)\b", re.IGNORECASE)


def swapped_values(
    reference: str,
    answer: str,
    stated: Sequence[Quantity],
    told: Sequence[Quantity],
    agree: Callable[[Quantity, Quantity], bool],
) -> Iterator[tuple[tuple[str, ...], list[Quantity]]]:
    """Yield the values of a reference whose condition stands by another one in the answer: 5.5 l with a heater.

    Arguments and result are those of `swaps.swapped_values`.
    """
    yield from (((), [one]) for one in _opposite_conditions(reference, answer, stated, told, agree))

    def equal(one: Quantity, other: Quantity) -> bool:
        bare = "number" in (one.dimension, other.dimension)
        return one.values == other.values if bare else agree(one, other)

    pronoun = _PRONOUN.search(reference) or _PRONOUN.search(answer)  # with the heater on 4 V, with it off 0 V
    is_staged = STAGED.search(reference)  # told by the order of its stages
    stated, told = with_bare_numbers(reference, stated), with_bare_numbers(answer, told)
    texts = without_values(reference, stated), without_values(answer, told)
    for sort in {dimension_of(one) for one in stated} - {"label"}:
        values = [one for one in stated if dimension_of(one) == sort and not one.negated]
        if len(values) < 2:  # 3.5 l, or 4.0 with a heater
            values = [one for one in stated if one.dimension in {sort, "number"} and not one.negated]
        items = [next(at for at, one in enumerate(values) if one is other or equal(one, other)) for other in values]
        places = [Place(one.start, one.end, at) for one, at in zip(values, items, strict=True)]
        given = known_places([one for one in told if not one.negated], [(at, values[at]) for at in items], equal)
        wrong = {
            *([] if pronoun or sort == "number" else neighbours.moved_conditions(texts[0], places, texts[1], given)),
            *([] if is_staged else bindings.exchanged(reference, places, answer, given)),
        }
        yield from (((), [values[at]]) for at in sorted(wrong))


def _opposite_conditions(
    reference: str,
    answer: str,
    stated: Sequence[Quantity],
    told: Sequence[Quantity],
    agree: Callable[[Quantity, Quantity], bool],
) -> Iterator[Quantity]:
    """Yield the value that a reference gives with something and an answer without it: "9 l, 9.5 l with a cooler"."""
    pair = ("with", "without")
    used = [at for at, label in enumerate(pair) if label_spans(label, reference)]
    if len(used) != 1 or not all(label_spans(label, answer) for label in pair):
        return
    (start, _), *_ = label_spans(pair[used[0]], reference)
    before = [one for one in stated if one.end <= start and not re.search(r"[.;]|, ", reference[one.end : start])]
    own = before[-1] if before else next((one for one in stated if one.start > start), None)
    if own is None:
        return
    found = values_by_label(pair, answer, told)
    has = [any(agree(own, one) for one in of) for of in found]
    if has[1 - used[0]] and not has[used[0]]:
        yield own
