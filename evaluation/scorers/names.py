"""Read the names and numbers that a text states and those that it denies."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from evaluation.scorers.denial import are_denied
from evaluation.scorers.reading import rewrite
from vlm3_dataset.identifiers import Identifier, figures
from vlm3_dataset.quantities import Quantity

WORD = re.compile(r"[^\s,;()]*\d[^\s,;()]*")


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
    counts = [one for one in found.counts if one.dimension == "count" or one.text.lower() != "one"]  # the brown one
    return StatedNames(stands, rejected, tuple(counts), tuple(nobodys))
