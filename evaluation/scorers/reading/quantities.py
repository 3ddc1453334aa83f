"""Read the quantities of an answer in any form: prose, JSON, a table, LaTeX, other languages.

Each form is rewritten to the prose that `vlm3_dataset.quantities` reads, and what the answer denies or takes back is
marked as negated.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from evaluation.scorers.reading.denial import Stated, are_denied
from evaluation.scorers.reading.rewriting import RewrittenText, rewrite
from evaluation.scorers.reading.spelling import LONG_UNIT, UNIT
from evaluation.scorers.values import breaking, derived
from vlm3_dataset.language.stems import stems
from vlm3_dataset.quantities import Quantity, find, parted

V = TypeVar("V", bound=Stated)

_OTHER_SIDE = {"min": "max", "max": "min"}

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
_CLOSING_UNIT = re.compile(
    r"(?:\b(?:both|all|each|values|figures)\s(?:(?:of them|values|figures|are|given)\s)*in\s|\(in\s)"
    rf"(?P<unit>{LONG_UNIT})(?!\w)|\((?P<all>{LONG_UNIT}),?\s(?:both|all|each)\)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(  # injectors 3 and 4, bearing caps 1 to 4, S14
    r"(?<![\w.-])(?:(?P<code>[A-Z]{1,3}\d{1,3})"
    r"|(?P<part>[^\W\d_]{3,}?)s?\s(?P<numbers>\d{1,2}(?:(?:,|\s(?:and|to))\s\d{1,2})*))"
    rf"(?!\w|[.,]\d|\s?{UNIT}(?!\w))"
)
_WHICH = re.compile(r"\b(?:which|what|either)(?:\sof(?:\sthe)?)?\s$", re.IGNORECASE)
_OR = re.compile(r"[^?.;\d]{0,24}\bor\b[^?.;\d]{0,24}", re.IGNORECASE)


def quantities(text: str) -> list[Quantity]:
    """Return the quantities of an answer or a reference in reading order, those it denies marked as negated."""
    return [*_read(text)[0]]


def bare_numbers(text: str) -> list[Quantity]:
    """Return the numbers without a unit in reading order, those it denies marked as negated."""
    return [*_read(text)[1]]


def with_bare_numbers(text: str, values: Sequence[Quantity]) -> list[Quantity]:
    """Return values of a text with its numbers without a unit; what is a value at a place is no number there."""
    return [*{one.start: one for one in (*bare_numbers(text), *values)}.values()]


def named_by_question(question: str, named: Sequence[V]) -> tuple[V, ...]:
    """Return what a question names and does not offer for choice: "24 or 42 Nm?" asks which of them it is."""
    offered: set[int] = set()
    for at in reversed(range(len(named) - 1)):
        gap = question[named[at].end : named[at + 1].start]
        if _OR.fullmatch(gap) or (at + 1 in offered and gap.strip() == ","):
            offered |= {at, at + 1}
    return tuple(one for at, one in enumerate(named) if at not in offered)


def without_repeated(question: str, answer: str, kept: Sequence[Stated] = ()) -> str:
    """Return an answer of the same length with blanks for what its question names by a number: injector 3, the S14.

    What the question asks for or offers for choice stays ("which of fuses 3 and 4", "fuse 3 or fuse 4"), and so do the
    names of the question that are `kept`.
    """
    repeated = []
    for named in _NUMBERED.finditer(question):
        part = named["part"] or ""
        asked = part and re.search(rf"\b(?:which|what)\s(?:\w+\s)?{part}", question, re.IGNORECASE)
        chosen = _WHICH.search(question[: named.start()]) or " or " in question
        known = any(one.start < named.end() and named.start() < one.end for one in kept)
        if not (asked or chosen or known) and (named["code"] or stems(part)):
            repeated.append(named["code"] or rf"{part}s?\s{named['numbers']}")
    again = re.compile(rf"(?<!\w)(?:{'|'.join(repeated)})(?!\w|[.,]\d)", re.IGNORECASE)
    return again.sub(lambda match: " " * len(match.group()), answer) if repeated else answer


@lru_cache(maxsize=4096)  # the scorers read a text up to four times, and a reference for every answer
def _read(text: str) -> tuple[tuple[Quantity, ...], tuple[Quantity, ...]]:
    """Return the quantities of a text and its numbers without a unit."""
    written = rewrite(text)
    found, bare = parted(written.text)
    measured = [*found, *_without_own_unit(written.text, found, bare)]
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


def _with_denials(text: str, written: RewrittenText, found: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield values with their places in the original text, those it denies marked as negated."""
    for one, no in zip(found, are_denied(written.text, found), strict=True):
        start, end = written.starts[one.start], written.ends[one.end - 1]
        negated = one.negated or no or derived.means_another(written.text, one)
        yield replace(one, start=start, end=end, text=text[start:end], negated=negated)


def _without_own_unit(text: str, found: Sequence[Quantity], bare: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the numbers that share a unit: with the value before them ("front 2.2 bar, rear 2.5", "90 on the rest").

    Or it stands once behind all of them: "2.2 front, 2.4 rear, both in bar".
    """
    for last, number in _numbers_after_values(found, bare):
        gap, after = text[last.end : number.start], text[number.end :]
        shares = _SHARES_UNIT.fullmatch(gap) and _STOP.match(after)
        shares = shares or (_AND.fullmatch(gap) and _ON_THE_REST.match(after))
        if shares and last.kind in {"value", "range"}:
            yield _in_unit_of(last, number)
    closing = _CLOSING_UNIT.search(text)
    if closing and (measured := find(f"1 {closing['unit'] or closing['all']}")):
        before = (one for one in bare if one.dimension == "number" and one.end <= closing.start())
        yield from (_in_unit_of(measured[0], one) for one in before)


def _numbers_after_values(found: Sequence[Quantity], bare: Sequence[Quantity]) -> Iterator[tuple[Quantity, Quantity]]:
    """Yield each number without a unit that has a value somewhere before it, after the last such value."""
    for number in bare:
        last = max((one for one in found if one.end <= number.start), key=lambda one: one.end, default=None)
        if last and number.dimension == "number":
            yield last, number


def _in_unit_of(last: Quantity, number: Quantity) -> Quantity:
    place = {"start": number.start, "end": number.end, "text": number.text, "negated": number.negated}
    return replace(last, kind=number.kind, side="", values=number.values, readings=(), **place)
