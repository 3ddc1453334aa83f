"""Find what an answer adds to a value of the reference, or offers beside it: 110 Nm and a quarter turn, or 50 Nm."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from evaluation.scorers.values.facts import Fact, accepts_fact
from vlm3_dataset.quantities import Quantity, same

_ADDING = re.compile(  # 110 Nm and add a quarter turn
    r"[\s,;]*(?:\.\s)?(?:(?:plus|and|then|followed by|add|another|an?|further|extra|more|turn|rotate"
    r"|give|pull|loosen|slacken|undo|back|off|it|them|by|of|on)\b[\s,]*"
    r"|[+→]\s*|->\s*)+",
    re.IGNORECASE,
)
_PAST = re.compile(r"\s(?:past|beyond|further than|on top of|after(?: reaching)?)\s(?:the\s)?", re.IGNORECASE)
_IS = re.compile(r"\s(?:is|are|was)\b")  # 45 Nm, and 90° is how the wrench is held
_OR_SOONER = re.compile(r",?\sor\s(?:earlier|sooner)\b[^.;\d]{0,24}", re.IGNORECASE)
_BY_PERCENT = re.compile(r"\s?(?:plus|minus|less|\+|[-−–])\s?(?:about\s|another\s)?", re.IGNORECASE)
OR_ELSE = re.compile(
    r",?\s(?:or|oder|ou|oppure)(?:,[^,.;\d]{2,24},)?\s(?:(?:else|alternatively|by|to|a|an|turn|the)\s)*", re.IGNORECASE
)
_OR = re.compile(r"\b(?:or|oder|ou|oppure|either)\b|/", re.IGNORECASE)
_DEPENDING = re.compile(r",?\s\(?(?:depending|according|for|if|with|on|in|at|when|respectively|je)\b", re.IGNORECASE)


def added_values(
    facts: Sequence[Fact], answer: str, given: Sequence[Quantity], free: Sequence[Quantity]
) -> Iterator[Quantity]:
    """Yield what an answer adds to a torque or another value of a reference: a further turn, 20 %, a mileage."""
    dimensions = {member.dimension for fact in facts for member in fact}
    for first, second in pairwise(given):
        gap = answer[first.end : second.start]
        past = first.dimension == "angle" and second.dimension == "torque" and _PAST.fullmatch(gap)
        one, other = (second, first) if past else (first, second)
        turned = one.dimension == "torque" and other.dimension == "angle" and (past or _ADDING.fullmatch(gap))
        turned = turned and not _IS.match(answer, second.end)
        raised = other.dimension == "percent" and _BY_PERCENT.fullmatch(gap)
        stated = one.dimension in dimensions and other.dimension not in dimensions
        if (
            stated
            and (turned or raised or _OR_SOONER.fullmatch(gap))
            and not other.negated
            and not any(same(other, known) for known in free)
        ):
            yield other


def offered_besides(expected: str, answer: str, given: Sequence[Quantity], facts: Sequence[Fact]) -> Iterator[Quantity]:
    """Yield the values of another fact that an answer offers for choice: "30 Nm or 50 Nm" for 50 Nm, then 30 Nm."""
    if _OR.search(expected):
        return
    for one, other in pairwise(given):
        chosen = OR_ELSE.fullmatch(answer[one.end : other.start]) and not (one.negated or other.negated)
        if not chosen or _DEPENDING.match(answer, other.end):
            continue
        mine, theirs = ([accepts_fact(fact, it) is not None for fact in facts] for it in (one, other))
        if any(mine) and any(theirs) and not any(map(all, zip(mine, theirs, strict=True))):
            yield other
