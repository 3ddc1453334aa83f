"""Define the errors that a user can mend."""

from collections.abc import Sequence


class UserError(Exception):
    """The base of these errors. Its message is one line: what is wrong, where, and what to do."""

    lines: Sequence[str] = ()  # printed before the message: what is left undone and why, a line each
    code = 1  # the exit code


class Misused(UserError):
    """The command was typed wrong or names something that is not there; nothing was changed."""

    code = 2


class InUse(UserError):
    """Another run has the folder, or the store in it."""


def first_line(error: Exception) -> str:
    """Return the kind of a library's error and the first line of what it says."""
    return f"{type(error).__name__}: {str(error).strip()}".partition("\n")[0]
