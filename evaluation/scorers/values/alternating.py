"""Find values that stand by another's, where values of two sorts take turns: 2 bar at 900 rpm, 4 bar at 5000 rpm."""

from collections.abc import Callable, Iterator, Sequence

from evaluation.scorers.reading.quantities import with_bare_numbers
from evaluation.scorers.values.labels import assign_to_labels, dimension_of, swapped_labels
from vlm3_dataset.quantities import Quantity, same


def swapped_values(
    reference: str,
    answer: str,
    stated: Sequence[Quantity],
    told: Sequence[Quantity],
    agree: Callable[[Quantity, Quantity], bool],
) -> Iterator[tuple[tuple[str, ...], list[Quantity]]]:
    """Yield the values of a reference that stand by another's in the answer; each sort is the label of the other.

    Arguments and result are those of `swaps.swapped_values`.
    """
    wanted, given = with_bare_numbers(reference, stated), with_bare_numbers(answer, told)
    ordered = sorted(wanted, key=lambda one: one.start)
    pair = (ordered[::2], ordered[1::2])
    sorts = [{*map(dimension_of, side)} for side in pair]
    if not (len(pair[0]) == len(pair[1]) > 1 and len(sorts[0]) == len(sorts[1]) == 1 and sorts[0] != sorts[1]):
        return
    for labels, values in (pair, pair[::-1]):
        marks = [(one.start, which) for one in given for which, label in enumerate(labels) if same(label, one)]
        alike = [one for one in given if dimension_of(one) == dimension_of(values[0])]
        found = assign_to_labels(len(labels), marks, alike)
        yield from (((), [values[at]]) for at in swapped_labels([[one] for one in values], found, agree))
