"""Facts that a page prints, found by rules: what they are, and which of them can be asked about. Pure.

A fact that could be read two ways is left out: a missing question costs nothing, a wrong torque breaks an engine.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from vlm3_dataset.labelers.words import INSTRUCTION, LOOSE_END, first_quantity, is_phrase
from vlm3_dataset.quantities import Quantity

# Subjects that mean something only under a heading; which heading is theirs the rows alone do not say.
GENERIC = re.compile(
    r"(?i)(tightening )?torques?|torque angle|((1st|2nd|3rd|first|second|third) )?(stage|step|pass|phase)( \d+)?"
    r"|min\w*\.?|max\w*\.?|wear limit|values?|new|old|used|all( others?)?|settling time|set screw|subsequent .*"
    r"|front|rear|left|right|intake|exhaust|inner|outer|type|screw|measure|unit|thread"
    r"|(nominal|specified|actual|measured|min\w*\.?|max\w*\.?)( values?)?( reading)?|tolerances?|results?|readings?"
    r"|requirements?( for .*)?|conditions?|checking|source( of supply)?|tools?|layout"
    r"|notes?|installation|important|caution|attention|warning|remarks?"
)
# One stage of a tightening. The engine stands in a row above, and the other stages in rows below: of 50 pairs read by
# eye the two of this kind were asked of every engine on the page.
STAGE = re.compile(r"(?i)(tightening )?torque|torque angle|((1st|2nd|3rd) )?(stage|step|pass)( \d+)?")
REFERENCE = re.compile(r"(?i)\bsee\s|refer|\*|\?\?")
LONGEST_QUALIFIER = 50  # characters
MOST_QUALIFIERS = 4


@dataclass(frozen=True, slots=True)
class Fact:
    """What a page gives (`value`) for what (`subject`, told apart by `qualifiers`), in the words of `evidence`."""

    subject: str
    qualifiers: tuple[str, ...]
    value: str
    evidence: str
    quantity: Quantity | None  # the value, where it is one; the first of two units or of several stages


def fact(subject: str, qualifiers: Iterable[str], value: str, evidence: str) -> Fact:
    """A fact with the edges of its printed words trimmed."""
    clean = value.strip().rstrip(".;,")
    named = tuple(qualifier.strip(" .:-*") for qualifier in qualifiers)
    return Fact(subject.strip(" .:-*"), tuple(filter(None, named)), clean, evidence, first_quantity(clean))


def to_ask_about(found: Iterable[Fact]) -> list[Fact]:
    """The sound facts, each subject with its qualifiers once; none where the page gives it two values."""
    values = defaultdict(list)
    for one in found:
        if is_sound(one):
            values[one.subject.casefold(), tuple(q.casefold() for q in one.qualifiers)].append(one)
    return [same[0] for same in values.values() if len({one.value.casefold() for one in same}) == 1]


def is_sound(one: Fact) -> bool:
    """True if the fact names its subject and gives its value, and is no part of a sentence."""
    words_only = one.quantity is None
    return (
        is_phrase(one.subject)
        and not GENERIC.fullmatch(one.subject)
        and not REFERENCE.search(f"{one.subject} {one.value}")
        and not (words_only and INSTRUCTION.match(one.subject))
        and len(one.qualifiers) <= MOST_QUALIFIERS
        and all(_tells_apart(qualifier) for qualifier in one.qualifiers)
    )


def _tells_apart(qualifier: str) -> bool:
    """False for half a cell (`M40/M42/`), and for a stage."""
    return len(qualifier) <= LONGEST_QUALIFIER and not LOOSE_END.search(qualifier) and not STAGE.fullmatch(qualifier)
