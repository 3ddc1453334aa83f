"""Find questions that are asked twice: exact repeats first, then those of the same meaning.

Vectors alone are unsafe here: with all-MiniLM-L6-v2 pairs of different meaning (step 3 and step 4, front and rear) lie
at cosine 0.84 to 0.99, paraphrases at 0.78 to 0.99. So a pair is a duplicate only if its numbers and its opposite words
are the same, the answers agree, and cosine >= 0.85. That blocked 12 of 12 different pairs and found 6 of 8 equal.

The words are compared first: they part the questions into small clusters, and only what shares one needs a vector.
Rules that ask in a page's own words have no other words for the same thing: `temperature sensor, air` and `temperature
sensor, oil` of one table lie above 0.85, so what they ask about must be the same letters (of 40 such pairs joined by
meaning alone on real torque tables, 9 were two parts with one torque).

An owner tells in a sentence what the manual prints in a cell, so the two are compared by the values of their answers;
the manual's pair stays. If rules asked it, the owner's must have been found to agree with that very page.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log

import numpy as np
from threadpoolctl import threadpool_limits

from vlm3_dataset.language.wording import PLACE, distinguishing_words
from vlm3_dataset.quantities import Quantity, find, once_each, respelled, same
from vlm3_dataset.quantities.units import named
from vlm3_dataset.schema import QA, normal

COSINE = 0.85
BLOCK = 1_024  # rows compared at a time: of 100,000 questions in one cluster 1,024 x 100,000 floats are 400 MB
BETWEEN = re.compile(r"\s+|(?<!\d)[^\w\s]+|[^\w\s]+(?!\d)")  # words; a point between digits is part of a number
BY_RULES = frozenset({"rules"})  # labelers that ask in a page's own words
BY_OWNERS = "quoted"  # the grounding of what owners say
LADDER = 1.2
RANK = {"verified": 0, "none": 1, "unconfirmed": 2, "quoted": 3}  # the manual's stays before an owner's
SECOND = {"agrees": 0, "not asked": 1, "disputes": 2}

Embed = Callable[[Sequence[str]], np.ndarray]  # texts -> float32 [n, d], rows of length 1


@dataclass(frozen=True, slots=True)
class Item:
    """A pair and its page; items are compared in the order given."""

    page_id: str
    qa: QA


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The reason why a pair is dropped, and the page of the one that stays."""

    reason: str
    page_id: str


def duplicates(items: Sequence[Item], embed: Embed) -> dict[int, Duplicate]:
    """Return the index of every pair to drop, with its duplicate; of two the better grounded stays, else the first."""
    ranks = [(RANK[item.qa.numbers_grounded], SECOND[item.qa.second_reader], i) for i, item in enumerate(items)]
    order = [i for *_, i in sorted(ranks)]
    repeats = _exact(items, order)
    meant = _same_meaning(items, [i for i in order if i not in repeats], embed)
    printed = _in_the_manual(items, [i for i in order if i not in repeats and i not in meant], embed)
    meant = {i: printed.get(kept, kept) for i, kept in meant.items()} | printed
    gone = {}
    for i, kept in (*meant.items(), *repeats.items()):
        page_id = items[meant.get(kept, kept)].page_id  # what a repeat is like may itself be gone for another
        is_exact = i in repeats and kept not in meant
        reason = "the same question and answer as on" if is_exact else "means the same as a question on"
        gone[i] = Duplicate(f"{reason} {page_id}", page_id)
    return gone


def without_signs(text: str) -> str:
    """Return a text without case, blanks and signs between words: two readers give `M14 × 1.5` and `M14x1.5`."""
    return BETWEEN.sub("", text.casefold().replace("×", "x"))


def _exact(items: Sequence[Item], order: Iterable[int]) -> dict[int, int]:
    """Return each pair that repeats another letter by letter, with that one."""
    first: dict[tuple[str, str], int] = {}
    gone = {}
    for i in order:
        kept = first.setdefault((without_signs(items[i].qa.question), normal(items[i].qa.answer)), i)
        if kept != i:
            gone[i] = kept
    return gone


def _same_meaning(items: Sequence[Item], order: Sequence[int], embed: Embed) -> dict[int, int]:
    """Return each pair that means the same as an earlier one that stays, with that one."""
    clusters: dict[tuple[frozenset[str], str, str], list[int]] = defaultdict(list)
    # Quantities have one spelling here: 25 N·m is 25 Nm.
    spelled = {
        text: normal(
            respelled(text, lambda one: f" {one.kind} {one.side} {' '.join(map(str, one.values))} {one.unit} ")
        )
        for text in {items[i].qa.answer for i in order}
    }
    for i in order:
        qa = items[i].qa
        question = PLACE.sub("", qa.question)
        subject = without_signs(question) if qa.labeler in BY_RULES else ""
        clusters[distinguishing_words(question), spelled[qa.answer], subject].append(i)
    shared = [cluster for cluster in clusters.values() if len(cluster) > 1]
    if not shared:
        return {}
    vectors = embed([items[i].qa.question for cluster in shared for i in cluster])
    gone: dict[int, int] = {}
    start = 0
    with threadpool_limits(1, "blas"):  # on busy cores the threads of each small product wait for each other
        for cluster in shared:
            for later, earlier in _near(vectors[start : start + len(cluster)]):
                gone[cluster[later]] = cluster[earlier]
            start += len(cluster)
    return gone


def _in_the_manual(items: Sequence[Item], order: Sequence[int], embed: Embed) -> dict[int, int]:
    """Return each pair of an owner whose question and values a pair of the manual has, with that one."""
    if len({items[i].qa.numbers_grounded == BY_OWNERS for i in order}) < 2:  # there are none of the one or the other
        return {}
    values = {i: found for i in order if (found := _values(items[i].qa.answer))}
    printed: dict[tuple[frozenset[str], str, int], list[int]] = defaultdict(list)
    for i, found in values.items():
        if items[i].qa.numbers_grounded != BY_OWNERS:
            printed[_asked(items[i].qa), found[0].dimension, _size(found[0])].append(i)
    likely: dict[int, list[int]] = {}
    for i, found in values.items():
        if items[i].qa.numbers_grounded == BY_OWNERS:
            asked, size = _asked(items[i].qa), _size(found[0])
            close = (printed.get((asked, found[0].dimension, size + step), ()) for step in (-1, 0, 1))
            likely[i] = [
                one
                for one in chain.from_iterable(close)
                if _are_equal(found, values[one]) and _may_be_one(items[i].qa, items[one])
            ]
    places = sorted({i for i, others in likely.items() if others} | set(chain.from_iterable(likely.values())))
    if not places:
        return {}
    vectors = dict(zip(places, embed([items[i].qa.question for i in places]), strict=True))
    near = {i: [one for one in others if vectors[i] @ vectors[one] >= COSINE] for i, others in likely.items()}
    return {i: others[0] for i, others in near.items() if others}


def _asked(qa: QA) -> frozenset[str]:
    return distinguishing_words(PLACE.sub("", qa.question))


def _values(text: str) -> list[Quantity]:
    """Return the quantities of an answer that have a unit, one that is given in two units once."""
    return once_each(one for one in find(text) if one.unit)


def _size(value: Quantity) -> int:
    """Return the step of a ladder of values on which one stands; equal ones in two units stand a step apart at most."""
    unit = named(value.unit)
    size = abs(float(value.interval[0] * unit.factor + unit.offset if unit else value.interval[0]))
    return round(log(size, LADDER)) if size else 0


def _are_equal(some: Sequence[Quantity], others: Sequence[Quantity]) -> bool:
    return len(some) == len(others) and all(map(same, some, others))


def _may_be_one(owners: QA, other: Item) -> bool:
    """Return False for what rules ask, in a page's own words, unless the owner's pair was found to be of that page."""
    return other.qa.labeler not in BY_RULES or owners.manual.startswith(f"{other.page_id}: ")


def _near(vectors: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield each row near to an earlier one that stays, with the first of these. `vectors` is float32 [n, d]."""
    stays = np.ones(len(vectors), bool)
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        near = block @ vectors[: start + len(block)].T >= COSINE
        for row, later in enumerate(range(start, start + len(block))):
            hits = near[row, :later] & stays[:later]
            if hits.any():
                stays[later] = False
                yield later, int(hits.argmax())
