"""What one page came to: bytes in, and out what the crawl has to know of it.

Pages are read in a process of their own where requests follow each other without a delay: reading takes 2.3 of the 4 ms
that a page costs, and there is a second core. At 2 s between requests that would be 60 MB for nothing.
"""

import asyncio
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Self

from e30crawl.frontier.records import Claim, PageRef
from e30crawl.links import page_links
from e30crawl.parallel import start_worker
from e30crawl.parsers.page import skim
from e30crawl.parsers.records import Page, Reading


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """`page` is without its posts, which only the export needs; `records` says how many it has of whatever it shows."""

    page: Page
    records: int
    found: tuple[PageRef, ...]

    @classmethod
    def read(cls, claim: Claim, body: bytes, url: str, content_type: str | None, reading: Reading) -> Self:
        """`url` is where redirects ended."""
        page = skim(body, url, content_type=content_type, reading=reading)
        records = len(page.posts) or len(page.threads) or len(page.forums)
        return cls(replace(page, posts=()), records, tuple(page_links(page, claim)))


class PageReader:
    """Reads the pages of one crawl; `apart` in a process of its own, which lives until `close`."""

    def __init__(self, reading: Reading, *, apart: bool) -> None:
        self.reading = reading
        self._process: ProcessPoolExecutor | None = None
        if apart:
            context = get_context("spawn")
            self._process = ProcessPoolExecutor(1, context, initializer=start_worker, initargs=(FetchedPage.read,))
            self._process.submit(int)  # or it would start with the first page

    async def read(self, claim: Claim, body: bytes, url: str, content_type: str | None) -> FetchedPage:
        """Raises OSError where the process is gone."""
        page = (claim, body, url, content_type, self.reading)
        if self._process is None:
            return FetchedPage.read(*page)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._process, FetchedPage.read, *page)
        except BrokenExecutor as error:
            raise OSError("the process that reads pages was killed") from error

    def close(self) -> None:
        if self._process is not None:
            self._process.shutdown(wait=False)
