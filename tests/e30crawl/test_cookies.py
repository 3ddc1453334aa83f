"""Cookies of a browser open the board, and nobody else sees them."""

from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import Response

from e30crawl.cookies import CookieFileError, load, playwright_cookies
from e30crawl.middlewares import BoardCookies
from sample.board import Board
from sample.forum import answer
from sample.pictures import draw_all
from sample.skins import vb3
from tests.loopback import listening

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SOON, PAST = 1_900_000_000, 1_500_000_000
BOARD = "https://www.board.example/forums/"
HEAD = "# Netscape HTTP Cookie File\n# https://curl.se/docs/http-cookies.html\n\n"
TOKEN = f"1226084690-{'0123456789' * 4}"


def line(name="bbsessionhash", value="s3cret", *, host="www.board.example", all_hosts=False, secure=False, expires=0):
    flags = (str(all_hosts).upper(), "/", str(secure).upper())
    return "\t".join((host, *flags, str(expires), name, value)) + "\n"


@pytest.fixture
def jar(tmp_path):
    """From these lines of a file, the board's cookies."""

    def jar(*lines, url=BOARD):
        path = tmp_path / "cookies.txt"
        path.write_text(HEAD + "".join(lines), encoding="utf-8")
        return load(path, url, NOW)

    return jar


@pytest.fixture
def sent(jar):
    """What goes to a URL with these lines of a file."""

    def sent(url, *lines):
        request = Request(url)
        BoardCookies(jar(*lines), BOARD).process_request(request)
        return request.headers.get("Cookie")

    return sent


@pytest.mark.parametrize(
    ("url", "cookie"),
    [
        (BOARD, b"bbsessionhash=s3cret"),
        ("https://www.board.example/attachment.php?attachmentid=1", b"bbsessionhash=s3cret"),
        ("https://photos.example/1.jpg", None),
        ("https://photos.board.example/1.jpg", None),  # a browser would send it none either
        ("https://board.example.evil.example/", None),
        ("https://www.board.example:8443/", None),
    ],
)
def test_cookies_go_to_the_board_alone(sent, url, cookie):
    assert sent(url, line()) == cookie


def test_a_cookie_for_all_hosts_of_a_domain_goes_to_the_board_alone_all_the_same(sent):
    everywhere = line(host=".board.example", all_hosts=True)
    assert sent(BOARD, everywhere) == b"bbsessionhash=s3cret"
    assert sent("https://photos.board.example/1.jpg", everywhere) is None


@pytest.mark.parametrize("host", [".board.example", "board.example", "Board.example"])
def test_exports_disagree_about_the_dot(sent, host):
    assert sent(BOARD, line(host=host, all_hosts=True)) == b"bbsessionhash=s3cret"


def test_a_secure_cookie_is_not_sent_in_the_clear(sent):
    assert sent("http://www.board.example/forums/", line(secure=True), line("bbstyleid", "3")) == b"bbstyleid=3"
    assert sent(BOARD, line(secure=True)) == b"bbsessionhash=s3cret"


def test_a_cookie_that_a_redirect_brings_along_is_taken_off(jar):
    request = Request("https://photos.example/1.jpg", headers={"Cookie": "bbsessionhash=s3cret"})
    BoardCookies(jar(line()), BOARD).process_request(request)
    assert "Cookie" not in request.headers


@pytest.mark.parametrize("first", ["", "#HttpOnly_"])
def test_cookies_of_a_session_and_those_that_scripts_may_not_see_count(sent, first):
    assert sent(BOARD, first + line()) == b"bbsessionhash=s3cret"


def test_only_the_board_may_change_its_cookies(jar):
    cookies = BoardCookies(jar(line()), BOARD)
    for url, value in (("https://photos.example/1.jpg", "bad"), (BOARD, "rolled")):
        headers = {"Set-Cookie": f"bbsessionhash={value}; path=/; HttpOnly"}
        cookies.process_response(Request(url), Response(url, headers=headers))
    request = Request(BOARD)
    cookies.process_request(request)
    assert request.headers["Cookie"] == b"bbsessionhash=rolled"


def test_the_board_takes_a_cookie_back(jar):
    cookies = BoardCookies(jar(line(), line("bbuserid", "7")), BOARD)
    gone = {"Set-Cookie": "bbuserid=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/"}
    cookies.process_response(Request(BOARD), Response(BOARD, headers=gone))
    cookies.process_request(request := Request(BOARD))
    assert request.headers["Cookie"] == b"bbsessionhash=s3cret"


def test_a_browser_gets_the_same_cookies(jar):
    session, kept = playwright_cookies(
        jar(f"#HttpOnly_{line()}", line("bbuserid", "7", host=".board.example", all_hosts=True, expires=SOON))
    )
    assert session == {
        "name": "bbsessionhash",
        "value": "s3cret",
        "domain": "www.board.example",
        "path": "/",
        "expires": -1,
        "httpOnly": True,
        "secure": False,
    }
    assert (kept["domain"], kept["expires"], kept["httpOnly"]) == (".board.example", SOON, False)


def test_expired_cookies_are_left_out_and_counted(jar):
    cookies = jar(line(), line("bblastvisit", "1", expires=PAST), line("other", host="else.example", expires=PAST))
    assert [cookie.name for cookie in cookies] == ["bbsessionhash"]
    assert cookies.expired == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "no cookie for board.example; log in with a browser"),
        (HEAD + line(host="else.example"), "no cookie for board.example; log in with a browser"),
        (
            HEAD + line(expires=PAST) * 2 + line("b", expires=PAST),
            "its 3 cookies for board.example have expired; log in",
        ),
        (
            '[{"name": "bbsessionhash", "value": "s3cret"}]',
            "line 1: not a Netscape cookies.txt, which has seven fields",
        ),
        (HEAD + line().replace("\t", " "), "line 4: not a Netscape cookies.txt"),
        (HEAD + line(expires="soon"), "line 4: not a Netscape cookies.txt"),
        (HEAD + line().replace("FALSE", "no", 1), "line 4: not a Netscape cookies.txt"),
        (b"SQLite format 3\0\xff\xfe", "not a Netscape cookies.txt"),
        (None, "No such file or directory"),
    ],
)
def test_a_wrong_file_is_told_in_one_line_without_its_secrets(scrapy, tmp_path, text, said):
    path = tmp_path / "cookies.txt"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CookieFileError) as caught:
        load(path, BOARD, NOW)
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)
    code, _, error = scrapy("crawl", "e30m3", "-a", f"start_url={BOARD}", "-a", f"cookies={path}")
    assert (code, error) == (2, f"-a cookies: {caught.value}\n")


fields = st.sampled_from(["www.board.example", ".board.example", "TRUE", "FALSE", "/", "0", str(SOON), "9" * 5000, ""])


@given(st.binary() | st.lists(fields | st.text(), min_size=6, max_size=8).map(lambda line: "\t".join(line).encode()))
def test_any_file_is_read_or_told_of(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(content)
    try:
        request = Request(BOARD)
        BoardCookies(load(path, BOARD, NOW), BOARD).process_request(request)
    except CookieFileError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017 - most contents are no cookies, and some are


class MembersOnly(BaseHTTPRequestHandler):
    """The sample forum: guests see its home and the login page, members everything; photos are sent on elsewhere."""

    protocol_version = "HTTP/1.1"
    board, drawings = Board.load(), draw_all()

    def __init__(self, *args, seen, photos=None, **kwargs):
        self.seen, self.photos = seen, photos
        super().__init__(*args, **kwargs)

    def do_GET(self):
        cookie = self.headers.get("Cookie")
        self.seen.append((self.path, cookie))
        status, content_type, body = answer(self.path, self.board, self.drawings)
        if content_type.startswith("text/html") and self.photos:
            if "bbsessionhash=good" in (cookie or ""):
                body = body.replace(b'SECURITYTOKEN = "guest"', f'SECURITYTOKEN = "{TOKEN}"'.encode())
            elif self.path not in {"/vb3/", "/vb3/index.php"}:
                body = vb3.notice(self.board).encode()
        away = self.photos and "/photos/" in self.path
        self.send_response(302 if away else status)
        if away:
            self.send_header("Location", self.photos + self.path)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", f"rolling={len(self.seen)}; path=/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Not one line per request."""


@pytest.fixture
def members(crawl, tmp_path):
    """Crawls the board with this session, or as a guest: exit code, output, requests to the board and to the photos."""

    def members(session=None):
        asked, photos, given = [], [], {}
        if session:
            given["cookies"] = tmp_path / "cookies.txt"
            given["cookies"].write_text(HEAD + line(value=session, host="127.0.0.1"))
        with (
            listening(partial(MembersOnly, seen=photos)) as other,
            listening(partial(MembersOnly, seen=asked, photos=other)) as board,
        ):
            allow = ",".join(url.removeprefix("http://") for url in (board, other))
            code, output = crawl(start_url=f"{board}/vb3/", board="vb3", archive=tmp_path, allow=allow, **given)
        return code, output, asked, photos

    return members


def test_a_members_only_board_is_read_with_cookies(members, tmp_path):
    code, output, asked, photos = members("good")
    assert code == 0, output
    assert len((tmp_path / "vb3" / "posts.jsonl").read_text().splitlines()) == 45
    assert all("bbsessionhash=good" in cookie for path, cookie in asked)
    assert any("rolling=" in cookie for _, cookie in asked)
    assert len(photos) > 1
    assert {cookie for _, cookie in photos} == {None}
    assert (tmp_path / "cookies.txt").read_text() == HEAD + line(value="good", host="127.0.0.1")
    assert "good" not in output.replace("cookies.txt", "")


def test_cookies_that_no_longer_open_the_board_stop_the_crawl(members, tmp_path):
    """The board's home is open to all, and shows by its token that we are taken for a guest."""
    code, output, asked, _ = members("bad")
    assert code == 1
    assert "the board takes us for a guest" in output
    assert [path for path, _ in asked] == ["/robots.txt", "/vb3/"]
    assert not list((tmp_path / "vb3").glob("raw/*/*"))


def test_a_guest_notes_what_is_for_members_only(members):
    code, output, asked, _ = members()
    assert code == 0, output
    assert {cookie for _, cookie in asked} == {None}
