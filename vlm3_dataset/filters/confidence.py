"""What an answer from a thread is worth: compared with the manual, by subject, and with the other owners. Pure.

A number that happens to be equal says nothing: 24 Nm of the clutch cover does not confirm 24 Nm of a caliper. So a fact
of the manual speaks about an answer only where it is of the same dimension, everything that it names is named there,
and most of what is named there is its subject. Nothing from a forum is ever `verified`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from vlm3_dataset.filters.claims import by_statement, disputes, owners, stems, within
from vlm3_dataset.filters.duplicates import guard
from vlm3_dataset.labelers import rules as printed
from vlm3_dataset.labelers.words import first_quantity, is_sure, is_value
from vlm3_dataset.quantities import Quantity, agree, find
from vlm3_dataset.schema import QA, Confidence, Dropped, Page, Reading, Thread
from vlm3_dataset.sources.rows import rows
from vlm3_dataset.sources.worth import sentence

NAMED = 0.75  # of a fact's words that an answer must name
SUBJECT = 0.5  # of an answer's words that must be the fact's subject
DIFFERS = "the manual says otherwise"
SAME = {
    "screw": "bolt", "bolts": "bolt", "nuts": "nut", "lash": "clear", "gap": "clear", "intak": "inlet", "plugs": "plug",
    "thick": "width", "tyres": "tire", "capac": "quant", "conte": "quant", "filli": "quant", "capat": "quant",
}  # fmt: skip
SIZE = re.compile(r"m\d{1,2}(?:x[\d.,]+)?|8[.,]8|10[.,]9|12[.,]9")
TIMES = re.compile(r"(?<=\d) ?[x×] ?(?=\d)")
GENERIC_WORDS = """
    tightening tighten tightened torque torqued torques value values spec specs specification specified manual book
    given set sets setting setpoint measured measure measures reading reads check checked checking adjust adjusted
    adjustment correct right figure nominal should must about approx roughly exactly between minus plus max maximum
    min minimum cold warm hot bmw engine s14 e30 use used using mine went done fitted fit new old owner owners car
    value mm bar volt volts ohm kohm degrees litre litres liter liters pounds foot feet inch inches rpm range same
    always never dealer says size
"""
GENERIC = stems(GENERIC_WORDS)


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of the manual, and what it is the value of."""

    page_id: str
    about: frozenset[str]
    apart: frozenset[str]  # what tells it from its likes: front, intake, S14
    sizes: frozenset[str]  # of its bolt: M8, 10.9; an owner seldom names it
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Word:
    """What the manual says of a pair."""

    agrees: bool
    page_id: str
    value: str
    told: str  # by the thread


def facts(page: Page, reading: Reading, pairs: Iterable[QA]) -> Iterator[Fact]:
    """Yield what a page of the manual gives: what it prints in tables and lines, and what its pairs say."""
    told = [(" ".join((one.subject, *one.qualifiers)), one.quantity) for one in printed.facts(reading) if one.quantity]
    told += [
        (label.text, first_quantity(value.text))
        for label, value in chain.from_iterable(map(pairwise, rows(reading.segments)))
        if label.text.endswith(":") and is_sure(value) and is_value(value.text)  # beside a drawing's letter, too
    ]
    told += [
        (qa.question, found[0]) for qa in pairs if qa.numbers_grounded == "verified" and (found := find(qa.answer))
    ]
    for subject, quantity in told:
        if about := _subject(subject):
            yield Fact(page.page_id, about, *_apart(subject), quantity)


def weigh(qa: QA, thread: Thread, manual: Mapping[str, Sequence[Fact]]) -> QA | Dropped:
    """Return the pair with what it is worth, or dropped where the manual says otherwise.

    `manual` has the facts by dimension, as `by_dimension` sorts them.
    """
    words = list(_words(qa, thread, manual))
    count = owners(qa, thread)
    if against := next((word for word in words if not word.agrees), None):
        return Dropped(qa, f"{DIFFERS}: {against.page_id} gives {against.value}, the thread {against.told}")
    level: Confidence = "several owners" if count > 1 else "one owner"
    if words:
        level = "manual agrees"
    elif disputes(qa, thread):
        level = "disputed"
    said = f"{words[0].page_id}: {words[0].value}" if words else ""
    return replace(qa, confidence=level, owners=count, manual=said, numbers_grounded="quoted")


def by_dimension(found: Iterable[Fact]) -> dict[str, list[Fact]]:
    """Sort facts by the dimension of their value."""
    sorted_: dict[str, list[Fact]] = {}
    for fact in found:
        sorted_.setdefault(fact.quantity.dimension, []).append(fact)
    return sorted_


def _words(qa: QA, thread: Thread, manual: Mapping[str, Sequence[Fact]]) -> Iterator[Word]:
    """What the manual says of each value of the answer: an agreeing fact first, then the one that names most of it."""
    for statement, _ in by_statement(qa):
        for told in find(statement):
            clause = sentence(statement, told.start)
            subject = _subject(clause)
            context = subject | _subject(qa.question)
            apart, sizes = _apart(f"{clause} {qa.question} {thread.title} {thread.forum}")
            speaks = [
                fact
                for fact in manual.get(told.dimension, ())
                if told.unit
                and _is_about(fact, subject or context, context)
                and fact.apart <= apart
                and (not sizes or fact.sizes <= sizes)
            ]
            if speaks:
                best = max(speaks, key=lambda fact: (_agrees(told, fact.quantity), len(fact.about & context)))
                yield Word(_agrees(told, best.quantity), best.page_id, best.quantity.text, told.text)


def _is_about(fact: Fact, subject: frozenset[str], context: frozenset[str]) -> bool:
    shared = fact.about & context
    named, is_subject = len(shared) >= NAMED * len(fact.about), len(fact.about & subject) >= SUBJECT * len(subject)
    return bool(shared) and named and is_subject


def _apart(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """What tells a thing from its likes, and the sizes of bolts among it."""
    folded = TIMES.sub("x", text)
    found = guard(folded)
    sizes = frozenset(word for word in found if SIZE.fullmatch(word))
    return found - sizes, sizes


def _agrees(told: Quantity, given: Quantity) -> bool:
    return agree(told, given) or within(told, given)


def _subject(text: str) -> frozenset[str]:
    """What a phrase is about: its words without values, units and what any instruction says."""
    bare, done = [], 0
    for quantity in find(text):
        bare.append(text[done : quantity.start])
        done = quantity.end
    words = stems(" ".join([*bare, text[done:]])) - GENERIC
    return frozenset(SAME.get(word, word) for word in words)
