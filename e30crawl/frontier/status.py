"""Count how much of a board is archived, how fast it goes, and how long it will take."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from e30crawl.frontier.records import State, Step
from e30crawl.frontier.schema import pages
from e30crawl.parsers.records import PageKind

READ_POSTS = (State.DONE, PageKind.POSTS)
Counts = Counter[tuple[str, str, str | None]]  # of pages, by step, state and kind


@dataclass(frozen=True, slots=True)
class BoardStatus:
    """How far a board is. Forums and threads are those that are known; posts, files and bytes those that are stored."""

    forums: int
    threads: int
    posts: int
    files: int
    bytes: int
    pending: int
    last_hour: int  # pages and files that came in it
    counts: Counts

    def left(self, delay: float) -> timedelta:
        """Return the time left at the last hour's rate; at a request every `delay` seconds where nothing came in it."""
        seconds = 3600 / self.last_hour if self.last_hour else delay
        return timedelta(seconds=round(self.pending * seconds))


def states(counts: Counts) -> dict[Step, Counter[str]]:
    """Count the pages of each step by their state."""
    by_step = {step: Counter() for step in Step}
    for (step, state, _), count in counts.items():
        by_step[step][state] += count
    return by_step


def board_status(connection: sa.Connection, now: datetime) -> BoardStatus:
    """Read what is known of a board from its indexes alone. `now` is aware, in UTC as what it is compared with."""
    hour_ago = (now - timedelta(hours=1)).isoformat(timespec="seconds")
    what, sums = (pages.c.step, pages.c.state, pages.c.kind), (sa.func.sum(pages.c.records), sa.func.sum(pages.c.size))
    groups = connection.execute(sa.select(*what, sa.func.count(), *sums).group_by(*what)).all()

    def distinct(column: sa.Column, step: Step) -> int:
        known = sa.select(column).where(pages.c.step == step, column.is_not(None)).distinct()
        return connection.scalar(sa.select(sa.func.count()).select_from(known.subquery()))

    return BoardStatus(
        forums=distinct(pages.c.forum_id, Step.FORUMS),
        threads=distinct(pages.c.thread_id, Step.POSTS),
        posts=sum(int(records or 0) for _, state, kind, _, records, _ in groups if (state, kind) == READ_POSTS),
        files=sum(count for step, state, _, count, *_ in groups if (step, state) == (Step.MEDIA, State.DONE)),
        bytes=sum(int(size or 0) for *_, size in groups),
        pending=sum(count for _, state, _, count, *_ in groups if state == State.PENDING),
        last_hour=connection.scalar(sa.select(sa.func.count()).where(pages.c.fetched_at > hour_ago)),
        counts=Counter({(step, state, kind): count for step, state, kind, count, *_ in groups}),
    )
