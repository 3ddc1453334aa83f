"""Keep what is known of a board and what is done: the only truth about progress.

Scrapy's JOBDIR lost 25 to 65 % of the pages after SIGKILL, in silence. Here a page's outcome and all that it led
to are one transaction, and claims live in memory only, so that a crash gives them back by itself.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from math import inf

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from e30crawl.frontier.claims import Claims
from e30crawl.frontier.records import (
    EVERYTHING,
    NO_CHANGES,
    NOT_READ,
    Changes,
    Claim,
    FetchResult,
    Listed,
    Lost,
    PageRef,
    Scope,
    State,
    Step,
)
from e30crawl.frontier.schema import ANY_FETCHED, WAITING, adding, as_reason, listed, pages, received, rounds, versions
from e30crawl.frontier.scope import KEPT, LOST, OF_ALL_AGES, claim_of, unknown, wanted
from e30crawl.frontier.status import Counts
from e30crawl.parsers.records import READABLE, fields
from e30crawl.urls import canonical, identity, lifted_in, same_board

MEDIA_TRIES = 4  # dead image hosts are ordinary: 1 + 4 + 16 minutes
PAGE_TRIES = 9  # a board may be down for a day: 8 waits are 23.7 hours
LONGEST_DELAY = 6 * 3600.0

_OPEN = rounds.c.ended_at.is_(None)  # of a round
_PENDING = {"state": State.PENDING, "tries": 0, "not_before": 0.0}
# Made once: SQLAlchemy takes longer to put a statement together than SQLite to carry it out.
_THIS_PAGE = sa.update(pages).where(pages.c.id == sa.bindparam("page"))
# For a list that was asked for with its limit of age so far.
_LIFT = (
    sa.update(pages)
    .where(pages.c.key == sa.bindparam("list"), ~OF_ALL_AGES)
    .values(_PENDING | {"url": sa.bindparam("address")})
)
_FETCHED = ("kind", "sha256", "size", "content_type", "location", "fetched_at", "rendered")


class Frontier:
    """One board's pages, for one process: two at once would fetch twice, hence the lock or the lease of the board.

    `claims` are the pages that are on their way. `renew` is called in every transaction that writes, and undoes it by
    raising: the lease of a board on PostgreSQL.
    `per_host` pages of a host are claimed at once: one on its way and one that waits its turn, so that a slow host
    never holds up the others.
    """

    Error = sa.exc.SQLAlchemyError  # what its methods raise where the state cannot be read or written

    def __init__(
        self,
        engine: sa.Engine,
        scope: Scope = EVERYTHING,
        retry_delay: float = 60.0,
        *,
        per_host: int = 2,
        renew: Callable[[sa.Connection], None] | None = None,
    ) -> None:
        self.engine = engine
        self.scope = scope
        self.retry_delay = retry_delay
        self._renew = renew
        self._upsert = {"sqlite": sqlite, "postgresql": postgresql}[engine.dialect.name].insert
        self._new_pages = adding(self._upsert(pages)).execution_options(preserve_rowcount=True)
        with self._reading() as connection:
            self.claims = Claims(connection, scope, per_host)
            self.is_new = connection.scalar(ANY_FETCHED) is None  # nothing of this board was ever fetched
            in_round = connection.scalar(sa.select(rounds.c.id).where(_OPEN))
        self.in_round = in_round is not None  # an update has begun, in this run or an earlier one

    def renew_lease(self) -> None:
        """Renew the board's lease while nothing else is written."""
        if self._renew:
            with self._writing():
                pass

    def other_board(self, start_url: str) -> str | None:
        """Return the address this state began with, if `start_url` is of another board; None if both are one.

        Ids count within a board: thread 1 of a second board would pass for the thread 1 that is done. The first row is
        the first start; where that led nowhere, nothing hangs on it. What the board itself has named is its own.
        """
        begun = sa.select(pages.c.url).where(pages.c.state != State.FAILED).order_by(pages.c.id).limit(1)
        known = sa.select(pages.c.url).where(pages.c.key == identity(start_url))
        with self._reading() as connection:
            first = connection.scalar(begun)
            if first is None or same_board(first, start_url) or connection.scalar(known) == canonical(start_url):
                return None
        return first

    def add(self, found: Sequence[PageRef]) -> None:
        with self._writing() as connection:
            self._insert(connection, found)

    def begin(self, start: PageRef) -> None:
        """Add the page that a crawl begins with; where an earlier run has given it up, it is asked for again."""
        with self._writing() as connection:
            self._insert(connection, [start])
            self._send_for(connection, pages.c.key == start.key, pages.c.state == State.FAILED)

    def put_back(self, claim: Claim, reason: str) -> None:
        """End a claim without counting it as a try: the page waits as it did."""
        with self._writing() as connection:
            connection.execute(_THIS_PAGE, {"page": claim.id, "reason": as_reason(reason)})
        self.claims.release(claim)

    def claim(self, limit: int, now: float) -> list[Claim]:
        """Claim up to `limit` pages that are due, the oldest of each host first, at most `per_host` of one host."""
        if self.claims.next_later <= now:
            with self._writing() as connection:
                self.claims.wake(connection, now)
        with self._reading() as connection:
            return self.claims.take(connection, limit, now)

    def done(
        self,
        claim: Claim,
        result: FetchResult,
        found: Sequence[PageRef],
        at: datetime,
        *,
        changes: Changes = NO_CHANGES,
        day: str | None = None,
    ) -> None:
        """Note that a page is done and led to `found`: one transaction, so that neither is ever true without the other.

        `day` is the day whose byte budget it counts for.
        """
        values = fields(result)
        values |= {
            "url": claim.url,  # a list may have got another address meanwhile, and this is not what came from there
            "state": State.DONE,
            "reason": as_reason(values.pop("note")),
            "fetched_at": at.isoformat(timespec="seconds"),
        }
        with self._writing() as connection:
            if claim.sha256 == result.sha256:
                del values["fetched_at"]  # "Today" is the day on which these bytes came first
            elif claim.sha256:
                before = sa.select(pages.c.id, *(pages.c[name] for name in _FETCHED)).where(pages.c.id == claim.id)
                connection.execute(sa.insert(versions).from_select(["page_id", *_FETCHED], before))
            connection.execute(_THIS_PAGE, values | {"page": claim.id})
            self._insert(connection, found)
            if changes != NO_CHANGES:
                self._note(connection, changes)
            if day:
                new = self._upsert(received).values(day=day, bytes=result.size)
                more = {"bytes": received.c.bytes + new.excluded.bytes}
                connection.execute(new.on_conflict_do_update(index_elements=["day"], set_=more))
        self.is_new = False
        self.claims.release(claim)

    def failed(self, claim: Claim, reason: str, now: float, *, final: bool = False, wait: float = 0.0) -> State:
        """Note a failed try and return the new state: to come back in at least `wait` seconds, or to give up.

        The page is given up after the last try, or if `final`. One that had been fetched before stays done, as it was;
        unless it is gone it counts as not read, since an update has sent for what is new on it.
        """
        tries = claim.tries + 1
        last = tries >= (MEDIA_TRIES if claim.step is Step.MEDIA else PAGE_TRIES)
        state = State.FAILED if final or last else State.PENDING
        if claim.sha256 and last and not final and not reason.startswith(NOT_READ):
            reason = f"{NOT_READ}: {reason}"
        due = now + max(wait, self.delay(tries))
        values = {"tries": tries, "not_before": due, "reason": as_reason(reason)}
        values["state"] = State.DONE if state is State.FAILED and claim.sha256 else state
        if values["state"] == State.DONE and lifted_in(claim.url):
            values["url"] = canonical(claim.url)  # the list with its limit can be had, and leads here again
        with self._writing() as connection:
            connection.execute(sa.update(pages).where(pages.c.id == claim.id).values(values))
        self.claims.release(claim, later=due if state is State.PENDING else inf)
        return state

    def delay(self, tries: int) -> float:
        """Return the seconds from this failed try to the next."""
        return min(self.retry_delay * 4 ** (tries - 1), LONGEST_DELAY)

    def begin_round(self, at: datetime) -> bool:
        """Make the first page of every list pending again, and what the last round could not read.

        Return False where an earlier round has yet to end, and has left pages that this run is about.
        """
        with self._writing() as connection:
            about = wanted(connection, self.scope)
            if not self.in_round:
                connection.execute(sa.insert(rounds).values(begun_at=at.isoformat(timespec="seconds")))
            elif connection.scalar(sa.select(pages.c.id).where(WAITING, about).limit(1)):
                return False
            self._send_for(connection, sa.or_(pages.c.step == Step.FORUMS, KEPT), about)
        self.in_round = True
        return True

    def end_round(self, at: datetime) -> None:
        """End the round, unless lists that it has sent for are left to a run that is about them."""
        lists = sa.and_(WAITING, pages.c.step.in_((Step.FORUMS, Step.THREADS)), pages.c.sha256.is_not(None))
        with self._writing() as connection:
            self.in_round = connection.scalar(sa.select(pages.c.id).where(lists).limit(1)) is not None
            if not self.in_round:
                connection.execute(sa.update(rounds).where(_OPEN).values(ended_at=at.isoformat(timespec="seconds")))

    def retry(self, kinds: Iterable[Lost]) -> int:
        """Make pages of the scope that were lost in these ways pending, as if never tried, and return how many."""
        with self._writing() as connection:
            lost = sa.or_(sa.false(), *(LOST[kind] for kind in kinds))
            return self._send_for(connection, lost, wanted(connection, self.scope))

    def listed(self, thread_ids: list[int]) -> dict[int, Listed]:
        """Return what the lists said of these threads when their pages were last made pending."""
        query = sa.select(listed).where(listed.c.thread_id.in_(thread_ids))
        with self._reading() as connection:
            return {row.thread_id: Listed(row.replies, row.last_post) for row in connection.execute(query)}

    def last_read(self, step: Step) -> Claim | None:
        """Return the page of a step that came last of those that were read; None where there is none."""
        read = sa.select(pages).where(pages.c.step == step, pages.c.state == State.DONE, pages.c.kind.in_(READABLE))
        with self._reading() as connection:
            row = connection.execute(read.order_by(pages.c.fetched_at.desc()).limit(1)).first()
        return claim_of(row) if row else None

    def received(self, day: str) -> int:
        """Return the number of bytes that came on this day."""
        with self._reading() as connection:
            return connection.scalar(sa.select(received.c.bytes).where(received.c.day == day)) or 0

    def missing(self) -> list[str]:
        """Return the ids of the scope that the board has not named so far, as `forum 42`."""
        with self._reading() as connection:
            forums, threads = unknown(connection, self.scope)
        return [f"forum {i}" for i in sorted(forums)] + [f"thread {i}" for i in sorted(threads)]

    def counts(self) -> Counts:
        columns = (pages.c.step, pages.c.state, pages.c.kind)
        with self._reading() as connection:
            rows = connection.execute(sa.select(*columns, sa.func.count()).group_by(*columns))
            return Counter({(step, state, kind): count for step, state, kind, count in rows})

    def reasons(self, state: State) -> Counter[tuple[str, str]]:
        """Count why pages failed, by (step, reason); of a pending page, why its last try did."""
        columns = (pages.c.step, pages.c.reason)
        query = sa.select(*columns, sa.func.count()).where(pages.c.state == state, pages.c.reason.is_not(None))
        with self._reading() as connection:
            return Counter({(step, reason): n for step, reason, n in connection.execute(query.group_by(*columns))})

    def close(self) -> None:
        self.engine.dispose()

    def _reading(self) -> AbstractContextManager[sa.Connection]:
        """Open a transaction that ends by COMMIT: after a ROLLBACK psycopg has to prepare all anew, 1 ms a claim."""
        return self.engine.begin()

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self.engine.begin() as connection:
            if self._renew:
                self._renew(connection)
            yield connection

    def _send_for(self, connection: sa.Connection, *which: sa.ColumnElement[bool]) -> int:
        """Make pages pending, as if they had never been tried, and return how many they are."""
        again = sa.update(pages).where(*which).values(_PENDING).returning(pages.c.host)
        hosts = Counter(connection.scalars(again))
        self.claims.ask_again(hosts)
        return hosts.total()

    def _note(self, connection: sa.Connection, changes: Changes) -> None:
        """Note what lists say now of their threads, and in the same transaction send for the pages that it changes."""
        if changes.listed:
            rows = [{"thread_id": i, "replies": t.replies, "last_post": t.last_post} for i, t in changes.listed.items()]
            new = self._upsert(listed)
            update = {"replies": new.excluded.replies, "last_post": new.excluded.last_post}
            connection.execute(new.on_conflict_do_update(index_elements=["thread_id"], set_=update), rows)
        of_threads = sa.and_(pages.c.step == Step.POSTS, pages.c.state != State.PENDING)
        if changes.grown:
            grown = sa.and_(of_threads, pages.c.thread_id.in_(changes.grown))
            last = sa.select(pages.c.thread_id, sa.func.max(pages.c.number)).where(grown).group_by(pages.c.thread_id)
            self._send_for(connection, of_threads, sa.tuple_(pages.c.thread_id, pages.c.number).in_(last))
        if changes.shrunk:
            self._send_for(connection, of_threads, pages.c.thread_id.in_(changes.shrunk))
        if changes.gone:
            self._send_for(connection, of_threads, pages.c.thread_id.in_(changes.gone), pages.c.number == 1)
        if changes.next_list:
            self._send_for(connection, pages.c.key == changes.next_list)

    def _insert(self, connection: sa.Connection, found: Sequence[PageRef]) -> None:
        if not found:
            return
        rows = [fields(page) | {"host": page.host} for page in found]
        if connection.execute(self._new_pages, rows).rowcount:  # else each known picture's host would be asked again
            self.claims.ask_again(row["host"] for row in rows)
        if lifted := [row for row in rows if lifted_in(row["url"])]:
            connection.execute(_LIFT, [{"list": row["key"], "address": row["url"]} for row in lifted])
            self.claims.ask_again(row["host"] for row in lifted)
