"""Tell what part a word has in a sentence: what is worked on, and what with, out of, or where. Pure.

    "Grease the hub with tallow."  ->  the hub is greased, and the tallow is what it is greased with

A question asks for one of these, and the words of another are no answer, though all of them stand in one sentence.
There is no grammar here either: a phrase goes from its preposition to the next one or to a stop, and what stands in no
phrase is what is worked on. In doubt a word may have any part.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vlm3_dataset.filters.grounding.clauses import BREAK, VERBLESS
from vlm3_dataset.language.wording import content

# Prepositions of one meaning.
_KINDS = {
    "means": "with|using|by means of|by use of",
    "without": "without",
    "origin": "from|out of",
    "in": "in|into|inside|within",
    "on": "on|onto|upon|against",
    "to": r"to(?= (?:the|an?|what|which|where)\b|\s*\?)|towards?",
    "at": "at",
    "under": "under|underneath|below|beneath",
    "over": "over|above",
    "behind": "behind",
    "before": "before|prior to",
    "after": "after",
    "if": "if|when|whenever|unless",
    "for": "for",
}
_PLACES = frozenset({"in", "on", "to", "at"})  # a question may say "at" of what is printed with "on"
_GOALS = frozenset({"to", "in", "on"})  # of what comes from somewhere: into the pump
_TIMES = frozenset({"before", "after", "if", "at"})
_WHERE = frozenset({"origin", "in", "on", "to", "at", "under", "over", "behind"})
# But not "to": what is joined to a lead, the lead is joined to.
_EXCHANGED = frozenset({"means", "without", "origin", "in", "on", "under", "over", "behind", "before", "after", "if"})
_ANY = "|".join(f"(?P<{kind}>{one})" for kind, one in _KINDS.items())
_OPENS = re.compile(rf"(?<![\w-])(?:{_ANY})(?![\w-])", re.IGNORECASE)
_STOP = re.compile(r"[,;:.!?](?:\s|$)|\b(?:what|which)\b", re.IGNORECASE)
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|must|should|does|do|did|can|may|has|have|shall|will)\b", re.IGNORECASE)
_APPLIED = re.compile(r"\b(?:use|apply|tools?)\b", re.IGNORECASE)  # what follows these is a means too
_THING = re.compile(
    r"\s+(?:what|which|where)\b(?!\s+(?:order|sequence|way|case|condition|direction|position)s?\b)|\s*\?\s*$"
)
_ASKS_MEANS = re.compile(
    r"\b(?:what|which)\s(?:[\w-]+\s){0,3}?(?:is|are|must|should|can|may)\s(?:be\s)?used\s(?:to|for|on|when)\b"
    r"|\b(?:what|which)\s(?:special\s)?tools?\b",
    re.IGNORECASE,
)
_ASKS_ADVERB = re.compile(rf"\s*(?:(?P<place>where)|when)\s+{_AUXILIARY.pattern}", re.IGNORECASE)
_ASKS_DEED = re.compile(r"\bwhat\b.*\b(?:do|done|happens?|causes?|purpose)\b(?! you)", re.IGNORECASE)
_ASKS_WORK = re.compile(r"\s*(?:what|which)\b", re.IGNORECASE)
_COMPARED = re.compile(  # the left shaft is shorter than the right one
    r"(?P<one>(?:[\w-]+\s){1,8}?)(?:is|are|was|be)\s(?:[\w-]+\s){0,3}?(?P<how>\w+er|more|less)\s(?:[\w-]+\s)?than\s"
    r"(?P<other>(?:[\w-]+\s?){1,6})",
    re.IGNORECASE,
)
_IS_IT = re.compile(  # how much shorter is the left shaft than the right one?
    r"(?P<how>\w+er|more|less)\s(?:is|are|was)\s(?P<one>(?:[\w-]+\s){1,8}?)than\s(?P<other>(?:[\w-]+\s?){1,8})",
    re.IGNORECASE,
)


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
    if places and asked:
        if asked == {"means"}:
            phrases += _phrases(printed, _APPLIED, told)
        meant = [one for one in phrases if one.kind in asked]
        means = [one for one in phrases if one.kind == "means"]
        if not any(_is_in(at, meant) for at in places) and (meant or all(_is_in(at, means) for at in places)):
            return True
    elif places and _ASKS_WORK.match(question) and not _ASKS_DEED.search(question):
        worked_on = {word for word, start, _ in told[1:] if not _is_in(start, phrases)}  # the first is the work
        if worked_on - known and all(_is_in(at, phrases) for at in places):
            return True
    return False


def is_turned_round(question: str, answer: str, printed: str) -> bool:
    """Return whether a question or its answer exchanges two things of a text: what is worked on and what with, where
    something comes from and goes to, or which of two is longer.
    """
    told = content(printed)
    phrases = list(_phrases(printed, _OPENS, told))
    return _are_exchanged(question, told, phrases) or any(
        _goes_back(one, told, phrases) or _is_compared_the_other_way(one, printed) for one in (question, answer)
    )


def _asked(question: str) -> set[str]:
    """Return the kinds of phrase that a question asks for: "with which", or "of what is it pulled out?"."""
    kinds = {str(one.lastgroup) for one in _OPENS.finditer(question) if _THING.match(question, one.end())}
    if not kinds and _ASKS_MEANS.search(question):
        return {"means"}
    if not kinds and (found := _ASKS_ADVERB.match(question)):
        return set(_WHERE if found["place"] else _TIMES)
    return kinds | (_PLACES if kinds & _PLACES else set())


def _are_exchanged(question: str, told: list[tuple[str, int, int]], phrases: list[Phrase]) -> bool:
    """Return whether a question puts what is worked on in a phrase in which another thing is printed."""
    asked = content(question)
    known = {word for word, _, _ in asked}
    for phrase in _phrases(question, _OPENS, asked):
        is_means = phrase.kind == "means"
        if phrase.kind not in _EXCHANGED or (is_means and _ASKS_DEED.search(question)):  # what is done with it, to it
            continue
        own = {word for word, start, _ in asked if _is_in(start, [phrase])}
        alike = [one for one in phrases if one.kind == phrase.kind]
        inside = {word for word, start, _ in told if _is_in(start, alike)}
        outside = {word for word, start, _ in told if not _is_in(start, alike)}
        # A word may be in the names of both: pull the air sensor out of the air cleaner.
        if not (own - inside and own <= inside | outside) or own & (inside - outside):
            continue
        if inside and (phrase.kind != "if" or inside - known):  # "when the wick is worn" may be printed as "when worn"
            return True
        placed = [one for one in phrases if one.kind in _PLACES]
        if is_means and all(_is_in(start, placed) for word, start, _ in told if word in own):
            return True
    return False


def _goes_back(text: str, told: list[tuple[str, int, int]], phrases: list[Phrase]) -> bool:
    """Return whether a text goes from where another goes to: from the tank to the pump, from the pump to the tank."""
    begin, end = (
        {word for word, start, _ in told if _is_in(start, [one for one in phrases if one.kind in kinds])}
        for kinds in (("origin",), _GOALS)
    )
    if not (begin and end):
        return False
    said = content(text)
    for phrase in _phrases(text, _OPENS, said):
        if phrase.kind == "origin" or phrase.kind in _GOALS:
            own = {word for word, start, _ in said if _is_in(start, [phrase])}
            here, there = (begin, end) if phrase.kind == "origin" else (end, begin)
            if own & (there - here) and not own & (here - there):
                return True
    return False


def _is_compared_the_other_way(text: str, printed: str) -> bool:
    """Return whether a text compares two things the other way round: the right is shorter than the left one."""
    told, said = ([*_COMPARED.finditer(each), *_IS_IT.finditer(each)] for each in (printed, text))
    for one in told:
        less, more = ({word for word, _, _ in content(one[side])} for side in ("one", "other"))
        for other in said:
            first, second = ({word for word, _, _ in content(other[side])} for side in ("one", "other"))
            alike = one["how"].lower() == other["how"].lower()
            if alike and first & (more - less) and second & (less - more) and not first & (less - more):
                return True
    return False


def _phrases(text: str, opens: re.Pattern[str], told: list[tuple[str, int, int]]) -> Iterator[Phrase]:
    """Yield the phrases of a text that have words."""
    for found in opens.finditer(text):
        second = _OPENS.match(text, found.end() + 1) if found.lastgroup == "origin" else None  # from above
        begins = second.end() if second else found.end()
        signs = (_OPENS, _STOP, BREAK, VERBLESS, _AUXILIARY)
        ends = [one.start() for sign in signs if (one := sign.search(text, begins))]
        phrase = Phrase(found.lastgroup or "means", found.end(), min(ends, default=len(text)))
        if any(_is_in(start, [phrase]) for _, start, _ in told):
            yield phrase


def _is_in(place: int, phrases: list[Phrase]) -> bool:
    return any(one.start <= place < one.end for one in phrases)
