"""Find the values that the manual gives, and the thing that has each. Pure.

They stand in tables and lines, in running text (`text_values`), and in tightenings with several stages (`stages`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from vlm3_dataset.filters.confidence.stages import in_steps, in_tables
from vlm3_dataset.filters.confidence.subjects import FASTENERS, WORD, Subject, alternatives, subject
from vlm3_dataset.filters.confidence.text_values import text_values
from vlm3_dataset.labelers.rules import rules as printed
from vlm3_dataset.labelers.rules.outline import Outline, outline
from vlm3_dataset.labelers.rules.prose import text_columns
from vlm3_dataset.labelers.rules.tables import is_numbered
from vlm3_dataset.labelers.rules.words import is_sure, is_value
from vlm3_dataset.quantities import Quantity, find
from vlm3_dataset.schema import QA, Box, Page, Reading
from vlm3_dataset.sources.pages.rows import rows, text_of

# A page under the head of one of these prints "oil drain plug" and means its own.
ASSEMBLIES = frozenset({"gearb", "xfer", "diffe", "axle", "steer", "autom"})
NUMBERED = re.compile(r"\d\d ?- ?\d{1,2}\b")  # a line of a page's head begins with the page's number
# A note beside a name that says how to go about it, and one that says which are left.
HOW = re.compile(r"(?i)\b(?:replace|install|wash|oil and|coat|loosen|loctite|cement)\b")
REST = re.compile(r"(?i), all (?:except|others)\b[^,]*|, except (?:for )?[^,]*")
OIL = re.compile(r"(?i)\boil (?=(?:drain|filler) plug)")
IN_POUNDS = re.compile(r"Nm \(ft\. ?lbs\.\)")  # the unit of a column where the value in the other one is left out
PAIR = re.compile(r" \((\w+) ?/ ?(\w+)\)")
VALUES = re.compile(r"[^/]+ / [^/]+")
WITH_MORE = re.compile(r"(?P<value>[^()]+) \((?P<other>.+) (?P<what>with(?:out)? [^()]+)\)")
WITH_NOTE = re.compile(r"(?<=[^\W\d])\s*(?:@\s?\d.*|\([\d\s.,+]+\))$")  # 240 Nm @ 4750 rpm, 70 litres (61 + 9)


@dataclass(frozen=True, slots=True)
class ManualFact:
    """A value that the manual gives, and the thing that has it."""

    page_id: str
    named: str  # as it is printed
    about: Subject
    quantity: Quantity  # the first of its stages
    head: frozenset[str]  # the words beside the page's number: 24-3 Automatic Transmission
    heading: frozenset[str]  # those of the group or job that it stands under, and of the section
    stages: tuple[Quantity, ...] = ()  # of a tightening in several, all in their order
    is_firm: bool = True  # False where it may only confirm: its thing stands further up, or it was not read for sure

    @property
    def value(self) -> str:
        """The value as the manual gives it."""
        return ", ".join(one.text for one in self.stages) or self.quantity.bounded_text


@dataclass(frozen=True, slots=True)
class _Given:
    """A value with its thing: as printed, and without the notes that say how."""

    named: str
    label: str
    quantity: Quantity
    heading: frozenset[str] = frozenset()
    stages: tuple[Quantity, ...] = ()
    is_firm: bool = True


def facts(page: Page, reading: Reading, pairs: Iterable[QA]) -> Iterator[ManualFact]:
    """Yield the facts of a page of the manual: from its print, and from its pairs."""
    top = map(text_of, rows(reading.segments)[:3])
    head = subject("\n".join(text for text in top if NUMBERED.match(text))).words
    section = subject(page.section_name).words
    for one in chain(_printed(reading), _asked(pairs)):
        known = REST.sub("", one.label)
        # Under the head of a gearbox the oil is the gearbox's.
        labels = [known, OIL.sub("", known)] if head & ASSEMBLIES else [known]
        for each in chain.from_iterable(map(alternatives, labels)):
            if (about := subject(each)).words:
                named, above = one.named.strip(" :"), one.heading | section
                yield ManualFact(page.page_id, named, about, one.quantity, head, above, one.stages, one.is_firm)


def by_dimension(found: Iterable[ManualFact]) -> dict[str, list[ManualFact]]:
    """Sort facts by the dimension of their value."""
    sorted_: dict[str, list[ManualFact]] = {}
    for fact in found:
        sorted_.setdefault(fact.quantity.dimension, []).append(fact)
    return sorted_


def _printed(reading: Reading) -> Iterator[_Given]:
    """Yield what tables, lines and sentences give."""
    segments = tuple(replace(one, text="Nm") if IN_POUNDS.fullmatch(one.text) else one for one in reading.segments)
    reading = replace(reading, segments=segments)
    found, lines = outline(segments), rows(segments)
    in_rows = printed.facts(reading)
    for one in in_rows:
        if one.quantity:
            names = (each for each in one.qualifiers if not HOW.search(each))
            whole, known = (", ".join((one.subject, *each)) for each in (one.qualifiers, names))
            yield _Given(whole, known, one.quantity, _heading(found, one.box))
    for label, value in chain.from_iterable(map(pairwise, lines)):
        if label.text.endswith(":") and is_sure(value):  # beside a drawing's letter, too
            for named, quantity in _each(label.text, value.text):
                yield _Given(named, named, quantity, _heading(found, label.box))
    columns = [] if is_numbered(lines) else text_columns(segments)
    for one in chain(in_tables(lines), *(in_steps(rows(column)) for column in columns)):
        yield _Given(one.label, one.label, one.stages[0], _heading(found, one.box), one.stages, one.is_sure)
    known = {(one.subject, one.quantity.text) for one in in_rows if one.quantity}  # there with its car
    for one in text_values(columns, found):
        is_named = subject(one.label).words - FASTENERS  # nuts are everywhere
        if is_named and (one.label, one.quantity.text) not in known:
            yield _Given(one.label, one.label, one.quantity, _heading(found, one.box), is_firm=one.is_firm)


def _heading(found: Outline, box: Box) -> frozenset[str]:
    """Return the words of the title of the group or job that a box stands under."""
    above = found.above(box)
    return subject(above.title).words if above else frozenset()


def _asked(pairs: Iterable[QA]) -> Iterator[_Given]:
    for qa in pairs:
        if qa.numbers_grounded == "verified" and (found := find(qa.answer)):
            yield _Given(qa.question, qa.question, found[0])


def _each(label: str, text: str) -> Iterator[tuple[str, Quantity]]:
    """Yield what a cell gives for its label: play (left / right): 1.9 / 2.1 mm; volume: 8 l (9 l with heater)."""
    found = find(text)
    text = WITH_NOTE.sub("", text)
    sides, more = PAIR.search(label), WITH_MORE.fullmatch(text)
    if is_value(text):
        yield label, found[0]
    elif sides and VALUES.fullmatch(text) and len(found) == 2:
        for side, quantity in zip(sides.groups(), found, strict=True):
            whole = quantity.text if WORD.search(quantity.text) else f"{quantity.text} {quantity.unit}"
            yield f"{label[: sides.start()]}, {side}", replace(quantity, text=whole)
    elif more and is_value(more["value"]) and is_value(more["other"]):
        yield label, found[0]
        yield f"{label.rstrip(':')} {more['what']}", found[1]
