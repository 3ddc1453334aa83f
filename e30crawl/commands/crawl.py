"""`scrapy crawl e30m3`: Scrapy's own, with arguments checked first, an export at the end and a true exit code."""

import argparse
import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path

from pydantic import ValidationError
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings, default_settings

from e30crawl import settings as ours
from e30crawl.arguments import CrawlArguments, explain
from e30crawl.failing import fail, one_line
from e30crawl.guard import Allowed
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
            self.arguments = CrawlArguments(**opts.spargs)
        except ValidationError as error:
            fail(explain(error), code=2)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        with _only_crawl_of(self.arguments.folder):
            _refuse_another_board(self.arguments)
            crawler = self._create_crawler(args[0])
            self.crawler_process.crawl(crawler, **opts.spargs)
            self.crawler_process.start()
            reason = crawler.stats.get_value("finish_reason", "failed to start")
            problems = [*crawler.spider.problems] if crawler.spider else []
            if reason == "finished":
                problems += _export(self.arguments.folder)
            else:
                problems.append(f"{self.arguments.name}: stopped early ({reason}); the same command goes on from here")
        for problem in problems:
            print(problem, file=sys.stderr)
        self.exitcode = 1 if problems else 0


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


def _refuse_another_board(arguments: CrawlArguments) -> None:
    from e30crawl.frontier import Frontier  # SQLAlchemy, half a second: Scrapy loads every command to list them

    try:
        frontier = Frontier(arguments.folder / "state.sqlite")
        other = frontier.other_board(arguments.start_url)
        frontier.close()
    except Frontier.Error as error:
        fail(f"{arguments.folder / 'state.sqlite'}: {one_line(error)}")
    if other:
        fail(
            f"{arguments.folder}: holds another board, {other}; for {arguments.start_url} say -a board=NAME as well",
            code=2,
        )


def _export(folder: Path) -> list[str]:
    """Writes the rows and says how many; returns what went wrong, if anything."""
    from e30crawl.export import export
    from e30crawl.frontier import Frontier

    try:
        rows = export(folder)
    except (OSError, Frontier.Error) as error:
        return [f"{folder}: not exported: {one_line(error)}"]
    print(f"{folder}: {', '.join(f'{count} {name}' for name, count in rows.items())}", file=sys.stderr)
    return []


@contextmanager
def _only_crawl_of(folder: Path) -> Iterator[None]:
    """Two crawls of a board would ask twice as fast as promised. The lock goes with the process, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("w")
    except OSError as error:
        fail(f"{folder}: cannot write there: {error.strerror}")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fail(f"{folder}: another crawl of this board is running")
        yield
