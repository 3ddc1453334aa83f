"""How fast are stored pages read again, next to lxml that only parses the same bytes?

Ours: what `scrapy reparse` does for a page: gunzip, decode, parse, read, dates, rows as JSON. Theirs: gunzip and
`lxml.html.document_fromstring`. Both on the same pool of processes, one for each core, over the same files.
"""

import gzip
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from _board import POSTS, URL, thread_page
from _pairs import compare
from lxml import html

from e30crawl.pages.read import read
from e30crawl.records import fields

PAGES, CHUNK = 2_000, 50
NOW = datetime(2009, 1, 1, tzinfo=UTC)

_json = json.JSONEncoder(ensure_ascii=False, default=fields).encode


def store(folder: Path, number: int) -> int:
    """Writes a page as the archive does; returns its size."""
    body = thread_page(number)
    (folder / str(number)).write_bytes(gzip.compress(body, 6, mtime=0))
    return len(body)


def rows(folder: Path, number: int) -> int:
    """Reads a stored page into rows; returns how many."""
    page = read(gzip.decompress((folder / str(number)).read_bytes()), URL.format(number), now=NOW)
    return len([_json(post) for post in map(fields, page.posts)])


def parsed(folder: Path, number: int) -> int:
    return len(html.document_fromstring(gzip.decompress((folder / str(number)).read_bytes())))


@contextmanager
def archive() -> Iterator[tuple[ProcessPoolExecutor, Path]]:
    with TemporaryDirectory() as folder, ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        size = sum(pool.map(partial(store, Path(folder)), range(1, PAGES + 1), chunksize=CHUNK))
        print(f"{PAGES} pages of {size / PAGES / 1000:.0f} KB, {pool._max_workers} processes")  # noqa: SLF001
        yield pool, Path(folder)


def main() -> None:
    with archive() as (pool, folder):

        def timed(task: Callable[[Path, int], int], expected: int) -> float:
            started = time.perf_counter()
            found = sum(pool.map(partial(task, folder), range(1, PAGES + 1), chunksize=CHUNK))
            assert found == expected, f"{task.__name__}: {found} of {expected}"
            return (time.perf_counter() - started) * 1000 / PAGES

        compare(lambda: timed(rows, PAGES * POSTS), lambda: timed(parsed, PAGES * 2), "ms/page")


if __name__ == "__main__":
    main()
