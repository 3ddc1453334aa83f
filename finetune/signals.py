"""SIGTERM and Ctrl-C: which process obeys them, and when."""

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
    """Processes that are forked meanwhile are born with both signals blocked.

    systemd and Ctrl-C reach every process of a group, and a worker that dies takes the step down with it. torch lets a
    worker die of a SIGTERM that is not its parent's, and has set that up before any code of ours runs in it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def obey_parent(*_: int) -> None:
    """A worker ends by its parent's SIGTERM alone: a loader calls this first in one that was born with both blocked.

    A training that failed ends its workers so, and would wait for good for one that does not listen.
    """
    Thread(target=_wait_for_parent, daemon=True).start()


def follow_launcher() -> None:
    """From now on this process gets a SIGTERM when its launcher has died.

    `accelerate launch` dies of a SIGTERM without a word to its child, which would load, train on and be paid for. A
    shell may end, and the run should go on.
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
    os._exit(0)  # to torch's watch over its workers anything else is a fault
