"""What is known of a board and what is done: the only truth about progress.

Scrapy's JOBDIR lost 25 to 65 % of the pages after SIGKILL, in silence. Here a page's outcome and all that it led
to are one transaction of SQLite, and leases live in memory only, so that a crash gives them back by itself.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from e30crawl.tasks import EVERYTHING, Found, Lease, Outcome, Scope, State, Step
from e30crawl.urls import canonical, identity, same_board

PER_HOST = 2  # one on its way and one that waits its turn: a slow host never holds up the others
MEDIA_TRIES = 4  # dead image hosts are ordinary: 1 + 4 + 16 minutes
PAGE_TRIES = 9  # a board may be down for a day: 8 waits are 23.7 hours
LONGEST_DELAY = 6 * 3600.0

_metadata = sa.MetaData()
pages = sa.Table(
    "pages",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
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
)
sa.Index("pages_waiting", pages.c.host, pages.c.id, sqlite_where=pages.c.state == State.PENDING)
sa.Index("pages_counted", pages.c.step, pages.c.state, pages.c.kind)
sa.Index("pages_sorted", pages.c.step, pages.c.thread_id, pages.c.forum_id, pages.c.number)


def connect(path: Path) -> sa.Engine:
    """The state at `path`, made if it is not there. FULL: a page reported done survives a power cut."""
    engine = sa.create_engine(f"sqlite:///{path}")

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA busy_timeout=30000")

    _metadata.create_all(engine)
    return engine


class Frontier:
    """One board's pages, for one process (two at once would fetch twice; `scrapy crawl` holds a lock)."""

    Error = sa.exc.SQLAlchemyError  # what its methods raise where the state cannot be read or written

    def __init__(self, path: Path, scope: Scope = EVERYTHING, retry_delay: float = 60.0) -> None:
        self.engine = connect(path)
        self.scope = scope
        self.retry_delay = retry_delay
        self._leased: dict[int, str] = {}  # page id -> host
        with self.engine.connect() as connection:
            hosts = connection.scalars(sa.select(pages.c.host).where(pages.c.state == State.PENDING).distinct())
            self._hosts = dict.fromkeys(hosts, 0.0)  # host -> when it is worth asking for its pages again

    @property
    def leased(self) -> int:
        return len(self._leased)

    def other_board(self, start_url: str) -> str | None:
        """The address this state began with, if `start_url` is of another board; None if both are one.

        Ids count within a board: thread 1 of a second board would pass for the thread 1 that is done. The first row
        is the first start; where that led nowhere, nothing hangs on it. What the board itself has named is its own.
        """
        begun = sa.select(pages.c.url).where(pages.c.state != State.FAILED).order_by(pages.c.id).limit(1)
        known = sa.select(pages.c.url).where(pages.c.key == identity(start_url))
        with self.engine.connect() as connection:
            first = connection.scalar(begun)
            if first is None or same_board(first, start_url) or connection.scalar(known) == canonical(start_url):
                return None
        return first

    def add(self, found: list[Found]) -> None:
        with self.engine.begin() as connection:
            self._insert(connection, found)

    def claim(self, limit: int, now: float) -> list[Lease]:
        """Up to `limit` pages that are due, the oldest of each host first, at most PER_HOST of a host at once."""
        leases: list[Lease] = []
        busy = Counter(self._leased.values())
        with self.engine.connect() as connection:
            wanted = self._wanted(connection)
            for host in [host for host, when in self._hosts.items() if when <= now]:
                room = min(PER_HOST - busy[host], limit - len(leases))
                if room > 0:
                    leases += self._claim(connection, host, room, now, wanted)
        return leases

    def next_due(self, now: float) -> float | None:
        """After a claim that gave nothing: seconds until a page is due of a host with room; None if there is none."""
        busy = Counter(self._leased.values())
        times = [when for host, when in self._hosts.items() if busy[host] < PER_HOST]
        return max(min(times) - now, 0.0) if times else None

    def done(self, lease: Lease, outcome: Outcome, found: list[Found], at: datetime) -> None:
        """The page is done and led to `found`: one transaction, so that neither is ever true without the other."""
        values = {
            "state": State.DONE,
            "kind": outcome.kind,
            "reason": outcome.note,
            "fetched_at": at.isoformat(timespec="seconds"),
        }
        columns = ("sha256", "size", "suffix", "content_type", "location", "records")
        values |= {name: getattr(outcome, name) for name in columns}
        with self.engine.begin() as connection:
            self._insert(connection, found)
            connection.execute(sa.update(pages).where(pages.c.id == lease.id).values(values))
        self._release(lease)

    def failed(self, lease: Lease, reason: str, now: float, *, final: bool = False, wait: float = 0.0) -> State:
        """Come back later, at the earliest in `wait` seconds; after the last try, or if `final`, give up."""
        tries = lease.tries + 1
        last = tries >= (MEDIA_TRIES if lease.step is Step.MEDIA else PAGE_TRIES)
        state = State.FAILED if final or last else State.PENDING
        due = now + max(wait, min(self.retry_delay * 4 ** (tries - 1), LONGEST_DELAY))
        values = {"state": state, "tries": tries, "not_before": due, "reason": " ".join(reason.split())[:300]}
        with self.engine.begin() as connection:
            connection.execute(sa.update(pages).where(pages.c.id == lease.id).values(values))
        self._release(lease)
        return state

    def missing(self) -> list[str]:
        """The ids of the scope that the board has not named so far, as `forum 42`."""
        with self.engine.connect() as connection:
            forums, threads = self._unknown(connection)
        return [f"forum {i}" for i in sorted(forums)] + [f"thread {i}" for i in sorted(threads)]

    def counts(self) -> Counter[tuple[str, str, str | None]]:
        """Pages by (step, state, kind)."""
        columns = (pages.c.step, pages.c.state, pages.c.kind)
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(*columns, sa.func.count()).group_by(*columns))
            return Counter({(step, state, kind): count for step, state, kind, count in rows})

    def reasons(self, state: State) -> Counter[tuple[str, str]]:
        """Why pages failed, by (step, reason); of a pending page, why its last try did."""
        columns = (pages.c.step, pages.c.reason)
        query = sa.select(*columns, sa.func.count()).where(pages.c.state == state, pages.c.reason.is_not(None))
        with self.engine.connect() as connection:
            return Counter({(step, reason): n for step, reason, n in connection.execute(query.group_by(*columns))})

    def close(self) -> None:
        self.engine.dispose()

    def _insert(self, connection: sa.Connection, found: list[Found]) -> None:
        if not found:
            return
        rows = [
            {
                "key": page.key,
                "url": page.url,
                "host": urlsplit(page.url).netloc,
                "step": page.step,
                "forum_id": page.forum_id,
                "thread_id": page.thread_id,
                "number": page.number,
            }
            for page in found
        ]
        connection.execute(insert(pages).on_conflict_do_nothing(index_elements=["key"]), rows)
        self._hosts |= dict.fromkeys((row["host"] for row in rows), 0.0)

    def _claim(self, connection: sa.Connection, host: str, room: int, now: float, wanted: Any) -> list[Lease]:
        waiting = (pages.c.host == host, pages.c.state == State.PENDING, pages.c.id.not_in(self._leased), wanted)
        columns = (*(pages.c[name] for name in Found.__slots__), pages.c.id, pages.c.tries)
        due = sa.select(*columns).where(*waiting, pages.c.not_before <= now).order_by(pages.c.id).limit(room)
        leases = [replace(Lease(*row), step=Step(row.step)) for row in connection.execute(due)]
        if not leases:  # nothing now: remember when, or that there is nothing at all
            when = connection.scalar(sa.select(sa.func.min(pages.c.not_before)).where(*waiting))
            if when is None:
                del self._hosts[host]
            else:
                self._hosts[host] = when
            return []
        self._hosts[host] = self._hosts.pop(host)  # to the end of the queue
        self._leased |= {lease.id: host for lease in leases}
        return leases

    def _release(self, lease: Lease) -> None:
        self._hosts[self._leased.pop(lease.id)] = 0.0

    def _wanted(self, connection: sa.Connection) -> Any:
        """The scope as a condition."""
        scope = self.scope
        steps = pages.c.step.in_(scope.steps)
        if not (scope.forum_ids or scope.thread_ids):
            return steps
        chosen = [pages.c.forum_id.in_(scope.forum_ids)] if scope.forum_ids and not scope.thread_ids else []
        if scope.thread_ids:
            chosen.append(pages.c.thread_id.in_(scope.thread_ids))
        forums, threads = self._unknown(connection)
        if forums or threads:
            chosen.append(pages.c.step == Step.FORUMS)
        if threads:
            lists = pages.c.step == Step.THREADS
            chosen.append(sa.and_(lists, pages.c.forum_id.in_(scope.forum_ids)) if scope.forum_ids else lists)
        return sa.and_(steps, sa.or_(*chosen))

    def _unknown(self, connection: sa.Connection) -> tuple[set[int], set[int]]:
        """Forums and threads of the scope that no row stands for yet."""

        def unknown(column: sa.Column, step: Step, ids: frozenset[int]) -> set[int]:
            if not ids:
                return set()
            known = sa.select(column).where(pages.c.step == step, column.in_(ids)).distinct()
            return set(ids) - set(connection.scalars(known))

        forums = unknown(pages.c.forum_id, Step.FORUMS, self.scope.forum_ids)
        return forums, unknown(pages.c.thread_id, Step.POSTS, self.scope.thread_ids)
