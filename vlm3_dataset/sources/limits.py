"""Limit the time and memory of one file or page, enforced by the kernel, and explain what exceeded them."""

import ctypes
import os
import re
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vlm3_dataset.sources.pages.images import Unreadable

PAGE_SECONDS = 60.0
PATIENCE = 10  # times the CPU time allowed, by the clock: a process that waits for a dead disk uses none
OUT_OF_MEMORY = 77  # exit code
TOO_LONG = frozenset({-signal.SIGPROF, -signal.SIGALRM})
PASSING = frozenset({-signal.SIGKILL, -signal.SIGALRM})  # caused by the machine's state, not by the page
WHAT_TO_DO = {
    -signal.SIGPROF: "look at the file, or give it longer with --page-seconds",
    -signal.SIGALRM: "see whether its disk answers",
    -signal.SIGKILL: "free some and run prepare again",
    OUT_OF_MEMORY: "save it smaller, or as a scan of each page",
}
PR_SET_PDEATHSIG = 1  # linux/prctl.h
M_MMAP_THRESHOLD, LARGE_BLOCK = -3, 16 * 2**20  # OCR's blocks go back at once: 0.85 GB for 1.1 on its largest picture
WORKER_BYTES = 950_000_000  # 841 MB at most were seen, over 1,225 pages
SHORT = re.compile(r"alloc|memory", re.IGNORECASE)  # as MuPDF, OpenCV, onnxruntime, libxml2 and Pillow put it


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits for one page. They count CPU time, so that a busy machine or a closed laptop costs no page."""

    seconds: float = PAGE_SECONDS
    # Bytes of private memory beyond what the process holds at its start, 0.15 GB; under 1 GB of both is in use.
    memory: int = 1_050_000_000

    def hold(self) -> None:
        """Bind this process to the limits, and to its parent's life."""
        libc("prctl")(PR_SET_PDEATHSIG, signal.SIGKILL)  # a watching thread would wait for MuPDF, which holds the GIL
        libc("mallopt")(M_MMAP_THRESHOLD, LARGE_BLOCK)
        # What a user's own script imports is imported here again, and pyarrow alone reserves 1 GB that nobody touches.
        statm = Path("/proc/self/statm")  # the sixth number: private pages, as the limit counts them, and the stack's
        held = int(statm.read_text().split()[5]) * resource.getpagesize() if statm.exists() else 0
        resource.setrlimit(resource.RLIMIT_DATA, (held + self.memory, held + self.memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Lost:
    """An item over which its process died, with the exit code: negative, the signal that ended it."""

    code: int

    def reason(self, limits: Limits) -> str:
        """Return what happened to a page or its file, and what to do."""
        return f"{self.what(limits)}; {WHAT_TO_DO.get(self.code, 'open it elsewhere and save it anew')}"

    def what(self, limits: Limits) -> str:
        if self.code == -signal.SIGPROF:
            return f"took more than {limits.seconds:g} s"
        if self.code == -signal.SIGALRM:
            return f"no end after {limits.seconds * PATIENCE:g} s of waiting"
        if self.code == OUT_OF_MEMORY:
            return "needs more than 1 GB of memory"
        if self.code == -signal.SIGKILL:
            return "its process was killed, for want of memory perhaps"
        ended = signal.Signals(-self.code).name if self.code < 0 else f"exit code {self.code}"
        return f"crashed the program that reads it ({ended})"


def set_clock(seconds: float) -> None:
    """Have the kernel end this process after so much CPU time, whatever library is running then; for 0, never."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds * PATIENCE)


def why_not(error: Exception, file: Path) -> str:
    """Return why a page of a file cannot be made, from the exception that it raised.

    Raises:
        MemoryError: the process had too little memory, in whatever words; a fresh one may have enough.
    """
    cause: BaseException | None = error
    while cause is not None:
        said = str(cause).replace(repr(str(file)), "").replace(str(file), "")  # its folder may be called memory
        if isinstance(cause, MemoryError) or SHORT.search(said):
            raise MemoryError from error
        cause = cause.__cause__
    if isinstance(error, Unreadable):
        return str(error)
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror}; run inventory again"
    said = str(error).splitlines()[0][:120] if str(error) else ""
    return f"cannot be read ({type(error).__name__}{f', {said}' if said else ''}); open it elsewhere and save it anew"


def workers() -> int:
    """Return how many workers to start: one per core, as far as memory allows."""
    try:
        free = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):  # not Linux
        return os.cpu_count() or 1
    return max(1, min(os.cpu_count() or 1, int(free.split()[1]) * 1024 // WORKER_BYTES))


def libc(name: str) -> Callable[..., int]:
    """Return a function of the C library, or one that does nothing if the system has none of that name."""
    return getattr(ctypes.CDLL(None), name, lambda *_: 0)
