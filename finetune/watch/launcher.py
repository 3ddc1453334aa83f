"""What started this process: `accelerate launch`, torchrun, or a person."""

import ctypes
import os
import signal
from pathlib import Path

PARENT_DIED = 1  # PR_SET_PDEATHSIG of prctl(2)


def follow() -> None:
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
