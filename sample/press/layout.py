"""Sets the blocks of a page: top to bottom in each column, and an error rather than a line that does not fit."""

from itertools import pairwise

import pymupdf

from sample.press.ink import BOLD, ITALIC, PLAIN, Ink, text_width
from sample.press.records import Block, Column, Drawing, Gap, Heading, Page, Specs, Steps, Table, Text

FOOTER = "Sample Roadster. All values invented. (c) the vlm3 authors, Apache-2.0"
LEADING = 1.28
HANGING = 26.0
CELL = 6.0


def set_page(document: pymupdf.Document, page: Page) -> pymupdf.Page:
    """Appends `page` to the document. Raises ValueError where a block runs off its column or the page."""
    width, height = page.size
    sheet = document.new_page(width=width, height=height)
    ink = Ink(sheet.new_shape())
    _frame(ink, page)
    for column in page.columns:
        _set_column(ink, column, height - 40)
    ink.shape.commit()
    return sheet


def _frame(ink: Ink, page: Page) -> None:
    width, height = page.size
    if page.title:
        ink.text((60, 50), f"{page.number}   {page.title}", 23, BOLD)
        ink.line((58, 62), (width - 55, 62), width=2.6)
    else:
        ink.text((width / 2, 32), page.number, 27, BOLD, "centre")
        ink.line((6, 40), (6, height - 6), (width - 6, height - 6), width=1.0)
    if page.footnote:
        ink.text((width * 0.27, height - 34), page.footnote, 14)
    ink.text((18, height - 13), FOOTER, 10.5)


def _set_column(ink: Ink, column: Column, bottom: float) -> None:
    y = column.y
    for block in column.blocks:
        y += _set_block(ink.moved(column.x, y), block, column.width)
        if y > bottom:
            raise ValueError(f"{type(block).__name__} ends at {y:.0f}, below {bottom:.0f}: {block}")


def _set_block(ink: Ink, block: Block, width: float) -> float:
    """Draws the block below the pen's origin; returns its height."""
    match block:
        case Gap(height):
            return height
        case Drawing(draw, height, picture):
            draw(ink)
            ink.text((width, height - 4), picture, 11, align="right")
            return height
        case Heading(text, job, size):
            indent = text_width(job, size) + 16 if job else 0
            ink.text((0, size), job, size)
            return _paragraph(ink.moved(indent, 0), text, width - indent, size, BOLD) + 8
        case Text(text, bold, size):
            return _paragraph(ink, text, width, size, BOLD if bold else PLAIN) + 7
        case Steps():
            return _steps(ink, block, width)
        case Specs():
            return _specs(ink, block, width)
        case Table():
            return _table(ink, block, width)


def _steps(ink: Ink, block: Steps, width: float) -> float:
    y = 0.0
    for number, line in enumerate(block.lines, 1):
        ink.text((0, y + 14.5), str(number), 14.5, BOLD)
        y += _paragraph(ink.moved(HANGING, y), line, width - HANGING, 14.5, PLAIN) + 3
    return y + 5


def _specs(ink: Ink, block: Specs, width: float) -> float:
    y = 0.0
    for fact in block.facts:
        label = f"{fact.label}:"
        tab = block.tab or text_width(label + " ", 14.5)
        if text_width(label, 14.5) > tab or tab + text_width(fact.value, 14.5) > width:
            raise ValueError(f"does not fit {width:.0f} points with the tab at {tab:.0f}: {fact}")
        ink.text((0, y + 14.5), label, 14.5)
        ink.text((tab, y + 14.5), fact.value, 14.5)
        y += 14.5 * LEADING + 3
    return y + 7


def _table(ink: Ink, table: Table, width: float) -> float:
    edges = [0.0]
    for column in table.widths:
        edges.append(edges[-1] + column)
    if edges[-1] > width:
        raise ValueError(f"table is {edges[-1]:.0f} points wide, its column {width:.0f}")
    y = 0.0
    ink.line((0, 0), (edges[-1], 0), width=1.8)
    for number, row in enumerate((table.columns, *table.rows)):
        font = BOLD if number == 0 else PLAIN
        heights = [
            _paragraph(ink.moved(left + CELL, y + 4), cell, right - left - 2 * CELL, 14, font)
            for cell, (left, right) in zip(row, pairwise(edges), strict=True)
        ]
        y += max(heights) + 9
        # A row whose first cell is empty goes on with the row above: no rule between the two in that column.
        following = table.rows[number][0] if number < len(table.rows) else "end"
        ink.line((0 if following else edges[1], y), (edges[-1], y), width=1.8 if number == 0 else 0.9)
    for edge in edges:
        ink.line((edge, 0), (edge, y), width=1.2)
    return y + 12


def _paragraph(ink: Ink, text: str, width: float, size: float, font: str) -> float:
    lines = wrap(text, width, size, font)
    for number, line in enumerate(lines):
        style = ITALIC if font == PLAIN and line in {"Important!", "Note:"} else font
        ink.text((0, size + number * size * LEADING), line, size, style)
    return len(lines) * size * LEADING


def wrap(text: str, width: float, size: float, font: str) -> list[str]:
    """Breaks text into lines no wider than `width` points. Raises ValueError for a word that is."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, size, font) > width:
                lines.append(line)
                line = word
            else:
                line = longer
            if text_width(line, size, font) > width:
                raise ValueError(f"wider than {width:.0f} points: {line!r}")
        lines.append(line)
    return lines
