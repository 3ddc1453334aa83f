"""Find terms in an answer: whole words in all forms, hyphenated or closed compounds; no stems, no embeddings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from evaluation.scorers.reading import inflection
from vlm3_dataset.quantities import find, same
from vlm3_dataset.quantities.folding import Folded, fold

# "spanner|wrench", or {"any": ["give"], "polarity": "negated", "verb": True, "instead": "specification"}
Term = str | Mapping[str, Any]
Polarity = Literal["affirmed", "negated"] | None

_TOKEN = re.compile(r"(?P<dotted>(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?)|[^\W_]+(?:'[^\W_]+)?")  # T.D.C.
_POSSESSIVE = re.compile(r"'s?$")
_JOINT = re.compile(r"[\s/-]{0,3}")  # crank-shaft, crank shaft, BK/YL
_LONGEST = 12  # words a compound may be written in

_CUES = frozenset({
    "not", "never", "no", "without", "avoid", "avoids", "avoided", "avoiding", "cannot", "neither", "nor", "instead",
    "fail", "fails", "failed", "refuse", "refuses", "refused", "unable", "impossible", "forbidden", "prohibited",
    "prevent", "prevents", "prevented", "preventing", "forbid", "forbids", "prohibit", "prohibits", "hardly",
    "unnecessary", "refrain", "needless", "none", "nobody",
})  # fmt: skip
_CUE_REACH = 6  # words before the term within which a negation applies to it
_CLAUSE_END = re.compile(r"[.;:!?,\n]")
_TURNS = frozenset({"but", "then", "before", "after", "until", "when", "if", "unless", "because", "since", "so"})
# After "and" these begin a new clause: "does not stall and will start".
_CLAUSE_STARTS = frozenset({
    "will", "would", "must", "should", "shall", "can", "may", "might", "do", "does", "is", "are", "was", "has",
    "have", "always", "it", "they", "you", "the", "this",
})  # fmt: skip
# Two negations are none: nothing prevents it, there is no reason not to.
_PREVENTS = frozenset({
    "prevent", "prevents", "prevented", "preventing", "forbid", "forbids", "forbidden", "prohibit", "prohibits",
    "prohibited", "impossible", "unnecessary",
})  # fmt: skip
_NOTHING = frozenset({"nothing", "not", "no", "never", "cannot", "nobody", "none"})
_NO_REASON = frozenset({"reason", "harm", "objection", "problem", "need"})
_ASIDE = re.compile(
    r"\b(?:not|never|cannot|\w+n't), [^,.;:!?\n]{1,40}, (?:(?:be|ever|to) )?$"
)  # not, at any price, heat it
_UNDONE = frozenset({"forget", "forgetting", "fail", "omit", "neglect", "hesitate", "only", "just"})
_REJECTED = re.compile(  # after the term, in its clause: reuse of the bolts is forbidden
    r"^-free\b|^: no\b"
    r"|^(?: [^,.;:!?\n]{0,40}?)? (?:(?:is|are|was|were|be|being) )?(?:strictly )?(?<!not )(?<!never )(?:forbidden"
    r"|prohibited|impossible"
    r"|unnecessary|ruled out|(?:to be )?avoided|(?:not|never|cannot|can't|isn't|aren't) (?:be )?(?:permitted|allowed"
    r"|possible|necessary|required|needed|recommended|permissible|advisable|acceptable|done|an option|advised)"
    r"|out of the question|banned|disallowed|inadmissible|taboo|not on)\b"
)
_LABELS = frozenset({
    "bore", "pin", "terminal", "port", "point", "mark", "position", "cylinder", "connector", "item", "letter",
    "hole", "line", "type",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int


def present(term: Term, answer: str) -> bool:
    """Return whether an answer holds a term: one of its synonyms, with the polarity asked for if one is."""
    return bool(term_spans(term, answer))


def term_spans(term: Term, answer: str) -> tuple[tuple[int, int], ...]:
    """Return where in the answer a term stands, as (start, end) of its characters.

    With `polarity` "negated" only where a "not" applies to it ("do not lubricate"), with "affirmed" only where none
    does. With `verb` the endings of a verb count too (lubricates, lubricated, lubricating). A term of `instead` counts
    in any case: "see Specifications" says as well that the page does not give it.
    """
    polarity, verb, instead = None, False, None
    if isinstance(term, str):
        synonyms = term.split("|")
    else:
        synonyms = [synonym for entry in term["any"] for synonym in entry.split("|")]
        polarity, verb, instead = term.get("polarity"), term.get("verb", False), term.get("instead")
    if signs := [one for one in synonyms if one and not any(map(str.isalnum, one))]:  # "???" has no words
        return tuple((at, at + len(one)) for one in signs if (at := answer.find(one)) >= 0) or term_spans(
            {**({} if isinstance(term, str) else term), "any": [one for one in synonyms if one not in signs]}, answer
        )
    folded = fold(answer)
    words = list(_words(folded))
    found = {
        (first, last)
        for synonym in synonyms
        for first, last in _find_runs(folded, words, _forms(synonym, verb=verb))
        if _is_meant(folded, words, first, last)
        and (polarity is None or _is_negated(folded, words, first, last, verb=verb) == (polarity == "negated"))
    }
    stand = [folded.span(words[first].start, words[last].end) for first, last in sorted(found)]
    return tuple(stand) + (term_spans(instead, answer) if instead else ())


def score(
    terms: Sequence[Term],
    answer: str,
    forbid: Sequence[Term] = (),
    ordered: Sequence[Term] = (),
    *,
    critical: bool = False,
) -> float | None:
    """Return terms found / (terms + forbidden terms found); None where no term is asked for.

    Terms in another order than `ordered` make it 0, and where the case is critical, so does a forbidden one, or one
    that stands with the other polarity than asked.
    """
    if not (terms or ordered):
        return None
    if not _in_order(ordered, answer):
        return 0.0
    wrong = sum(present(term, answer) for term in forbid)
    turned = (  # stand only with the other polarity
        present({**term, "polarity": None}, answer) and not present(term, answer)
        for term in terms
        if not isinstance(term, str) and term.get("polarity")
    )
    if critical and (wrong or any(turned)):
        return 0.0
    found = sum(present(term, answer) for term in terms)
    return found / (len(terms) + wrong) if terms else float(not wrong)


def _in_order(terms: Sequence[Term], answer: str) -> bool:
    """Return whether those of the terms that an answer holds stand in it in their order, each where it is first named.

    A term may be a value: "50 Nm" is found as "50 N·m" too.
    """
    first = []
    for term in terms:
        values = find(term) if isinstance(term, str) else ()
        if values:
            starts = [one.start for one in find(answer) if any(same(one, value) for value in values)]
        else:
            starts = [start for start, _ in term_spans(term, answer)]
        first += [min(starts)] if starts else []
    return first == sorted(first)


def _words(folded: Folded) -> Iterator[_Word]:
    for match in _TOKEN.finditer(folded.lower):
        if match["dotted"]:
            yield _Word(match.group().replace(".", ""), match.start(), match.end())
            continue
        text = _POSSESSIVE.sub("", match.group())
        yield _Word(inflection.american_spelling(text), match.start(), match.start() + len(text))


def _join_words(words: Sequence[str]) -> str:
    """Return words written as one, with a blank between digits: special tool 11 3 040 is 113040, not 11 30 40."""
    text = ""
    for word in words:
        text += f" {word}" if text[-1:].isdigit() and word[0].isdigit() else word
    return text


@lru_cache(maxsize=4096)  # three quarters of a score's time went into it
def _forms(synonym: str, *, verb: bool) -> frozenset[str]:
    """Return every way to write a synonym as one word: its plurals and singular, and the endings of its verb."""
    first, *rest = [word.text for word in _words(fold(synonym))] or [""]
    starts = inflection.verb_forms(first) if verb else {first}
    forms = {form for start in starts for form in inflection.singular_and_plurals(_join_words([start, *rest])) if form}
    return frozenset(one for form in forms for one in (form, form.replace(" ", "")))


def _find_runs(folded: Folded, words: Sequence[_Word], forms: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last word of each run of words that spells one of the forms."""
    longest = max(map(len, forms), default=0)
    run_together = not any(" " in form for form in forms)
    for first in range(len(words)):
        for last in range(first, min(first + _LONGEST, len(words))):
            if last > first and not _JOINT.fullmatch(folded.lower, words[last - 1].end, words[last].start):
                break
            spelled = _join_words([word.text for word in words[first : last + 1]])
            if len(spelled) > longest + 4:  # digits may stand in groups
                break
            if spelled in forms or (run_together and spelled.replace(" ", "") in forms):
                yield first, last


def _is_meant(folded: Folded, words: Sequence[_Word], first: int, last: int) -> bool:
    """Return whether a letter is a name, not a list's mark or a typing slip, and a number no part of a quantity."""
    word, text = words[first], folded.text
    if first != last or not (len(word.text) == 1 or word.text.isdigit()):
        return True
    if word.text.isdigit():
        return not any(one.start <= word.start < one.end for one in find(text))
    named = text[word.start].isupper() or (first and words[first - 1].text in _LABELS)
    listed = text[word.end : word.end + 1] == ")" and text[word.start - 1 : word.start] != "("
    return bool(named) and not listed


def _is_negated(folded: Folded, words: Sequence[_Word], first: int, last: int, *, verb: bool = False) -> bool:
    """Return whether a negation stands shortly before words `first` to `last` in their clause, or behind them.

    Two turn each other round: nothing prevents it, there is no reason not to.
    """
    if _REJECTED.match(folded.lower[words[last].end : words[last].end + 80]):
        return True
    if _ASIDE.search(folded.lower[: words[first].start]):
        return True
    for before in range(first - 1, max(-1, first - 1 - _CUE_REACH), -1):
        word, following = words[before], words[before + 1]
        if word.text in _TURNS or _CLAUSE_END.search(folded.lower, word.end, following.start):
            return False
        if word.text in {"and", "or"} and following.text in _CLAUSE_STARTS:
            return False
        if verb and word.text == "and" and words[first].text.endswith("s"):  # it does not stick and turns freely
            return False
        free_of = word.text == "free" and following.text in {"of", "from"}
        if free_of or word.text in _CUES or word.text.endswith("n't"):
            undone = any(between.text in _UNDONE for between in words[before + 1 : first])
            earlier = [one.text for one in words[max(0, before - 3) : before]]
            if word.text in _PREVENTS:
                double = any(one in _NOTHING or one.endswith("n't") for one in earlier)
            else:
                pairs = pairwise(earlier) if word.text == "not" else ()
                double = any(one in _NOTHING and other in _NO_REASON for one, other in pairs)
            return not (undone or double)
    return False
