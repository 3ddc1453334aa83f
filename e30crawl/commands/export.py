"""Run `scrapy export BOARD`: write a board's rows, read again from its raw pages, as JSON lines; and it as WARC."""

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand

from e30crawl.archive.export import export
from e30crawl.archive.warc import write as write_warc
from e30crawl.commands._board import BoardCommand


class Command(BoardCommand, ScrapyCommand):
    def syntax(self) -> str:
        return f"{super().syntax()} [--zst] [--warc]"

    def short_desc(self) -> str:
        return "Write a board's forums, threads, posts and media as JSON lines"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--zst", action="store_true", help="write .jsonl.zst, a tenth of the size, in place of .jsonl"
        )
        parser.add_argument("--warc", action="store_true", help="also write everything that was fetched as WARC files")

    def show(self, folder: Path) -> None:
        suffix = ".zst" if self.opts.zst else ""
        for name, count in export(folder, self.url, suffix).items():
            print(f"{folder / name}.jsonl{suffix}: {count} rows")
        if self.opts.warc:
            for path in write_warc(folder, self.url):
                print(f"{path}: {path.stat().st_size:,} bytes")
