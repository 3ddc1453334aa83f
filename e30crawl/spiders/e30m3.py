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

from e30crawl.archive.blobs import BlobStore, NotMediaError
from e30crawl.console import one_line
from e30crawl.cookies import playwright_cookies
from e30crawl.extensions import response_wait
from e30crawl.frontier.records import NO_CHANGES, Changes, Claim, FetchResult, PageRef, State, Step
from e30crawl.links import changes, start
from e30crawl.middlewares import RobotsUnreachable
from e30crawl.params import CrawlParams
from e30crawl.parsers.notice import signed_in
from e30crawl.parsers.records import PageKind
from e30crawl.reader import PageReader
from e30crawl.responses import GONE, LOST_LOGIN, Verdict, classify_response

if TYPE_CHECKING:
    from e30crawl.frontier.queue import Frontier

PAGE_MAXSIZE = 16 * 2**20
READABLE = {PageKind.FORUMS, PageKind.THREADS, PageKind.POSTS}


class E30m3Spider(Spider):
    """Archives a board into <archive>/<board>/. Arguments: see CrawlParams.

    Settings: CONTACT, FRONTIER_URL, FRONTIER_LEASE, FRONTIER_RETRY_DELAY, CONCURRENT_REQUESTS(_PER_DOMAIN).
    `problems` says in one line each what went wrong in this run, or which pages any run has lost.
    """

    name = "e30m3"

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.params = CrawlParams(**arguments)
        self.problems: list[str] = []
        self._released = asyncio.Event()
        self._broken = False  # the state cannot be read or written: said once
        self._rendering: dict[str, Any] = {}
        if self.params.browser:
            from e30crawl.browser.chromium import page_meta  # Playwright, half a second

            jar = self.params.cookie_jar
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
        spider.page_reader = PageReader(spider.params.config.reading, apart=not delay)
        spider.store = BlobStore(spider.params.folder)
        spider.frontier = _open_frontier(spider.params, crawler.settings)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Feeds what is due until nothing is left, waiting out the pages that are to be tried again later."""
        if not self.settings.get("CONTACT"):
            self.logger.warning("no contact in the user agent; with -s CONTACT=you@example.org the owner can reach you")
        with self._stopping_on_errors():
            self.frontier.add([start(self.params.start_url)])
            if self.params.update and not self.frontier.begin_round(datetime.now(UTC)):
                self.logger.info("%s: going on with an update that did not end", self.params.name)
            async for request in self._feed():
                yield request

    async def _feed(self) -> AsyncIterator[Request]:
        most = self.settings.getint("CONCURRENT_REQUESTS")
        while True:
            await self._sit_out()
            room = most - self.frontier.claimed
            claims = self.frontier.claim(room, time())
            for claim in claims:
                yield self._request(claim)
            if claims:
                continue
            due = self.frontier.next_due(time()) if room else None
            if due is None and not self.frontier.claimed:
                return
            await self._sleep(due)

    async def _sit_out(self) -> None:
        """Waits while the owner's hours or today's bytes allow no request."""
        limits, said = self.params.config.limits, None
        while pause := limits.pause(now := datetime.now(UTC), self._received(limits.day(now))):
            if pause.until != said:
                said = pause.until
                self.logger.info("%s: %s", self.params.name, pause)
            await self._sleep((pause.until - now).total_seconds())

    def _received(self, day: str) -> int:
        return self.frontier.received(day) if self.params.config.budget else 0

    async def _sleep(self, seconds: float | None) -> None:
        """Until a page has come back, but not for long: the lease of the board wants to be renewed."""
        longest = self.settings.getfloat("FRONTIER_LEASE") / 3
        self._released.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._released.wait(), longest if seconds is None else min(seconds, longest))
        self.frontier.keep()

    def _request(self, claim: Claim) -> Request:
        return Request(
            claim.url,
            callback=self.parse,
            errback=self.parse_failure,
            cb_kwargs={"claim": claim},
            meta={} if claim.step is Step.MEDIA else {"download_maxsize": PAGE_MAXSIZE, **self._rendering},
            dont_filter=True,  # the frontier knows what was seen, also after a restart
        )

    async def parse(self, response: Response, claim: Claim) -> None:
        """Every response ends in the frontier: done, to be tried again, or given up."""
        with self._stopping_on_errors():
            if response.status == 429 or response.status >= 500:
                self._failed(claim, f"HTTP {response.status}", wait=response_wait(response) or 0.0)
            elif claim.step is Step.MEDIA:
                await self._media(response, claim)
            else:
                await self._page(response, claim)

    async def _page(self, response: Response, claim: Claim) -> None:
        at = datetime.now(UTC).replace(microsecond=0)
        content_type = _content_type(response)
        fetched = await self.page_reader.read(claim, response.body, response.url, content_type)
        page = fetched.page
        lost_login = self._is_guest(response.body, asked_to_log_in=page.logged_out)
        decision = classify_response(
            page, response.status, response.url, claim, lost_login=lost_login, headers=response.headers
        )
        if decision.verdict is Verdict.STOP:
            self._stop_logged_out(response.url, claim, decision.reason)
        if decision.verdict is Verdict.CHALLENGED:
            self._failed(claim, decision.reason)
            self.problems.append(f"{response.url}: {decision.reason}; reading stopped")
            raise CloseSpider("challenged")
        if decision.verdict is not Verdict.KEEP:
            self._failed(claim, decision.reason, final=decision.verdict is Verdict.GIVE_UP)
            return
        result = FetchResult(
            kind=page.kind,
            # Compressing and syncing take 3 ms, which the reactor does not wait for.
            sha256=await asyncio.to_thread(self.store.put_page, response.body),
            size=len(response.body),
            content_type=content_type,
            location=None if response.url == claim.url else response.url,
            records=fetched.records,
            note=decision.reason or page.reason,
            rendered="playwright" in response.flags,
        )
        news = NO_CHANGES
        if page.threads:
            known = self.frontier.listed([thread.thread_id for thread in page.threads])
            news = changes(page, claim, known, update=self.params.update)
        self._done(claim, result, fetched.found, at, news)

    async def _media(self, response: Response, claim: Claim) -> None:
        if response.status >= 300:
            self._failed(claim, f"HTTP {response.status}", final=response.status in GONE)
            return
        try:
            digest, suffix = await asyncio.to_thread(self.store.put_media, response.body)
        except NotMediaError as error:
            if self._is_guest(response.body, asked_to_log_in=False):
                self._stop_logged_out(response.url, claim, LOST_LOGIN)
            self._failed(claim, str(error), final=True)
            return
        location = None if response.url == claim.url else response.url
        result = FetchResult("file", digest, len(response.body), suffix, _content_type(response), location)
        self._done(claim, result, (), datetime.now(UTC))

    def _is_guest(self, body: bytes, *, asked_to_log_in: bool) -> bool:
        """Whether the board takes us for a guest although we came with a member's cookies."""
        if self.params.cookies is None:
            return False
        member = signed_in(body)
        return asked_to_log_in if member is None else not member

    def _stop_logged_out(self, url: str, claim: Claim, reason: str | None) -> NoReturn:
        """The page stays pending: as a guest we would archive the notice in its place."""
        self._failed(claim, f"logged out: {reason}")
        self.problems.append(f"{url}: the board asks us to log in ({reason}); reading stopped")
        raise CloseSpider("logged out")

    def parse_failure(self, failure: Failure) -> None:
        """What never became a response: refused by us, or lost on the way."""
        claim, error = failure.request.cb_kwargs["claim"], failure.value
        refused = isinstance(error, IgnoreRequest)
        reason = str(error) if refused else f"{type(error).__name__}: {error}"
        with self._stopping_on_errors():
            self._failed(claim, reason, final=refused and not isinstance(error, RobotsUnreachable))

    def _done(
        self, claim: Claim, result: FetchResult, found: Sequence[PageRef], at: datetime, news: Changes = NO_CHANGES
    ) -> None:
        config = self.params.config
        day = config.limits.day(at) if config.budget else None
        self.frontier.done(claim, result, found, at, changes=news, day=day)
        self._released.set()

    def _failed(self, claim: Claim, reason: str | None, *, final: bool = False, wait: float = 0.0) -> None:
        reason = reason or "no reason given"
        state = self.frontier.failed(claim, reason, time(), final=final, wait=wait)
        self._released.set()
        what = "given up" if state is State.FAILED else "to be tried again"
        self.logger.info("%s: %s: %s", claim.url, what, reason)

    @contextmanager
    def _stopping_on_errors(self) -> Iterator[None]:
        """A full disk, a database that is gone or a lost lease end the crawl; what was in flight stays pending."""
        try:
            yield
        except (OSError, self.frontier.Error) as error:
            if not self._broken:
                self._broken = True
                self.problems.append(f"{self.params.folder}: cannot write: {one_line(error)}")
            raise CloseSpider("cannot write") from error

    def closed(self, reason: str) -> None:
        """Collects what is worth acting on. Dead images are ordinary, a page that is lost is not, whenever it was."""
        self.page_reader.close()
        if self._broken:
            self.frontier.close()
            return
        name, lost = self.params.name, Counter()
        for (step, why), count in self.frontier.reasons(State.FAILED).items():
            lost[why] += count if step != Step.MEDIA else 0
        self.problems += [f"pages given up: {count} ({why})" for why, count in lost.most_common() if count]
        if reason == "finished":
            self.frontier.end_round(datetime.now(UTC))
            self.problems += [f"{missing}: not found on {name}" for missing in self.frontier.missing()]
            kinds = {kind for _, _, kind in self.frontier.counts()}
            if not kinds & READABLE:
                self.problems.append(f"{self.params.start_url}: nothing there that we can read")
            if PageKind.UNKNOWN in kinds:
                self.logger.warning("some pages could not be read; they are kept in raw/, see: scrapy status %s", name)
        self.frontier.close()


def _content_type(response: Response) -> str | None:
    value = response.headers.get("Content-Type")
    return value.decode("latin-1") if value else None


def _open_frontier(params: CrawlParams, settings: BaseSettings) -> "Frontier":
    """The board's frontier; on a PostgreSQL with the lease that the crawl command has taken for this process."""
    from e30crawl.frontier.leases import open_leases, worker_name
    from e30crawl.frontier.queue import Frontier  # SQLAlchemy, half a second: not for `scrapy list`
    from e30crawl.frontier.schema import connect

    params.folder.mkdir(parents=True, exist_ok=True)
    url, renew = settings.get("FRONTIER_URL"), None
    if url:
        renew = partial(open_leases(settings, worker_name()).renew, board=params.name)
    return Frontier(
        connect(params.folder, url),
        params.scope,
        settings.getfloat("FRONTIER_RETRY_DELAY"),
        per_host=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") + 1,
        renew=renew,
    )
