"""Run `scrapy read FILE`: print as JSON what the parsers see in a saved page, or why they see nothing."""

import argparse
import gzip
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.commands import ScrapyCommand

from e30crawl.board_file import BoardFile, BoardFileError
from e30crawl.console import ending_with_its_reader, fail
from e30crawl.parsers.page import DEFAULT_READING, read
from e30crawl.parsers.records import Page, PageKind, fields

NotThere = (FileNotFoundError, IsADirectoryError, NotADirectoryError)
KINDS = {PageKind.FORUMS: "index", PageKind.THREADS: "forum", PageKind.POSTS: "thread", PageKind.UNKNOWN: "other"}


class Command(ScrapyCommand):
    """The read command: prints as JSON what the parsers see in a saved page.

    Exit codes: 0 also where the page cannot be read, 1 the file cannot be read, 2 the command line is wrong.
    """

    requires_project = False
    requires_crawler_process = False

    def syntax(self) -> str:
        return "FILE [--url URL] [--config YAML]"

    def short_desc(self) -> str:
        return "Print as JSON what the parsers see in a saved page"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.error = lambda message: fail(f"e30crawl read: {message}", code=2)  # not over five lines
        parser.add_argument(
            "--url",
            default="http://board.example/",
            help="address that the page came from; relative links and some ids need it",
        )
        parser.add_argument(
            "--config",
            type=Path,
            metavar="YAML",
            help="the board's file, with its selectors, charset, time zone and date order",
        )

    @ending_with_its_reader()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1 or args[0].startswith("-"):
            fail(f"usage: e30crawl read {self.syntax()}", code=2)
        try:
            if not urlsplit(opts.url).hostname:
                raise ValueError("no host")
            reading = BoardFile.load(opts.config).reading if opts.config else DEFAULT_READING
        except BoardFileError as error:
            fail(str(error), code=2)
        except ValueError as error:
            fail(f"--url: {opts.url!r} is not an address: {error}", code=2)
        try:
            body = Path(args[0]).read_bytes()
            if body.startswith(b"\x1f\x8b"):  # out of raw/
                body = gzip.decompress(body)
        except (OSError, EOFError, zlib.error) as error:
            code = 2 if isinstance(error, NotThere) else 1
            fail(f"{args[0]}: {getattr(error, 'strerror', None) or error}", code)
        page = read(body, opts.url, now=datetime.now(UTC), reading=reading)
        print(json.dumps(page_as_json(page), ensure_ascii=True, indent=2, default=fields))


def page_as_json(page: Page) -> dict[str, Any]:
    """Return the page as JSON takes it; null where the page does not say.

    Its kind is `index`, `forum`, `thread`, `post`, `error`, `login`, `passing`, `challenge` or `other`.
    """
    kind = "post" if page.single else KINDS.get(page.kind, page.kind)
    if page.kind is PageKind.NOTICE:
        kind = "login" if page.logged_out else "error"
    names = {"number": "page", "last": "pages"}
    said = {names.get(name, name): value for name, value in fields(page).items()}
    results = dict(zip(("first", "last", "total"), page.results or (None, None, None), strict=True))
    return said | {"kind": kind, "results": results}
