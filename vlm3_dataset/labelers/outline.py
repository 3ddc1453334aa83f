"""Find what a page says it is about: its job numbers with their titles, or the title beside its number. Pure.

Where a page has several jobs, text belongs to the lowest heading above it in its half of the page, and text at the head
of the right half to the last one of the left. What stands above every heading is the page before it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vlm3_dataset.labelers.prose import text_columns
from vlm3_dataset.labelers.words import INSTRUCTION, is_clear, is_sure
from vlm3_dataset.schema import Box, Segment
from vlm3_dataset.sources.rows import Row, left, rows

JOB = re.compile(r"(?P<number>\d\d \d\d \d{3})(?: +(?P<title>\S.*))?")
# What opens a job without being read for sure: text below it belongs to no other. A number alone is a picture's.
NUMBERED = re.compile(r"\d\d ?\d\d ?(?:\d{3}|\.{2,3})[ /]*")
OPENS = re.compile(
    r"\d\d ?\d\d ?(?:\d{3}|\.{2,3})[ /]+[A-Z]{3}.*"
    r"|[A-Z/ ]*\b(?:INSTALL|REMOV|REPLAC|CHECK|ADJUST|OVERHAUL|BLEED)ING\b.*"
)
GROUP = re.compile(r"(?P<number>\d\d \d\d) +(?P<title>[A-Z][\w-]{2,}[\w,.()/ -]{0,50})")  # of a torque table
PAGE = re.compile(
    r"(?:(?P<before>[^\W\d].*) +)?(?P<number>\d{2,4}A? ?- ?\d{1,3}(?:[/.]\d)?)(?: +(?P<after>[^\W\d].*))?"
)
TITLE = re.compile(r"[\w(\"'][\w ,.;/()&+'\"–-]{1,70}")
# A title that ends so goes on in a line that was not found.
CUT = re.compile(
    r"(?:[,/(-]|\b(?:AND|OF|ON|FOR|FROM|WITH|IN|TO|OR|THE|(?:INSTALL|REMOV|REPLAC|CHECK|ADJUST|TIGHTEN|ASSEMBL|MACHIN)ING))$"
)
MOST_LINES = 5  # of a title; the longest seen has four
LINE_GAP = 0.8  # heights of print between two lines of a title
FIRST_ROWS = 3  # that the page's own title is looked for in


@dataclass(frozen=True, slots=True)
class Heading:
    """A title as printed, its number (a job's, a table's group's or the page's), and where it stands."""

    number: str
    title: str
    kind: str  # "job", "group", "page"; "" where it was not read for sure
    middle: float  # of the cell with its number
    top: float
    evidence: str

    @property
    def named(self) -> str:
        """The words by which a question names it."""
        title = f', "{self.title}"' if self.title else ""
        return f"{self.kind} {self.number}{title}"

    @property
    def within(self) -> str:
        """The beginning of a question about what stands under it."""
        return f"{'On' if self.kind == 'page' else 'In'} {self.named}"


@dataclass(frozen=True, slots=True)
class Outline:
    """The headings of a page, from top to bottom, and where its right half begins."""

    found: tuple[Heading, ...]
    middle: float

    @property
    def has_groups(self) -> bool:
        return any(one.kind == "group" for one in self.found)

    def above(self, box: Box) -> Heading | None:
        """Return the heading to which print in a box belongs, else the page's own; one not read for sure is none."""
        whole = [one for one in self.found if one.kind == "page"]
        parts = [one for one in self.found if one.kind != "page"]
        is_right = (box[0] + box[2]) / 2 > self.middle
        own = [one for one in parts if (one.middle > self.middle) == is_right and one.top < box[1]]
        before = [one for one in parts if one.middle <= self.middle] if is_right else []
        nearest = (own or before or whole or [None])[-1]
        return nearest if nearest in whole or (nearest and nearest.kind) else (whole or [None])[0]


def outline(segments: Sequence[Segment]) -> Outline:
    """Return the headings of a page."""
    if not segments:
        return Outline((), 0)
    printed = rows(segments)
    parts = text_columns(segments)
    edges = [edge for one in segments for edge in (one.box[0], one.box[2])]
    middle = min(one.box[0] for one in parts[1]) - 1 if len(parts) > 1 else sum((min(edges), max(edges))) / 2
    sure = [*_page(printed), *_numbered(printed)]
    named = " ".join(one.evidence for one in sure)
    beside = {
        one
        for row in printed
        for number, one in pairwise(row)
        if NUMBERED.fullmatch(number.text) and _is_title(one.text)
    }
    doubtful = (one for one in segments if (one in beside or OPENS.fullmatch(one.text)) and one.text not in named)
    found = [*sure, *(Heading("", "", "", one.middle, one.box[1], "") for one in doubtful)]
    return Outline(tuple(sorted(found, key=lambda one: one.top)), middle)


def _numbered(printed: Sequence[Row]) -> Iterator[Heading]:
    for place, row in enumerate(printed):
        for at, cell in enumerate(row):
            job, group = JOB.fullmatch(cell.text), GROUP.fullmatch(cell.text)
            if group and at == 0 and is_sure(cell):
                yield Heading(group["number"], group["title"], "group", cell.middle, cell.box[1], cell.text)
            if not job or not is_sure(cell):
                continue
            beside = row[at + 1] if not job["title"] and at + 1 < len(row) else None
            first, start = (job["title"], cell) if job["title"] else (beside.text if beside else "", beside or cell)
            lines = [first, *_further(printed[place + 1 :], start, cell.box[0])]
            title = " ".join(lines)
            if is_sure(start) and _is_title(first) and all(lines) and is_clear(title) and not CUT.search(title):
                yield Heading(job["number"], title, "job", cell.middle, cell.box[1], f"{job['number']} {title}")


def _further(below: Sequence[Row], start: Segment, edge: float) -> Iterator[str]:
    """Yield the further lines of a title: capitals close below it, from its own edge or from its number's on.

    A line that was not read for sure, is capitals in part or goes on behind a hyphen, ends it with "": it is no title.
    """
    foot, height = start.box[3], start.height
    if start.text.endswith("-"):
        yield ""
    for row in below[: MOST_LINES - 1]:
        close = [cell for cell in row if edge - height < cell.box[0] < start.box[2]]
        line = next((cell for cell in close if -height / 2 < cell.box[1] - foot < LINE_GAP * height), None)
        if line is None or JOB.match(line.text) or not re.match(r"[A-Z]{2}|[(\"]", line.text):
            return
        yield line.text if is_sure(line) and _is_title(line.text) and not line.text.endswith("-") else ""
        foot = line.box[3]


def _page(printed: Sequence[Row]) -> Iterator[Heading]:
    """Yield the page's number, with the title beside it or right below it."""
    edge = min((left(row) for row in printed), default=0)
    for place, row in enumerate(printed[:FIRST_ROWS]):
        for at, cell in enumerate(row):
            match = PAGE.fullmatch(cell.text)
            if not match or not is_sure(cell):
                continue
            below = printed[place + 1] if place + 1 < len(printed) else ()
            if len(below) != 1 or not _is_under(cell, below[0], edge):
                below = ()
            beside = [row[at + 1]] if at + 1 < len(row) else [row[at - 1]] if at else list(below)
            near = beside[0].text if beside and is_sure(beside[0]) else ""
            title = (match["before"] or match["after"] or near).strip(" .-")
            if near and title == near.strip(" .-") and _is_title(title):
                foot = place + 2 if beside[0] in below else place + 1
                more = list(_further(printed[foot:], beside[0], beside[0].box[0]))
                title = " ".join([title, *more]) if all(more) else ""
            number = match["number"].replace(" ", "")
            if not _is_headline(title):
                title = ""
            pieces = [title, cell.text] if beside and beside[0] in row[:at] else [cell.text, title]
            evidence = cell.text if title and title in cell.text else " ".join(pieces)
            yield Heading(number, title, "page", cell.middle, cell.box[1], evidence)
            return


def _is_under(number: Segment, title: Segment, edge: float) -> bool:
    """Return True for print below a number, or at the page's left edge; elsewhere it heads columns of a table."""
    return title.box[0] < edge + 2 * title.height or (number.box[0] < title.box[2] and title.box[0] < number.box[2])


def _is_headline(text: str) -> bool:
    """Return True for a few words with a capital each."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 3]
    fits = TITLE.fullmatch(text) and not JOB.match(text) and len(text.split()) <= 9 and not CUT.search(text)
    return bool(fits and words) and all(word[0].isupper() for word in words) and not INSTRUCTION.match(text)


def _is_title(text: str) -> bool:
    """Return True for words in capitals; `i` is part of a car's name (318 i)."""
    letters = [sign for sign in text if sign.isalpha() and sign != "i"]
    return len(letters) >= 2 and all(sign.isupper() for sign in letters) and bool(TITLE.fullmatch(text))
