"""`scrapy crawl e30m3`: Scrapy's own, with arguments checked first, an export at the end and a true exit code."""

import argparse
import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from e30crawl.arguments import CrawlArguments, explain
from e30crawl.failing import fail
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
        from e30crawl.export import export  # SQLAlchemy, half a second: Scrapy loads every command to list them

        with _only_crawl_of(self.arguments.folder):
            crawler = self._create_crawler(args[0])
            self.crawler_process.crawl(crawler, **opts.spargs)
            self.crawler_process.start()
            reason = crawler.stats.get_value("finish_reason", "failed to start")
            problems = [*crawler.spider.problems] if crawler.spider else []
            if reason == "finished":
                rows = export(self.arguments.folder)
                said = ", ".join(f"{count} {name}" for name, count in rows.items())
                print(f"{self.arguments.folder}: {said}", file=sys.stderr)
            else:
                problems.append(f"{self.arguments.name}: stopped early ({reason}); the same command goes on from here")
        for problem in problems:
            print(problem, file=sys.stderr)
        self.exitcode = 1 if problems else 0


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
