"""Read the names and numbers that a text states and those that it denies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from evaluation.scorers.denial import are_denied
from evaluation.scorers.reading import bare_numbers
from evaluation.scorers.rewriting import rewrite
from vlm3_dataset.identifiers import Identifier, figures
from vlm3_dataset.quantities import Quantity

WORD = re.compile(r"[^\s,;()]*\d[^\s,;()]*")
_STRIPED = re.compile(r"(?:(?:wire|cable|lead|one)\s)?(?:and|with)(?:\s(?:an?|the|thin|narrow))*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StatedNames:
    """The names and numbers of a text: those it states, those it denies, and words with digits that are neither."""

    identifiers: tuple[Identifier, ...]
    denied: tuple[Identifier, ...]
    counts: tuple[Quantity, ...]
    words: tuple[str, ...]


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
    nobodys = [match.group() for match in WORD.finditer(written.text) if set(range(*match.span())) & set(found.nobodys)]
    counts = [
        one
        for one in found.counts
        if (one.dimension == "count" or one.text.lower() != "one") and not _is_ordinal(written.text, one)
    ]
    return StatedNames(stands, rejected, tuple(counts), tuple(nobodys))


def _is_ordinal(text: str, number: Quantity) -> bool:
    """Return whether a word names a place in a row, as the third gear, and no share."""
    return number.text.lower() == "third" and not text.startswith(" of", number.end)


def join_striped_colours(
    colours: Sequence[Identifier], answer: str, expected: Sequence[Identifier]
) -> tuple[Identifier, ...]:
    """Return the names of an answer, joining two colours that make one wire of the reference: white and yellow."""
    pairs = {one.value for one in expected if one.kind == "colour"}
    paired: list[Identifier] = []
    for one in colours:
        before = paired[-1] if paired else None
        together = f"{before.value}/{one.value}" if before and one.kind == before.kind == "colour" else ""
        if before and together in pairs and _STRIPED.fullmatch(answer[before.end : one.start].strip()):
            paired[-1] = replace(before, value=together, text=answer[before.start : one.end], end=one.end)
        else:
            paired.append(one)
    return tuple(paired)


def says_number(word: str, answer: str) -> bool:
    """Return whether a word is a number that an answer states in another form: seven for 7, 3.9 to 1 for 3.9:1."""
    read = bare_numbers(word.rstrip(".,:;!?"))
    whole = len(read) == 1 and read[0].text == word.rstrip(".,:;!?")
    return whole and any(one.values == read[0].values for one in bare_numbers(answer) if not one.negated)
