"""What one page came to: bytes in, and out what the crawl has to know of it.

Pages are read in a process of their own where requests follow each other without a delay: reading takes 2.3 of the 4 ms
that a page costs, and there is a second core. At 2 s between requests that would be 60 MB for nothing.
"""

import asyncio
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Self

from e30crawl.pages.read import skim
from e30crawl.parallel import start_worker
from e30crawl.records import Page, Reading
from e30crawl.tasks import Found, Lease
from e30crawl.walk import leads


@dataclass(frozen=True, slots=True)
class Visit:
    """`page` is without its posts, which only the export needs; `records` says how many it has of whatever it shows."""

    page: Page
    records: int
    found: tuple[Found, ...]

    @classmethod
    def to(cls, lease: Lease, body: bytes, url: str, content_type: str | None, reading: Reading) -> Self:
        """`url` is where redirects ended."""
        page = skim(body, url, content_type=content_type, reading=reading)
        records = len(page.posts) or len(page.threads) or len(page.forums)
        return cls(replace(page, posts=()), records, tuple(leads(page, lease)))


class Visitor:
    """Reads the pages of one crawl; `apart` in a process of its own, which lives until `close`."""

    def __init__(self, reading: Reading, *, apart: bool) -> None:
        self.reading = reading
        self._process: ProcessPoolExecutor | None = None
        if apart:
            context = get_context("spawn")
            self._process = ProcessPoolExecutor(1, context, initializer=start_worker, initargs=(Visit.to,))
            self._process.submit(int)  # or it would start with the first page

    async def visit(self, lease: Lease, body: bytes, url: str, content_type: str | None) -> Visit:
        """Raises OSError where the process is gone."""
        page = (lease, body, url, content_type, self.reading)
        if self._process is None:
            return Visit.to(*page)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._process, Visit.to, *page)
        except BrokenExecutor as error:
            raise OSError("the process that reads pages was killed") from error

    def close(self) -> None:
        if self._process is not None:
            self._process.shutdown(wait=False)
