"""One stored page, read again: what it is by now, where it leads, and its posts as finished lines.

Runs in processes of its own: everything that takes time is here, so that whoever collects the digests only writes.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from e30crawl.archive.blobs import BlobStore, DamagedPageError
from e30crawl.archive.stored import StoredPage
from e30crawl.board_file import kept
from e30crawl.frontier.records import PageRef, State, Step
from e30crawl.frontier.schema import connect, pages
from e30crawl.items import Origin, place_of, post_row
from e30crawl.links import media_key, page_links
from e30crawl.parsers.page import AS_IT_SAYS, read, skim
from e30crawl.parsers.records import Forum, Page, Reading, Thread, fields

Row = dict[str, Any]
to_json = json.JSONEncoder(ensure_ascii=False, default=fields).encode  # one for all: making it costs 10 µs a row


@dataclass(frozen=True, slots=True)
class Board:
    """Where a board is archived."""

    folder: Path
    url: str = ""  # of its PostgreSQL
    reading: Reading = AS_IT_SAYS

    @classmethod
    def at(cls, folder: Path, url: str = "") -> Self:
        """With what was said of it when it was crawled. Raises BoardFileError."""
        return cls(folder, url, kept(folder).reading)


@dataclass(frozen=True, slots=True)
class PageRows:
    """`posts` are (post id, line of JSON)."""

    raw: StoredPage
    kind: str
    records: int
    note: str | None
    title: str | None
    forum_id: int | None
    thread_id: int | None
    forums: tuple[Forum, ...]
    threads: tuple[Thread, ...]
    posts: tuple[tuple[int, str], ...]
    found: tuple[PageRef, ...]


def page_rows(board: Board, raw: StoredPage, *, rows: bool = True) -> PageRows:
    """Raises DamagedPageError, naming the page's address as well. Without `rows` it has no posts."""
    page = read_again(board, raw, dates=rows)
    forum_id, thread_id = place_of(page, raw.claim)
    return PageRows(
        raw=raw,
        kind=page.kind,
        records=len(page.posts) or len(page.threads) or len(page.forums),
        note=page.notice or page.reason,
        title=page.title,
        forum_id=forum_id,
        thread_id=thread_id,
        forums=page.forums,
        threads=page.threads,
        posts=tuple(_lines(board, page, raw)) if rows else (),
        found=tuple(page_links(page, raw.claim)),
    )


def read_again(board: Board, raw: StoredPage, *, dates: bool = True) -> Page:
    """Raises DamagedPageError."""
    try:
        body = BlobStore(board.folder).get_page(raw.sha256)
    except DamagedPageError as error:
        raise DamagedPageError(f"{raw.claim.url}: {error}; bring it back from a backup") from error
    url = raw.location or raw.claim.url
    if not dates:
        return skim(body, url, content_type=raw.content_type, reading=board.reading)
    now = datetime.fromisoformat(raw.fetched_at)
    return read(body, url, content_type=raw.content_type, now=now, reading=board.reading)


def _lines(board: Board, page: Page, raw: StoredPage) -> Iterator[tuple[int, str]]:
    files, origin = _files(board, page, raw.claim.url), Origin(board.folder.name, raw.claim, raw.fetched_at)
    for post in page.posts:
        if post.post_id:
            yield post.post_id, to_json(post_row(post, page, origin, files))


def described(row: sa.Row) -> Row:
    """Where a file is, or why it is not: outcome is "stored", "pending" or the reason of the failure."""
    if row.state != State.DONE:
        return {"sha256": None, "file": None, "outcome": row.reason if row.state == State.FAILED else "pending"}
    path = BlobStore(Path()).media_path(row.sha256, row.suffix)
    return {"sha256": row.sha256, "file": path.as_posix(), "outcome": "stored"}


def _files(board: Board, page: Page, url: str) -> dict[str, Row]:
    """What became of the page's files, by key."""
    keys = {media_key(media.url, url) for post in page.posts for media in (*post.images, *post.attachments)}
    if not keys:
        return {}
    query = sa.select(pages).where(pages.c.key.in_(keys), pages.c.step == Step.MEDIA)
    with _engine(board).connect() as connection:
        return {row.key: described(row) for row in connection.execute(query)}


@lru_cache(maxsize=1)
def _engine(board: Board) -> sa.Engine:
    """One a process."""
    return connect(board.folder, board.url)
