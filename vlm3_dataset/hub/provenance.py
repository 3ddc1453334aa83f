"""How a dataset came to be: what was dropped, and what Claude was paid. For card and status."""

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
