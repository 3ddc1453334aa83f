"""Find which heading and which conditions a page's text stands under. Pure.

Where a page has several jobs, text belongs to the lowest heading above it in its half of the page, and text at the head
of the right half to the last one of the left. What stands above every heading is the page before it. A line above text
that names an engine or a model limits that text (`conditions`), and a question about it repeats the line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from vlm3_dataset.labelers.rules.conditions import Condition, conditions
from vlm3_dataset.labelers.rules.prose import text_columns
from vlm3_dataset.labelers.rules.titles import Heading, is_title, numbered, page_heading
from vlm3_dataset.schema import Box, Segment
from vlm3_dataset.sources.pages.rows import rows

# What opens a job without being read for sure: text below it belongs to no other. A number alone is a picture's.
NUMBERED = re.compile(r"\d\d ?\d\d ?(?:\d{3}|\.{2,3})[ /]*")
OPENS = re.compile(
    r"\d\d ?\d\d ?(?:\d{3}|\.{2,3})[ /]+[A-Z]{3}.*"
    r"|[A-Z/ ]*\b(?:INSTALL|REMOV|REPLAC|CHECK|ADJUST|OVERHAUL|BLEED)ING\b.*"
)


@dataclass(frozen=True, slots=True)
class Outline:
    """The headings of a page, from top to bottom, where its right half begins, and its conditions."""

    found: tuple[Heading, ...]
    middle: float
    conditions: tuple[Condition, ...] = ()

    @property
    def has_groups(self) -> bool:
        return any(one.kind == "group" for one in self.found)

    def above(self, box: Box) -> Heading | None:
        """Return the heading to which print in a box belongs, else the page's own; one not read for sure is none.

        None as well under a condition that was not read for sure.
        """
        nearest = self._nearest(box)
        whole = [one for one in self.found if one.kind == "page"]
        heading = nearest if nearest in whole or (nearest and nearest.kind) else (whole or [None])[0]
        limits = self.limits(box)
        if heading is None or not all(one.is_sure for one in limits):
            return None
        return replace(heading, condition=", ".join(one.text for one in limits))

    def limits(self, box: Box) -> list[Condition]:
        """Return the conditions that print in a box stands under: of its own block, and of the whole job."""
        own = [one for one in self.conditions if one.holds(box)]
        heading, place = self._nearest(box), self._place(box)
        carried = [
            one
            for one in self.conditions
            if one.is_carried and self._nearest(one.box) == heading and self._place(one.box) < place
        ]
        of_job = [one for one in carried[-1:] if not any(one.kind == other.kind for other in own)]
        return [*of_job, *own[-1:]]

    def _nearest(self, box: Box) -> Heading | None:
        parts = [one for one in self.found if one.kind != "page"]
        is_right = self._place(box)[0]
        own = [one for one in parts if (one.middle > self.middle) == is_right and one.top < box[1]]
        before = [one for one in parts if one.middle <= self.middle] if is_right else []
        return (own or before or [one for one in self.found if one.kind == "page"] or [None])[-1]

    def _place(self, box: Box) -> tuple[bool, float]:
        """Return where a box stands in the order of reading: the left half, then the right one."""
        return (box[0] + box[2]) / 2 > self.middle, box[1]


def outline(segments: Sequence[Segment]) -> Outline:
    """Return the headings of a page."""
    if not segments:
        return Outline((), 0)
    printed = rows(segments)
    parts = text_columns(segments)
    edges = [edge for one in segments for edge in (one.box[0], one.box[2])]
    middle = min(one.box[0] for one in parts[1]) - 1 if len(parts) > 1 else sum((min(edges), max(edges))) / 2
    sure = [*page_heading(printed), *numbered(printed)]
    named = " ".join(one.evidence for one in sure)
    beside = {
        one
        for row in printed
        for number, one in pairwise(row)
        if NUMBERED.fullmatch(number.text) and is_title(one.text)
    }
    doubtful = (one for one in segments if (one in beside or OPENS.fullmatch(one.text)) and one.text not in named)
    found = [*sure, *(Heading("", "", "", one.middle, one.box[1], "") for one in doubtful)]
    headings = tuple(sorted(found, key=lambda one: one.top))
    places = [(one.top, 0 if one.kind == "page" else one.middle) for one in headings]  # a page begins at its left
    return Outline(headings, middle, tuple(conditions(parts, places, middle)))
