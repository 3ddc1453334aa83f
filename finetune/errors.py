"""How a run ends that does not come to its end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class RunError(Exception):
    """One line: what is wrong, where, and what to do about it. The one kind that a user can cause and mend."""

    code = 1  # how the program ends


class Misnamed(RunError):
    """What the command line says or names cannot be meant; nothing was begun."""

    code = 2


@contextmanager
def one_line(what: str) -> Iterator[None]:
    """Turns whatever four libraries raise on torn or foreign files into a RunError; they have no common base.

    Seen: OSError, ValueError, KeyError, TypeError, AttributeError, jinja2's TemplateSyntaxError, httpx's HTTPError,
    and SafetensorError, which is a bare Exception.
    """
    try:
        yield
    except RunError:
        raise
    except Exception as error:
        first = f"{type(error).__name__}: {str(error).strip()}".partition("\n")[0]
        raise RunError(f"{what} ({first})") from error


class Stopped(BaseException):
    """A signal ended the run, and what it had done is saved. No Exception: nothing but the command catches it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}; the same command goes on")
        self.code = 128 + number  # as a shell tells it: 143 for SIGTERM, 130 for Ctrl-C
