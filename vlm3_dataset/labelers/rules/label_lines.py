"""Find facts in `label: value` lines: in one cell, or in a cell that ends in a colon and the next one. Pure.

Lines in capitals are headings (`FUSE DETAILS: FUSES 4, 5 AND 6`). Words behind a colon in another cell count only in a
table of such rows: of two columns of prose, one often ends a line with a colon where the other goes on. A line with a
colon in the column of that table's values is part of a value (of `Oil brands:` the line `One brand: 75W80`).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from vlm3_dataset.labelers.rules.facts import Fact, fact
from vlm3_dataset.labelers.rules.words import is_entry, is_sure, is_value
from vlm3_dataset.schema import Segment
from vlm3_dataset.sources.pages.rows import Row, continued, goes_on, left

LINE = re.compile(r"(?P<label>[\"'(]?[^\W\d][^:;=]{2,70}?)\s*[:=]\s+(?P<value>\S.{0,100})")
FEWEST = 3  # rows of a table
CAPITALS = 0.8  # of a heading's letters; `WIRING DIAGRAM FOR ABS - 325 iX` is one
OPEN = re.compile(r"(?P<label>[\"'(]?[^\W\d][^:;=]{2,70}?)\s*:")


def value_line(text: str) -> re.Match[str] | None:
    """Return a line's label and value, if the value is one: `Max. oil temperature: 130 °C`."""
    match = LINE.fullmatch(text)
    return match if match and is_value(match["value"].rstrip(".")) else None


def label_lines(rows: Sequence[Row]) -> Iterator[Fact]:
    """Yield the facts of lines with a colon, or with an equals sign inside one cell."""
    table = _table(rows)
    values = {round(rows[number][1].box[0], -1) for number in table}
    for number, row in enumerate(rows):
        for cell in row:
            match = LINE.fullmatch(cell.text)
            if not match or not is_sure(cell) or _is_heading(match["label"]) or round(cell.box[0], -1) in values:
                continue
            first = rows[number + 1][0].text if number + 1 < len(rows) else ""
            if first[:1].islower() or goes_on(rows, number, cell)[:1].islower():  # the middle of a sentence
                continue
            if is_value(match["value"].rstrip(".")) or is_entry(match["value"]):
                yield fact(match["label"], (), match["value"], cell.text, cell.box)
        if len(row) == 2 and (match := OPEN.fullmatch(row[0].text)):
            more = list(continued(rows, number))
            value = " ".join([row[1].text, *more])
            if _is_cut(rows, number + 1 + len(more), row[1]):
                continue
            if is_sure(row[1]) and (is_value(value.rstrip(".")) or (number in table and is_entry(value))):
                yield fact(match["label"], (), value, f"{row[0].text} {value}", row[0].box)


def _is_cut(rows: Sequence[Row], place: int, value: Segment) -> bool:
    """Return True where the next row goes on with a value, beside words that are no label of their own."""
    below = rows[place] if place < len(rows) else ()
    height = value.height
    aligned = len(below) > 1 and abs(below[-1].box[0] - value.box[0]) < height / 2
    return aligned and below[-1].box[1] - value.box[3] < height and not OPEN.fullmatch(below[0].text)


def _table(rows: Sequence[Row]) -> set[int]:
    """Return the places of the rows that are `label:` and value in the same two columns as at least two others."""
    places = defaultdict(list)
    for number, row in enumerate(rows):
        if len(row) == 2 and OPEN.fullmatch(row[0].text):
            places[round(left(row), -1), round(row[1].box[0], -1)].append(number)
    return {number for numbers in places.values() if len(numbers) >= FEWEST for number in numbers}


def _is_heading(label: str) -> bool:
    """Return True for words in capitals; one word of them is an abbreviation."""
    letters = [sign for sign in label if sign.isalpha()]
    return len(label.split()) > 1 and sum(sign.isupper() for sign in letters) > CAPITALS * len(letters)
