"""Find the boards on a command line, for the commands that look at what was crawled before."""

import argparse
from pathlib import Path
from typing import NoReturn

from e30crawl.console import ending_with_its_reader, fail, one_line
from e30crawl.frontier.queue import Frontier
from e30crawl.frontier.schema import FILE, boards, is_there
from e30crawl.params import board_name


class BoardCommand:
    """Mixin of `scrapy COMMAND BOARD`. It is no ScrapyCommand itself, or Scrapy would list it as one."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "BOARD [--archive FOLDER]"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--archive", type=Path, default=Path("forum_archive"), help="folder of all boards (default: %(default)s)"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        self.opts, self.url = opts, self.settings.get("FRONTIER_URL")
        folder = opts.archive
        try:
            with ending_with_its_reader():
                for folder in self.boards(args, opts.archive):
                    self.show(folder)
        except OSError as error:
            fail(f"{folder}: {one_line(error)}")
        except (Frontier.Error, ValueError) as error:
            fail(f"{'FRONTIER_URL' if self.url else folder / FILE}: {one_line(error)}")

    def show(self, folder: Path) -> None:
        """Do what the command does with a board's folder.

        An OSError, ValueError or Frontier.Error that it raises is told in one line and ends the command.
        """
        raise NotImplementedError

    def boards(self, args: list[str], archive: Path) -> list[Path]:
        """Return the folders of the boards that the command line names."""
        if len(args) != 1:
            command = type(self).__module__.rpartition(".")[2]
            fail(f"usage: e30crawl {command} {self.syntax()}", code=2)
        try:
            folder = archive / board_name(args[0])
        except ValueError as error:
            fail(f"{args[0]!r}: {error}", code=2)
        return [folder] if is_there(folder, self.url) else self.none_there(archive, folder)

    def none_there(self, archive: Path, folder: Path | None = None) -> NoReturn:
        where = "FRONTIER_URL" if self.url else archive
        fail(
            f"{folder or where}: no such board; {where} holds {', '.join(boards(archive, self.url)) or 'none'}", code=2
        )
