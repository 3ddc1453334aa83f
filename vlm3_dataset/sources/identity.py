"""Keep the ids of a file's pages for good, in `<work>/page_names.csv`.

An id follows from the file's path (`ids`). Where two files would share one, each has a tag of its own path in its
ids, whichever comes first; a file that had its ids before the other came keeps them. A file that was moved keeps them
too: it is known again by its bytes. So what people decided about a page, and its side of the split, stay with it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vlm3_dataset.files import read_csv, sha256
from vlm3_dataset.schema import Page
from vlm3_dataset.sources import ids

KEPT = "page_names.csv"
TAGS = (8, 64)  # hexadecimal digits; the longer if a file is named like another one's tag


@dataclass(frozen=True, slots=True)
class Name:
    """What the ids of a file's pages are made of: a path, and a tag where that path is not unique."""

    source: str  # where the file lies
    sha256: str
    pages: int
    path: str  # where it lay when its pages got their ids
    tag: str = ""

    def ids(self, tag: str | None = None) -> set[str]:
        said = self.tag if tag is None else tag
        return {ids.page_id(self.path, number, self.pages, said) for number in range(1, self.pages + 1)}


def named(
    pages: Sequence[Page], digests: Mapping[str, str], known_before: Iterable[Name] = ()
) -> tuple[list[Page], list[Name]]:
    """Return the pages under the ids that are theirs for good, and the names to be kept. `digests` are by source."""
    of_posts = {page.page_id for page in pages if page.origin == "post"}  # made of a digest, so they are unique
    counts = Counter(page.source for page in pages if page.origin != "post")
    files = [Name(source, digests[source], count, source) for source, count in counts.items()]
    found = assign(files, known_before, of_posts)
    known = {name.source: name for name in found}
    return [page if page.origin == "post" else _called(page, known[page.source]) for page in pages], found


def assign(files: Iterable[Name], before: Iterable[Name], reserved: Iterable[str] = ()) -> list[Name]:
    """Return the names of these files, then of files that are gone, as no other file may get them. Pure."""
    old = {name.source: name for name in before}
    here = {file.source: file for file in files}
    gone = {name.sha256: name for name in old.values() if name.source not in here and name.sha256}
    kept, new = {}, {}
    for source, file in here.items():
        known = old.get(source) or gone.pop(file.sha256, None) or file
        is_old = known is not file and known.pages == file.pages  # a document that has grown has new ids anyway
        (kept if is_old else new)[source] = replace(file, path=known.path, tag=known.tag)
    moved = {(name.path, name.tag) for name in (kept | new).values()}
    absent = [name for name in old.values() if name.source not in here and (name.path, name.tag) not in moved]
    for length in TAGS:
        held = Counter(reserved)
        for name in (*kept.values(), *new.values(), *absent):
            held.update(name.ids() | name.ids(tag=""))
        for source, file in new.items():
            if any(held[page_id] > 1 for page_id in file.ids()):
                new[source] = replace(file, tag=sha256(file.path.encode())[:length])
    return [*sorted((kept | new).values(), key=_by_place), *sorted(absent, key=_by_place)]


def before(work: Path) -> list[Name]:
    """Return the names of earlier runs."""
    return read_csv(work / KEPT, Name) if (work / KEPT).is_file() else []


def _called(page: Page, name: Name) -> Page:
    page_id = ids.page_id(name.path, page.number, name.pages, name.tag)
    return replace(page, page_id=page_id, group=ids.group(name.path, page.number, name.pages))


def _by_place(name: Name) -> str:
    return name.source
