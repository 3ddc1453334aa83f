"""A part of the shelf, for a trial before the whole is paid for. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from vlm3_dataset.files import sha256
from vlm3_dataset.schema import Page


@dataclass(frozen=True, slots=True)
class PageSelection:
    """Which pages a run is about; by default all."""

    only: str = ""  # a glob of sources or page ids: `21 - Clutch/*`, `torque-11-*`
    sample: int | None = None  # so many of them, from all over the shelf and always the same
    limit: int | None = None  # the first so many

    def of(self, pages: Iterable[Page]) -> list[Page]:
        """The chosen ones, in their order."""
        chosen = [page for page in pages if self._fits(page)]
        if self.sample is not None:
            drawn = {page.page_id for page in sorted(chosen, key=_draw)[: self.sample]}
            chosen = [page for page in chosen if page.page_id in drawn]
        return chosen[: self.limit]

    def _fits(self, page: Page) -> bool:
        return not self.only or fnmatchcase(page.source, self.only) or fnmatchcase(page.page_id, self.only)


ALL = PageSelection()


def _draw(page: Page) -> str:
    """By a hash, so that a larger sample holds the smaller one."""
    return sha256(page.page_id.encode())
