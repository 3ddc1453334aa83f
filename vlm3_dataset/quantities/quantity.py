"""Define a quantity as a page prints it, and compare two of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from vlm3_dataset.quantities.units import convert, named

Kind = Literal["value", "range", "tolerance", "bound", "thread", "code"]
Side = Literal["", "min", "max"]

# A conversion is rounded once, to the digits printed; beyond 6 % it is another value (10 Nm is 7 ft-lb, 5 % off).
_ROUNDING = Decimal("0.06")
# Books also cut instead of rounding (3.90 mm is printed as 0.153 in); 5 Nm as 4 ft-lb is 8 % off.
_CUTTING = Decimal("0.12")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity and where it stands: `text == source[start:end]`.

    `values` are decimals with the digits as printed, in `unit`: (value,) of a value or a bound; (low, high) of a
    range; (nominal, plus, minus) of a tolerance; (diameter,) or (diameter, pitch) of a thread in mm; the numbers of a
    code (10W-40 is (10, 40)). `side` is set on bounds only. `readings` holds what else the print can mean:
    `1,500 mm` is 1500 or 1.5. `negated` marks what the text rejects ("not 28 Nm").
    """

    kind: Kind
    dimension: str
    unit: str
    values: tuple[Decimal, ...]
    start: int
    end: int
    text: str
    side: Side = ""
    negated: bool = False
    readings: tuple["Quantity", ...] = ()

    @property
    def interval(self) -> tuple[Decimal, Decimal]:
        """The lowest and the highest value that it names, in its own unit; a bound names one, where it stands."""
        match self.kind, self.values:
            case "tolerance", (nominal, plus, minus):
                return nominal - minus, nominal + plus
            case "range", (low, high):
                return low, high
        return self.values[0], self.values[0]

    @property
    def bounded_text(self) -> str:
        """Its text with its bound, which stands beside it in many words: max. 0.05 mm."""
        return f"{self.side}. {self.text}" if self.side else self.text

    def single(self, value: Decimal) -> "Quantity":
        """Return one value of it by itself: an end of a range, a deviation of a tolerance."""
        return replace(self, kind="value", side="", values=(value,), readings=())


def same(a: Quantity, b: Quantity) -> bool:
    """Return whether two quantities say the same: equal in one unit, or equal once converted and rounded as printed.

    24 Nm is 24.0 Nm, 18 ft-lb and 17.7 ft-lb, never 17 ft-lb or 25 Nm. A tolerance is the range it spans.
    """
    rounded = _rounded_road if a.dimension == "distance" else _rounded
    return any(_equal(x, y, rounded) for x in (a, *a.readings) for y in (b, *b.readings))


def agree(a: Quantity, b: Quantity) -> bool:
    """Return whether two units of a printed pair agree: as `same`, but a conversion may be cut or rounded coarsely.

    3.90 mm (0.153 in) and 1,000 km (600 miles) are pairs real pages print; 24 Nm (20 ft-lb) is a misprint.
    """
    return any(_equal(x, y, _coarse) for x in (a, *a.readings) for y in (b, *b.readings))


def once_each(found: Iterable[Quantity]) -> list[Quantity]:
    """Return quantities without those that give the one before in another unit: 24 Nm, of 24 Nm (18 ft-lb)."""
    kept: list[Quantity] = []
    for one in found:
        if not (kept and one.unit != kept[-1].unit and agree(one, kept[-1])):
            kept.append(one)
    return kept


def within(a: Quantity, b: Quantity) -> bool:
    """Return whether `a` lies inside the range of `b`; in another unit an end counts as rounded there, as in `same`.

    A bound is a range with one end.
    """
    low, high = b.interval
    low = Decimal("-Infinity") if b.side == "max" else low
    high = Decimal("Infinity") if b.side == "min" else high
    if a.unit == b.unit:
        return all(low <= value <= high for value in a.interval)
    told, given = named(a.unit), named(b.unit)
    if a.dimension != b.dimension or told is None or given is None:
        return False
    return all(
        low <= convert(value, told, given) <= high or any(same(a.single(value), b.single(end)) for end in b.interval)
        for value in a.interval
    )


def converts(a: Quantity, b: Quantity) -> bool:
    """Return whether `b` is `a` in b's unit, rounded to b's digits: 1.5 bar to 22 psi, not 18 ft-lb to 25 Nm."""
    return any(
        _equal(x, y, lambda _x, to, there, _back, off: off <= _ROUNDING and abs(there - to) <= _step(to) / 2)
        for x in (a, *a.readings)
        for y in (b, *b.readings)
    )


def near(a: Quantity, b: Quantity, share: Decimal) -> bool:
    """Return whether two values of one dimension lie no further apart than a share, whatever their digits."""
    return any(_equal(x, y, lambda *sides: sides[-1] <= share) for x in (a, *a.readings) for y in (b, *b.readings))


def _equal(a: Quantity, b: Quantity, close: Callable[[Decimal, Decimal, Decimal, Decimal, Decimal], bool]) -> bool:
    if (a.dimension, a.side) != (b.dimension, b.side):
        return False
    if a.kind in {"thread", "code"}:
        return a.values == b.values
    if (a.kind in {"range", "tolerance"}) != (b.kind in {"range", "tolerance"}):
        return False
    pairs = tuple(zip(a.interval, b.interval, strict=True))
    if a.unit == b.unit or any(value.is_infinite() for pair in pairs for value in pair):
        return all(x == y for x, y in pairs)
    one, other = named(a.unit), named(b.unit)
    if one is None or other is None:
        return False

    def converts_to(x: Decimal, y: Decimal) -> bool:
        there, back = convert(x, one, other), convert(y, other, one)
        # How far they lie apart, as a share; on a scale with an offset a share means nothing.
        off = Decimal(0) if a.dimension == "temperature" or there == y else abs(there - y) / max(abs(there), abs(y))
        return close(x, y, there, back, off)

    if all(converts_to(x, y) for x, y in pairs):
        return True
    # 100 ± 10 Nm is printed as 74 ± 7 ft-lb: each part is rounded by itself.
    nominal, *deviations = zip(a.values, b.values, strict=False)
    return (
        a.kind == b.kind == "tolerance"
        and converts_to(*nominal)
        and all(bool(x) == bool(y) and abs(x * one.factor / other.factor - y) <= _step(y) / 2 for x, y in deviations)
    )


def _rounded(x: Decimal, y: Decimal, there: Decimal, back: Decimal, off: Decimal) -> bool:
    """Return whether rounding one to the printed digits of the other gives it."""
    return off <= _ROUNDING and (abs(there - y) <= _step(y) / 2 or abs(back - x) <= _step(x) / 2)


def _rounded_road(x: Decimal, y: Decimal, there: Decimal, back: Decimal, off: Decimal) -> bool:
    """Compare as `_rounded`, or with both values round: 15,000 km is 9,300 miles (not 9,600), though exactly 9,321."""
    road = abs(there - y) <= _zeros(y) / 2 and abs(back - x) <= _zeros(x) / 2
    return _rounded(x, y, there, back, off) or (off <= _ROUNDING and road)


def _coarse(x: Decimal, y: Decimal, there: Decimal, back: Decimal, off: Decimal) -> bool:
    """Return whether one is the other cut off, or rounded to fewer digits than it shows (600 miles)."""
    cut = off <= _CUTTING and (abs(there - y) < _step(y) or abs(back - x) < _step(x))
    return cut or (off <= _ROUNDING and (abs(there - y) <= _zeros(y) / 2 or abs(back - x) <= _zeros(x) / 2))


def _step(value: Decimal) -> Decimal:
    """Return one unit of the last digit printed."""
    return Decimal(1).scaleb(int(value.as_tuple().exponent))


def _zeros(value: Decimal) -> Decimal:
    """Return one unit of the last digit that is not a closing zero of a whole number."""
    return max(_step(value), _step(value.normalize())) if value else _step(value)
