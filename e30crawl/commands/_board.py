"""The common ground of commands that look at a board which was crawled before."""

import argparse
from pathlib import Path

from e30crawl.arguments import board_name
from e30crawl.failing import fail, one_line


class BoardCommand:
    """Mixin of `scrapy COMMAND BOARD`. No ScrapyCommand itself, or Scrapy would list it as one."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "BOARD [--archive FOLDER]"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--archive", type=Path, default=Path("forum_archive"), help="folder of all boards")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from e30crawl.frontier import Frontier  # SQLAlchemy, half a second: Scrapy loads every command to list them
        from e30crawl.state import FILE

        self.opts, self.url = opts, self.settings.get("FRONTIER_URL")
        try:
            folder = self._folder(args, opts.archive)
            self.show(folder)
        except OSError as error:
            fail(f"{folder}: {one_line(error)}")
        except (Frontier.Error, ValueError) as error:
            fail(f"{'FRONTIER_URL' if self.url else folder / FILE}: {one_line(error)}")

    def show(self, folder: Path) -> None:
        """What the command does with a board's folder. What it raises of OSError and Frontier.Error is told."""
        raise NotImplementedError

    def _folder(self, args: list[str], archive: Path) -> Path:
        if len(args) != 1:
            command = type(self).__module__.rpartition(".")[2]
            fail(f"usage: scrapy {command} {self.syntax()}", code=2)
        try:
            folder = archive / board_name(args[0])
        except ValueError as error:
            fail(f"{args[0]!r}: {error}", code=2)
        if not self._is_there(folder):
            fail(f"{folder}: no such board; {self._where(archive)} holds {', '.join(self._boards(archive)) or 'none'}")
        return folder

    def _is_there(self, folder: Path) -> bool:
        from e30crawl.state import is_there

        return is_there(folder, self.url)

    def _where(self, archive: Path) -> Path | str:
        return "FRONTIER_URL" if self.url else archive

    def _boards(self, archive: Path) -> list[str]:
        from e30crawl.state import boards

        return boards(archive, self.url)
