"""Check that nothing stands on both sides of the split, as the last look before a dataset is written. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from vlm3_dataset.errors import UserError
from vlm3_dataset.hub.format import Entry
from vlm3_dataset.schema import normal


class Leak(UserError):
    """Something would be trained on and evaluated with."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How much was compared and found on one side only."""

    pages: int
    images: int
    pairs: int
    groups: int

    def __str__(self) -> str:
        return f"{self.pages} pages, {self.images} images, {self.pairs} pairs and {self.groups} groups on one side each"


def check(entries: Iterable[Entry]) -> Looked:
    """Compare the two sides. Raises Leak, with the first thing that stands on both."""
    seen: dict[str, dict[object, str]] = defaultdict(dict)
    for entry in entries:
        page = entry.page
        pairs = [(normal(qa.question), normal(qa.answer)) for qa in entry.pairs]
        things = [("page", page.page_id), ("group", page.group), *(("pair", p) for p in pairs)]
        things += [("image", page.sha256)] if page.origin != "thread" else []
        for kind, thing in things:
            if seen[kind].setdefault(thing, entry.side) != entry.side:
                raise Leak(f"the {kind} {thing} of {page.page_id} would be in both splits; run filter and emit again")
    return Looked(*(len(seen[kind]) for kind in ("page", "image", "pair", "group")))
