"""Find what is printed together on a page: sentences of a column, rows of a table, cells of a row. Pure.

A printed line of a page with two columns of text is no row, so columns are parted first.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile

from vlm3_dataset.identifiers import Figures, figures
from vlm3_dataset.language.wording import denials, sides, words
from vlm3_dataset.quantities import Quantity, find
from vlm3_dataset.schema import Reading, Segment
from vlm3_dataset.sources.pages.rows import Row, columns, gap, left, rows, text_of

FEWEST_CELLS = 3  # of a row that makes the next ones go on with it
MOST_CELLS = 8  # of a row whose runs of cells are looked at
_ABBREVIATED = re.compile(
    r"(?:\b(?:ft|lbs?|approx|no|nr|gr|max|min|fig|pos|incl|ca|e\.g|i\.e|temp|term|conn|ref|cyl)|\d)\.$", re.IGNORECASE
)
MOST_SENTENCES = 4  # of a stretch that an answer may quote
LINES_NEAR = 8  # above and below one, that tell how long a line may be
FEWEST_NAMES = 3  # of the columns of a table, in the line at its head
_OF_WORK = re.compile(r"[A-Z][a-z]+ing\b|[^a-z]*[A-Z]{3}[^a-z]*$")  # removing the pump, and no step before the next
_WORK = sides("install remove")  # what stands below "Installation:" may be about both
_DIGIT = re.compile("[0-9]")
_ITEM = re.compile(r"\(?\d{1,2}[.)]{0,2} [A-Z]")  # the next of a list, or of a legend
_ENDS = re.compile(r"(?<=[.!?;:])\s+(?=[\"'(*A-Z0-9])")


@dataclass(frozen=True)
class Passage:
    """Words that are printed together, and the pieces they are made of.

    `heading` is the nearest one above, or what a row goes on with; `section` the one above that, "For a closed car:"
    above "Lift: 5 mm"; `page_head` the first lines of its column and its page; `table_head` the line above a row that
    says what its columns hold. Of that, `own_heads` stand above its cells; `other_columns` are those in which it has
    none, each with the units of what they hold, and the kinds of names.
    """

    text: str
    pieces: tuple[Segment, ...]
    heading: str = ""
    section: str = ""
    page_head: str = ""
    is_part_of_row: bool = False  # some cells of a row
    table_head: str = ""
    own_heads: str = ""
    other_columns: tuple[tuple[str, frozenset[str]], ...] = ()
    is_sentence: bool = False

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
    def sides_of_heading(self) -> frozenset[tuple[int, int]]:
        return sides(self._above) | (sides(self.section) - _WORK)

    @cached_property
    def denials(self) -> int:
        return denials(self.text)

    @cached_property
    def denials_with_heading(self) -> int:
        """How often it denies, under a heading that may: what stands below "Not permitted:" is none of the oils."""
        return self.denials + denials(self._above)

    @property
    def _above(self) -> str:
        """The heading, if it is no part of the text."""
        return "" if self.text.startswith(self.heading) else self.heading


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
    def page_heads(self) -> list[str]:
        """The first lines of the page and of each column."""
        top = [text_of(row) for row in rows(self.reading.segments)[:3]]
        return [" ".join([*top, *(text_of(row) for row in column[:3])]) for column in self.columns]

    @cached_property
    def sentences(self) -> list[list[Passage]]:
        """The sentences of the running text of each column."""
        return [
            [
                Passage(" ".join(text for text, _ in one), _pieces(one), heading, section, head, is_sentence=True)
                for one, heading, section in _sentences(column)
            ]
            for column, head in zip(self.columns, self.page_heads, strict=True)
        ]

    @cached_property
    def passages(self) -> list[Passage]:
        printed = zip(self.columns, self.page_heads, self.sentences, strict=True)
        found: list[Passage] = []
        for column, head, sentences in printed:
            sections = {piece: one.section or one.heading for one in reversed(sentences) for piece in one.pieces}
            found += (*sentences, *_rows(column, head, sections))
        return found

    @property
    def stretches(self) -> Iterator[tuple[Passage, ...]]:
        """Each two to four sentences that follow each other closely, as those of a step or of a caption do."""
        for sentences in self.sentences:
            for start in range(len(sentences)):
                for stop in range(start + 1, min(start + MOST_SENTENCES, len(sentences))):
                    above, below = sentences[stop - 1].pieces[-1], sentences[stop].pieces[0]
                    if below.box[1] - above.box[3] > above.height:
                        break
                    yield tuple(sentences[start : stop + 1])


def joined(stretch: tuple[Passage, ...]) -> Passage:
    """Return the sentences of a stretch as one passage."""
    pieces = tuple(dict.fromkeys(piece for one in stretch for piece in one.pieces))
    text, heading, section = " ".join(one.text for one in stretch), stretch[0].heading, stretch[0].section
    if stretch[0].text.endswith(":"):
        heading, section = "", heading or section
    return replace(stretch[0], text=text, pieces=pieces, heading=heading, section=section)


def _rows(column: list[Row], page_head: str, sections: Mapping[Segment, str]) -> Iterator[Passage]:
    subject, table_head, is_table = "", "", False
    heads: dict[Segment, frozenset[str]] = {}
    edge = min((left(row) for row in column), default=0)
    for number, row in enumerate(column):
        is_led = left(row) - edge < 3 * row[0].height
        if _is_head(row):
            names = tuple(cell for cell in row if not _DIGIT.search(cell.text))
            heads = {head: _kinds_below(head, column[number + 1 :]) for head in names}
            table_head = text_of(names)
        for start in range(min(len(row), MOST_CELLS)):
            for stop in range(start + 1, min(len(row), MOST_CELLS) + 1):
                run = row[start:stop]
                whole = stop - start == len(row)
                heading = subject if whole and not is_led else ""
                text = f"{heading} {text_of(run)}" if is_table and len(row) > 1 else text_of(run)
                own = tuple(head for head in heads if any(_is_above(head, cell) for cell in run))
                others = tuple((head.text, units) for head, units in heads.items() if head not in own)
                section = sections.get(run[0], "")
                place = (heading, section, page_head, not whole)
                yield Passage(text.strip(), run, *place, table_head, text_of(own), others)
        if is_led:
            is_table = len(row) >= FEWEST_CELLS
            subject = text_of(row[:2] if row[0].text[:1].isdigit() and " " not in row[0].text else row[:1])


def _is_head(row: Row) -> bool:
    """Return whether a row is the head of a table: names of columns, with one number at most."""
    names = [cell for cell in row if not _DIGIT.search(cell.text)]
    return len(names) >= FEWEST_NAMES and len(row) - len(names) <= 1


def _kinds_below(head: Segment, below: list[Row]) -> frozenset[str]:
    """Return the units of the values and the kinds of the names in a column, as far as the next head."""
    cells = (cell for row in takewhile(lambda row: not _is_head(row), below) for cell in row if _is_above(head, cell))
    held = [figures(cell.text) for cell in cells]
    return frozenset(one.unit for each in held for one in each.quantities) | frozenset(
        one.kind for each in held for one in each.identifiers
    )


def _is_above(head: Segment, cell: Segment) -> bool:
    return head.box[0] < cell.box[2] and cell.box[0] < head.box[2]


def _pieces(sentence: Iterable[tuple[str, Segment]]) -> tuple[Segment, ...]:
    return tuple(dict.fromkeys(piece for _, piece in sentence))


def _sentences(column: list[Row]) -> Iterator[tuple[list[tuple[str, Segment]], str, str]]:
    """Yield the sentences of a column's running text as parts with their pieces, what leads to them, and its heading.

    What leads to one stands before a colon of its line, "Bearing caps: 60 Nm", or is the title right above; without
    either it is the nearest heading above, which has none itself.
    """
    heading, leading, waiting, above = "", "", [], None
    for number, row in enumerate(column):
        near = above is not None and len(row) == 1 and len(above) == 1 and gap(above, row) < row[0].height
        is_titled = bool(waiting) and near and _is_title(column, number - 1)
        if waiting and (is_titled or not (near and abs(left(row) - left(above)) < 3 * row[0].height)):
            yield waiting, leading or heading, heading if leading else ""
            title = " ".join(text for text, _ in waiting)
            waiting, leading = [], title if is_titled and _OF_WORK.match(title) else ""
        above = row
        if len(row) > 1:
            continue
        for part in _ENDS.split(row[0].text):
            if waiting and _is_end(waiting[-1][0], part):
                yield waiting, leading or heading, heading if leading else ""
                last, piece = waiting[-1]
                text = " ".join(text for text, _ in waiting) if last.endswith(":") else ""
                leading = text if piece is row[0] else ""
                heading = heading if leading or not text else text
                waiting = []
            waiting.append((part, row[0]))
    if waiting:
        yield waiting, leading or heading, heading if leading else ""


def _is_title(column: list[Row], number: int) -> bool:
    """Return whether a line is a title: without a stop, though the first word of the sentence below had room in it."""
    above, below = column[number][0], column[number + 1][0]
    if above.text[-1:] in ".!?:;,-–" or not below.text[:1].isupper() or (above.text.isupper() and below.text.isupper()):
        return False
    near = column[max(0, number - LINES_NEAR) : number + 2 + LINES_NEAR]
    edge = max(row[0].box[2] for row in near if len(row) == 1)
    sign = (below.box[2] - below.box[0]) / len(below.text)
    return above.box[2] + sign * (len(below.text.split()[0]) + 2) < edge


def _is_end(above: str, below: str) -> bool:
    if _ITEM.match(below) and not any(value.start == 0 for value in find(below)):  # 7 Nm is no item
        return True
    if above.endswith(".)") and below[:1].isupper():
        return True
    return above[-1:] in ".!?:;" and not (_ABBREVIATED.search(above) and not below[:1].isupper())
