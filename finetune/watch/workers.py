"""The processes that decode pages beside a training: they leave SIGTERM and Ctrl-C to the process that trains.

systemd and Ctrl-C reach every process of a group, and a worker that dies takes the step down with it. torch lets a
worker die of a SIGTERM that is not its parent's, and has set that up before any code of ours runs in it; so a worker is
born with both signals blocked. Its parent's own SIGTERM it obeys: a training that failed ends its workers so, and would
wait for one that does not listen for good.
"""

import os
import signal
from multiprocessing import context, popen_fork
from threading import Thread

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class _Popen(popen_fork.Popen):
    def _launch(self, process: "Worker") -> None:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            super()._launch(process)
        finally:  # in the parent alone: a worker never comes back from there
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Worker(context.ForkProcess):
    @staticmethod
    def _Popen(process: "Worker") -> _Popen:  # noqa: N802 - multiprocessing's name
        return _Popen(process)

    def run(self) -> None:
        Thread(target=_obey_parent, daemon=True).start()
        super().run()


class _Context(context.ForkContext):
    Process = Worker


def of(number: int) -> _Context | None:
    """The `multiprocessing_context` of a DataLoader with so many workers; it takes none where it has none."""
    return _Context() if number else None


def _obey_parent() -> None:
    while signal.sigwaitinfo(SIGNALS).si_pid != os.getppid():
        pass
    os._exit(0)  # to torch's watch over its workers anything else is a fault
