"""Read the names and numbers that a text states and those that it denies."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from evaluation.scorers.reading.denial import are_denied
from evaluation.scorers.reading.quantities import bare_numbers, quantities
from evaluation.scorers.reading.rewriting import rewrite
from vlm3_dataset.identifiers import Identifier, figures, same
from vlm3_dataset.quantities import Quantity

WORD = re.compile(r"[^\s,;(){}]*\d[^\s,;(){}]*")
_LONG_NAME = 4  # characters of a name that is looked for in an answer however it is read there
_DIGIT = re.compile(r"\d")
_OR_WORD = re.compile(rf"\b(?:or|oder|ou|oppure)\s(?P<word>{WORD.pattern})", re.IGNORECASE)
_SPACED_WORD = re.compile(rf"(?:\b[A-Z] )?{WORD.pattern}")  # M 1 is one word
_STRIPED = re.compile(
    r"(?:wire|cable|lead|one)?,?\s?(?:the\s(?:wire|cable|lead|one)\s)?(?:and|with|(?:that|which) has|having)"
    r"(?:\s(?:an?|the|thin|narrow))*",
    re.IGNORECASE,
)
_STRIPE_ON = re.compile(r"(?:stripe|tracer|trace|line)s? (?:on|over)(?: an?| the)?", re.IGNORECASE)
_STRIPE = re.compile(r"[\s-](?:stripe|tracer|trace|line)s?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StatedNames:
    """The names and numbers of a text: those it states, those it denies, and words with digits that are neither."""

    identifiers: tuple[Identifier, ...]
    denied: tuple[Identifier, ...]
    counts: tuple[Quantity, ...]
    words: tuple[str, ...]
    denied_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    dimension: str


@lru_cache(maxsize=4096)
def read_names(text: str, question: str = "") -> StatedNames:
    """Return the names and numbers of a text in any form; the question tells what a bare number is."""
    written = rewrite(text)
    found = figures(written.text, question)
    flags = are_denied(written.text, [_Place(one.start, one.end, one.kind) for one in found.identifiers])
    placed = [replace(one, start=written.starts[one.start], end=written.ends[one.end - 1]) for one in found.identifiers]
    stands, rejected = (
        tuple(one for one, no in zip(placed, flags, strict=True) if no is side) for side in (False, True)
    )
    nobodys = [match for match in WORD.finditer(written.text) if set(range(*match.span())) & set(found.nobodys)]
    no = are_denied(written.text, [_Place(*match.span(), "word") for match in nobodys])
    words, denied = (
        tuple(match.group() for match, flag in zip(nobodys, no, strict=True) if flag is side) for side in (False, True)
    )
    counts = [
        one
        for one in found.counts
        if (one.dimension == "count" or one.text.lower() != "one")
        and not any(one.end + 1 == value.start for value in found.quantities)  # two 90° turns
        and (one.text.lower() != "third" or written.text.startswith(" of", one.end))  # a third, not the third gear
    ]
    return StatedNames(stands, rejected, tuple(counts), words, denied)


def join_striped_colours(
    colours: Sequence[Identifier], text: str, expected: Sequence[Identifier]
) -> tuple[Identifier, ...]:
    """Return the names of a text, joining two colours that make one wire of the reference: white and yellow.

    White with a yellow stripe is one wire, whatever the reference has.
    """
    pairs = {one.value for one in expected if one.kind == "colour"}
    paired: list[Identifier] = []
    for one in colours:
        before = paired[-1] if paired else None
        together = f"{before.value}/{one.value}" if before and one.kind == before.kind == "colour" else ""
        wire = ""
        if before and together:
            gap = text[before.end : one.start].strip()
            if _STRIPE_ON.fullmatch(gap):  # a green stripe on brown
                wire = f"{one.value}/{before.value}"
            elif (together in pairs or _STRIPE.match(text, one.end)) and _STRIPED.fullmatch(gap):
                wire = together
        if before and wire:
            paired[-1] = replace(before, value=wire, text=text[before.start : one.end], end=one.end)
        else:
            paired.append(one)
    return tuple(paired)


def says_number(word: str, answer: str) -> bool:
    """Return whether a word is a number that an answer states in another form: seven for 7, 3.9 to 1 for 3.9:1."""
    read = bare_numbers(word.rstrip(".,:;!?"))
    whole = len(read) == 1 and read[0].text == word.rstrip(".,:;!?")
    return whole and any(one.values == read[0].values for one in bare_numbers(answer) if not one.negated)


def letters_and_digits(text: str) -> str:
    return re.sub(r"[^\w]|_", "", text).upper()


def says_word(word: str, answer: str) -> bool:
    """Return whether an answer has a word, whatever stands between its letters and digits."""
    return letters_and_digits(word) in map(letters_and_digits, _SPACED_WORD.findall(answer) + WORD.findall(answer))


def is_written(one: Identifier, answer: str, given: StatedNames) -> bool:
    """Return whether an answer has a name that was not recognised as one: "20" for fuse 20, or within a word."""
    if any(same(one, other) for other in given.denied):
        return False
    if re.search("[A-Za-z]", one.text) and re.search(rf"(?<!\w){re.escape(one.text)}(?!\w)", answer, re.IGNORECASE):
        return True
    if one.kind == "date" and re.search(rf"\d\s?[/.’'-]\s?{one.value[-2:]}\b", answer):  # 9/87
        return True
    if len(one.value) >= _LONG_NAME:
        return has_long_name(one, answer)
    if one.kind == "screw length" and any(f"{q.values[0]:f} {q.unit}" == f"{one.value} mm" for q in quantities(answer)):
        return True
    if one.value.isdecimal() and not any(other.kind == one.kind for other in given.identifiers):  # fuse eleven
        spoken = [number for number in bare_numbers(answer) if number.text.isalpha() and not number.negated]
        if any(str(number.values[0]) == one.value for number in spoken):
            return True
    others = {other.value for other in given.identifiers if not same(other, replace(one, kind=other.kind))}
    alone = re.finditer(rf"(?<![\w.,/-]){one.value}(?!\w|[.,]\d)", answer)
    measured = {
        at for other in quantities(answer) for at in range(other.start, other.end)
    }  # a 15 A fuse is not fuse 15
    return one.value not in others and any(found.start() not in measured for found in alone)


def has_long_name(one: Identifier, text: str) -> bool:
    """Return whether a text has the characters of a long name, whatever it calls them."""
    long = len(one.value) >= _LONG_NAME
    return long and bool(
        re.search(rf"(?<!\d){re.escape(letters_and_digits(one.value))}(?!\d)", letters_and_digits(text))
    )


def misspelled_words(reference: str, answer: str, question: str) -> list[str]:
    """Return words of an answer that differ only in digits from one that the reference has more often: 395 iX.

    Where two are offered ("C14 or C41"), the other one counts in any case.
    """
    told, wanted, asked = (Counter(_words_with_digits(text)) for text in (answer, reference, question))
    lost = {_DIGIT.sub("0", word) for word in wanted - told if len(word) > 1}
    like = {_DIGIT.sub("0", word) for word in wanted if len(word) > 1}
    chosen = {word for match in _OR_WORD.finditer(answer) for word in _words_with_digits(match["word"])}
    return [
        word
        for word in sorted(told - wanted)
        if word not in wanted + asked and _DIGIT.sub("0", word) in (like if word in chosen else lost)
    ]


def _words_with_digits(text: str) -> list[str]:
    """Return the words with digits that are no part of a value with a unit."""
    measured = [one for one in quantities(text) if one.kind not in {"thread", "code"}]
    return [
        match.group().replace(" ", "").strip(".,:;!?'\"*").upper()
        for match in _SPACED_WORD.finditer(text)
        if not any(one.start < match.end() and match.start() < one.end for one in measured)
    ]
