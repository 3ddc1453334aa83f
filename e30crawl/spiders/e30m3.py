"""Walk one board, from the frontier and back into it: `scrapy crawl e30m3 -a start_url=...`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from time import time
from typing import Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, IgnoreRequest
from scrapy.extensions.feedexport import FeedExporter
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings
from twisted.python.failure import Failure

from e30crawl.archive.follow import follow_threads
from e30crawl.cookies import playwright_cookies
from e30crawl.extensions import HostBusy, response_wait
from e30crawl.frontier.records import NOT_READ, Claim, FetchResult, Step
from e30crawl.items import MediaItem, PageItem, Row
from e30crawl.links import start
from e30crawl.middlewares import RobotsUnreachable, missing_guards
from e30crawl.params import CrawlParams
from e30crawl.parsers.notice import signed_in
from e30crawl.parsers.records import fields
from e30crawl.pipelines import rows_are_taken
from e30crawl.reader import FetchedPage, PageReader, Received
from e30crawl.responses import Decision, Verdict, classify_media, classify_response
from e30crawl.session import BoardSession
from e30crawl.unreachable import unreachable
from e30crawl.urls import site

PAGE_MAXSIZE = 16 * 2**20
FIRST_TIMEOUT = 25.0  # seconds, at a new board: whoever typed a wrong address hears of it within half a minute
LEFT_ASIDE = {
    "JOBDIR": "the frontier already remembers every page, also after a SIGKILL, and the same command goes on",
    "HTTPCACHE_ENABLED": "raw/ keeps every page as it came, and a cached one would pass for today's",
}
UNSET = (None, "", False, 0, "0", "False", "false")
logger = logging.getLogger(__name__)


class E30m3Spider(Spider):
    """Archives a board into <archive>/<board>/. Arguments: see CrawlParams; what becomes of its pages: BoardSession.

    Settings: CONTACT, FRONTIER_URL, FRONTIER_LEASE, FRONTIER_RETRY_DELAY, CONCURRENT_REQUESTS(_PER_DOMAIN).
    """

    name = "e30m3"
    custom_settings: ClassVar[dict[str, Any]] = {
        # The frontier tries again, because it remembers across restarts: Scrapy's retries end after 2 quick ones.
        "RETRY_ENABLED": False,
        "METAREFRESH_ENABLED": False,  # boards use it for "thank you" pages; the page itself is what we keep
        "CLOSESPIDER_ERRORCOUNT": 1,  # an exception of ours is a bug or a full disk: stop before a page is lost
        # HttpError would keep what a board says under 403 from us; the others look at requests, and callbacks yield
        # only rows, twenty a page, which cost 0.5 ms on their way through all of them. Redirects ask for this one.
        "SPIDER_MIDDLEWARES_BASE": {"scrapy.spidermiddlewares.referer.RefererMiddleware": 700},
        "LOG_FORMATTER": "e30crawl.extensions.QuietRows",
    }

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.params = CrawlParams(**arguments)
        self._committing: dict[int, asyncio.Future[bool]] = {}  # claim -> whether its page has passed the pipelines
        self._rendering: dict[str, Any] = {}
        if self.params.browser:
            from e30crawl.browser.chromium import page_meta  # Playwright, half a second

            jar = self.params.cookie_jar
            self._rendering = page_meta(playwright_cookies(jar) if jar is not None else [])

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        settings.setdict(E30m3Spider.custom_settings, priority="spider")  # also of a spider with some of its own
        super().update_settings(settings)
        if contact := settings.get("CONTACT"):
            settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{contact})", priority="spider")
        for name, why in LEFT_ASIDE.items():
            if settings.get(name) not in UNSET:
                settings.set(name, None, priority=SETTINGS_PRIORITIES["cmdline"] + 1)
                logger.warning("%s is left aside: %s", name, why)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        params, delay = spider.params, crawler.settings.getfloat("DOWNLOAD_DELAY")
        spider.page_reader = PageReader(params.name, params.config.reading, apart=not delay)
        spider.session = BoardSession(params, crawler)
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(spider._passed_pipelines, signal)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Yield requests for what is due until nothing is left, waiting for pages that are to be tried again later."""
        if not self.settings.get("CONTACT"):
            self.logger.warning("no contact in the user agent; with -s CONTACT=you@example.org the owner can reach you")
        if missing := missing_guards(self.crawler):
            self.session.refuse(
                f"{', '.join(missing)}: switched off, which guards every request; nothing was asked. Take it out of "
                "your settings, and keep e30crawl.addon.Addon in ADDONS"
            )
        with self.session.stopping_on_errors():
            self.session.open()
            self._open_feeds()
            async for request in self._feed():
                yield request

    def _open_feeds(self) -> None:
        """Refuse a crawl whose feeds cannot be written: Scrapy would log it at every row, and the rows be lost."""
        exporter = self.crawler.get_extension(FeedExporter)
        if exporter is None and self.settings.getdict("FEEDS"):  # of a format or to a place that Scrapy does not know
            self.session.refuse("FEEDS: cannot be written, as the log says; nothing was asked")
        try:
            for slot in exporter.slots if exporter else ():
                slot.start_exporting()
        except OSError as error:
            exporter.slots.clear()
            self.session.refuse(f"{slot.uri}: the feed cannot be written there: {error.strerror}; nothing was asked")

    async def _feed(self) -> AsyncIterator[Request]:
        most, frontier = self.settings.getint("CONCURRENT_REQUESTS"), self.session.frontier
        while True:
            await self._wait_for_limits()
            room = most - len(frontier.claims)
            claims = frontier.claim(room, time())
            for claim in claims:
                if request := self._request(claim):
                    yield request
            if claims:
                continue
            due = frontier.claims.next_due(time()) if room else None
            if due is not None or frontier.claims:
                await self._sleep(due)
                continue
            found = 0
            if self.params.follow is not None:  # a second pass over the stored pages
                found = await asyncio.to_thread(follow_threads, frontier, self.params.folder)
                self.logger.info("%s: %d threads that pages link to and no list has named", self.params.name, found)
            if not found:
                return

    async def _wait_for_limits(self) -> None:
        """Wait while the owner's hours or today's bytes allow no request."""
        limits, announced = self.params.config.limits, None
        while pause := limits.pause(now := datetime.now(UTC), self.session.frontier.received):
            if pause.until != announced:
                announced = pause.until
                self.logger.info("%s: %s", self.params.name, pause)
            await self._sleep((pause.until - now).total_seconds())

    async def _sleep(self, seconds: float | None) -> None:
        """Wait until a page has come back, but not for long: the lease of the board has to be renewed."""
        longest = self.settings.getfloat("FRONTIER_LEASE") / 3
        self.session.released.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.session.released.wait(), longest if seconds is None else min(seconds, longest))
        self.session.frontier.renew_lease()

    def _request(self, claim: Claim) -> Request | None:
        """Return the request for a page; None for an address that Scrapy takes for none, which is given up."""
        try:
            return Request(
                claim.url,
                callback=self.parse,
                errback=self.parse_failure,
                cb_kwargs={"claim": claim},
                meta=self._meta(claim),
                dont_filter=True,  # the frontier knows what was seen, also after a restart
            )
        except ValueError as error:  # archives of earlier versions hold such pictures
            self.session.failed(claim, f"no address: {error}", final=True)
            return None

    def _meta(self, claim: Claim) -> dict[str, Any]:
        meta = {} if claim.step is Step.MEDIA else {"download_maxsize": PAGE_MAXSIZE, **self._rendering}
        return meta | ({"download_timeout": FIRST_TIMEOUT} if self.session.is_new else {})

    async def parse(self, response: Response, claim: Claim | None = None) -> AsyncIterator[PageItem | MediaItem | Row]:
        """Yield what came as one item, and once that is committed the rows it shows, where anything takes them.

        Every response ends in the frontier: done, to be tried again, or given up. Without a claim (`scrapy parse`) it
        is read as the page that its address names.
        """
        claim = claim or Claim(**fields(start(response.url)))
        self.session.answered(claim)
        with self.session.stopping_on_errors():
            if claim.step is Step.MEDIA:
                item, rows = self._media(response, claim), ()
            else:
                item, rows = await self._page(response, claim)
        if item is None:
            return
        committed = self._committing[claim.id] = asyncio.get_running_loop().create_future()
        yield item
        if self.session.frontier is None or await committed:
            for row in rows:
                yield row

    async def _page(self, response: Response, claim: Claim) -> tuple[PageItem | None, Sequence[Row]]:
        at = datetime.now(UTC).replace(microsecond=0)
        taken = self.session.frontier is None or type(self).parse is not E30m3Spider.parse  # a spider made of this one
        taken = taken or rows_are_taken(self.crawler, self._passed_pipelines)
        fetched, decision = await self._read(response, claim, at, with_rows=taken)
        page = fetched.page
        if await self.session.shuts_out_guests(claim, decision, self._can_be_read):
            decision = Decision(Verdict.STOP, page.notice or decision.reason)
        if not self._is_kept(decision, response, claim):
            return None, ()
        result = FetchResult(
            kind=page.kind,
            sha256="",
            size=len(response.body),
            content_type=_content_type(response),
            location=None if response.url == claim.url else response.url,
            records=fetched.records,
            note=decision.reason or page.reason,
            rendered="playwright" in response.flags,
        )
        return PageItem(claim, result, at.isoformat(), response.body, page, fetched.links), fetched.rows

    async def _read(
        self, response: Response, claim: Claim, at: datetime, *, with_rows: bool
    ) -> tuple[FetchedPage, Decision]:
        """Return what a response says as a page, and what becomes of the claim that it answers."""
        received = Received(claim, response.body, response.url, _content_type(response), at)
        fetched = await self.page_reader.read(received, with_rows=with_rows)
        lost_login = self._is_guest(response.body, asked_to_log_in=fetched.page.logged_out)
        answer = (fetched.page, response.status, response.url, claim)
        return fetched, classify_response(*answer, lost_login=lost_login, headers=response.headers)

    async def _can_be_read(self, claim: Claim) -> bool:
        """Ask once more for a page that was read before, and return whether it still is."""
        request = Request(claim.url, callback=NO_CALLBACK, meta=self._meta(claim))
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, it could not be read
            self.logger.info("%s: %s: %s", claim.url, type(error).__name__, error)
            return False
        _, decision = await self._read(response, claim, datetime.now(UTC), with_rows=False)
        return decision.verdict is Verdict.KEEP and not decision.login

    def _media(self, response: Response, claim: Claim) -> MediaItem | None:
        body = response.body
        decision = classify_media(body, response.status, response.headers, self._is_guest)
        if not self._is_kept(decision, response, claim):
            return None
        location = None if response.url == claim.url else response.url
        result = FetchResult("file", "", len(body), content_type=_content_type(response), location=location)
        return MediaItem(claim, result, datetime.now(UTC).isoformat(timespec="seconds"), body)

    def _is_kept(self, decision: Decision, response: Response, claim: Claim) -> bool:
        """Return whether an answer is archived; where it is not, tell the session what becomes of the claim."""
        verdict, reason = decision.verdict, decision.reason
        if verdict is Verdict.STOP:  # the page stays pending: as a guest we would archive the notice in its place
            problem = f"{response.url}: the board asks us to log in ({reason}); reading stopped"
            self.session.stop(claim, "logged out", problem)
        if verdict is Verdict.CHALLENGED:
            self.session.stop(claim, "challenged", f"{response.url}: {reason}; reading stopped")
        if verdict is not Verdict.KEEP:
            final, wait = verdict is Verdict.GIVE_UP, response_wait(response) or 0.0
            self.session.failed(claim, reason, final=final, wait=wait)
            if wait and site(response.url) == site(claim.url):  # else a redirect led to the host that asks for it
                self.session.leave_alone(claim, wait)
        return verdict is Verdict.KEEP

    def _passed_pipelines(
        self, response: Response, exception: DropItem | None = None, failure: Failure | None = None
    ) -> None:
        """Note whether a response was committed, at its first item: the page or file. If not, it is tried again."""
        claim = response.request.cb_kwargs.get("claim")
        committed = self._committing.pop(claim.id, None) if claim else None
        if committed is None:
            return
        session = self.session
        done = claim.id not in session.frontier.claims
        if not done and not session.is_broken:
            why_not = "a pipeline gave back something else than the page"
            if exception is not None:
                why_not = f"dropped by a pipeline: {exception}"
            elif failure is not None:
                why_not = f"{type(failure.value).__name__} in a pipeline: {failure.value}"
            with session.ending_on_errors():
                session.failed(claim, why_not)
        committed.set_result(done)

    def _is_guest(self, body: bytes, *, asked_to_log_in: bool = False) -> bool:
        """Return whether the board takes us for a guest although we came with a member's cookies."""
        if self.params.cookies is None:
            return False
        member = signed_in(body)
        return asked_to_log_in if member is None else not member

    def parse_failure(self, failure: Failure) -> None:
        """Note what never became a response: refused by us, or lost on the way."""
        claim, error = failure.request.cb_kwargs["claim"], failure.value
        refused = isinstance(error, IgnoreRequest) and not isinstance(error, RobotsUnreachable | HostBusy)
        reason = str(error) if isinstance(error, IgnoreRequest) else f"{type(error).__name__}: {error}"
        if refused and claim.sha256:
            reason = f"{NOT_READ}: {reason}"  # what we have of the page stays, and may not be all
        with self.session.stopping_on_errors():
            if self.session.is_new and (wrong := unreachable(error, failure.request)):
                self.session.refuse(f"{claim.url}: {wrong}; is that its address? Nothing was archived", exit_code=1)
            wait = error.wait if isinstance(error, HostBusy) else 0.0
            if site(failure.request.url) != site(claim.url):  # a redirect led there: the host that we asked lets us in
                self.session.failed(claim, reason, final=refused, wait=wait)
            elif wait:
                self.session.leave_alone(claim, wait)
                self.session.put_back(claim, reason)
            elif isinstance(error, RobotsUnreachable):
                self.session.hold(claim, reason)
            else:
                self.session.failed(claim, reason, final=refused)

    def closed(self, reason: str) -> None:
        self.page_reader.close()
        self.session.close(reason)


def _content_type(response: Response) -> str | None:
    value = response.headers.get("Content-Type")
    return value.decode("latin-1") if value else None
