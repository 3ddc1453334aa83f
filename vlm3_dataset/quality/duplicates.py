"""Questions that are asked twice: exact repeats first, then the same meaning.

Vectors alone are unsafe here: with all-MiniLM-L6-v2 pairs of different meaning (step 3 and step 4, front and rear) lie
at cosine 0.84 to 0.99, paraphrases at 0.78 to 0.99. So a pair is a duplicate only if cosine >= 0.85, its numbers and
its opposite words are the same, and the answers agree. That blocked 12 of 12 different pairs and found 6 of 8 equal.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vlm3_dataset.schema import QA

COSINE = 0.85
BLOCK = 1_024  # rows compared at a time: 12,000 questions take 1.4 s and 12,000 x 1,024 floats are 49 MB
OPPOSITES = (
    ("front", "rear"), ("left", "right"), ("intake", "exhaust"), ("inlet", "outlet"), ("upper", "lower"),
    ("inner", "outer"), ("hot", "cold"), ("remove", "install"), ("removing", "installing"), ("minimum", "maximum"),
    ("min", "max"), ("first", "second", "third"), ("1st", "2nd", "3rd", "4th", "5th"), ("new", "old", "used"),
    ("open", "closed"), ("with", "without"),
)  # fmt: skip
OPPOSITE_WORDS = frozenset(word for words in OPPOSITES for word in words)
WORD = re.compile(r"[\w.,/-]*\w")
RANK = {"verified": 0, "none": 1, "unconfirmed": 2}

Embed = Callable[[Sequence[str]], np.ndarray]  # texts -> float32 [n, d], rows of length 1


@dataclass(frozen=True, slots=True)
class Item:
    """A pair and where it stands; items are compared in the order given."""

    page_id: str
    qa: QA


def duplicates(items: Sequence[Item], embed: Embed) -> dict[int, str]:
    """Index of every pair that goes, with the reason; the better grounded one of two stays, else the earlier."""
    order = sorted(range(len(items)), key=lambda i: (RANK[items[i].qa.numbers_grounded], i))
    gone = _exact(items, order)
    rest = [i for i in order if i not in gone]
    gone |= _same_meaning(items, rest, embed)
    return gone


def guard(text: str) -> frozenset[str]:
    """What must be equal for two questions to be one: tokens with a digit, and words that have an opposite."""
    words = (word.casefold().strip(".,") for word in WORD.findall(text))
    return frozenset(word for word in words if word in OPPOSITE_WORDS or any(sign.isdigit() for sign in word))


def normal(text: str) -> str:
    """A text without case, punctuation at its ends, and runs of blanks."""
    return " ".join(word.casefold().strip(".,;:!?") for word in text.split())


def _exact(items: Sequence[Item], order: Iterable[int]) -> dict[int, str]:
    first: dict[tuple[str, str], int] = {}
    gone = {}
    for i in order:
        kept = first.setdefault((normal(items[i].qa.question), normal(items[i].qa.answer)), i)
        if kept != i:
            gone[i] = f"the same question and answer as on {items[kept].page_id}"
    return gone


def _same_meaning(items: Sequence[Item], order: Sequence[int], embed: Embed) -> dict[int, str]:
    if len(order) < 2:
        return {}
    questions = [items[i].qa.question for i in order]
    vectors = embed(questions)
    guards = [guard(question) for question in questions]
    answers = [normal(items[i].qa.answer) for i in order]
    gone: dict[int, str] = {}
    for start in range(0, len(order), BLOCK):
        near = vectors[start : start + BLOCK] @ vectors.T >= COSINE
        for row, column in zip(*np.nonzero(near), strict=True):
            later = start + row
            kept, dropped = order[column], order[later]
            if column >= later or dropped in gone or kept in gone:
                continue
            if guards[column] == guards[later] and answers[column] == answers[later]:
                gone[dropped] = f"means the same as a question on {items[kept].page_id}"
    return gone
