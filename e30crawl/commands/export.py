"""`scrapy export BOARD`: writes a board's rows as JSON lines, read again from its raw pages."""

import argparse

from scrapy.commands import ScrapyCommand

from e30crawl.commands._board import add_board_options, board_folder


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "BOARD [--archive FOLDER]"

    def short_desc(self) -> str:
        return "Write a board's forums, threads, posts and media as JSON lines"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add_board_options(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from e30crawl.export import export  # SQLAlchemy, half a second: Scrapy loads every command to list them

        folder = board_folder(args, opts, "export")
        for name, count in export(folder).items():
            print(f"{folder / name}.jsonl: {count} rows")
