"""Find two things of a reference that are taken one after the other: fuse 10, then relay K9.

They share one verb, or each has its own ("drain the oil, then unscrew the filter"); an answer may have other verbs.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from evaluation.scorers.reading.spelling import UNIT
from vlm3_dataset.language.stems import EMPTY, STEM

SENTENCE = re.compile(r"(?<=[.;!?])(?<!\b\d\.)\s+|\n")  # "1." begins an item of a list
_FOLLOWED_BY = re.compile(
    r"[,;]?\s(?:and\s|but\s)?(?:then|afterwards|after|following|before|followed by|prior to)\s|\s?(?:→|->)\s?",
    re.IGNORECASE,
)
_NO_STATEMENT = r"(?!.*\s(?:is|are|was|were|has|have|can|may|must|should|will)\s)"
# Behind "then" a thing and no other action: "the pump", "to the pump", "relay K9".
_IS_THING = re.compile(
    r"(?:(?:to|from|at|on|in|with|for|by)\s)?(?:(?:the|an?|its|both|all)\s"
    rf"|(?:[A-Za-z]+\s)?[A-Z]{{0,3}}\d(?!\d{{0,3}}\s?{UNIT}(?!\w)))" + _NO_STATEMENT
)
_IS_DEED = re.compile(  # unscrew the filter, pull out the distributor
    r"(?:first\s)?(?:(?:[a-z]+\s){1,2}(?:the|its|both|all|an?)\s[a-z]|[a-z]+\s[a-z]{3,}\s\d{1,2}(?!\d))"
    + _NO_STATEMENT,
    re.IGNORECASE,
)
_MUST_BE = re.compile(r".*\b(?:must|has to|have to|should|is to|are to) be [a-z]+", re.IGNORECASE)
_DOING = re.compile(r"[a-z]+ing\s[a-z]{3,}", re.IGNORECASE)  # must be plugged in before checking the timing
_ADDITION = re.compile(
    r"(?<=\w)\s(?:of|with|at|on|in|to|from|by|for|until|and|using|first|last|second|next)\b.*|[,;:].*", re.DOTALL
)
_LEADING = re.compile(r"^(?:to|from|at|on|in|with|for|by|first|the|an?|its|both|all)\s", re.IGNORECASE)
_NAME = re.compile(rf"(?<![\w.,/-])([A-Z]{{0,3}})(\d{{1,4}})(?![\w/-]|[.,]\d|\s?{UNIT}(?!\w))")
_WORD = re.compile(r"[^\W\d_]{3,}")
_NO_THING = frozenset({"first", "last", "second", "next", "finally", "other", "one"})


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield patterns for two things of which a text takes one first, whichever of them that is."""
    for sentence in SENTENCE.split(text):
        for one, other in pairwise(_FOLLOWED_BY.split(sentence.rstrip("."))):
            if not (
                _IS_THING.match(other)
                or (_IS_DEED.match(one.strip()) and _IS_DEED.match(other))
                or (_MUST_BE.match(one) and _DOING.match(other))
            ):
                continue
            names = [
                [rf"(?:{letters}\W?)?{digits}(?!\s?{UNIT}(?!\w))" for letters, digits in _NAME.findall(part)]
                for part in (one, other)
            ]
            words = [_words(part) for part in (one, other)]
            for found in (names, words):
                own = [[one for one in side if one not in found[1 - at]] for at, side in enumerate(found)]
                if all(own):
                    yield own[0][-1], own[1][-1]
                    break


def _words(part: str) -> list[str]:
    """Return the words of the thing that a part of a sentence names, the verb before it included."""
    thing = _ADDITION.sub("", _LEADING.sub("", part.strip()))
    words = (word.lower() for word in _WORD.findall(thing))
    return [rf"{word[:STEM]}\w*" for word in words if word not in EMPTY | _NO_THING]
