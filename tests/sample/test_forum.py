"""The sample forum serves three boards, always the same bytes, to loopback only."""

import pytest

from sample.board import Board
from sample.forum import SKINS, answer
from sample.pictures import draw_all


@pytest.fixture(scope="module")
def board():
    return Board.load()


@pytest.fixture(scope="module")
def drawings():
    return draw_all()


def test_two_starts_serve_the_same_bytes(board, drawings):
    assert draw_all() == drawings
    assert all(answer(f"/{name}/", board, drawings) == answer(f"/{name}/", Board.load(), drawings) for name in SKINS)


@pytest.mark.parametrize("name", SKINS)
def test_each_board_has_a_home_and_a_login_page(board, drawings, name):
    members_only = {
        "vb3": "forumdisplay.php?f=8",
        "vb4": "forumdisplay.php?8-members-market",
        "vb5": "forum/clubhouse/members-market",
    }
    status, kind, home = answer(f"/{name}/", board, drawings)
    assert (status, kind) == (200, "text/html; charset=UTF-8")
    assert board.title.encode() in home
    assert b"not logged in" in answer(f"/{name}/{members_only[name]}", board, drawings)[2]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/robots.txt", 200),
        ("/", 404),
        ("/vb3/showthread.php?page=2&t=106", 200),
        ("/vb3/showthread.php?t=999", 404),
        ("/vb3/../robots.txt", 404),
        ("/vb4/photos/car.jpg", 200),
        ("/vb4/photos/brick-pedal.jpg", 404),
        ("/vb5/filedata/fetch?id=501", 200),
        ("/vb5/filedata/fetch?id=9", 404),
    ],
)
def test_answers(board, drawings, target, status):
    assert answer(target, board, drawings)[0] == status


def test_ids_are_unique_and_threads_stand_in_forums(board):
    posts = [post for thread in board.threads.values() for post in thread.posts]
    assert len({post.id for post in posts}) == len(posts)
    assert all(thread.forum in board.forums for thread in board.threads.values())
