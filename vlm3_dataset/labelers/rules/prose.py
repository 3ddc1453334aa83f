"""Put running text together again: columns, blocks of lines under each other, and their sentences. Pure.

A printed line is no row of a table where a page has two columns of text, and a sentence goes on below where its column
does. What may be incomplete is left out: a line that ends in a hyphen, a sentence that may end in another block.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median

from vlm3_dataset.labelers.rules.facts import VERB
from vlm3_dataset.labelers.rules.words import INSTRUCTION, is_phrase, is_sure
from vlm3_dataset.schema import Box, Segment
from vlm3_dataset.sources.pages.rows import rows

FEWEST_LINES = 4  # of text on either side of a gutter
MOST_CROSSING = 0.03  # share of the page's pieces of print that may cross it: a heading, a foot note
NEXT_LINE = 0.7  # heights of print between a line and the next of its block; 1.3 and more part paragraphs
PARAGRAPH = 0.4  # heights above a heading inside a block; a line of the same sentence stands closer
INDENT = 3.0  # heights that a line may stand right of its block's first: `4. Install` hangs
SAME_CELL = 0.8  # heights between two pieces of one line
EXAMPLE = re.compile(r"(?i)\W*examples?\b")
STEP = re.compile(r"(\d{1,2})[.)] ?(?=[A-Z])")
ABBREVIATED = re.compile(
    r"(?i)(\b(approx|ca|max|min|no|nos|fig|pos|term|conn|cyl|temp|incl|perm|in|ft|lbs?|nec|e\.g|i\.e|[a-z])|^\d{1,2})\.$"
)
HEADED = re.compile(
    r"(?i)(installation|important|caution|warning|note|adjusting|checking|procedures?|removing|disassembl\w+)( ?[:!])?$"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A whole sentence, or a line with a colon, of one block; `step` is its printed number, `box` that of its block."""

    text: str
    box: Box
    line: Box  # its first line's
    step: str = ""
    is_sure: bool = True  # whether its lines and its subheading were read for sure, and none ends in a hyphen
    opened_by: str = ""  # the line with a colon or an exclamation mark above it: Installation:, Caution!
    subheading: str = ""  # what any other line with a colon above it names: Checking oil cover:


def text_columns(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Return the columns of a page, each down to its worked examples, whose figures specify nothing.

    There are two where text stands on both sides of a place that almost nothing crosses, and neither is the labels of
    the other: `Clutch:` belongs to what stands right of it, be that a sentence.
    """
    if not segments:
        return []
    start, stop = min(one.box[0] for one in segments), max(one.box[2] for one in segments)
    edges = [start + (stop - start) * share / 100 for share in range(35, 66)]
    crossing, at = min((sum(one.box[0] < edge < one.box[2] for one in segments), edge) for edge in edges)
    halves = [one for one in segments if one.middle < at], [one for one in segments if one.middle >= at]
    is_open = crossing <= MOST_CROSSING * len(segments)
    has_two = is_open and all(_is_text(half) and not _is_labels(half) for half in halves)
    found = []
    for column in halves if has_two else [segments]:
        foot = min((one.box[1] for one in column if EXAMPLE.match(one.text)), default=inf)
        found.append([one for one in column if one.box[1] < foot])
    return found


def blocks(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Group lines that stand closely under each other from the same left edge."""
    lines = [line for row in rows(segments) for line in _joined(row)]
    made: list[list[Segment]] = []
    for line in lines:
        height = line.height
        above = [
            block
            for block in made
            if -0.5 * height < line.box[1] - block[-1].box[3] < NEXT_LINE * height
            and line.box[1] > block[-1].box[1] + height / 2
            and -height < line.box[0] - block[0].box[0] < INDENT * height
            and min(line.box[2], block[-1].box[2]) > max(line.box[0], block[-1].box[0])
        ]
        if above:
            max(above, key=lambda block: block[-1].box[3]).append(line)
        else:
            made.append([line])
    return made


def sentences(segments: Iterable[Segment]) -> Iterator[Sentence]:
    """Yield the sentences of blocks, also those not read for sure: a second step 2 counts even if misread."""
    for block in blocks(segments):
        opened_by = subheading = ""
        is_told = True  # what the sentences stand under: a heading that was not read for sure may say anything
        for step, lines in _parts(block):
            text = " ".join(line.text for line in lines)
            if len(lines) == 1 and HEADED.match(text):
                opened_by = text
            else:
                sure = all(is_sure(line) and not line.text.endswith("-") for line in lines)
                yield Sentence(text, _around(block), lines[0].box, step, sure and is_told, opened_by, subheading)
                if not step and _is_heading([line.text for line in lines]):
                    subheading, is_told = text.rstrip(":* "), sure


def _is_text(half: Sequence[Segment]) -> bool:
    """Return whether a half of a page is text of its own: the values of a table belong to what stands left of them."""
    words = [len(one.text.split()) for one in half]
    return sum(count >= 3 for count in words) >= FEWEST_LINES and median(words) >= 2


def _is_labels(half: Sequence[Segment]) -> bool:
    """Return whether most lines of a half end in a colon; of running text at most every fourth does."""
    return sum(one.text.endswith(":") for one in half) > len(half) / 2


def _joined(row: Sequence[Segment]) -> Iterator[Segment]:
    """Yield the pieces of a row, those that are one line of text as one."""
    waiting: Segment | None = None
    for piece in row:
        near = waiting and piece.box[0] - waiting.box[2] < SAME_CELL * piece.height
        if waiting and near and not piece.text[0].isupper():
            text, box = f"{waiting.text} {piece.text}", _around([waiting, piece])
            waiting = Segment(text, box, min(waiting.score, piece.score))
            continue
        if waiting:
            yield waiting
        waiting = piece
    if waiting:
        yield waiting


def _parts(block: Sequence[Segment]) -> Iterator[tuple[str, list[Segment]]]:
    """Yield the sentences of a block, each as the pieces of its lines, with its step's number.

    A step ends where a line behind its full stop begins below its number again.
    """
    step, edge, waiting = "", 0.0, []
    for line in block:
        text, numbered = line.text, STEP.match(line.text)
        is_back = line.box[0] < edge + line.height / 2
        if numbered or (step and is_back and waiting and _is_end(waiting[-1].text)):
            if waiting:
                yield step, waiting
            step, edge, waiting = "", line.box[0], []
        if numbered:
            step, text = numbered[1], text[numbered.end() :]
        for part in _split(text):
            is_apart = waiting and line.box[1] - waiting[-1].box[3] > PARAGRAPH * line.height and _is_heading([part])
            if waiting and (is_apart or _is_end(waiting[-1].text, part) or HEADED.match(waiting[-1].text)):
                yield step, waiting
                waiting = []
            waiting.append(Segment(part, line.box, line.score))
    if waiting:
        yield step, waiting


def _split(text: str) -> list[str]:
    parts: list[str] = []
    for part in re.split(r"(?<=[.!?:]) (?=[\"'(]?[A-Z])", text):
        if parts and not _is_end(parts[-1], part):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return parts


def _is_heading(lines: Sequence[str]) -> bool:
    """Return True for a name before a colon; `Check the following:` and `The values are:` name nothing.

    Of two lines, where the second goes on: one that begins with a capital may stand below a title.
    """
    text = " ".join(lines)
    name = text.rstrip(":* ")
    is_one = len(lines) == 1 or (len(lines) == 2 and not lines[1][0].isupper())
    is_name = is_phrase(name) and not (INSTRUCTION.match(name) or VERB.search(name))
    return text.endswith(":") and is_one and is_name


def _is_end(text: str, after: str = "") -> bool:
    """Return True where a sentence ends: also in a bracket, `(5 ft. lbs.)`, if the next line begins with a capital."""
    in_bracket = text.endswith(".)") and after[:1].isupper()
    return in_bracket or (text[-1:] in ".!?:" and not ABBREVIATED.search(text))


def _around(pieces: Sequence[Segment]) -> Box:
    boxes = [piece.box for piece in pieces]
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
