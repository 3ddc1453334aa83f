"""The steps from a source's page to a pair that stays, as functions for `datasets.Dataset.map` and `filter`.

    sources = Vlm3(shelf="data_src", archive="forum_archive")        # a row a page
    sources.download_and_prepare()
    pages = sources.as_dataset("train").map(Read("data_src", "forum_archive", "work"), batched=True)
    pages = pages.filter(has_picture).map(Classify("work")).filter(is_asked)
    pairs = pages.map(Label("work"), batched=True, remove_columns=pages.column_names)     # a row a pair
    pairs = pairs.map(Ground("work")).filter(keep)

Between any two of them stands whatever you put there. Each step looks only at its own row and at the work folder, where
`Read` leaves pictures and readings, each by rename, and finds those that are there. A labeler that costs money is asked
beforehand (`generate`, which tells the price and pays once): `map` keeps nothing of a run that was killed, and `Label`
only reads what was answered.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa

from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.files import fields
from vlm3_dataset.filters.stage import ground
from vlm3_dataset.labelers import label, rules
from vlm3_dataset.labelers.classify import classify_in
from vlm3_dataset.schema import QA, Dropped, Labels, Page
from vlm3_dataset.sources import prepare
from vlm3_dataset.sources.readings import load_reading
from vlm3_dataset.sources.rows import lines

Row = Mapping[str, Any]
PLACE = ("page_id", "source", "number", "section_name", "source_url", "group", "image", "sha256", "content_type")
OF_A_PAGE = [name for name in QA.__dataclass_fields__ if name not in {"claims", "confidence", "owners", "manual"}]
PAIR = pa.schema(
    [(name, pa.int64() if name == "number" else pa.string()) for name in PLACE]
    + [(name, pa.bool_() if name == "needs_image" else pa.string()) for name in OF_A_PAGE]
    + [("reason", pa.string())]
)


@dataclass(frozen=True, slots=True)
class Read:
    """Make the picture and the reading of each page, on all cores; a page that is made already is found.

    Rows of `Vlm3(shelf=..., archive=...)` go in, with `batched=True`; what comes out fills `image`, `sha256`, `width`,
    `height`, `rotation` and `done`, or `reason` where a page cannot be read, and `section_name` by the page's heading.
    """

    shelf: str
    archive: str
    work: str
    passwords: tuple[str, ...] = field(default=(), repr=False)
    # New for every object, and so for every step behind it: the cache of `datasets` would not see that pictures have
    # gone from the work folder, or that answers have come.
    run: str = field(default_factory=lambda: uuid4().hex)

    def __call__(self, rows: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        pages = prepare.make([self._task(row) for row in _each(rows)], Path(self.work))
        return {name: [getattr(page, name) for page in pages] for name in (*prepare.MADE, "section_name")}

    def _task(self, row: Row) -> prepare.Task:
        folder = Path(self.archive if row["origin"] == "post" else self.shelf)
        passwords = self.passwords if row["kind"] == "pdf" else ()
        file = folder / row["source"]
        return prepare.Task(_page(row), row["kind"], file, row["file_sha256"], passwords, row["listed_under"])


def has_picture(row: Row) -> bool:
    """Keep the pages that could be read."""
    return not row["reason"]


@dataclass(frozen=True, slots=True)
class Classify:
    """Say what kind of page it is: adds `content_type`, `ask`, and `why_not` where nothing is to be asked about it."""

    work: str

    def __call__(self, row: Row) -> Row:
        found = classify_in(Path(self.work), _page(row))
        return {"content_type": found.content_type, "ask": found.ask, "why_not": found.reason}


def is_asked(row: Row) -> bool:
    """Keep the pages that are worth a question."""
    return row["ask"]


@dataclass(frozen=True, slots=True)
class Label:
    """Turn pages into pairs, a row a pair: by rules, or by what `model` has answered.

    For `map` with `batched=True` and `remove_columns`. A page without an answer has no pair; `generate` tells which.
    """

    work: str
    model: Model | None = None

    def __call__(self, rows: Mapping[str, Sequence[Any]]) -> pa.Table:
        return pa.Table.from_pylist([pair for row in _each(rows) for pair in self._pairs(row)], PAIR)

    def _pairs(self, row: Row) -> Iterator[Row]:
        page, work = _page(row), Path(self.work)
        if self.model is None:
            found = Labels(row["content_type"], tuple(rules.label(page, load_reading(work, page.page_id))))
        else:
            found = label.answered_before(page, work, self.model, _store(work)) or Labels(row["content_type"])
        place = {name: row[name] for name in PLACE} | {"content_type": found.content_type}
        for qa in found.pairs:
            yield place | fields(qa) | {"reason": ""}


@dataclass(frozen=True, slots=True)
class Ground:
    """Compare a pair with what its page prints: fills `numbers_grounded`, or `reason` where a rule refuses the pair."""

    work: str

    def __call__(self, row: Row) -> Row:
        qa = QA(**{name: row[name] for name in OF_A_PAGE})
        judged = ground(qa, *_printed(Path(self.work), row["page_id"]))
        if isinstance(judged, Dropped):
            return {"reason": judged.reason}
        return {"numbers_grounded": judged.numbers_grounded}


def keep(row: Row) -> bool:
    """Keep the pairs that no rule refuses."""
    return not row["reason"]


def _each(rows: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """The rows of a batch, which `datasets` hands over as columns."""
    return (dict(zip(rows, values, strict=True)) for values in zip(*rows.values(), strict=True))


def _page(row: Row) -> Page:
    return Page(**{name: row[name] for name in Page.__dataclass_fields__})


@lru_cache(1)
def _printed(work: Path, page_id: str) -> tuple[str, str]:
    """What a page prints, and who read it; its pairs follow each other."""
    reading = load_reading(work, page_id)
    return lines(reading.segments), reading.engine


@cache
def _store(work: Path) -> Store:
    """One connection a process."""
    return Store(work / "labels.sqlite")
