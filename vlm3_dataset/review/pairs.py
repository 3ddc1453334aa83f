"""Load every pair that the filter has judged, with its page, its key, and its reason if it was dropped."""

from dataclasses import dataclass
from pathlib import Path

from vlm3_dataset import table
from vlm3_dataset.files import fingerprint
from vlm3_dataset.hub.provenance import fold
from vlm3_dataset.review.decisions import Subject, subject
from vlm3_dataset.schema import QA, Page
from vlm3_dataset.table import Row, page_of, qa_of


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


def load(work: Path, page_id: str = "") -> list[Pair]:
    """Return the pairs of all pages asked about, in the shelf's order, or of one page; none before the filter."""
    return [pair for row in table.load(work, page_id=page_id) if row["ask"] for pair in pairs_of(row)]


def pairs_of(row: Row) -> list[Pair]:
    """Return the pairs of a page, those that stay first; each once, also where it was dropped twice."""
    if row["kept"] is None:
        return []
    found: dict[Subject, Pair] = {}
    page = page_of(row)
    for pair in sorted(row["pairs"], key=lambda pair: (bool(pair["reason"]), not pair["like"])):
        qa = qa_of(pair)
        about = subject(page, qa)
        said = (pair["reason"], pair["like"], fold(pair["reason"], pair["like"]))
        found.setdefault(about, Pair(fingerprint(about), about, page, qa, *said))
    return list(found.values())
