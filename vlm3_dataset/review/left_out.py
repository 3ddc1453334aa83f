"""Which files were not taken, and which pages are in no pair of the dataset, counted by reason."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vlm3_dataset import files
from vlm3_dataset.hub.provenance import fold
from vlm3_dataset.schema import Class, Page, Source

NOTHING_ASKED = "nothing on it that the labeler could ask about"
NONE_STAYS = "none of its pairs stays"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not in the dataset, by reason, and of how many."""

    files: Counter[str]
    of_files: int
    pages: Counter[str]
    of_pages: int


def left_out(work: Path, held: Iterable[str]) -> LeftOut:
    """`held` are the ids of the pages in the dataset."""
    sources, pages = _read(work / "inventory.csv", Source), _read(work / "inventory_prepared.csv", Page)
    classes = {one.page_id: one for one in _read(work / "classified" / "pages.csv", Class)}
    held = frozenset(held)
    without = [page for page in pages if page.page_id not in held]
    return LeftOut(
        files=Counter(_kind(source.reason) for source in sources if source.reason),
        of_files=len(sources),
        pages=Counter(_kind(page.reason or _why(page, classes.get(page.page_id), work)) for page in without),
        of_pages=len(pages),
    )


def _why(page: Page, found: Class | None, work: Path) -> str:
    if found is None or not found.ask:
        return found.reason if found else "not classified"
    labels = files.load_record(work, "qa_raw", page.page_id, page.sha256)
    if labels is None or labels["pairs"]:
        return NONE_STAYS if labels else "not labelled"
    return labels["problem"] or NOTHING_ASKED


def _kind(reason: str) -> str:
    """Without its particulars, so that equal reasons are one."""
    return fold(reason, "").partition("; ")[0].partition(": ")[0]


def _read(path: Path, record: type) -> list:
    return files.read_csv(path, record) if path.exists() else []
