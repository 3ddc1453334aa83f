"""A line that says how far the crawl is: soon after the start, then ever more seldom, up to once a minute."""

import logging
from collections import Counter
from datetime import timedelta
from time import monotonic
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import call_later

from e30crawl.failing import one_line
from e30crawl.pace import spell
from e30crawl.tasks import State, Step

logger = logging.getLogger(__name__)

FIRST = 2.0
LONGEST = 60.0

Counts = Counter[tuple[str, str, str | None]]


def summary(counts: Counts) -> str:
    """`37 of 52 pages, 14 of 20 media, 1 failed`, from what Frontier.counts gives."""

    def total(*, media: bool, state: State | None = None) -> int:
        return sum(
            count
            for (step, its_state, _), count in counts.items()
            if (step == Step.MEDIA) is media and state in (None, its_state)
        )

    done, known = total(media=False, state=State.DONE), total(media=False)
    files, known_files = total(media=True, state=State.DONE), total(media=True)
    failed = total(media=False, state=State.FAILED) + total(media=True, state=State.FAILED)
    return f"{done} of {known} pages, {files} of {known_files} media, {failed} failed"


class Progress:
    """Extension; it needs a spider with `frontier` and `arguments`."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._pause = FIRST
        self._next = None
        self._seen: tuple[float, int] | None = None  # when we looked, and how many pages were done
        crawler.signals.connect(self._opened, signal=signals.spider_opened)
        crawler.signals.connect(self._closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _opened(self) -> None:
        self._next = call_later(self._pause, self._report)

    def _report(self) -> None:
        self.log(self.crawler.spider)
        self._pause = min(self._pause * 2, LONGEST)
        self._next = call_later(self._pause, self._report)

    def _closed(self, spider: Spider) -> None:
        if self._next:
            self._next.cancel()
        self.log(spider)

    def log(self, spider: Spider) -> None:
        name, frontier = spider.arguments.name, spider.frontier
        try:
            counts = frontier.counts()
        except frontier.Error as error:
            logger.warning("%s: its state cannot be read: %s", name, one_line(error))
            return
        logger.info("%s: %s%s", name, summary(counts), self._pace(counts))

    def _pace(self, counts: Counts) -> str:
        """How fast it went since the last time that somebody looked."""
        now, done = monotonic(), counts.total() - waiting(counts)
        (before, had), self._seen = self._seen or (now, done), (now, done)
        if done <= had or now - before < FIRST:
            return ""
        seconds = (now - before) / (done - had)
        return f"; {3600 / seconds:,.0f} an hour, {spell(timedelta(seconds=waiting(counts) * seconds))} left"


def waiting(counts: Counts) -> int:
    return sum(count for (_, state, _), count in counts.items() if state == State.PENDING)
