"""What can go wrong that a user can mend."""

from collections.abc import Sequence


class UserError(Exception):
    """The base of all of them. The message is one line: what is wrong, where, and what to do."""

    lines: Sequence[str] = ()  # what is left and why, a line each, to be told before it
    code = 1  # how the program ends


class Misused(UserError):
    """What was asked for cannot be meant; nothing was touched."""

    code = 2
