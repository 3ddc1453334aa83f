"""Apply a function to many items on all cores: results in order, few of them in memory."""

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK = 25  # pages handed over at once: 60 ms of work, 500 rows
AHEAD = 4  # chunks on their way for each process
ALONE = 200  # below that, starting the processes takes longer than the work


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], *, processes: int | None = None
) -> Iterator[Result]:
    """Yield `work` of each item, in their order.

    `work` and the items are pickled; what it raises is raised here, and ends the processes.
    """
    processes = processes or len(os.sched_getaffinity(0))
    items = iter(items)
    first = list(islice(items, ALONE))
    if len(first) < ALONE or processes < 2:
        yield from map(work, chain(first, items))
        return
    # Not forked: a thread of ours (SQLAlchemy's, Scrapy's) might hold a lock that is never released in the child.
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=start_worker, initargs=(work,)) as pool:
        waiting: deque[Future[list[Result]]] = deque()
        try:
            items = chain(first, items)
            while chunk := list(islice(items, CHUNK)):
                waiting.append(pool.submit(_each, work, chunk))
                if len(waiting) > AHEAD * processes:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def start_worker(*_work: Callable) -> None:
    """Set up a process of ours. By being handed its work it has already imported all that it needs."""
    # Ctrl-C and systemd tell the whole group. The one process that hands out the work decides when it ends.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    # The collector need not look at what was imported again and again: 3 % of reading a page.
    gc.freeze()


def _end_with_parent() -> None:
    """End the process with its parent: Python would leave it waiting for work for ever where the parent was killed."""
    parent_process().join()
    os._exit(1)


def _each(work: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    return [work(item) for item in items]
