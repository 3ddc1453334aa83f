"""Run `scrapy crawl e30m3`: Scrapy's own, with checked arguments, an export at the end and a true exit code."""

import argparse
import logging
import signal
import sys
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from e30crawl.archive.export import export
from e30crawl.console import fail, one_line
from e30crawl.frontier.lock import BoardLockedError, board_lock
from e30crawl.frontier.queue import Frontier
from e30crawl.guard import Allowed
from e30crawl.params import CrawlParams, explain
from e30crawl.spiders.e30m3 import E30m3Spider

STOPPED = 128 + signal.SIGTERM  # exit code
# What the settings that we read ourselves have to be. Any other that is wrong ends the crawl at its start.
KINDS = (
    ("a number", BaseSettings.getfloat, ("DOWNLOAD_DELAY", "FRONTIER_LEASE", "FRONTIER_RETRY_DELAY")),
    ("a whole number", BaseSettings.getint, ("CONCURRENT_REQUESTS", "CONCURRENT_REQUESTS_PER_DOMAIN")),
    ("0 or 1", BaseSettings.getbool, ("ROBOTSTXT_OBEY",)),
    ("DEBUG, INFO or WARNING", lambda settings, name: logging.Handler(settings[name]).level, ("LOG_LEVEL",)),
)


class Command(ScrapyCrawl):
    """The crawl command.

    Exit codes: 0 the crawl is complete, 1 it could not start, stopped early or lost pages, 2 the command line is wrong,
    143 a signal ended it. Another spider of the project runs as Scrapy runs it.
    """

    def long_desc(self) -> str:
        return (
            "Archive a board: e30crawl crawl e30m3 -a start_url=URL. e30crawl/README.md explains each -a NAME=VALUE: "
            f"{', '.join(CrawlParams.model_fields)}. Stop it at any moment; the same command goes on."
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            super().process_options(args, opts)
            _check(self.settings)
            Allowed.from_settings(self.settings)
            if args == [E30m3Spider.name]:
                self._set_up(CrawlParams(**opts.spargs))
                return
        except ValidationError as error:
            fail(explain(error), code=2)
        except (UsageError, ValueError) as error:
            fail(str(error), code=2)
        if len(args) != 1:
            fail(f"usage: e30crawl crawl {E30m3Spider.name} -a start_url=URL; not {' '.join(args) or 'nothing'!r}", 2)
        if args[0] not in (there := get_spider_loader(self.settings).list()):
            fail(f"no spider {args[0]!r} in this project; there are {', '.join(sorted(there))}", code=2)

    def _set_up(self, params: CrawlParams) -> None:
        self.params = params
        self.settings.setdict(params.config.settings, priority="spider")  # -s wins over the board's file
        if params.browser:
            from e30crawl.browser.chromium import register  # Playwright, half a second

            register(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args != [E30m3Spider.name]:
            super().run(args, opts)
            return
        try:
            with board_lock(self.params.folder, self.settings):
                self._crawl(args[0], opts)
        except BoardLockedError as error:
            fail(str(error))

    def _crawl(self, name: str, opts: argparse.Namespace) -> None:
        crawler = self._create_crawler(name)
        crawling = self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        if self.crawler_process.bootstrap_failed:  # a misspelt component, or a setting that it cannot read
            fail(f"{self.params.name}: the crawl cannot start: {one_line(crawling.exception())}; look at your settings")
        reason, problems = crawler.stats.get_value("finish_reason"), [*crawler.spider.session.problems]
        if any(name.startswith("feedexport/failed_count") for name in crawler.stats.get_stats()):
            problems.append(f"{self.params.name}: a feed could not be stored, as the log says")
        if reason not in {"finished", "refused"}:
            problems.append(f"{self.params.name}: stopped early ({reason}); the same command goes on from here")
        try:
            if reason == "finished":
                self._export(self.params.folder)
        finally:
            for problem in problems:
                print(problem, file=sys.stderr)
        self.exitcode = 1 if problems else 0
        if reason == "refused":
            self.exitcode = crawler.spider.session.exit_code
        elif reason == "shutdown":  # Scrapy's word for SIGTERM and Ctrl-C
            self.exitcode = STOPPED

    def _export(self, folder: Path) -> None:
        def stop(*_: object) -> NoReturn:
            fail(f"{folder}: not exported: stopped; the same command does it", STOPPED)

        for number in (signal.SIGTERM, signal.SIGINT):  # to which Scrapy, whose reactor has ended, no longer listens
            signal.signal(number, stop)
        try:
            rows = export(folder, self.settings.get("FRONTIER_URL"))
        except (OSError, Frontier.Error) as error:
            fail(f"{folder}: not exported: {one_line(error)}")
        print(f"{folder}: {', '.join(f'{count} {name}' for name, count in rows.items())}", file=sys.stderr)


def _check(settings: BaseSettings) -> None:
    """Raise ValueError for a setting that is not what it has to be."""
    for what, read, names in KINDS:
        for name in names:
            try:
                fits = read(settings, name) >= 0  # nan is not
            except ValueError:
                fits = False
            if not fits:
                raise ValueError(f"-s {name}: {settings[name]!r} is not {what}")
