"""How a dataset came to be: what was dropped, and what Claude was paid. From the work folder, for card and status."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vlm3_dataset import files
from vlm3_dataset.claude.cache import Paid, Store

FILTERS = ("qa_filtered", "qa_unique")


@dataclass(frozen=True, slots=True)
class Provenance:
    dropped: Counter[str] = field(default_factory=Counter)  # pairs, by the rule that they broke
    paid: tuple[Paid, ...] = ()


UNKNOWN = Provenance()


def dropped(work: Path, digests: Mapping[str, str]) -> Counter[str]:
    """How many pairs each rule has dropped. Reasons that differ in a number or a page are one."""
    counts: Counter[str] = Counter()
    for folder in FILTERS:
        for page_id, digest in digests.items():
            record = files.load_record(work, folder, page_id, digest) or {"dropped": []}
            counts.update(fold(each["reason"], each["like"]) for each in record["dropped"])
    return counts


def paid(work: Path) -> tuple[Paid, ...]:
    """What every answer to hand has cost, by model and prompt."""
    path = work / "labels.sqlite"
    if not path.exists():
        return ()
    store = Store(path)
    try:
        return store.paid()
    finally:
        store.close()


def fold(reason: str, like: str) -> str:
    """A reason without its particulars: those that differ in a number, in the page of the like, or behind a colon."""
    words = (f"{reason.removesuffix(like)}some page" if like else reason.partition(": ")[0]).split()
    return " ".join("N" if any(sign.isdigit() for sign in word) else word for word in words)
