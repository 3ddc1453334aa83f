"""Read one stored page again: what it is by now, where it leads, and its posts as finished lines.

Runs in processes of its own: everything that takes time is here, so that whoever collects the rows only writes.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from e30crawl.archive.blobs import BlobStore, DamagedError
from e30crawl.archive.stored import StoredPage
from e30crawl.board_file import load_kept
from e30crawl.frontier.records import PageRef, State, Step
from e30crawl.frontier.schema import connect, pages
from e30crawl.items import Origin, post_row
from e30crawl.links import media_key, page_links, place_of
from e30crawl.parsers.dates import AMBIGUOUS, count_day_first
from e30crawl.parsers.page import DEFAULT_READING, printed_dates, read
from e30crawl.parsers.records import Page, PostKind, Reading, fields

to_json = json.JSONEncoder(ensure_ascii=False, default=fields).encode  # one for all: making it costs 10 µs a row


@dataclass(frozen=True, slots=True)
class Board:
    """Where a board is archived, and how its pages are read."""

    folder: Path
    url: str = ""  # of its PostgreSQL
    reading: Reading = DEFAULT_READING

    @classmethod
    def at(cls, folder: Path, url: str = "") -> Self:
        """Return the board in `folder` with the reading it was crawled with. Raises BoardFileError."""
        return cls(folder, url, load_kept(folder).reading)


@dataclass(frozen=True, slots=True)
class PageRows:
    """One stored page, read again, and its posts as finished lines.

    `posts` are pairs of what tells a post from the others of its thread and its line of JSON. `order` counts the dates
    that show that the day comes first (True) or the month (False), and under None the posts whose day is left open.
    """

    raw: StoredPage
    page: Page  # without its posts, and of the forum and the thread that it was fetched for
    records: int
    posts: tuple[tuple[int | str, str], ...]
    found: tuple[PageRef, ...]
    order: Counter[bool | None]


def page_rows(board: Board, raw: StoredPage, *, rows: bool = True) -> PageRows:
    """Read a stored page again into rows; without `rows` the result has no posts.

    Raises DamagedError, which names the page's address as well.
    """
    try:
        body = BlobStore(board.folder).get_page(raw.sha256)
    except DamagedError as error:
        raise DamagedError(f"{raw.claim.url}: {error}; bring it back from a backup") from error
    page = read_again(board, raw, body, dated=rows)
    forum_id, thread_id = place_of(page, raw.claim)
    undecided = sum(post.date_reason == AMBIGUOUS for post in page.posts)
    return PageRows(
        raw,
        replace(page, posts=(), forum_id=forum_id, thread_id=thread_id),
        page.records,
        posts=tuple(_lines(board, page, raw)) if rows else (),
        found=tuple(page_links(page, raw.claim)),
        order=Counter({**count_day_first(printed_dates(page)), None: undecided}) if rows else Counter(),
    )


def read_again(board: Board, raw: StoredPage, body: bytes, *, dated: bool = True) -> Page:
    """Return what a stored page says to today's parsers."""
    url, now = raw.location or raw.claim.url, datetime.fromisoformat(raw.fetched_at)
    return read(body, url, content_type=raw.content_type, now=now, reading=board.reading, dated=dated)


def _lines(board: Board, page: Page, raw: StoredPage) -> Iterator[tuple[int | str, str]]:
    """Yield the posts that are exported, each with what tells it from the others of its thread."""
    files, origin = _files(board, page, raw.claim.url), Origin(board.folder.name, raw.claim, raw.fetched_at)
    for post in page.posts:
        key = post.post_id  # None in a view, such as the printable one, whose thread has the post too
        if post.kind is PostKind.POLL:  # has no id, and stands on every page of its thread
            key = post.text.partition("\n")[0]
        elif post.kind in (PostKind.DELETED, PostKind.IGNORED):  # the note takes no place of the post that we had
            key = f"{post.kind} {post.post_id}"
        if key:
            yield key, to_json(post_row(post, page, origin, files))


def file_fields(row: sa.Row) -> dict[str, Any]:
    """Return where a file is, or why it is not there: outcome is "stored", "pending" or the reason of the failure."""
    if row.state != State.DONE:
        return {"sha256": None, "file": None, "outcome": row.reason if row.state == State.FAILED else "pending"}
    path = BlobStore(Path()).media_path(row.sha256, row.suffix)
    return {"sha256": row.sha256, "file": path.as_posix(), "outcome": "stored"}


def _files(board: Board, page: Page, url: str) -> dict[str, dict[str, Any]]:
    """Return what became of the page's files, by key."""
    keys = {media_key(media.url, url) for post in page.posts for media in (*post.images, *post.attachments)}
    if not keys:
        return {}
    query = sa.select(pages).where(pages.c.key.in_(keys), pages.c.step == Step.MEDIA)
    with _engine(board.folder, board.url).connect() as connection:
        return {row.key: file_fields(row) for row in connection.execute(query)}


@lru_cache(maxsize=1)
def _engine(folder: Path, url: str) -> sa.Engine:
    """Open a board's state once a process."""
    return connect(folder, url)
