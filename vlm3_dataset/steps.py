"""Provide the steps from a page to its pairs, as functions for `datasets.Dataset.map`; add yours between any two.

Each step uses only its own row and the work folder, where `Read` leaves pictures and readings and finds finished ones.
A labeler that costs money is asked beforehand (`label.with_claude`, which shows the price and pays once): `map` keeps
nothing of a killed run, and `Label` only reads stored answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.engine import Engine
from vlm3_dataset.files import fields
from vlm3_dataset.filters.claims import claims
from vlm3_dataset.filters.confidence import confidence
from vlm3_dataset.filters.confidence.manual_facts import ManualFact
from vlm3_dataset.filters.grounding.grounding import ground
from vlm3_dataset.filters.grounding.passages import PrintedPage
from vlm3_dataset.labelers import imported
from vlm3_dataset.labelers.classify import classify_in
from vlm3_dataset.labelers.claude import label
from vlm3_dataset.labelers.rules import rules, thread_rules
from vlm3_dataset.schema import QA, UNASKED, Labels
from vlm3_dataset.sources.limits import DEFAULT, Limits
from vlm3_dataset.sources.pages import prepare
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.threads.conversation import load_thread
from vlm3_dataset.table import Row, page_of, pair_of, qa_of

Place = str | Path


@dataclass(frozen=True, slots=True)
class Read:
    """Make the picture and the reading of each page, on all cores; a page that is made already is found.

    Rows of `Vlm3(shelf=..., archive=...)` go in, with `batched=True` and as many as there are; what comes out fills
    `image`, `sha256`, `width`, `height`, `rotation` and `done`, or `reason` where a page cannot be read, and
    `section_name` by the page's heading.
    """

    shelf: Place
    archive: Place
    work: Place
    passwords: tuple[str, ...] = field(default=(), repr=False)
    limits: Limits = DEFAULT
    engine: Engine = "local"

    def __call__(self, rows: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        tasks = []
        for row in _each(rows):
            file = Path(self.archive if row["origin"] == "post" else self.shelf) / row["source"]
            passwords = self.passwords if row["kind"] == "pdf" else ()
            about = page_of(row), row["kind"], file, row["file_sha256"]
            tasks.append(prepare.Task(*about, passwords, row["listed_under"]))
        pages = prepare.make(tasks, Path(self.work), self.limits, self.engine)
        return {name: [getattr(page, name) for page in pages] for name in (*prepare.MADE, "section_name")}


@dataclass(frozen=True, slots=True)
class Classify:
    """Say what kind of page it is: fills `content_type`, `ask`, and `why_not` where nothing is to be asked about it."""

    work: Place

    def __call__(self, row: Row) -> Row:
        found = classify_in(Path(self.work), page_of(row))
        return {"content_type": found.content_type, "ask": found.ask, "why_not": found.reason}


def is_asked(row: Row) -> bool:
    """Keep the pages that are worth a question."""
    return row["ask"]


@dataclass(frozen=True, slots=True)
class Label:
    """Ask about a page that is worth it: fills `labels` and `pairs`.

    By rules; or by what `model` has answered, where a page without an answer keeps its nulls; or by `pairs` that exist,
    by page id.
    """

    work: Place
    model: Model | None = None
    pairs: Mapping[str, Sequence[QA]] | None = None

    def __call__(self, row: Row) -> Row:
        nothing = {"labels": None, "pairs": None, "kept": None}
        if not row["ask"]:
            return nothing
        page, work = page_of(row), Path(self.work)
        if self.model is not None:
            found = label.answered_before(page, work, self.model, _store(work.absolute()))
        elif page.origin == "thread":
            found = thread_rules.label(load_thread(work, page.page_id))
        else:
            reading = load_reading(work, page.page_id)
            if self.pairs is None:
                pairs = rules.label(page, reading)
            else:
                pairs = imported.with_evidence(self.pairs.get(page.page_id, ()), reading.segments)
            found = Labels(row["content_type"], tuple(pairs))
        if found is None:
            return nothing
        labels = fields(found)
        return {"labels": labels, "pairs": [pair_of(qa) for qa in labels.pop("pairs")], "kept": None}


@dataclass(frozen=True, slots=True)
class Ground:
    """Compare the pairs of a page with what it prints: fills each `numbers_grounded` or `reason`.

    Those of a thread are compared with its posts, claim by claim.
    """

    work: Place

    def __call__(self, row: Row) -> Row:
        if row["pairs"] is None:
            return {}
        work, page_id = Path(self.work), row["page_id"]
        if row["origin"] == "thread":
            judge = partial(claims.ground, thread=load_thread(work, page_id))
        else:
            judge = partial(ground, page=PrintedPage(load_reading(work, page_id)))
        unjudged = {"numbers_grounded": "none", "place": "", **UNASKED}  # whatever a run before said
        return pair_columns([pair | pair_of(judge(replace(qa_of(pair), **unjudged))) for pair in row["pairs"]])


@dataclass(frozen=True, slots=True)
class Weigh:
    """Compare the pairs of a thread with the manual and among its owners: fills `confidence`, `owners` and `manual`.

    A pair that the manual contradicts gets its `reason` as well. `manual` are its facts by dimension.
    """

    work: Place
    manual: Mapping[str, Sequence[ManualFact]]

    def __call__(self, row: Row) -> Row:
        if row["origin"] != "thread" or not row["pairs"]:
            return {}
        thread = load_thread(Path(self.work), row["page_id"])
        pairs = list(row["pairs"])
        for at, pair in enumerate(pairs):
            if not pair["reason"]:
                pairs[at] = pair | pair_of(confidence.weigh(qa_of(pair), thread, self.manual))
        return pair_columns(pairs)


def pair_columns(pairs: list[Row]) -> Row:
    """Return a page's judged pairs as its columns."""
    return {"pairs": pairs, "kept": sum(not pair["reason"] for pair in pairs)}


def keep(row: Row) -> bool:
    """Keep the pages of which some pair stays."""
    return bool(row["kept"])


def _each(rows: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Return the rows of a batch, which `datasets` hands over as columns."""
    return (dict(zip(rows, values, strict=True)) for values in zip(*rows.values(), strict=True))


@cache
def _store(work: Path) -> Store:
    """Return the store, one connection per process."""
    return Store(work / "labels.sqlite")
