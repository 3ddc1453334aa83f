"""Where a board's state lies: a SQLite file beside its pages, or a schema on a PostgreSQL that workers share.

The tables are the same in both. A schema per board, rather than a column, keeps every query that of one board, and a
board can be dumped, moved or dropped by itself.
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from e30crawl.frontier.records import State

FILE = "state.sqlite"
PREFIX = "board "  # of a board's schema: PostgreSQL keeps `pg_...` and `public` for itself
LONGEST_NAME = 50  # PostgreSQL cuts names at 63 bytes without a word; two boards would become one
# Workers may start together, and CREATE ... IF NOT EXISTS is no lock: the loser would get a unique violation.
ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(330000)")

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
_waiting = pages.c.state == State.PENDING
sa.Index("pages_waiting", pages.c.host, pages.c.id, sqlite_where=_waiting, postgresql_where=_waiting)
sa.Index("pages_counted", pages.c.step, pages.c.state, pages.c.kind)
sa.Index("pages_sorted", pages.c.step, pages.c.thread_id, pages.c.forum_id, pages.c.number)

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


def connect(folder: Path, url: str = "") -> sa.Engine:
    """The state of the board in `folder`, made if it is not there: a SQLite file, or with `url` a PostgreSQL schema.

    Raises SQLAlchemyError where the database cannot be reached, ValueError for a url that is no PostgreSQL's.
    """
    return _postgresql(folder.name, url) if url else _sqlite(folder / FILE)


def is_there(folder: Path, url: str = "") -> bool:
    """Whether such a board was ever begun; makes nothing."""
    return folder.name in boards(folder.parent, url)


def boards(archive: Path, url: str = "") -> list[str]:
    """The names of all boards that were ever begun, sorted."""
    if not url:
        return sorted(path.parent.name for path in archive.glob(f"*/{FILE}"))
    engine = server(url)
    try:
        names = sa.inspect(engine).get_schema_names()
    finally:
        engine.dispose()
    return sorted(name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX))


def server(url: str) -> sa.Engine:
    """The PostgreSQL at `postgresql://user@host/database`, by psycopg 3. Raises ValueError for another kind of url."""
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):  # without its words, which may hold the password
        raise ValueError("FRONTIER_URL is no database address; write postgresql://user@host/database") from None
    if parsed.get_backend_name() != "postgresql":
        raise ValueError(f"FRONTIER_URL: {parsed.get_backend_name()!r} is not supported; use postgresql://")
    return sa.create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)


def schema(board: str) -> str:
    if len(board) > LONGEST_NAME:
        raise ValueError(f"a board's name has at most {LONGEST_NAME} characters on PostgreSQL: {board!r}")
    return PREFIX + board


def _postgresql(board: str, url: str) -> sa.Engine:
    name, engine = schema(board), server(url)
    with engine.begin() as connection:
        connection.execute(ONE_AT_A_TIME)
        connection.execute(sa.schema.CreateSchema(name, if_not_exists=True))
        metadata.create_all(connection.execution_options(schema_translate_map={None: name}))
    return engine.execution_options(schema_translate_map={None: name})


def _sqlite(path: Path) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{path}")

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        # A power cut may undo the last few pages, which are then fetched again; nothing is lost, and nothing waits
        # for the disk. Their bytes are on it before they are reported done (store.py).
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA busy_timeout=30000")

    with engine.begin() as connection:
        # Not create_all, which looks first and makes then: another process may come in between.
        for table in metadata.sorted_tables:
            connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))
        _add_columns(connection)
    return engine


def _add_columns(connection: sa.Connection) -> None:
    """Archives outlive versions of this program: a column that a later one brought is null in the rows before it."""
    for table in metadata.sorted_tables:
        there = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                kind = column.type.compile(connection.dialect)
                connection.execute(sa.text(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}"))
