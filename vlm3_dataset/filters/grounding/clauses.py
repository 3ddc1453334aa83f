"""Tell which clause of a passage says something: what another clause says is no answer. Pure.

    "Grease the hub and oil the chain."  ->  greased is the hub, and not the chain

There is no grammar here. A clause begins at a stop, or where a comma or "and" comes before a verb or a subject with its
article; "bolts and nuts" is a list and none. So does one that has left out its verb, "arrow to the front, letter to the
rear", if both sides of the comma say where something is. In doubt two clauses are one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from vlm3_dataset.language.wording import SIDE_WORDS, content, denials, words

FEWEST = 2  # words of a clause; a word by itself belongs to the list before it
_STOP = re.compile(r"[.!?]\s+(?=[\"'(*A-Z])|;\s+")  # 0.2 mm max. 3 times: no stop
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_MARK = re.compile(r"[A-Z]|[0-9.,]+")
_SMALL = r"of|in|on|at|for|with|to|from|by|under|behind|between|into|onto|over|per|as|than"
_LEADS = r"if|when|whenever|while|before|after|until|unless|because|since|as|so|that|which|who|where"
_VERB = rf"(?:(?!(?:{_SMALL}|{_LEADS}|and|or)\b)[\w-]+\s){{0,2}}"  # and what else may stand before an article
_ARTICLE = r"the|an?|it|its|them|their|this|these|each|all|both|one|two|three|four|five|six|eight|ten|not?|never"
BREAK = re.compile(
    rf",?\s(?:but|whereas)\s|,?\s(?:and|then)\s(?={_VERB}(?:{_ARTICLE})\b|\w{{2,}}ed\s)"
    rf"|,\s(?={_VERB}(?:the|an?|it|them|its|their)\b|\w{{2,}}ed\s|(?:{_LEADS})\s)",
    re.IGNORECASE,
)
_PLACE = (
    r"(?:in|on|at|for|with|to|from|by|under|behind|between|into|onto|over|towards?|against|above|below|up|down|out"
    rf"|{'|'.join(SIDE_WORDS)})\b"
)
_THING = rf"(?:(?!(?:{_SMALL}|{_LEADS}|and|or|not?|{_ARTICLE})\b)[a-z][\w-]*\s(?:\([0-9]+\)\s)?){{1,3}}?"
VERBLESS = re.compile(rf",\s(?:and\s)?(?={_THING}{_PLACE})|\sand\s(?={_THING}{_PLACE})", re.IGNORECASE)
_IS_PLACED = re.compile(rf"(?<=\w)\s{_PLACE}", re.IGNORECASE)
_LED = re.compile(rf"\s*(?:{_LEADS})\b", re.IGNORECASE)
_BEARS_ON = re.compile(r"\b(?:it|its|them|their|they)\b|^\s*(?:is|are|must|should|can|may|\w{2,}ed)\b", re.IGNORECASE)
_PLACED = re.compile(r"\b(in|on|of|for|at)\s(?=((?:[\w-]+\s?){1,4}))", re.IGNORECASE)
_FUNCTION = re.compile(rf"\b(?:{_SMALL}|{_LEADS}|and|or|is|are|be|was|has|have|must|should)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Clause:
    """The words and numbers of a clause, and these with those of what an "it" in it means.

    `subject` is what one without a verb says something of; the verb of its context is meant only of that.
    """

    told: frozenset[str]
    context: frozenset[str]
    denies: bool
    subject: frozenset[str] = frozenset()


def clauses(text: str) -> list[Clause]:
    """Return the clauses of a text in their order."""
    found: list[Clause] = []
    for sentence in _STOP.split(text):
        for whole in _joined(BREAK.split(sentence)):
            parts = VERBLESS.split(whole)
            if not all(_IS_PLACED.search(part) and len(words(part)) >= FEWEST for part in parts):
                parts = [whole]
            for number, part in enumerate(parts):
                told = _told(part)
                bears = found and _BEARS_ON.search(part) and not _LED.match(part)
                before = found[-1].context if bears or number else frozenset()
                if any(_MARK.fullmatch(word) for word in told):  # of "one marked H, one N" each has its own letter
                    before = frozenset(word for word in before if not _MARK.fullmatch(word))
                subject = words(_IS_PLACED.split(part)[0]) if number else frozenset()
                found.append(Clause(told, told | before, denials(part) % 2 == 1, subject))
    return found


def is_of_another_clause(question: str, answer: str, printed: str) -> bool:
    """Return whether an answer is said in one clause, and what is asked in another that has an answer of its own."""
    there = clauses(printed)
    if len(there) < 2:
        return False
    whole = _told(printed)
    own, given = _told(question) & whole, _told(answer) & whole
    asked = own - given
    for clause in clauses(answer):
        said = clause.told & whole
        if not said:
            continue
        homes = [one for one in there if said <= one.told and (one.denies or not clause.denies)]
        if all(_is_rivalled(home, there, asked, own | given) for home in homes):
            return True
    return False


def speaks_of_another(question: str, answer: str, printed: str, context: frozenset[str]) -> bool:
    """Return whether a text gives a thing another name or place than a question: a rod bearing, the main bearing.

    `context` holds all the words that are printed about the text, so that a heading may name the thing.
    """
    known = {word for word, _, _ in content(f"{question} {answer}")}
    context |= {word for word, _, _ in content(printed)}
    for asked, given in ((_names(question), _names(printed)), (_places(question), _places(printed))):
        for key in asked.keys() & given.keys():
            if not asked[key] & context and not given[key] & known:
                return True
    return False


def _joined(parts: list[str]) -> Iterator[str]:
    """Yield the parts of a sentence, what is too short or only a condition with its neighbour."""
    whole = ""
    for part in parts:
        led = bool(_LED.match(part))
        # A word by itself and a condition at the beginning cannot stand alone.
        is_complete = len(words(whole)) >= FEWEST and not (_LED.match(whole) and "," not in whole)
        if whole and not led and len(words(part)) >= FEWEST and is_complete:
            yield whole
            whole = part
        else:
            whole = f"{whole}, {part}" if whole else part
    yield whole


def _is_rivalled(home: Clause, there: list[Clause], asked: frozenset[str], known: frozenset[str]) -> bool:
    own = home.context if asked & home.told and home.subject <= known else home.told
    others = []
    for one in there:
        shared = (asked & one.told) - own
        is_named = not shared < one.subject or len(shared) >= len(asked & own)  # spring side, and not any side
        if one != home and shared and is_named:
            others.append(one)
    return any(one.told - known or one.denies != home.denies for one in others)


def _told(text: str) -> frozenset[str]:
    return words(text) | frozenset(_NUMBER.findall(text))


def _names(text: str) -> dict[str, frozenset[str]]:
    """Return for each word the words that stand right before it: the main of main bearing."""
    found: dict[str, frozenset[str]] = {}
    for (before, _, end), (word, start, _) in pairwise(content(text)):
        if not text[end:start].strip(" -"):
            found[word] = found.get(word, frozenset()) | {before}
    return found


def _places(text: str) -> dict[str, frozenset[str]]:
    """Return for each preposition the words of what follows it."""
    found: dict[str, frozenset[str]] = {}
    for match in _PLACED.finditer(text):
        following = words(_FUNCTION.split(match[2])[0])
        if following:
            found[match[1].lower()] = found.get(match[1].lower(), frozenset()) | following
    return found
