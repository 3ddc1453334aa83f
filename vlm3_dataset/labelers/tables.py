"""Find facts in table rows: a label at the left, one quantity at the right, a few qualifiers between. Pure.

Two shapes of table are known. In a plain one the first cell of a row is its subject, and a row that starts further
right continues the subject above. In a numbered one (the torque tables: `2AZ | Oil drain plug | All | M12 x 1.5 |
25 Nm`) an item number opens a block, and every row up to the next number is about that block's subject.
"""

import re
from collections.abc import Iterator, Sequence

from vlm3_dataset.labelers.facts import Fact, fact
from vlm3_dataset.labelers.words import INSTRUCTION, LOOSE_END, is_label, is_sure, is_unit, is_value
from vlm3_dataset.schema import Segment
from vlm3_dataset.sources.rows import Row, continued, gap, goes_on, left, text_of

ITEM_NUMBER = re.compile(r"[0-9A-Z]{1,3}Z|\d{1,2}[.)]?")
ITEM = re.compile(r"(?P<number>\d{1,2}[A-Z]Z) +(?P<rest>\S.*)")
NUMBER_CELL = re.compile(r"[\d.,±+/x -]*\d[\d.,±+/x -]*")
INCHES = re.compile(r'\d+/\d+ ?"')  # a screw, whose torque stands in the rows below
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
    """Join `25` and `Nm` from neighbouring columns into one cell."""
    cells: list[Segment] = []
    for cell in row:
        if cells and NUMBER_CELL.fullmatch(cells[-1].text) and is_unit(cell.text):
            number = cells.pop()
            box = (number.box[0], min(number.box[1], cell.box[1]), cell.box[2], max(number.box[3], cell.box[3]))
            cells.append(Segment(f"{number.text} {cell.text}", box, min(number.score, cell.score)))
        else:
            cells.append(cell)
    return tuple(cells)


def numbered(rows: Sequence[Row]) -> Iterator[Fact]:
    """Yield the facts of numbered tables. A name in a row inside a block is another part's, and named with its item."""
    item: Segment | None = None
    for place, row in enumerate(rows):
        if opens_item(row):
            item = subject = _whole_subject(rows, place)
            cells = row[2:]
            edge = left(cells) if len(cells) > 1 else float("inf")  # of the first column behind the name
        elif item and left(row) > item.box[0] + row[0].height:
            if left(row) > edge + row[0].height:
                continue  # its type stands in a row above
            cells, edge = row, min(edge, left(row))
        elif item and len(row) > 1 and left(row) > item.box[0] - row[0].height and not INSTRUCTION.match(row[0].text):
            subject, cells = row[0], row[1:]
        elif item and row[0].text in item.text:
            continue  # the second line of its name
        else:
            item = None  # a heading, or a note that the rows below it need to be understood
            continue
        qualifiers = cells[:-1]
        if _goes_on_below(rows, place, qualifiers):
            continue  # half of a list of engines would be asked about
        if (
            cells
            and has_value(cells)
            and not INCHES.fullmatch(cells[-1].text)
            and all(is_qualifier(cell.text) for cell in qualifiers)
        ):
            named = [cell.text for cell in qualifiers]
            evidence = " ".join(cell.text for cell in (subject, *cells))
            if subject is not item:
                named, evidence = [f"under {item.text}", *named], f"{item.text} {evidence}"
            yield fact(subject.text, named, cells[-1].text, evidence, subject.box)


def plain(rows: Sequence[Row]) -> Iterator[Fact]:
    """Yield the facts of tables without item numbers."""
    subject: Segment | None = None
    above: Row | None = None
    group = ""  # the line with a colon that the rows stand under
    for number, row in enumerate(rows):
        if len(row) < 2 or not has_value(row) or opens_item(row):
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
            named = (cell.text for cell in (*([Segment(group, subject.box)] if group else []), *middle))
            yield fact(subject.text, named, value, " ".join(evidence), subject.box)


def has_value(row: Row) -> bool:
    """Return True if the last cell is a quantity that was read for sure."""
    return is_value(row[-1].text) and is_sure(row[-1])


def is_numbered(rows: Sequence[Row]) -> bool:
    return any(opens_item(row) for row in rows)


def opens_item(row: Row) -> bool:
    return len(row) >= 2 and ITEM_NUMBER.fullmatch(row[0].text) is not None and is_label(row[1].text)


def is_qualifier(text: str) -> bool:
    """Return True for a short cell that is no value of its own: a second value needs a column head to be told apart."""
    return len(text) <= LONGEST_MIDDLE and not is_value(text)


def _whole_subject(rows: Sequence[Row], place: int) -> Segment:
    """Return what an item counts, with the second line of its name."""
    subject = rows[place][1]
    below = rows[place + 1] if place + 1 < len(rows) else ()
    if len(below) == 1 and abs(left(below) - subject.box[0]) < below[0].height:
        more = below[0].text
        if more[0].islower() or more[0] == "(" or LOOSE_END.search(subject.text):
            return Segment(f"{subject.text} {more}", subject.box, min(subject.score, below[0].score))
    return subject


def _goes_on_below(rows: Sequence[Row], place: int, cells: Row) -> bool:
    """Return True where the row below is nothing but the second line of one of the cells."""
    below = rows[place + 1] if place + 1 < len(rows) else None
    if below is None or has_value(below) or opens_item(below):
        return False
    return any(goes_on(rows, place, cell) for cell in cells)
