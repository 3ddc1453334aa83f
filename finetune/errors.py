"""The one kind of error that a user of this package can cause and mend."""


class RunError(Exception):
    """One line: what is wrong, where, and what to do about it."""
