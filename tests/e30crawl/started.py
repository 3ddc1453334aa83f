"""Import what a crawl needs, so that `tests.forks` need not do it for every one."""

import sys

import scrapy.cmdline
import scrapy.core.downloader.handlers.http11
import scrapy.downloadermiddlewares.cookies
import scrapy.extensions.remote_control
from scrapy.utils.misc import walk_modules_iter

import e30crawl.__main__
import e30crawl.addon
import e30crawl.archive.export
import e30crawl.archive.warc
import e30crawl.commands.crawl
import e30crawl.extensions
import e30crawl.middlewares
import e30crawl.pipelines
import e30crawl.spiders.e30m3

for commands in ("scrapy.commands", "e30crawl.commands"):
    list(walk_modules_iter(commands))

# They read the environment when they are imported, and each start has its own.
sys.modules.pop("e30crawl.settings")


def scrapy_main() -> None:
    """Run `scrapy`, as `python -m scrapy` does."""
    scrapy.cmdline.execute()


def e30crawl_main() -> None:
    """Run `e30crawl`, as `python -m e30crawl` does."""
    e30crawl.__main__.main()
