"""A large board on loopback that behaves as badly as real ones do, and writes down whatever it is asked.

    python -m tests.e30crawl.chaos LOG

3,400 pages and 200 pictures in the markup of vBulletin 3. What stands at an address never changes, so two crawls can be
compared; how often it was asked does: some addresses answer only the second time, and the first time say 429, 503 or
"too busy", or break off in the middle. Threads have grown by a page whenever one of their pages is looked at.
"""

import hashlib
import re
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

from sample.board import Board, File, Forum, Member, Post, Thread
from sample.skins import vb3

THREADS, PER_PAGE, PICTURES = 820, 5, 200
CATEGORY, MEMBERS_ONLY = 1, 9
BEGIN = datetime(2009, 1, 1, tzinfo=UTC)
ROBOTS = b"User-agent: *\nDisallow: /board/private/\nDisallow: /board/search.php\nDisallow: /board/calendar.php\n"
SOFT = re.compile(r"/board/showthread\.php\?t=(?:1\d\d7)$")  # "Invalid Thread specified", for ever
LOST_PICTURES, LOGIN_PICTURE = {7, 77, 177}, 99
MESSAGE = (
    '<table class="tborder"><tr><td class="tcat">vBulletin Message</td></tr><tr><td class="panelsurround">'
    '<div class="panel"><div style="margin:10px">{}</div></div></td></tr></table>'
)


def is_sticky(number: int) -> bool:
    return number % 200 == 0


def grows(number: int) -> bool:
    return number % 3 == 0


@lru_cache(maxsize=1)
def board() -> Board:
    """820 threads of 1 to 8 pages in six forums, one of them inside another."""
    forums = {
        CATEGORY: Forum(CATEGORY, "All of it", "A heading"),
        **{each: Forum(each, f"Forum {each}", "Talk", parent=CATEGORY) for each in range(2, 7)},
        8: Forum(8, "Sub-forum", "Inside", parent=2),
        MEMBERS_ONLY: Forum(MEMBERS_ONLY, "Closed", "For members", parent=CATEGORY, members_only=True),
    }
    files = {f"p{each}": File(f"p{each}.png", each if each % 2 else None) for each in range(1, PICTURES + 1)}
    threads = {1000 + each: _thread(each, files) for each in range(1, THREADS + 1)}
    return Board("Chaos", 0, BEGIN + timedelta(days=900), PER_PAGE, 20, forums, threads, files)


def _thread(number: int, files: dict[str, File]) -> Thread:
    posts = tuple(_post(number, place, files) for place in range(1, PER_PAGE * (1 + number % 8) + 1))
    forum = (2, 3, 4, 5, 6, 8)[number % 6]
    title = f"Thread {number} <b>& co</b>"
    return Thread(1000 + number, forum, title, number * 3, posts, sticky=is_sticky(number), closed=number % 11 == 0)


def _post(thread: int, place: int, files: dict[str, File]) -> Post:
    who = Member(f"member{(thread + place) % 90}", 1 + (thread + place) % 90, "Member")
    text = f"Torque {40 + place} Nm, says post {place} of thread {thread}."
    picture = f"p{1 + thread % PICTURES}"
    if place == 1 and not files[picture].attachment:
        text += f"\n[img]{picture}[/img]"
    if place == 2 and thread % 16 == 0:
        text += "\n[img]p2[/img]"  # one picture that 50 posts show
    attached = (files[picture],) if place == 1 and files[picture].attachment else ()
    at = BEGIN + timedelta(hours=thread, minutes=place)
    return Post(thread * 100 + place, place, who, at, text, attachments=attached)


@dataclass
class Server:
    """What it has been asked so far, in memory and on disk."""

    log: Path
    asked: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def count(self, path: str) -> int:
        with self.lock:
            self.asked[path] += 1
            return self.asked[path]

    def note(self, path: str, status: int, *, whole: bool) -> None:
        with self.lock, self.log.open("a") as file:
            file.write(f"{time.monotonic():.4f}\t{status}\t{'whole' if whole else 'torn'}\t{path}\n")


def mischief(path: str) -> str | None:
    """What goes wrong when this address is asked for the first time: with 4 addresses a wait of a second, which holds
    up everything, and with some 20 each of the other things.
    """
    if path in ("/robots.txt", "/board/"):
        return None
    number = int(hashlib.sha256(path.encode()).hexdigest(), 16) % 1000
    return "429" if number == 0 else {1: "503", 2: "busy", 3: "torn"}.get(number % 200)


def answer(path: str) -> tuple[int, str, bytes]:
    """Status, type and body; a pure function."""
    if path == "/robots.txt":
        return 200, "text/plain", ROBOTS
    address = path.removeprefix("/board/")
    if picture := re.fullmatch(r"photos/p(\d+)\.png", address):
        return _picture(int(picture[1]))
    if SOFT.fullmatch(path):
        return _html(vb3._frame(board(), "vBulletin Message", MESSAGE.format("Invalid Thread specified."), "x"))
    place = vb3.locate(address, board()) if path.startswith("/board/") else None
    if place is None:
        return 404, "text/html", b"<html><body>Not here.</body></html>"
    if place.kind == "attachment":
        return _picture(place.id)
    return _html(_with_sessions(_page(place), path))


def _page(place: vb3.Place) -> str:
    all_of_it = board()
    if place.kind == "home":
        return vb3.home(_as_listed())
    if place.kind == "thread":
        thread = all_of_it.threads[place.id]
        return vb3.thread(all_of_it, _grown(thread, place.number + 1), place.number) + _errands()
    forum = all_of_it.forums[place.id]
    if forum.members_only:
        return vb3.notice(all_of_it)
    return _with_stubs(vb3.forum(_as_listed(), forum, place.number), forum) + _errands()


def _grown(thread: Thread, pages: int) -> Thread:
    """As much of a growing thread as there was when it had so many pages."""
    return replace(thread, posts=thread.posts[: pages * PER_PAGE]) if grows(thread.id) else thread


@lru_cache(maxsize=1)
def _as_listed() -> Board:
    return replace(board(), threads={each.id: _grown(each, 1) for each in board().threads.values()})


def _with_stubs(page: str, forum: Forum) -> str:
    """Rows of threads that have moved to other forums."""
    stubs = "".join(
        f'<tr><td class="alt1" id="td_threadstatusicon_{each.id}"><img src="images/statusicon/thread_moved.gif" '
        f'id="thread_statusicon_{each.id}" alt="" /></td><td class="alt2">&nbsp;</td>'
        f'<td class="alt1" id="td_threadtitle_{each.id}"><div>Moved: <a href="showthread.php?t={each.id}" '
        f'id="thread_title_{each.id}">{each.id}</a></div></td><td class="alt2"></td>'
        '<td class="alt1" align="center">-</td><td class="alt2" align="center">-</td></tr>'
        for each in board().threads.values()
        if each.id % 50 == forum.id and each.forum != forum.id
    )
    head, row, rest = page.partition('<tr>\n<td class="alt1" id="td_threadstatusicon_')
    return f"{head}{stubs}{row}{rest}"


def _errands() -> str:
    """Links nobody should follow: calendars without end, other orders, what robots.txt closes."""
    return (
        '<a href="calendar.php?month=1">Calendar</a><a href="forumdisplay.php?f=2&amp;sort=views&amp;order=asc">Up</a>'
        '<a href="private/secret.html">Private</a><a href="search.php?do=getnew">New</a>'
    )


def _with_sessions(page: str, path: str) -> str:
    """A session id in every link of a page, another on each page."""
    session = hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()
    page = re.sub(r'href="(showthread|forumdisplay)\.php\?', rf'href="\1.php?s={session}&amp;', page)
    return page.replace("</body></html>", "") + "</body></html>"


def _picture(number: int) -> tuple[int, str, bytes]:
    if number in LOST_PICTURES:
        return 404, "text/html", b"<html><body>Not here.</body></html>"
    if number == LOGIN_PICTURE:
        return _html(vb3.notice(board()))
    return 200, "image/png", b"\x89PNG\r\n\x1a\n" + hashlib.sha256(b"%d" % number).digest() * (10 + number)


def _html(page: str) -> tuple[int, str, bytes]:
    return 200, "text/html; charset=UTF-8", page.encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # see sample.forum

    def __init__(self, *args: object, server_state: Server, **kwargs: object) -> None:
        self.state = server_state
        super().__init__(*args, **kwargs)

    def handle(self) -> None:
        with suppress(ConnectionError):  # the crawler was killed
            super().handle()

    def do_GET(self) -> None:
        trouble = mischief(self.path) if self.state.count(self.path) == 1 else None
        status, content_type, body = answer(self.path)
        if trouble in ("429", "503"):
            status, content_type, body = int(trouble), "text/plain", b"later"
        elif trouble == "busy" and content_type.startswith("text/html"):
            body = vb3._frame(board(), "Busy", MESSAGE.format("The server is too busy at the moment."), "x").encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if trouble == "429":
            self.send_header("Retry-After", "1")
        self.end_headers()
        torn = trouble == "torn"
        self.wfile.write(body[: len(body) // 2] if torn else body)
        self.close_connection = torn
        self.state.note(self.path, status, whole=not torn and trouble != "busy")

    def log_message(self, *_: object) -> None:
        """The log is ours."""


def main(log: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, server_state=Server(Path(log)))) as server:
        server.daemon_threads = True
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
