"""The heading that a page prints, which names its section where neither its folder nor an index page does."""

import re
from dataclasses import replace
from pathlib import Path
from statistics import median

from vlm3_dataset.quantities import find
from vlm3_dataset.schema import Page, Reading
from vlm3_dataset.shelf.readings import load_reading
from vlm3_dataset.shelf.rows import rows

LARGER = 1.3  # times the page's usual print; boxes of plain print by OCR differ by a tenth
FIRST_ROWS = 6  # a running head and a page number may stand above
LEAST_SCORE = 0.95  # a question must not repeat what OCR misread
HEADING = re.compile(r"[^\W\d_][\w ,&/().'-]{3,59}")


def named(page: Page, listed: str, work: Path) -> Page:
    """The page in its section: its folder's, else that of the index page that lists it, else the one it prints."""
    if page.section_name or page.reason:
        return page
    return replace(page, section_name=listed or heading(load_reading(work, page.page_id)))


def heading(reading: Reading) -> str:
    """A line alone, large, near the top, of words without a value; nothing where no line is clearly that. Pure."""
    printed = rows(reading.segments)
    if not printed:
        return ""
    usual = median(segment.box[3] - segment.box[1] for segment in reading.segments)
    for row in printed[:FIRST_ROWS]:
        height, text = row[0].box[3] - row[0].box[1], row[0].text.strip(" :-")
        is_large = height >= LARGER * usual and row[0].score >= LEAST_SCORE
        if len(row) == 1 and is_large and HEADING.fullmatch(text) and not find(text):
            return text
    return ""
