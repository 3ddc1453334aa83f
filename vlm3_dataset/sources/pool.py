"""Run a function over many items in worker processes with limits of time and memory, which may die of an item.

concurrent.futures breaks the whole pool if one of its processes dies, and cannot end one that hangs.
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
from vlm3_dataset.sources.limits import OUT_OF_MEMORY, TOO_LONG, Limits, Lost, set_clock

Item = TypeVar("Item")
Result = TypeVar("Result")

FALSE_STARTS = 5  # of one run; else a broken installation would start processes for ever
RAISED = 1  # the exit code of a process that ends with a Python error
# A fresh process imports the script that it was started from, which then starts processes of its own.
UNGUARDED = 'see the error above; a script of your own must do its work under `if __name__ == "__main__":`'


class NoWorker(UserError):
    """The worker processes die before they can be given an item."""


class Worker:
    """A process, its present item, and whether it has done an item before."""

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
        """Return the worker's message: None once it has started, a result as a tuple, an error, or Lost if it died."""
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
    """Yield every item with its result, as they come. Errors of `work` are raised here, except a lack of memory.

    If a process dies over an item, a fresh one tries it again, as earlier items may have caused it. An item that takes
    too long is not tried again.
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
                    do = UNGUARDED if said.code == RAISED else "free some memory"
                    raise NoWorker(f"no process can be started (exit code {said.code}); {do}")
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
            set_clock(limits.seconds)
            try:
                said = (work(item),)
            except MemoryError:
                os._exit(OUT_OF_MEMORY)
            except Exception as error:  # noqa: BLE001 - raised in the parent
                said = error
            set_clock(0)
            pipe.send(said)
