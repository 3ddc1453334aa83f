"""`scrapy crawl e30m3`: Scrapy's own, with arguments checked first, an export at the end and a true exit code."""

import argparse
import sys
from math import isfinite
from pathlib import Path

from pydantic import ValidationError
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings, default_settings

from e30crawl import settings as ours
from e30crawl.commands._lock import only_crawl_of
from e30crawl.console import fail, one_line
from e30crawl.guard import Allowed
from e30crawl.params import CrawlParams, explain
from e30crawl.spiders.e30m3 import E30m3Spider


class Command(ScrapyCrawl):
    """Exit codes: 0 the crawl is complete, 1 it stopped early or lost pages, 2 the command line is wrong."""

    def long_desc(self) -> str:
        return (
            "Archive a vBulletin board: scrapy crawl e30m3 -a start_url=URL, with -a board=NAME (folder; default: the "
            "host), -a only=forums|threads|posts|media, -a forum_id=1,2, -a thread_id=3,4, -a archive=FOLDER "
            "(default: forum_archive). Stop it at any moment; the same command goes on."
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            super().process_options(args, opts)
            _check_numbers(self.settings, opts.set)
            Allowed.from_settings(self.settings)
        except (UsageError, ValueError) as error:
            fail(str(error), code=2)
        if args != [E30m3Spider.name]:
            fail(
                f"usage: scrapy crawl {E30m3Spider.name} -a start_url=URL; not {' '.join(args) or 'nothing'!r}", code=2
            )
        try:
            self.params = CrawlParams(**opts.spargs)
        except ValidationError as error:
            fail(explain(error), code=2)
        self.settings.setdict(self.params.config.settings, priority="spider")  # -s wins over the board's file
        if self.params.browser:
            _register_browser(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        with only_crawl_of(self.params.folder, self.settings):
            _refuse_another_board(self.params, self.settings.get("FRONTIER_URL"))
            self.params.config.keep(self.params.folder)
            crawler = self._create_crawler(args[0])
            self.crawler_process.crawl(crawler, **opts.spargs)
            self.crawler_process.start()
            reason = crawler.stats.get_value("finish_reason", "failed to start")
            problems = [*crawler.spider.problems] if crawler.spider else []
            if reason == "finished":
                problems += _export(self.params.folder, self.settings.get("FRONTIER_URL"))
            else:
                problems.append(f"{self.params.name}: stopped early ({reason}); the same command goes on from here")
        for problem in problems:
            print(problem, file=sys.stderr)
        self.exitcode = 1 if problems else 0


def _register_browser(settings: BaseSettings) -> None:
    from e30crawl.browser.chromium import NoBrowserError, register  # Playwright, half a second

    try:
        register(settings)
    except NoBrowserError as error:
        fail(str(error), code=2)


def _check_numbers(settings: BaseSettings, given: list[str]) -> None:
    """Raises ValueError for a `-s NAME=VALUE` that is no number although the setting's default is one."""
    readers = {
        float: (settings.getfloat, "a number"),
        int: (settings.getint, "a whole number"),
        bool: (settings.getbool, "0 or 1"),
    }
    for name in (word.partition("=")[0] for word in given):
        # Whichever knows more: a delay is a whole number in Scrapy's defaults or in ours, but not in both.
        kinds = {type(getattr(defaults, name, None)) for defaults in (default_settings, ours)}
        read, what = next((readers[kind] for kind in readers if kind in kinds), (None, None))
        try:
            fits = read is None or isfinite(read(name))
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(f"-s {name}: {settings[name]!r} is not {what}")


def _refuse_another_board(params: CrawlParams, url: str) -> None:
    from e30crawl.frontier.queue import Frontier  # SQLAlchemy, half a second: Scrapy loads every command to list them
    from e30crawl.frontier.schema import FILE, connect

    try:
        frontier = Frontier(connect(params.folder, url))
        other = frontier.other_board(params.start_url)
        frontier.close()
    except Frontier.Error as error:
        fail(f"{'FRONTIER_URL' if url else params.folder / FILE}: {one_line(error)}")
    if other:
        fail(
            f"{params.folder}: holds another board, {other}; for {params.start_url} say -a board=NAME as well",
            code=2,
        )


def _export(folder: Path, url: str) -> list[str]:
    """Writes the rows and says how many; returns what went wrong, if anything."""
    from e30crawl.archive.export import export
    from e30crawl.frontier.queue import Frontier

    try:
        rows = export(folder, url)
    except (OSError, Frontier.Error) as error:
        return [f"{folder}: not exported: {one_line(error)}"]
    print(f"{folder}: {', '.join(f'{count} {name}' for name, count in rows.items())}", file=sys.stderr)
    return []
