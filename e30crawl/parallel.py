"""A function over many items on all cores: results in order, few of them in memory."""

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK = 25  # pages handed over at once: 60 ms of work, 500 rows
AHEAD = 4  # chunks on their way for each process
ALONE = 200  # below that, starting the processes takes longer than the work


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], *, processes: int | None = None
) -> Iterator[Result]:
    """`work` of each item. It and the items are pickled; what it raises is raised here, and ends the processes."""
    processes = processes or len(os.sched_getaffinity(0))
    items = iter(items)
    first = list(islice(items, ALONE))
    if len(first) < ALONE or processes < 2:
        yield from map(work, chain(first, items))
        return
    # Not forked: a thread of ours (SQLAlchemy's, Scrapy's) might hold a lock that is never released in the child.
    # Frozen: the collector need not look at what was imported again and again, which is 3 % of reading a page.
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=gc.freeze) as pool:
        waiting: deque[Future[list[Result]]] = deque()
        try:
            for chunk in _chunks(chain(first, items)):
                waiting.append(pool.submit(_each, work, chunk))
                if len(waiting) > AHEAD * processes:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _chunks(items: Iterator[Item]) -> Iterator[list[Item]]:
    while chunk := list(islice(items, CHUNK)):
        yield chunk


def _each(work: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    return [work(item) for item in items]
