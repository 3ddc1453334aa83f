"""Guard every request: public addresses, robots.txt, one queue for each host, and cookies for the board alone."""

import asyncio
import logging
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass
from time import monotonic
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest, NotConfigured, StopDownload
from scrapy.http import Headers, Response
from scrapy.http.cookies import WrappedRequest, WrappedResponse
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler, load_object

from e30crawl.cookies import BoardJar
from e30crawl.guard import Allowed, PublicOnlyResolver, refusal
from e30crawl.urls import site

logger = logging.getLogger(__name__)

MAX_AGE = 24 * 3600.0  # RFC 9309, 2.4: a copy is used no longer than a day
MAX_SIZE = 500 * 2**10  # RFC 9309, 2.5: so much of it is read at least
UNPACKED_SIZE = 16 * 2**20  # of one that comes compressed although we asked for it plain
UNREACHABLE_AGE = 600.0  # ask again after ten minutes: a board that restarts should not cost us a day


class Refused(IgnoreRequest):
    """The address is none that we fetch; the message says why."""


class PublicOnly:
    """Downloader middleware that refuses every address which is not public. Settings: GUARD_ALLOW."""

    def __init__(self, allowed: Allowed) -> None:
        self.allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(Allowed.from_settings(crawler.settings))

    def process_request(self, request: Request) -> None:
        """Raise Refused for an address that is not public, or has another scheme than http and https."""
        if reason := refusal(request.url, self.allowed):
            raise Refused(f"refused: {reason}")


class RobotsForbidden(IgnoreRequest):
    """The robots.txt of the host forbids the page."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt could not be had, so nothing may be fetched for now; `__cause__` says why."""


@dataclass(slots=True)
class _Rules:
    task: asyncio.Task[RobotParser | Exception]
    expires: float  # monotonic seconds


def normalize_robots(body: bytes, *, cut: bool) -> bytes:
    """Return the lines of a robots.txt as RFC 9309 compares them (2.2.2): what is not ASCII as %XX, in any charset.

    Scrapy leaves such octets out, which makes `Disallow: /` of a path in windows-1251. Of one that was `cut` the last
    line is dropped, since it may say less than it did.
    """
    if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        body = body.decode("utf-16", errors="ignore").encode()
    if cut:
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    return re.sub(rb"[\x80-\xff]", lambda octet: b"%%%02X" % ord(octet[0]), body.removeprefix(BOM_UTF8))


class StrictRobots(RobotsTxtMiddleware):
    """Downloader middleware that obeys robots.txt, also in a burst and when it cannot be had. Settings: ROBOTSTXT_*.

    Scrapy 2.19.0 lets waiting requests share one Deferred, which gives its result to the first of them and None, read
    as "allowed", to the others: 13 of 60 forbidden pages were fetched. It also reads the page of a 500 as "allow all".
    Here one task per host serves all who wait, and a server that cannot answer is left alone (RFC 9309, 2.3.1.4).
    Of a long one Scrapy keeps nothing; here its first 500 KiB count, however long it is.

    Raises RobotsForbidden or RobotsUnreachable from `process_request`; sends the signal `robots_parsed`.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, _Rules] = {}
        crawler.signals.connect(self._headers_received, signals.headers_received)
        crawler.signals.connect(self._bytes_received, signals.bytes_received)

    async def process_request(self, request: Request) -> None:
        """Raise RobotsForbidden, or RobotsUnreachable where the rules cannot be had: then nothing is asked."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlparse_cached(request)
        url = f"{parts.scheme}://{parts.netloc}/robots.txt"  # http and https may be two servers
        rules = self._rules.get(url)
        if rules is None or rules.expires < monotonic():
            rules = self._rules[url] = _Rules(asyncio.ensure_future(self._load(url, request)), monotonic() + MAX_AGE)
        # Shielded: one request that is given up must not take the rules away from the others.
        parser = await asyncio.shield(rules.task)
        if isinstance(parser, Exception):
            rules.expires = min(rules.expires, monotonic() + UNREACHABLE_AGE)
            # Not the words of an error that names its host: `status` counts dead hosts of pictures together.
            why = str(parser) if isinstance(parser, IgnoreRequest) else type(parser).__name__
            raise RobotsUnreachable(f"robots.txt unreachable: {why}") from parser
        if not parser.allowed(request.url, self._robotstxt_useragent or self._default_useragent):
            self._stats.inc_value("robotstxt/forbidden")
            raise RobotsForbidden("forbidden by robots.txt")

    async def _load(self, url: str, request: Request) -> RobotParser | Exception:
        waits = {key: value for key, value in request.meta.items() if key == "download_timeout"}
        asking = Request(
            url,
            headers={"Accept-Encoding": "identity"},
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True, "robotstxt_size": 0} | waits,
            callback=NO_CALLBACK,
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(asking)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the answer is "stay away", and it is logged
            logger.warning("%s: %s: %s", url, type(error).__name__, error)
            return error
        return await self._parse(response, request)

    def _headers_received(self, headers: Headers, request: Request) -> None:
        """Lift Scrapy's limit, above which all is lost; what has yet to be unpacked keeps one. Called on every hop."""
        if "robotstxt_size" in request.meta:
            limit = UNPACKED_SIZE if "Content-Encoding" in headers else 0
            request.meta.update(robotstxt_size=0, download_maxsize=limit)

    def _bytes_received(self, data: bytes, request: Request) -> None:
        if "robotstxt_size" in request.meta:
            request.meta["robotstxt_size"] += len(data)
            if request.meta["robotstxt_size"] > MAX_SIZE:
                raise StopDownload(fail=False)

    async def _parse(self, response: Response, request: Request) -> RobotParser | Exception:
        """Return the rules of an answer: 4xx means there are none (2.3.1.3), 429 and 5xx that we must stay away."""
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if response.status == 429 or response.status >= 500:
            logger.warning("%s: HTTP %d: staying away", response.url, response.status)
            return RobotsUnreachable(f"HTTP {response.status}")
        body = (
            normalize_robots(response.body, cut="download_stopped" in response.flags) if response.status < 400 else b""
        )
        parser = build_from_crawler(self._parserimpl, self.crawler, body)
        await self.crawler.signals.send_catch_log_async(signals.robots_parsed, robotparser=parser, request=request)
        return parser


class SlotPerHost:
    """Downloader middleware that makes a redirect to another host wait in that host's queue.

    Scrapy copies the slot's name along with the request, and would ask the new host at the old one's pace.
    """

    def process_request(self, request: Request) -> None:
        if "redirect_times" in request.meta:
            request.meta.pop("download_slot", None)


def missing_guards(crawler: Crawler) -> list[str]:
    """Return what is switched off of all that guards every request: without it any address in a post is fetched."""
    there = {type(each) for each in crawler.engine.downloader.middleware.middlewares}
    missing = [each.__name__ for each in (PublicOnly, StrictRobots, SlotPerHost) if each not in there]
    resolver = load_object(crawler.settings["TWISTED_DNS_RESOLVER"] or object)
    return missing if issubclass(resolver, PublicOnlyResolver) else [*missing, "TWISTED_DNS_RESOLVER"]


class BoardCookies:
    """Downloader middleware after the redirects that sends the board's cookies to the board alone, on every hop.

    What the board sets in return (a session that rolls on) is kept in memory. It needs a spider with `params`.
    """

    def __init__(self, jar: BoardJar, board: str) -> None:
        self.jar = jar
        self._site = site(board)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware, or raise NotConfigured where the spider brings no cookies."""
        params = getattr(crawler.spider, "params", None)
        jar = params and params.cookie_jar
        if jar is None:
            raise NotConfigured
        if jar.expired:
            logger.warning("%s: %d cookies have expired", params.cookies, jar.expired)
        return cls(jar, params.start_url)

    def process_request(self, request: Request) -> None:
        request.headers.pop("Cookie", None)
        if site(request.url) == self._site:
            self.jar.add_cookie_header(WrappedRequest(request))

    def process_response(self, request: Request, response: Response) -> Response:
        if site(request.url) == self._site:
            self.jar.extract_cookies(WrappedResponse(response), WrappedRequest(request))
        return response
