"""Decide which process obeys SIGTERM and Ctrl-C, and when."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def signals_blocked() -> Iterator[None]:
    """Block both signals in processes that are forked meanwhile.

    systemd and Ctrl-C reach every process of a group, and a worker that dies takes the step down with it. torch lets a
    worker die of a SIGTERM that is not its parent's, and has set that up before any code of ours runs in it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def obey_parent(*_: int) -> None:
    """Make a worker end by its parent's SIGTERM alone; a loader calls this first in a worker with both blocked.

    A training that failed ends its workers by SIGTERM, and would wait for ever for one that does not obey.
    """

    def wait() -> None:
        while signal.sigwaitinfo(SIGNALS).si_pid != os.getppid():
            pass
        os._exit(0)  # torch takes any other exit code of a worker for a fault

    Thread(target=wait, daemon=True).start()
