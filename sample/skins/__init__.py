"""One module per generation of vBulletin, each with the same five functions.

locate(path, query, board) -> Place | None     what an address below the board's prefix asks for
home(board) / forum(board, forum, number) / thread(board, thread, number) -> str
notice(board) -> str                           the page that sends guests to the login form
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """`kind` is home, forum, thread or attachment."""

    kind: str
    id: int = 0
    number: int = 1
