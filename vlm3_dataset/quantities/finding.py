"""Find the quantities of a text, each with its place, its bound, and whether the text rejects it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from vlm3_dataset.quantities.cues import negated, side
from vlm3_dataset.quantities.folding import Folded, fold
from vlm3_dataset.quantities.joining import Shape, join
from vlm3_dataset.quantities.quantity import Quantity, Side, agree
from vlm3_dataset.quantities.scanning import Code, Number, scan

_UNITLESS = frozenset({"number", "count", "label"})
# What stands between a value and another way to say it, so that one "not" rejects both.
_ALSO = re.compile(r"(?:,?\s(?:or|nor)\s|\s?[(/=~]\s?)(?:(?:about|approx\.?|ca\.?)\s)?")
_LIST = re.compile(r"(?:,?\s(?:and|or|nor)\s|,\s|\s?/\s?)")
# What a deflection is measured with: 5 mm under 10 kgf.
_LOADS = frozenset({"force", "mass", "torque"})
_UNDER = re.compile(r"[ ]under[ ](?:an?[ ])?(?:(?:load|force|pull|weight)[ ](?:of[ ])?)?")
_UP_TO = re.compile(r"[ ]?/[ ]?")  # a switch of 91 °C / 99 °C max.
# The only words that may stand between the two bounds of one range.
_BOUND = re.compile(
    r"(?:[^a-z]|\b(?:max(?:imum)?|min(?:imum)?|and|an?|the|of|is|at|least|most|no[tr]?|more|less|than|up|to|but)\b){1,32}"
)


def find(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of a text in reading order: numbers with units, threads and codes. Never raises."""
    return parted(text)[0]


def numbers(text: str) -> tuple[Quantity, ...]:
    """Return the numbers of a text that `find` leaves out, in reading order.

    Their dimension is `number` (bare), `count` (of the part named in `unit`: "eight bolts") or `label`, which counts
    nothing ("page 11-3", "step 2", "pin 14").
    """
    return parted(text)[1]


def parted(text: str) -> tuple[tuple[Quantity, ...], tuple[Quantity, ...]]:
    """Return the results of `find` and of `numbers` from one pass over the text."""
    found = _read(text)
    measured = tuple(quantity for quantity in found if quantity.dimension not in _UNITLESS)
    return measured, tuple(quantity for quantity in found if quantity.dimension in _UNITLESS)


def respelled(text: str, spell: Callable[[Quantity], str]) -> str:
    """Return a text with each of its quantities as `spell` writes it."""
    pieces, done = [], 0
    for quantity in find(text):
        pieces += [text[done : quantity.start], spell(quantity)]
        done = quantity.end
    return "".join([*pieces, text[done:]])


def _read(text: str) -> list[Quantity]:
    folded = fold(text)
    found = list(scan(folded))
    shapes = join(folded.lower, [item for item in found if isinstance(item, Number)])
    measured = [*_paired(text, _measured(text, folded, shapes))]
    coded = []
    for code in found:
        if isinstance(code, Code) and code.kind != "name":
            start, end = folded.span(code.start, code.end)
            rejected = negated(folded.lower, 0, code.start, code.end)
            place = (start, end, text[start:end])
            coded.append(Quantity(code.kind, code.dimension, "", code.values, *place, negated=rejected))
    return sorted([*measured, *coded], key=lambda quantity: quantity.start)


def _measured(text: str, folded: Folded, shapes: Iterable[Shape]) -> Iterator[Quantity]:
    # The quantity to the left, where it and the words behind it end in the folded text, and whether its unit is later.
    left, end, shared = None, 0, False
    for shape in shapes:
        gap = folded.lower[end : shape.start]
        listed = left and shared and _LIST.fullmatch(gap)
        quantity, reach = _placed(text, folded, shape, end)
        also = left and _ALSO.fullmatch(gap)
        if left and left.negated and (listed or also):
            quantity = replace(quantity, negated=True)
        converted = also and left and (quantity.dimension == left.dimension) and quantity.unit != left.unit
        if left and left.side and quantity.kind == "value" and (listed or converted):
            quantity = _bounded(quantity, left.side)
        if left:
            may_share = converted and quantity.side and left.kind == "value"  # 25 Nm (18 ft-lb) max.
            bounded = _bounded(left, quantity.side) if may_share else left
            yield bounded if may_share and agree(bounded, quantity) else left
        left, end, shared = quantity, reach, shape.shared
    if left:
        yield left


def _placed(text: str, folded: Folded, shape: Shape, after: int) -> tuple[Quantity, int]:
    """Return the quantity of a shape, and where it ends with the words that bound it."""
    start, end = folded.span(shape.start, shape.end)
    number = shape.numbers[-1]
    if shape.unit:
        dimension, unit = shape.unit.dimension, shape.unit.name
    elif number.label:
        dimension, unit = "label", ""
    else:
        dimension, unit = ("count", number.noun) if number.noun else ("number", "")
    rejected = negated(folded.lower, after, shape.start, shape.end)
    first, *others = shape.readings
    place = (start, end, text[start:end])
    readings = tuple(Quantity(kind, dimension, unit, values, *place) for kind, values in others)
    quantity = Quantity(first[0], dimension, unit, first[1], *place, negated=rejected, readings=readings)
    is_load = dimension in _LOADS and after and _UNDER.fullmatch(folded.lower, after, shape.start)
    if quantity.kind != "value" or is_load:
        return quantity, shape.end
    bound, reach = side(folded.lower, after, shape.start, shape.end)
    return (_bounded(quantity, bound) if bound else quantity), reach


def _bounded(quantity: Quantity, side: Side) -> Quantity:
    readings = tuple(_bounded(reading, side) for reading in quantity.readings)
    return replace(quantity, kind="bound", side=side, readings=readings)


def _paired(text: str, quantities: Iterable[Quantity]) -> Iterator[Quantity]:
    """Make one range of a lower and an upper bound side by side: min. 0.25 mm, max. 0.30 mm."""
    waiting: Quantity | None = None
    for quantity in quantities:
        pair = _range_of(text, waiting, quantity) if waiting else None
        if waiting and not pair:
            yield waiting
        waiting = None if pair else quantity
        if pair:
            yield pair
    if waiting:
        yield waiting


def _range_of(text: str, one: Quantity, other: Quantity) -> Quantity | None:
    between, sides = text[one.end : other.start].lower(), {one.side, other.side}
    if one.unit != other.unit or one.negated or other.negated:
        return None
    rises = one.kind == "value" and other.side == "max" and not one.text[-1].isdigit() and _UP_TO.fullmatch(between)
    if sides != {"min", "max"} and not rises:
        return None
    low, high = (other, one) if other.side == "min" else (one, other)
    if low.values >= high.values or not _BOUND.fullmatch(between):
        return None
    values = (*low.values, *high.values)
    return replace(
        one, kind="range", side="", values=values, end=other.end, text=text[one.start : other.end], readings=()
    )
