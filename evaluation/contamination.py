"""Measure how much of a question was in the training rows: on such a question a model shows memory. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GRAM = 8  # words; shorter questions count as one gram, whole
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class RowContent:
    """What a model can learn of a row."""

    image_sha256: str  # "" without a page
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """What the training rows share with one question."""

    page: bool  # the same image
    pair: bool  # the same question with the same answer, about any page
    grams: float  # share of the question's 8-grams that a training question holds

    @property
    def seen(self) -> bool:
        return self.page or self.pair


def find_overlaps(asked: Mapping[str, RowContent], training: Iterable[RowContent]) -> dict[str, Overlap]:
    """Return the overlap of each question, by its id. Case, punctuation and blanks make no difference."""
    images: set[str] = set()
    pairs: set[tuple[str, ...]] = set()
    grams: set[tuple[str, ...]] = set()
    for row in training:
        images |= {row.image_sha256} - {""}
        pairs.add(_pair(row))
        grams |= _grams(row.question)
    return {
        name: Overlap(
            page=one.image_sha256 in images,
            pair=_pair(one) in pairs,
            grams=len(own & grams) / len(own) if (own := _grams(one.question)) else 0.0,
        )
        for name, one in asked.items()
    }


def count(overlaps: Mapping[str, Overlap]) -> dict[str, int]:
    """Return how many questions overlap with the training rows, by what they share."""
    found = list(overlaps.values())
    return {
        "questions": len(found),
        "same_page": sum(one.page for one in found),
        "same_pair": sum(one.pair for one in found),
        "any_8_gram": sum(one.grams > 0 for one in found),
        "all_8_grams": sum(one.grams == 1 for one in found),
    }


def _pair(row: RowContent) -> tuple[str, ...]:
    # The answer's points and signs stay: 2.4 is not 24, and -0.1 not 0.1.
    return (*_words(row.question), "?", *row.answer.casefold().split())


def _grams(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[at : at + GRAM]) for at in range(max(1, len(words) - GRAM + 1))} if words else set()


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
