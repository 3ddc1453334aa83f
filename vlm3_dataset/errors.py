"""What can go wrong that a user can mend."""


class Mendable(Exception):
    """The base of all of them. The message is one line: what is wrong, where, and what to do."""
