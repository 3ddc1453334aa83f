"""How fast are stored pages read again, next to lxml that only parses the same bytes?

Ours: what `scrapy reparse` does for a page (gunzip, decode, parse, read every field with dates as printed, links to
follow), and what `scrapy export` does, which settles the dates and makes rows of JSON as well. Theirs: gunzip and
`lxml.html.document_fromstring`. Both on the same pool of processes, one for each core, over the same archive.
"""

import gc
import gzip
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from _board import POSTS, URL, thread_page
from _pairs import compare
from lxml import html

from e30crawl.archive.blobs import BlobStore
from e30crawl.archive.rows import Board, PageRows, StoredPage, page_rows
from e30crawl.frontier.records import Claim, Step
from e30crawl.frontier.schema import connect
from e30crawl.parsers.records import PageKind

PAGES, CHUNK = 2_000, 25


def stored(folder: Path, number: int) -> StoredPage:
    claim = Claim(f"thread:{number}:1", URL.format(number), Step.POSTS, thread_id=number)
    sha256 = BlobStore(folder).put_page(thread_page(number))
    return StoredPage(claim, sha256, "text/html", None, "2009-01-01T00:00:00+00:00", PageKind.POSTS)


def parsed(folder: Path, raw: StoredPage) -> int:
    packed = BlobStore(folder).page_path(raw.sha256).read_bytes()
    return len(html.document_fromstring(gzip.decompress(packed)))


def main() -> None:
    processes = len(os.sched_getaffinity(0))
    with TemporaryDirectory() as name, ProcessPoolExecutor(processes, initializer=gc.freeze) as pool:
        board = Board(Path(name))
        raws = list(pool.map(partial(stored, board.folder), range(1, PAGES + 1), chunksize=CHUNK))
        connect(board.folder).dispose()  # an export asks the state what became of pictures

        def timed(work: Callable[[StoredPage], Any], is_right: Callable[[Any], bool]) -> float:
            started = time.perf_counter()
            results = pool.map(work, raws, chunksize=CHUNK)
            assert all(map(is_right, results)), work
            return (time.perf_counter() - started) * 1000 / PAGES

        def whole(page: PageRows) -> bool:
            return page.records == POSTS

        def theirs() -> float:
            return timed(partial(parsed, board.folder), lambda children: children == 2)

        print(f"{PAGES} pages, {processes} processes; as scrapy export reads them, with rows:")
        compare(lambda: timed(partial(page_rows, board), whole), theirs, "ms/page")
        print("as scrapy reparse reads them:")
        compare(lambda: timed(partial(page_rows, board, rows=False), whole), theirs, "ms/page")


if __name__ == "__main__":
    main()
