"""Tell a user in one line that a command cannot go on, and how long something takes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NoReturn


def fail(message: str, code: int = 1) -> NoReturn:
    """Print a message in one line and exit; code 2 is for a command line that is wrong, 1 for everything else."""
    print(" ".join(message.split()), file=sys.stderr)
    sys.exit(code)


@contextmanager
def ending_with_its_reader() -> Iterator[None]:
    """End a command in silence where whoever reads what it prints has had enough, as `head` has."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would complain at its own end
        sys.exit(1)


def one_line(error: Exception) -> str:
    """Return an error's message, without the statement and the links that SQLAlchemy puts around it."""
    message = str(getattr(error, "orig", None) or error)
    return message.splitlines()[0] if message else type(error).__name__


def format_duration(span: timedelta) -> str:
    """Return a duration in two units at most: `3 d 4 h`, `12 min`, `40 s`."""
    seconds = int(span.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number} {unit}")
    return " ".join(parts[:2]) or "0 s"
