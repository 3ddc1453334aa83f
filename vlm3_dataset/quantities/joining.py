"""Join numbers that stand side by side into quantities: ranges, tolerances, lists that share one unit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from vlm3_dataset.quantities.quantity import Kind
from vlm3_dataset.quantities.scanning import Number
from vlm3_dataset.quantities.units import SIGNED, Unit

# Of two deviations to one side (60.00 -0.010 -0.029 mm) neither is larger than this share of what they deviate from.
_FIT_SHARE = 20
# 50 + 2 Nm is a tolerance, 60 + 30 Nm two stages; 37 - 0.1 mm is a tolerance, 0.30 - 0.25 mm a range written backwards.
_PLUS_SHARE, _MINUS_SHARE = 3, 5

_WIDEST = 24  # characters between two numbers that can belong together
_JOIN = re.compile(
    r"""\.?(?:(?P<both>(?:,?[ ]tolerance)?,?[ ]?\(?[ ]?(?:±|\+[ ]?/?[ ]?-|plus[ ]or[ ]minus|plus/minus)[ ]?
    |,?[ ](?:with[ ])?(?:a[ ])?tolerance[ ]of[ ])
    |[ ]?(?P<lower>/[ ]?-)[ ]?
    |[ ]?(?P<upper>/[ ]?\+)[ ]?
    |[ ]?(?P<hyphen>-)\n?[ ]{0,2}[+]?(?P<minus1>-)?
    |[ ]?(?P<to>to|\.{2,3}|~|÷|through|thru|bis|à|a|(?:up|down)[ ]to)[ \n]?[+]?(?P<minus2>-)?
    |[ ]?(?P<plus>\+|plus)[ ]?
    |(?P<times>[ ]?x[ ]?|[ ]by[ ])
    |[ ]?(?P<slash>/)[ ]?
    |(?P<and>,?[ ](?:and|or|nor|&|und|oder|et|ou|e|o)(?:[ ]then)?[ ]|,[ ]then[ ])[+]?(?P<minus3>-)?
    |(?P<bounds>,?[ ](?:(?:and|but)[ ])?(?:m(?:ax|in)(?:imum)?\.?|at[ ](?:most|least)|not?[ ](?:more|less)[ ]than)[ ])
    |(?P<comma>,[ ]))""",
    re.VERBOSE,
)
_OTHER_SIDE = re.compile(r"[ ]?/[ ]?[+-]")
_SHARING = frozenset({"both", "lower", "upper", "hyphen", "to", "plus", "and", "slash", "bounds", "zero"})
_LISTING = frozenset({"and", "comma", "slash", "hyphen", "to"})
_BETWEEN = re.compile(r"\b(?:between|zwischen|entre|tra|fra)[ ](?:about[ ])?-?$")
_SIGN = re.compile(r"(?:(?<=[\s(=:.,\[|/])|^)(?:-|minus[ ])$")
_PLUS = re.compile(r"(?:(?<=[\s(=:.,\[|])|^)\+[ ]?$")
_EITHER = re.compile(r"(?:(?<=[\s(=:.,\[|])|^)(?:±|\+[ ]?/?[ ]?-)[ ]?$")
_BELOW_ZERO = re.compile(r"[ ]below[ ](?:zero|0\b)")
# "bolts 1 and 2 to 24 Nm" counts bolts, "bolts 20 to 24 Nm" is a range: a numbered bolt is far below its torque.
_FASTENER = re.compile(r"\b(?:bolts?|screws?|nuts?|studs?)[ ](?:[0-9]{1,2}(?:,?[ ]|-)(?:(?:and|to)[ ])?){0,3}$")
_FASTENER_SHARE = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that make one quantity, not yet placed in its sentence.

    `readings` are (kind, values) pairs, the likeliest first; `shared` says that its unit stands at a later number.
    """

    numbers: tuple[Number, ...]
    readings: tuple[tuple[Kind, tuple[Decimal, ...]], ...]

    @property
    def start(self) -> int:
        return self.numbers[0].start

    @property
    def end(self) -> int:
        return self.numbers[-1].end

    @property
    def unit(self) -> Unit | None:
        return next((number.unit for number in self.numbers if number.unit), None)

    @property
    def shared(self) -> bool:
        return self.unit is not None and not any(number.own for number in self.numbers)


def join(lower: str, numbers: Sequence[Number]) -> Iterator[Shape]:
    """Yield the shapes of numbers in reading order; every number is part of exactly one."""
    links = [_link(lower, one, other) for one, other in pairwise(numbers)]
    run = _sign(lower, _share(lower, _label(numbers, links), links), links)
    at = 0
    while at < len(run):
        shape = _shape(lower, run[at : at + 3], [link.name for link in links[at : at + 2]])
        yield shape
        at += len(shape.numbers)


@dataclass(frozen=True, slots=True)
class _Link:
    """How a number hangs on the one before it ("" if it does not), and whether a minus sign follows."""

    name: str = ""
    minus: bool = False


def _link(lower: str, one: Number, other: Number) -> _Link:
    if other.start - one.end > _WIDEST:
        return _Link()
    if lower[one.end : other.start] == " " and other.literal == "0" and _OTHER_SIDE.match(lower, other.end):
        return _Link("zero")  # 19.00 0/-0.013 mm
    match = _JOIN.fullmatch(lower, one.end, other.start)
    if not match:
        return _Link()
    groups = {name: found for name, found in match.groupdict().items() if found}
    minus = any(name.startswith("minus") for name in groups)
    return _Link(next(name for name in groups if not name.startswith("minus")), minus)


def _share(lower: str, numbers: Sequence[Number], links: Sequence[_Link]) -> list[Number]:
    """Give numbers without a unit that of the list, range or size they stand in: 30, 60 and 90 Nm."""
    run = _paired_units(numbers, links)
    for at, link in enumerate(links):
        if run[at].ahead and link.name in _SHARING and not (run[at + 1].unit or run[at + 1].noun):
            run[at + 1] = replace(run[at + 1], unit=run[at].unit, own=True, ahead=True)
    for at in reversed(range(len(links))):
        this, following = run[at], run[at + 1]
        if this.unit or this.label or this.noun or not following.unit:
            continue
        name = links[at].name
        listed = name == "comma" and (
            not following.own or (at > 0 and links[at - 1].name == "comma" and not run[at - 1].unit)
        )
        size = name == "times" and following.unit.dimension == "length"
        if not (name in _SHARING or listed or size):
            continue
        before = lower[max(0, this.start - 24) : this.start]
        is_number_of_bolt = this.value * _FASTENER_SHARE <= following.value and _FASTENER.search(before)
        if not is_number_of_bolt:
            run[at] = replace(this, unit=following.unit)
    return run


def _paired_units(numbers: Sequence[Number], links: Sequence[_Link]) -> list[Number]:
    """Give each of two values that are followed by two units its own: 100/212 °C/°F."""
    run = list(numbers)
    for at, number in enumerate(numbers):
        first = at - 1 if at and links[at - 1].name in {"hyphen", "to"} else at  # of 25 - 30/18 - 22 Nm/ft-lb
        if not (
            number.other and number.unit and first and links[first - 1].name == "slash" and not run[first - 1].unit
        ):
            continue
        (unit, end), before = number.other, number.unit
        run[at] = replace(number, unit=unit, end=end)
        run[first] = replace(run[first], unit=unit)
        run[first - 1] = replace(run[first - 1], unit=before)
    return run


def _label(numbers: Sequence[Number], links: Sequence[_Link]) -> list[Number]:
    """Carry a label on through its list: pins 3, 4 and 12."""
    run = list(numbers)
    for at, link in enumerate(links, 1):
        if run[at - 1].label and link.name in _LISTING and not run[at].unit:
            run[at] = replace(run[at], label=True)
    return run


def _sign(lower: str, numbers: Sequence[Number], links: Sequence[_Link]) -> list[Number]:
    run = list(numbers)
    for at, number in enumerate(run):
        if not number.unit or number.unit.dimension not in SIGNED:
            continue
        link = links[at - 1] if at else _Link()
        alone = None if link.name else _SIGN.search(lower, max(0, number.start - 7), number.start)
        if link.minus or alone:
            run[at] = replace(number, start=alone.start() if alone else number.start - 1, negative=True)
        elif number.unit.dimension == "temperature" and (below := _BELOW_ZERO.match(lower, number.end)):
            run[at] = replace(number, end=below.end(), negative=True)
    return run


def _shape(lower: str, run: Sequence[Number], links: Sequence[str]) -> Shape:
    """Return the quantity that begins with the first number of `run`, which it may share with one or two more."""
    first = run[0]
    if len(links) == 2 and (deviations := _two_deviations(run, links)):
        return Shape(tuple(run), deviations)
    if links:
        between = links[0] == "and" and _BETWEEN.search(lower[max(0, first.start - 16) : first.start])
        pair = _pair(first, run[1], "to" if between else links[0])
        if pair:
            return Shape((first, run[1]), pair)
    if first.unit and (deviations := _deviations(lower, run, links)):
        return deviations
    return Shape((first,), tuple(("value", (value,)) for value in first.readings))


def _deviations(lower: str, run: Sequence[Number], links: Sequence[str]) -> Shape | None:
    """Return allowed deviations that have no nominal value: ± 0.1 mm, +0.3/-0.1 mm."""
    first, before = run[0], max(0, run[0].start - 5)
    either = _EITHER.search(lower, before, first.start)
    if either:
        return Shape((replace(first, start=either.start()),), (("tolerance", (Decimal(0), first.value, first.value)),))
    if not links or run[1].unit != first.unit:
        return None
    plus, other = _PLUS.search(lower, before, first.start), run[1].value
    is_last = links[0] == "slash" and not other  # +0.2/0
    both = (replace(first, start=plus.start()) if plus else first, run[1])
    if (links[0] == "lower" or is_last) and (plus or not (first.value or is_last)):
        return Shape(both, (("tolerance", (Decimal(0), first.value, other)),))
    if (links[0] == "upper" or is_last) and (first.negative or not (first.value or is_last)):
        return Shape(both, (("tolerance", (Decimal(0), other, -first.value)),))
    return None


_Readings = tuple[tuple[Kind, tuple[Decimal, ...]], ...]


def _pair(first: Number, second: Number, link: str) -> _Readings:
    """Return a range or a tolerance of two numbers, () if they are neither."""
    if link == "both":
        return _tolerance(first, second)
    if first.unit != second.unit or first.label or link not in {"plus", "hyphen", "to"}:
        return ()
    one, other = first.value, second.value
    if link == "plus":
        sums = first.unit is None or first.unit.dimension == "angle"
        return () if sums or other * _PLUS_SHARE > one else (("tolerance", (one, other, Decimal(0))),)
    ranges: _Readings = tuple(("range", (min(pair), max(pair))) for pair in _together(first, second))
    if link == "hyphen" and first.unit and 0 < other * _MINUS_SHARE <= one:
        return (("tolerance", (one, Decimal(0), other)), *ranges)
    return ranges


def _tolerance(nominal: Number, deviation: Number) -> _Readings:
    """Return a ± b, where b may be a percentage of a, or in another unit of its dimension."""
    unit, other = nominal.unit, deviation.unit
    if unit and other and unit != other:
        if other.dimension == "percent":
            share = nominal.value * deviation.value / 100
            return (("tolerance", (nominal.value, share, share)),)
        if other.dimension != unit.dimension:
            return ()
        share = deviation.value * other.factor / unit.factor
        return (("tolerance", (nominal.value, share, share)),)
    return tuple(("tolerance", (value, part, part)) for value, part in _together(nominal, deviation))


def _two_deviations(run: Sequence[Number], links: Sequence[str]) -> _Readings:
    """Return a +b/-c in any order of the two, also +b/+c, +b -c and -b -c."""
    one_side = links in (["hyphen", "hyphen"], ["plus", "plus"])
    if links[0] not in {"plus", "hyphen", "zero"} or not (
        links[1] in {"lower", "upper", "slash"} or links == ["plus", "hyphen"] or one_side
    ):
        return ()
    nominal, one, other = (number.value for number in run)
    units = {number.unit for number in run if number.unit}
    share = _FIT_SHARE if one_side else _PLUS_SHARE
    if len(units) > 1 or max(one, other) * share > nominal or (links[1] == "slash" and other):  # 24 +2/0
        return ()
    plus = one if links[0] == "plus" else -one
    second = other if links[1] in {"upper", "plus"} else -other
    return (("tolerance", (nominal, max(plus, second), -min(plus, second))),)


def _together(*numbers: Number) -> list[tuple[Decimal, ...]]:
    """Return the readings of several numbers that are written in one way: all with a decimal comma, or none."""
    count = max(len(number.readings) for number in numbers)
    return [tuple(number.readings[min(at, len(number.readings) - 1)] for number in numbers) for at in range(count)]
