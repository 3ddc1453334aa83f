"""`scrapy export BOARD`: writes a board's rows as JSON lines, read again from its raw pages."""

from pathlib import Path

from scrapy.commands import ScrapyCommand

from e30crawl.commands._board import BoardCommand


class Command(BoardCommand, ScrapyCommand):
    def short_desc(self) -> str:
        return "Write a board's forums, threads, posts and media as JSON lines"

    def show(self, folder: Path) -> None:
        from e30crawl.export import export  # SQLAlchemy, half a second: Scrapy loads every command to list them

        for name, count in export(folder).items():
            print(f"{folder / name}.jsonl: {count} rows")
