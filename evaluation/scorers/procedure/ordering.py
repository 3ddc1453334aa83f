"""Tell which of two things a text takes first: the earth lead before the plus lead, fuse 10 before relay K9."""

import re
from collections.abc import Iterator

from evaluation.scorers.procedure import precedence

_PAIRS = (
    (r"negativ\w*|minus|earth(?:ed|ing)?|ground(?:ed|ing)?|\(-\)|masse|massa", r"positiv\w*|plus|\(\+\)"),
    ("front|vorn|vorne", "rear|hinten"),
    ("left|links", "right|rechts"),
    ("inner|inside|centre|center|middle", "outer|outside"),
    ("upper|top", "lower|bottom"),
    ("intake|inlet", "exhaust|outlet"),
)
_BATTERY = re.compile(r"\b(?:batter\w*|leads?|cables?|terminals?|poles?|posts?|clamps?|straps?)\b", re.IGNORECASE)
_EARLY = re.compile(
    r"\b(?:first(?!\s(?:gear|stage|speed))|zuerst|prima|(?:start|begin|beginn)\w*\s(?:with|at|by|mit))\b|^\W*1[.)]\s",
    re.IGNORECASE,
)
_LATE = re.compile(
    r"\b(?:last|lastly|finally|then|next|second(?!\s(?:gear|stage|speed))|afterwards|subsequently|zuletzt|dann|danach|poi"
    r"|after (?:that|this|it)|(?:finish|end)\w*\s(?:with|at|by))\b"
    r"|→|->|^\s*(?:before|prior to)\b|^\W*2[.)]\s",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\b(?:after(?! (?:that|this|it)\b)|following|follows?|once)\b", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:before|prior to|vor)\b", re.IGNORECASE)
_PURPOSE = re.compile(r"\s*(?:(?:in order )?to|for|um)\b", re.IGNORECASE)  # to get at that, remove this first
_NOT = re.compile(r"\b(?:not|never|don't)\b", re.IGNORECASE)
_OFF = re.compile(
    r"\b(?:(?:disconnect|detach|remov|unscrew|unbolt|unplug|undo|loosen|dismantl)\w*|off|undone)\b", re.IGNORECASE
)
_ON = re.compile(
    r"\b(?:(?:re)?(?:connect|attach|install|fit|mount|tighten)(?:s|ed|ing|ting|ted)?"
    r"|(?:goes|go|put|back) (?:back )?on)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\b(?:order|sequence)\b", re.IGNORECASE)
_WHICH_FIRST = re.compile(  # which lead comes off first
    r"\b(?:which|what)\b[^?.;]{0,80}\b(?:first(?!\s(?:gear|stage|speed))|(?P<last>last))\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"[,:]\s|\band\b(?!\s\d)|(?=\bthen\b|→|->)")


def conflicts(reference: str, answer: str, question: str) -> Iterator[str]:
    """Yield what a reference takes first and an answer last.

    A battery is connected in the other order than disconnected, so what is done with both is told apart. Where the
    question asks for the order, a list without any word of order tells it too.
    """
    for pair, wanted in _orders(reference, question):
        told = _first_by_deed(answer, pair) or _first_as_asked(answer, pair, question)
        for deed, first in wanted.items():
            said = {one for other, one in told.items() if deed == other or "" in (deed, other)}
            if said == {1 - first}:
                named = next(_named(pair[first], reference), None)
                yield f"{named[0] if named else pair[first]} first"


def _first_as_asked(text: str, pair: tuple[str, str], question: str) -> dict[str, int]:
    """Return which of a pair is first in a text without any word of order, where its question asks for the order.

    The first of both is, or the only one that is named where the question is which comes first.
    """
    which = _WHICH_FIRST.search(question)
    places = [next(_named(words, text), None) for words in pair]
    if all(places) and (which or _ASKED.search(question)):
        return {"": int(places[0].start() > places[1].start())}
    if any(places) and which:
        return {"": int((places[0] is None) != (which["last"] is not None))}
    return {}


def _named(words: str, text: str) -> Iterator[re.Match[str]]:
    """Yield where a text has one of these words, given as a pattern."""
    return re.finditer(rf"(?<![\w-])(?:{words})(?!\w)", text, re.IGNORECASE)


def is_told(reference: str, question: str) -> bool:
    """Return whether a reference tells which of two things comes first."""
    return next(_orders(reference, question), None) is not None


def says_the_same(reference: str, answer: str, question: str) -> bool:
    """Return whether an answer puts two things in the order of the reference, in whatever words."""
    told = [*_orders(answer, f"{question} {reference}")]
    return any(
        pair == other and {*wanted.values()} & {*said.values()}
        for pair, wanted in _orders(reference, question)
        for other, said in told
    )


def _orders(text: str, question: str) -> Iterator[tuple[tuple[str, str], dict[str, int]]]:
    """Yield the pairs whose order a text tells, each with what comes first in which deed."""
    which = _WHICH_FIRST.search(question)
    for pair in (*_PAIRS, *precedence.pairs(text)):
        if pair is not _PAIRS[0] or _BATTERY.search(f"{text} {question}"):
            firsts = _first_by_deed(text, pair) or (which and _first_as_asked(text, pair, question))
            if firsts:
                yield pair, firsts


def _first_by_deed(text: str, pair: tuple[str, str]) -> dict[str, int]:
    """Return which of a pair is first in taking "off", in putting "on", and where neither of these two is said."""
    found: dict[str, int] = {}
    deed = ""
    for sentence in precedence.SENTENCE.split(text.replace("’", "'")):
        said = {name for name, verb in (("off", _OFF), ("on", _ON)) if verb.search(sentence)}
        deed = said.pop() if len(said) == 1 else "" if said else deed
        first = _first(sentence, pair)
        if first is not None:
            found.setdefault(deed, first)
    return found


def _first(sentence: str, pair: tuple[str, str]) -> int | None:
    """Return which of a pair comes first in a sentence; None where it gives no order.

    A clause that names both says less than one that names one: "undo the distributor's nut, then pull the distributor".
    """
    alone: list[tuple[int, int]] = []
    together: list[tuple[int, int]] = []
    for clause in _CLAUSE.split(sentence):
        named = sorted((match.start(), at) for at, words in enumerate(pair) for match in _named(words, clause))
        parts = [at for _, at in named]
        if len(set(parts)) > 1:
            gap, early = clause[named[0][0] : named[-1][0]], _EARLY.search(clause)
            behind = _AFTER.search(gap) or (early and early.start() > named[-1][0] and _PURPOSE.match(clause))
            if behind:
                parts.reverse()
            ordered = behind or _BEFORE.search(gap) or early
            together += [(place if ordered else 1, at) for place, at in enumerate(parts)]
        else:
            rank = 0 if _EARLY.search(clause) or _AFTER.match(clause.lstrip()) else 2 if _LATE.search(clause) else 1
            alone += [(2 - rank if _NOT.search(clause) else rank, at) for at in parts]
    ranked = alone if any(rank != 1 for rank, _ in alone) else [*together, *alone]
    if not ranked or {rank for rank, _ in ranked} == {1}:
        return None
    rank, first = min(ranked, key=lambda one: one[0])
    return first if rank < 2 else 1 - first
