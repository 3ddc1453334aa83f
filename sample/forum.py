"""A small forum on loopback, the same as vBulletin 3, 4 and 5 and as XenForo 2: /vb3/, /vb4/, /vb5/ and /xf2/.

    python -m sample.forum --port 8000

It is there to be crawled by the demo and the tests. Two starts serve the same bytes.
"""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import ModuleType

from sample.board import Board
from sample.pictures import draw_all
from sample.skins import Place, vb3, vb4, vb5, xf2
from vlm3_dataset.arguments import OneLineParser, fail

PROG = "python -m sample.forum"

SKINS = {"vb3": vb3, "vb4": vb4, "vb5": vb5, "xf2": xf2}
BOARDS = " ".join(f"/{name}/" for name in SKINS)
CLOSED = dict.fromkeys(SKINS, ("photos/private/", "search.php", "calendar.php", "memberlist.php")) | {
    "xf2": ("photos/private/", "whats-new/", "account/", "goto/", "posts/", "login/", "search/", "members/")
}
ROBOTS = "\n".join(["User-agent: *", *(f"Disallow: /{name}/{path}" for name in SKINS for path in CLOSED[name]), ""])
TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff\xe0": "image/jpeg"}

Answer = tuple[int, str, bytes]  # status, content type, body


def answer(target: str, board: Board, drawings: dict[str, bytes]) -> Answer:
    """What the server says to GET `target`; a pure function of it."""
    if target == "/robots.txt":
        return 200, "text/plain", ROBOTS.encode()
    name, _, address = target.removeprefix("/").partition("/")
    if name not in SKINS:
        return _html(404, f"<html><body>Nothing here. The boards are {BOARDS}.</body></html>")
    if address.startswith("photos/"):
        keys = {board.photo(key): key for key in board.files}
        return _file(drawings.get(keys.get(address, "")))
    place = SKINS[name].locate(address, board)
    if place is None:
        return _html(404, "<html><body><h1>Not found</h1></body></html>")
    if place.kind == "attachment":
        return _attachment(place.id, SKINS[name], board, drawings)
    return _page(place, SKINS[name], board)


def _page(place: Place, skin: ModuleType, board: Board) -> Answer:
    if place.kind == "home":
        return _html(200, skin.home(board))
    known = board.forums if place.kind == "forum" else board.threads
    if place.id not in known:
        return _html(404, "<html><body><h1>Not found</h1></body></html>")
    if place.kind == "thread":
        return _html(200, skin.thread(board, known[place.id], place.number))
    forum = known[place.id]
    if forum.members_only:
        return _html(403 if skin is xf2 else 200, skin.notice(board))
    return _html(200, skin.forum(board, forum, place.number))


def _attachment(number: int, skin: ModuleType, board: Board, drawings: dict[str, bytes]) -> Answer:
    """A file, or the login page under the file's address, as boards answer guests."""
    keys = {file.attachment: key for key, file in board.files.items() if file.attachment}
    if number not in keys:
        return _html(404, "<html><body><h1>Not found</h1></body></html>")
    body = drawings.get(keys[number])
    return _file(body) if body else _html(200, skin.notice(board))


def _html(status: int, text: str) -> Answer:
    return status, "text/html; charset=UTF-8", text.encode()


def _file(body: bytes | None) -> Answer:
    if body is None:
        return _html(404, "<html><body><h1>Not found</h1></body></html>")
    return 200, TYPES.get(body[:4], "application/octet-stream"), body


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections, as real servers do
    # Head and body are sent apart, and Nagle's algorithm keeps the second back until the other side acknowledges the
    # first, which takes 40 ms.
    disable_nagle_algorithm = True

    def __init__(self, *args: object, board: Board, drawings: dict[str, bytes], **kwargs: object) -> None:
        self.board, self.drawings = board, drawings
        super().__init__(*args, **kwargs)

    def handle(self) -> None:
        with suppress(ConnectionError):  # the other side was killed, which http.server answers with a traceback
            super().handle()

    def do_GET(self) -> None:
        status, content_type, body = answer(self.path, self.board, self.drawings)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """One line per request would drown the demo's own output."""


@contextmanager
def serving(port: int) -> Iterator[int]:
    """Serves on 127.0.0.1 from a thread, so that the forum ends with its process, however that ends. Gives the port.

    Port 0 takes a free one. Raises OSError where the port cannot be had.
    """
    handler = partial(Handler, board=Board.load(), drawings=draw_all())
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def port_number(word: str) -> int:
    """For argparse. Raises ArgumentTypeError."""
    if not (word.isascii() and word.isdigit() and int(word) <= 65535):
        raise ArgumentTypeError(f"{word!r} is not a port; they go from 0 to 65535")
    return int(word)


def main(argv: list[str] | None = None) -> None:
    parser = OneLineParser(prog=PROG, description="Serve the sample forum on loopback.")
    parser.add_argument("--port", type=port_number, default=8000, help="0 for any free port (default: 8000)")
    port = parser.parse_args(argv).port
    try:
        with serving(port) as port, suppress(KeyboardInterrupt):
            print(f"sample forum: http://127.0.0.1:{port}{BOARDS}", flush=True)
            Event().wait()
    except OSError as error:
        fail(PROG, f"127.0.0.1:{port}: {error.strerror}; try --port 0")


if __name__ == "__main__":
    main()
