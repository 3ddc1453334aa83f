"""One crawl of a board at a time: on this machine by a lock, on many by a lease."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep

from scrapy.settings import BaseSettings

from e30crawl.console import fail, one_line


@contextmanager
def only_crawl_of(folder: Path, settings: BaseSettings) -> Iterator[None]:
    """Two crawls of a board would ask twice as fast as promised: a lock on its folder, or a lease on the database."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{folder}: cannot write there: {error.strerror}")
    with _leased(folder.name, settings) if settings.get("FRONTIER_URL") else _locked(folder):
        yield


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The lock goes with the process, however it ends."""
    try:
        file = (folder / "lock").open("w")
    except OSError as error:
        fail(f"{folder}: cannot write there: {error.strerror}")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fail(f"{folder}: another crawl of this board is running")
        yield


@contextmanager
def _leased(board: str, settings: BaseSettings) -> Iterator[None]:
    """Waits until the board is ours: its worker may have died, and its lease runs out by itself."""
    from sqlalchemy.exc import SQLAlchemyError

    from e30crawl.frontier.leases import WORKER, open_leases, worker_name

    os.environ[WORKER] = worker_name()  # the spider renews it under the same name
    try:
        leases, said = open_leases(settings, os.environ[WORKER]), None
        while not leases.take([board]):
            holder = leases.holder(board)
            if holder and holder.worker != said:
                said = holder.worker
                print(f"{board}: {said} is at work on it; waiting until it ends", file=sys.stderr)
            sleep(min(max(holder.seconds if holder else 0.0, 0.2), 5.0))
    except (SQLAlchemyError, ValueError) as error:
        fail(f"FRONTIER_URL: {one_line(error)}")
    try:
        yield
    finally:
        with suppress(SQLAlchemyError):  # it expires by itself
            leases.release(board)
        leases.close()
