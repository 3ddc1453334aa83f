"""Does an answer use the word? Whole words, plurals, hyphens and closed compounds; no stems and no embeddings.

Stemmers join what a workshop keeps apart (bearing and bear, bushing and bush), so the endings allowed are listed here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from vlm3_dataset.quantities.folding import Folded, fold

# "spanner|wrench", or {"any": ["give"], "polarity": "negated", "verb": True, "instead": "specification"}
Term = str | Mapping[str, Any]
Polarity = Literal["affirmed", "negated"] | None

_TOKEN = re.compile(r"(?P<dotted>(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?)|[^\W_]+(?:'[^\W_]+)?")  # T.D.C.
_POSSESSIVE = re.compile(r"'s?$")
_JOINT = re.compile(r"[\s-]{0,3}")  # crank-shaft, crank shaft
_LONGEST = 12  # words a compound may be written in

_CUES = frozenset({"not", "never", "no", "without", "avoid", "cannot", "neither", "nor", "instead"})
_CUE_REACH = 4  # words before the term in which a negation governs it
_CLAUSE_END = re.compile(r"[.;:!?,\n]")
_TURNS = frozenset({"but", "then"})


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int


def present(term: Term, answer: str) -> bool:
    """Whether an answer holds a term: one of its synonyms, with the polarity asked for if one is."""
    return bool(places(term, answer))


def places(term: Term, answer: str) -> tuple[tuple[int, int], ...]:
    """Where in the answer a term stands, as (start, end) of its characters.

    With `polarity` "negated" only where a "not" governs it ("do not lubricate"), with "affirmed" only where none
    does. With `verb` the endings of a verb count too (lubricates, lubricated, lubricating). A term of `instead` counts
    in any case: "see Specifications" says as well that the page does not give it.
    """
    synonyms, polarity, verb = _read(term)
    folded = fold(answer)
    words = list(_words(folded))
    found = {
        (first, last)
        for synonym in synonyms
        for first, last in _runs(folded, words, _forms(synonym, verb=verb))
        if polarity is None or _negated(folded, words, first) == (polarity == "negated")
    }
    stand = [folded.span(words[first].start, words[last].end) for first, last in sorted(found)]
    instead = None if isinstance(term, str) else term.get("instead")
    return tuple(stand) + (places(instead, answer) if instead else ())


def score(terms: Sequence[Term], answer: str, forbid: Sequence[Term] = ()) -> float | None:
    """Terms found / (terms + forbidden terms found); None where no term is asked for."""
    if not terms:
        return None
    found = sum(present(term, answer) for term in terms)
    return found / (len(terms) + sum(present(term, answer) for term in forbid))


def _read(term: Term) -> tuple[list[str], Polarity, bool]:
    if isinstance(term, str):
        return term.split("|"), None, False
    synonyms = [synonym for entry in term["any"] for synonym in entry.split("|")]
    return synonyms, term.get("polarity"), term.get("verb", False)


def _words(folded: Folded) -> Iterator[_Word]:
    for match in _TOKEN.finditer(folded.lower):
        if match["dotted"]:
            yield _Word(match.group().replace(".", ""), match.start(), match.end())
            continue
        text = _POSSESSIVE.sub("", match.group())
        yield _Word(text, match.start(), match.start() + len(text))


def _closed(words: Sequence[str]) -> str:
    """Words written as one. Groups of digits stay apart: special tool 11 3 040 is not 11 30 40."""
    text = ""
    for word in words:
        text += f" {word}" if text[-1:].isdigit() and word[0].isdigit() else word
    return text


def _forms(synonym: str, *, verb: bool) -> frozenset[str]:
    """Every way to write a synonym as one word: its plurals and singular, and the endings of its verb."""
    first, *rest = [word.text for word in _words(fold(synonym))] or [""]
    starts = _conjugated(first) if verb else {first}
    return frozenset(form for start in starts for form in _numbers(_closed([start, *rest])) if form)


def _numbers(word: str) -> set[str]:
    if not word or word[-1].isdigit():
        return {word}
    forms = {word, f"{word}s", f"{word}es"}
    if word.endswith("y"):
        forms.add(f"{word[:-1]}ies")
    if word.endswith("ies"):
        forms.add(f"{word[:-3]}y")
    if word.endswith("es"):
        forms.add(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        forms.add(word[:-1])
    return forms


def _conjugated(verb: str) -> set[str]:
    stems = {verb}
    if verb.endswith("e"):
        stems.add(verb[:-1])
    elif re.search(r"[^aeiou][aeiou][^aeiouwxy]$", verb):  # fit, fitted
        stems.add(verb + verb[-1])
    endings = {stem + ending for stem in stems for ending in ("ed", "ing")}
    return {verb, f"{verb}s", *endings} | ({f"{verb[:-1]}ied"} if verb.endswith("y") else set())


def _runs(folded: Folded, words: Sequence[_Word], forms: frozenset[str]) -> Iterator[tuple[int, int]]:
    """First and last of each run of words that spells one of the forms."""
    longest = max(map(len, forms), default=0)
    for first in range(len(words)):
        for last in range(first, min(first + _LONGEST, len(words))):
            if last > first and not _JOINT.fullmatch(folded.lower, words[last - 1].end, words[last].start):
                break
            spelled = _closed([word.text for word in words[first : last + 1]])
            if len(spelled) > longest:
                break
            if spelled in forms:
                yield first, last


def _negated(folded: Folded, words: Sequence[_Word], at: int) -> bool:
    """Whether one of the words shortly before word `at`, in its clause, is a negation."""
    for before in range(at - 1, max(-1, at - 1 - _CUE_REACH), -1):
        word, following = words[before], words[before + 1]
        if word.text in _TURNS or _CLAUSE_END.search(folded.lower, word.end, following.start):
            return False
        if word.text in _CUES or word.text.endswith("n't"):
            return True
    return False
