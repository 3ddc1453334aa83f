"""What one page came to: bytes in, and out what the crawl has to know of it.

Pages are read in a process of their own where requests follow each other without a delay: reading takes 4 of the 12 ms
of processor time that a page costs, and there is a second core. At 2 s between requests it is 60 MB for nothing.
"""

import asyncio
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from multiprocessing import get_context

from e30crawl.frontier.records import Claim, PageRef
from e30crawl.items import Origin, Row, rows_of
from e30crawl.links import page_links
from e30crawl.parallel import start_worker
from e30crawl.parsers.page import read, skim
from e30crawl.parsers.records import Page, Reading


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """`page` is without its posts, which are among its `rows`; `records` says how many of whatever it shows."""

    page: Page
    records: int
    links: tuple[PageRef, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """A response as it came for a claim; `url` is where redirects ended, `at` is aware."""

    claim: Claim
    body: bytes
    url: str
    content_type: str | None
    at: datetime


def read_received(received: Received, board: str, reading: Reading, *, with_rows: bool) -> FetchedPage:
    """Return what a page says, where it leads, and its rows; without them dates and charset need no look either."""
    claim, at, rows = received.claim, received.at, ()
    if with_rows:
        page = read(received.body, received.url, content_type=received.content_type, now=at, reading=reading)
        rows = tuple(rows_of(page, Origin(board, claim, at.isoformat(timespec="seconds"))))
    else:
        page = skim(received.body, received.url, content_type=received.content_type, reading=reading)
    return FetchedPage(replace(page, posts=()), page.records, tuple(page_links(page, claim)), rows)


class PageReader:
    """Reads the pages of one crawl; `apart` in a process of its own, which lives until `close`."""

    def __init__(self, board: str, reading: Reading, *, apart: bool) -> None:
        self.board, self.reading = board, reading
        self._process: ProcessPoolExecutor | None = None
        if apart:
            context = get_context("spawn")
            self._process = ProcessPoolExecutor(1, context, initializer=start_worker, initargs=(read_received,))
            self._process.submit(int)  # or it would start with the first page

    async def read(self, received: Received, *, with_rows: bool) -> FetchedPage:
        """Read one page. Raises OSError where the process is gone."""
        work = partial(read_received, received, self.board, self.reading, with_rows=with_rows)
        if self._process is None:
            return work()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._process, work)
        except BrokenExecutor as error:
            raise OSError("the process that reads pages was killed") from error

    def close(self) -> None:
        if self._process is not None:
            self._process.shutdown(wait=False)
