"""Which pages a run is about, as a condition on the table of pages."""

import sqlalchemy as sa

from e30crawl.frontier.records import Scope, Step
from e30crawl.frontier.schema import pages


def wanted(connection: sa.Connection, scope: Scope) -> sa.ColumnElement[bool]:
    """The pages of the scope; and, while it has ids that nobody has named so far, the lists that may name them."""
    steps = pages.c.step.in_(scope.steps)
    if not (scope.forum_ids or scope.thread_ids):
        return steps
    chosen = [pages.c.forum_id.in_(scope.forum_ids)] if scope.forum_ids and not scope.thread_ids else []
    if scope.thread_ids:
        chosen.append(pages.c.thread_id.in_(scope.thread_ids))
    forums, threads = unknown(connection, scope)
    if forums or threads:
        chosen.append(pages.c.step == Step.FORUMS)
    if threads:
        lists = pages.c.step == Step.THREADS
        chosen.append(sa.and_(lists, pages.c.forum_id.in_(scope.forum_ids)) if scope.forum_ids else lists)
    return sa.and_(steps, sa.or_(*chosen))


def unknown(connection: sa.Connection, scope: Scope) -> tuple[set[int], set[int]]:
    """Forums and threads of the scope that no row stands for yet."""
    forums = _unknown(connection, pages.c.forum_id, Step.FORUMS, scope.forum_ids)
    return forums, _unknown(connection, pages.c.thread_id, Step.POSTS, scope.thread_ids)


def _unknown(connection: sa.Connection, column: sa.Column, step: Step, ids: frozenset[int]) -> set[int]:
    if not ids:
        return set()
    known = sa.select(column).where(pages.c.step == step, column.in_(ids)).distinct()
    return set(ids) - set(connection.scalars(known))
