"""The labeler that needs no key: it asks for the facts that a page prints, and answers in the page's own words.

Real questions on real text, but plain ones: it knows tables and `label: value` lines, no procedure and no drawing.
Every row it makes says `labeler: rules`.
"""

from vlm3_dataset.labelers import tables
from vlm3_dataset.labelers.facts import Fact, to_ask_about
from vlm3_dataset.labelers.label_lines import label_lines
from vlm3_dataset.schema import QA, Page, Reading
from vlm3_dataset.sources.rows import rows

VERSION = "rules-3"  # stands where a prompt version stands; raise it when a question would come out differently

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
    """Questions about the facts of one page; none where it prints none that can be read one way only."""
    return [_ask(page, fact) for fact in facts(reading)]


def facts(reading: Reading) -> list[Fact]:
    """What a page prints that can be asked about."""
    lines = [tables.join_units(tables.part_item(row)) for row in rows(reading.segments)]
    if tables.is_numbered(lines):  # a colon there ends a heading over the rows below it
        return to_ask_about(tables.numbered(lines))
    return to_ask_about([*label_lines(lines), *tables.plain(lines)])


def _ask(page: Page, fact: Fact) -> QA:
    kind = fact.quantity.dimension if fact.quantity and fact.quantity.dimension in NOUNS else ""
    about = fact.subject
    if fact.qualifiers:
        about += f" ({', '.join(fact.qualifiers)})"
    noun = NOUNS.get(kind, "value" if fact.quantity else "entry")
    if noun.casefold() in fact.subject.casefold():
        question = f"{_where(page)}, what is given for {about}?"
    else:
        question = f"{_where(page)}, what {noun} is given for {about}?"
    return QA(
        question=question,
        answer=fact.value,
        evidence=fact.evidence,
        question_type=kind or "specification",
        labeler="rules",
        model=None,
        prompt_version=VERSION,
    )


def _where(page: Page) -> str:
    return f"In the section {page.section_name}" if page.section_name else "On the page"
