"""Good pairs made by rule from what a page prints, and each of them spoiled in the way that a labeler would."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from vlm3_dataset.filters.grounding.passages import Passage, PrintedPage
from vlm3_dataset.language.wording import AXES, words
from vlm3_dataset.quantities import find, same
from vlm3_dataset.schema import QA

UNITS = {"Nm": "ft-lb", "mm": "cm", "bar": "psi", "V": "A", "A": "V", "°C": "°F", "ft-lb": "Nm", "in": "mm", "Ω": "kΩ"}
COLOURS = ("BK", "BR", "RD", "GN", "BU", "WT", "YL", "VI", "GY")
BOUNDS = {"max": "min", "min": "max", "at least": "at most", "up to": "at least", "more than": "less than"}
SIDES = [
    tuple(side.split()[0] for side in axis.split(" / "))
    for axis in AXES
    if axis.count("/") == 1 and not axis.startswith(("with", "minimum", "before", "new"))
]


@dataclass(frozen=True, slots=True)
class Case:
    """A pair that the page prints, and the same pair spoiled."""

    kind: str
    good: QA
    wrong: QA


def cases(page: PrintedPage, seed: int = 0) -> Iterator[Case]:
    rng = random.Random(seed)
    wholes = [one for one in page.passages if not one.is_part_of_row and 3 <= len(one.text.split()) <= 40]
    for passage in wholes:
        for make in (digit, point, deviation, unit, bound, side, colour, order, denial, name):
            if case := make(passage, rng):
                yield case
    yield from rows_beside(page)
    yield from legend(page)


def asked(passage: Passage, answer: str) -> str:
    """A question in the words of a passage that stand before the answer, or around it."""
    before = passage.text.partition(answer)[0].strip(" :=,.-(")
    rest = before if len(words(before)) >= 2 else passage.text.replace(answer, " ").strip(" :=,.-()")
    return f"What is told of this: {' '.join(rest.split())[:200]}?"


def pair(question: str, answer: str, evidence: str) -> QA:
    return QA(question, answer, evidence, "t", "claude", "m", "v")


def spoiled(kind: str, passage: Passage, answer: str, wrong: str, **told: str) -> Case | None:
    question = asked(passage, told.get("printed", answer))
    if len(words(question)) < 2 or wrong == answer:
        return None
    good = pair(question, answer, passage.text)
    return Case(kind, good, replace(good, answer=wrong, evidence=told.get("evidence", passage.text)))


def only(passage: Passage, kinds: tuple[str, ...]):
    found = passage.figures.quantities
    return next(
        (one for one in found if len(found) == 1 and one.kind in kinds and one.unit and one.text[0].isdigit()), None
    )


def digit(passage: Passage, rng: random.Random) -> Case | None:
    if not (one := only(passage, ("value", "range", "tolerance"))):
        return None
    at = rng.choice([place for place, sign in enumerate(one.text) if sign.isdigit()])
    other = rng.choice([sign for sign in "123456789" if sign != one.text[at]])
    wrong = one.text[:at] + other + one.text[at + 1 :]
    return spoiled("digit", passage, one.text, wrong, evidence=passage.text.replace(one.text, wrong))


def point(passage: Passage, rng: random.Random) -> Case | None:
    """The decimal point is lost, in answer and evidence."""
    one = only(passage, ("value", "range", "tolerance"))
    wrong = re.sub(r"(?<=\d)[.,](?=\d)", "", one.text, count=1) if one else ""
    if not one or wrong == one.text or any(same(one, other) for other in find(wrong)):
        return None  # 3,000 rpm is 3000 rpm
    return spoiled("point", passage, one.text, wrong, evidence=passage.text.replace(one.text, wrong))


def deviation(passage: Passage, rng: random.Random) -> Case | None:
    """A tolerance upwards becomes one both ways."""
    one = only(passage, ("tolerance",))
    return spoiled("deviation", passage, one.text, one.text.replace("+", "±")) if one and "+" in one.text else None


def unit(passage: Passage, rng: random.Random) -> Case | None:
    one = only(passage, ("value", "range", "tolerance"))
    if not one or one.unit not in UNITS or not any(one.values):
        return None
    number = re.sub(r"[^\d]+$", "", one.text)
    return spoiled("unit", passage, one.text, f"{number} {UNITS[one.unit]}")


def bound(passage: Passage, rng: random.Random) -> Case | None:
    one = only(passage, ("bound",))
    if not one or one.text not in passage.text:
        return None
    word = "max." if one.side == "max" else "min."
    return spoiled("bound", passage, f"{word} {one.text}", f"{BOUNDS[word[:3]]}. {one.text}", printed=one.text)


def side(passage: Passage, rng: random.Random) -> Case | None:
    for pair_ in SIDES:
        for this, other in (pair_, pair_[::-1]):
            found = re.search(rf"\b{this}\b(?: [a-z]+){{1,2}}", passage.text)
            if found and not re.search(rf"\b{other}\b", passage.text):
                return spoiled("side", passage, found.group(), found.group().replace(this, other, 1))
    return None


def colour(passage: Passage, rng: random.Random) -> Case | None:
    found = [one for one in passage.figures.identifiers if one.kind == "colour"]
    if len(found) != 1 or not found[0].text.isupper():
        return None
    first, *rest = found[0].text.split("/")
    wrong = "/".join([rng.choice([code for code in COLOURS if code != first]), *rest])
    return spoiled("colour", passage, found[0].text, wrong, evidence=passage.text.replace(found[0].text, wrong))


def order(passage: Passage, rng: random.Random) -> Case | None:
    found = re.match(r"([A-Z][a-z]+ [\w ()]{6,60}?) and (?:then )?([a-z]+ [\w ()]{6,60})\.?$", passage.text)
    if not found:
        return None
    first, second = found[1].lower(), found[2]
    good = pair(
        f"What is done, in which order, with the {second.split()[-1]}?", f"First {first}, then {second}", passage.text
    )
    return Case("order", good, replace(good, answer=f"First {second}, then {first}"))


def denial(passage: Passage, rng: random.Random) -> Case | None:
    text = passage.text.strip(" .!*")
    if not re.match(r"(?:Do not|Never|Don't) ", text):
        return None
    rest = re.sub(r"^(?:Do not|Never|Don't) ", "", text)
    good = pair(f"What does the manual say about this: {' '.join(rest.split()[1:])}?", text, passage.text)
    return Case("denial", good, replace(good, answer=rest.capitalize()))


def name(passage: Passage, rng: random.Random) -> Case | None:
    found = [
        one for one in passage.figures.identifiers if one.kind in {"tool", "job", "part", "connector", "splice", "fuse"}
    ]
    if len(found) != 1:
        return None
    text = found[0].text
    at = max(place for place, sign in enumerate(text) if sign.isdigit())
    wrong = text[:at] + str((int(text[at]) + rng.randrange(1, 9)) % 10)
    return spoiled("name", passage, text, wrong, evidence=passage.text.replace(text, wrong))


def rows_beside(page: PrintedPage) -> Iterator[Case]:
    """The value of the row below, quoted from there."""
    found = [
        (passage, one)
        for passage in page.passages
        if not passage.is_part_of_row
        and len(passage.pieces) >= 2
        and (one := only(passage, ("value", "tolerance", "range")))
    ]
    for (passage, one), (below, other) in pairwise(found):
        label = " ".join(re.findall(r"[A-Za-z]{3,}", passage.pieces[0].text))
        if one.unit == other.unit and one.values != other.values and len(words(label)) >= 2:
            good = pair(f"What value is given for {passage.pieces[0].text}?", one.text, passage.text)
            yield Case("row", good, replace(good, answer=other.text, evidence=below.text))


def legend(page: PrintedPage) -> Iterator[Case]:
    """The next part of a drawing's legend, quoted from there."""
    found = [
        (passage, part)
        for passage in page.passages
        if not passage.is_part_of_row
        and (part := re.fullmatch(r"(\d{1,2})\)? ([A-Z][a-z]+(?: [a-z]+){0,3})", passage.text))
    ]
    for (passage, part), (below, other) in pairwise(found):
        if words(part[2]) != words(other[2]) and int(other[1]) == int(part[1]) + 1:
            good = pair(f"What is part {part[1]} in the drawing of the assembly?", part[2], passage.text)
            yield Case("legend", good, replace(good, answer=other[2], evidence=below.text))
