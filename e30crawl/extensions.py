"""Wait between requests as a host asks, report how far a crawl is, and end one that grows too large."""

import logging
import resource
from collections import Counter
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import monotonic, time
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.extensions.logstats import LogStats
from scrapy.extensions.memusage import MemoryUsage
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.logformatter import LogFormatter
from scrapy.robotstxt import RobotParser
from sqlalchemy.exc import SQLAlchemyError

from e30crawl.console import format_duration, one_line
from e30crawl.frontier.records import State
from e30crawl.frontier.status import Counts, states

logger = logging.getLogger(__name__)

BUSY = (429, 503)
MAX_WAIT = 3600.0  # a wait of a year is asked again after an hour
MAX_CRAWL_DELAY = 300.0  # beyond it a host is as good as closed, and would hold its requests for ever
SHORTEST_LOOK = 2.0  # seconds that a pace is told of
STATM = Path("/proc/self/statm")
LONGEST_QUEUED = 60.0  # seconds: what waits longer would be sent after a stop, or outside the board's hours


def retry_after(value: str, now: float) -> float | None:
    """Return the seconds to wait by a Retry-After header, at most MAX_WAIT; None if it cannot be read.

    The header holds seconds or a date (RFC 9110, 10.2.3). `now` is the time in seconds since the epoch.
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
    """Return the seconds of Retry-After of a response that says the server is busy; None for any other."""
    if response.status not in BUSY:
        return None
    return retry_after((response.headers.get("Retry-After") or b"").decode("latin-1"), time())


class HostBusy(IgnoreRequest):
    """The host has asked all to come back in `wait` seconds, and this request was not sent."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"its host asks us to wait {wait:.0f} s")
        self.wait = wait


class BackoffThrottle(AutoThrottle):
    """Extension in place of AutoThrottle, which also waits as a server asks. Settings: AUTOTHROTTLE_*.

    AutoThrottle follows a server's speed but knows neither `Retry-After` (a wait of 3 s was cut to 0.1 s) nor
    `Crawl-delay`. Both are added on its own terms: the delay and the last-seen time of a download slot.
    """

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
        if wait is not None and wait > LONGEST_QUEUED:
            _send_back(slot, wait)
        logger.info("%s: HTTP %d: waiting %.0f s", response.url, response.status, slot.lastseen - monotonic())


def _send_back(slot: Slot, wait: float) -> None:
    """Give the pages that wait in a slot back to the frontier, where a stop and the board's hours find them."""
    for entry in [each for each in slot.queue if "claim" in each[0].cb_kwargs]:
        slot.queue.remove(entry)
        entry[1].errback(HostBusy(wait))


class Progress(LogStats):
    """Extension in place of LogStats, which counts responses: it logs how far a board is. Settings: LOGSTATS_INTERVAL.

    What other spiders do it logs as Scrapy would.
    """

    _seen: tuple[float, int] | None = None  # when we looked, and how many pages were done

    def log(self, spider: Spider) -> None:
        if not hasattr(spider, "session"):
            super().log(spider)
        elif spider.session.frontier is not None:
            try:
                logger.info("%s: %s", spider.params.name, self._progress(spider.session.frontier.counts()))
            except SQLAlchemyError as error:
                logger.warning("%s: its state cannot be read: %s", spider.params.name, one_line(error))

    def spider_closed(self, spider: Spider, reason: str) -> None:
        super().spider_closed(spider, reason)
        self.log(spider)

    def _progress(self, counts: Counts) -> str:
        """Return `37 of 52 pages, 14 of 20 media, 1 failed`, and at which pace."""
        *of_pages, media = states(counts).values()
        pages, now = sum(of_pages, Counter()), monotonic()
        both = pages + media
        done, left = both.total() - both[State.PENDING], both[State.PENDING]
        (before, had), self._seen = self._seen or (now, done), (now, done)
        pace = ""  # where it would say nothing
        if done > had and now - before >= SHORTEST_LOOK:
            seconds = (now - before) / (done - had)
            pace = f"; {3600 / seconds:,.0f} an hour, {format_duration(timedelta(seconds=left * seconds))} left"
        parts = (f"{each[State.DONE]} of {each.total()} {name}" for each, name in ((pages, "pages"), (media, "media")))
        return f"{', '.join(parts)}, {both[State.FAILED]} failed{pace}"


class PresentMemory(MemoryUsage):
    """Extension in place of MemoryUsage, which stops a crawl by what its process holds now. Settings: MEMUSAGE_*.

    Scrapy reads `ru_maxrss`, a peak that a process inherits from the one that started it: a crawl started from a
    notebook that had once held 2 GB ended with `memusage_exceeded` before its first page.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if not STATM.exists():
            raise NotConfigured(f"no {STATM} on this system, so MEMUSAGE_LIMIT_MB is not watched")

    def get_virtual_size(self) -> int:
        """Return the resident bytes of this process (proc(5): the second number of statm, in pages)."""
        return int(STATM.read_text().split()[1]) * resource.getpagesize()


class QuietRows(LogFormatter):
    """Log formatter without a line for scraped items: twenty lines a page, made even where nobody reads them."""

    def scraped(self, *_: Any) -> None:
        return None
