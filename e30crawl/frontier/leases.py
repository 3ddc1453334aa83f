"""Lease a board to one worker at a time, whatever the number of machines: so politeness holds over all of them.

A lease expires by the database's clock, because machines disagree about theirs. It is renewed in every transaction
of the frontier, which fails where it was lost: a worker that slept through its lease cannot write over its successor.
"""

import os
import socket
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from e30crawl.frontier.schema import ONE_AT_A_TIME, schema, server

WORKER = "E30CRAWL_WORKER"  # environment: `scrapy work` hands its own name to the crawl that it starts

_metadata = sa.MetaData(schema="e30crawl")
_leases = sa.Table(
    "leases",
    _metadata,
    sa.Column("board", sa.Text, primary_key=True),
    sa.Column("worker", sa.Text),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
)


class LeaseLostError(sa.exc.SQLAlchemyError):
    """Another worker has taken the board over."""


def worker_name() -> str:
    """Return a name that says where the worker is, and is never another's: process ids come round again."""
    return os.environ.get(WORKER) or f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"


class Leases:
    """The boards of one PostgreSQL, as one worker sees them. Settings: FRONTIER_URL, FRONTIER_LEASE."""

    def __init__(self, settings: Mapping[str, Any], worker: str) -> None:
        self.worker, self.seconds = worker, float(settings["FRONTIER_LEASE"])
        self._engine = server(settings["FRONTIER_URL"])
        with self._engine.begin() as connection:
            connection.execute(ONE_AT_A_TIME)
            connection.execute(sa.schema.CreateSchema(_metadata.schema, if_not_exists=True))
            _metadata.create_all(connection)

    def take(self, boards: list[str]) -> str | None:
        """Lease the first of these boards that is free or already ours, and return it; None if others hold them all.

        SKIP LOCKED: of two workers that ask at the same moment neither waits, and each gets another board. Raises
        ValueError for a name that is too long.
        """
        names = {board: schema(board) for board in boards}
        with self._engine.begin() as connection:
            new = insert(_leases).on_conflict_do_nothing()
            connection.execute(new, [{"board": board} for board in names])
            free = (
                sa.select(_leases.c.board)
                .where(_leases.c.board.in_(boards))
                .where(sa.or_(_leases.c.worker.is_(None), _leases.c.worker == self.worker, _leases.c.expires_at < _NOW))
                .order_by(sa.func.array_position(sa.cast(boards, sa.ARRAY(sa.Text)), _leases.c.board))
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            board = connection.scalar(free)
            if board is not None:
                connection.execute(self._hold(_leases.c.board == board))
        return board

    def holder(self, board: str) -> str | None:
        """Return the worker that has the board; None where its lease has expired."""
        query = sa.select(_leases.c.worker).where(_leases.c.board == board, _leases.c.expires_at > _NOW)
        with self._engine.connect() as connection:
            return connection.scalar(query)

    def renew(self, connection: sa.Connection, board: str) -> None:
        """Renew the lease within the caller's transaction. Raises LeaseLostError, which undoes that transaction."""
        ours = sa.and_(_leases.c.board == board, _leases.c.worker == self.worker)
        if connection.execute(self._hold(ours)).rowcount == 0:
            raise LeaseLostError(f"{board}: another worker has taken this board over")

    def release(self, board: str) -> None:
        ours = sa.and_(_leases.c.board == board, _leases.c.worker == self.worker)
        with self._engine.begin() as connection:
            connection.execute(sa.update(_leases).where(ours).values(worker=None, expires_at=None))

    def close(self) -> None:
        self._engine.dispose()

    def _hold(self, where: sa.ColumnElement[bool]) -> sa.Update:
        until = _NOW + sa.func.make_interval(0, 0, 0, 0, 0, 0, self.seconds)
        return sa.update(_leases).where(where).values(worker=self.worker, expires_at=until)


_NOW = sa.func.clock_timestamp()
