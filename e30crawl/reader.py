"""Read one page as a crawl needs it: bytes in, and out where it leads and the rows it shows.

Pages are read in a process of their own where requests follow each other without a delay: reading takes 4 of the 12 ms
of processor time that a page costs, and there is a second core. At 2 s between requests it is 60 MB for nothing.
"""

import asyncio
import atexit
import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from e30crawl.frontier.records import Claim, PageRef
from e30crawl.items import Origin, Row, rows_of
from e30crawl.links import page_links
from e30crawl.parallel import start_worker
from e30crawl.parsers.page import read
from e30crawl.parsers.records import Page, Reading

KILLED = "the process that reads pages was killed"


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page that was read. `page` is without its posts, which are among its `rows`; `records` counts what it shows."""

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


def read_received(received: Received, *, board: str, reading: Reading, with_rows: bool) -> FetchedPage:
    """Return what a page says, where it leads, and its rows; without them dates and charset need no look either."""
    claim, at, options = received.claim, received.at, {"content_type": received.content_type, "reading": reading}
    page = read(received.body, received.url, now=at, dated=with_rows, **options)
    rows = tuple(rows_of(page, Origin(board, claim, at.isoformat(timespec="seconds")))) if with_rows else ()
    return FetchedPage(replace(page, posts=()), page.records, tuple(page_links(page, claim)), rows)


class PageReader:
    """Reads the pages of one crawl; `apart` in a process of its own, which lives until `close`.

    Over a pipe that the event loop looks after: the threads of a ProcessPoolExecutor wait for the same lock as
    everything else, and took an eighth of this process's time.
    """

    def __init__(self, board: str, reading: Reading, *, apart: bool) -> None:
        self._work = partial(read_received, board=board, reading=reading)
        self._pipe: Connection | None = None
        self._waiting: deque[asyncio.Future[FetchedPage]] = deque()  # answers come in the order of the pages
        if apart:
            context = get_context("spawn")
            self._pipe, its_end = context.Pipe()
            self.process = context.Process(target=_read_for, args=(its_end, self._work))
            self.process.start()  # at once, or it would start with the first page
            its_end.close()
            atexit.register(self.close)  # or Python would wait for the process for ever

    async def read(self, received: Received, *, with_rows: bool) -> FetchedPage:
        """Read one page. Raises OSError where the process is gone."""
        if self._pipe is None:
            return self._work(received, with_rows=with_rows)
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        try:
            self._pipe.send((received, with_rows))
        except OSError as error:
            raise OSError(KILLED) from error
        if not self._waiting:
            loop.add_reader(self._pipe, self._take_answer, loop)
        self._waiting.append(answer)
        return await answer

    def _take_answer(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            answers = [self._pipe.recv()]
        except (EOFError, OSError):
            answers = [OSError(KILLED)] * len(self._waiting)
        except Exception as error:  # noqa: BLE001 - an error that could not be made again on this side is one as well
            answers = [error]
        for answer in answers:
            waiting = self._waiting.popleft()
            if not waiting.cancelled():
                waiting.set_exception(answer) if isinstance(answer, Exception) else waiting.set_result(answer)
        if not self._waiting:
            loop.remove_reader(self._pipe)

    def close(self) -> None:
        if self._pipe is not None:
            self._pipe.close()


def _read_for(pipe: Connection, work: Callable[..., FetchedPage]) -> None:
    """Read the pages that come through the pipe, and send back what they say: the work of the process.

    A thread takes in what comes, or the crawl would wait with its next page for this one.
    """
    start_worker()
    pages: SimpleQueue[tuple[Received, bool]] = SimpleQueue()

    def take_in() -> None:
        with suppress(EOFError, OSError):
            while True:
                pages.put(pipe.recv())
        os._exit(0)

    Thread(target=take_in, daemon=True).start()
    while True:
        received, with_rows = pages.get()
        try:
            answer = work(received, with_rows=with_rows)
        except Exception as error:  # noqa: BLE001 - raised where the page was asked for
            answer = error
        pipe.send(answer)
