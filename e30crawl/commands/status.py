"""Run `scrapy status [BOARD]`: show how far a board is, or all of them, also while they are crawled."""

import argparse
import json
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand

from e30crawl.commands._board import BoardCommand
from e30crawl.console import format_duration
from e30crawl.frontier.queue import Frontier
from e30crawl.frontier.records import State
from e30crawl.frontier.schema import boards, connect
from e30crawl.frontier.status import Counts, board_status, states
from e30crawl.parsers.records import fields


class Command(BoardCommand, ScrapyCommand):
    def short_desc(self) -> str:
        return "Show how far a board is archived, or all of them"

    def syntax(self) -> str:
        return "[BOARD] [--archive FOLDER] [--json]"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print an object a line for each board, for scripts")

    def boards(self, args: list[str], archive: Path) -> list[Path]:
        """Return the boards that are named; all there are where none is."""
        if args:
            return super().boards(args, archive)
        return [archive / name for name in boards(archive, self.url)] or self.none_there(archive)

    def show(self, folder: Path) -> None:
        with closing(Frontier(connect(folder, self.url))) as frontier:
            with frontier.engine.connect() as connection:
                now = board_status(connection, datetime.now(UTC))
            reasons = {} if self.opts.json else {state: frontier.reasons(state) for state in State}
        left = now.left(self.settings.getfloat("DOWNLOAD_DELAY"))
        if self.opts.json:
            by_step = {step: {state: counts[state] for state in State} for step, counts in states(now.counts).items()}
            figures = fields(now) | {"pages": by_step, "seconds_left": left.total_seconds()}
            del figures["counts"]
            print(json.dumps({"board": folder.name} | figures))
            return
        left = format_duration(left) if now.pending else "nothing"
        print(
            f"{folder}: {now.forums:,} forums, {now.threads:,} threads, {now.posts:,} posts, {now.files:,} files, "
            f"{now.bytes / 1e6:,.1f} MB; {now.last_hour:,} requests in the last hour, {left} left"
        )
        print(table(now.counts))
        for heading, state in (("failed", State.FAILED), ("to be tried again", State.PENDING), ("notices", State.DONE)):
            if why := reasons[state]:
                print(f"\n{heading}:")
                print("\n".join(f"{count:>8}  {step:<8} {reason}" for (step, reason), count in why.most_common()))


def table(counts: Counts) -> str:
    """Return a table of pages by step and state, and of what kind those that are done are."""
    lines = [f"{'':8}" + "".join(f"{state:>10}" for state in State) + "  of which"]
    for step, of_step in states(counts).items():
        kinds = Counter({kind: count for (*done, kind), count in counts.items() if done == [step, State.DONE]})
        seen = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        lines.append(f"{step:<8}" + "".join(f"{of_step[state]:>10}" for state in State) + f"  {seen}")
    return "\n".join(line.rstrip() for line in lines)
