"""Summarise how a dataset was made, for card and status: what was dropped, and what Claude was paid."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from vlm3_dataset.claude.cache import Paid, Store


@dataclass(frozen=True, slots=True)
class Provenance:
    dropped: Counter[str] = field(default_factory=Counter)  # pairs, by the rule that they broke
    paid: tuple[Paid, ...] = ()


UNKNOWN = Provenance()


def paid(work: Path) -> tuple[Paid, ...]:
    """Return what the answers in the store have cost, by model and prompt."""
    path = work / "labels.sqlite"
    if not path.exists():
        return ()
    store = Store(path)
    try:
        return store.paid()
    finally:
        store.close()


def fold(reason: str, like: str) -> str:
    """Return a reason without its particulars: a number, the page of a duplicate, a second reader's answer."""
    words = (f"{reason.removesuffix(like)}some page" if like else reason.partition(": ")[0]).split()
    return " ".join("N" if any(sign.isdigit() for sign in word) else word for word in words)
