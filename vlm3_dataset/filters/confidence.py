"""Rate an answer from a thread by the manual, where both are about one thing, and by the other owners. Pure.

An equal number alone means nothing: 24 Nm for the clutch cover does not confirm 24 Nm for a caliper. So a fact of the
manual counts only where its dimension is the same and both are about one thing (`subjects`). Nothing from a forum is
ever `verified`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from vlm3_dataset.filters.claims import by_statement, contradictions, count_owners
from vlm3_dataset.filters.subjects import Subject, alternatives, beside, is_about, is_narrower, subject
from vlm3_dataset.labelers import rules as printed
from vlm3_dataset.labelers.words import first_quantity, is_sure, is_value
from vlm3_dataset.quantities import Quantity, agree, find, within
from vlm3_dataset.schema import QA, Confidence, Dropped, Page, Reading, Thread
from vlm3_dataset.sources.rows import rows, text_of

NUMBERED = re.compile(r"\d\d ?- ?\d{1,2}\b")  # a line of a page's head begins with the page's number
DIFFERS = "the manual says otherwise"


@dataclass(frozen=True, slots=True)
class ManualFact:
    """A value that the manual gives, and the thing that has it."""

    page_id: str
    named: str  # as it is printed
    about: Subject
    quantity: Quantity
    head: frozenset[str]  # the words beside the page's number: 24-3 Automatic Transmission


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one fact of the manual says about a pair."""

    agrees: bool
    fact: ManualFact
    told: str  # the value that the thread gives


def facts(page: Page, reading: Reading, pairs: Iterable[QA]) -> Iterator[ManualFact]:
    """Yield the facts of a page of the manual: from its tables and lines, and from its pairs."""
    told = [(", ".join((one.subject, *one.qualifiers)), one.quantity) for one in printed.facts(reading) if one.quantity]
    told += [
        (label.text, first_quantity(value.text))
        for label, value in chain.from_iterable(map(pairwise, rows(reading.segments)))
        if label.text.endswith(":") and is_sure(value) and is_value(value.text)  # beside a drawing's letter, too
    ]
    told += [
        (qa.question, found[0]) for qa in pairs if qa.numbers_grounded == "verified" and (found := find(qa.answer))
    ]
    top = map(text_of, rows(reading.segments)[:3])
    head = subject("\n".join(text for text in top if NUMBERED.match(text))).words
    for named, quantity in told:
        for each in alternatives(named):
            if (about := subject(each)).words:
                yield ManualFact(page.page_id, named.strip(" :"), about, quantity, head)


def weigh(qa: QA, thread: Thread, manual: Mapping[str, Sequence[ManualFact]]) -> QA | Dropped:
    """Return the pair with its confidence, or dropped where the manual gives another value.

    `manual` has the facts by dimension, as `by_dimension` sorts them.
    """
    comparisons = list(_comparisons(qa, thread, manual))
    count = count_owners(qa, thread)
    if against := next((one for one in comparisons if not one.agrees), None):
        fact = against.fact
        return Dropped(
            qa, f"{DIFFERS}: {fact.page_id} gives {fact.quantity.text} ({fact.named}), the thread {against.told}"
        )
    level: Confidence = "several owners" if count > 1 else "one owner"
    if comparisons:
        level = "manual agrees"
    elif contradictions(qa, thread):
        level = "disputed"
    agreeing = comparisons[0].fact if comparisons else None
    said = f"{agreeing.page_id}: {agreeing.quantity.text}" if agreeing else ""
    return replace(qa, confidence=level, owners=count, manual=said, numbers_grounded="quoted")


def by_dimension(found: Iterable[ManualFact]) -> dict[str, list[ManualFact]]:
    """Sort facts by the dimension of their value."""
    sorted_: dict[str, list[ManualFact]] = {}
    for fact in found:
        sorted_.setdefault(fact.quantity.dimension, []).append(fact)
    return sorted_


def _comparisons(qa: QA, thread: Thread, manual: Mapping[str, Sequence[ManualFact]]) -> Iterator[Comparison]:
    """Yield for each value of the answer what the manual's fact says that names most of the statement.

    A fact that differs says nothing where a narrower one has the value: the statement may mean that.
    """
    asked = subject(qa.question)
    for statement, _ in by_statement(qa):
        around = subject(f"{statement}\n{qa.question}\n{thread.title}\n{thread.forum}")
        for told in find(statement):
            candidates = manual.get(told.dimension, ()) if told.unit else ()
            said = subject(beside(statement, told))
            speaks = [
                fact
                for fact in candidates
                if is_about(fact.about, said, asked, around, fact.head)
                and not (_is_limit_of(told, said, asked, fact) and _agrees(told, fact.quantity))
            ]
            if not speaks:
                continue
            best = max(speaks, key=lambda fact: _closeness(fact, told, said, asked))
            agrees = _agrees(told, best.quantity)
            if agrees or not any(
                _agrees(told, fact.quantity) and is_narrower(fact.about, best.about, said) for fact in candidates
            ):
                yield Comparison(agrees, best, told.text)


def _closeness(fact: ManualFact, told: Quantity, said: Subject, asked: Subject) -> tuple[int, bool, int]:
    """Rank a fact by how many words of a statement it names, then by its value, then by sizes that nobody named."""
    named = fact.about.words & (said.words or asked.words)
    return len(named), _agrees(told, fact.quantity), -len(fact.about.sizes - said.sizes)


def _is_limit_of(told: Quantity, said: Subject, asked: Subject, fact: ManualFact) -> bool:
    """Whether somebody tells the least or the most of what a fact gives the value of: equal, it confirms nothing."""
    return not ({told.side} - {""}) | said.limits | asked.limits <= {fact.quantity.side} | fact.about.limits


def _agrees(told: Quantity, given: Quantity) -> bool:
    return agree(told, given) or within(told, given)
