"""Tell what part a word has in a sentence: what is worked on, and what with, out of, or where. Pure.

    "Grease the hub with tallow."  ->  the hub is greased, and the tallow is what it is greased with

A question asks for one of these, and the words of another are no answer, though all of them stand in one sentence.
There is no grammar here either: a phrase goes from its preposition to the next one or to a stop, and what stands in no
phrase is what is worked on. In doubt a word may have any part.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vlm3_dataset.filters.clauses import BREAK
from vlm3_dataset.filters.wording import content

# Prepositions of one meaning.
_KINDS = {
    "means": "with|using|by means of|by use of",
    "origin": "from|out of",
    "in": "in|into|inside|within",
    "on": "on|onto|upon|against",
    "to": r"to(?= (?:the|an?|what|which)\b)|towards?",
    "at": "at",
    "under": "under|underneath|below|beneath",
    "over": "over|above",
    "behind": "behind",
    "before": "before|prior to",
    "after": "after",
    "if": "if|when|whenever|unless",
    "for": "for",
}
_PLACES = frozenset({"in", "on", "to", "at", "for"})  # a question may say "at" of what is printed with "on"
_OF_WORK = frozenset({"means", "origin", "in", "on", "to", "at", "under", "over", "behind"})  # and not of its time
_EXCHANGED = _OF_WORK - {"to", "at"} | {"before", "after"}  # what is joined to a lead, the lead is joined to
_OPENS = re.compile(rf"\b(?:{'|'.join(f'(?P<{kind}>{one})' for kind, one in _KINDS.items())})\b", re.IGNORECASE)
_STOP = re.compile(r"[,;:.!?](?:\s|$)|\b(?:what|which)\b", re.IGNORECASE)
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|must|should|does|do|did|can|may|has|have|shall|will)\b", re.IGNORECASE)
_APPLIED = re.compile(r"\b(?:use|apply|tools?)\b", re.IGNORECASE)  # what follows these is a means too
_THING = re.compile(r"\s+(?:what|which)\b(?!\s+(?:order|sequence|way|case|condition|direction|position)s?\b)|\s*\?\s*$")
_ASKS_MEANS = re.compile(
    r"\b(?:what|which)\s(?:[\w-]+\s){0,3}?(?:is|are|must|should|can|may)\s(?:be\s)?used\s(?:to|for|on|when)\b"
    r"|\b(?:what|which)\s(?:special\s)?tools?\b",
    re.IGNORECASE,
)
_ASKS_DEED = re.compile(r"\bwhat\b.*\b(?:do|done|happens?|causes?|purpose)\b(?! you)", re.IGNORECASE)
_ASKS_WORK = re.compile(r"\s*(?:what|which)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A preposition's kind, and from where to where its words stand in a text."""

    kind: str
    start: int
    end: int


def has_another_part(question: str, answer: str, printed: str) -> bool:
    """Return whether the words of an answer, or of its question, have in a text another part than is asked for."""
    known = {word for word, _, _ in content(question)}
    given = {word for word, _, _ in content(answer)} - known
    told = content(printed)
    places = [start for word, start, _ in told if word in given]
    phrases = list(_phrases(printed, _OPENS, told))
    asked = _asked(question)
    if asked and places:
        if asked == {"means"}:
            phrases += _phrases(printed, _APPLIED, told)
        meant = [one for one in phrases if one.kind in asked]
        return bool(meant) and not any(_is_in(place, meant) for place in places)
    if _ASKS_DEED.search(question):
        return False
    of_work = [one for one in phrases if one.kind in _OF_WORK]
    if not asked and places and _ASKS_WORK.match(question) and all(_is_in(place, of_work) for place in places):
        worked_on = [word for word, start, _ in told[1:] if not _is_in(start, of_work)]  # the first is the work
        if any(word not in known for word in worked_on):
            return True
    return _are_exchanged(question, told, phrases)


def _asked(question: str) -> set[str]:
    """Return the kinds of phrase that a question asks for: "with which", or "of what is it pulled out?"."""
    kinds = {str(one.lastgroup) for one in _OPENS.finditer(question) if _THING.match(question, one.end())}
    if not kinds and _ASKS_MEANS.search(question):
        return {"means"}
    return kinds | (_PLACES if kinds & _PLACES else set())


def _are_exchanged(question: str, told: list[tuple[str, int, int]], phrases: list[Phrase]) -> bool:
    """Return whether a question puts what is worked on in a phrase in which another thing is printed."""
    asked = content(question)
    for phrase in _phrases(question, _OPENS, asked):
        alike = [one for one in phrases if one.kind == phrase.kind]
        if phrase.kind not in _EXCHANGED or not alike:
            continue
        own = {word for word, start, _ in asked if _is_in(start, [phrase])}
        at = {start: word for word, start, _ in told if word in own}
        if own == set(at.values()) and not any(_is_in(start, alike) for start in at):
            return True
    return False


def _phrases(text: str, opens: re.Pattern[str], told: list[tuple[str, int, int]]) -> Iterator[Phrase]:
    """Yield the phrases of a text that have words."""
    for found in opens.finditer(text):
        ends = [one.start() for sign in (_OPENS, _STOP, BREAK, _AUXILIARY) if (one := sign.search(text, found.end()))]
        phrase = Phrase(found.lastgroup or "means", found.end(), min(ends, default=len(text)))
        if any(_is_in(start, [phrase]) for _, start, _ in told):
            yield phrase


def _is_in(place: int, phrases: list[Phrase]) -> bool:
    return any(one.start <= place < one.end for one in phrases)
