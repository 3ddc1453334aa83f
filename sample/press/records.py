"""What stands on a page, before anybody draws it: columns of blocks, and the facts printed in them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sample.press.ink import Ink


@dataclass(frozen=True, slots=True)
class Fact:
    """One printed label and its value, both exactly as they stand on the page."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    job: str = ""  # the seven-digit job number that the manual sets before a heading
    size: float = 15.5


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    bold: bool = False
    size: float = 14.5


@dataclass(frozen=True, slots=True)
class Steps:
    """Numbered paragraphs: the steps of a job, or the legend of a drawing."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Specs:
    """`label: value` lines; with `tab` (points from the column's left edge) the values stand under each other."""

    facts: tuple[Fact, ...]
    tab: float = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table. Cell number `label` of a row labels the value in its last cell.

    No fact: a row with an empty label or a dash for its value, and the whole table where `label` is None.
    """

    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    label: int | None = 0

    @property
    def facts(self) -> tuple[Fact, ...]:
        if self.label is None:
            return ()
        return tuple(Fact(row[self.label], row[-1]) for row in self.rows if row[self.label] and row[-1] != "-")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A line drawing, `height` points high, with the picture number that stands under each one."""

    draw: Callable[[Ink], None]
    height: float
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    height: float


Block = Heading | Text | Steps | Specs | Table | Drawing | Gap


@dataclass(frozen=True, slots=True)
class Column:
    x: float
    width: float
    blocks: tuple[Block, ...]
    y: float = 60


@dataclass(frozen=True, slots=True)
class Page:
    """One page; lengths are points, and a scan has one pixel per point.

    `number` is printed top centre, or beside `title` over a thick rule as electrical manuals do.
    """

    number: str
    columns: tuple[Column, ...]
    title: str = ""
    footnote: str = ""
    size: tuple[int, int] = (1200, 910)

    @property
    def facts(self) -> Iterator[Fact]:
        for column in self.columns:
            for block in column.blocks:
                if isinstance(block, Specs | Table):
                    yield from block.facts
