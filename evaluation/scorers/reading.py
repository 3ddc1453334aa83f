"""Read the quantities of an answer in any form: prose, JSON, a table, LaTeX, other languages.

Each form is rewritten to the prose that `vlm3_dataset.quantities` reads; the place of every character in the
answer is kept, and what the answer denies or takes back is marked as negated.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from evaluation.scorers import breaking
from evaluation.scorers.denial import Stated, are_denied
from vlm3_dataset.quantities import Quantity, parted

V = TypeVar("V", bound=Stated)

_OTHER_SIDE = {"min": "max", "max": "min"}

_NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
_SPAN = rf"{_NUMBER}(?:\s?(?:-|–|to|\.\.\.?|±|\+/-)\s?\d+(?:[.,]\d+)?)?"
UNIT = (
    r"(?:n[·.\s]?m|ncm|ft[-_. ]?lbs?|lb[-_. ]?ft|in[-_. ]?lbs?|kgm|mbar|bar|psi|kpa|mpa|mm|cm|inch(?:es)?"
    r"|in|°[cf]?|deg(?:rees?)?(?:[_ ]?[cf])?"
    r"|celsius|rpm|1/min|km/h|km|cc|ml|lit(?:re|er)s?|l|kg|g|mv|kv|volts?|v|ma|amps?|a|k?ohms?|k?ω|kw|w|hp"
    r"|ps|seconds?|sec|minutes?|ms|s|hz|%"
    r"|percent)"
)
_SPELLED = {
    "deg_c": "°C",
    "deg c": "°C",
    "celsius": "°C",
    "deg_f": "°F",
    "deg f": "°F",
    "ft_lb": "ft-lb",
    "ft_lbs": "ft-lb",
    "in_lb": "in-lb",
}
_CHINESE = {  # in which Qwen answers now and then
    "牛·米": "Nm", "牛.米": "Nm", "牛米": "Nm", "牛顿米": "Nm", "牛顿·米": "Nm", "毫米": "mm",
    "厘米": "cm", "千帕": "kPa", "巴": "bar", "摄氏度": "°C", "度": "°", "升": "litres", "转/分": "rpm",
    "伏": "V", "安": "A", "欧姆": "Ω", "公斤": "kg", "秒": "s", "分钟": "min",
}  # fmt: skip
_CORRECTS = re.compile(
    r"(?=.*(?:\?|\b(?:but|sondern|mais|ma|no|sorry|correction|meant?|actually|rather|page|manual|table|book)\b))\D{2,90}",
    re.IGNORECASE | re.DOTALL,
)
_REST = (
    r"(?:rest|others?|remaining|front|rear|left|right|intake|inlet|exhaust|inner|outer|upper|lower|short|long|shorter"
    r"|longer|vorne?|hinten|avant|arrière)"
)
_SHARES_UNIT = re.compile(  # 2.2 bar at the front, rear 2.5
    rf"(?:\s(?:on|for|at|in)\s[^\d,;.]{{1,24}})?(?:,|;|\sand|,\sand|\n)\s?(?:\w+\s)?(?:the\s)?{_REST}"
    r"(?:\s(?:axle|wheels?|tyres?|tires?|ones?|valves?|bolts?|side))?(?:\s?[:=])?\s(?:to\s|at\s|by\s|with\s|gets?\s)?",
    re.IGNORECASE,
)
_AND = re.compile(r"[^\d.;]{0,40}(?:[,;]|\band|\bbut)\s(?:then\s|only\s|just\s)?", re.IGNORECASE)
_ON_THE_REST = re.compile(rf"\s(?:on|for|at|in)\s(?:all\s)?(?:the\s)?{_REST}\b", re.IGNORECASE)
_STOP = re.compile(r"\s*(?:[,;)\n]|\.(?!\d)|$)")
_OR = re.compile(r"[^?.;\d]{0,24}\bor\b[^?.;\d]{0,24}", re.IGNORECASE)
_EXPONENTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_WORDS = {  # what binds values in other languages, and which way a bound goes
    "at least": "mindestens|wenigstens|almeno|au moins|al menos|minimal",
    "at most": "höchstens|maximal|al massimo|au plus|au maximum|como máximo",
    "no more than": "nicht mehr als|nicht über|non più di|non oltre|non superare|non superiore a"
    "|pas plus de|ne pas dépasser|ohne zu überschreiten",
    "no less than": "nicht weniger als|nicht unter|non meno di|non inferiore a|pas moins de",
    "not exceed": "under no circumstances exceed|in no case exceed|on no account exceed|by no means exceed",
    "then": "dann|danach|anschließend|poi|quindi|puis|ensuite",
    "or": "oder|oppure|ou",
}


def quantities(text: str) -> list[Quantity]:
    """Return the quantities of an answer or a reference in reading order, those it denies marked as negated."""
    return [*_read(text)[0]]


def bare_numbers(text: str) -> list[Quantity]:
    """Return the numbers without a unit in reading order, those it denies marked as negated."""
    return [*_read(text)[1]]


def named_by_question(question: str, named: Sequence[V]) -> tuple[V, ...]:
    """Return what a question names and does not offer for choice: "24 or 42 Nm?" asks which of them it is."""
    offered: set[int] = set()
    for at in reversed(range(len(named) - 1)):
        gap = question[named[at].end : named[at + 1].start]
        if _OR.fullmatch(gap) or (at + 1 in offered and gap.strip() == ","):
            offered |= {at, at + 1}
    return tuple(one for at, one in enumerate(named) if at not in offered)


@lru_cache(maxsize=4096)  # the scorers read a text up to four times, and a reference for every answer
def _read(text: str) -> tuple[tuple[Quantity, ...], tuple[Quantity, ...]]:
    """Return the quantities of a text and its numbers without a unit."""
    written = rewrite(text)
    found, bare = parted(written.text)
    measured = [*found, *_sharing_unit(written.text, found, bare)]
    corrections = [  # "43 Nm? The page says 34." corrects the value in its unit
        _in_unit_of(last, number)
        for last, number in _numbers_after_values(measured, bare)
        if _CORRECTS.fullmatch(written.text[last.end : number.start])
    ]
    corrections = [one for one in corrections if one not in measured]
    measured = sorted([*measured, *corrections], key=lambda one: one.start)
    read: list[Quantity] = []
    for one, marked in zip(measured, _with_denials(text, written, measured), strict=True):
        if one not in corrections or (read and read[-1].negated):
            worn_out = one.kind == "bound" and breaking.is_replaced_at(written.text, one)
            read.append(replace(marked, side=_OTHER_SIDE[one.side], readings=()) if worn_out else marked)
    return tuple(read), tuple(_with_denials(text, written, bare))


def _with_denials(text: str, written: "RewrittenText", found: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield values with their places in the original text, those it denies marked as negated."""
    for one, no in zip(found, are_denied(written.text, found), strict=True):
        start, end = written.starts[one.start], written.ends[one.end - 1]
        yield replace(one, start=start, end=end, text=text[start:end], negated=one.negated or no)


def _sharing_unit(text: str, found: Sequence[Quantity], bare: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the numbers that share the unit of the value before them: "front 2.2 bar, rear 2.5", "90 on the rest"."""
    for last, number in _numbers_after_values(found, bare):
        gap, after = text[last.end : number.start], text[number.end :]
        shares = _SHARES_UNIT.fullmatch(gap) and _STOP.match(after)
        shares = shares or (_AND.fullmatch(gap) and _ON_THE_REST.match(after))
        if shares and last.kind in {"value", "range"}:
            yield _in_unit_of(last, number)


def _numbers_after_values(found: Sequence[Quantity], bare: Sequence[Quantity]) -> Iterator[tuple[Quantity, Quantity]]:
    """Yield each number without a unit that has a value somewhere before it, after the last such value."""
    for number in bare:
        last = max((one for one in found if one.end <= number.start), key=lambda one: one.end, default=None)
        if last and number.dimension == "number":
            yield last, number


def _in_unit_of(last: Quantity, number: Quantity) -> Quantity:
    place = {"start": number.start, "end": number.end, "text": number.text, "negated": number.negated}
    return replace(last, kind=number.kind, side="", values=number.values, readings=(), **place)


@dataclass(frozen=True, slots=True)
class RewrittenText:
    """A rewritten text; character i stands for the stretch starts[i] to ends[i] of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def sub(self, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> "RewrittenText":
        pieces, starts, ends, at = [], [], [], 0
        for match in pattern.finditer(self.text):
            low, high = match.span()
            plain = new(match)
            if low == high or plain == match.group():
                continue
            pieces += [self.text[at:low], plain]
            starts += [*self.starts[at:low], *[self.starts[low]] * len(plain)]
            ends += [*self.ends[at:low], *[self.ends[high - 1]] * len(plain)]
            at = high
        if not at:
            return self
        return RewrittenText("".join((*pieces, self.text[at:])), [*starts, *self.starts[at:]], [*ends, *self.ends[at:]])


def rewrite(text: str) -> RewrittenText:
    """Return a text rewritten to the prose that is read for quantities and identifiers."""
    written = RewrittenText(text, range(len(text)), range(1, len(text) + 1))
    for pattern, new in _REWRITES:
        written = written.sub(pattern, new)
    return written


def _si(match: re.Match[str]) -> str:
    units = (
        match["unit"].replace("\\newton\\metre", "Nm").replace("\\newton\\meter", "Nm").replace("\\milli\\metre", "mm")
    )
    return f"{match['number']} {units.replace('{', '').replace('}', '')}"


def _scientific(match: re.Match[str]) -> str:
    power = (match["power"] or match["raised"] or match["short"]).translate(_EXPONENTS).replace("−", "-")
    value = Decimal(match["mantissa"].replace(",", ".")).scaleb(int(power))
    return f"{value:f}" if abs(int(power)) < 9 else match.group()


def _keyed(match: re.Match[str]) -> str:
    unit = match["unit"].lower()
    return f"{match['key'] or ''}: {match['value']} {_SPELLED.get(unit, unit.replace('_', ' '))}"


def _table(match: re.Match[str]) -> str:
    """Rewrite a table that names units in its head or before a row: each number below or behind gets its unit."""
    head, rule, *body = match.group().rstrip("\n").split("\n")
    units = [_unit_of(cell) for cell in head.split("|")]
    lines = []
    for line in body:
        cells = line.split("|")
        of_row = next((unit for cell in cells[:2] if (unit := _unit_of(cell))), "")
        for at, cell in enumerate(cells[: len(units)]):
            if (unit := units[at] or of_row) and _ONLY_NUMBER.fullmatch(cell):
                cells[at] = f"{cell.rstrip()} {unit} "
        lines.append("|".join(cells))
    return "\n".join((head, rule, *lines)) + match.group()[len(match.group().rstrip("\n")) :]


def _unit_of(cell: str) -> str:
    if len(alone := cell.strip(" *_")) > 1 and re.fullmatch(UNIT, alone, re.IGNORECASE):
        return alone
    return found[1] if (found := _HEADED.search(cell)) else ""


_HEADED = re.compile(rf"(?:[\[(]\s*|,\s*|\bin\s+)({UNIT})\s*(?:[\])]|$)", re.IGNORECASE)
_ONLY_NUMBER = re.compile(rf"\s*[*_]*(?:max\.?|min\.?|≤|≥|approx\.?)?\s*{_SPAN}[*_]*\s*", re.IGNORECASE)
BLANKS = re.compile(r"[^\S\n]{2,}")
_BOXED = re.compile(r"\\boxed(?=\{)")
_SI = re.compile(r"\\(?:SI|qty)\{(?P<number>[^{}]{1,24})\}\{(?P<unit>[^{}]{1,40})\}")
_TIE = re.compile(r"(?<=\d)~(?=[\\A-Za-z°])")
_PRODUCT = re.compile(r"(?<=[\dN\s{]N)\s+(?:\\cdot|[·⋅])\s*(?=\\?m\b)")
_POWER = re.compile(
    r"(?P<mantissa>\d+(?:[.,]\d+)?)\s*(?:(?:[x×·*]|\\times|\\cdot)\s*10(?:\^?\{?(?P<power>[-−+]?\d)\}?"
    r"|(?P<raised>[⁻⁺]?[⁰¹²³⁴-⁹]))|e(?P<short>[-+]\d))(?!\d)"
)
_UNIT_IN_KEY = re.compile(  # "torque_nm": 42
    rf"[\"'](?P<key>[A-Za-z][\w ]*?)?[_ (\[]*(?<![A-Za-z])(?P<unit>{UNIT})[)\]]?[\"']\s*:\s*"
    rf"\"?(?P<value>{_SPAN})\"?(?=\s*[,}}\]\n]|\s*$)",
    re.IGNORECASE,
)
_UNIT_BESIDE = re.compile(  # "value": 42, "unit": "Nm"
    rf"[\"']?(?P<key>value|amount|number|torque|nominal)[\"']?\s*:\s*\"?(?P<value>{_SPAN})\"?"
    rf"\s*,?\s*[\"']?units?[\"']?\s*:\s*\"?(?P<unit>{UNIT})\"?(?!\w)",
    re.IGNORECASE,
)
_TABLE = re.compile(r"(?:^|(?<=\n))[^\n|]*\|[^\n]*\n[ \t]*\|?[ \t]*:?-{2,}[-|: \t]*\n(?:[^\n]*\|[^\n]*(?:\n|$))+")
_IN_CHINESE = re.compile("|".join(sorted(_CHINESE, key=len, reverse=True)))
_BETWEEN = re.compile(
    rf"\b(?:tra|fra|zwischen|entre)\s(?P<low>{_NUMBER}[^\d\n]{{0,12}}?)\s(?:e|ed|und|et|y)\s(?=\d)", re.IGNORECASE
)
_FROM = re.compile(
    rf"\b(?:da|de|von|from)\s(?P<low>{_NUMBER}[^\d\n]{{0,12}}?)\s(?:a|à|bis|(?:up|down)\sto)\s(?=\d)", re.IGNORECASE
)
_HYPHENED = re.compile(r"(?<=\d)\s?k[- ]ohms?\b", re.IGNORECASE)
_INVERTED = re.compile(rf"(?<![\w.,:])1(?: : |:)(?P<whole>\d+(?:[.,]\d+)?)(?![\d:])(?!\s?{UNIT}(?!\w))", re.IGNORECASE)
_UNIT_FIRST = re.compile(r"(?:[ΩΩ]|\bohms?)\s*[≈=~:]\s*(?P<value>\d+(?:[.,]\d+)?)(?!\s?[kM]?[ΩΩ])")
_MINUTES_OF_ARC = re.compile(
    r"(?<=\d)\s?deg(?:rees?)?\s(?:and\s)?(?P<minutes>\d{1,2})\smin(?:utes?)?\b(?!\s(?:later|after|before))"
    r"(?:,?\s(?:±|\+/-|plus or minus|plus/minus)\s(?P<deviation>\d{1,2})\smin(?:utes?)?\b)?",
    re.IGNORECASE,
)
_INFINITE = re.compile(r"\b(?:infinit(?:e|y)|unendlich|infini|infinito)\b", re.IGNORECASE)
_ONE_HOUR = re.compile(
    r"(?:(?<=\bfor )|(?<=\bwait )|(?<=\babout )|(?<=\bafter ))an?(?= (?:minute|hour|day|week|month|year)\b)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?<=\b(?:the|new|old) )one(?= to \d)|(?<=\b(?:this|that|each) )one(?= to \d)", re.IGNORECASE)
_REWRITES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (BLANKS, lambda _: " "),
    (_BOXED, lambda _: " "),
    (_SI, _si),
    (_TIE, lambda _: " "),
    (_PRODUCT, lambda _: "·"),
    (_POWER, _scientific),
    (_UNIT_IN_KEY, _keyed),
    (_UNIT_BESIDE, _keyed),
    (_TABLE, _table),
    (_HYPHENED, lambda _: " kΩ"),
    (_MINUTES_OF_ARC, lambda match: f"° {match['minutes']}'" + (f" ± {at}'" if (at := match["deviation"]) else "")),
    (_IN_CHINESE, lambda match: f" {_CHINESE[match.group()]}"),
    (_BETWEEN, lambda match: f"between {match['low']} and "),
    (_FROM, lambda match: f"from {match['low']} to "),
    *(
        (re.compile(rf"\b(?:{words})(?=\s)", re.IGNORECASE), lambda _, english=english: english)
        for english, words in _WORDS.items()
    ),
    (
        _INVERTED,
        lambda match: (
            f"{1 / Decimal(match['whole'].replace(',', '.')):.6f}"
            if Decimal(match["whole"].replace(",", ".")) > 1
            else "1:1"
        ),
    ),
    (_PRONOUN, lambda _: "it"),
    (_INFINITE, lambda _: "∞"),
    (_ONE_HOUR, lambda _: "one"),
    (_UNIT_FIRST, lambda match: f"{match['value']} Ω"),
)
