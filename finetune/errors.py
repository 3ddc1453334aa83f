"""How a run ends that does not come to its end."""

import signal


class RunError(Exception):
    """One line: what is wrong, where, and what to do about it. The one kind that a user can cause and mend."""


class Stopped(BaseException):
    """A signal ended the run, and what it had done is saved. No Exception: nothing but the command catches it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}; the same command goes on")
        self.code = 128 + number  # as a shell tells it: 143 for SIGTERM, 130 for Ctrl-C
