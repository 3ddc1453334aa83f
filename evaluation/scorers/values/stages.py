"""Read the stages of a tightening: their order, and how often each is done."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from evaluation.scorers.values.besides import OR_ELSE
from evaluation.scorers.values.facts import Fact, accepts_fact
from vlm3_dataset.quantities import Quantity, same

STAGED = re.compile(  # what tells that a reference gives stages: 40 Nm, then 90°
    r"\b(?:1st|2nd|3rd|[4-9]th|(?<!comes )(?<!occurs )(?<!reached )first|then|finally|followed by|stages? \d|step \d"
    r"|loosen(?:ed)? by|back(?:ed)? off by)\b"
    r"|\bafter (?:about )?\d+ ?(?:min|hours?|h)\b"
    r"|→|->"
    r"|(?:\bNm|°|\blbs?\.?)[,;]?\s(?:and\s)?(?:loosen|slacken|undo|release|back\soff)(?:\s(?:it|them|again|fully"
    r"|the\s\w+))*(?:[,;]\s|\s(?:and|to)\s)[^.;]*\d"  # 60 Nm, slacken, 30 Nm
    r"|(?<=[a-z.)])\s?\+\s?\d{1,3}\s?(?:°|deg)",  # 20 Nm + 70°
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r"[^\w.;]*(?:(?:but|and|only)\s)?(?:after|past|beyond|following|nach|dopo|après)\b(?!\s(?:that|this|which)\b)",
    re.IGNORECASE,
)
_BEFOREHAND = re.compile(r"\bbefore\s(?:(?:the|a|an|turning|tightening|by|of|angle)\s)*$", re.IGNORECASE)
_TWICE = {
    **dict.fromkeys(("twice", "zweimal", "two times", "two", "2"), 2),
    **dict.fromkeys(("thrice", "dreimal", "three times", "three", "3"), 3),
}
_TIMES_BEFORE = re.compile(
    r"\b(?:(twice|thrice|two times|three times|zweimal|dreimal)"
    r"(?:\s(?:by|through|for|more by|um|je|jeweils))*\s(?:an?\s)?"
    r"|([23])\s?[x×]\s?"
    r"|(two|three)\s+(?:(?:further|more|additional|extra|equal)\s)?(?:(?:turns|stages|steps|passes)\s(?:of|by)\s)?)$",
    re.IGNORECASE,
)
_TIMES_AFTER = re.compile(
    r",?\s(?:each\s)?(twice|thrice|two times|three times)\b|\s?[x×]\s?([23])\b"
    r"|,?\s(?:each\s(?:in|with)|(?:in|on|with)\seach\sof)\s(?:the\s)?(two|three)\s(?:passes|stages|steps|goes|rounds)\b",
    re.IGNORECASE,
)
_ONE_MORE = re.compile(  # between two equal stages
    r".*(?:\b(?:then|again|another|further|more|finally|plus|and|by|stage|step|pass|repeat)\b|→|->|\d[.)]).*|.*[,+]\s*|",
    re.IGNORECASE | re.DOTALL,
)
_ORDINAL = re.compile(
    r"\b(?:(?:stage|step|pass|phase|stufe|schritt)\s(?P<number>[1-6]|i{1,3}|iv)"
    r"|(?P<place>first|second|third|fourth|[1-4](?:st|nd|rd|th)))\b",
    re.IGNORECASE,
)
_RANKS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}
_CONVERTED = re.compile(r"\s?[(/=]\s?")
_COUNTERCLOCKWISE = r"(?:counter|anti)[ -]?clockwise"
_BACK = re.compile(  # what turns a bolt the other way, before its angle or behind it
    rf"\b(?:loosen\w*|slacken\w*|undo|{_COUNTERCLOCKWISE}|back(?:ed|ing)?\soff|back(?=\s(?:by\b|$))"
    r"|(?:turn|rotate)\w*\s(?:[\w-]+\s){0,3}back(?:wards?)?)\b[^.;,\d]{0,16}$",
    re.IGNORECASE,
)
_LOOSENS = re.compile(rf"\b(?:loosen\w*|slacken\w*|undo|back(?:ed|ing|wards?)?|{_COUNTERCLOCKWISE})\b", re.IGNORECASE)
_BACKWARDS = re.compile(
    rf",?\s(?:back(?:wards?)?\b(?!\sto\b)|{_COUNTERCLOCKWISE}\b|to the left\b"
    r"|(?:in|to|towards) the (?:loosening|opposite|reverse) direction)",
    re.IGNORECASE,
)


def without_undone(expected: str, answer: str, given: Sequence[Quantity]) -> list[Quantity]:
    """Return the values with those negated that an answer turns back, or has as the other choice: "50 Nm or 90°"."""
    turns_back = _LOOSENS.search(expected)
    told: list[Quantity] = []
    for one in given:
        last = told[-1] if told else None
        chosen = last and last.dimension != one.dimension and OR_ELSE.fullmatch(answer[last.end : one.start])
        back = one.dimension == "angle" and not turns_back
        back = back and (_BACK.search(answer[: one.start]) or _BACKWARDS.match(answer, one.end))
        told.append(replace(one, negated=True) if chosen or back else one)
    return told


def in_order_of_doing(answer: str, given: Sequence[Quantity]) -> list[Quantity]:
    """Return the values in the order of doing: "60° after 30 Nm" is 30 Nm and then 60°.

    That is the order of their stages where each has one before it.
    """
    ranks: list[int] = []
    for at, one in enumerate(given):
        since = given[at - 1].end if at else 0
        found = [*_ORDINAL.finditer(answer, since, one.start)]
        if found:
            rank = (found[-1]["number"] or found[-1]["place"]).lower()
            ranks.append(_RANKS.get(rank) or int(rank[0]))
        elif ranks and _CONVERTED.fullmatch(answer, since, one.start):
            ranks.append(ranks[-1])
        else:
            break
    if len(ranks) == len(given):
        return [given[at] for at in sorted(range(len(given)), key=ranks.__getitem__)]
    told = list(given)
    for at, (one, other) in enumerate(pairwise(given)):
        before, gap = answer[: one.start], answer[one.end : other.start]
        if "time" in (one.dimension, other.dimension):  # what is waited for orders nothing
            continue
        if _AFTERWARDS.match(gap) or (_BEFOREHAND.search(before) and "," in gap):
            told[at : at + 2] = [other, one]
    return told


def repetitions(text: str, stage: Quantity) -> int:
    """Return how often a stage is done: "turn by 90°, twice"."""
    found = _TIMES_BEFORE.search(text[: stage.start]) or _TIMES_AFTER.match(text[stage.end :])
    return _TWICE[found[found.lastindex].lower()] if found else 1


def repeated_too_often(facts: Sequence[Fact], answer: str, given: Sequence[Quantity]) -> list[Quantity]:
    """Return the stages that an answer has in a row more often than the reference: 90° three times for twice."""
    run, found = 1, []
    for one, other in pairwise(given):
        gap = answer[one.end : other.start]
        again = same(one, other) and not other.negated and _ONE_MORE.fullmatch(gap)
        run = run + 1 if again else 1
        wanted = sum(accepts_fact(fact, other) is not None for fact in facts)
        found += [other] if run > max(1, wanted) else []
    return found[:1]


def longest_ordered_match(steps: Sequence[Fact], given: Sequence[Quantity]) -> dict[int, Quantity]:
    """Return the longest sequence of steps met in their order (longest common subsequence), by place in `steps`."""
    best: list[dict[int, Quantity]] = [{} for _ in range(len(given) + 1)]
    for at, fact in enumerate(steps):
        previous, best = best, [{}]
        for place, quantity in enumerate(given):
            options = [previous[place + 1], best[place]]
            if accepts_fact(fact, quantity) is not None:
                options.append(previous[place] | {at: quantity})
            best.append(max(options, key=len))
    return best[-1]
