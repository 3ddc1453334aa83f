"""The sample forum serves four boards, always the same bytes, to loopback only."""

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
def test_each_board_has_a_home(board, drawings, name):
    status, kind, home = answer(f"/{name}/", board, drawings)
    assert (status, kind) == (200, "text/html; charset=UTF-8")
    assert board.title.encode() in home


@pytest.mark.parametrize(
    ("members_only", "status", "said"),
    [
        ("/vb3/forumdisplay.php?f=8", 200, b"not logged in"),
        ("/vb4/forumdisplay.php?8-members-market", 200, b"not logged in"),
        ("/vb5/forum/clubhouse/members-market", 200, b"not logged in"),
        ("/xf2/forums/members-market.8/", 403, b"must be logged-in"),
    ],
)
def test_guests_are_asked_to_log_in(board, drawings, members_only, status, said):
    answered, _, page = answer(members_only, board, drawings)
    assert answered == status
    assert said in page


@pytest.mark.parametrize(
    ("post", "mark"),
    [
        ("/vb5/forum/workshop/engine-s14/head-and-valve-train/106-checking?p=1057", 'id="post{}"'),
        ("/vb5/forum/workshop/engine-s14/head-and-valve-train/106-checking/page2?p=1057", 'id="post{}"'),
        ("/xf2/posts/1057/", 'id="post-{}"'),
        ("/xf2/threads/checking.106/post-1057", 'id="post-{}"'),
    ],
)
def test_the_address_of_a_post_leads_to_the_page_that_shows_it(board, drawings, post, mark):
    status, _, page = answer(post, board, drawings)
    assert status == 200
    assert [mark.format(number).encode() in page for number in (1054, 1055, 1057, 1059, 1060)] == [0, 1, 1, 1, 0]


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
        ("/vb5/forum/workshop/engine-s14/?page=2", 200),
        ("/vb5/forum/clubhouse/nowhere", 404),
        ("/xf2/threads/a-title-of-old.106/page-3", 200),
        ("/xf2/posts/1060/", 200),
        ("/xf2/posts/1/", 404),
        ("/xf2/forums/engine-s14.99/", 404),
        ("/xf2/attachments/torque-table-png.501/", 200),
        ("/xf2/photos/brick-pedal.jpg", 404),
    ],
)
def test_answers(board, drawings, target, status):
    assert answer(target, board, drawings)[0] == status


def test_ids_are_unique_and_threads_stand_in_forums(board):
    posts = [post for thread in board.threads.values() for post in thread.posts]
    assert len({post.id for post in posts}) == len(posts)
    assert all(thread.forum in board.forums for thread in board.threads.values())
