"""forums.jsonl, threads.jsonl, posts.jsonl and media.jsonl: the board as rows, read again from raw/.

Nothing parsed is kept in between, so that the files are reproducible from the bytes alone: the same archive gives
the same files, byte by byte. Rows are sorted by id, pages of a thread in order.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import sqlalchemy as sa

from e30crawl.state import connect, pages
from e30crawl.pages.read import read
from e30crawl.records import Forum, Media, Page, PageKind, Post, Thread
from e30crawl.store import DamagedPageError, Store
from e30crawl.tasks import State, Step
from e30crawl.urls import page_url
from e30crawl.walk import is_fetchable, media_key

logger = logging.getLogger(__name__)

PARSER_VERSION = "1"  # raised whenever pages/ reads a page differently, so that old rows can be told from new

Row = dict[str, Any]
Files = dict[str, sa.Row]  # media by key


def export(folder: Path, url: str = "") -> dict[str, int]:
    """Writes the four files into the board's folder, each by rename; returns how many rows each has.

    Two exports of a board take turns, since both write the same temporary files. Raises DamagedPageError for a raw
    page that cannot be read, OSError and Frontier.Error.
    """
    engine, store, board = connect(folder, url), Store(folder), folder.name
    with _turn(folder), engine.connect() as connection:
        written = {
            "forums": _write(folder / "forums.jsonl", _forums(connection, store, board)),
            "threads": _write(folder / "threads.jsonl", _threads(connection, store, board)),
            "posts": _write(folder / "posts.jsonl", _posts(connection, store, board)),
            "media": _write(folder / "media.jsonl", _media(connection, board)),
        }
    engine.dispose()
    return written


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Waits for the folder, which no crawl holds: an export may run at any time. Goes with the process."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _write(path: Path, rows: Iterable[Row]) -> int:
    temporary, count, said = path.with_name(f".{path.name}.tmp"), 0, monotonic()
    with temporary.open("w", encoding="utf-8") as file:
        for count, row in enumerate(rows, start=1):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            if monotonic() - said > 2:
                said = monotonic()
                logger.info("%s: %d rows", path.name, count)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return count


def _pages(connection: sa.Connection, store: Store, *where: Any) -> Iterator[tuple[sa.Row, Page]]:
    """Pages that hold records, read again; sorted by what they are about, not by when they came."""
    order = (pages.c.thread_id, pages.c.forum_id, pages.c.number, pages.c.key)  # SQLite sorts null first: home
    query = sa.select(pages).where(pages.c.state == State.DONE, *where).order_by(*order)
    for row in connection.execute(query.execution_options(yield_per=100)):
        now = datetime.fromisoformat(row.fetched_at)
        try:
            body = store.get_page(row.sha256)
        except DamagedPageError as error:
            raise DamagedPageError(f"{row.url}: {error}; bring it back from a backup") from error
        yield row, read(body, row.location or row.url, content_type=row.content_type, now=now)


def _forums(connection: sa.Connection, store: Store, board: str) -> Iterator[Row]:
    known: dict[int, tuple[Forum, str]] = {}
    kinds = (PageKind.FORUMS, PageKind.THREADS)
    for row, page in _pages(connection, store, pages.c.kind.in_(kinds)):
        for forum in page.forums:
            _merge(known, forum.forum_id, forum, row.fetched_at)
        if page.forum_id and page.title and page.forum_id not in known:
            known[page.forum_id] = Forum(page.forum_id, page.title, row.url), row.fetched_at
    for _, (forum, fetched_at) in sorted(known.items()):
        yield {"board": board, **asdict(forum), "fetched_at": fetched_at, "parser_version": PARSER_VERSION}


def _threads(connection: sa.Connection, store: Store, board: str) -> Iterator[Row]:
    known: dict[int, tuple[Thread, str]] = {}
    for row, page in _pages(connection, store, pages.c.kind == PageKind.THREADS):
        for thread in page.threads:
            forum_id = thread.forum_id or page.forum_id or row.forum_id
            _merge(known, thread.thread_id, replace(thread, forum_id=forum_id), row.fetched_at)
    for thread, fetched_at in _unlisted(connection, store, set(known)):
        known[thread.thread_id] = thread, fetched_at
    for _, (thread, fetched_at) in sorted(known.items()):
        yield {"board": board, **asdict(thread), "fetched_at": fetched_at, "parser_version": PARSER_VERSION}


def _unlisted(connection: sa.Connection, store: Store, listed: set[int]) -> Iterator[tuple[Thread, str]]:
    """Threads that no list names, because the crawl was sent straight into them."""
    archived = sa.select(pages.c.thread_id).where(pages.c.kind == PageKind.POSTS, pages.c.thread_id.is_not(None))
    for thread_id in sorted(set(connection.scalars(archived.distinct())) - listed):
        row, page = next(_pages(connection, store, pages.c.kind == PageKind.POSTS, pages.c.thread_id == thread_id))
        thread = Thread(thread_id, page.title or "", page_url(row.url, 1), page.forum_id or row.forum_id)
        yield thread, row.fetched_at


def _merge(known: dict[int, tuple[Any, str]], key: int, record: Any, fetched_at: str) -> None:
    """The first page that shows a record counts, and later ones fill its gaps; a moved stub gives way to the thread."""
    if key not in known:
        known[key] = record, fetched_at
        return
    first, at = known[key]
    if getattr(first, "moved", False) and not record.moved:
        first, record, at = record, first, fetched_at
    gaps = {field.name for field in fields(first) if getattr(first, field.name) is None}
    known[key] = replace(first, **{name: getattr(record, name) for name in gaps}), at


def _posts(connection: sa.Connection, store: Store, board: str) -> Iterator[Row]:
    current, seen = None, set()
    for row, page in _pages(connection, store, pages.c.kind == PageKind.POSTS):
        thread_id = page.thread_id or row.thread_id
        if thread_id != current:
            current, seen = thread_id, set()
        # A post stands on two pages when one before it was deleted between two fetches.
        posts = [post for post in page.posts if post.post_id not in seen]
        seen |= {post.post_id for post in posts}
        place = {"board": board, "forum_id": page.forum_id or row.forum_id, "thread_id": thread_id}
        files = _files(connection, posts, row.url)
        for post in posts:
            yield place | _post(post, row, files)


def _post(post: Post, row: sa.Row, files: Files) -> Row:
    return {
        **asdict(post),
        "images": [_file(media, row.url, files) for media in post.images],
        "attachments": [_file(media, row.url, files) for media in post.attachments],
        "url": f"{row.url}#post{post.post_id}",
        "fetched_at": row.fetched_at,
        "parser_version": PARSER_VERSION,
    }


def _files(connection: sa.Connection, posts: list[Post], page: str) -> Files:
    keys = {media_key(media.url, page) for post in posts for media in (*post.images, *post.attachments)}
    return {row.key: row for row in connection.execute(sa.select(pages).where(pages.c.key.in_(keys)))}


def _file(media: Media, page: str, files: Files) -> Row:
    row = files.get(media_key(media.url, page))
    described = _described(row) if row else {"sha256": None, "file": None, "outcome": "not fetched"}
    return {"url": media.url if is_fetchable(media.url) else media.url[:100], "name": media.name, **described}


def _described(row: sa.Row) -> Row:
    """Where a file is, or why it is not: outcome is "stored", "pending" or the reason of the failure."""
    if row.state != State.DONE:
        return {"sha256": None, "file": None, "outcome": row.reason if row.state == State.FAILED else "pending"}
    path = Store(Path()).media_path(row.sha256, row.suffix)
    return {"sha256": row.sha256, "file": path.as_posix(), "outcome": "stored"}


def _media(connection: sa.Connection, board: str) -> Iterator[Row]:
    query = sa.select(pages).where(pages.c.step == Step.MEDIA).order_by(pages.c.key)
    for row in connection.execute(query.execution_options(yield_per=100)):
        yield {
            "board": board,
            "url": row.url,
            **_described(row),
            "size": row.size,
            "content_type": row.content_type,
            "fetched_at": row.fetched_at,
        }
