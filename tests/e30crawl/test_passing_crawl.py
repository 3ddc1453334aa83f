"""Whole crawls of a board that first answers with something else: nothing passing is archived as a thread."""

import json
import re
from collections import Counter
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from itertools import groupby

import pytest

from sample.board import Board
from sample.forum import answer
from sample.pictures import draw_all
from sample.skins import vb3
from tests.e30crawl.conftest import FAST
from tests.loopback import listening

BOARD, DRAWINGS = Board.load(), draw_all()
POSTS = {post.id for thread in BOARD.threads.values() for post in thread.posts}
BARE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>{1}</p></body></html>"
PASSING = [
    BARE.format("vBulletin Database Error", "The database has encountered a problem."),
    BARE.format("Maintenance", "The forum is down for maintenance."),
    BARE.format("Too many requests", "You have exceeded the rate limit. Please wait."),
    BARE.format("Account Suspended", "This account has been suspended."),
    '<html><head><meta http-equiv="refresh" content="0;url=login.php?do=login"></head><body>Please wait</body></html>',
    "<br /><b>Warning</b>: mysql_connect(): Too many connections in <b>/home/x/class_core.php</b> on line <b>27</b>",
    "",
    BARE.format("Welcome", "It works!"),
]
THREADS = [f"/vb3/showthread.php?t={thread}" for thread in BOARD.threads]
CHALLENGE = BARE.format("Just a moment...", "Enable JavaScript and cookies to continue")


@pytest.fixture
def crawl(run, tmp_path):
    """Serves the sample board, where `instead(path, times asked)` may answer, and crawls it."""

    def crawl(instead, *words, runs=1, board=BOARD):
        asked = Counter()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked[self.path] += 1
                status, kind, body = answer(self.path, board, DRAWINGS)
                other = instead(self.path, asked[self.path])
                body = body if other is None else other.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        with listening(Handler) as url:
            allow = ["-s", f"GUARD_ALLOW={url.removeprefix('http://')}", "-s", FAST]
            start = ["-a", f"start_url={url}/vb3/", "-a", "board=b", "-a", f"archive={tmp_path}"]
            ended = [
                run("crawl", "e30m3", *start, *allow, "-s", "FRONTIER_RETRY_DELAY=0.0001", *words) for _ in range(runs)
            ]
        return [(code, said) for code, _, said in ended]

    return crawl


def posts(tmp_path):
    return {json.loads(line)["post_id"] for line in (tmp_path / "b" / "posts.jsonl").open()}


def test_what_passes_is_asked_again(crawl, tmp_path):
    met = set()

    def instead(path, n):
        thread = re.search(r"showthread\.php\?t=(\d+)", path)
        if thread is None or n > 1:
            return None
        met.add(passing := PASSING[int(thread[1]) % len(PASSING)])
        return passing

    [(code, said)] = crawl(instead)
    assert code == 0, said
    assert met == {*PASSING}
    assert posts(tmp_path) == POSTS


@pytest.mark.parametrize("passing", PASSING)
def test_a_board_that_is_away_at_the_first_visit_is_read_by_the_same_command(crawl, tmp_path, passing):
    [(code, said)] = crawl(lambda path, n: passing if path == "/vb3/" and n <= 2 else None)
    assert code == 0, said
    assert posts(tmp_path) == POSTS


def test_what_never_recovers_is_named(crawl, run, tmp_path):
    lost = f"/vb3/showthread.php?t={(thread := BOARD.threads[106]).id}"
    [(code, said)] = crawl(lambda path, _: PASSING[1] if path == lost else None)
    assert code == 1
    assert "pages given up: 1 (not read: " in said
    assert posts(tmp_path) == POSTS - {post.id for post in thread.posts}
    code, printed, _ = run("verify", "b", "--archive", tmp_path)
    assert code == 1
    assert lost in printed
    [(code, said)] = crawl(lambda *_: None)  # another port is another board's address to the frontier
    assert code == 2


def test_a_challenge_stops_the_crawl_at_once_and_costs_no_try(crawl, tmp_path):
    def instead(path, n):
        return CHALLENGE if path.endswith("?t=106") and n <= 2 else None

    first, second, third = crawl(instead, runs=3)
    for code, said in (first, second):
        assert code == 1
        assert "the owner of the board can let our user agent in; reading stopped" in said
    assert third[0] == 0, third[1]
    assert posts(tmp_path) == POSTS


def test_one_thread_that_guests_may_not_read_costs_no_other(crawl, tmp_path):
    [(code, said)] = crawl(lambda path, _: vb3.notice(BOARD) if "?t=106" in path else None)
    assert code == 1
    assert "pages given up: 1 (not read: asks us to log in (You are not logged in or you do not have perm" in said
    assert posts(tmp_path) == POSTS - {post.id for post in BOARD.threads[106].posts}


def test_a_board_that_closes_to_guests_is_not_asked_for_every_thread(crawl):
    asked = []

    def instead(path, _):
        asked.append("showthread" in path)
        return vb3.notice(BOARD) if asked[-1] else None

    [(code, said)] = crawl(instead)
    assert code == 1
    assert "the board asks us to log in (You are not logged in or you do not have permission" in said
    in_a_row = max(len([*each]) for is_thread, each in groupby(asked) if is_thread)
    assert in_a_row in {20, 21}  # one may be on its way


def a_large_board():
    """The sample board with 50 threads more in its first forum, one post each."""
    board = Board.load()
    known = board.threads[106]
    for number in range(50):
        post = replace(known.posts[0], id=90_000 + number)
        board.threads[9000 + number] = replace(known, id=9000 + number, title=f"More {number}", posts=(post,))
    return board


def test_private_threads_among_readable_ones_are_passed_by_in_one_run(crawl, tmp_path):
    large = a_large_board()
    private = {thread for thread in large.threads if thread >= 9000 and thread % 2}

    def instead(path, _):
        return vb3.notice(large) if any(f"?t={thread}" in path for thread in private) else None

    [(code, said)] = crawl(instead, board=large)
    assert code == 1
    assert f"pages given up: {len(private)} (not read: asks us to log in (" in said
    assert "reading stopped" not in said
    read = {post.id for thread in large.threads.values() for post in thread.posts if thread.id not in private}
    assert posts(tmp_path) == read


def test_a_board_that_closes_to_guests_on_the_way_stops_the_crawl_and_loses_nothing(crawl, tmp_path):
    large, asked = a_large_board(), []

    def instead(path, _):
        asked.extend([path] if "showthread" in path else [])
        return vb3.notice(large) if 20 <= len(asked) < 42 and "showthread" in path else None

    (code, said), (again, said_again) = crawl(instead, runs=2, board=large)
    assert code == 1
    assert "reading stopped" in said
    assert again == 0, said_again
    assert posts(tmp_path) == {post.id for thread in large.threads.values() for post in thread.posts}


AGES = '<select name="daysprune"><option value="30"{}>Month</option><option value="-1"{}>Beginning</option></select>'


@pytest.mark.parametrize("words", [(), ("-s", "CONCURRENT_REQUESTS=1")])
def test_a_forum_that_shows_the_last_month_alone_is_read_from_its_beginning(crawl, tmp_path, words):
    month, asked = Board.load(), []
    for thread in (101, 103, 105, 106):
        del month.threads[thread]

    def instead(path, _):
        place = vb3.locate(path.removeprefix("/vb3/"), BOARD)
        if place is None or place.kind != "forum":
            return None
        asked.append(path)
        shown, chosen = (BOARD, ("", " selected")) if "daysprune=-1" in path else (month, (" selected", ""))
        html = vb3.forum(shown, shown.forums[place.id], place.number)
        return html.replace("</form>", f"{AGES.format(*chosen)}</form>")

    first, second = crawl(instead, "-a", "update=1", *words, runs=2)
    assert first[0] == second[0] == 0, first[1] + second[1]
    assert posts(tmp_path) == POSTS
    assert sum("f=2" in path and "daysprune" not in path for path in asked) == 1


def test_a_board_that_links_to_itself_by_another_name_is_not_complete(crawl):
    html = vb3.home(BOARD).replace("<head>", '<head><base href="http://forums.board.example/">', 1)
    for code, said in crawl(lambda path, _: html if path == "/vb3/" else None, runs=2):
        assert code == 1
        assert "/vb3/: all that it lists is at another address than 127.0.0.1:" in said
        assert "; give that address, as in http://forums.board.example/" in said
