"""`scrapy crawl e30m3 -a start_url=...`: walks one vBulletin board, from the frontier and back into it."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from time import time
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from e30crawl.archive.blobs import BlobStore, NotMediaError, extension
from e30crawl.console import one_line
from e30crawl.cookies import playwright_cookies
from e30crawl.extensions import response_wait
from e30crawl.frontier.records import NO_CHANGES, Changes, Claim, FetchResult, PageRef, State, Step
from e30crawl.guard import PublicOnlyResolver
from e30crawl.items import MediaItem, PageItem, Row
from e30crawl.links import start
from e30crawl.middlewares import PublicOnly, RobotsUnreachable, SlotPerHost, StrictRobots
from e30crawl.params import CrawlParams
from e30crawl.parsers.notice import signed_in
from e30crawl.parsers.records import PageKind, fields
from e30crawl.reader import PageReader, Received
from e30crawl.responses import GONE, LOST_LOGIN, Verdict, classify_response

if TYPE_CHECKING:
    from e30crawl.frontier.queue import Frontier

PAGE_MAXSIZE = 16 * 2**20
LEFT_ASIDE = {
    "JOBDIR": "the frontier already remembers every page, also after a SIGKILL, and the same command goes on",
    "HTTPCACHE_ENABLED": "raw/ keeps every page as it came, and a cached one would pass for today's",
}
UNSET = (None, "", False, 0, "0", "False", "false")
logger = logging.getLogger(__name__)
READABLE = {PageKind.FORUMS, PageKind.THREADS, PageKind.POSTS}


class E30m3Spider(Spider):
    """Archives a board into <archive>/<board>/. Arguments: see CrawlParams.

    Settings: CONTACT, FRONTIER_URL, FRONTIER_LEASE, FRONTIER_RETRY_DELAY, CONCURRENT_REQUESTS(_PER_DOMAIN).
    `problems` says in one line each what went wrong in this run, or which pages any run has lost.
    """

    name = "e30m3"
    custom_settings: ClassVar[dict[str, Any]] = {
        # The frontier tries again, because it remembers across restarts: Scrapy's retries end after 2 quick ones.
        "RETRY_ENABLED": False,
        "METAREFRESH_ENABLED": False,  # boards use it for "thank you" pages; the page itself is what we keep
        "CLOSESPIDER_ERRORCOUNT": 1,  # an exception of ours is a bug or a full disk: stop before a page is lost
        # HttpError would keep what a board says under 403 from us; the others look at requests, and callbacks yield
        # only rows, twenty a page, which cost 0.5 ms on their way through all of them.
        "SPIDER_MIDDLEWARES_BASE": {},
        "LOG_FORMATTER": "e30crawl.extensions.QuietRows",
    }
    frontier: "Frontier | None" = None  # open from the start of a crawl to its end

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.params = CrawlParams(**arguments)
        self.problems: list[str] = []
        self.exit_code = 2  # of a command whose crawl was refused
        self._lock = ExitStack()
        self._released = asyncio.Event()
        self._broken = False  # the state cannot be read or written: said once
        self._committing: dict[int, asyncio.Future[bool]] = {}  # claim -> whether its page has passed the pipelines
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
        for name, why in LEFT_ASIDE.items():
            if settings.get(name) not in UNSET:
                settings.set(name, None, priority=SETTINGS_PRIORITIES["cmdline"] + 1)
                logger.warning("%s is left aside: %s", name, why)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        params, delay = spider.params, crawler.settings.getfloat("DOWNLOAD_DELAY")
        spider.page_reader = PageReader(params.name, params.config.reading, apart=not delay)
        spider.store = BlobStore(params.folder)
        crawler.signals.connect(spider._item_scraped, signal=signals.item_scraped)
        crawler.signals.connect(spider._item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(spider._item_error, signal=signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Feeds what is due until nothing is left, waiting out the pages that are to be tried again later."""
        if not self.settings.get("CONTACT"):
            self.logger.warning("no contact in the user agent; with -s CONTACT=you@example.org the owner can reach you")
        self._refuse_unguarded()
        with self.stopping_on_errors():
            self._open_board()
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

    async def parse(self, response: Response, claim: Claim | None = None) -> AsyncIterator[PageItem | MediaItem | Row]:
        """Yield what came as one item, and once that is committed the rows it shows.

        Every response ends in the frontier: done, to be tried again, or given up. Without a claim (`scrapy parse`) it
        is read as the page that its address names.
        """
        claim = claim or Claim(**fields(start(response.url)))
        with self.stopping_on_errors():
            item, rows = await self._read(response, claim)
        if item is None:
            return
        committed = self._committing[claim.id] = asyncio.get_running_loop().create_future()
        yield item
        if self.frontier is None or await committed:
            for row in rows:
                yield row

    async def _read(self, response: Response, claim: Claim) -> tuple[PageItem | MediaItem | None, Sequence[Row]]:
        if response.status == 429 or response.status >= 500:
            self._failed(claim, f"HTTP {response.status}", wait=response_wait(response) or 0.0)
        elif claim.step is Step.MEDIA:
            return self._media(response, claim), ()
        else:
            return await self._page(response, claim)
        return None, ()

    async def _page(self, response: Response, claim: Claim) -> tuple[PageItem | None, Sequence[Row]]:
        at = datetime.now(UTC).replace(microsecond=0)
        received = Received(claim, response.body, response.url, _content_type(response), at)
        fetched = await self.page_reader.read(received)
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
            return None, ()
        result = FetchResult(
            kind=page.kind,
            sha256="",
            size=len(response.body),
            content_type=received.content_type,
            location=None if response.url == claim.url else response.url,
            records=fetched.records,
            note=decision.reason or page.reason,
            rendered="playwright" in response.flags,
        )
        return PageItem(claim, result, at.isoformat(), response.body, page, fetched.links), fetched.rows

    def _media(self, response: Response, claim: Claim) -> MediaItem | None:
        if response.status >= 300:
            self._failed(claim, f"HTTP {response.status}", final=response.status in GONE)
            return None
        try:
            suffix = extension(response.body)
        except NotMediaError as error:
            if self._is_guest(response.body, asked_to_log_in=False):
                self._stop_logged_out(response.url, claim, LOST_LOGIN)
            self._failed(claim, str(error), final=True)
            return None
        location = None if response.url == claim.url else response.url
        result = FetchResult("file", "", len(response.body), suffix, _content_type(response), location)
        return MediaItem(claim, result, datetime.now(UTC).isoformat(timespec="seconds"), response.body)

    def _item_scraped(self, response: Response) -> None:
        self._passed_pipelines(response, "a pipeline gave back something else than the page")

    def _item_dropped(self, response: Response, exception: DropItem) -> None:
        self._passed_pipelines(response, f"dropped by a pipeline: {exception}")

    def _item_error(self, response: Response, failure: Failure) -> None:
        self._passed_pipelines(response, f"{type(failure.value).__name__} in a pipeline: {failure.value}")

    def _passed_pipelines(self, response: Response, why_not: str) -> None:
        """The first item of a response is its page or file; what was not committed is tried again."""
        claim = response.request.cb_kwargs.get("claim")
        committed = self._committing.pop(claim.id, None) if claim else None
        if committed is None:
            return
        done = not self.frontier.holds(claim)
        if not done and not self._broken:
            with self.stopping_on_errors():
                self._failed(claim, why_not)
        committed.set_result(done)

    def _is_guest(self, body: bytes, *, asked_to_log_in: bool) -> bool:
        """Whether the board takes us for a guest although we came with a member's cookies."""
        if self.params.cookies is None:
            return False
        member = signed_in(body)
        return asked_to_log_in if member is None else not member

    def _refuse_unguarded(self) -> None:
        """Without its middlewares and its resolver a crawl would fetch any address that a post names."""
        there = {type(each) for each in self.crawler.engine.downloader.middleware.middlewares}
        resolver = load_object(self.settings["TWISTED_DNS_RESOLVER"] or object)
        missing = [each.__name__ for each in (PublicOnly, StrictRobots, SlotPerHost) if each not in there]
        if not issubclass(resolver, PublicOnlyResolver):
            missing.append("TWISTED_DNS_RESOLVER")
        if missing:
            self._refuse(
                f"{', '.join(missing)}: switched off, which guards every request; nothing was asked. Take it out of "
                "your settings, and keep e30crawl.addon.Addon in ADDONS"
            )

    def _open_board(self) -> None:
        """Take the board for this process, unless the command has done so, and open its frontier."""
        from e30crawl.frontier.lock import BoardLockedError, board_lock  # SQLAlchemy, half a second

        params = self.params
        try:
            self._lock.enter_context(board_lock(params.folder, self.settings))
        except BoardLockedError as error:
            self._refuse(str(error), exit_code=1)
        self.frontier = _open_frontier(params, self.settings)
        if other := self.frontier.other_board(params.start_url):
            self._refuse(
                f"{params.folder}: holds another board, {other}; for {params.start_url} say -a board=NAME as well"
            )
        params.config.keep(params.folder)

    def _refuse(self, problem: str, *, exit_code: int = 2) -> NoReturn:
        self.problems.append(problem)
        self.exit_code = exit_code
        raise CloseSpider("refused")

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
        with self.stopping_on_errors():
            self._failed(claim, reason, final=refused and not isinstance(error, RobotsUnreachable))

    def done(self, item: PageItem | MediaItem, links: Sequence[PageRef] = (), news: Changes = NO_CHANGES) -> None:
        """Note an item as done, together with all that it led to: for the last pipeline."""
        at, config = datetime.fromisoformat(item.fetched_at), self.params.config
        day = config.limits.day(at) if config.budget else None
        self.frontier.done(item.claim, item.result, links, at, changes=news, day=day)
        self._released.set()

    def _failed(self, claim: Claim, reason: str | None, *, final: bool = False, wait: float = 0.0) -> None:
        reason = reason or "no reason given"
        if self.frontier is None:
            self.logger.info("%s: %s", claim.url, reason)
            return
        state = self.frontier.failed(claim, reason, time(), final=final, wait=wait)
        self._released.set()
        what = "given up" if state is State.FAILED else "to be tried again"
        self.logger.info("%s: %s: %s", claim.url, what, reason)

    @contextmanager
    def stopping_on_errors(self) -> Iterator[None]:
        """A full disk, a database that is gone or a lost lease end the crawl; what was in flight stays pending."""
        from sqlalchemy.exc import SQLAlchemyError  # half a second: not for `scrapy list`

        try:
            yield
        except (OSError, SQLAlchemyError) as error:
            if not self._broken:
                self._broken = True
                self.problems.append(f"{self.params.folder}: cannot write: {one_line(error)}")
            raise CloseSpider("cannot write") from error

    def closed(self, reason: str) -> None:
        """Collects what is worth acting on. Dead images are ordinary, a page that is lost is not, whenever it was."""
        self.page_reader.close()
        with self._lock:
            if self.frontier is not None:
                if reason != "refused" and not self._broken:
                    self._collect_problems(reason)
                self.frontier.close()

    def _collect_problems(self, reason: str) -> None:
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
