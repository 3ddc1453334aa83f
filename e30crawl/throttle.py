"""How long we wait between two requests to a host, and who may make it longer.

Scrapy's AutoThrottle follows a server's speed but knows neither `Retry-After` (a wait of 3 s was cut to 0.1 s) nor
`Crawl-delay`. Both are added on its own terms: the delay and the last-seen time of a download slot.
"""

import logging
from email.utils import parsedate_to_datetime
from time import monotonic, time

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

BUSY = (429, 503)
MAX_WAIT = 3600.0  # a wait of a year is asked again after an hour
MAX_CRAWL_DELAY = 300.0  # beyond it a host is as good as closed, and would hold its requests for ever


def retry_after(value: str, now: float) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110, 10.2.3: seconds or a date), at most MAX_WAIT; None if unread.

    `now` is the time in seconds since the epoch.
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value), MAX_WAIT)
    try:
        seconds = parsedate_to_datetime(value).timestamp() - now
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_WAIT)


def response_wait(response: Response) -> float | None:
    """The Retry-After of a response that says the server is busy; None for any other."""
    if response.status not in BUSY:
        return None
    return retry_after((response.headers.get("Retry-After") or b"").decode("latin-1"), time())


class BackoffThrottle(AutoThrottle):
    """Extension in place of AutoThrottle. Settings: those of AutoThrottle (AUTOTHROTTLE_*)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._floors: dict[str, float] = {}  # download slot -> seconds of its Crawl-delay
        crawler.signals.connect(self._robots_parsed, signal=signals.robots_parsed)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        delay = robotparser.crawl_delay(self.crawler.settings["ROBOTSTXT_USER_AGENT"])
        if not delay:
            return
        downloader = self.crawler.engine.downloader
        key = downloader.get_slot_key(request)
        floor = self._floors[key] = max(self.mindelay, min(delay, MAX_CRAWL_DELAY))
        logger.info("%s: Crawl-delay %g s, using %g s", key, delay, floor)
        # An idle slot is thrown away after a minute: the setting keeps the delay for the next one. No jitter, or
        # half of the waits would be shorter than what was asked for.
        downloader.per_slot_settings[key] = downloader.per_slot_settings.get(key, {}) | {"delay": floor, "jitter": 0}
        if slot := downloader.slots.get(key):
            slot.delay, slot.jitter = max(slot.delay, floor), 0.0

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        key, slot = self._get_slot(request, spider)
        if slot is not None:
            slot.delay = max(slot.delay, self._floors.get(key, 0.0))

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        if response.status not in BUSY:
            super()._adjust_delay(slot, latency, response)
            return
        # Scrapy skips every wait in a slot whose delay is 0, hence the 50 ms.
        slot.delay = min(max(slot.delay * 2, self.mindelay, 0.05), self.maxdelay)
        wait = response_wait(response)
        slot.lastseen = max(slot.lastseen, monotonic() + (slot.delay if wait is None else wait))
        logger.info("%s: HTTP %d: waiting %.0f s", response.url, response.status, slot.lastseen - monotonic())


class SlotPerHost:
    """Downloader middleware: a redirect to another host waits in that host's queue.

    Scrapy copies the slot's name along with the request, and would ask the new host at the old one's pace.
    """

    def process_request(self, request: Request) -> None:
        if "redirect_times" in request.meta:
            request.meta.pop("download_slot", None)
