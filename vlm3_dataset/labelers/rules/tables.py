"""Find facts in table rows: a label at the left, one quantity at the right, a few qualifiers between. Pure.

Two shapes of table are known. In a plain one the first cell of a row is its subject, and a row that starts further
right continues the subject above. In a numbered one (the torque tables: `2AZ | Oil drain plug | All | M12 x 1.5 |
25 Nm`) an item number opens a block, and every row up to the next number is about that block's subject.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vlm3_dataset.labelers.rules.facts import GENERIC, VERB, Fact, fact
from vlm3_dataset.labelers.rules.label_lines import value_line
from vlm3_dataset.labelers.rules.words import (
    CAR,
    INSTRUCTION,
    LIMIT,
    LOOSE_END,
    is_label,
    is_named,
    is_sure,
    is_unit,
    is_value,
)
from vlm3_dataset.schema import Segment
from vlm3_dataset.sources.pages.rows import Row, continued, gap, left, text_of

ITEM_NUMBER = re.compile(r"[0-9A-Z]{1,3}Z|\d{1,2}[.)]?")
ITEM = re.compile(r"(?P<number>\d{1,2}[A-Z]Z) +(?P<rest>\S.*)")
TORQUE_NUMBER = re.compile(r"\d{1,2}[A-Z]Z")  # opens an item, even one whose name says too much to be asked about
GROUP_NUMBER = re.compile(r"\d\d ?\d\d( \d{3})? (?=[A-Z])")
PLACED = re.compile(r"(?<!-)\b(in|on|to)\b")  # Nut on screw-in pin
NUMBER_CELL = re.compile(r"[\d.,±+/x -]*\d[\d.,±+/x -]*")
SIGNS = ("±", "+")  # of a tolerance
INCHES = re.compile(r'\d+/\d+ ?"')  # a screw, whose torque stands in the rows below
LONGEST_NOTE = 70  # characters
LONGEST_MIDDLE = 30  # characters; a longer cell between label and value is a line of another column of prose


def part_item(row: Row) -> Row:
    """Split `11AZ Cylinder head cover` into two cells: a text layer joins a wide number to the name behind it."""
    match = ITEM.fullmatch(row[0].text)
    if not match:
        return row
    start, top, end, foot = row[0].box
    edge = start + (end - start) * match.start("rest") / len(row[0].text)
    number = Segment(match["number"], (start, top, edge, foot), row[0].score)
    return (number, Segment(match["rest"], (edge, top, end, foot), row[0].score), *row[1:])


def join_units(row: Row) -> Row:
    """Join `25` and `Nm` from neighbouring columns into one cell, and `20`, `±` and `5 Nm`.

    A `-` is no such sign: by itself it says that a column is empty.
    """
    cells: list[Segment] = []
    for cell in row:
        is_number = cells and NUMBER_CELL.fullmatch(cells[-1].text)
        if is_number and (is_unit(cell.text) or cell.text.startswith(SIGNS) or cells[-1].text.endswith(SIGNS)):
            number = cells.pop()
            box = (number.box[0], min(number.box[1], cell.box[1]), cell.box[2], max(number.box[3], cell.box[3]))
            cells.append(Segment(f"{number.text} {cell.text}", box, min(number.score, cell.score)))
        else:
            cells.append(cell)
    return tuple(cells)


def numbered(rows: Sequence[Row]) -> Iterator[Fact]:
    """Yield the facts of numbered tables. A name in a row inside a block is another part's, and named with its item."""
    limit, is_head = "", True  # what a heading says of all values below it; a note between items is of one of them
    for place, row, item, subject, cells in _told(rows):
        if GROUP_NUMBER.match(row[0].text):
            limit, is_head = "", True
        is_head = is_head and not opens_item(row)
        if is_head and len(row) == 1:
            limit = _condition(row, row[0]) or limit
        if item and subject and _is_whole(rows, place, cells):
            named = [*_item(item, subject), *subject.notes]
            if limit and not LIMIT.search(" ".join([subject.cell.text, *named])):
                named = [*named, limit]
            evidence = [text for text in (limit, item.cell.text) if any(text and text in one for one in named)]
            evidence += [subject.cell.text, *subject.notes, *(cell.text for cell in cells)]
            named += [cell.text for cell in cells[:-1]]
            yield fact(subject.cell.text, named, cells[-1].text, " ".join(evidence), subject.cell.box)


def _told(rows: Sequence[Row]) -> Iterator[tuple[int, Row, "_Name | None", "_Name | None", Row]]:
    """Yield each row of a numbered table with its place, its item, the part it is about, and its other cells.

    A row outside a block has no item. Further lines of a name are left out, and so is a row whose type stands above it.
    """
    item: _Name | None = None
    subject: _Name | None = None
    read = 0  # rows, with the further lines of the last name
    for place, row in enumerate(rows):
        reach, cells = row[0].height, row[1:]
        if place < read:
            continue
        if opens_item(row):
            item = subject = _name(rows, place, row[1])
            cells = row[2:]
            edge = _first_column(cells)
        elif item and left(row) > item.cell.box[0] + reach:
            cells = row
            if left(row) > edge + reach or left(row) < edge - reach < float("inf"):
                continue  # its type stands in a row above, or it is one step of several
            edge = min(edge, left(row))
        elif item and len(row) > 1 and left(row) > item.cell.box[0] - reach and not INSTRUCTION.match(row[0].text):
            is_under = subject and subject is not item and subject.is_heading
            subject = _name(rows, place, row[0])
            if not subject or is_under or left(cells) > edge + reach:
                item = None  # what a row without a type means is not said, nor one below `Version A:`
            edge = min(edge, _first_column(cells))
        else:
            item = None  # a heading, or a note that the rows below it need to be understood
        read = max(read, subject.read) if item and subject else read
        if item and subject is item and has_value(row):
            item = subject = replace(item, is_valued=True)
        yield place, row, item, subject, cells


def _first_column(cells: Row) -> float:
    """Return where the first column behind a name begins, if a row has more than its value."""
    return left(cells) if cells and not (len(cells) == 1 and has_value(cells)) else float("inf")


@dataclass(frozen=True, slots=True)
class _Name:
    """What a row is about: its name, a short note printed as further lines of it, and the row behind them."""

    cell: Segment
    notes: tuple[str, ...]
    read: int
    is_heading: bool  # over the rows below it: it ends in a colon
    is_valued: bool = False  # an item with a value in its own rows, not only in those of its parts


def _name(rows: Sequence[Row], place: int, cell: Segment) -> _Name | None:
    """Return the name in a cell with its further lines; None where they say more than can be asked with it."""
    if opens_item(rows[place]) and not is_label(cell.text):
        return None
    is_heading = cell.text.endswith(":")
    notes: list[Segment] = []
    read = place + 1
    while read < len(rows) and len(rows[read]) == 1 and abs(left(rows[read]) - cell.box[0]) < rows[read][0].height:
        below = rows[read][0]
        is_close = gap(rows[read - 1], rows[read]) <= below.height / 3
        if not notes and (below.text[0].islower() or below.text[0] == "(" or LOOSE_END.search(cell.text)):
            cell = Segment(f"{cell.text} {below.text}", cell.box, min(cell.score, below.score))
        elif is_close:
            notes.append(below)
        else:
            break
        read += 1
    note = " ".join(one.text for one in notes).removeprefix("Note:").strip()
    is_told = len(note) <= LONGEST_NOTE and is_named(note) and "*" not in note and all(map(is_sure, notes))
    return _Name(cell, (note,) if note else (), read, is_heading) if is_told else None


def _item(item: _Name, subject: _Name) -> list[str]:
    """Return how a question about a part names its item.

    An item with a value of its own is only a neighbour; a part without a place in its name (`Lock nut`) needs it too.
    """
    if subject is item or (item.is_valued and PLACED.search(subject.cell.text)):
        return []
    return [f"listed with {item.cell.text}" if item.is_valued else f"under {item.cell.text}"]


def _is_whole(rows: Sequence[Row], place: int, cells: Row) -> bool:
    """Return True for a value behind qualifiers none of which goes on in the row below: half a list of engines."""
    if not cells or not has_value(cells) or INCHES.fullmatch(cells[-1].text):
        return False
    qualifiers = cells[:-1]
    if not all(is_qualifier(cell.text) for cell in qualifiers):
        return False
    below = rows[place + 1] if place + 1 < len(rows) else None
    if below is None or has_value(below) or opens_item(below):
        return True
    close = [cell for cell in qualifiers if gap(rows[place], below) <= cell.height / 3]
    return not any(one.box[0] < cell.box[2] and cell.box[0] < one.box[2] for one in below for cell in close)


def _condition(row: Row, value: Segment) -> str:
    """Return the line or the column's head that limits a value below it, or names the car that the value is for."""
    over = row if len(row) == 1 else [one for one in row if one.box[0] < value.box[2] and one.box[2] > value.box[0]]
    # `Max. oil temperature: 130 °C` limits nothing below it.
    told = (GROUP_NUMBER.sub("", one.text) for one in over if not (is_value(one.text) or value_line(one.text)))
    return next((text for text in told if LIMIT.search(text) or CAR.search(text)), "")


def plain(rows: Sequence[Row]) -> Iterator[Fact]:
    """Yield the facts of tables without item numbers."""
    subject: Segment | None = None
    above: Row | None = None
    group = ""  # the line with a colon that the rows stand under
    head: list[Row] = []  # the rows right above them, which may limit their values
    for number, row in enumerate(rows):
        if len(row) < 2 or not has_value(row) or opens_item(row):
            head = [*([] if above and len(above) > 1 and has_value(above) else head), row]
            subject, above = None, row
            group = row[0].text if len(row) == 1 and row[0].text.endswith(":") and is_label(row[0].text) else ""
            continue
        continues = subject is not None and left(row) > subject.box[2] and gap(above, row) < 2 * row[0].height
        if not continues:
            # A row that hangs under the one above needs that one's words to be understood.
            hangs = above is not None and gap(above, row) <= row[0].height < left(row) - left(above)
            subject = row[0] if is_label(row[0].text) and not hangs else None
        above = row
        middle = row[:-1] if continues else row[1:-1]
        rest = list(continued(rows, number))
        value = " ".join([row[-1].text, *rest])
        # Three words without a digit may be a second label.
        are_short = all(len(cell.text.split()) <= 2 or any(map(str.isdigit, cell.text)) for cell in middle)
        if subject and is_value(value) and are_short and all(is_qualifier(cell.text) for cell in middle):
            evidence = [*([group] if group else []), *([subject.text] if continues else []), text_of(row), *rest]
            named = [*([group] if group else []), *(cell.text for cell in middle)]
            told = {text: line for line in head if (text := _condition(line, row[-1])) and text not in named}
            limits = list(told)
            # Half a sentence, or a car in a row that may be another part's; and no limit says what a part is.
            is_unsure = any(VERB.search(text) or not (len(told[text]) == 1 or LIMIT.search(text)) for text in limits)
            if is_unsure or (limits and not named and GENERIC.fullmatch(subject.text)):
                continue
            named, evidence = [*limits, *named], [*limits, *evidence]
            yield fact(subject.text, named, value, " ".join(evidence), subject.box)


def has_value(row: Row) -> bool:
    """Return True if the last cell is a quantity that was read for sure."""
    return is_value(row[-1].text) and is_sure(row[-1])


def is_numbered(rows: Sequence[Row]) -> bool:
    return any(opens_item(row) for row in rows)


def opens_item(row: Row) -> bool:
    if len(row) < 2:
        return False
    is_item = ITEM_NUMBER.fullmatch(row[0].text) and is_label(row[1].text)
    return bool(is_item or TORQUE_NUMBER.fullmatch(row[0].text))


def is_qualifier(text: str) -> bool:
    """Return True for a short cell that is no value of its own: a second value needs a column head to be told apart."""
    return len(text) <= LONGEST_MIDDLE and not is_value(text)
