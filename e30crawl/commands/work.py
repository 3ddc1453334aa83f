"""Run `scrapy work FOLDER`: crawl one board after another, beside other workers on the same PostgreSQL."""

import argparse
import os
import signal
import subprocess
import sys
from itertools import chain
from pathlib import Path
from time import sleep
from types import FrameType

from pydantic import ValidationError
from scrapy.commands import ScrapyCommand
from sqlalchemy.exc import SQLAlchemyError

from e30crawl.console import fail, one_line
from e30crawl.frontier.leases import WORKER, Leases, worker_name
from e30crawl.params import CrawlParams, explain

PAUSE = 5.0  # seconds between two looks for a board that has become free


class Command(ScrapyCommand):
    """The work command.

    Exit codes: 0 every board is complete, 1 one of them is not, 2 the command line is wrong, 143 or 130 SIGTERM or
    Ctrl-C ended it.
    """

    requires_project = True
    requires_crawler_process = False
    crawl: subprocess.Popen | None = None
    stopped_by = 0  # the number of a signal

    def syntax(self) -> str:
        return "FOLDER [-a NAME=VALUE ...] [-s NAME=VALUE ...]"

    def short_desc(self) -> str:
        return "Crawl every board that has a YAML file in a folder, beside other workers"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-a",
            dest="spargs",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="argument of every crawl, as crawl takes it (repeatable)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            fail(f"usage: e30crawl work {self.syntax()}", code=2)
        if not self.settings.get("FRONTIER_URL"):
            fail("FRONTIER_URL is not set: workers share their boards through a PostgreSQL", code=2)
        boards = _boards(Path(args[0]))
        options = [("-a", each) for each in opts.spargs] + [("-s", each) for each in opts.set]
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        worst = self._work(boards, [*chain.from_iterable(options)])
        self.exitcode = 128 + self.stopped_by if self.stopped_by else worst

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        """Let the crawl finish what is on its way, and begin no further board.

        A terminal's Ctrl-C reaches the crawl by itself; told twice, Scrapy would drop what is on its way.
        """
        self.stopped_by = number
        if self.crawl and number != signal.SIGINT:
            self.crawl.terminate()

    def _work(self, boards: dict[str, Path], options: list[str]) -> int:
        """Crawl every board once, and return the exit code.

        A board that others hold is waited for, since their worker may die; then little of it is left to do.
        """
        worker, worst, left = worker_name(), 0, dict(boards)
        crawl = [sys.executable, "-m", "scrapy", "crawl", "e30m3"]
        try:
            leases = Leases(self.settings, worker)
            while left and not self.stopped_by:
                board = leases.take([*left])
                if board is None:
                    sleep(PAUSE)
                    continue
                command = [*crawl, "-a", f"config={left.pop(board)}", *options]
                self.crawl = subprocess.Popen(command, env=os.environ | {WORKER: worker})
                if self.stopped_by:  # before there was a crawl to tell
                    self.crawl.terminate()
                ended = self.crawl.wait()
                print(f"{board}: {'not complete' if ended else 'complete'}", file=sys.stderr)
                worst = 1 if ended else worst
        except (SQLAlchemyError, ValueError) as error:
            fail(f"FRONTIER_URL: {one_line(error)}")
        return worst


def _boards(folder: Path) -> dict[str, Path]:
    """Return the files by the names of their boards."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        fail(f"{folder}: no .yaml file of a board there", code=2)
    boards: dict[str, Path] = {}
    for file in files:
        try:
            name = CrawlParams(config=file).name
        except ValidationError as error:
            fail(f"{file}: {explain(error)}; or move the file away, and the other boards are crawled", code=2)
        if name in boards:
            fail(f"{file}: the board {name} is already described by {boards[name]}", code=2)
        boards[name] = file
    return boards
