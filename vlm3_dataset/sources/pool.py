"""A function over many items in processes of their own, each held to a time and a memory, and free to die of an item.

concurrent.futures gives up a whole pool where one of its processes dies, and can end none that does not come back.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from vlm3_dataset.errors import UserError
from vlm3_dataset.sources.limits import OUT_OF_MEMORY, TOO_LONG, Limits, Lost, stop_clock

Item = TypeVar("Item")
Result = TypeVar("Result")

FALSE_STARTS = 5  # of one run; a broken installation would start processes for ever


class NoWorker(UserError):
    """Processes that die before they can be given anything."""


class Worker:
    """A process, what it is at, and whether it has been through another item before."""

    def __init__(self, work: Callable[[Item], Result], limits: Limits) -> None:
        context = multiprocessing.get_context("spawn")  # onnxruntime does not survive a fork
        self.pipe, its_end = context.Pipe()
        self.item: tuple = ()
        self.is_fresh = True
        self.process = context.Process(target=_serve, args=(its_end, work, limits), daemon=True)
        self.process.start()
        its_end.close()  # so that the pipe ends with the process

    def give(self, item: Any) -> None:
        self.is_fresh, self.item = self.is_fresh and not self.item, (item,)
        with suppress(OSError):  # it has just died, which the pipe will say
            self.pipe.send(item)

    def hear(self) -> Any:
        """Nothing from one that has started, a result as a tuple, an error, or Lost from one that has died."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            return Lost(self.process.exitcode)

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def each(
    work: Callable[[Item], Result], items: Iterable[Item], limits: Limits, workers: int
) -> Iterator[tuple[Item, Result | Lost]]:
    """Every item with its result, as they come. What `work` raises is raised here, a lack of memory apart.

    An item of which a process dies is given to a fresh one, in case it was what the items before had left behind. One
    that takes too long is not: it would take as long again.
    """
    waiting, crew, false_starts = deque(items), {}, 0
    try:
        while waiting or any(worker.item for worker in crew.values()):
            while len(crew) < workers and sum(not worker.item for worker in crew.values()) < len(waiting):
                worker = Worker(work, limits)
                crew[worker.pipe] = worker
            for pipe in wait(list(crew)):
                worker, said = crew[pipe], crew[pipe].hear()
                if isinstance(said, Exception):
                    raise said
                done = [(item, said if isinstance(said, Lost) else said[0]) for item in worker.item]
                if waiting and not isinstance(said, Lost):
                    worker.give(waiting.popleft())
                else:
                    crew.pop(pipe).end()
                if isinstance(said, Lost) and not (worker.is_fresh or said.code in TOO_LONG):
                    waiting.extendleft(worker.item)
                else:
                    yield from done
                false_starts += isinstance(said, Lost) and not done
                if false_starts == FALSE_STARTS:
                    raise NoWorker(f"no process can be started (exit code {said.code}); free some memory")
    finally:
        for worker in crew.values():
            worker.end()


def _serve(pipe: Connection, work: Callable[[Item], Result], limits: Limits) -> None:
    limits.hold()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C tells the whole group; the parent decides who ends
    with suppress(EOFError, BrokenPipeError):  # the parent has gone
        pipe.send(())
        while True:
            item = pipe.recv()
            limits.start_clock()
            try:
                said = (work(item),)
            except MemoryError:
                os._exit(OUT_OF_MEMORY)
            except Exception as error:  # noqa: BLE001 - raised in the parent
                said = error
            stop_clock()
            pipe.send(said)
