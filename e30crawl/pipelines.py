"""Store what was fetched: the bytes to disk first, users' pipelines next, and last one transaction in the frontier.

The order is the guarantee: what the frontier calls done is on disk, and has passed every pipeline in between.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Self

from pydispatch.dispatcher import getAllReceivers, liveReceivers
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured
from scrapy.extensions.corestats import CoreStats
from scrapy.pipelines import ItemPipelineManager
from scrapy.spidermiddlewares.referer import RefererMiddleware

from e30crawl.archive.blobs import DamagedError
from e30crawl.extensions import QuietRows
from e30crawl.frontier.records import NO_CHANGES, FetchResult
from e30crawl.items import MediaItem, PageItem
from e30crawl.links import changes, gone
from e30crawl.parsers.page import read


class _BoardPipeline:
    """A pipeline of the spider that has a board; other spiders of the project do without it."""

    def __init__(self, crawler: Crawler) -> None:
        if not hasattr(crawler.spider, "session"):
            raise NotConfigured
        self.session = crawler.spider.session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Drop the item where the archive cannot be written; a traceback is for what others raise."""
        with self.session.ending_on_errors():
            yield
        if self.session.is_broken:
            raise DropItem("cannot write")


class RawStorePipeline(_BoardPipeline):
    """Writes a response's bytes into raw/ or media/, by rename, before anything says that they are there."""

    async def process_item(self, item: Any) -> Any:
        if isinstance(item, PageItem | MediaItem):
            with self._writing():
                # Compressing and syncing take 3 ms, which the reactor does not wait for.
                item.result = await asyncio.to_thread(self._stored, item)
        return item

    def _stored(self, item: PageItem | MediaItem) -> FetchResult:
        if isinstance(item, PageItem):
            return replace(item.result, sha256=self.session.store.put_page(item.body))
        sha256, suffix = self.session.store.put_media(item.body)
        return replace(item.result, sha256=sha256, suffix=suffix)


class FrontierPipeline(_BoardPipeline):
    """Notes a response as done, together with all that it leads to: one transaction."""

    def process_item(self, item: Any) -> Any:
        if isinstance(item, PageItem):
            with self._writing():
                news, threads = NO_CHANGES, [thread.thread_id for thread in item.page.threads]
                if threads:  # what a list says of them that was not known
                    frontier = self.session.frontier
                    news = changes(item.page, item.claim, frontier.listed(threads), update=frontier.in_round)
                    news = replace(news, gone=self._gone(item)) if frontier.in_round else news
                self.session.done(item, item.links, news)
            del item.body, item.page, item.links
        elif isinstance(item, MediaItem):
            with self._writing():
                self.session.done(item)
            del item.body
        return item

    def _gone(self, item: PageItem) -> tuple[int, ...]:
        """Return the threads that the first page of a list had when it was fetched before, and has no more."""
        if item.page.number > 1 or not item.claim.sha256:
            return ()
        try:
            body, reading = self.session.store.get_page(item.claim.sha256), self.session.params.config.reading
        except DamagedError as error:
            self.session.problems.append(f"{item.claim.url}: {error}; bring it back from a backup")
            return ()
        before = read(body, item.claim.url, content_type=item.result.content_type, reading=reading, dated=False)
        return gone(before, item.page)


_NOT_FOR_ROWS = (RawStorePipeline, FrontierPipeline, RefererMiddleware, CoreStats, ItemPipelineManager, QuietRows)


def rows_are_taken(crawler: Crawler, ours: Callable[..., None]) -> bool:
    """Return whether anything of a user would see the rows of a page: a feed, a pipeline, a middleware, a log
    formatter, or a signal handler other than `ours`.

    Where nothing does, none are made: on their way through Scrapy twenty rows take 2.4 of the 9.5 ms of a page. It is
    asked at every page, because handlers come and go: 11 µs.
    """
    scraper = crawler.engine.scraper
    there = [crawler.logformatter, scraper.itemproc, *scraper.itemproc.middlewares, *scraper.spidermw.middlewares]
    for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
        handlers = liveReceivers(getAllReceivers(crawler, signal))
        there += [getattr(handler, "__self__", handler) for handler in handlers if handler != ours]
    return any(type(each) not in _NOT_FOR_ROWS for each in there)
