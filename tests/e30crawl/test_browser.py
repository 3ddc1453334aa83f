"""A board that writes its posts by script, read with a real Chromium; and what such a page may not reach."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest
from scrapy.settings import Settings

from e30crawl.archive.blobs import BlobStore
from e30crawl.browser.chromium import NoBrowserError, register
from e30crawl.frontier.schema import connect, pages
from sample.board import Board
from sample.forum import answer
from sample.pictures import draw_all
from tests.loopback import listening

PATIENCE = 240
THREAD = "/vb3/showthread.php?t=106"

pytestmark = pytest.mark.skipif(
    not shutil.which("chromium"), reason="no Chromium here; install Debian's package chromium"
)


def by_script(page: str, inside: str) -> str:
    """The same page, empty until its script has run; it also tries to reach a machine that is not the public's."""
    body = re.search(r"<body.*</body>", page, re.DOTALL)
    hidden = json.dumps(body[0]).replace("</", "<\\/")
    errands = f"""fetch("http://{inside}/fetch"); new Image().src = "http://{inside}/image";
        document.body.insertAdjacentHTML("beforeend", '<iframe src="http://{inside}/frame"></iframe>');
        new WebSocket("ws://{inside}/socket");"""
    script = f"<script>document.body.innerHTML = {hidden}; {errands}</script>"
    return page.replace(body[0], f"<body>{script}</body>")


@contextmanager
def serving(answers) -> Iterator[tuple[str, list[str]]]:
    """A server that answers by a function of the path; its host, and what it was asked."""
    asked: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, content_type, body = answers(self.path)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with listening(Answering) as url:
        yield url.removeprefix("http://"), asked


@pytest.fixture(scope="module")
def rendered(start, tmp_path_factory):
    """A crawl of one scripted thread: its folder, what it printed, and what the board and the machine inside saw."""
    board, drawings, archive = Board.load(), draw_all(), tmp_path_factory.mktemp("browser")
    with serving(lambda _: (200, "text/plain", b"secret")) as (inside, asked_inside):

        def page(path):
            status, content_type, body = answer(path, board, drawings)
            scripted = by_script(body.decode(), inside).encode() if path.startswith(THREAD) else body
            return status, content_type, scripted

        with serving(page) as (host, asked):
            url = f"http://{host}{THREAD}"
            process = start(allow=host, start_url=url, board="b", archive=archive, browser=1, thread_id=106)
            output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output
    return archive / "b", output, asked, asked_inside


def rows(folder, name):
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


def test_posts_that_a_script_writes_are_read(rendered):
    expected = [post.id for post in Board.load().threads[106].posts]
    assert [post["post_id"] for post in rows(rendered[0], "posts")] == expected


def test_rendered_pages_are_marked_and_are_what_the_script_made(rendered):
    folder = rendered[0]
    engine = connect(folder)
    with engine.connect() as connection:
        found = connection.execute(pages.select().where(pages.c.thread_id == 106, pages.c.kind == "posts")).all()
    engine.dispose()
    assert len(found) == 3
    assert {row.rendered for row in found} == {True}
    assert all(b'id="post_message_' in BlobStore(folder).get_page(row.sha256) for row in found)


def test_the_browser_reaches_nothing_that_is_not_public(rendered):
    _, output, _, asked_inside = rendered
    assert asked_inside == []
    assert "the browser was refused" in output


def test_robots_are_asked_first_and_pictures_are_fetched_as_they_are(rendered):
    _, _, asked, _ = rendered
    assert asked[0] == "/robots.txt"
    assert len([path for path in asked if path == "/robots.txt"]) == 1
    assert len(asked) == len(set(asked))


def test_without_a_browser_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoBrowserError, match="no Chromium here; install Debian's package chromium"):
        register(Settings())
    with pytest.raises(NoBrowserError, match="BROWSER_PATH: no program '/none'"):
        register(Settings({"BROWSER_PATH": "/none"}))
