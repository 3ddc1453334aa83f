"""Open a board's state: a SQLite file beside its pages, or a schema on a PostgreSQL that workers share.

The tables are the same in both. A schema per board, rather than a column, keeps every query that of one board, and a
board can be dumped, moved or dropped by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from e30crawl.frontier.records import State

FILE = "state.sqlite"
PREFIX = "board "  # of a board's schema: PostgreSQL keeps `pg_...` and `public` for itself
LONGEST_NAME = 50  # PostgreSQL cuts names at 63 bytes without a word; two boards would become one
# Workers may start together, and CREATE ... IF NOT EXISTS is no lock: the loser would get a unique violation.
ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(330000)")
LONGEST_REASON = 300  # characters: PostgreSQL has 2,704 bytes for an entry of an index

metadata = sa.MetaData()
pages = sa.Table(
    "pages",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("forum_id", sa.BigInteger),
    sa.Column("thread_id", sa.BigInteger),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default=State.PENDING),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("not_before", sa.Float, nullable=False, server_default="0"),  # seconds since the epoch
    sa.Column("kind", sa.Text),  # of the page that came; "file" for media
    sa.Column("reason", sa.Text),  # of the last failure, or a notice's words
    sa.Column("sha256", sa.Text),
    sa.Column("size", sa.BigInteger),
    sa.Column("suffix", sa.Text),
    sa.Column("content_type", sa.Text),
    sa.Column("location", sa.Text),
    sa.Column("records", sa.Integer),
    sa.Column("fetched_at", sa.Text),  # UTC, ISO 8601
    sa.Column("rendered", sa.Boolean),  # by a browser: not the bytes that came over the wire
)
# In words rather than bound: a database uses a partial index only where it sees its condition.
WAITING = pages.c.state == sa.literal_column(f"'{State.PENDING}'")
LATER = sa.and_(WAITING, pages.c.not_before > sa.literal_column("0"))
HAS_REASON = pages.c.reason.is_not(None)


def _index(name: str, *columns: sa.Column, where: sa.ColumnElement[bool] | None = None) -> None:
    sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


# What is due is the beginning of an index, whatever a run is about (queue.py): behind 1,000,000 rows that wait, a claim
# that looked through them took 300 ms. Only rows that wait are in these.
_due = (pages.c.not_before, pages.c.id)
_index("pages_due", pages.c.host, pages.c.step, *_due, where=WAITING)
_index("pages_due_by_forum", pages.c.host, pages.c.step, pages.c.forum_id, *_due, where=WAITING)
_index("pages_due_by_thread", pages.c.host, pages.c.step, pages.c.thread_id, *_due, where=WAITING)
_index("pages_later", *_due, where=LATER)
# What `status` asks stands in these alone, and nothing reads the 800 MB of 2,000,000 rows.
_index("pages_summed", pages.c.step, pages.c.state, pages.c.kind, pages.c.records, pages.c.size)
_index("pages_reasons", pages.c.state, pages.c.step, pages.c.reason, where=HAS_REASON)
_index("pages_fetched", pages.c.fetched_at, where=pages.c.fetched_at.is_not(None))
_index("pages_sorted", pages.c.step, pages.c.thread_id, pages.c.forum_id, pages.c.number)
ANY_FETCHED = sa.select(pages.c.id).where(pages.c.fetched_at.is_not(None)).limit(1)

# What a page was before it was fetched again: an edited or deleted post stays in the archive.
versions = sa.Table(
    "versions",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("page_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger),
    sa.Column("content_type", sa.Text),
    sa.Column("location", sa.Text),
    sa.Column("fetched_at", sa.Text, nullable=False),
    sa.Column("rendered", sa.Boolean),
)

# What the lists said of a thread when its pages were last sent for; an update compares with it.
listed = sa.Table(
    "listed",
    metadata,
    sa.Column("thread_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("replies", sa.BigInteger),
    sa.Column("last_post", sa.Text),  # as printed
)

# One row per `update=1`: while `ended_at` is null, the next run goes on with it instead of asking all lists again.
rounds = sa.Table(
    "rounds",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("begun_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
)

# Bytes received per day of the board's time zone, for its byte budget.
received = sa.Table(
    "received",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("bytes", sa.BigInteger, nullable=False),
)


def adding(new: Any) -> sa.Insert:
    """Return the statement that adds pages; `new` is the database's own insert.

    A page that is known stays as it is, but for its forum, which a moved thread's stub does not know.
    """
    nowhere = sa.and_(pages.c.forum_id.is_(None), new.excluded.forum_id.is_not(None))
    return new.on_conflict_do_update(index_elements=["key"], set_={"forum_id": new.excluded.forum_id}, where=nowhere)


def as_reason(text: str | None) -> str | None:
    """Cut a text to one line of a length that any index takes, and any reader."""
    return None if text is None else " ".join(text.replace("\0", "").split())[:LONGEST_REASON]


def connect(folder: Path, url: str = "") -> sa.Engine:
    """Open the state of the board in `folder`: a SQLite file, or with `url` a PostgreSQL schema. It is made if need be.

    Raises SQLAlchemyError where the database cannot be reached, ValueError for a url that is no PostgreSQL's.
    """
    if not url:
        engine = sa.create_engine(f"sqlite:///{folder / FILE}")
        sa.event.listen(engine, "connect", _pragmas)
        with engine.begin() as connection:
            _bring_up_to_date(connection)
        return engine
    name, engine = schema(folder.name), server(url)
    with engine.begin() as connection:
        connection.execute(ONE_AT_A_TIME)
        connection.execute(sa.schema.CreateSchema(name, if_not_exists=True))
        _bring_up_to_date(connection.execution_options(schema_translate_map={None: name}), name)
    return engine.execution_options(schema_translate_map={None: name})


@contextmanager
def opened(folder: Path, url: str = "") -> Iterator[sa.Connection]:
    """Connect to the state of a board, to read it."""
    engine = connect(folder, url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _pragmas(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    # A power cut may undo the last few pages, which are then fetched again; nothing is lost, and nothing waits for the
    # disk. Their bytes are on it before they are reported done (pipelines.py).
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA busy_timeout=30000")


def is_there(folder: Path, url: str) -> bool:
    """Return whether such a board was ever begun; makes nothing."""
    return folder.name in boards(folder.parent, url)


def boards(archive: Path, url: str = "") -> list[str]:
    """Return the names of all boards that were ever begun, sorted."""
    if not url:
        return sorted(path.parent.name for path in archive.glob(f"*/{FILE}"))
    engine = server(url)
    try:
        names = sa.inspect(engine).get_schema_names()
    finally:
        engine.dispose()
    return sorted(name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX))


def server(url: str) -> sa.Engine:
    """Open the PostgreSQL at `postgresql://user@host/database`, by psycopg 3. Raises ValueError for any other url."""
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):  # without its words, which may hold the password
        raise ValueError("no database address; write postgresql://user@host/database") from None
    if parsed.get_backend_name() != "postgresql":
        raise ValueError(f"{parsed.get_backend_name()!r} is not supported; use postgresql://")
    return sa.create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)


def schema(board: str) -> str:
    """Return the name of a board's schema on PostgreSQL. Raises ValueError where it is too long for one."""
    if len(board) > LONGEST_NAME:
        raise ValueError(f"a board's name has at most {LONGEST_NAME} characters on PostgreSQL: {board!r}")
    return PREFIX + board


def _bring_up_to_date(connection: sa.Connection, schema: str | None = None) -> None:
    """Make what is missing: archives outlive versions of this program. A later column is null in the rows before it.

    IF NOT EXISTS, although we look first: on SQLite another process may come in between.
    """
    there, quote = sa.inspect(connection), connection.dialect.identifier_preparer.quote
    columns, indexes = there.get_multi_columns(schema), there.get_multi_indexes(schema)
    place = f"{quote(schema)}." if schema else ""
    for table in metadata.sorted_tables:
        connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
        old = {column["name"] for column in columns.get((schema, table.name), ())}
        for column in table.columns if old else ():
            if column.name not in old:
                kind = column.type.compile(connection.dialect)
                connection.execute(sa.text(f"ALTER TABLE {place}{table.name} ADD COLUMN {column.name} {kind}"))
        known = {index["name"] for index in indexes.get((schema, table.name), ())}
        if table is pages and old and "pages_reasons" not in known:
            longer = sa.func.length(pages.c.reason) > LONGEST_REASON
            cut = sa.func.substr(pages.c.reason, 1, LONGEST_REASON)
            connection.execute(sa.update(pages).where(longer).values(reason=cut))
        for index in table.indexes:
            if index.name not in known:  # a second for 2,000,000 pages, once
                connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))
