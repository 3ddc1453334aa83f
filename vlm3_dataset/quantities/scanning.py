"""Scan folded text for numbers, with the units beside them, and for threads and codes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from vlm3_dataset.quantities import numerals
from vlm3_dataset.quantities.folding import Folded
from vlm3_dataset.quantities.units import GROUPED, Unit, unit_ahead, unit_at, unit_beside


@dataclass(frozen=True, slots=True)
class Number:
    """A number at start to end, where `end` is behind its unit if it has one.

    `unit` may be that of a later number ("30, 60 and 90 Nm"); `own` tells whether it stands beside this one, `ahead`
    that it stands before it. `other` is a second unit behind it ("100/212 °C/°F"), with its end.
    """

    literal: str | Decimal
    start: int
    end: int
    unit: Unit | None = None
    own: bool = False
    ahead: bool = False
    label: bool = False
    negative: bool = False
    noun: str = ""
    other: tuple[Unit, int] | None = None

    @property
    def readings(self) -> tuple[Decimal, ...]:
        if isinstance(self.literal, Decimal):
            values = (self.literal,)
        else:
            values = numerals.readings(self.literal, grouped=bool(self.unit and self.unit.dimension in GROUPED))
        return tuple(-value for value in values) if self.negative else values

    @property
    def value(self) -> Decimal:
        return self.readings[0]


@dataclass(frozen=True, slots=True)
class Code:
    """A thread (M10x1.5) or a designation whose numbers measure nothing (10W-40, DOT 4, 195/65 R 14)."""

    kind: Literal["thread", "code", "name"]
    dimension: str
    values: tuple[Decimal, ...]
    start: int
    end: int


_START = re.compile(
    rf"""(?:(?<![^\W_])|(?<=[0-9]x))(?:
    (?P<tyre>[pt]?(?:[0-9]{{3}}/[0-9]{{2}}[ ]?[a-z]{{0,2}}[rd]|1[0-9]{{2}}[ ]?[shvtz]?r)[ ]?(?:[12][0-9]|3[0-9]{{2}})
        (?:[ ]?c)?(?:[ ][0-9]{{2,3}}[ ]?[a-z])?(?![^\W_]))
    |(?P<rim>(?:[3-9]|1[0-2])(?:[.,]5|[ ]1/2)?[ ]?jj?[ ]?x[ ]?[12][0-9](?:[ ]?h[ ]?2?)?(?![^\W_]))
    |(?P<lamp>(?:p|py|w|wy|r|t|c)[0-9]{{1,2}}(?:/[0-9]{{1,2}})?w(?![^\W_]))
    |(?P<viscosity>(?:(?:sae[ ]?)?(?:(?:[05]|1[05]|2[05])[ ]?w[ ]?[-/]?[ ]?(?:8|12|16|[2-6]0)  # 5W/21W are two lamps
        |[78][05][ ]?w[ ]?[-/]?[ ]?(?:75|8[05]|90|1[149]0|250))|sae[ ]?(?:(?:[05]|[1278][05])w|[0-9]{{2}}))
        (?![^\W_]|[ ]?(?:v|w|a|mm|nm)\b))
    |(?P<brake>dot[ -]?[3-5](?:\.1)?(?![0-9]))
    |(?P<gear>gl[ -]?[1-6](?![0-9]))
    |(?P<order>[1-9](?:[ ]?-[ ]?[1-9]){{2,11}}(?![^\W_]|[-/.,][0-9]))
    |(?P<thread>m(?:[ ](?=[0-9]{{1,2}}[ ]?x[ ]?[0-9]|(?:[4-8]|1[0-24])(?![0-9.,])))?[0-9]{{1,2}}(?:[.,]5)?
        (?:(?:[ ]?[x*][ ]?[0-9](?:[.,][0-9]{{1,3}})?|-[0-9][.,][0-9]{{1,2}})(?![0-9]))?(?!(?!x[0-9])[^\W_]|[.,][0-9]))
    |(?P<inch>(?:1[ ])?[0-9]{{1,2}}/[0-9]{{1,2}}[ ]?-[ ]?(?:9|[1-3][0-9])(?:[ ]?un[cfs])?(?![^\W_]|[-/]|[.,][0-9]))
    |(?P<part>[0-9]{{1,2}}(?:[ ][0-9]{{1,3}}){{2,4}}(?![0-9/]|[.,][0-9]))
    |(?P<digits>(?<![0-9][.,])(?<![0-9][ol][.,])[0-9]|∞|(?<![0-9.])\.[0-9])
    |(?P<words>{numerals.WORDS}(?![^\W_])))""",
    re.VERBOSE,
)
_CODES = {
    "tyre": "tyre size",
    "viscosity": "oil viscosity",
    "brake": "brake fluid",
    "gear": "gear oil",
    "order": "firing order",
    "rim": "rim size",
    "lamp": "lamp",
}
_DIGITS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,3})?")
_GROUP = re.compile(r"[0-9]{1,3}")

# Without a pitch only the small sizes are threads: M3 is the car, and M20, M30, M40 are engines before they are bolts.
_COARSE = frozenset({4, 5, 6, 7, 8, 10, 11, 12, 14, 16, 18})
_ENGINE = re.compile(r"[ ]?(?:engines?|motors?|[/-](?:s[0-9]|m[2-9][0-9]))")
_MODEL = re.compile(r"(?:\be[0-9]{2}[ ]|[0-9]{3}[a-z]{0,2}-)$")  # E34 M5, 528e-M5
_MINUTES = re.compile(
    r"""[ ]?([0-9]{1,2})'(?:[ ]?(?P<seconds>[0-9]{1,2})(?:"|''))?(?![0-9'])
    |(?<=deg)\.?[ ]([0-9]{1,2})[ ]?min(?:utes)?\b""",
    re.VERBOSE,
)
# What follows a whole number of a unit in a smaller one. Feet may have the sign of minutes of arc: 13' 5 1/2".
_SMALLER = {
    "ft": ("in", 12), "arcmin": ("in", 12), "lb": ("oz", 16), "h": ("min", 60), "min": ("s", 60),
    "imp gallon": ("imp pint", 8), "US gallon": ("US pint", 8), "imp quart": ("imp pint", 2),
    "US quart": ("US pint", 2),
}  # fmt: skip
_REST = re.compile(r"\.?[ ]{0,2}(?:and[ ])?(?=[0-9])")
_RATIO = re.compile(r"(?:[ ]:[ ]?|:)1(?![0-9:]|[.,][0-9])")  # "bolt 1: 1 Nm" is none
_BRACKETED = re.compile(r"\([ ]?(?:±|\+[ ]?/?[ ]?-)[ ]?$")
_GLUED = re.compile(r"(?!x[0-9])[^\W_]|[ ]?[x·*][ ]?10e(?![^\W_])")  # 320is, 1st; the 6 of 6 x 10^3
_COUNTED = re.compile(
    r"[ -](?:[a-z]{2,12}[ -])?(bolt|screw|nut|stud|washer|clip|ring|shim|spring|valve|cylinder|tooth|teeth|pin|plug"
    r"|wire|relay|fuse|disc|plate|gear|bearing|seal|hose|spoke|speed|door|coil|injector|piece|place|time|stage)s?(?![^\W_])"
)
_LABEL = re.compile(
    r"""(?:\b(?:pages?|pp?\.|fig(?:ure|\.)?s?|steps?|stages?|items?|nos?\.?|numbers?|nr\.|pos(?:ition|\.)?s?|pins?
    |term(?:inal|\.)?s?|cyl(?:inder|\.)?s?|fuses?|chapter|section|group|gr\.|job|tables?|notes?|code|part|tool|type
    |method|picture|connectors?)[ ]?\#?|\#|[^\W\d_]-)[ ]?$|(?:^|\n)[ ]{0,4}\(?$""",
    re.VERBOSE,
)
_MARKER = re.compile(r"[.)][ ]")


def scan(folded: Folded) -> Iterator[Number | Code]:
    """Yield every number, thread and code of a folded text, in reading order.

    One pass: each place is looked at once, through patterns of bounded width.
    """
    position = 0
    while match := _START.search(folded.lower, position):
        found = _read(folded, match)
        yield found
        position = found.end


def _read(folded: Folded, match: re.Match[str]) -> Number | Code:
    kind = match.lastgroup or ""
    if kind == "thread":
        return _thread(folded.lower, match)
    if kind == "words":
        return _with_unit(folded, Number(numerals.spoken(match.group()), *match.span()))
    if kind == "digits" or (kind == "part" and not _is_part_number(folded, match)):
        return _number(folded, match.start())
    if kind == "inch":
        return _inch_thread(folded, match)
    if kind not in _CODES:
        return Code("name", "", (), *match.span())
    printed = match.group().replace(" 1/2", ".5")  # 6 1/2 J x 15
    values = tuple(Decimal(digits.replace(",", ".")) for digits in _DIGITS.findall(printed))
    sizes = 3 if "/" in printed else 2
    return Code("code", _CODES[kind], values[: {"tyre": sizes, "rim": 2}.get(kind)], *match.span())


def _inch_thread(folded: Folded, match: re.Match[str]) -> Number | Code:
    """Read an inch thread, 3/8-16 UNC: the diameter in inches and the threads per inch."""
    share = numerals.FRACTION.match(folded.lower, match.start())
    size = numerals.fraction(share) if share else None
    if size is None or unit_at(folded.text, folded.lower, *match.span()):
        return _number(folded, match.start())
    pitch = Decimal(_DIGITS.findall(match.group())[-1])
    return Code("thread", "inch thread", (size, pitch), *match.span())


def _thread(lower: str, match: re.Match[str]) -> Code:
    sizes = [(Decimal(size[0].replace(",", ".")), size.end()) for size in _DIGITS.finditer(lower, *match.span())]
    (diameter, end), *rest = sizes
    pitch = [(size, stop) for size, stop in rest if 0 < size * 4 <= diameter]  # else M6 x 8: the length of the bolt
    start = match.start()
    a_car = _ENGINE.match(lower, end) or _MODEL.search(lower, max(0, start - 8), start)
    if not pitch and (diameter not in _COARSE or a_car):
        return Code("name", "", (), start, end)
    values = (diameter, *(size for size, _ in pitch))
    return Code("thread", "thread", values, start, pitch[0][1] if pitch else end)


def _is_part_number(folded: Folded, match: re.Match[str]) -> bool:
    """Return whether digit groups are a name, as 0 261 200 071 and 11 2 010; 8 10 12 mm of a table row are not."""
    groups = _GROUP.findall(match.group())
    last = match.end() - len(groups[-1])
    return any(group.startswith("0") for group in groups) or not unit_at(folded.text, folded.lower, last, match.end())


def _number(folded: Folded, start: int) -> Number | Code:
    lower = folded.lower
    share = None if lower[start - 1 : start] == "/" else numerals.FRACTION.match(lower, start)  # 57/92/100 Nm
    value = numerals.fraction(share) if share else None
    number = _with_unit(folded, Number(value, *share.span())) if share and value is not None else None
    if number and not (isinstance(number, Number) and number.other):  # 22/16 Nm/ft-lb
        return number
    literal = numerals.LITERAL.match(lower, start)
    if literal and numerals.readings(literal.group()):
        return _with_unit(folded, Number(literal.group(), *literal.span()))
    return Code("name", "", (), start, literal.end() if literal else start + 1)


def _with_unit(folded: Folded, number: Number) -> Number | Code:
    text, lower, end = folded.text, folded.lower, number.end
    found = unit_at(text, lower, number.start, end)
    if not found and lower[end : end + 1] == ")" and _BRACKETED.search(lower[max(0, number.start - 8) : number.start]):
        found = unit_at(text, lower, number.start, end + 1)  # 880 (+/- 50) rpm
    if found:
        unit, end = found
        minutes = _MINUTES.match(lower, end) if unit.name == "°" else None
        if minutes:  # camber 1°30'
            value = number.value + (Decimal(minutes[1] or minutes[3]) + Decimal(minutes["seconds"] or 0) / 60) / 60
            return replace(number, literal=value, unit=unit, own=True, end=minutes.end())
        return _with_rest(folded, replace(number, unit=unit, own=True, end=end, other=unit_beside(lower, unit, end)))
    if not _GLUED.match(lower, end) and (unit := unit_ahead(lower, number.start, end)):
        return replace(number, unit=unit, own=True, ahead=True)
    if _GLUED.match(lower, end):
        return Code("name", "", (), number.start, end)
    ratio = _RATIO.match(lower, end)
    if ratio:  # 3.25 : 1 is one number
        return replace(number, end=ratio.end())
    counted = _COUNTED.match(lower, end)
    before = _LABEL.search(lower[max(0, number.start - 16) : number.start])
    labelled = bool(before) and (bool(before.group().strip(" \n(")) or bool(_MARKER.match(lower, end)))
    callout = lower[number.start - 1 : number.start] == "(" and lower[number.end : number.end + 1] == ")"
    return replace(number, noun=counted[1] if counted else "", label=labelled or callout)


def _with_rest(folded: Folded, number: Number) -> Number:
    """Return a number with what follows in the smaller unit: 8 ft. 0 3/8 in. are 96.375 inches."""
    small, count = _SMALLER.get(number.unit.name, ("", 0)) if number.unit else ("", 0)
    rest = _REST.match(folded.lower, number.end) if small and number.readings == (number.value.to_integral(),) else None
    if not rest:
        return number
    share = numerals.FRACTION.match(folded.lower, rest.end())
    value = numerals.fraction(share) if share else None
    if share is None or value is None:
        share = numerals.LITERAL.match(folded.lower, rest.end())
        value = next(iter(numerals.readings(share.group())), None) if share else None
    found = unit_at(folded.text, folded.lower, *share.span()) if share and value is not None else None
    if not found or found[0].name != small or value >= count:
        return number
    return replace(number, literal=number.value * count + value, unit=found[0], end=found[1])
