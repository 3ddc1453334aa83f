"""Hold a board for one crawl: the lock, the frontier, the stored bytes, and what went wrong.

The spider asks and reads; what becomes of a claim is told here, and here alone.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from time import time
from typing import NoReturn

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from sqlalchemy.exc import SQLAlchemyError

from e30crawl.archive.blobs import BlobStore
from e30crawl.archive.rows import Board, read_again
from e30crawl.archive.stored import stored_pages
from e30crawl.console import one_line
from e30crawl.frontier.lock import BoardLockedError, board_lock
from e30crawl.frontier.queue import MEDIA_TRIES, PAGE_TRIES, Frontier
from e30crawl.frontier.records import ELSEWHERE, NO_CHANGES, NOT_READ, Changes, Claim, PageRef, State, Step
from e30crawl.frontier.schema import FILE, connect
from e30crawl.items import MediaItem, PageItem
from e30crawl.links import start
from e30crawl.params import CrawlParams
from e30crawl.parsers.records import READABLE, UNREAD
from e30crawl.responses import Decision, Verdict
from e30crawl.urls import site

logger = logging.getLogger(__name__)
MANY_LOGINS = 20  # pages in a row that ask us to log in: the board may have closed to guests, and has thousands more


class BoardSession:
    """Holds a board for one crawl. `problems` says in one line each what went wrong in it, or which pages any run lost.

    Before `open` and after `close`, and so in `scrapy parse`, there is no frontier, and what it is told is only logged.
    """

    frontier: Frontier | None = None

    def __init__(self, params: CrawlParams, crawler: Crawler) -> None:
        self.params = params
        self.crawler, self.settings = crawler, crawler.settings
        self.store = BlobStore(params.folder)
        self.problems: list[str] = []
        self.exit_code = 2  # of a command whose crawl was refused
        self.is_broken = False  # the state cannot be read or written: said once
        self.released = asyncio.Event()  # set whenever a claim has ended
        self._start = start(params.start_url)
        self._logins = 0  # in a row
        self._held: dict[str, tuple[int, float]] = {}  # host -> how often in a row it was left alone, and until when
        self._lock = ExitStack()

    def open(self) -> None:
        """Take the board for this process, unless the command has done so, and send for what this run is about."""
        params = self.params
        try:
            renew = self._lock.enter_context(board_lock(params.folder, self.settings))
            self.frontier = Frontier(
                connect(params.folder, self.settings.get("FRONTIER_URL")),
                params.scope,
                self.settings.getfloat("FRONTIER_RETRY_DELAY"),
                per_host=self.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") + 1,
                renew=renew,
            )
        except BoardLockedError as error:
            self.refuse(str(error), exit_code=1)
        except SQLAlchemyError as error:
            where = "FRONTIER_URL" if self.settings.get("FRONTIER_URL") else params.folder / FILE
            self.refuse(f"{where}: {one_line(error)}", exit_code=1)
        if other := self.frontier.other_board(params.start_url):
            self.refuse(
                f"{params.folder}: holds another board, {other}; for {params.start_url} say -a board=NAME as well"
            )
        params.folder.mkdir(parents=True, exist_ok=True)  # on a PostgreSQL nothing lies there so far
        params.config.keep(params.folder)
        self.frontier.begin(self._start)
        if params.retry:
            logger.info("%s: %d lost pages are asked for again", params.name, self.frontier.retry(params.retry))
        if not (params.update and self.frontier.begin_round(datetime.now(UTC))) and self.frontier.in_round:
            logger.info("%s: going on with an update that did not end", params.name)

    @property
    def is_new(self) -> bool:
        """Return whether nothing of this board was ever fetched: its address may be wrong."""
        return self.frontier is not None and self.frontier.is_new

    @property
    def _loudness(self) -> int:
        """Return the level of what goes wrong on the way: at a new board somebody waits for it."""
        return logging.WARNING if self.is_new else logging.INFO

    def done(self, item: PageItem | MediaItem, links: Sequence[PageRef] = (), news: Changes = NO_CHANGES) -> None:
        """Note an item as done, together with all that it led to."""
        at, config = datetime.fromisoformat(item.fetched_at), self.params.config
        day = config.limits.day(at) if config.budget else None
        self.frontier.done(item.claim, item.result, links, at, changes=news, day=day)
        self.released.set()

    def failed(self, claim: Claim, reason: str | None, *, final: bool = False, wait: float = 0.0) -> None:
        """Note that a claim gave nothing: to be tried again, at the earliest in `wait` seconds, or given up."""
        reason = reason or "no reason given"
        if self.frontier is None:
            logger.info("%s: %s", claim.url, reason)
            return
        state = self.frontier.failed(claim, reason, time(), final=final, wait=wait)
        self.released.set()
        what = "given up" if state is State.FAILED else "to be tried again"
        logger.log(self._loudness, "%s: %s: %s", claim.url, what, reason)

    def hold(self, claim: Claim, reason: str) -> None:
        """Leave a page as it was, and all of its host alone for 1, 4, 16 ... minutes: its robots.txt cannot be had.

        That says nothing of the page, and costs it no try. Raises CloseSpider where it is the board's own for a day;
        pictures elsewhere are tried on as ever after 21 minutes, since dead hosts are ordinary.
        """
        now, host, own = time(), claim.host, site(claim.url) == site(self.params.start_url)
        times, until = self._held.get(host, (0, 0.0))
        if now >= until:
            times, until = times + 1, now + self.frontier.delay(times + 1)
            self._held[host] = times, until
        if times < (PAGE_TRIES if own else MEDIA_TRIES):
            logger.log(self._loudness, "%s: %s: left alone for %.0f s", host, reason, until - now)
            self.frontier.claims.hold(host, until)
            self.put_back(claim, reason)
        elif own:
            self.stop(claim, "robots.txt unreachable", f"{claim.url}: {reason} for a day; reading stopped")
        else:
            self.failed(claim, reason)

    def leave_alone(self, claim: Claim, wait: float) -> None:
        """Ask nothing of a page's host for so many seconds."""
        if self.frontier is not None:
            self.frontier.claims.hold(claim.host, time() + wait)

    def put_back(self, claim: Claim, reason: str) -> None:
        """Leave a page as it was, since nothing was asked."""
        self.frontier.put_back(claim, reason)
        self.released.set()

    def answered(self, claim: Claim) -> None:
        """Note that the host of a page lets us read."""
        self._held.pop(claim.host, None)

    async def shuts_out_guests(
        self, claim: Claim, decision: Decision, reads: Callable[[Claim], Awaitable[bool]]
    ) -> bool:
        """Return whether the board has closed to guests.

        It has where the start asks us to log in, or MANY_LOGINS pages in a row and then one that was read before, which
        `reads` asks for once more. Threads that only members may read are no sign of it, nor is a members' forum, which
        is kept as a notice.
        """
        if decision.verdict is Verdict.KEEP and not decision.login:
            self._logins = 0
        elif decision.verdict is Verdict.LATER:
            self._logins += decision.login
        if not decision.login or claim.key == self._start.key:
            return decision.login
        if self._logins < MANY_LOGINS:
            return False
        self._logins = 0
        known = self.frontier.last_read(claim.step)
        return known is None or not await reads(known)

    def stop(self, claim: Claim, why: str, problem: str) -> NoReturn:
        """End the crawl, and leave the page as it was: it would be the same with every other, and tomorrow too.

        Raises CloseSpider.
        """
        if self.frontier is not None:
            self.frontier.put_back(claim, problem)
        self.problems.append(problem)
        raise CloseSpider(why)

    def refuse(self, problem: str, *, exit_code: int = 2) -> NoReturn:
        """End a crawl that must not begin, with what is wrong. Raises CloseSpider."""
        self.problems.append(problem)
        self.exit_code = exit_code
        raise CloseSpider("refused")

    @contextmanager
    def stopping_on_errors(self) -> Iterator[None]:
        """End the crawl on a full disk, a database that is gone or a lost lease; what was in flight stays pending.

        Raises CloseSpider for them.
        """
        try:
            yield
        except (OSError, SQLAlchemyError) as error:
            if not self.is_broken:
                self.is_broken = True
                self.problems.append(f"{self.params.folder}: cannot write: {one_line(error)}")
            raise CloseSpider("cannot write") from error

    @contextmanager
    def ending_on_errors(self) -> Iterator[None]:
        """Do as stopping_on_errors in pipelines and signal handlers, where Scrapy takes CloseSpider for any error."""
        try:
            with self.stopping_on_errors():
                yield
        except CloseSpider as error:
            self._ending = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=error.reason))

    def close(self, reason: str) -> None:
        """Collect what is worth acting on, and give the board back."""
        with self._lock:
            if self.frontier is not None:
                if reason != "refused" and not self.is_broken:
                    self._collect_problems(reason)
                self.frontier.close()

    def _collect_problems(self, reason: str) -> None:
        """Add the pages that are lost or were not read, in any run; dead images are ordinary and are left out."""
        params, lost = self.params, Counter()
        for (step, why), count in self.frontier.reasons(State.FAILED).items():
            lost[why] += count if step != Step.MEDIA and not why.startswith(ELSEWHERE) else 0
        self.problems += [f"pages given up: {count} ({why})" for why, count in lost.most_common() if count]
        kept = [(why, n) for (_, why), n in self.frontier.reasons(State.DONE).items() if why.startswith(NOT_READ)]
        self.problems += [f"pages kept as they were: {count} ({why})" for why, count in kept]
        counts = self.frontier.counts()
        kinds = {kind for _, _, kind in counts}
        if unread := sorted(kinds.intersection(UNREAD)):
            self.problems.append(f"pages of an earlier run are {' or '.join(unread)}; -a retry=unread asks again")
        if reason == "finished":
            self.frontier.end_round(datetime.now(UTC))
            self.problems += [f"{missing}: not found on {params.name}" for missing in self.frontier.missing()]
            if kinds.isdisjoint(READABLE):
                self.problems.append(f"{params.start_url}: nothing there that we can read")
            elif sum(count for (step, *_), count in counts.items() if step != Step.MEDIA) == 1:
                self.problems += self._elsewhere()

    def _elsewhere(self) -> Iterator[str]:
        """Yield what is wrong where all that the board's only page lists is at another address than the board."""
        start_url = self.params.start_url
        with self.frontier.engine.connect() as connection:
            only = next(stored_pages(connection))
        page = read_again(Board(self.params.folder), only, self.store.get_page(only.sha256))
        urls = (each.url for each in (*page.forums, *page.threads) if each.url)
        if elsewhere := next((url for url in urls if site(url) != site(start_url)), None):
            yield (
                f"{start_url}: all that it lists is at another address than {site(start_url)}; give that address, as "
                f"in {elsewhere}"
            )
