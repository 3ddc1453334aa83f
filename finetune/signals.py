"""Decide which process obeys SIGTERM and Ctrl-C, and when."""

import os
import signal
from multiprocessing.context import ForkContext, ForkProcess
from threading import Thread

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class _Worker(ForkProcess):
    """A worker that is born with both signals blocked, and ends by its parent's SIGTERM alone.

    systemd and Ctrl-C reach every process of a group, and a worker that dies takes the step down with it. A training
    that failed ends its workers by SIGTERM, and would wait for ever for one that does not obey.
    """

    def start(self) -> None:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def run(self) -> None:
        Thread(target=_obey_parent, daemon=True).start()
        super().run()


class Workers(ForkContext):
    """The way in which a data loader starts such workers: its `multiprocessing_context`."""

    Process = _Worker


def _obey_parent() -> None:
    while signal.sigwaitinfo(SIGNALS).si_pid != os.getppid():
        pass
    os._exit(0)  # torch takes any other exit code of a worker for a fault
