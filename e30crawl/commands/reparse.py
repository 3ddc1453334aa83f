"""Run `scrapy reparse BOARD`: read every stored page again by the parsers of today, without a request."""

from pathlib import Path

from scrapy.commands import ScrapyCommand

from e30crawl.archive.reparse import reparse
from e30crawl.commands._board import BoardCommand
from e30crawl.console import fail
from e30crawl.frontier.lock import BoardLockedError, board_lock


class Command(BoardCommand, ScrapyCommand):
    def short_desc(self) -> str:
        return "Read all stored pages of a board again, without a request"

    def show(self, folder: Path) -> None:
        try:
            with board_lock(folder, self.settings):
                result = reparse(folder, self.url)
        except BoardLockedError as error:
            fail(str(error))
        print(f"{folder}: {result.pages} pages read again")
        for (before, now), count in result.changed.most_common():
            print(
                f"{count:>8}  {before} pages {f'read as {now} now' if before != now else 'show another number of rows'}"
            )
        if result.found:
            print(f"{result.found:>8}  addresses that were not known: e30crawl crawl fetches them")
        if result.changed:
            print(f"e30crawl export {folder.name} writes the rows anew")
