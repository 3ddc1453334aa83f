"""Find what is printed together on a page: sentences of a column, rows of a table, cells of a row. Pure.

A printed line of a page with two columns of text is no row, so columns are parted first.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from vlm3_dataset.filters.wording import denials, sides, words
from vlm3_dataset.identifiers import Figures, figures
from vlm3_dataset.quantities import Quantity, find
from vlm3_dataset.schema import Reading, Segment
from vlm3_dataset.sources.rows import Row, columns, gap, left, rows, text_of

MOST_CELLS = 8  # of a row whose runs of cells are looked at
_ABBREVIATED = re.compile(
    r"(?:\b(?:ft|lbs?|approx|no|nr|gr|max|min|fig|pos|incl|ca|e\.g|i\.e|temp|term|conn|ref|cyl)|\d)\.$", re.IGNORECASE
)
_ITEM = re.compile(r"\(?\d{1,2}[.)]{0,2} [A-Z]")  # the next of a list, or of a legend
_ENDS = re.compile(r"(?<=[.!?;:])\s+(?=[\"'(*A-Z0-9])")


@dataclass(frozen=True)
class Passage:
    """Words that are printed together, and the pieces they are made of.

    `heading` is the nearest one above, or what a row goes on with; `page_head` the first lines of its column and
    its page.
    """

    text: str
    pieces: tuple[Segment, ...]
    heading: str = ""
    page_head: str = ""
    is_part_of_row: bool = False  # some cells of a row

    @cached_property
    def figures(self) -> Figures:
        return figures(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        return words(self.text)

    @cached_property
    def words_with_heading(self) -> frozenset[str]:
        """Its words and those of its heading."""
        return self.words | words(self.heading)

    @cached_property
    def words_in_context(self) -> frozenset[str]:
        """Its words, its heading's and those of the head of its column and page."""
        return self.words_with_heading | words(self.page_head)

    @cached_property
    def sides(self) -> frozenset[tuple[int, int]]:
        return sides(self.text)

    @cached_property
    def denials(self) -> int:
        return denials(self.text)


@dataclass(frozen=True)
class PrintedPage:
    """What a page prints, in reading order, and who read it."""

    reading: Reading

    @cached_property
    def text(self) -> str:
        """The words line by line, one column after the other."""
        return "\n".join(text_of(row) for column in self.columns for row in column)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return find(self.text)

    @cached_property
    def columns(self) -> list[list[Row]]:
        return [rows(column) for column in columns(self.reading.segments)]

    @cached_property
    def passages(self) -> list[Passage]:
        top = " ".join(text_of(row) for row in rows(self.reading.segments)[:3])
        return [passage for column in self.columns for passage in _passages(column, top)]


def _passages(column: list[Row], top: str) -> Iterator[Passage]:
    page_head = " ".join([top, *(text_of(row) for row in column[:3])])
    for sentence, heading in _sentences(column):
        yield Passage(" ".join(text for text, _ in sentence), _pieces(sentence), heading, page_head)
    subject = ""
    edge = min((left(row) for row in column), default=0)
    for row in column:
        is_led = left(row) - edge < 3 * row[0].height
        for start in range(min(len(row), MOST_CELLS)):
            for stop in range(start + 1, min(len(row), MOST_CELLS) + 1):
                run = row[start:stop]
                whole = stop - start == len(row)
                yield Passage(text_of(run), run, subject if whole and not is_led else "", page_head, not whole)
        if is_led:
            subject = text_of(row[:2] if row[0].text[:1].isdigit() and " " not in row[0].text else row[:1])


def _pieces(sentence: Iterable[tuple[str, Segment]]) -> tuple[Segment, ...]:
    return tuple(dict.fromkeys(piece for _, piece in sentence))


def _sentences(column: list[Row]) -> Iterator[tuple[list[tuple[str, Segment]], str]]:
    """Yield the sentences of a column's running text as parts with their pieces, and the nearest heading above."""
    heading, waiting, above = "", [], None
    for row in column:
        near = above is not None and len(row) == 1 and len(above) == 1 and gap(above, row) < row[0].height
        if waiting and not (near and abs(left(row) - left(above)) < 3 * row[0].height):
            yield waiting, heading
            waiting = []
        above = row
        if len(row) > 1:
            continue
        for number, part in enumerate(_ENDS.split(row[0].text)):
            if waiting and (number or _is_end(waiting[-1][0], part)):
                yield waiting, heading
                if waiting[-1][0].endswith(":"):
                    heading = " ".join(text for text, _ in waiting)
                waiting = []
            waiting.append((part, row[0]))
    if waiting:
        yield waiting, heading


def _is_end(above: str, below: str) -> bool:
    if _ITEM.match(below):
        return True
    return above[-1:] in ".!?:;" and not (_ABBREVIATED.search(above) and not below[:1].isupper())
