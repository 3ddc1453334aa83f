"""`scrapy crawl e30m3 -a start_url=...`: walks one vBulletin board, from the frontier and back into it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from time import time
from typing import TYPE_CHECKING, Any, NoReturn, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from e30crawl.arguments import CrawlArguments
from e30crawl.cookies import playwright_cookies
from e30crawl.failing import one_line
from e30crawl.pages.guest import signed_in
from e30crawl.records import PageKind
from e30crawl.robots import RobotsUnreachable
from e30crawl.store import NotMediaError, Store
from e30crawl.tasks import NO_CHANGES, Changes, Found, Lease, Outcome, State, Step
from e30crawl.throttle import response_wait
from e30crawl.visit import Visitor
from e30crawl.walk import GONE, LOST_LOGIN, Verdict, changes, judge, start

if TYPE_CHECKING:
    from e30crawl.frontier import Frontier

PAGE_MAXSIZE = 16 * 2**20
READABLE = {PageKind.FORUMS, PageKind.THREADS, PageKind.POSTS}


class E30m3Spider(Spider):
    """Archives a board into <archive>/<board>/. Arguments: see CrawlArguments.

    Settings: CONTACT, FRONTIER_URL, FRONTIER_LEASE, FRONTIER_RETRY_DELAY, CONCURRENT_REQUESTS(_PER_DOMAIN).
    `problems` says in one line each what went wrong in this run, or which pages any run has lost.
    """

    name = "e30m3"

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.arguments = CrawlArguments(**arguments)
        self.problems: list[str] = []
        self._released = asyncio.Event()
        self._broken = False  # the state cannot be read or written: said once
        self._rendering: dict[str, Any] = {}
        if self.arguments.browser:
            from e30crawl.browser import page_meta  # Playwright, half a second

            jar = self.arguments.cookie_jar
            self._rendering = page_meta(playwright_cookies(jar) if jar is not None else [])

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        if contact := settings.get("CONTACT"):
            settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{contact})", priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        spider.visitor = Visitor(spider.arguments.config.reading, apart=not delay)
        spider.store = Store(spider.arguments.folder)
        spider.frontier = _open_frontier(spider.arguments, crawler.settings)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Feeds what is due until nothing is left, waiting out the pages that are to be tried again later."""
        if not self.settings.get("CONTACT"):
            self.logger.warning("no contact in the user agent; with -s CONTACT=you@example.org the owner can reach you")
        with self._stopping_on_errors():
            self.frontier.add([start(self.arguments.start_url)])
            if self.arguments.update and not self.frontier.begin_round(datetime.now(UTC)):
                self.logger.info("%s: going on with an update that did not end", self.arguments.name)
            async for request in self._feed():
                yield request

    async def _feed(self) -> AsyncIterator[Request]:
        most = self.settings.getint("CONCURRENT_REQUESTS")
        while True:
            await self._sit_out()
            room = most - self.frontier.leased
            leases = self.frontier.claim(room, time())
            for lease in leases:
                yield self._request(lease)
            if leases:
                continue
            due = self.frontier.next_due(time()) if room else None
            if due is None and not self.frontier.leased:
                return
            await self._sleep(due)

    async def _sit_out(self) -> None:
        """Waits while the owner's hours or today's bytes allow no request."""
        limits, said = self.arguments.config.limits, None
        while pause := limits.pause(now := datetime.now(UTC), self._received(limits.day(now))):
            if pause.until != said:
                said = pause.until
                self.logger.info("%s: %s", self.arguments.name, pause)
            await self._sleep((pause.until - now).total_seconds())

    def _received(self, day: str) -> int:
        return self.frontier.received(day) if self.arguments.config.budget else 0

    async def _sleep(self, seconds: float | None) -> None:
        """Until a page has come back, but not for long: the lease of the board wants to be renewed."""
        longest = self.settings.getfloat("FRONTIER_LEASE") / 3
        self._released.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._released.wait(), longest if seconds is None else min(seconds, longest))
        self.frontier.keep()

    def _request(self, lease: Lease) -> Request:
        return Request(
            lease.url,
            callback=self.parse,
            errback=self.parse_failure,
            cb_kwargs={"lease": lease},
            meta={} if lease.step is Step.MEDIA else {"download_maxsize": PAGE_MAXSIZE, **self._rendering},
            dont_filter=True,  # the frontier knows what was seen, also after a restart
        )

    async def parse(self, response: Response, lease: Lease) -> None:
        """Every response ends in the frontier: done, to be tried again, or given up."""
        with self._stopping_on_errors():
            if response.status == 429 or response.status >= 500:
                self._failed(lease, f"HTTP {response.status}", wait=response_wait(response) or 0.0)
            elif lease.step is Step.MEDIA:
                await self._media(response, lease)
            else:
                await self._page(response, lease)

    async def _page(self, response: Response, lease: Lease) -> None:
        at = datetime.now(UTC).replace(microsecond=0)
        content_type = _content_type(response)
        visit = await self.visitor.visit(lease, response.body, response.url, content_type)
        page = visit.page
        lost_login = self._is_guest(response.body, asked_to_log_in=page.logged_out)
        judgement = judge(page, response.status, response.url, lease, lost_login=lost_login)
        if judgement.verdict is Verdict.STOP:
            self._stop_logged_out(response.url, lease, judgement.reason)
        if judgement.verdict is not Verdict.KEEP:
            self._failed(lease, judgement.reason, final=judgement.verdict is Verdict.GIVE_UP)
            return
        outcome = Outcome(
            kind=page.kind,
            # Compressing and syncing take 3 ms, which the reactor does not wait for.
            sha256=await asyncio.to_thread(self.store.put_page, response.body),
            size=len(response.body),
            content_type=content_type,
            location=None if response.url == lease.url else response.url,
            records=visit.records,
            note=judgement.reason or page.reason,
            rendered="playwright" in response.flags,
        )
        news = NO_CHANGES
        if page.threads:
            known = self.frontier.listed([thread.thread_id for thread in page.threads])
            news = changes(page, lease, known, update=self.arguments.update)
        self._done(lease, outcome, visit.found, at, news)

    async def _media(self, response: Response, lease: Lease) -> None:
        if response.status >= 300:
            self._failed(lease, f"HTTP {response.status}", final=response.status in GONE)
            return
        try:
            digest, suffix = await asyncio.to_thread(self.store.put_media, response.body)
        except NotMediaError as error:
            if self._is_guest(response.body, asked_to_log_in=False):
                self._stop_logged_out(response.url, lease, LOST_LOGIN)
            self._failed(lease, str(error), final=True)
            return
        location = None if response.url == lease.url else response.url
        outcome = Outcome("file", digest, len(response.body), suffix, _content_type(response), location)
        self._done(lease, outcome, (), datetime.now(UTC))

    def _is_guest(self, body: bytes, *, asked_to_log_in: bool) -> bool:
        """Whether the board takes us for a guest although we came with a member's cookies."""
        if self.arguments.cookies is None:
            return False
        member = signed_in(body)
        return asked_to_log_in if member is None else not member

    def _stop_logged_out(self, url: str, lease: Lease, reason: str | None) -> NoReturn:
        """The page stays pending: as a guest we would archive the notice in its place."""
        self._failed(lease, f"logged out: {reason}")
        self.problems.append(f"{url}: the board asks us to log in ({reason}); reading stopped")
        raise CloseSpider("logged out")

    def parse_failure(self, failure: Failure) -> None:
        """What never became a response: refused by us, or lost on the way."""
        lease, error = failure.request.cb_kwargs["lease"], failure.value
        refused = isinstance(error, IgnoreRequest)
        reason = str(error) if refused else f"{type(error).__name__}: {error}"
        with self._stopping_on_errors():
            self._failed(lease, reason, final=refused and not isinstance(error, RobotsUnreachable))

    def _done(
        self, lease: Lease, outcome: Outcome, found: Sequence[Found], at: datetime, news: Changes = NO_CHANGES
    ) -> None:
        config = self.arguments.config
        day = config.limits.day(at) if config.budget else None
        self.frontier.done(lease, outcome, found, at, changes=news, day=day)
        self._released.set()

    def _failed(self, lease: Lease, reason: str | None, *, final: bool = False, wait: float = 0.0) -> None:
        reason = reason or "no reason given"
        state = self.frontier.failed(lease, reason, time(), final=final, wait=wait)
        self._released.set()
        what = "given up" if state is State.FAILED else "to be tried again"
        self.logger.info("%s: %s: %s", lease.url, what, reason)

    @contextmanager
    def _stopping_on_errors(self) -> Iterator[None]:
        """A full disk, a database that is gone or a lost lease end the crawl; what was in flight stays pending."""
        try:
            yield
        except (OSError, self.frontier.Error) as error:
            if not self._broken:
                self._broken = True
                self.problems.append(f"{self.arguments.folder}: cannot write: {one_line(error)}")
            raise CloseSpider("cannot write") from error

    def closed(self, reason: str) -> None:
        """Collects what is worth acting on. Dead images are ordinary, a page that is lost is not, whenever it was."""
        self.visitor.close()
        if self._broken:
            self.frontier.close()
            return
        name, lost = self.arguments.name, Counter()
        for (step, why), count in self.frontier.reasons(State.FAILED).items():
            lost[why] += count if step != Step.MEDIA else 0
        self.problems += [f"pages given up: {count} ({why})" for why, count in lost.most_common() if count]
        if reason == "finished":
            self.frontier.end_round(datetime.now(UTC))
            self.problems += [f"{missing}: not found on {name}" for missing in self.frontier.missing()]
            kinds = {kind for _, _, kind in self.frontier.counts()}
            if not kinds & READABLE:
                self.problems.append(f"{self.arguments.start_url}: nothing there that we can read")
            if PageKind.UNKNOWN in kinds:
                self.logger.warning("some pages could not be read; they are kept in raw/, see: scrapy status %s", name)
        self.frontier.close()


def _content_type(response: Response) -> str | None:
    value = response.headers.get("Content-Type")
    return value.decode("latin-1") if value else None


def _open_frontier(arguments: CrawlArguments, settings: BaseSettings) -> "Frontier":
    """The board's frontier; on a PostgreSQL with the lease that the crawl command has taken for this process."""
    from e30crawl.frontier import Frontier  # SQLAlchemy, half a second: not for `scrapy list`
    from e30crawl.lease import open_leases, worker_name
    from e30crawl.state import connect

    arguments.folder.mkdir(parents=True, exist_ok=True)
    url, renew = settings.get("FRONTIER_URL"), None
    if url:
        renew = partial(open_leases(settings, worker_name()).renew, board=arguments.name)
    return Frontier(
        connect(arguments.folder, url),
        arguments.scope,
        settings.getfloat("FRONTIER_RETRY_DELAY"),
        per_host=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") + 1,
        renew=renew,
    )
