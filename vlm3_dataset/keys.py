"""Read the keys of servers from the environment."""

import os

from vlm3_dataset.errors import Misused


def read_key(variable: str) -> str:
    """Return a key without the blanks and line ends around it, or "" where there is none.

    Raises Misused for one that no header can carry. The libraries that send it would name it in their errors.
    """
    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise Misused(f"{variable} has a character that no key has, such as a line end or a typographic quote")
    return key
