"""Find statements that make more of what a post says came of it: a cure, the one of two causes, all of them. Pure.

overstated("Replacing the ICV cured it.", "Replaced the ICV, no change")  ->  "a cure is told where ..."
"""

import re
from collections.abc import Iterator

from vlm3_dataset.filters.claims.phrases import HEDGED, IN_VAIN
from vlm3_dataset.filters.claims.retelling import CURED, clauses, words

CURE = "a cure is told where its quote has none"
NARROWED = "one of two things is told where its quote leaves it open"
WHOLE = "a part is told as the whole"
CURE_WORDS = words("cured solved sorted gone away")
# How owners say that it is cured, in fewer words than who retells it.
WELL = re.compile(
    rf"{CURED.pattern}|\b(?<!% )(?<!not )(?:gone|vanished|fine|perfect(?:ly)?|silent|quiet|dry|steady|works|runs|starts"
    r"|like new|did (?:it|the trick)|no more|never (?:again|came back|returned))\b"
)
# It got better, and no more than that.
WEAK = re.compile(
    r"(?i)\b(?:help(?:s|ed)|better|improve[sd]?|improvement|less|reduced|quieter|halved|partly|partially|mostly"
    r"|slightly|somewhat|\d+ ?% (?:gone|cured)|not (?:quite|completely|entirely|fully)|almost|nearly)\b"
)
AWHILE = re.compile(
    r"(?i)\b(?:for (?:a|one|two|three|\d+|some|about an?) (?:while|days?|weeks?|months?|time|hours?|minutes?|miles|km)"
    r"|at first|temporarily|(?:came|comes|is|was) (?:right |straight )?back|returned)\b"
)
EITHER = re.compile(
    r"(?i)\b(?:either (?P<one>[^.;,\n]+?)|(?:was|is|be|it'?s|were) (?P<first>(?:the|an?|my|your) [^.;,\n]+?))"
    r" or (?P<other>[^.;,\n]+)"
)
ONE_OF = re.compile(r"(?i)\bone (?:of (?:them|the (?:two|three)|these|those|both)|or (?:the )?other)\b")
LISTED = re.compile(r"(?i)\b(?P<one>[\w-]+) (?:and|&|\+) (?:the |an? |my )?(?P<other>[\w-]+)")
OPEN = re.compile(r"(?i)\b(?:or|either|one of|whichever)\b")
ALL = re.compile(r"(?i)\b(?:all|every|each|always|none)\b")
SOME = re.compile(
    r"(?i)\b(?:most(?:ly)?|some|many|half|several|an? few|usually|often|sometimes|nearly all|almost all|majority)\b"
)


def overstated(statement: str, quote: str) -> str | None:
    """Return what a statement makes more of than its quote, or None."""
    is_cure = CURED.search(statement) and not any(sign.search(statement) for sign in (WEAK, AWHILE, IN_VAIN))
    if is_cure and _is_no_cure(statement, quote):
        return CURE
    if not (OPEN.search(statement) or HEDGED.search(statement)) and _narrows(statement, quote):
        return NARROWED
    if ALL.search(statement) and SOME.search(quote) and not (ALL.search(quote) or SOME.search(statement)):
        return WHOLE
    return None


def _is_no_cure(statement: str, quote: str) -> bool:
    """Return whether a quote says that what a statement tells of did nothing or little: in what follows the deed."""
    deed, parts = words(statement) - CURE_WORDS, clauses(quote)
    shares = [len(deed & words(part)) for part in parts]
    starts = [at for at, share in enumerate(shares) if share == max(shares)]
    return bool(starts) and all(_fails(parts[at:]) for at in starts)


def _fails(parts: list[str]) -> bool:
    """Return whether the first result that clauses tell is none; one that is weak counts if no cure follows."""
    is_weak = False
    for part in parts:
        if IN_VAIN.search(part) or (WELL.search(part) and AWHILE.search(part)):
            return True
        if WELL.search(part):
            return False
        is_weak |= bool(WEAK.search(part) or AWHILE.search(part))
    return is_weak


def _narrows(statement: str, quote: str) -> bool:
    """Return whether a statement names the one of two things between which its quote does not decide."""
    said = words(statement)
    for one, other, rest in _alternatives(quote):
        left, right = words(one) - words(other), words(other) - words(one)
        named = (left & said, right & said)
        if any(named) and not all(named) and not (named[0] | named[1]) & words(rest):
            return True
    return False


def _alternatives(quote: str) -> Iterator[tuple[str, str, str]]:
    """Yield two things between which a text leaves it open, and what it says beside them."""
    for found in EITHER.finditer(quote):
        yield found["one"] or found["first"], found["other"], quote[: found.start()] + quote[found.end() :]
    if ONE_OF.search(quote):
        for found in LISTED.finditer(quote):
            yield found["one"], found["other"], ""
