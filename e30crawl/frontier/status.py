"""How much of a board is archived, how fast it goes, and how long it will take."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from e30crawl.frontier.records import State, Step
from e30crawl.frontier.schema import pages
from e30crawl.parsers.records import PageKind


@dataclass(frozen=True, slots=True)
class BoardStatus:
    """Forums and threads are those that are known; posts, files and bytes those that are stored."""

    forums: int
    threads: int
    posts: int
    files: int
    bytes: int
    pending: int
    last_hour: int  # pages and files that came in it

    def left(self, delay: float) -> timedelta:
        """At the last hour's rate; at one request every `delay` seconds where nothing came in it."""
        seconds = 3600 / self.last_hour if self.last_hour else delay
        return timedelta(seconds=round(self.pending * seconds))


def board_status(connection: sa.Connection, now: datetime) -> BoardStatus:
    """`now` is aware, in UTC as what it is compared with."""
    hour_ago = (now - timedelta(hours=1)).isoformat(timespec="seconds")
    done = pages.c.state == State.DONE

    def count(column: sa.ColumnElement, *where: sa.ColumnElement) -> sa.ColumnElement:
        return sa.func.count(sa.distinct(column)).filter(*where)

    stored = sa.func.coalesce(sa.func.sum(pages.c.size), 0)
    posts = sa.func.coalesce(sa.func.sum(pages.c.records).filter(done, pages.c.kind == PageKind.POSTS), 0)
    query = sa.select(
        count(pages.c.forum_id, pages.c.step == Step.FORUMS),
        count(pages.c.thread_id, pages.c.step == Step.POSTS),
        posts,
        count(pages.c.id, pages.c.step == Step.MEDIA, done),
        stored,
        count(pages.c.id, pages.c.state == State.PENDING),
        count(pages.c.id, pages.c.fetched_at > hour_ago),
    )
    return BoardStatus(*map(int, connection.execute(query).one()))
