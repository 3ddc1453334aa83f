"""Define a printed fact, and choose the facts that can be asked about. Pure.

A fact that could be read two ways is left out: a missing question costs nothing, a wrong torque breaks an engine.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from vlm3_dataset.labelers.rules.words import (
    INSTRUCTION,
    LOOSE_END,
    first_quantity,
    is_certain,
    is_clear,
    is_phrase,
)
from vlm3_dataset.quantities import Quantity
from vlm3_dataset.schema import Box

# Subjects that mean something only under a heading; which heading is theirs the rows alone do not say.
GENERIC = re.compile(
    r"(?i)(tightening )?torques?|torque angle|((1st|2nd|3rd|first|second|third) )?(stage|step|pass|phase)( \d+)?"
    r"|min\w*\.?|max\w*\.?|wear limit|values?|new|old|used|all( others?)?|settling time|set screw|subsequent .*"
    r"|front|rear|left|right|intake|exhaust|inner|outer|type|screw|measure|unit|thread"
    r"|(nominal|specified|actual|measured|min\w*\.?|max\w*\.?)( values?)?( reading)?|tolerances?|results?|readings?"
    r"|requirements?( for .*)?|conditions?|checking|source( of supply)?|tools?|layout"
    r"|(distance|dimension|gap|length|play|clearance|thickness|height|width|switch|reading) ?\W?\w{0,2}\W?"
    r"|switch (pressed|released|open|closed)|(introduction|production|build|issue) date|date|page|example.*"
    r"|notes?|installation|important|caution|attention|warning|remarks?"
)
# One stage of a tightening. The engine stands in a row above, and the other stages in rows below: of 50 pairs read by
# eye the two of this kind were asked of every engine on the page.
STAGE = re.compile(r"(?i)(tightening )?torque|torque angle|((1st|2nd|3rd) )?(stage|step|pass)( \d+)?")
EXAMPLE = re.compile(r"(?i)\be\. ?g\b|\bexample|^\W*\w ?=|\b\w = .*=")
REFERENCE = re.compile(r"(?i)\bsee\s|refer|\*|\?\?")
LOOKALIKES = str.maketrans("ilto", "1110")
NO_ENTRY = re.compile(r"\d{3} ?[a-z]{1,2}|(?i:gr|group)\.? ?\d+")  # a car, and the group that tells more
MEASURING = re.compile(r"(?i)(check|measure|adjust|set)\b(?! ?screw)")  # Check length of spring: 68 mm
VERB = re.compile(
    r"(?i)^(for|with|at|in|on|of|to|by|from|after|before)\b|\b(must|should|can|is|are|has|have|will|may|does|do|not)\b"
)  # of half a sentence
LONGEST_QUALIFIER = 70  # characters
MOST_QUALIFIERS = 4


@dataclass(frozen=True, slots=True)
class Fact:
    """The `value` that a page gives for a `subject`, told apart by `qualifiers`, in the printed words of `evidence`."""

    subject: str
    qualifiers: tuple[str, ...]
    value: str
    evidence: str
    quantity: Quantity | None  # the value, where it is one; the first of two units or of several stages
    box: Box  # of its subject


@dataclass(frozen=True, slots=True)
class PrintedQA:
    """A question with the answer that a page prints, in the words of `evidence`."""

    question: str
    answer: str
    evidence: str
    question_type: str


def fact(subject: str, qualifiers: Iterable[str], value: str, evidence: str, box: Box) -> Fact:
    """Return a fact with the edges of its printed words trimmed."""
    clean = value.strip().rstrip(".;,")
    named = tuple(qualifier.strip(" .:-*") for qualifier in qualifiers)
    return Fact(subject.strip(" .:-*"), tuple(filter(None, named)), clean, evidence, first_quantity(clean), box)


def sound_facts(found: Iterable[Fact]) -> list[Fact]:
    """Return the sound facts, each subject with its qualifiers once; none where the page gives it two values."""
    values = defaultdict(list)
    for one in found:
        if is_sound(one):
            values[without_lookalikes(one.subject), tuple(map(without_lookalikes, one.qualifiers))].append(one)
    agreed = [same for same in values.values() if len({one.value.casefold() for one in same}) == 1]
    # Where OCR left no words, or a value without its sign, a fact only contradicts others of its subject.
    was_read = (
        [one for one in same if is_clear(f"{one.subject} {one.value}") and (not one.quantity or is_certain(one.value))]
        for same in agreed
    )
    return [same[0] for same in was_read if same]


def unambiguous(asked: Iterable[PrintedQA]) -> list[PrintedQA]:
    """Return the questions that the page answers one way only, each once."""
    answers = defaultdict(list)
    for one in asked:
        answers[without_lookalikes(one.question)].append(one)
    return [same[0] for same in answers.values() if len({one.answer.casefold() for one in same}) == 1]


def without_lookalikes(text: str) -> str:
    """Return a text with look-alike letters made equal: OCR reads AIl for All, O for 0, t for 1; still one subject."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip().translate(LOOKALIKES)


def is_sound(one: Fact) -> bool:
    """Return True if the fact names its subject and gives its value, and is no part of a sentence."""
    words_only = one.quantity is None
    return (
        is_phrase(one.subject)
        and not (GENERIC.fullmatch(one.subject) and not one.qualifiers)
        and not EXAMPLE.search(one.evidence)
        and not VERB.search(one.subject)
        and not LOOSE_END.search(one.value)
        and not REFERENCE.search(f"{one.subject} {one.value}")
        and not MEASURING.match(one.subject)
        and not (words_only and (INSTRUCTION.match(one.subject) or NO_ENTRY.fullmatch(one.value)))
        and len(one.qualifiers) <= MOST_QUALIFIERS
        and all(_tells_apart(qualifier) for qualifier in one.qualifiers)
    )


def _tells_apart(qualifier: str) -> bool:
    """Return False for half a cell (`M40/M42/`), and for a stage. `Oil and screw in` is whole."""
    is_half = LOOSE_END.search(qualifier) and not qualifier.endswith("screw in")
    return len(qualifier) <= LONGEST_QUALIFIER and not is_half and not STAGE.fullmatch(qualifier)
