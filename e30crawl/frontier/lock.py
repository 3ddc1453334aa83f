"""Hold a board for one crawl: on this machine by a lock, on many by a lease. One begun in vain leaves nothing."""

import fcntl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from time import sleep

import sqlalchemy as sa
from scrapy.settings import BaseSettings
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import DropSchema

from e30crawl.console import one_line
from e30crawl.frontier.leases import Leases, worker_name
from e30crawl.frontier.schema import ANY_FETCHED, connect, is_there, schema

LOCK = "lock"  # in the board's folder
Renew = Callable[[sa.Connection], None]  # renews a lease in a transaction, see Leases.renew
_held: dict[Path, Renew | None] = {}  # by this process: a command takes the board, and its spider finds it taken


class BoardLockedError(Exception):
    """The board cannot be had; the message says why, in one line."""


@contextmanager
def board_lock(folder: Path, settings: BaseSettings) -> Iterator[Renew | None]:
    """Hold a board for this process: two crawls of one would ask twice as fast as promised.

    With FRONTIER_URL it waits for the worker that has the board, and gives what renews the lease. Raises
    BoardLockedError.
    """
    board = folder.absolute()
    if board in _held:
        yield _held[board]
        return
    url = settings.get("FRONTIER_URL", "")
    with _leased(folder.name, settings) if url else _locked(folder) as renew, _forget_if_empty(folder, url):
        _held[board] = renew
        try:
            yield renew
        finally:
            del _held[board]


@contextmanager
def _forget_if_empty(folder: Path, url: str) -> Iterator[None]:
    """Remove the board in the end where it was begun within, and nothing of it was ever fetched.

    It is for whoever has the board's lock or lease. Of the folder goes what was not there before, and the lock.
    """
    begun, before = is_there(folder, url), set(folder.glob("*"))
    try:
        yield
    finally:
        with suppress(SQLAlchemyError):  # what cannot be looked at stays
            if not begun and _drop_if_empty(folder, url):
                for path in set(folder.glob("*")) - before | {folder / LOCK}:
                    if path.is_file():
                        path.unlink()
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()


def _drop_if_empty(folder: Path, url: str) -> bool:
    if not is_there(folder, url):
        return True
    engine = connect(folder, url)
    with engine.begin() as connection:
        is_empty = connection.scalar(ANY_FETCHED) is None
        if is_empty and url:
            connection.execute(DropSchema(schema(folder.name), cascade=True))
    engine.dispose()
    return is_empty


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which goes with the process, however that ends. Raises BoardLockedError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("w")
    except OSError as error:
        raise BoardLockedError(f"{folder}: cannot write there: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BoardLockedError(f"{folder}: another crawl of this board is running") from error
        yield


@contextmanager
def _leased(board: str, settings: BaseSettings) -> Iterator[Renew]:
    """Wait until the board is ours: its worker may have died, and then its lease runs out by itself.

    Raises BoardLockedError.
    """
    try:
        leases, announced = Leases(settings, worker_name()), None
        while not leases.take([board]):
            holder = leases.holder(board)
            if holder and holder != announced:
                print(f"{board}: {holder} is at work on it; waiting until it ends", file=sys.stderr)
            announced = holder
            sleep(1.0)
    except (SQLAlchemyError, ValueError) as error:
        raise BoardLockedError(f"FRONTIER_URL: {one_line(error)}") from error
    try:
        yield partial(leases.renew, board=board)
    finally:
        with suppress(SQLAlchemyError):  # it expires by itself
            leases.release(board)
        leases.close()
