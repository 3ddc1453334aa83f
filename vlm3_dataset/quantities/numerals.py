"""Read written numbers (6,000; 0,25; 1 1/2; twenty-four), each with every value that it can have."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

# Denominators that workshops print. Without the list 195/65 or 24/30 Nm would be fractions.
_DENOMINATORS = frozenset({2, 3, 4, 5, 6, 8, 10, 12, 16, 32, 64, 100, 1000})
# Longer runs of digits are part numbers (0261200071); nothing on a page measures ten million of anything.
_DIGITS = 7

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten",
    "eleven",
    "twelve",
    *(f"{stem}teen" for stem in ("thir", "four", "fif", "six", "seven", "eigh", "nine")),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES: Mapping[str, int] = {
    "a": 1,
    **dict.fromkeys(("zero", "nil", "nought"), 0),
    **{word: value for value, word in enumerate(_ONES, 1)},
    **{word: value for value, word in enumerate(_TEENS, 10)},
    **{word: value * 10 for value, word in enumerate(_TENS, 2)},
}
_SHARES = {"half": 2, "third": 3, "quarter": 4, "eighth": 8, "tenth": 10}

_one = f"(?:{'|'.join(_ONES)})"
_below_100 = f"(?:(?:{'|'.join(_TENS)})(?:[ -]{_one})?|{'|'.join(_TEENS)}|{_one}|zero|nil|nought)"
_below_1000 = (
    f"(?:(?:a|{_one}|{'|'.join(_TEENS[1:])})[ -]hundred(?:[ ](?:and[ ])?{_below_100}(?![ -]hundred))?|{_below_100})"
)
_whole = f"(?:(?:a|{_below_1000})[ ]thousand(?:[ ](?:and[ ])?{_below_1000})?|{_below_1000})"
_share = r"(?:half|thirds?|quarters?|eighths?|tenths?)"
_digits = f"(?:[ ](?:{_one}|zero|nought)){{1,4}}"  # behind the point
_part = f"(?:(?:an?|{_one})[ -])?{_share}"

WORDS = (
    f"(?:{_whole}[ ]point{_digits}|{_whole}[ ]and[ ](?:an?|{_one})[ -]{_share}"
    f"|{_part}(?:[ ]of)?(?:[ ]an?\\b)?|{_whole})"  # "half of a" turn
)
LITERAL = re.compile(
    r"""[0-9]{1,3}[ ][0-9]{3}(?=\s?(?:rpm|1/min|min-1|u/min|km\b|mi(?:les?)?\b))   # 6 000 rpm with a plain space
    |[0-9]{1,3}[ ]000(?![0-9])
    |[0-9]{1,24}(?:[.,'][0-9]{1,9}){0,3}(?![0-9])
    |\.[0-9]{1,9}(?![0-9])|∞""",
    re.VERBOSE,
)
FRACTION = re.compile(
    r"""(?:(?P<whole>[0-9]{1,4})(?:[ ]|-|[ ]and[ ]))?
    (?:(?P<numerator>[0-9]{1,4})/(?P<denominator>[0-9]{1,4})(?![0-9/]|[.,][0-9])
    |(?<=and[ ])(?P<words>an?|one|three)[ -](?P<share>half|quarters?))""",
    re.VERBOSE,
)
_WORD = re.compile(r"[a-z]{1,12}")


@lru_cache(maxsize=4096)  # a number is asked for its value about five times on its way to a quantity
def readings(literal: str, *, grouped: bool = False) -> tuple[Decimal, ...]:
    """Return the values a number in digits may have, the likeliest first; () if it is no number a page would print.

    `1,500` is 1500 to an Englishman and 1.5 to a German: both are kept. With `grouped` (engine speeds, road
    distances) a separator before three digits is always one of thousands: `6.000` is 6000, `1.200` is 1200.
    """
    if literal == "∞":  # the resistance of an open circuit
        return (Decimal("Infinity"),)
    head, *tail = re.split(r"[.,' ]", literal)
    marks = [char for char in literal if char in ".,' "]
    if len(head) > _DIGITS or (marks and len(tail) != len(marks)):
        return ()
    decimal = _value("".join((head, *tail[:-1])), tail[-1]) if tail else _value(head)
    thousands = _value("".join((head, *tail)))
    groups = 1 <= len(head) <= 3 and not head.startswith("0") and all(len(group) == 3 for group in tail)
    match marks:
        case []:
            return (decimal,)
        case ["'" | " "]:
            return (thousands,) if groups else ()
        case ["."]:
            return (thousands,) if grouped and groups else (decimal,)
        case [","] if groups:
            return (thousands,) if grouped else (thousands, decimal)
        case [","]:
            return (decimal,)
        case _ if len(set(marks)) == 1:
            return (thousands,) if groups else ()
        case _ if len(set(marks[:-1])) == 1 and marks[-1] not in marks[:-1] and marks[-1] in ".,":
            return (decimal,) if all(len(group) == 3 for group in tail[:-1]) else ()
    return ()


def fraction(match: re.Match[str]) -> Decimal | None:
    """Return the value of a match of FRACTION; None where the stroke divides nothing (195/65, 24/30, a date)."""
    whole = Decimal(match["whole"] or 0)
    if match["share"]:
        return whole + Decimal(3 if match["words"] == "three" else 1) / _SHARES[match["share"].rstrip("s")]
    numerator, denominator = int(match["numerator"]), int(match["denominator"])
    if denominator not in _DENOMINATORS or not 0 < numerator < denominator:
        return None
    return whole + Decimal(numerator) / denominator


def spoken(words: str) -> Decimal:
    """Return the value of a match of WORDS: `twenty-four` 24, `two point five` 2.5, `three quarters of a` 0.75."""
    whole, _, decimals = words.partition(" point ")
    if decimals:
        return _value(str(spoken(whole)), "".join(str(_VALUES[word]) for word in decimals.split()))
    total = group = Decimal(0)
    since_and = Decimal(0)  # the count that a share multiplies: the three of "two and three quarters"
    for word in _WORD.findall(words):
        if word.rstrip("s") in _SHARES:
            count = since_and or Decimal(1)
            return total + group - since_and + count / _SHARES[word.rstrip("s")]
        if word == "and":
            since_and = Decimal(0)
        elif word == "hundred":
            group, since_and = (group or 1) * Decimal(100), Decimal(0)
        elif word == "thousand":
            total, group, since_and = total + (group or 1) * 1000, Decimal(0), Decimal(0)
        else:
            value = _VALUES.get(word, 1)
            group, since_and = group + value, since_and + value
    return total + group


def _value(whole: str, decimals: str = "") -> Decimal:
    return Decimal(f"{whole or 0}.{decimals}" if decimals else whole or "0")
