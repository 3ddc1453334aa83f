"""Count by reason the files that were not taken, and the pages that have no pair in the dataset."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vlm3_dataset import table
from vlm3_dataset.hub.provenance import fold
from vlm3_dataset.table import Row

NOTHING_ASKED = "nothing on it that the labeler could ask about"
NONE_STAYS = "none of its pairs stays"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many files and pages are not in the dataset, by reason, and of how many."""

    files: Counter[str]
    of_files: int
    pages: Counter[str]
    of_pages: int


def left_out(work: Path, page_ids: Iterable[str]) -> LeftOut:
    """Return what is not in the dataset. `page_ids` are those of the pages that it was made of."""
    sources, pages = table.load_files(work), table.load(work)
    in_dataset = frozenset(page_ids)
    return LeftOut(
        files=Counter(_kind(source.reason) for source in sources if source.reason),
        of_files=len(sources),
        pages=Counter(_kind(row["reason"] or _why(row)) for row in pages if row["page_id"] not in in_dataset),
        of_pages=len(pages),
    )


def _why(row: Row) -> str:
    if not row["ask"]:
        return row["why_not"] or "not classified"
    if row["labels"] is None or row["pairs"]:
        return NONE_STAYS if row["labels"] else "not labelled"
    return row["labels"]["problem"] or NOTHING_ASKED


def _kind(reason: str) -> str:
    """Return a reason without its particulars, so that like reasons are counted together."""
    return fold(reason, "").partition("; ")[0]
