"""Select the stored pages of a board in a fixed order, the same on either database."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from tqdm import tqdm

from e30crawl.frontier.records import Claim, Step
from e30crawl.frontier.schema import pages, versions
from e30crawl.frontier.scope import claim_of
from e30crawl.parsers.records import PageKind

_KEPT = ("sha256", "content_type", "location", "fetched_at", "kind")


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A stored page: `claim` says what it was fetched as. `old`: it has been fetched again since."""

    claim: Claim
    sha256: str
    content_type: str | None
    location: str | None
    fetched_at: str
    kind: str
    records: int | None = None
    old: bool = False


def stored_pages(connection: sa.Connection, *kinds: PageKind, bar: str = "") -> Iterator[StoredPage]:
    """Yield every page that has bytes and is, or was, of one of these kinds; of any kind where none is named.

    The latest fetch of each page comes first, then its earlier ones, oldest first. Pages are sorted by what they are
    about, not by when they came. `bar` is the name of a progress bar for people who wait.
    """
    of_kinds = [versions.c.kind.in_(kinds)] if kinds else []
    before = defaultdict(list)  # by page; few have any: those of threads that grew
    for row in connection.execute(sa.select(versions).where(*of_kinds).order_by(versions.c.id)):
        before[row.page_id].append(row)
    had = [pages.c.step != Step.MEDIA, pages.c.sha256.is_not(None)]
    if kinds:
        of_old = sa.select(versions.c.page_id).where(*of_kinds)
        had.append(sa.or_(pages.c.kind.in_(kinds), pages.c.id.in_(of_old)))
    numbers = (pages.c.thread_id, pages.c.forum_id, pages.c.number)
    order = [*(column.nulls_first() for column in numbers), _by_bytes(connection, pages.c.key)]
    query = sa.select(pages).where(*had).order_by(*order)
    for row in _rows(connection, query, bar, "page"):
        claim = claim_of(row)
        kept = (getattr(row, name) for name in _KEPT)
        if not kinds or row.kind in kinds:
            yield StoredPage(claim, *kept, row.records)
        for version in before.get(row.id, ()):
            yield StoredPage(claim, *(getattr(version, name) for name in _KEPT), old=True)


def media_rows(connection: sa.Connection, bar: str = "") -> Iterator[sa.Row]:
    query = sa.select(pages).where(pages.c.step == Step.MEDIA).order_by(_by_bytes(connection, pages.c.key))
    yield from _rows(connection, query, bar, "file")


def _rows(connection: sa.Connection, query: sa.Select, bar: str, unit: str) -> Iterator[sa.Row]:
    """Return the rows, with a bar that tells the time left: after two seconds, and only on a terminal."""
    total = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) if bar else None
    rows = connection.execute(query.execution_options(yield_per=100))
    return tqdm(rows, bar, total, unit=unit, delay=2, leave=False, disable=None if bar else True)


def _by_bytes(connection: sa.Connection, column: sa.Column) -> sa.ColumnElement:
    """Sort as SQLite and Python compare text; PostgreSQL would go by the rules of a language."""
    return sa.collate(column, "C" if connection.dialect.name == "postgresql" else "BINARY")
