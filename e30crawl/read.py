"""What the parsers see in a saved page, as JSON: why a board does not parse.

python -m e30crawl.read page.html --url https://board.example/showthread.php?t=1
"""

import argparse
import gzip
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from e30crawl.board_file import BoardFile, BoardFileError
from e30crawl.console import fail
from e30crawl.parsers.page import AS_IT_SAYS, read
from e30crawl.parsers.records import Page, PageKind, fields

PROG = "python -m e30crawl.read"
SOMEWHERE = "http://board.example/"
KINDS = {PageKind.FORUMS: "index", PageKind.THREADS: "forum", PageKind.POSTS: "thread", PageKind.UNKNOWN: "other"}


class OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        fail(f"{self.prog}: {message}", code=2)


def kind(page: Page) -> str:
    """`index`, `forum`, `thread`, `post`, `error`, `login` or `other`."""
    if page.kind is PageKind.NOTICE:
        return "login" if page.logged_out else "error"
    return "post" if page.single else KINDS[page.kind]


def seen(page: Page) -> dict[str, Any]:
    """The page as JSON takes it; null where the page does not say."""
    first, last, total = page.results or (None, None, None)
    return {
        "generation": page.generation,
        "kind": kind(page),
        "reason": page.reason,
        "notice": page.notice,
        "title": page.title,
        "forum_id": page.forum_id,
        "thread_id": page.thread_id,
        "page": page.number,
        "pages": page.last,
        "results": {"first": first, "last": last, "total": total},
        "forums": page.forums,
        "threads": page.threads,
        "posts": page.posts,
        "encoding": page.encoding,
        "charset_doubt": page.charset_doubt,
        "day_first": page.day_first,
        "utc_offset": page.utc_offset,
    }


def main(argv: list[str] | None = None) -> None:
    parser = OneLineParser(prog=PROG, description="Print as JSON what the parsers see in a saved page.")
    parser.add_argument("file", type=Path, help="the page as received, plain or gzip")
    parser.add_argument("--url", default=SOMEWHERE, help="where it came from; relative links and some ids need it")
    parser.add_argument("--content-type", help="the header, as in 'text/html; charset=windows-1251'")
    parser.add_argument(
        "--config", type=Path, help="the board's YAML file: its selectors, charset, zone and date order"
    )
    given = parser.parse_args(argv)
    try:
        reading = BoardFile.load(given.config).reading if given.config else AS_IT_SAYS
    except BoardFileError as error:
        fail(str(error))
    try:
        body = given.file.read_bytes()
        if body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        fail(f"{given.file}: {getattr(error, 'strerror', None) or error}")
    page = read(body, given.url, content_type=given.content_type, now=datetime.now(UTC), reading=reading)
    print(json.dumps(seen(page), ensure_ascii=True, indent=2, default=fields))


if __name__ == "__main__":
    main()
