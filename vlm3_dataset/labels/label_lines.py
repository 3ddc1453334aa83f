"""Facts in `label: value` lines: inside one cell, or a cell that ends in a colon with its value behind it. Pure."""

import re
from collections.abc import Iterator, Sequence

from vlm3_dataset.labels.facts import Fact, fact
from vlm3_dataset.labels.words import is_entry, is_sure, is_value
from vlm3_dataset.shelf.rows import Row, continued

LINE = re.compile(r"(?P<label>[\"'(]?[^\W\d][^:;=]{2,70}?)\s*[:=]\s+(?P<value>\S.{0,100})")
OPEN = re.compile(r"(?P<label>[\"'(]?[^\W\d][^:;=]{2,70}?)\s*:")


def label_lines(rows: Sequence[Row]) -> Iterator[Fact]:
    """Facts of lines with a colon, or an equals sign inside one cell."""
    for number, row in enumerate(rows):
        for cell in row:
            match = LINE.fullmatch(cell.text)
            if match and is_sure(cell) and _is_whole(match["value"]) and not _wraps(rows, number):
                yield fact(match["label"], (), match["value"], cell.text)
        if len(row) == 2 and (match := OPEN.fullmatch(row[0].text)):
            value = " ".join([row[1].text, *continued(rows, number)])
            if is_sure(row[1]) and _is_whole(value):
                yield fact(match["label"], (), value, f"{row[0].text} {value}")


def _is_whole(value: str) -> bool:
    return is_value(value.rstrip(".")) or is_entry(value)


def _wraps(rows: Sequence[Row], number: int) -> bool:
    """True if the line goes on below: the next row starts in small letters, as the middle of a sentence does."""
    return number + 1 < len(rows) and rows[number + 1][0].text[:1].islower()
