"""Turn what a run is about into conditions on the table of pages."""

from functools import lru_cache

import sqlalchemy as sa

from e30crawl.frontier.records import NOT_READ, Claim, Lost, PageRef, Scope, State, Step
from e30crawl.frontier.schema import WAITING, pages
from e30crawl.parsers.records import UNREAD

CLAIM = (*PageRef.__slots__, *Claim.__slots__)  # the columns of a claim, in its order
LANES = 100  # in a query; SQLite takes 500

_failed = pages.c.state == State.FAILED
_done = pages.c.state == State.DONE
_mark = f"{NOT_READ}: "
_not_read = sa.func.substr(pages.c.reason, 1, len(_mark)) == _mark
KEPT = sa.and_(_done, _not_read)  # as they were, since they could not be read when they were asked for again
OF_ALL_AGES = sa.or_(*map(pages.c.url.contains, ("daysprune=", "no_date_limit=", "filter_time=")))  # without limit
LOST: dict[Lost, sa.ColumnElement[bool]] = {
    "failed": _failed,
    "unread": sa.or_(sa.and_(_done, pages.c.kind.in_(UNREAD)), sa.and_(_failed, _not_read), KEPT),
}


def wanted(connection: sa.Connection, scope: Scope) -> sa.ColumnElement[bool]:
    """Return the condition for the pages of the scope.

    While the scope has ids that nobody has named so far, the lists that may name them belong to it as well.
    """
    forums, threads = unknown(connection, scope)
    return sa.or_(*_lanes(scope, bool(forums), bool(threads), one_by_one=False))


@lru_cache
def first_waiting(scope: Scope, seek_forums: bool, seek_threads: bool, limit: int) -> tuple[sa.CompoundSelect, ...]:
    """Select the first pages of `:host` that wait, by when they are due and then by age, at least `limit` of them.

    The same condition as `wanted`, but in lanes, each of which is the beginning of a part of an index: in one piece it
    would be looked for among all that wait.
    """
    columns = (*(pages.c[name] for name in CLAIM), pages.c.not_before)
    of_host = sa.select(*columns).where(pages.c.host == sa.bindparam("host"), WAITING)
    first = of_host.order_by(pages.c.not_before, pages.c.id).limit(sa.literal_column(str(limit)))
    lanes = _lanes(scope, seek_forums, seek_threads, one_by_one=True)
    selects = [sa.select(first.where(lane).subquery()) for lane in lanes]
    return tuple(sa.union_all(*selects[n : n + LANES]) for n in range(0, len(selects), LANES))


def claim_of(row: sa.Row) -> Claim:
    """Return a row of the table of pages, or of CLAIM, as a claim."""
    return Claim(**{name: getattr(row, name) for name in CLAIM} | {"step": Step(row.step)})


def unknown(connection: sa.Connection, scope: Scope) -> tuple[set[int], set[int]]:
    """Return the forums and threads of the scope that no row stands for yet."""
    forums = _unknown(connection, pages.c.forum_id, Step.FORUMS, scope.forum_ids)
    return forums, _unknown(connection, pages.c.thread_id, Step.POSTS, scope.thread_ids)


def _unknown(connection: sa.Connection, column: sa.Column, step: Step, ids: frozenset[int]) -> set[int]:
    if not ids:
        return set()
    known = sa.select(column).where(pages.c.step == step, column.in_(ids)).distinct()
    return set(ids) - set(connection.scalars(known))


def _lanes(scope: Scope, seek_forums: bool, seek_threads: bool, *, one_by_one: bool) -> list[sa.ColumnElement[bool]]:
    """Return the scope as conditions of which no two hold for a page; `one_by_one`, each names one step and id."""
    by_forum = _ids(pages.c.forum_id, scope.forum_ids, one_by_one)
    by_thread = _ids(pages.c.thread_id, scope.thread_ids, one_by_one)
    of_steps = dict.fromkeys(Step, by_thread or by_forum)
    if seek_forums or seek_threads:
        of_steps[Step.FORUMS] = []
    if seek_threads:
        of_steps[Step.THREADS] = by_forum
    return [
        sa.and_(pages.c.step == sa.literal_column(f"'{step}'"), condition)
        for step in Step
        if step in scope.steps
        for condition in of_steps[step] or [sa.true()]
    ]


def _ids(column: sa.Column, ids: frozenset[int], one_by_one: bool) -> list[sa.ColumnElement[bool]]:
    if one_by_one:
        return [column == sa.literal_column(str(each)) for each in sorted(ids)]
    return [column.in_(ids)] if ids else []
