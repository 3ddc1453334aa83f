"""The common ground of commands that look at a board which was crawled before."""

import argparse
from pathlib import Path

from e30crawl.arguments import board_name
from e30crawl.failing import fail


def add_board_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--archive", type=Path, default=Path("forum_archive"), help="folder of all boards")


def board_folder(args: list[str], opts: argparse.Namespace, command: str) -> Path:
    """The folder of the one board named on the command line; ends the program in one line where there is none."""
    if len(args) != 1:
        fail(f"usage: scrapy {command} BOARD [--archive FOLDER]", code=2)
    try:
        folder = opts.archive / board_name(args[0])
    except ValueError as error:
        fail(f"{args[0]!r}: {error}", code=2)
    if not (folder / "state.sqlite").is_file():
        boards = sorted(path.parent.name for path in opts.archive.glob("*/state.sqlite"))
        fail(f"{folder}: no such board; {opts.archive} holds {', '.join(boards) or 'none'}")
    return folder
