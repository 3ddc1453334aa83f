"""Every pair that the filter has looked at, with its page, its reason if it was dropped, and its name in an address."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vlm3_dataset import files
from vlm3_dataset.files import fingerprint
from vlm3_dataset.hub.provenance import fold
from vlm3_dataset.review.decisions import Subject, subject
from vlm3_dataset.schema import QA, Class, Page


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair of a page, kept or dropped."""

    key: str  # 32 hexadecimal digits of its subject
    subject: Subject
    page: Page
    qa: QA
    reason: str = ""  # why it was dropped; empty where it stays
    like: str = ""  # page_id of the pair that says the same and stays
    kind: str = ""  # the reason without its particulars


def load_all(work: Path) -> list[Pair]:
    """The pairs of every page that is asked about, in the shelf's order; none where the stages have not come so far."""
    try:
        classes = files.read_csv(work / "classified" / "pages.csv", Class)
        pages = files.read_csv(work / "inventory_prepared.csv", Page)
    except FileNotFoundError:
        return []
    asked = {one.page_id for one in classes if one.ask}
    return [pair for page in pages if page.page_id in asked for pair in load(work, page)]


def load(work: Path, page: Page) -> list[Pair]:
    """The pairs of a page's picture of today, those that stay first; each once, also where it was dropped twice."""
    found: dict[Subject, Pair] = {}
    for qa, reason, like in _filtered(work, page):
        about = subject(page, qa)
        found.setdefault(about, Pair(fingerprint(about), about, page, qa, reason, like, fold(reason, like)))
    return list(found.values())


def _filtered(work: Path, page: Page) -> Iterator[tuple[QA, str, str]]:
    unique, filtered = (
        files.load_record(work, stage, page.page_id, page.sha256) for stage in ("qa_unique", "qa_filtered")
    )
    if unique is None or filtered is None:
        return
    yield from ((QA(**pair), "", "") for pair in unique["pairs"])
    dropped: list[dict[str, Any]] = [*unique["dropped"], *filtered["dropped"]]
    yield from ((QA(**one["qa"]), one["reason"], one["like"]) for one in dropped)
