"""Make questions about short lists: a drawing's legend, abbreviations, fuses, pins and wires, parts. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

from vlm3_dataset.labelers.rules.facts import PrintedQA
from vlm3_dataset.labelers.rules.outline import Outline
from vlm3_dataset.labelers.rules.words import CAR, INSTRUCTION, is_clear, is_phrase, is_sure
from vlm3_dataset.schema import Segment
from vlm3_dataset.sources.pages.rows import Row

ITEM = re.compile(r"(?P<number>\d{1,2}) ?(?P<name>[A-Z].{2,})")
# Of a list, also of one that is not asked about; and a drawing's numbers in text: `nuts (1 and 2)`.
ANY_ITEM = re.compile(r"(?P<number>\d{1,2})(?: ?[=-] ?|[.)]? ?)(?P<name>[A-Z(\"].+)")
CALLOUTS = re.compile(r"\((\d{1,2}(?:(?:,| and| to| \.{2,3}) ?\d{1,2})*)\)")
NUMBER = re.compile(r"\d{1,2}")
BESIDE = 2.5  # heights between a number and its name in a cell of its own
PITCH = 2.2  # heights from one item of a legend to the next
FEWEST_ITEMS = 3
LONGEST_NAME = 60
SHORT = re.compile(r"(?P<sign>[A-Z][A-Z0-9+]{0,4}) ?= ?(?P<name>[A-Z][a-z][\w ,./()-]{2,50})")
FUSE = re.compile(r"FUSE ?(?P<number>\d{1,2})")
AMPS = re.compile(r"(?P<rating>\d{1,3}(?:\.5)?) ?A(?:MP)?")
PLACE = re.compile(r"\(LOCATED (?P<place>[^()]{4,60})\)")
PIN = re.compile(r"(?i)(pin|terminal|cavity|connector|splice|ground|relay)( (no|number|#)\.?)?")
COLUMN = re.compile(r"(?i)[A-Z][a-z/ .]{2,30}")
PIN_NUMBER = re.compile(r"[A-Z]?\d{1,4}[a-z]?")
PART = re.compile(r"[CGSKX]\d{2,4}")


def ask(printed: Sequence[Row], outline: Outline) -> Iterator[PrintedQA]:
    """Yield the questions about a page's lists."""
    cells = [cell for row in printed for cell in row]
    yield from _legend(printed, outline)
    for cell in cells:
        match, heading = SHORT.fullmatch(cell.text), outline.above(cell.box)
        if match and heading and is_sure(cell) and is_clear(match["name"]):
            question = f'{heading.within}, what does "{match["sign"]}" stand for?'
            yield PrintedQA(question, match["name"].strip(" ."), cell.text, "identification")
    yield from _fuse_table(printed, outline)
    yield from _pins(printed, outline)
    yield from _fuse_boxes(cells, outline)
    for row in printed:
        for one, other in pairwise(row):
            place = PLACE.fullmatch(other.text)
            if place and PART.fullmatch(one.text) and is_sure(one) and is_sure(other):
                question = f"Where is {one.text} located?"
                yield PrintedQA(question, place["place"], f"{one.text} {other.text}", "location")


def _legend(printed: Sequence[Row], outline: Outline) -> Iterator[PrintedQA]:
    """Yield questions for items with consecutive numbers under each other. A number that was not read ends the list.

    A number that also counts in another list of the page, or marks a part in its text, is not asked for, nor is one
    below it: that other drawing has parts 1 and 2 as well where its text tells of part 3.
    """
    runs = _runs(_items(printed))
    cells = [cell for row in printed for cell in row]
    counted = Counter(number for run in _runs(_any_items(printed)) if len(run) > 1 for number, *_ in run)
    marks = [int(mark) for cell in cells for found in CALLOUTS.finditer(cell.text) for mark in NUMBER.findall(found[1])]
    for run in runs:
        if len(run) < FEWEST_ITEMS or any(_has_more(printed, item) for item in run):
            continue
        for number, cell, name in run:
            heading = outline.above(cell.box)
            if heading and counted[number] < 2 and number > max(marks, default=0):
                question = f"{heading.within}, what is number {number} in the legend?"
                yield PrintedQA(question, name, f"{number} {name}", "identification")


def _runs(items: Iterable[tuple[int, Segment, str]]) -> list[list[tuple[int, Segment, str]]]:
    runs: list[list[tuple[int, Segment, str]]] = []
    for item in sorted(items, key=lambda item: (item[1].box[1], round(item[1].box[0], -1))):
        last = next((run for run in runs if _follows(run[-1], item)), None)
        if last:
            last.append(item)
        else:
            runs.append([item])
    return runs


def _any_items(printed: Sequence[Row]) -> Iterator[tuple[int, Segment, str]]:
    """Yield what may be a list's items, however they end, and however well they were read."""
    for row in printed:
        for cell, after in zip_longest(row, row[1:]):
            if match := ANY_ITEM.fullmatch(cell.text):
                yield int(match["number"]), cell, match["name"]
            elif NUMBER.fullmatch(cell.text) and after and after.box[0] - cell.box[2] < BESIDE * cell.height:
                yield int(cell.text), cell, after.text


def _items(printed: Sequence[Row]) -> Iterator[tuple[int, Segment, str]]:
    for row in printed:
        for cell, after in zip_longest(row, row[1:]):
            match = ITEM.fullmatch(cell.text)
            if match and is_sure(cell) and _is_name(match["name"]):
                yield int(match["number"]), cell, match["name"]
            near = after and after.box[0] - cell.box[2] < BESIDE * cell.height
            if near and NUMBER.fullmatch(cell.text) and is_sure(cell) and is_sure(after) and _is_name(after.text):
                yield int(cell.text), Segment(after.text, (*cell.box[:2], *after.box[2:])), after.text


def _is_name(text: str) -> bool:
    return (
        is_phrase(text)
        and text[0].isupper()
        and len(text) <= LONGEST_NAME
        and is_clear(text)
        and not INSTRUCTION.match(text)
        and not text.endswith((".", ";", ":"))
        and not re.search(r"[*=]|\bsee\b", text)
    )


def _follows(one: tuple[int, Segment, str], other: tuple[int, Segment, str]) -> bool:
    height = one[1].height
    down = other[1].box[1] - one[1].box[1]
    return (
        other[0] == one[0] + 1 and height / 2 < down < PITCH * height and abs(other[1].box[0] - one[1].box[0]) < height
    )


def _has_more(printed: Sequence[Row], item: tuple[int, Segment, str]) -> bool:
    """Return True where an item's name goes on in a line of its own, indented below it."""
    box, height = item[1].box, item[1].height
    below = [cell for row in printed for cell in row if height / 2 < cell.box[1] - box[1] < 1.8 * height]
    return any(
        box[0] + height / 2 < cell.box[0] < box[2] and cell.text[:1].isalpha() and not ITEM.fullmatch(cell.text)
        for cell in below
    )


def _fuse_table(printed: Sequence[Row], outline: Outline) -> Iterator[PrintedQA]:
    """Yield questions for rows of number, rating and circuits, under a head that says so.

    They name the page, as other pages of a manual give other ratings: for another car, or by mistake.
    """
    if not any(
        cell.text.upper() in {"FUSE", "FUSE DATA CHART", "FUSE NO.", "FUSES"} for row in printed for cell in row
    ):
        return
    for row in printed:
        for at, (number, rating) in enumerate(pairwise(row)):
            amps, heading = AMPS.fullmatch(rating.text), outline.above(number.box)
            if not (heading and NUMBER.fullmatch(number.text) and amps and is_sure(number) and is_sure(rating)):
                continue
            circuits = row[at + 2] if at + 2 < len(row) else None
            fuse = f"fuse {number.text}{_cars([circuits] if circuits else [])}"
            question = f"{heading.within}, what is the rating of {fuse}?"
            yield PrintedQA(question, rating.text, f"{number.text} {rating.text}", "fuse")
            if circuits and is_sure(circuits) and re.fullmatch(r"(?!Not )[A-Z][^.;]{3,60}\.", circuits.text):
                evidence = f"{number.text} {rating.text} {circuits.text}"
                question = f"{heading.within}, what does {fuse} protect?"
                yield PrintedQA(question, circuits.text.rstrip("."), evidence, "fuse")


def _pins(printed: Sequence[Row], outline: Outline) -> Iterator[PrintedQA]:
    """Yield questions for a table of pins: rows that keep their head's columns; two tables may stand abreast."""
    head: list[Segment] = []
    for place, row in enumerate(printed):
        are_names = all(COLUMN.fullmatch(cell.text) for cell in row)
        if PIN.fullmatch(row[0].text) and len(row) > 1 and are_names:
            head = list(row)
        elif (
            head
            and are_names
            and len(row) < len(head)
            and _kept(head, row)
            and row[0].box[1] - head[0].box[3] < row[0].height
        ):
            for at, cell in zip(_kept(head, row), row, strict=True):
                head[at] = replace(head[at], text=f"{head[at].text} {cell.text}")
        elif head and len(row) == len(head) and _kept(head, row):
            names = [cell.text.casefold() for cell in head]
            width = names.index(names[0], 1) if names[0] in names[1:] else len(names)
            if len(set(names)) == width and len(names) % width == 0:
                for start in range(0, len(names), width):
                    yield from _pin(names[:width], row[start : start + width], printed[place + 1 : place + 2], outline)


def _pin(names: Sequence[str], cells: Sequence[Segment], below: Sequence[Row], outline: Outline) -> Iterator[PrintedQA]:
    pin, heading = cells[0], outline.above(cells[0].box)
    if not (heading and PIN_NUMBER.fullmatch(pin.text) and all(map(is_sure, cells))):
        return
    for name, cell in zip(names[1:], cells[1:], strict=True):
        goes_on = any(len(row) == 1 and row[0].box[0] < cell.box[2] and row[0].box[2] > cell.box[0] for row in below)
        is_number = "number" not in name or any(map(str.isdigit, cell.text))  # NOT SHOWN
        if is_clear(cell.text) and is_number and not goes_on:
            of = f"{names[0].split()[0]} {pin.text}{_cars(cells[1:])}"
            question = f"{heading.within}, what is the {name} of {of}?"
            yield PrintedQA(question, cell.text, " ".join(one.text for one in cells), "wiring")


def _cars(cells: Sequence[Segment]) -> str:
    """Return, in brackets, the cars and engines that cells of a row name: for another car the row says nothing."""
    named = dict.fromkeys(match[0] for cell in cells for match in CAR.finditer(cell.text))
    return f" ({', '.join(named)})" if named else ""


def _kept(head: Sequence[Segment], row: Row) -> list[int]:
    """Return the column of each cell of a row under a head; none unless each stands in a column of its own."""
    reach = row[0].height
    found = [
        [
            at
            for at, above in enumerate(head)
            if cell.box[0] < above.box[2] + reach and cell.box[2] > above.box[0] - reach
        ]
        for cell in row
    ]
    alone = [columns[0] for columns in found if len(columns) == 1]
    return alone if len(set(alone)) == len(row) else []


def _fuse_boxes(cells: Sequence[Segment], outline: Outline) -> Iterator[PrintedQA]:
    """Yield questions for FUSE 21 with 7.5 AMP right below it, as wiring diagrams draw fuses."""
    for cell in cells:
        match, heading, height = FUSE.fullmatch(cell.text), outline.above(cell.box), cell.height
        below = [
            one
            for one in cells
            if height / 2 < one.box[1] - cell.box[1] < 2 * height and abs(one.box[0] - cell.box[0]) < 2 * height
        ]
        rated = len(below) == 1 and is_sure(below[0]) and AMPS.fullmatch(below[0].text)
        if match and heading and is_sure(cell) and rated:
            question = f"{heading.within}, what is the rating of fuse {match['number']}?"
            yield PrintedQA(question, below[0].text, f"{cell.text} {below[0].text}", "fuse")
