"""Choose which pages this process fetches next: the oldest that are due, a few of each host at once.

What waits is never looked through, however much it is. Pages that are due stand in line by age; those that were tried
and wait for a later time are apart, and join the line when it has come.
"""

from collections import Counter
from collections.abc import Iterable
from math import inf
from operator import attrgetter

import sqlalchemy as sa

from e30crawl.frontier.records import Claim, Scope
from e30crawl.frontier.schema import LATER, WAITING, pages
from e30crawl.frontier.scope import claim_of, first_waiting, unknown

WOKEN = 50  # at once: 1 ms (PostgreSQL 2.5). After a stop 43,000 may be due, and a claim takes 3 of them

_NEXT_LATER = sa.select(sa.func.min(pages.c.not_before)).where(LATER)
_TO_WAKE = (
    sa.select(pages.c.id)
    .where(LATER, pages.c.not_before <= sa.bindparam("now"))
    .order_by(pages.c.not_before, pages.c.id)
    .limit(WOKEN)
)
_WAKE = sa.update(pages).where(pages.c.id.in_(_TO_WAKE.scalar_subquery())).values(not_before=0.0)


class Claims:
    """The claims of one process, by the ids of their pages, and when each host is worth asking for more.

    They are in memory: a crash gives all back.
    """

    def __init__(self, connection: sa.Connection, scope: Scope, per_host: int) -> None:
        self.scope, self.per_host = scope, per_host
        self._claimed: dict[int, str] = {}  # page id -> host
        hosts = connection.scalars(sa.select(pages.c.host).where(WAITING).distinct())
        self._hosts = dict.fromkeys(hosts, 0.0)  # host -> when it is worth asking for its pages again
        self._held: dict[str, float] = {}  # host -> until when it is left alone, whatever waits of it
        self._seeking = (bool(scope.forum_ids), bool(scope.thread_ids))  # for ids of which some may be unknown
        self._look_for_later(connection)

    def __len__(self) -> int:
        return len(self._claimed)

    def __contains__(self, page_id: int) -> bool:
        return page_id in self._claimed

    def ask_again(self, hosts: Iterable[str]) -> None:
        """Look at these hosts again, since there are new pages of them."""
        self._hosts |= {host: self._held.get(host, 0.0) for host in hosts}

    def wake(self, connection: sa.Connection, now: float) -> None:
        """Let pages whose time has come join the line; of very many, those that have been due for longest."""
        connection.execute(_WAKE, {"now": now})
        self._look_for_later(connection)

    def take(self, connection: sa.Connection, limit: int, now: float) -> list[Claim]:
        """Claim up to `limit` pages that are due, the oldest of each host first, at most `per_host` of one host."""
        if any(self._seeking):
            self._seeking = tuple(map(bool, unknown(connection, self.scope)))
        statements = first_waiting(self.scope, *self._seeking, self.per_host)
        claims, busy = [], Counter(self._claimed.values())
        for host in [host for host, when in self._hosts.items() if when <= now]:
            room = min(self.per_host - busy[host], limit - len(claims))
            if room > 0:
                waiting = (row for each in statements for row in connection.execute(each, {"host": host}))
                claims += self._take(host, room, now, waiting)
        return claims

    def next_due(self, now: float) -> float | None:
        """Return the seconds until a page is due of a host with room; None if there is none.

        It is asked after a `claim` of the frontier that gave nothing.
        """
        busy = Counter(self._claimed.values())
        times = [when for host, when in self._hosts.items() if busy[host] < self.per_host]
        return max(min(times) - now, 0.0) if times else None

    def release(self, claim: Claim, *, later: float = inf) -> None:
        """End a claim; the page waits until `later`, where there is such a time."""
        self.ask_again([self._claimed.pop(claim.id)])
        self.next_later = min(self.next_later, later)

    def hold(self, host: str, until: float) -> None:
        """Leave a host alone until then, whatever waits of it."""
        self._held[host] = until
        if host in self._hosts:
            self._hosts[host] = until

    def _take(self, host: str, room: int, now: float, waiting: Iterable[sa.Row]) -> list[Claim]:
        """Claim the first of a host's pages; where none is due, remember when, or that none waits at all.

        `waiting` are at least as many as may be claimed of a host, so that some are left beside those that are.
        """
        free = sorted((row for row in waiting if row.id not in self._claimed), key=attrgetter("not_before", "id"))
        due = [row for row in free if row.not_before <= now][:room]
        if due:
            self._hosts[host] = self._hosts.pop(host)  # to the end of the queue
        elif free:
            self._hosts[host] = free[0].not_before
        else:
            del self._hosts[host]
        self._claimed |= {row.id: host for row in due}
        return [claim_of(row) for row in due]

    def _look_for_later(self, connection: sa.Connection) -> None:
        when = connection.scalar(_NEXT_LATER)
        self.next_later = inf if when is None else when
