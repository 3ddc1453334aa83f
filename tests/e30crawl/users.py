"""What a user of the project writes: pipelines and a middleware of their own, and another spider."""

import errno
import json
import os
from pathlib import Path
from typing import ClassVar

from itemadapter import ItemAdapter
from scrapy import Request, Spider, signals
from scrapy.exceptions import DropItem
from scrapy.extensions.feedexport import FileFeedStorage
from scrapy.logformatter import LogFormatter
from scrapy.pipelines import ItemPipelineManager
from scrapy.spidermiddlewares.base import BaseSpiderMiddleware

from e30crawl.items import PageItem, PostItem
from e30crawl.spiders.e30m3 import E30m3Spider


class FailsNowAndThen:
    """Raises at the first try of every tenth page, and drops another tenth: both are to be tried again."""

    def process_item(self, item):
        if isinstance(item, PageItem) and item.claim.tries == 0:
            if item.claim.id % 10 == 0:
                raise ValueError("a bug of mine")
            if item.claim.id % 10 == 1:
                raise DropItem("not today")
        return item


class FullDisk(FileFeedStorage):
    def store(self, file):
        raise OSError(errno.ENOSPC, "No space left on device")


class LosesPages:
    """Forgets to return what it was given, as one does."""

    def process_item(self, item):
        if not isinstance(item, PageItem) or item.claim.tries:
            return item
        return None


class OnlyLongPosts:
    def process_item(self, item):
        if isinstance(item, PostItem) and len(item.text) < 100:
            raise DropItem("too short")
        return item


class Shouts:
    """Changes every row, as dict-like access does it for any kind of item."""

    def process_item(self, item):
        row = ItemAdapter(item)
        if "text" in row:
            row["text"] = row["text"].upper()
        return item


class Marks:
    """A downloader middleware that adds a header and notes that it was asked."""

    def process_request(self, request):
        with Path(os.environ["MARKS"]).open("a") as file:
            file.write(json.dumps(request.url) + "\n")


def note_post(watcher, item):
    """Adds to what a watcher has seen."""
    watcher.seen += isinstance(item, PostItem)
    Path(os.environ["MARKS"]).write_text(str(watcher.seen))


class CountsPosts:
    """An extension that looks at every post, and says at the end how many it has seen."""

    starting = signals.spider_opened

    def __init__(self, crawler):
        self.seen = 0
        crawler.signals.connect(self._opened, signal=self.starting)
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler)

    def _opened(self):
        self.crawler.signals.connect(self._scraped, signal=signals.item_scraped)
        self.crawler.signals.connect(self._closed, signal=signals.spider_closed)

    def _scraped(self, item):
        self.seen += isinstance(item, PostItem)

    def _closed(self):
        Path(os.environ["MARKS"]).write_text(str(self.seen))


class CountsLate(CountsPosts):
    """Does not know what it wants before the first answer has come."""

    starting = signals.headers_received


class CountingManager(ItemPipelineManager):
    """Looks at what goes into the pipelines, in place of Scrapy's own."""

    seen = 0

    async def process_item_async(self, item):
        note_post(self, item)
        return await super().process_item_async(item)


class LoudRows(LogFormatter):
    """Says every item, as Scrapy does; ours keeps still."""

    seen = 0

    def scraped(self, item, response, spider):
        note_post(self, item)
        return super().scraped(item, response, spider)


class LooksAtOutput(BaseSpiderMiddleware):
    """A spider middleware that counts the posts in what the spider yields."""

    seen = 0

    def get_processed_item(self, item, response):
        note_post(self, item)
        return item


class OwnHandler(E30m3Spider):
    """A board's spider with a setting of its own, which counts posts as they are scraped."""

    name = "own_handler"
    custom_settings: ClassVar = {"DOWNLOAD_DELAY": 0}
    seen = 0

    @classmethod
    def from_crawler(cls, crawler, *args, **kwargs):
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.count, signal=signals.item_scraped)
        return spider

    def count(self, item):
        self.seen += isinstance(item, PostItem)

    def closed(self, reason):
        Path(os.environ["MARKS"]).write_text(str(self.seen))


class OwnParse(E30m3Spider):
    """The same, in a callback of its own."""

    name = "own_parse"
    seen = 0

    async def parse(self, response, claim=None):
        async for item in super().parse(response, claim):
            self.seen += isinstance(item, PostItem)
            yield item

    closed = OwnHandler.closed


class OtherSpider(Spider):
    """Not a board: one page of the sample forum, with Scrapy's own retries and pipelines."""

    name = "other"

    def __init__(self, url, **arguments):
        super().__init__(**arguments)
        self.url = url

    async def start(self):
        yield Request(self.url)

    def parse(self, response):
        yield {"title": response.css("title::text").get()}
