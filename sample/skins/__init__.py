"""One module per generation of vBulletin and for XenForo 2, each with the same five functions.

locate(address, board) -> Place | None         what an address below the board's prefix asks for
home(board) / forum(board, forum, number) / thread(board, thread, number) -> str
notice(board) -> str                           the page that sends guests to the login form
"""

from dataclasses import dataclass

from sample.board import Board


@dataclass(frozen=True, slots=True)
class Place:
    """`kind` is home, forum, thread or attachment."""

    kind: str
    id: int = 0
    number: int = 1


def place_of(board: Board, post_id: int) -> Place | None:
    """Return the page of a thread that shows a post."""
    found = board.find(post_id)
    return Place("thread", found[0].id, board.page_of(found[1])) if found else None
