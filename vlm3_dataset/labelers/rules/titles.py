"""Read the titles of a page: a job's and a group's behind its number, the page's beside or below its own. Pure.

A title is whole or none: with every block of its line, its subtitle, and the line in dashes or brackets that says which
variant it is for.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vlm3_dataset.labelers.rules.words import INSTRUCTION, is_clear, is_sure
from vlm3_dataset.schema import Segment
from vlm3_dataset.sources.pages.rows import Row, left

JOB = re.compile(r"(?P<number>\d\d \d\d \d{3})(?: +(?P<title>\S.*))?")
GROUP = re.compile(r"(?P<number>\d\d \d\d) +(?P<title>[A-Z][\w-]{2,}[\w,.()/ -]{0,50})")  # of a torque table
PAGE = re.compile(
    r"(?:(?P<before>[^\W\d].*) +)?(?P<number>\d{2,4}A? ?- ?\d{1,3}(?:[/.]\d)?)(?: +(?P<after>[^\W\d].*))?"
)
TITLE = re.compile(r"[\w(\"'][\w ,.;/()&+'\"–-]{1,70}")
# A title that ends so goes on in a line that was not found.
CUT = re.compile(
    r"(?:[,/(-]|\b(?:AND|OF|ON|FOR|FROM|WITH|IN|TO|OR|THE|(?:INSTALL|REMOV|REPLAC|CHECK|ADJUST|TIGHTEN|ASSEMBL|MACHIN)ING))$"
)
# Below a title, in dashes or brackets: the variant that the title is for, or what has been done before.
QUALIFIER = re.compile(r"[-–—]+ ?(?P<dashed>[A-Z\d].*?) ?[-–—]+ ?[*.]*|(?P<bracketed>\([A-Z][a-z].*\))")
DONE_BEFORE = re.compile(r"(?i)\b(removed|disassembled)\W*$")  # parts no variants
# The reader is not sure which dash it saw: qualifiers were right from here on, and one of 0.93 said `Vaive`.
SURE_WORDS = 0.95
COUNTED = re.compile(r"(?P<words>[^\W\d]{3}[^\d]*?) ?(?P<count>\d+)")  # Test 4 – ...
MOST_LINES = 5  # of a title; the longest seen has four
LINE_GAP = 0.8  # heights of print between two lines of a title
FIRST_ROWS = 3  # that the page's own title is looked for in
COLUMN_GAP = 6.0  # heights from a title to what stands on its line in another column: the heads of a table
LIKE_SIZE = 0.75  # of a title's height at least is its subtitle's; a diagram's labels have 0.6


@dataclass(frozen=True, slots=True)
class Heading:
    """A title as printed, its number (a job's, a table's group's or the page's), and where it stands."""

    number: str
    title: str
    kind: str  # "job", "group", "page"; "" where it was not read for sure
    middle: float  # of the cell with its number
    top: float
    evidence: str
    condition: str = ""  # the engine or model that the text in question is for

    @property
    def named(self) -> str:
        """The words by which a question names it."""
        title = f', "{self.title}"' if self.title else ""
        return f"{self.kind} {self.number}{title}"

    @property
    def within(self) -> str:
        """The beginning of a question about what stands under it."""
        under = f', under "{self.condition}"' if self.condition else ""
        return f"{'On' if self.kind == 'page' else 'In'} {self.named}{under}"


def numbered(printed: Sequence[Row]) -> Iterator[Heading]:
    """Yield the jobs of a page and the groups of a torque table, with their titles."""
    for place, row in enumerate(printed):
        for at, cell in enumerate(row):
            job, group = JOB.fullmatch(cell.text), GROUP.fullmatch(cell.text)
            if group and at == 0 and is_sure(cell):
                yield Heading(group["number"], group["title"], "group", cell.middle, cell.box[1], cell.text)
            if not job or not is_sure(cell):
                continue
            beside = row[at + 1] if not job["title"] and at + 1 < len(row) else None
            first, start = (job["title"], cell) if job["title"] else (beside.text if beside else "", beside or cell)
            lines, qualifiers = _further(printed[place + 1 :], start, cell.box[0])
            title = " ".join([first, *lines])
            is_read = is_sure(start) and is_title(first) and all(lines) and all(qualifiers)
            if is_read and is_clear(title) and not CUT.search(title):
                title = " ".join([title, *qualifiers])
                yield Heading(job["number"], title, "job", cell.middle, cell.box[1], f"{job['number']} {title}")


def _further(below: Sequence[Row], start: Segment, edge: float) -> tuple[list[str], list[str]]:
    """Return the further lines of a title, and its qualifiers: close below it, from its own edge or its number's on.

    A line that was not read for sure, is capitals in part or goes on behind a hyphen, ends it with "": it is no title.
    So does a qualifier without its second dash, unless it tells what has been done before.
    """
    foot, height = start.box[3], start.height
    lines: list[str] = [""] if start.text.endswith("-") else []
    qualifiers: list[str] = []
    opened: Segment | None = None  # a qualifier of several lines, down to its second dash
    for row in below[: MOST_LINES - 1]:
        close = [cell for cell in row if edge - height < cell.box[0] < start.box[2]]
        line = next((cell for cell in close if -height / 2 < cell.box[1] - foot < LINE_GAP * height), None)
        if line is None or JOB.match(line.text):
            break
        if opened and line.box[0] < opened.box[0] - height:
            break
        if opened:
            line = Segment(f"{opened.text} {line.text}", line.box, min(opened.score, line.score))
        if match := QUALIFIER.fullmatch(line.text):
            qualifiers += _qualifier(line, match)
            opened = None
        elif line.text.startswith(("-", "–", "—")):
            opened = line
        elif qualifiers or not re.match(r"[A-Z]{2}|[(\"]", line.text):
            break
        else:
            lines.append(line.text if is_sure(line) and is_title(line.text) and not line.text.endswith("-") else "")
        foot = line.box[3]
    if opened and not DONE_BEFORE.search(opened.text):
        qualifiers.append("")
    return lines, qualifiers


def _qualifier(line: Segment, match: re.Match[str]) -> Iterator[str]:
    """Yield a qualifier as it is printed, "" where it was not read for sure and may part two variants."""
    has_number = any(map(str.isdigit, line.text))
    if is_sure(line) or (line.score >= SURE_WORDS and not has_number):
        yield match["bracketed"] or f"– {match['dashed']} –"
    elif not DONE_BEFORE.search(line.text):
        yield ""


def page_heading(printed: Sequence[Row]) -> Iterator[Heading]:
    """Yield the page's number, with the title beside it or right below it."""
    edge = min((left(row) for row in printed), default=0)
    for place, row in enumerate(printed[:FIRST_ROWS]):
        for at, cell in enumerate(row):
            match = PAGE.fullmatch(cell.text)
            if not match or not is_sure(cell):
                continue
            beside = _header(row, at, match)
            if beside:
                title, more = _beside(beside), _subtitle(beside, printed[place + 1 :])
                evidence = " ".join([*(one.text for one in row if one is cell or one in beside), *more])
            else:
                title, more = _below(cell, printed[place + 1 :], edge)
                evidence = " ".join([cell.text, title, *more])
            lines = [title, *more]
            title = " ".join(lines)
            if not all(lines) or not _is_headline(lines) or _has_like(title, printed):
                title, evidence = "", cell.text
            yield Heading(match["number"].replace(" ", ""), title, "page", cell.middle, cell.box[1], evidence)
            return


def _header(row: Row, at: int, match: re.Match[str]) -> list[Segment]:
    """Return the blocks on the line of a page's number, up to where another column begins.

    Where print stands on both sides of the number, one side is no title, and which one is not told: an empty block.
    """
    cell = row[at]
    width = (cell.box[2] - cell.box[0]) / len(cell.text)
    inside = []
    if words := match["before"] or match["after"]:
        start = cell.box[0] + width * cell.text.index(words)
        inside = [Segment(words, (start, cell.box[1], start + width * len(words), cell.box[3]), cell.score)]
    before, after = row[:at][::-1], row[at + 1 :]
    if (before and after) or (match["before"] and (after or match["after"])) or (match["after"] and before):
        return [Segment("", cell.box)]
    blocks = [*inside, *(before or after)]
    for number, (one, other) in enumerate(pairwise(blocks)):
        apart = max(one.box[0], other.box[0]) - min(one.box[2], other.box[2])
        if apart > COLUMN_GAP * one.height:
            blocks = blocks[: number + 1]
            break
    return sorted(blocks, key=lambda one: one.box[0])


def _beside(blocks: Sequence[Segment]) -> str:
    """Return the blocks of a header line as one title, "" where one of them is no words that were read for sure."""
    are_words = all(is_sure(one) and TITLE.fullmatch(one.text) and not one.text[0].isdigit() for one in blocks)
    return " ".join(one.text for one in blocks).strip(" .-") if are_words else ""


def _subtitle(blocks: Sequence[Segment], below: Sequence[Row]) -> list[str]:
    """Return the lines below a header in capitals: as large as it, and under it at either edge."""
    if not is_title(_beside(blocks)):
        return []
    start, stop = blocks[0].box[0], blocks[-1].box[2]
    foot, height = blocks[0].box[3], blocks[0].height
    more: list[str] = []
    for row in below[: MOST_LINES - 1]:
        under = [
            one for one in row if one.box[0] < stop and start < one.box[2] and one.box[1] - foot < LINE_GAP * height
        ]
        line = next((one for one in under if one.height > LIKE_SIZE * height), None)
        if line is None:
            matches = ((one, QUALIFIER.fullmatch(one.text)) for one in under)
            return [*more, *(text for one, match in matches if match for text in _qualifier(one, match))]
        if not re.match(r"[A-Z]{2}|[(\"]", line.text):
            return more
        more.append(line.text if is_sure(line) and is_title(line.text.replace(": ", " ")) else "")
        foot = line.box[3]
    return more


def _below(number: Segment, below: Sequence[Row], edge: float) -> tuple[str, list[str]]:
    """Return the title below a page's number, where it stands alone in its row, and its further lines."""
    if not below or len(below[0]) != 1 or not is_sure(first := below[0][0]):
        return "", []
    # Elsewhere than under the number or at the page's left edge it heads columns of a table.
    is_under = number.box[0] < first.box[2] and first.box[0] < number.box[2]
    if not is_under and first.box[0] >= edge + 2 * first.height:
        return "", []
    title = first.text.strip(" .-")
    if not is_title(title):
        return title, []
    lines, qualifiers = _further(below[1:], first, first.box[0])
    return title, [*lines, *qualifiers]


def _has_like(title: str, printed: Sequence[Row]) -> bool:
    """Return True where another line begins with the same words and another number: both head a part of the page."""
    if not (own := COUNTED.match(title)):
        return False
    others = (COUNTED.match(cell.text) for row in printed for cell in row)
    return any(
        other and other["words"].casefold() == own["words"].casefold() and other["count"] != own["count"]
        for other in others
    )


def _is_headline(lines: Sequence[str]) -> bool:
    """Return True for lines of a few words with a capital each; a qualifier counts no words."""
    text = " ".join(one for one in lines if not QUALIFIER.fullmatch(one))
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 3]
    fits = TITLE.fullmatch(text.replace(": ", " ")) and not JOB.match(text) and len(text.split()) <= 9
    is_whole = fits and not CUT.search(text) and not INSTRUCTION.match(text) and not re.match(r"\d{1,2}[.)]", text)
    return bool(is_whole and words) and all(word[0].isupper() for word in words)


def is_title(text: str) -> bool:
    """Return True for words in capitals; `i` is part of a car's name (318 i)."""
    letters = [sign for sign in text if sign.isalpha() and sign != "i"]
    return len(letters) >= 2 and all(sign.isupper() for sign in letters) and bool(TITLE.fullmatch(text))
