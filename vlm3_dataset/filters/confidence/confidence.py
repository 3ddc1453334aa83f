"""Rate an answer from a thread by the manual, where both are about one thing, and by the other owners. Pure.

An equal number alone means nothing: 24 Nm for the clutch cover does not confirm 24 Nm for a caliper. So a fact of the
manual counts only where its dimension is the same and both are about one thing (`about`). Nothing from a forum is
ever `verified`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vlm3_dataset.filters.claims.claims import count_owners, refuse
from vlm3_dataset.filters.claims.contradictions import contradictions
from vlm3_dataset.filters.claims.quotes import by_statement
from vlm3_dataset.filters.confidence.about import is_about, is_narrower
from vlm3_dataset.filters.confidence.manual_facts import ManualFact
from vlm3_dataset.filters.confidence.stages import compare, in_statement, same_value
from vlm3_dataset.filters.confidence.subjects import MEASURED, SIDES, Subject, subject, told_of
from vlm3_dataset.quantities import Quantity, within
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


@dataclass(frozen=True, slots=True)
class Told:
    """A value that an owner gives, and the stages that it is the first of."""

    quantity: Quantity
    stages: tuple[Quantity, ...] = ()

    def agrees(self, fact: ManualFact) -> bool | None:
        """Return whether a fact has the value; None where the value neither confirms nor contradicts it.

        So it is with a value that keeps a limit of the manual, and with one of several stages.
        """
        told, given = self.quantity, fact.quantity
        if fact.stages:
            return compare(self.stages or (told,), fact.stages)
        if self.stages:
            return None if any(same_value(stage, given) for stage in self.stages) else False
        if same_value(told, given):
            return True
        return None if given.side and not told.side and within(told, given) else False

    def may_be(self, fact: ManualFact) -> bool:
        """Return whether an owner may have his value from a fact; one with a single value never gives stages."""
        return self.agrees(fact) is not False and not (self.stages and not fact.stages)


def weigh(qa: QA, thread: Thread, manual: Mapping[str, Sequence[ManualFact]]) -> QA | Dropped:
    """Return the pair with its confidence, or dropped where the manual gives another value.

    `manual` has the facts by dimension, as `manual_facts.by_dimension` sorts them.
    """
    rated, comparisons = among_owners(qa, thread), list(_comparisons(qa, thread, manual))
    if not comparisons:
        return rated
    found = next((one for one in comparisons if not one.agrees), comparisons[0])
    fact, value = found.fact, found.fact.value
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

    A fact that differs says nothing where another of the thing or a narrower one has the value.
    """
    asked = subject(qa.question)
    for statement, claims in by_statement(qa):
        for whole, found, stages in in_statement(statement):
            is_done_to = found.dimension == "torque" and UP_TO.search(whole, 0, found.start)
            told = Told(replace(found, side="") if is_done_to else found, stages)
            is_said = found.unit and not found.negated and not sentence(whole, found.start).endswith("?")
            candidates = manual.get(found.dimension, ()) if is_said else ()
            if not candidates:
                continue
            named, rest = told_of(whole, found)
            said, text = subject(named), f"{rest}\n{qa.question}\n{thread.title}\n{thread.forum}"
            if not (said.words - SIDES or asked.words):  # I torqued them to 20 Nm
                # The quote may go on to speak of what the sentence before it names, as "it" or "them".
                post = next((post.text for post in thread.posts if post.number == claims[0].post), "")
                sentences = BOUNDARY.split(post.partition(claims[0].quote)[0])
                before = next(filter(str.strip, reversed(sentences)), "")
                said, text = subject(f"{before}\n{named}"), f"{before}\n{text}"
            measure = MEASURED.get(found.dimension, "")
            if measure not in said.words | asked.words and PROPERTY.search(named) and not STATE.search(named):
                candidates = [replace(fact, about=fact.about.without(measure)) for fact in candidates]
            best = _best(candidates, told, said, asked, subject(text))
            if best and (agrees := told.agrees(best)) is not None:
                yield Comparison(agrees, best, told.quantity.bounded_text)


def _best(
    candidates: Sequence[ManualFact], told: Told, said: Subject, asked: Subject, around: Subject
) -> ManualFact | None:
    """Return the fact that an owner's value is compared with; None where the manual has none, or several disagree."""
    limits = ({told.quantity.side} - {""}) | said.limits | asked.limits
    speaks = [
        fact
        for fact in candidates
        if is_about(fact, said, asked, around)
        # The least or the most of what a fact gives the value of is, where it is equal, no confirmation.
        and (limits <= {fact.quantity.side} | fact.about.limits or not told.agrees(fact))
    ]
    agreeing = [fact for fact in speaks if told.agrees(fact)]
    named, sizes = said.words or asked.words, said.sizes
    best = max(
        (fact for fact in speaks if fact.is_firm or fact in agreeing),
        key=lambda fact: (
            len(fact.about.words & named),
            len(fact.about.apart),
            fact in agreeing,
            -len(fact.about.sizes - sizes),
        ),
        default=None,
    )
    if best is None or (agreeing and best not in agreeing):
        return None
    if best in agreeing:
        doubted = not all(any(map(told.agrees, facts)) for facts in _by_place(best, speaks, said, asked))
    else:
        narrower = (fact for fact in candidates if is_narrower(fact, best.about, said, around))
        doubted = any(map(told.may_be, narrower))
    return None if doubted else best


def _by_place(best: ManualFact, speaks: Iterable[ManualFact], said: Subject, asked: Subject) -> list[list[ManualFact]]:
    """Return the facts that name as much of a statement as the best one, by the place that the owner left out.

    A master cylinder has two nuts: one holds it to the console, the other to the pedals.
    """
    words = said.words or asked.words
    sorted_: dict[frozenset[str], list[ManualFact]] = {}
    for fact in speaks:
        if (
            fact.is_firm
            and fact.about.words & words == best.about.words & words
            and len(fact.about.apart) == len(best.about.apart)
        ):
            sorted_.setdefault(fact.about.place - words, []).append(fact)
    return list(sorted_.values())
