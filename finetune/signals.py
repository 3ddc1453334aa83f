"""Decide which process obeys SIGTERM and Ctrl-C, and when."""

import ctypes
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

SIGNALS = (signal.SIGTERM, signal.SIGINT)
PARENT_DIED = 1  # PR_SET_PDEATHSIG of prctl(2)


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
    Thread(target=_wait_for_parent, daemon=True).start()


def follow_launcher() -> None:
    """Have the kernel send this process a SIGTERM when its launcher dies.

    `accelerate launch` dies of a SIGTERM without telling its child, which would go on and cost money. If the parent is
    a shell, the run should go on without it.
    """
    if is_launcher(parent := os.getppid()):
        ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGTERM)
        if os.getppid() != parent:  # it died meanwhile
            os.kill(os.getpid(), signal.SIGTERM)


def is_launcher(process: int) -> bool:
    try:
        command = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(Path(os.fsdecode(word)).name in {"accelerate", "torchrun"} for word in command[:3])


def _wait_for_parent() -> None:
    while signal.sigwaitinfo(SIGNALS).si_pid != os.getppid():
        pass
    os._exit(0)  # torch takes any other exit code of a worker for a fault
