"""List the units that workshops print: their dimensions, factors and spellings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: `value * factor + offset` is its value in the base unit of its dimension."""

    name: str
    dimension: str
    factor: Decimal
    offset: Decimal = Decimal(0)


_SEP = r"[ .·*-]{0,2}"  # N·m, ft. lbs, lb-ft
_FOOT = r"(?:ft|foot|feet)"
_POUND = r"(?:lbs?f?|pounds?)"
_INCH = r"(?:in|inch)"
_SQUARE_MM = r"(?:mm2|mm\^2|sq[. ]{0,2}mm|square[ ]millimet(?:er|re)s?)"
_SQUARE_CM = r"(?:cm2|cm\^2|sq[. ]{0,2}cm|square[ ]centimet(?:er|re)s?)"
_CUBIC_CM = r"cu(?:bic)?[. ]{0,2}(?:cm|centimet(?:er|re)s?)"
_KG = r"(?:k[gp]f?|kilo(?:gram|pond)s?)"
_PER = r"(?:/|[ ]?per[ ])"
_WHOLE = r"(?:(?:of[ ])?an?[ ]|full[ ]|complete[ ]|more[ ]|further[ ]){0,2}"  # half of a turn, one full turn
_US = r"(?:u\.?s\.?[ ]?)?"
_UK = r"(?:imp(?:erial|\.)?|u\.?k\.?)[ ]?"

# (name, dimension, factor, spelling in small letters). Where one spelling begins another, the longer stands first:
# the dimensions are in such an order. Factors are exact by definition, or to more digits than any page prints.
_TABLE = (
    ("Nm", "torque", "1", rf"n{_SEP}m|nrn|newton{_SEP}met(?:er|re)s?|牛·?米"),
    ("Ncm", "torque", "0.01", rf"n{_SEP}cm|cnm|cm[.·*]n|newton{_SEP}centimet(?:er|re)s?"),
    ("daNm", "torque", "10", rf"da[ ]?n{_SEP}m|m{_SEP}dan"),
    ("dNm", "torque", "0.1", rf"dn{_SEP}m"),
    ("ft-lb", "torque", "1.3558179483314004", rf"{_FOOT}{_SEP}{_POUND}|{_POUND}{_SEP}{_FOOT}|ft/lbs?|lbs?/ft"),
    (
        "in-lb",
        "torque",
        "0.1129848290276167",
        rf"{_INCH}{_SEP}{_POUND}|{_POUND}[.·*-]{_INCH}|{_POUND}\.[ ]in\.|lbf[ ]in|in/lbs?",
    ),
    ("kgcm", "torque", "0.0980665", rf"kgf?{_SEP}cm|kp{_SEP}cm|cm{_SEP}k[gp]f?"),
    ("kgm", "torque", "9.80665", rf"kgf?{_SEP}m|m{_SEP}k[gp]f?|kp{_SEP}m"),
    ("bar", "pressure", "100", r"bars?"),
    ("mbar", "pressure", "0.1", r"mbars?|millibars?|hpa|hectopascals?"),
    (
        "psi",
        "pressure",
        "6.894757293168361",
        rf"psi|p\.s\.i\.|{_POUND}\.?{_PER}(?:in2|sq(?:uare)?[. ]{{0,2}}in(?:ch)?)",
    ),
    ("kPa", "pressure", "1", r"kpa|kilopascals?"),
    ("MPa", "pressure", "1000", r"mpa|megapascals?"),
    ("N/mm2", "pressure", "1000", rf"(?:n|newtons?){_PER}{_SQUARE_MM}"),
    ("kg/mm2", "pressure", "9806.65", rf"{_KG}{_PER}{_SQUARE_MM}"),
    ("kg/cm2", "pressure", "98.0665", rf"{_KG}{_PER}{_SQUARE_CM}|at[aüu]"),
    ("daN/cm2", "pressure", "100", rf"dan/{_SQUARE_CM}"),
    ("N/cm2", "pressure", "10", rf"n/{_SQUARE_CM}"),
    ("atm", "pressure", "101.325", r"atm"),
    ("inHg", "pressure", "3.386388640341", r"in[. ]{0,2}hg"),
    ("mmHg", "pressure", "0.1333223874150", r"mm[ ]?hg|torr"),
    ("cmHg", "pressure", "1.333223874150", r"cm[ ]?hg"),
    (
        "rpm",
        "rotation",
        "1",
        r"r\.?p\.?m\b|1/min|min-1|(?:[urt]|tr|giri)/mi?n|/min|revs?/min|revolutions[ ](?:per|a)[ ]minute",
    ),
    ("km/h", "speed", "1", r"km/h|kph|kmh"),
    ("mph", "speed", "1.609344", r"mph|miles[ ]per[ ]hour"),
    ("m/s", "speed", "3.6", r"m/s"),
    ("l/100 km", "consumption", "1", r"l(?:it(?:er|re)s?)?/100[ ]?km"),
    ("mpg", "economy", "1", r"mpg|m\.p\.g\."),
    ("km", "distance", "1", r"km|kilomet(?:er|re)s?"),
    ("mile", "distance", "1.609344", r"mi(?:les?)?"),
    ("mm2", "area", "1", _SQUARE_MM),
    ("cm2", "area", "100", _SQUARE_CM),
    ("in2", "area", "645.16", r"in2|in\^2|sq[. ]{0,2}in(?:ch)?"),
    ("1/100 mm", "length", "0.01", r"(?:one[ -])?hundredths?[ ]of[ ]an?[ ](?:mm|millimet(?:er|re))"),
    ("mm", "length", "1", r"mm|millimet(?:er|re)s?"),
    ("cm", "length", "10", r"cm|centimet(?:er|re)s?"),
    ("µm", "length", "0.001", r"[μu]m|microns?|micromet(?:er|re)s?|thousandths?[ ]of[ ]an?[ ](?:mm|millimet(?:er|re))"),
    ("in", "length", "25.4", r"in|inch|inches|\"|''"),
    ("thou", "length", "0.0254", r"thou|mils|thousandths?[ ]of[ ]an[ ]inch"),
    ("ft", "length", "304.8", r"ft|feet|foot"),
    ("m", "length", "1000", r"m|met(?:er|re)s?"),
    ("cc", "volume", "0.001", r"c\.c\.?"),  # before a c by itself
    ("°C", "temperature", "1", r"(?:°|deg(?:rees?|\.)?)?[ ]?c(?:elsius|entigrade)?|[0o]c"),  # 80 0C, as OCR reads it
    ("°F", "temperature", "5/9", r"(?:°|deg(?:rees?|\.)?)?[ ]?f(?:ahrenheit)?"),
    ("turn", "angle", "360", rf"{_WHOLE}(?:turns?|revolutions?)"),
    ("°", "angle", "1", r"°|deg(?:rees?)?"),
    ("arcmin", "angle", "1/60", r"'|arcmin|arc[ -]?minutes?|minutes?[ ]of[ ]arc"),
    ("cu in", "volume", "0.016387064", r"cu(?:bic)?[. ]{0,2}in(?:ch(?:es)?)?|in3|in\^3"),
    ("cc", "volume", "0.001", rf"ccm?|cm3|cm\^3|ml|millilit(?:er|re)s?|{_CUBIC_CM}"),
    ("m3", "volume", "1000", r"m3|m\^3|cu[. ]{0,2}m"),
    ("dl", "volume", "0.1", r"dl"),
    ("litre", "volume", "1", r"l|ltrs?|lit(?:er|re)s?|dm3|dm\^3"),
    ("imp quart", "volume", "1.1365225", rf"{_UK}(?:qts?|quarts?)"),
    ("imp pint", "volume", "0.56826125", rf"{_UK}(?:pts?|pints?)"),
    ("imp gallon", "volume", "4.54609", rf"{_UK}(?:gals?|gallons?)"),
    ("US quart", "volume", "0.946352946", rf"{_US}(?:qts?|quarts?)"),
    ("US pint", "volume", "0.473176473", rf"{_US}(?:pts?|pints?)"),
    ("US gallon", "volume", "3.785411784", rf"{_US}(?:gals?|gallons?)"),
    ("fl oz", "volume", "0.0295735295625", rf"{_US}fl[. ]{{0,2}}oz"),
    ("kN", "force", "1000", r"kn"),
    ("daN", "force", "10", r"dan"),
    ("kgf", "force", "9.80665", r"kgf|kp"),
    ("lbf", "force", "4.4482216152605", r"lbf"),
    ("N", "force", "1", r"n|newtons?"),
    ("kg", "mass", "1000", r"kgs?|kilos?(?![ -]ohm)|kilograms?"),
    ("g", "mass", "1", r"g|gr|gms?|grams?|grammes?"),
    ("lb", "mass", "453.59237", r"lbs?|pounds?"),
    ("oz", "mass", "28.349523125", r"oz|ounces?"),
    ("mV", "voltage", "0.001", r"mv|millivolts?"),
    ("kV", "voltage", "1000", r"kv|kilovolts?"),
    ("V", "voltage", "1", r"v(?:[ ]?[da]\.?c\.?)?|volts?(?:[ ][da]\.?c\.?)?"),
    ("mA", "current", "0.001", r"ma|milliamps?"),
    ("A", "current", "1", r"a|amps?|amperes?"),
    ("Ah", "charge", "1", r"ah"),
    ("kΩ", "resistance", "1000", r"k[ -]?(?:ω|ohms?)|kilo[- ]?ohms?|kilohms?"),
    ("MΩ", "resistance", "1000000", r"m[ -]?(?:ω|ohms?)|mega?[- ]?ohms?"),
    ("µF", "capacitance", "1", r"[μu]f|mfd|microfarads?"),
    ("Ω", "resistance", "1", r"ω|ohms?"),
    ("kHz", "frequency", "1000", r"khz"),
    ("Hz", "frequency", "1", r"hz|hertz"),
    ("kW", "power", "1", r"kw|kilowatts?"),
    ("PS", "power", "0.73549875", r"ps"),
    ("hp", "power", "0.7456998715822702", r"b?hp|b\.h\.p\.?|horsepower"),
    ("W", "power", "0.001", r"w|watts?"),
    ("ms", "time", "0.001", r"ms|milliseconds?"),
    ("min", "time", "60", r"min|mins|minutes?"),
    ("s", "time", "1", r"s|secs?|seconds?"),
    ("h", "time", "3600", r"h|hrs?|hours?"),
    ("month", "months", "1", r"months?"),
    ("year", "months", "12", r"years?|yrs?"),
    ("day", "days", "1", r"days?"),
    ("week", "days", "7", r"weeks?"),
    ("%", "percent", "1", r"(?:vol[. -]{0,3})?%|per[ ]?cent"),
    ("ppm", "concentration", "1", r"ppm"),
    ("K", "temperature", "1", r"k(?:elvin)?"),  # below k Ω
    ("dB", "sound", "1", r"db(?:[ ]?\(a\))?"),
    ("lux", "illuminance", "1", r"lux|lx"),
)


def _factor(text: str) -> Decimal:
    numerator, _, denominator = text.partition("/")
    return Decimal(numerator) / Decimal(denominator or 1)


UNITS: Mapping[str, Unit] = {name: Unit(name, dimension, _factor(factor)) for name, dimension, factor, _ in _TABLE} | {
    "°F": Unit("°F", "temperature", _factor("5/9"), Decimal(-160) / 9),
    "K": Unit("K", "temperature", Decimal(1), Decimal("-273.15")),
}
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    dimension: tuple(unit.name for unit in UNITS.values() if unit.dimension == dimension)
    for dimension in dict.fromkeys(unit.dimension for unit in UNITS.values())
}
# Before three digits these have a point of thousands: 6.000 1/min, 1.200 miles. Nothing else is so large by habit.
GROUPED = frozenset({"rotation", "distance"})
# What may be below zero. A dash set hard against any other quantity is a dash: "drain plug -25 Nm".
SIGNED = frozenset({"temperature", "angle", "voltage", "percent", "length", "pressure", "current"})

_SPELLING = re.compile(
    f"(?:{'|'.join(f'({spelling})' for *_, spelling in _TABLE)})(?:(?![^\\W_\u3040-\u9fff])|(?<=[°%]))"
)
_GAP = re.compile(r"\s{0,2}\|\s{0,2}|\s{1,3}|-|,[ ]?\"unit\":[ ]?\"")  # | between a table's cells; JSON
_DIVIDED = re.compile(r"/(?=[a-z])")
_SECOND = re.compile(r"[ ]?/[ ]?|[ ]?\(")

# Units that are also words or labels ("5 in total", pin "18 A", probe "N"): they count only hard against the number,
# before punctuation or before another number. The second set is no word and seldom a label: "12 V battery",
# "3 s and". A capital is asked of those units that are written as one.
_AMBIGUOUS = frozenset({"in", "a", "c", "f", "n", "m", "s", "h", "l", "g", "v", "w"})
_FITTED = frozenset({"h", "s"})
_KELVIN = 4  # digits
_SELDOM_ELSE = frozenset("VWLlmshg")
_CAPITALS = frozenset("acfnvw")
_FITS = re.compile(r"[ ][0-9]{1,2}(?![0-9]|[ ]?m)")  # 25 h 6 is how a shaft fits, 2 h 30 min a time
_AMPS = re.compile(r"[ ](?:for|fuses?|t?here|at|when|with|rat(?:ed|ing)|current|alternator)\b")  # pin 18 A is none
_NEWTONS = re.compile(r"[ ](?:for|is|are|at|when|with|per|of|in|on|t?here)\b")
_CLOSED = re.compile(r"\s{0,2}(?:$|[.,;:!?()/=+±|\]\n]|-\s|(?:to|and|or|max|min|bis)\b)")
# A unit before its number: in brackets or as a key with a colon anywhere, and bare as Italians print it (Nm 25) where
# no word follows the number, which a column head (Nm 1 Drain plug) would have.
_AHEAD_REACH = 20
_AHEAD = re.compile(
    r"""(?:^|[\s\[("_,;])(?P<unit>[^\W\d_][^\s\d:=\[\]()"]{0,7}|[ω%])
    (?P<glue>(?:[\])][ ]?(?:[:=~≈|]|is)?|"?[ ]?[:=~≈|])[ ]?|[ ])$""",
    re.VERBOSE,
)
_OWNED = re.compile(r"[0-9][ ]?$")
_LED = frozenset({"torque", "pressure", "length", "rotation", "volume", "mass", "force"})
_ENDED = re.compile(r"[ ]?(?:$|[,;.)\n|÷+±-]|(?:à|a|to|bis)\b)")
_NOT_INCHES = re.compile(r"[ ](?:total|the|an?|all|this|that|these|each|order|stages?|one|two|place|use|case)\b")


def unit_at(text: str, lower: str, start: int, end: int) -> tuple[Unit, int] | None:
    """Return the unit of the number at start to end of a folded text, and the offset where its spelling ends."""
    gap = _GAP.match(lower, end)
    begin = gap.end() if gap else end
    match = _SPELLING.match(lower, begin)
    is_name = match and (
        text[slice(*match.span())] == "M3"
        or _FIGURE.search(lower, max(0, start - 8), start)
        or _VALVES.match(lower, start)
    )
    if not match or is_name or not _meant(text, lower, start, end, match.span()):
        return None
    unit = UNITS[_TABLE[match.lastindex - 1][0]]
    per = _DIVIDED.match(lower, match.end())
    divisor = _SPELLING.match(lower, per.end()) if per else None
    if divisor:
        other = UNITS[_TABLE[divisor.lastindex - 1][0]]
        if other.dimension != unit.dimension:
            return _ratio(unit, other), divisor.end()
    return unit, match.end()


def unit_beside(lower: str, unit: Unit, end: int) -> tuple[Unit, int] | None:
    """Return the second unit of `25/18 Nm/ft-lb` and `25/18 Nm (ft-lb)` behind the first, and where it ends."""
    sign = _SECOND.match(lower, end)
    spelling = _SPELLING.match(lower, sign.end()) if sign else None
    if not sign or not spelling:
        return None
    other = UNITS[_TABLE[spelling.lastindex - 1][0]]
    if other.dimension != unit.dimension or other.name == unit.name:
        return None
    if "(" not in sign.group():
        return other, spelling.end()
    return (other, spelling.end() + 1) if lower.startswith(")", spelling.end()) else None


def unit_ahead(lower: str, start: int, end: int) -> Unit | None:
    """Return the unit that stands before the number at start to end: `Torque [Nm]: 42`, `"torque_nm": 42`, `Nm 25`."""
    reach = max(0, start - _AHEAD_REACH)
    match = _AHEAD.search(lower, reach, start)
    if not match or _OWNED.search(lower, max(0, match.start() - 2), match.start()):
        return None
    word, glue, bracketed = match["unit"], match["glue"], lower[match.start()] == "["
    if word in {"min", "um"} or (word in _AMBIGUOUS and not bracketed):  # min: 0.25, um 4 mm (by 4 mm), (A): 25
        return None
    spelling = _SPELLING.fullmatch(word)
    unit = UNITS[_TABLE[spelling.lastindex - 1][0]] if spelling else None
    if glue.isspace() and unit and not (unit.dimension in _LED and _ENDED.match(lower, end)):
        return None
    return unit


def named(name: str) -> Unit | None:
    """Return the unit of that name, a ratio of two included (`cc/min`); None for what is counted or has no unit."""
    if name in UNITS or "/" not in name:
        return UNITS.get(name)
    unit, other = (UNITS.get(part) for part in name.split("/", 1))
    return _ratio(unit, other) if unit and other else None


def convert(value: Decimal, unit: Unit, into: Unit) -> Decimal:
    """Return a value in another unit of its dimension."""
    return (value * unit.factor + unit.offset - into.offset) / into.factor


@cache
def _ratio(unit: Unit, other: Unit) -> Unit:
    """Return the unit of flows and rates that have no name of their own: cc/min, N/mm."""
    return Unit(f"{unit.name}/{other.name}", f"{unit.dimension}/{other.dimension}", unit.factor / other.factor)


# See Fig. 10 A, the 16V cylinder head, a V6 24V; and a 1988 M3 is a car.
_FIGURE = re.compile(r"\bfig(?:ure)?s?\.?[ ]$")
_VALVES = re.compile(
    r"(?:(?<=v6 )|(?<=v8 )|(?<=gti )|(?<=dohc ))(?:16|20|24|32)v\b"
    r"|(?:16|20|24|32)v[ ](?:cylinder[ ])?(?:head|gti|dohc)\b"
)
_QUOTES = re.compile(r'(?<![0-9])(?<![0-9] )"')  # that are no inches
_OPENED = re.compile(r'(?<![0-9])"[^\s"]{1,12}$')  # "M8x45"
_QUOTED = 40  # characters before a number in which a quotation may begin


def _meant(text: str, lower: str, start: int, end: int, spelling: tuple[int, int]) -> bool:
    """Return whether what is spelled like a unit after the number text[start:end] is one there."""
    begin, stop = spelling
    word, gap = lower[begin:stop], text[end:begin]
    if word in {'"', "'", "''"}:  # inches and minutes of arc, unless the number stands in quotation marks
        if gap != " " or word != '"' or text[stop : stop + 1].isalnum():
            return (
                not gap and text[start - 1 : start] != word[0] and not _OPENED.search(text, max(0, start - 12), start)
            )
        return len(_QUOTES.findall(text, max(0, start - _QUOTED), start)) % 2 == 0  # 0.25 " with a blank
    if word == "k":  # colour temperatures; 4.7 K and 220 K are resistors
        return text[begin:stop] == "K" and gap != "-" and lower[start:end].isdigit() and end - start >= _KELVIN
    if word in _FITTED and _FITS.match(lower, stop):
        return False
    if word not in _AMBIGUOUS:
        return gap != "-" or len(word) > 1
    if not gap:
        return word != "a" or text[begin:stop] == "A"  # 87a is a terminal
    if "\n" in gap or "|" in gap or (word in _CAPITALS and text[begin:stop].islower()):
        return False
    if word == "in" and ("." in lower[start:end] or "/" in lower[start:end] or gap == "-"):
        return not _NOT_INCHES.match(lower, stop)
    if (word == "a" and _AMPS.match(lower, stop)) or (word == "n" and _NEWTONS.match(lower, stop)):
        return True
    return text[begin:stop] in _SELDOM_ELSE or bool(_CLOSED.match(lower, stop))
