"""Run `scrapy verify BOARD`: audit an archive by the board's own counters, without a request."""

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from e30crawl.archive.audit import audit
from e30crawl.commands._board import BoardCommand

SHOWN = 20  # findings of a group, without --all


class Command(BoardCommand, ScrapyCommand):
    """The verify command. Exit codes: 0 nothing is missing, 1 something is, 2 the command line is wrong."""

    def syntax(self) -> str:
        return f"{super().syntax()} [--all]"

    def short_desc(self) -> str:
        return "Compare a board's archive with the board's own counts"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--all", action="store_true", help=f"print every finding, and not only {SHOWN} of a kind")

    def show(self, folder: Path) -> None:
        result = audit(folder, self.url)
        for group, whats in result.findings.items():
            print(f"{group}: {len(whats)}")
            shown = whats if self.opts.all else whats[:SHOWN]
            print("\n".join(f"    {what}" for what in shown))
            if len(whats) > len(shown):
                print(f"    ... and {len(whats) - len(shown):,} more (--all)")
        counted = (f"{result.counts[name]:,} {name}" for name in ("forums", "threads", "posts", "files"))
        print(f"{folder}: looked at {', '.join(counted)}")
        if gaps := result.counts["numbers without a post"]:
            print(f"{gaps} post numbers have no post; vBulletin goes on counting where one was deleted")
        if result.findings:
            print(f"{folder}: {sum(map(len, result.findings.values()))} findings", file=sys.stderr)
            self.exitcode = 1
