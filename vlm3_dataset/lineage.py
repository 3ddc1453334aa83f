"""Match pages with those of the last dataset where the ids differ.

A page that was both renamed and scanned anew has another name and other bytes. It is recognised by its picture, else
by its words: the two share half of their word trigrams, the rule for like pages.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from vlm3_dataset.files import sha256_of
from vlm3_dataset.filters import likeness
from vlm3_dataset.filters.split import Side
from vlm3_dataset.hub.format import HUB_SPLIT
from vlm3_dataset.schema import Page
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.pages.rows import lines

Trigram = tuple[str, ...]


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
    return found | _by_words(readable, unmatched, work)


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


def _by_words(old_ids: Iterable[str], new_ids: Iterable[str], work: Path) -> dict[str, str]:
    """Match pages one to one by their words, the likest first, as `likeness.alike_in_words` compares them.

    Only the words of the old pages are kept. The new ones are read one by one: among them are, at every emit, all
    threads without a pair.
    """
    old = {page_id: words for page_id in old_ids if len(words := _trigrams(work, page_id)) >= likeness.FEWEST}
    holders: dict[Trigram, list[str]] = defaultdict(list)
    for page_id, words in old.items():
        for trigram in words:
            holders[trigram].append(page_id)
    own = {trigram: trigram for trigram in holders}
    held = Counter({trigram: len(pages) for trigram, pages in holders.items()})
    near: dict[str, tuple[list[Trigram], int]] = {}
    for page_id in new_ids if old else ():
        words = _trigrams(work, page_id)
        if len(words) >= likeness.FEWEST:
            held.update(known := [own[trigram] for trigram in words if trigram in own])
            if len(known) >= likeness.SHARED * len(words):
                near[page_id] = known, len(words)
    alike = []
    for heir, (known, size) in near.items():
        shared = Counter(one for trigram in known if held[trigram] <= likeness.COMMON for one in holders[trigram])
        for one, count in shared.items():
            both = len(old[one].intersection(known))
            together = len(old[one]) + size - both
            if count >= likeness.SHARED * together:
                alike.append((-both / together, one, heir))
    return _one_to_one(alike)


def _one_to_one(alike: Iterable[tuple[float, str, str]]) -> dict[str, str]:
    heir_of: dict[str, str] = {}
    taken: set[str] = set()
    for _, old, heir in sorted(alike):
        if old not in heir_of and heir not in taken:
            heir_of[old] = heir
            taken.add(heir)
    return heir_of


def _trigrams(work: Path, page_id: str) -> frozenset[Trigram]:
    return likeness.trigrams(lines(load_reading(work, page_id).segments))
