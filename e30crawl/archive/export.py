"""Write forums.jsonl, threads.jsonl, posts.jsonl and media.jsonl: the board as rows, read again from raw/.

Nothing parsed is kept in between, so that the files are reproducible from the bytes alone: the same archive gives
the same files, byte by byte, on either database. Rows are sorted by id, pages of a thread in order; what only the
address of another thread has shown comes last.
"""

import fcntl
import logging
import os
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields as columns_of
from dataclasses import replace
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import zstandard

from e30crawl.archive.blobs import replacing
from e30crawl.archive.rows import Board, PageRows, file_fields, page_rows, to_json
from e30crawl.archive.stored import media_rows, stored_pages
from e30crawl.frontier.schema import opened
from e30crawl.items import ForumItem, ThreadItem
from e30crawl.parallel import in_order
from e30crawl.parsers.dates import board_day_first
from e30crawl.parsers.records import Forum, PageKind, Thread, fields
from e30crawl.urls import page_url

logger = logging.getLogger(__name__)

LISTS, POSTS = (PageKind.FORUMS, PageKind.THREADS), (PageKind.POSTS,)
Known = dict[int, tuple[Any, str]]  # record and time of fetch by id
PageOfThread = tuple[int, PageRows]  # 0 where nothing tells the thread
_THREAD = itemgetter(0)


def export(folder: Path, url: str = "", suffix: str = "") -> dict[str, int]:
    """Write the four files into the board's folder, each by rename, and return how many rows each has.

    With the `suffix` .zst they are compressed.

    Two exports of a board take turns, since both write the same temporary files. Raises DamagedError for a raw page
    that cannot be read, OSError and Frontier.Error.
    """
    board = Board.at(folder, url)

    def write(name: str, lines: Iterable[str]) -> int:
        return _write(folder / f"{name}.jsonl{suffix}", lines)

    with export_lock(folder), opened(folder, url) as connection:
        proven: Counter[bool | None] = Counter()
        lists = in_order(partial(page_rows, board), stored_pages(connection, *LISTS, bar="lists"))
        forums, threads = _lists(_counting_orders(lists, proven))
        posts = _write_posts(connection, board, proven, lambda pages: write("posts", _posts(pages, threads)))
        return {
            "forums": write("forums", _records(ForumItem, folder.name, forums)),
            "threads": write("threads", _records(ThreadItem, folder.name, threads)),
            "posts": posts,
            "media": write("media", _media(connection, folder.name)),
        }


def _write_posts(
    connection: sa.Connection,
    board: Board,
    lists: Counter[bool | None],
    write: Callable[[Iterable[PageRows]], int],
) -> int:
    """Write the posts, with dates in the order of day and month that all pages of the board prove together.

    What the lists prove is mostly all there is. Where the posts add to it or speak against it, they are read once more.
    """
    order = board_day_first(lists)
    while True:
        with_order = replace(board, reading=replace(board.reading, day_first_elsewhere=order))
        proven = lists.copy()
        pages = in_order(partial(page_rows, with_order), stored_pages(connection, *POSTS, bar="threads"))
        count = write(_counting_orders(pages, proven))
        proven_order = board_day_first(proven)
        if proven_order == order or board.reading.day_first is not None or (order is None and not proven[None]):
            break
        order = proven_order
    if order is not None and board.reading.day_first is None:
        names, figures = ("day", "month") if order else ("month", "day"), (proven[order], proven[not order])
        logger.info(
            "%s: the %s before the %s: %d dates show it, %d speak against it", board.folder.name, *names, *figures
        )
    return count


def _counting_orders(pages: Iterable[PageRows], proven: Counter[bool | None]) -> Iterator[PageRows]:
    for page in pages:
        proven.update(page.order)
        yield page


@contextmanager
def export_lock(folder: Path) -> Iterator[None]:
    """Wait for the folder's lock, which no crawl holds: an export may run at any time. It goes with the process."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _write(path: Path, lines: Iterable[str]) -> int:
    count = 0
    with replacing(path) as temporary, _open(path, temporary) as file:
        for line in lines:
            file.write(line + "\n")
            count += 1
    return count


def _open(path: Path, temporary: Path) -> Any:
    """Open a text file to write to; zstd at level 9 takes a tenth, and holds no time: the same rows, the same bytes."""
    if path.suffix != ".zst":
        return temporary.open("w", encoding="utf-8")
    level = zstandard.ZstdCompressor(level=9)
    return zstandard.open(temporary, "wt", cctx=level, encoding="utf-8", newline="")


def _records(kind: type[ForumItem | ThreadItem], board: str, known: Known) -> Iterator[str]:
    for _, (record, fetched_at) in sorted(known.items()):
        yield to_json(kind(board=board, **fields(record), fetched_at=fetched_at))


def _lists(pages: Iterable[PageRows]) -> tuple[Known, Known]:
    """Return the forums and threads as the lists name them; a forum that no list names gives its own title."""
    forums: Known = {}
    threads: Known = {}
    for each in pages:
        page, at = each.page, each.raw.fetched_at
        for forum in page.forums:
            _merge(forums, forum.forum_id, forum, at)
        if page.forum_id and page.title and page.forum_id not in forums:
            forums[page.forum_id] = Forum(page.forum_id, page.title, each.raw.claim.url), at
        for thread in page.threads:
            _merge(threads, thread.thread_id, replace(thread, forum_id=thread.forum_id or page.forum_id), at)
    return forums, threads


def _merge(known: Known, key: int, record: Any, fetched_at: str) -> None:
    """Merge a record into `known`: the first page that shows it counts, and later ones fill its gaps.

    The stub of a moved thread gives way to the thread itself.
    """
    if key not in known:
        known[key] = record, fetched_at
        return
    first, at = known[key]
    if getattr(first, "moved", False) and not record.moved:
        first, record, at = record, first, fetched_at
    gaps = {field.name for field in columns_of(first) if getattr(first, field.name) is None}
    known[key] = replace(first, **{name: getattr(record, name) for name in gaps}), at


def _posts(pages: Iterable[PageRows], threads: Known) -> Iterator[str]:
    """Yield each post once, as its page shows it last; posts deleted since come at the end of their thread.

    What only the address of a merged thread has shown of an earlier one comes last.
    """
    late: list[PageOfThread] = []
    ids, notes = array("q"), set()  # 8 bytes a post, where a set takes 70
    for thread_id, group in groupby(_by_thread(pages, late), key=_THREAD):
        for key, line in _posts_of_thread(group, threads, ()):
            ids.append(key) if isinstance(key, int) else notes.add((thread_id, key))
            yield line
    shown = {key for _, page in late for key, _ in page.posts}.intersection(ids)
    for thread_id, group in groupby(sorted(late, key=_THREAD), key=_THREAD):
        known = shown | {key for name, key in notes if name == thread_id}
        yield from (line for _, line in _posts_of_thread(group, threads, known))


def _by_thread(pages: Iterable[PageRows], late: list[PageOfThread]) -> Iterator[PageOfThread]:
    """Yield pages that show the thread they were fetched for, with its id; what shows another is `late`.

    Earlier versions go with their page, as their posts went with their thread. The same holds for the further pages of
    a thread that were fetched before it was merged, as its first page shows.
    """
    shown, last, merged = 0, None, {}
    for each in pages:
        claim = each.raw.claim
        if claim.id != last or not each.raw.old:
            shown, last = each.page.thread_id or 0, claim.id
        if shown != (claim.thread_id or 0):
            merged[claim.thread_id] = shown
            late.append((shown, each))
        elif shown in merged:
            late.append((merged[shown], replace(each, raw=replace(each.raw, old=True))))
        else:
            yield shown, each


def _posts_of_thread(
    pages: Iterable[PageOfThread], threads: Known, known: Iterable[int | str]
) -> Iterator[tuple[int | str, str]]:
    """Yield the posts of a thread but those that are `known`, with what tells them apart.

    A thread that no list names is added to `threads`: the crawl was sent straight into it.
    """
    seen, gone = set(known), {}
    for _, each in pages:
        page, raw = each.page, each.raw
        if page.thread_id is not None and page.thread_id not in threads:
            url = page_url(raw.claim.url, 1)
            threads[page.thread_id] = Thread(page.thread_id, page.title or "", url, page.forum_id), raw.fetched_at
        for key, line in each.posts:
            if raw.old:
                gone[key] = line  # versions come in the order of their time: the latest stays
            elif key not in seen:  # it stands on two pages when one before it was deleted between two fetches
                seen.add(key)
                yield key, line
    yield from (post for post in gone.items() if post[0] not in seen)


def _media(connection: sa.Connection, board: str) -> Iterator[str]:
    for row in media_rows(connection):
        names = ("size", "content_type", "fetched_at")
        yield to_json(
            {"board": board, "url": row.url, **file_fields(row)} | {name: getattr(row, name) for name in names}
        )
