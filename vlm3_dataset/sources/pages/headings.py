"""Find the heading that a page prints; it names the section where neither folder nor index page does."""

import re
from dataclasses import replace
from pathlib import Path
from statistics import median

from vlm3_dataset.quantities import find
from vlm3_dataset.schema import Page, Reading
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.pages.rows import rows

LARGER = 1.3  # times the page's usual print; boxes of plain print by OCR differ by a tenth
CLEARLY = 1.1  # times the next largest
FIRST_ROWS = 6  # a running head and a page number may stand above
LEAST_SCORE = 0.95  # a question must not repeat what OCR misread
WORD = re.compile(r"[^\W\d_]{3,}")
HEADING = re.compile(r"[^\W\d_][\w ,&/().'-]{3,59}")


def named(page: Page, listed: str, work: Path) -> Page:
    """Return the page with its section: from its folder, else the index page that lists it, else its own heading."""
    if page.section_name or page.reason:
        return page
    return replace(page, section_name=listed or heading(load_reading(work, page.page_id)))


def heading(reading: Reading) -> str:
    """Return a lone line near the top, larger than all others and without a value; "" if there is none. Pure.

    A page with several headings of one size is about several things.
    """
    heights = sorted(segment.height for segment in reading.segments)
    for row in rows(reading.segments)[:FIRST_ROWS]:
        height, text = row[0].height, row[0].text.strip(" :-")
        is_first = height == heights[-1] and len(row) == 1 and row[0].score >= LEAST_SCORE
        if is_first and height >= LARGER * median(heights) and (len(heights) < 2 or height >= CLEARLY * heights[-2]):
            return text if HEADING.fullmatch(text) and WORD.search(text) and not find(text) else ""
    return ""
