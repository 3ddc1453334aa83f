"""Label a page by rules, without a key: ask for what it prints, and answer in its own words.

The questions are plain: tables and `label: value` lines, jobs and their titles, values, tools and steps of running
text, legends, fuses, pins. What could be read in two ways is not asked. The rows say `labeler: rules`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from vlm3_dataset.labelers.rules import instructions, lists, tables
from vlm3_dataset.labelers.rules.facts import Fact, PrintedQA, sound_facts, unambiguous
from vlm3_dataset.labelers.rules.label_lines import label_lines
from vlm3_dataset.labelers.rules.outline import outline
from vlm3_dataset.labelers.rules.prose import sentences, text_columns
from vlm3_dataset.labelers.rules.titles import Heading
from vlm3_dataset.labelers.rules.words import CAR, LONG_WORD, misread
from vlm3_dataset.schema import QA, QUESTION_LENGTH, Page, Reading, Segment
from vlm3_dataset.sources.pages.rows import rows

VERSION = "rules-10"  # written as the prompt version; raise it when a question would come out differently

MARKED = re.compile(r"[\"'(][A-Z][\"')]")  # "V" Intake valve, Distance (A): a drawing's letter, nothing to ask for

# What a page gives, by the dimension of the value: the noun of the question, and the question's type.
NOUNS = {
    "torque": "tightening torque",
    "pressure": "pressure",
    "length": "dimension",
    "angle": "angle",
    "speed": "speed",
    "temperature": "temperature",
    "volume": "volume",
    "mass": "weight",
    "voltage": "voltage",
    "current": "current",
    "resistance": "resistance",
    "power": "power",
    "time": "time",
}


def label(page: Page, reading: Reading) -> list[QA]:
    """Return the questions about one page; none where it prints nothing that can be read one way only."""
    odd = misread(one.text for one in reading.segments) if reading.is_by_ocr else frozenset()
    return [
        QA(one.question, one.answer, one.evidence, one.question_type, "rules", None, VERSION)
        for one in unambiguous(_questions(page, reading))
        if len(one.question) in QUESTION_LENGTH
        and odd.isdisjoint(LONG_WORD.findall(f"{one.question} {one.answer}".casefold()))
    ]


def facts(reading: Reading) -> list[Fact]:
    """Return the values that a page prints in tables and lines, told apart by what they are of."""
    lines = [tables.join_units(tables.part_item(row)) for row in rows(reading.segments)]
    if tables.is_numbered(lines):  # a colon there ends a heading over the rows below it
        return sound_facts(tables.numbered(lines))
    parts = [[tables.join_units(row) for row in rows(column)] for column in text_columns(reading.segments)]
    found = sound_facts(one for part in parts for one in (*label_lines(part), *tables.plain(part)))
    return list(_with_car(found, [one for one in reading.segments if one.text.endswith(":") and CAR.search(one.text)]))


def _with_car(found: Iterable[Fact], cars: Sequence[Segment]) -> Iterator[Fact]:
    """Yield facts with the line above them (`BMW 318 i:`) that says for which car a page goes on; none where two do."""
    for one in found:
        above = [car for car in cars if car.box[1] < one.box[1] or car.box[2] < one.box[0]]
        if len(above) == 1:
            car = above[0].text
            named = (car.rstrip(":"), *one.qualifiers)
            yield replace(one, qualifiers=named, evidence=f"{car} … {one.evidence}")
        elif not above:
            yield one


def _questions(page: Page, reading: Reading) -> Iterator[PrintedQA]:
    found = outline(reading.segments)
    lines = [tables.part_item(row) for row in rows(reading.segments)]
    is_numbered = tables.is_numbered(lines)
    for one in facts(reading):
        limits = found.limits(one.box)
        if MARKED.search(one.subject) or not all(limit.is_sure for limit in limits):
            continue
        where = _where(page, reading, found.above(one.box), ", ".join(limit.text for limit in limits))
        if where or is_numbered or page.origin == "post" or not reading.is_by_ocr:
            yield _ask(one, where)
    for heading in found.found:  # without a condition: a title is not limited by what stands below it
        heads = sum(one.text.startswith(f"{heading.number} ") for one in reading.segments)
        yield from _title_questions(heading, has_groups=found.has_groups, is_only=heads < 2)
    if not is_numbered:
        yield from lists.ask(lines, found)
        yield from instructions.ask([one for part in text_columns(reading.segments) for one in sentences(part)], found)


def _title_questions(heading: Heading, *, has_groups: bool, is_only: bool) -> Iterator[PrintedQA]:
    """Yield the questions for a number's title and a title's number. Above groups, a page's title is the chapter's.

    A number that opens a second line of the page may have a second title, read or not.
    """
    if heading.kind == "job":
        if is_only:
            question = f"Which job has the number {heading.number}?"
            yield PrintedQA(question, heading.title, heading.evidence, "identification")
        question = f'What is the job number of "{heading.title}"?'
        yield PrintedQA(question, heading.number, heading.evidence, "identification")
    elif heading.kind == "group" or (heading.kind == "page" and heading.title and not has_groups):
        question = f"What is the title of {heading.kind} {heading.number}?"
        yield PrintedQA(question, heading.title, heading.evidence, "identification")


def _ask(fact: Fact, where: str) -> PrintedQA:
    kind = fact.quantity.dimension if fact.quantity and fact.quantity.dimension in NOUNS else ""
    about = fact.subject
    qualifiers = [one for one in fact.qualifiers if f'"{one}' not in where and f'{one}"' not in where]
    if qualifiers:
        about += f" ({', '.join(qualifiers)})"
    noun = NOUNS.get(kind, "value" if fact.quantity else "entry")
    what = "what" if noun.casefold() in fact.subject.casefold() else f"what {noun}"
    question = f"{where}{what} is given for {about}?"
    return PrintedQA(question[0].upper() + question[1:], fact.value, fact.evidence, kind or "specification")


def _where(page: Page, reading: Reading, heading: Heading | None, condition: str) -> str:
    """Return the printed heading above a table, else the section: of a manual's folder, or printed on the page.

    And the engine or model that the line above limits it to.
    """
    if heading:
        return f"{heading.within}, "
    printed = " ".join(one.text for one in reading.segments).casefold()
    is_folder = page.source.startswith(f"{page.section} - {page.section_name}/")
    if page.section_name and (is_folder or page.section_name.casefold() in printed):
        return f"In the section {page.section_name}, " + (f'under "{condition}", ' if condition else "")
    return f'Under "{condition}", ' if condition else ""
