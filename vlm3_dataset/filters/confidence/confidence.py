"""Rate an answer from a thread by the manual, where both are about one thing, and by the other owners. Pure.

An equal number alone means nothing: 24 Nm for the clutch cover does not confirm 24 Nm for a caliper. So a fact of the
manual counts only where its dimension is the same and both are about one thing (`about`). Nothing from a forum is
ever `verified`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from vlm3_dataset.filters.claims.claims import count_owners, refuse
from vlm3_dataset.filters.claims.contradictions import contradictions
from vlm3_dataset.filters.claims.quotes import by_statement
from vlm3_dataset.filters.confidence.about import is_about, is_narrower
from vlm3_dataset.filters.confidence.manual_facts import ManualFact
from vlm3_dataset.filters.confidence.subjects import MEASURED, SIDES, Subject, subject, told_of
from vlm3_dataset.filters.grounding.statements import plain
from vlm3_dataset.quantities import Quantity, agree, find, within
from vlm3_dataset.schema import QA, Confidence, Dropped, Thread
from vlm3_dataset.sources.threads.worth import BOUNDARY, sentence

DIFFERS = "the manual says otherwise"
# Who says that a tank holds 60 litres tells its quantity without the word; who put 60 litres in does not.
PROPERTY = re.compile(
    r"(?i)\b(?:should|must|supposed to|holds?|takes?|needs?|wants?|gets?|fits|opens?|closes?|kicks in|cuts in"
    r"|(?<!there )(?:is|are)(?= \S+ ?(?:l|lit\w+|gal\w*|quarts?|qts?|pints?)\b))\b"
)
UP_TO = re.compile(r"(?i)\bup to\s*\Z")  # who does bolts up to 40 Nm does so with 40 Nm
STATE = re.compile(r"(?i)\b(?:was|were|had|when|while|until|after|now|still|left|only|mine|if|or so)\b")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one fact of the manual says about a pair."""

    agrees: bool
    fact: ManualFact
    told: str  # the value that the thread gives


def weigh(qa: QA, thread: Thread, manual: Mapping[str, Sequence[ManualFact]]) -> QA | Dropped:
    """Return the pair with its confidence, or dropped where the manual gives another value.

    `manual` has the facts by dimension, as `manual_facts.by_dimension` sorts them.
    """
    rated, comparisons = among_owners(qa, thread), list(_comparisons(qa, thread, manual))
    if not comparisons:
        return rated
    found = next((one for one in comparisons if not one.agrees), comparisons[0])
    fact, value = found.fact, found.fact.quantity.bounded_text
    rated = replace(rated, manual=f"{fact.page_id}: {value}")
    if found.agrees:
        return replace(rated, confidence="manual agrees")
    why = f"{DIFFERS}: {fact.page_id} gives {value} ({fact.named}), the thread {found.told}"
    return Dropped(replace(rated, confidence="manual differs"), why)


def among_owners(qa: QA, thread: Thread) -> QA:
    """Return the pair with what its owners' agreement is worth, the manual left aside."""
    count = count_owners(qa, thread)
    level: Confidence = "several owners" if count > 1 else "one owner"
    if contradictions(qa, thread):
        level = "disputed"
    return replace(qa, confidence=level, owners=count, manual="", numbers_grounded="quoted")


def reworded(qa: QA, thread: Thread) -> QA:
    """Return a pair that a person worded anew as its posts have it; without claims where they do not carry it."""
    return replace(qa, claims=(), numbers_grounded="unconfirmed") if refuse(qa, thread) else among_owners(qa, thread)


def _comparisons(qa: QA, thread: Thread, manual: Mapping[str, Sequence[ManualFact]]) -> Iterator[Comparison]:
    """Yield for each value of the answer what the manual's fact says that names most of the statement.

    A fact that differs says nothing where a narrower one has the value: the statement may mean that.
    """
    asked = subject(qa.question)
    for statement, claims in by_statement(qa):
        for found in find(statement):
            is_done_to = found.dimension == "torque" and UP_TO.search(statement, 0, found.start)
            told = replace(found, side="") if is_done_to else found
            is_said = told.unit and not told.negated and not sentence(statement, told.start).endswith("?")
            candidates = manual.get(told.dimension, ()) if is_said else ()
            if not candidates:
                continue
            named, rest = told_of(statement, told)
            said, text = subject(named), f"{rest}\n{qa.question}\n{thread.title}\n{thread.forum}"
            if not (said.words - SIDES or asked.words):  # I torqued them to 20 Nm
                # The quote may go on to speak of what the sentence before it names, as "it" or "them".
                post = next((post.text for post in thread.posts if post.number == claims[0].post), "")
                sentences = BOUNDARY.split(post.partition(claims[0].quote)[0])
                before = next(filter(str.strip, reversed(sentences)), "")
                said, text = subject(f"{before}\n{named}"), f"{before}\n{text}"
            measure = MEASURED.get(told.dimension, "")
            if measure not in said.words | asked.words and PROPERTY.search(named) and not STATE.search(named):
                candidates = [replace(fact, about=fact.about.without(measure)) for fact in candidates]
            best = _best(candidates, told, said, asked, subject(text))
            if best and not _is_allowed(told, best.quantity):
                yield Comparison(_agrees(told, best.quantity), best, told.bounded_text)


def _best(
    candidates: Sequence[ManualFact], told: Quantity, said: Subject, asked: Subject, around: Subject
) -> ManualFact | None:
    """Return the fact that an owner's value is compared with; None where the manual has none, or several disagree."""
    limits = ({told.side} - {""}) | said.limits | asked.limits
    speaks = [
        fact
        for fact in candidates
        if is_about(fact, said, asked, around)
        # The least or the most of what a fact gives the value of is, where it is equal, no confirmation.
        and (limits <= {fact.quantity.side} | fact.about.limits or not _agrees(told, fact.quantity))
    ]
    if not speaks:
        return None
    named, sizes = said.words or asked.words, said.sizes
    best = max(
        speaks,
        key=lambda fact: (
            len(fact.about.words & named),
            len(fact.about.apart),
            _agrees(told, fact.quantity),
            -len(fact.about.sizes - sizes),
        ),
    )
    if _agrees(told, best.quantity):
        doubted = not all(map(partial(_is_among, told), _by_place(best, speaks, said, asked)))
    else:
        narrower = [fact for fact in candidates if is_narrower(fact.about, best.about, said)]
        doubted = _is_among(told, narrower) or any(_is_allowed(told, fact.quantity) for fact in narrower)
    return None if doubted else best


def _by_place(best: ManualFact, speaks: Iterable[ManualFact], said: Subject, asked: Subject) -> list[list[ManualFact]]:
    """Return the facts that name as much of a statement as the best one, by the place that the owner left out.

    A master cylinder has two nuts: one holds it to the console, the other to the pedals.
    """
    words = said.words or asked.words
    sorted_: dict[frozenset[str], list[ManualFact]] = {}
    for fact in speaks:
        if fact.about.words & words == best.about.words & words and len(fact.about.apart) == len(best.about.apart):
            sorted_.setdefault(fact.about.place - words, []).append(fact)
    return list(sorted_.values())


def _is_among(told: Quantity, some: Iterable[ManualFact]) -> bool:
    return any(_agrees(told, fact.quantity) for fact in some)


def _agrees(told: Quantity, given: Quantity) -> bool:
    return agree(told, given) or (agree(told, plain(given)) if given.side else within(told, given))


def _is_allowed(told: Quantity, given: Quantity) -> bool:
    """Return whether an owner's value keeps a limit of the manual, which neither confirms nor contradicts it."""
    return bool(given.side) and not told.side and not _agrees(told, given) and within(told, given)
