"""Spell numbers and units: what an answer writes in digits and short, and in words (six kilopascals)."""

import re
from functools import cache

from vlm3_dataset.quantities import find
from vlm3_dataset.quantities.numerals import WORDS, spoken

NUMBER = r"(?:[-+]|(?<!\d))\d+(?:[.,]\d+)?"  # never from within digits: a long row of them would take for ever
SPAN = rf"{NUMBER}(?:\s?(?:-|–|to|\.\.\.?|±|\+/-)\s?\d+(?:[.,]\d+)?)?"
UNIT = (
    r"(?i:n[·.\s]?m|ncm|ft[-_. ]?lbs?|lb[-_. ]?ft|in[-_. ]?lbs?|kgm|mbar|bar|psi|kpa|mpa|mm|cm|inch(?:es)?"
    r"|in|°[cf]?|deg(?:rees?)?(?:[_ ]?[cf])?"
    r"|celsius|rpm|1/min|km/h|km|cc|ml|lit(?:re|er)s?|l|kg|g|mv|kv|volts?|v|ma|amps?|a|k?ohms?|k?ω|kw|w|hp"
    r"|ps|seconds?|sec|minutes?|ms|s|hz|%"
    r"|percent)"
)
LONG_UNIT = (
    rf"(?:{UNIT}|k?N|newton[- ]?met(?:er|re)s?|kilopascals?|millimet(?:er|re)s?|degrees(?:\s[CF])?|grams?"
    r"|revolutions\s(?:a|per)\sminute)"
)
_UNIT_WORD = (
    r"(?:newton|(?:kilo|mega|milli|micro|centi)[a-z]|(?:bar|met(?:er|re)|gram|second|minute|hour|day|month|year|mile)s?\b"
    r"|inch|feet\b|foot\b|pound|psi\b|nm\b|[km]pa\b|lit(?:re|er)|degree|per ?cent|volt|ohm|amp|watt|revolution|rpm\b"
    r"|(?:thousandth|hundredth|tenth)s? of|[°Ω%])"
)
SPELLED = re.compile(rf"(?<![\w-]){WORDS}(?=[ -]{_UNIT_WORD})", re.IGNORECASE)


def in_digits(match: re.Match[str]) -> str:
    """Return a number in words before its unit in digits; a share of a unit stays as it is."""
    value = spoken(match.group().lower())
    return f"{value:f}" if value == round(value, 3) and not match.group().lower().endswith(" a") else match.group()


@cache
def is_same_unit(one: str, other: str) -> bool:
    """Return whether two spellings name one unit; of °C the degrees alone may be repeated."""
    found = [find(f"1 {spelling.strip()}") for spelling in (one, other)]
    if not all(found):
        return one.strip().lower() == other.strip().lower()
    (first, *_), (second, *_) = found
    return first.unit == second.unit or (first.dimension == "temperature" and second.unit == "°")
