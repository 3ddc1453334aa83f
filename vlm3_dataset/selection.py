"""Select a part of the shelf, for a trial before the whole is paid for. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from vlm3_dataset.errors import Misused
from vlm3_dataset.files import sha256
from vlm3_dataset.schema import Page


class NoSuchPage(Misused):
    """A glob matches no page."""


@dataclass(frozen=True, slots=True)
class PageSelection:
    """Which pages a run is about; by default all."""

    only: str = ""  # a glob of sources or page ids: `21 - Clutch/*`, `torque-11-*`
    sample: int | None = None  # so many of them, from all over the shelf and always the same
    limit: int | None = None  # the first so many, and as many threads

    def of(self, pages: Iterable[Page]) -> list[Page]:
        """Return the chosen pages, in their order. Raises NoSuchPage."""
        pages = list(pages)
        chosen = [page for page in pages if not self.only or fits(page, self.only)]
        if self.only and not chosen:
            raise NoSuchPage(f"--only {self.only!r} fits none of {len(pages)} pages, by source or by id")
        if self.sample is not None:
            drawn = {page.page_id for page in sorted(chosen, key=_draw)[: self.sample]}
            chosen = [page for page in chosen if page.page_id in drawn]
        shown = [page for page in chosen if page.origin != "thread"]
        return [*shown[: self.limit], *[page for page in chosen if page.origin == "thread"][: self.limit]]


ALL = PageSelection()


def fits(page: Page, glob: str) -> bool:
    """Return True where a glob, a file or a folder matches a page, by its source or its id."""
    inside = page.source == glob or page.source.startswith(f"{glob.rstrip('/')}/")  # `[1990] ETM` is no glob
    return inside or fnmatchcase(page.source, glob) or fnmatchcase(page.page_id, glob)


def _draw(page: Page) -> str:
    """Return a page's sort key for a sample: a hash, so that a larger sample contains the smaller one."""
    return sha256(page.page_id.encode())
