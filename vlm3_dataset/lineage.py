"""Match pages with those of the last dataset where the ids differ.

A page that was both renamed and scanned anew has another name and other bytes. It is recognised by its picture, else
by its words: the two share half of their word trigrams, the rule for like pages.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from vlm3_dataset.files import sha256_of
from vlm3_dataset.filters import likeness
from vlm3_dataset.filters.split import Side
from vlm3_dataset.hub.format import HUB_SPLIT
from vlm3_dataset.schema import Page
from vlm3_dataset.sources.readings import load_reading
from vlm3_dataset.sources.rows import lines


@dataclass(frozen=True, slots=True)
class Old:
    """A page of the dataset in the output folder."""

    page_id: str
    group: str
    side: Side
    image: Path | None  # in the folder of the dataset; a thread has none

    def picture(self) -> str:
        """Return the digest of its image; empty where that is gone."""
        return sha256_of(self.image) if self.image and self.image.is_file() else ""


def old_pages(output: Path) -> list[Old]:
    """Return the pages of the dataset that lies in `output`; nothing where none does."""
    found: dict[str, Old] = {}
    for side in HUB_SPLIT:
        path = output / f"vlm_{side}.jsonl"
        if path.is_file():
            with path.open(encoding="utf-8") as rows:
                for row in map(json.loads, rows):
                    about = row["metadata"]
                    image = output / row["image"] if row["image"] else None
                    old = Old(about["page_id"], about["group"], side, image)
                    found.setdefault(old.page_id, old)
    return list(found.values())


def heirs(pages: Iterable[Page], pictures: Mapping[str, str], present: Collection[str], work: Path) -> dict[str, str]:
    """Return the new page's id by the old one's, for old pages that are gone.

    `pictures` are the digests of the old pages' pictures by id; `present` are the ids of the whole shelf.
    """
    missing = {page_id: digest for page_id, digest in pictures.items() if page_id not in present}
    new = {page.page_id: page.sha256 for page in pages if page.page_id not in pictures}
    if not missing or not new:
        return {}
    by_picture = {digest: page_id for page_id, digest in new.items()}
    found = {old: by_picture[digest] for old, digest in missing.items() if digest in by_picture}
    readable = {old for old in missing.keys() - found.keys() if (work / "readings" / f"{old}.json").is_file()}
    unmatched = new.keys() - set(found.values())
    words = {
        page_id: likeness.trigrams(lines(load_reading(work, page_id).segments)) for page_id in unmatched | readable
    }
    return found | _by_words(words, readable, unmatched)


def sides_before(pages: Iterable[Page], old: Iterable[Old], heirs: Mapping[str, str]) -> dict[str, Side]:
    """Return the side of each group in the last dataset, and of new groups with pages of it, or their heirs. Pure.

    Where those of one new group come from both sides, those that trained decide: they were learned from.
    """
    old = list(old)
    before = {each.group: each.side for each in old}
    group = {page.page_id: page.group for page in pages}
    inherited: dict[str, Side] = {}
    for each in sorted(old, key=lambda one: one.side, reverse=True):  # val first, so that train has the last word
        now = group.get(heirs.get(each.page_id, each.page_id), each.group)
        if now not in before:
            inherited[now] = each.side
    return before | inherited


def _by_words(
    words: Mapping[str, frozenset[tuple[str, ...]]], old_ids: Collection[str], new_ids: Collection[str]
) -> dict[str, str]:
    """Match pages one to one by their words, the likest first."""
    alike = []
    for one, other in likeness.alike_in_words(words):
        for old, heir in ((one, other), (other, one)):
            if old in old_ids and heir in new_ids:
                alike.append((-len(words[old] & words[heir]) / len(words[old] | words[heir]), old, heir))
    heir_of: dict[str, str] = {}
    for _, old, heir in sorted(alike):
        if old not in heir_of and heir not in heir_of.values():
            heir_of[old] = heir
    return heir_of
