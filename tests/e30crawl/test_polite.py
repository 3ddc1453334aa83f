"""What a board may rely on, by the clock of the server: nothing forbidden is asked for, and every wait is kept.

A shortest wait is a promise, so it is tested; how fast anything is, is not.
"""

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from threading import Lock

import pytest

from sample.board import Board
from sample.skins import vb3
from tests.loopback import listening

BOARD = Board.load()
PATIENCE = 120
ROBOTS = b"User-agent: *\nDisallow: /b/showthread.php\nDisallow: /b/photos/\nDisallow: /b/attachment.php\n"


@dataclass
class Seen:
    """Requests as they came: when, and when their answer was sent."""

    requests: list[tuple[float, float, str]] = field(default_factory=list)
    most_at_once: int = 0
    at_once: int = 0
    lock: Lock = field(default_factory=Lock)

    def paths(self):
        return [path for *_, path in self.requests]


@contextmanager
def serving(answers):
    """`answers` gives status, headers and body for a path and how often it was asked."""
    seen = Seen()

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            came = time.monotonic()
            with seen.lock:
                seen.at_once += 1
                seen.most_at_once = max(seen.most_at_once, seen.at_once)
                before = seen.paths().count(self.path)
            status, headers, body = answers(self.path, before)
            time.sleep(0.02)  # or no two would ever meet
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with seen.lock:
                seen.at_once -= 1
                seen.requests.append((came, time.monotonic(), self.path))
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with listening(Answering) as url:
        yield url.removeprefix("http://"), seen


def board(path, _before=0, robots=b"User-agent: *\nDisallow:\n"):
    """The sample board in one skin, below /b/."""
    if path == "/robots.txt":
        return 200, {"Content-Type": "text/plain"}, robots
    place = vb3.locate(path.removeprefix("/b/"), BOARD)
    if place is None or place.kind == "attachment":
        return 404, {"Content-Type": "text/html"}, b"<html><body>Not here.</body></html>"
    known = {"forum": BOARD.forums, "thread": BOARD.threads}.get(place.kind, {})
    make = {
        "home": lambda: vb3.home(BOARD),
        "forum": lambda: vb3.forum(BOARD, known[place.id], place.number),
        "thread": lambda: vb3.thread(BOARD, known[place.id], place.number),
    }
    return 200, {"Content-Type": "text/html; charset=UTF-8"}, make[place.kind]().encode()


@pytest.fixture
def crawl(begin, tmp_path):
    def crawl(host, *settings, **arguments):
        given = {"start_url": f"http://{host}/b/", "board": "b", "archive": tmp_path} | arguments
        words = [word for name, value in given.items() for word in ("-a", f"{name}={value}")]
        words += [word for each in (f"GUARD_ALLOW={host}", *settings) for word in ("-s", each)]
        with begin("crawl", "e30m3", *words, env={"FRONTIER_URL": ""}) as process:
            said, _ = process.communicate(timeout=PATIENCE)
        return process.returncode, said

    return crawl


@pytest.mark.parametrize("at_once", [1, 8, 32])
def test_nothing_forbidden_is_fetched_whatever_the_concurrency(crawl, at_once):
    with serving(lambda path, before: board(path, before, ROBOTS)) as (host, seen):
        crawl(host, "DOWNLOAD_DELAY=0", f"CONCURRENT_REQUESTS_PER_DOMAIN={at_once}", "FRONTIER_RETRY_DELAY=0.1")
    assert not [path for path in seen.paths() if "showthread" in path or "photos" in path or "attachment" in path]
    assert seen.paths()[0] == "/robots.txt"
    assert len(seen.paths()) > 8  # home and the forums


def test_a_robots_txt_that_cannot_be_had_keeps_us_away(crawl, tmp_path):
    def closed(path, before):
        return (503, {}, b"") if path == "/robots.txt" else board(path, before)

    with serving(closed) as (host, seen):
        # Nine times, a millisecond apart and then four times as long each: over in a minute.
        code, said = crawl(host, "DOWNLOAD_DELAY=0", "FRONTIER_RETRY_DELAY=0.0001")
    assert set(seen.paths()) == {"/robots.txt"}
    assert code == 1
    assert f"http://{host}/b/: robots.txt unreachable: HTTP 503 for a day; reading stopped" in said


def test_a_robots_txt_that_is_away_for_a_while_costs_no_page(crawl):
    """The rules of a host that answered once are kept for a day: two runs make the second ask for them anew."""
    away = []

    def answers(path, before):
        return (503, {}, b"") if path == "/robots.txt" and away else board(path, before)

    with serving(answers) as (host, _):
        code, said = crawl(host, "DOWNLOAD_DELAY=0", only="forums")
        assert code == 0, said
        away.append(True)
        code, said = crawl(host, "DOWNLOAD_DELAY=0", "FRONTIER_RETRY_DELAY=0.0001")
        assert code == 1
        assert "given up" not in said
        away.clear()
        code, said = crawl(host, "DOWNLOAD_DELAY=0", "FRONTIER_RETRY_DELAY=0.0001")
        assert code == 0, said


def gaps(seen):
    """From the answer before to each request, in seconds, robots.txt left out."""
    pages = [(came, sent) for came, sent, path in sorted(seen.requests) if path != "/robots.txt"]
    return [came - sent for (_, sent), (came, _) in pairwise(pages)]


def test_retry_after_is_waited_for_by_everybody(crawl):
    def busy(path, before):
        first = path == "/b/showthread.php?t=106" and before == 0
        return (429, {"Retry-After": "2"}, b"") if first else board(path, before)

    with serving(busy) as (host, seen):
        code, said = crawl(host, "DOWNLOAD_DELAY=0", "FRONTIER_RETRY_DELAY=0.1")
    assert code == 0, said[-2000:]
    refused = next(sent for _, sent, path in seen.requests if path == "/b/showthread.php?t=106")
    assert min(came for came, _, _ in seen.requests if came > refused) - refused >= 1.95
    assert seen.paths().count("/b/showthread.php?t=106") == 2


def test_a_long_wait_holds_up_neither_a_stop_nor_the_page_behind(begin, tmp_path):
    """Two pages of a host are on their way, and the second would wait in Scrapy's queue for an hour."""

    def busy(path, before):
        return (503, {"Retry-After": "3600"}, b"") if "showthread" in path else board(path, before)

    with serving(busy) as (host, seen):
        words = ["-a", f"start_url=http://{host}/b/", "-a", "board=b", "-a", f"archive={tmp_path}"]
        words += ["-s", f"GUARD_ALLOW={host}", "-s", "DOWNLOAD_DELAY=0"]
        with begin("crawl", "e30m3", *words, env={"FRONTIER_URL": ""}) as process:
            while not [path for path in seen.paths() if "showthread" in path]:
                time.sleep(0.05)
            time.sleep(1)
            process.terminate()
            said, _ = process.communicate(timeout=20)
    assert process.returncode == 143
    assert len([path for path in seen.paths() if "showthread" in path]) == 1
    assert "its host asks us to wait" not in said  # no page was given up for it, or tried


def test_crawl_delay_is_kept(crawl):
    robots = b"User-agent: *\nCrawl-delay: 1\n"
    with serving(lambda path, before: board(path, before, robots)) as (host, seen):
        crawl(host, "DOWNLOAD_DELAY=0", thread_id=106, start_url=f"http://{host}/b/showthread.php?t=106", only="posts")
    assert len(gaps(seen)) >= 2
    # From request to request a second; the answer takes 20 ms of it.
    assert min(gaps(seen)) >= 0.9


def test_the_pace_of_a_user_who_says_nothing(crawl):
    with serving(board) as (host, seen):
        crawl(host, thread_id=106, start_url=f"http://{host}/b/showthread.php?t=106", only="posts")
    assert len(gaps(seen)) >= 2
    assert min(gaps(seen)) >= 1.4  # 1.5 s from request to request, less what an answer takes
    assert seen.most_at_once == 1


def test_one_request_at_a_time_is_the_default(crawl):
    with serving(board) as (host, seen):
        crawl(host, "DOWNLOAD_DELAY=0")
    assert seen.most_at_once == 1
    assert len(seen.requests) > 20
