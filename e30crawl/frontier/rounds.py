"""Remember which updates have begun and ended, and what the lists said of each thread when it was last sent for."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from e30crawl.frontier.records import Changes, Listed, State, Step
from e30crawl.frontier.schema import WAITING, listed, pages, rounds

_OPEN = rounds.c.ended_at.is_(None)


def is_open(connection: sa.Connection) -> bool:
    """Return whether an update has begun and not ended."""
    return connection.scalar(sa.select(rounds.c.id).where(_OPEN)) is not None


def begin(connection: sa.Connection, at: datetime) -> None:
    connection.execute(sa.insert(rounds).values(begun_at=at.isoformat(timespec="seconds")))


def end(connection: sa.Connection, at: datetime) -> bool:
    """End the open round; return False where a list waits that it has sent for: one that was fetched before."""
    lists = pages.c.step.in_((Step.FORUMS, Step.THREADS))
    if connection.scalar(sa.select(pages.c.id).where(WAITING, lists, pages.c.sha256.is_not(None)).limit(1)):
        return False
    connection.execute(sa.update(rounds).where(_OPEN).values(ended_at=at.isoformat(timespec="seconds")))
    return True


def was_listed(connection: sa.Connection, thread_ids: list[int]) -> dict[int, Listed]:
    """Return what the lists said of these threads when their pages were last made pending."""
    query = sa.select(listed).where(listed.c.thread_id.in_(thread_ids))
    return {row.thread_id: Listed(row.replies, row.last_post) for row in connection.execute(query)}


def note_listed(connection: sa.Connection, new: sa.Insert, threads: dict[int, Listed]) -> None:
    """Note what the lists say of these threads; `new` inserts into `listed` as the database does it."""
    rows = [{"thread_id": i, "replies": thread.replies, "last_post": thread.last_post} for i, thread in threads.items()]
    update = {"replies": new.excluded.replies, "last_post": new.excluded.last_post}
    connection.execute(new.on_conflict_do_update(index_elements=["thread_id"], set_=update), rows)


def outdated(changes: Changes) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions for the pages that are no longer what they were by what the lists say."""
    of_threads = sa.and_(pages.c.step == Step.POSTS, pages.c.state != State.PENDING)
    if changes.grown:
        threads = sa.and_(of_threads, pages.c.thread_id.in_(changes.grown))
        last = sa.select(pages.c.thread_id, sa.func.max(pages.c.number)).where(threads).group_by(pages.c.thread_id)
        yield sa.and_(of_threads, sa.tuple_(pages.c.thread_id, pages.c.number).in_(last))
    if changes.shrunk:
        yield sa.and_(of_threads, pages.c.thread_id.in_(changes.shrunk))
    if changes.next_list:
        yield pages.c.key == changes.next_list
