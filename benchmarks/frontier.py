"""How long do a claim, a page that is done and `scrapy status` take on a board of millions of pages?

    python benchmarks/frontier.py [--waiting 1000000] [--rows 2000000] [--url postgresql://...]

Both sides hold the same rows, in a temporary folder or as boards on that PostgreSQL: "now" is the package, "before" has
the queries and indexes of the time when a claim looked through all that waits. Every figure is in milliseconds; the
first of its kind is told apart, since SQLAlchemy puts the statement together. The last line says how many times as
long `status` took before.
"""

import argparse
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from e30crawl.frontier.claims import Claims
from e30crawl.frontier.queue import Frontier
from e30crawl.frontier.records import EVERYTHING, Claim, FetchResult, PageRef, Scope, State, Step
from e30crawl.frontier.schema import connect, pages, schema
from e30crawl.frontier.scope import wanted
from e30crawl.frontier.status import board_status

ROUNDS, SECONDS = 200, 10.0  # of a measurement, whichever ends first
HOST, HOSTS, FORUMS, LINKS = "board.example", 30, 40, 25
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
STAMP = NOW.timestamp()
RESULT = FetchResult("posts", "0" * 64, 84_000, content_type="text/html; charset=ISO-8859-1", records=20)
LISTS_AND_POSTS = Scope(frozenset(Step) - {Step.MEDIA})
SCOPES = {
    "everything": EVERYTHING,
    "only=media": Scope(frozenset({Step.MEDIA})),
    "forum_id=7": Scope(forum_ids=frozenset({7})),
    "10 forums": Scope(forum_ids=frozenset(range(10))),
    "thread_id=77": Scope(thread_ids=frozenset({77})),
    "a forum that is not there": Scope(forum_ids=frozenset({FORUMS})),
}
Columns = dict[str, Callable[[sa.ColumnElement], Any]]


class ClaimsBefore(Claims):
    """Claims that look through what waits."""

    def take(self, connection: sa.Connection, limit: int, now: float) -> list[Claim]:
        claims, busy, where = [], Counter(self._claimed.values()), wanted(connection, self.scope)
        for host in [host for host, when in self._hosts.items() if when <= now]:
            room = min(self.per_host - busy[host], limit - len(claims))
            if room > 0:
                claims += self._of(connection, host, room, now, where)
        return claims

    def _of(self, connection: sa.Connection, host: str, room: int, now: float, where: sa.ColumnElement) -> list[Claim]:
        waiting = (pages.c.host == host, pages.c.state == State.PENDING, pages.c.id.not_in(self._claimed), where)
        columns = (*(pages.c[name] for name in PageRef.__slots__), pages.c.id, pages.c.tries, pages.c.sha256)
        due = sa.select(*columns).where(*waiting, pages.c.not_before <= now).order_by(pages.c.id).limit(room)
        claims = [replace(Claim(*row), step=Step(row.step)) for row in connection.execute(due)]
        if claims:
            self._hosts[host] = self._hosts.pop(host)
        elif (when := connection.scalar(sa.select(sa.func.min(pages.c.not_before)).where(*waiting))) is None:
            del self._hosts[host]
        else:
            self._hosts[host] = when
        self._claimed |= {claim.id: host for claim in claims}
        return claims


def status_before(connection: sa.Connection, now: datetime) -> None:
    """What `board_status` asked."""
    done = pages.c.state == State.DONE

    def distinct(column: sa.ColumnElement, *where: sa.ColumnElement) -> sa.ColumnElement:
        return sa.func.count(sa.distinct(column)).filter(*where)

    query = sa.select(
        distinct(pages.c.forum_id, pages.c.step == Step.FORUMS),
        distinct(pages.c.thread_id, pages.c.step == Step.POSTS),
        sa.func.sum(pages.c.records).filter(done, pages.c.kind == "posts"),
        distinct(pages.c.id, pages.c.step == Step.MEDIA, done),
        sa.func.sum(pages.c.size),
        distinct(pages.c.id, pages.c.state == State.PENDING),
        distinct(pages.c.id, pages.c.fetched_at > (now - timedelta(hours=1)).isoformat(timespec="seconds")),
    )
    connection.execute(query).one()


@dataclass(frozen=True)
class Side:
    name: str
    engine: sa.Engine
    claims: type[Claims]
    status: Callable[[sa.Connection, datetime], object]

    def frontier(self, scope: Scope = EVERYTHING) -> Frontier:
        frontier = Frontier(self.engine, scope)
        with self.engine.connect() as connection:
            frontier.claims = self.claims(connection, scope, frontier.claims.per_host)
        return frontier


@contextmanager
def board(folder: Path, name: str, url: str, rows: int, columns: Columns) -> Iterator[tuple[Side, Side]]:
    """Both sides, filled with `rows` pages and the first page of every forum."""
    started, sides = time.perf_counter(), []
    for kind, claims, status in (("now", Claims, board_status), ("before", ClaimsBefore, status_before)):
        place = folder / f"{name}-{kind}"
        place.mkdir()
        side = Side(kind, connect(place, url), claims, status)
        with side.engine.begin() as connection:
            if kind == "before":
                _indexes_of_before(connection)
            lists = {"step": lambda _: "forums", "state": lambda _: "done", "thread_id": lambda _: None}
            connection.execute(_made(-FORUMS, FORUMS, lists))
            connection.execute(_made(0, rows, columns))
        if url:  # as it does by itself within a minute
            with side.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                connection.execute(sa.text(f'VACUUM ANALYZE "{schema(place.name)}".pages'))
        sides.append(side)
    print(f"\n{name}: {rows:,} rows, made twice in {time.perf_counter() - started:.0f} s")
    yield sides
    for side in sides:
        side.engine.dispose()


def _indexes_of_before(connection: sa.Connection) -> None:
    for index in pages.indexes:
        if index.name != "pages_sorted":
            connection.execute(sa.schema.DropIndex(index))
    table = sa.Table(pages.name, sa.MetaData(), *(sa.Column(each.name, each.type) for each in pages.columns)).c
    waits = table.state == State.PENDING
    waiting = sa.Index("before_waiting", table.host, table.id, sqlite_where=waits, postgresql_where=waits)
    for index in (waiting, sa.Index("before_counted", table.step, table.state, table.kind)):
        connection.execute(sa.schema.CreateIndex(index))


def _made(first: int, rows: int, columns: Columns) -> sa.Insert:
    """Made by the database itself: a million in some seconds."""
    numbers = sa.select(sa.literal(first, sa.BigInteger).label("i")).cte("numbers", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.i + 1).where(numbers.c.i < first + rows - 1))
    usual: Columns = {
        "key": lambda i: "thread:" + sa.cast(i, sa.Text) + ":1",
        "url": lambda i: f"http://{HOST}/forums/showthread.php?t=" + sa.cast(i, sa.Text),
        "host": lambda _: HOST,
        "step": lambda _: "posts",
        "forum_id": lambda i: (i + FORUMS) % FORUMS,
        "thread_id": lambda i: i,
        "number": lambda _: 1,
    }
    values = {name: value(numbers.c.i) for name, value in (usual | columns).items()}
    chosen = [value if isinstance(value, sa.ColumnElement) else sa.literal(value) for value in values.values()]
    return sa.insert(pages).from_select([*values], sa.select(*chosen).select_from(numbers))


def _host_of(i: sa.ColumnElement) -> sa.ColumnElement:
    return "host" + sa.cast(i % HOSTS, sa.Text)


def _crawled() -> Columns:
    """Of ten pages six are of threads and four are files; one in ten waits, and one in twenty was given up."""

    def case(pending: object, failed: object, thread: object, file: object) -> Callable[[sa.ColumnElement], Any]:
        return lambda i: sa.case((i % 10 == 0, pending), (i % 20 == 7, failed), (i % 10 < 6, thread), else_=file)

    ago = case(None, None, "2026-11-01T00:00:00+00:00", "2026-11-01T00:00:00+00:00")
    return {
        "step": lambda i: sa.case((i % 10 < 6, "posts"), else_="media"),
        "host": lambda i: sa.case((i % 10 < 6, HOST), else_=_host_of(i)),
        "state": case(State.PENDING, State.FAILED, State.DONE, State.DONE),
        "kind": case(None, None, "posts", "file"),
        "reason": lambda i: sa.case((i % 20 == 7, "DNSLookupError: no results for hostname lookup: " + _host_of(i))),
        "sha256": lambda i: case(None, None, *["0" * 54 + sa.cast(10**9 + i, sa.Text)] * 2)(i),
        "size": case(None, None, 84_000, 200_000),
        "records": case(None, None, 20, 0),
        "content_type": case(None, None, "text/html; charset=ISO-8859-1", "image/jpeg"),
        "fetched_at": lambda i: sa.case((i % 1000 == 1, "2026-11-22T11:45:00+00:00"), else_=ago(i)),
    }


def timed(action: Callable[[], Any], into: list[float]) -> Any:
    started = time.perf_counter()
    result = action()
    into.append((time.perf_counter() - started) * 1000)
    return result


def say(what: str, took: dict[str, list[float]]) -> None:
    said = (
        f"{name} {median(each):8.2f} (worst {max(each[1:], default=each[0]):8.2f}, first {each[0]:5.0f})"
        for name, each in took.items()
    )
    print(f"{what:36} {', '.join(said)}", flush=True)


def measure_claims(sides: tuple[Side, Side], what: str, scope: Scope, limit: int = 2) -> None:
    """Every time all is given back, and a page that is known was found again: as if one had just come."""
    took: dict[str, list[float]] = {}
    for side in sides:
        frontier, until = side.frontier(scope), time.perf_counter() + SECONDS
        each = took[side.name] = []
        while len(each) < ROUNDS and time.perf_counter() < until:
            for claim in timed(partial(frontier.claim, limit, STAMP), each):
                frontier.claims.release(claim)
            frontier.claims.ask_again([HOST])
    say(f"claim, {what}", took)


def measure_writing(sides: tuple[Side, Side], new: Iterator[int]) -> None:
    """Pages that are done and have LINKS links, half of them to what is known; and many that are found at once."""

    def found(known: int, unknown: int) -> list[PageRef]:
        numbers = [*range(known), *(next(new) for _ in range(unknown))]
        return [PageRef(f"thread:{i}:1", f"http://{HOST}/{i}", Step.POSTS, i % FORUMS, i) for i in numbers]

    done: dict[str, list[float]] = {side.name: [] for side in sides}
    added: dict[str, list[float]] = {side.name: [] for side in sides}
    for side in sides:
        frontier = side.frontier(Scope(frozenset({Step.POSTS})))
        for _ in range(ROUNDS):
            [claim] = frontier.claim(1, STAMP)
            timed(partial(frontier.done, claim, RESULT, found(LINKS // 2, LINKS - LINKS // 2), NOW), done[side.name])
        for _ in range(20):
            timed(partial(frontier.add, found(0, 1000)), added[side.name])
    say(f"done, with {LINKS} links", done)
    say("add 1,000 pages", added)


def measure_status(sides: tuple[Side, Side]) -> float:
    """What `scrapy status` asks; returns how many times as long it took before."""
    took: dict[str, list[float]] = {}
    for side in sides:
        took[side.name] = []
        for _ in range(3):
            parts: list[float] = []
            frontier = timed(side.frontier, parts)
            with side.engine.connect() as connection:
                timed(partial(side.status, connection, NOW), parts)
            timed(lambda frontier=frontier: [frontier.reasons(state) for state in State], parts)
            took[side.name].append(sum(parts))
        print(f"{side.name}: opened, board_status, reasons", *map(round, parts))
    say("status", took)
    return median(took["before"]) / median(took["now"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--waiting", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--url", default="", help="a PostgreSQL that may be filled")
    given = parser.parse_args()
    new = count(10**9)
    with TemporaryDirectory(prefix="frontier-") as name:
        open_board = partial(board, Path(name), url=given.url)
        with open_board("due", rows=given.waiting, columns={}) as sides:
            for what, scope in SCOPES.items():
                measure_claims(sides, what, scope)
            measure_writing(sides, new)
        later = {"not_before": lambda i: STAMP + 60 + i % 20_000, "tries": lambda _: 1}
        with open_board("later", rows=given.waiting, columns=later) as sides:
            for what in ("everything", "forum_id=7"):
                measure_claims(sides, f"all wait, {what}", SCOPES[what])
        with open_board("hosts", rows=given.waiting, columns={"host": _host_of, "step": lambda _: "media"}) as sides:
            measure_claims(sides, f"{HOSTS} hosts, a page came back", EVERYTHING)
            measure_claims(sides, f"{HOSTS} hosts, 32 pages", EVERYTHING, limit=32)
            measure_claims(sides, f"{HOSTS} hosts, none for us", LISTS_AND_POSTS, limit=32)
        with open_board("crawled", rows=given.rows, columns=_crawled()) as sides:
            ratio = measure_status(sides)
            measure_writing(sides, new)
    print(f"largest: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    print(f"ratio: {ratio:.2f}")


if __name__ == "__main__":
    main()
