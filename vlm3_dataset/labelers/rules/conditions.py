"""Find the lines that limit what stands below them to an engine, a model, a version or parts: `Engine M 10:`. Pure.

Such a line holds to the end of its block. One that opens a job, stands apart or names parts holds until the next of its
kind.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vlm3_dataset.labelers.rules.prose import HEADED, blocks
from vlm3_dataset.labelers.rules.words import INSTRUCTION, is_sure
from vlm3_dataset.schema import Box, Segment

# Names a car or its engine, or the years in which it was built.
MODEL = re.compile(
    r"\bBMW\b|\b[MS] ?[1-9]\d?\b(?![^()]*\))|^[1-9]\d\d ?[a-z]{0,2}X?\b"
    r"|(?i:\bmodels?\b|^(since|until|from|before) \d{4})"
)
VERSION = re.compile(r"(?i)\b(cars|versions?|engines?) with(out)?\b|\bversion\b|\b[1-9]\d{1,2} (A|V|kV|W|kW)\b")
# Names the parts that what follows is about, where others on the car have another procedure: `Rear Drums:`.
PARTS = re.compile(r"(?:[A-Z][\w-]+ ){0,3}[A-Z][\w-]*[^sui\W]s(?<!tions)(?<!ments)(?: \([A-Z][\w ]+\))?:")
# Printed so where others end in a colon.
NO_COLON = re.compile(r"BMW ((M ?\d|\d{3}( ?[a-zA-Z]{1,2})?)[:,/. ]*)+|(Cars|Version) with [^.]+\.")
LONGEST = 80  # characters, of two lines
VALUE_GAP = 20.0  # heights from a label to its value, at most
TITLE_LINE = re.compile(r"[^a-z]*( i\b[^a-z]*)?|[-–—(].*")  # the title of the job, and what qualifies it


@dataclass(frozen=True, slots=True)
class Condition:
    """What the print below a line is limited to, the line's own box, and the foot of its block."""

    text: str
    box: Box
    foot: float
    kind: str  # "model", "version" or "parts"
    is_sure: bool
    is_carried: bool  # beyond its block, for the whole job

    def holds(self, box: Box) -> bool:
        """Return True for print in this condition's own block."""
        is_under = box[0] < self.box[2] and self.box[0] < box[2]
        return is_under and self.box[1] < box[1] < self.foot


def conditions(
    columns: Sequence[Sequence[Segment]], headings: Sequence[tuple[float, float]], middle: float
) -> Iterator[Condition]:
    """Yield the conditions of a page in the order of reading; headings are given by their top and their middle."""
    heading, carried = (False, 0.0), ""  # where the job begins, and the kind that it was opened with
    starts = sorted((at > middle, top) for top, at in headings)
    for column in columns:
        for block in sorted(blocks(column), key=lambda block: (block[0].middle > middle, block[0].box[1])):
            limits = list(_limits(block, column))
            feet = [*(line.box[1] for line, _ in limits[1:]), block[-1].box[3]]
            for (line, kind), foot in zip(limits, feet, strict=False):
                above = max((one for one in starts if one < (line.middle > middle, line.box[1])), default=heading)
                if above != heading:
                    heading, carried = above, ""
                if above[0] == (line.middle > middle) and _opens(line, above[1], column):
                    carried = kind
                is_carried = kind in (carried, "parts") or line.box[3] == block[-1].box[3]
                yield Condition(line.text.rstrip(":. "), line.box, foot, kind, is_sure(line), is_carried)


def _limits(block: Sequence[Segment], column: Sequence[Segment]) -> Iterator[tuple[Segment, str]]:
    """Yield the conditions of a block with their kind: one line, or two where it goes on or two stand together."""
    waiting: tuple[Segment, str] | None = None
    before: Segment | None = None  # the line above, where it may begin one
    for line in block:
        kind = _kind(line.text)
        may_go_on = not kind or (kind == "parts" and before and not TITLE_LINE.fullmatch(before.text))
        whole = _joined(before, line) if before and may_go_on else line
        kind = _kind(whole.text)
        beside = (one for one in column if 0 <= one.box[0] - line.box[2] < VALUE_GAP * line.height)
        is_label = any(abs(one.box[1] - line.box[1]) < line.height / 2 for one in beside)  # its value is on its line
        if kind and not is_label:
            if waiting and whole.box[1] - waiting[0].box[3] < line.height / 2:
                whole, kind = _joined(waiting[0], whole), waiting[1]
            elif waiting:
                yield waiting
            waiting = whole, kind
        before = None if line.text[-1:] in ".:!" else line
    if waiting:
        yield waiting


def _kind(text: str) -> str:
    """Return what a line names, if it is one that limits the print below it."""
    is_line = text.endswith(":") or NO_COLON.fullmatch(text)
    if not is_line or len(text) > LONGEST or INSTRUCTION.match(text) or not (text[0].isupper() or text[0].isdigit()):
        return ""
    if MODEL.search(text):
        return "model"
    is_parts = PARTS.fullmatch(text) and not HEADED.match(text)
    return "version" if VERSION.search(text) else "parts" if is_parts else ""


def _joined(one: Segment, other: Segment) -> Segment:
    text = f"{one.text.rstrip(': ')}{', ' if one.text.endswith(':') else ' '}{other.text}"
    box = min(one.box[0], other.box[0]), one.box[1], max(one.box[2], other.box[2]), other.box[3]
    return Segment(text, box, min(one.score, other.score))


def _opens(line: Segment, top: float, column: Sequence[Segment]) -> bool:
    """Return True where nothing but a heading's own title stands between the heading and a line."""
    height = line.height
    between = (
        one
        for one in column
        if top - height / 2 < one.box[1] < line.box[1] - height / 2
        and -2 * height < one.box[0] - line.box[0] < 10 * height
    )
    return all(TITLE_LINE.fullmatch(one.text) for one in between)
