"""Turn errors of other libraries into one line for the user, and define the error of a run ended by a signal."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from vlm3_dataset.errors import UserError, first_line


@contextmanager
def one_line(what: str, kind: type[UserError] = UserError) -> Iterator[None]:
    """Turn what libraries raise on torn or foreign files and options into a UserError; they have no common base.

    Seen: OSError, ValueError, KeyError, TypeError, AttributeError, jinja2's TemplateSyntaxError, httpx's HTTPError,
    and SafetensorError, which is a bare Exception.
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        raise kind(f"{what} ({first_line(error)})") from error


class Stopped(BaseException):
    """A signal ended the run after its work was saved. It is no Exception, so that only the command catches it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}; the same command goes on")
        self.code = 128 + number  # a shell's code: 143 for SIGTERM, 130 for Ctrl-C
