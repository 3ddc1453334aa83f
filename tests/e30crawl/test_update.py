"""`update=1`: a board that went on is caught up with, at the price of its lists and of what has changed."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from e30crawl.archive.audit import audit
from sample.board import Board
from sample.forum import Handler
from sample.pictures import draw_all
from tests.e30crawl.conftest import GENERATIONS
from tests.loopback import listening

pytestmark = pytest.mark.slow

PATIENCE = 120
GROWN, SHRUNK, NEW = 104, 101, 900  # ids of threads


class LiveForum:
    """The sample forum with posts still coming in; it notes the path of every request."""

    def __init__(self, host):
        self.host, self.board, self.asked = host, Board.load(), []
        self.broken = set()  # paths that end in an error

    def url(self, path):
        return f"http://{self.host}{path}"

    def thread(self, thread_id, **changes):
        self.board.threads[thread_id] = replace(self.board.threads[thread_id], **changes)

    def write(self, thread_id, count):
        posts = self.board.threads[thread_id].posts
        more = tuple(
            replace(posts[-1], id=posts[-1].id + 5000 + n, number=len(posts) + n, at=self.latest(), text=f"More {n}")
            for n in range(1, count + 1)
        )
        self.thread(thread_id, posts=posts + more)

    def latest(self):
        return max(thread.posts[-1].at for thread in self.board.threads.values()) + timedelta(minutes=7)


@pytest.fixture
def forum():
    live = LiveForum("")

    class Noting(Handler):
        def do_GET(self):  # noqa: N802 - the name is http.server's
            live.asked.append(self.path)
            if self.path in live.broken:
                self.send_error(500)
            else:
                super().do_GET()

    handler = partial(Noting, board=live.board, drawings=draw_all())
    with listening(handler) as url:
        live.host = url.removeprefix("http://")
        yield live


@pytest.fixture(params=GENERATIONS)
def crawl(request, forum, start, tmp_path):
    """Crawls the live forum: its folder and the paths that were asked for."""

    def crawl(name="board", *, code=0, kill_after=0, **arguments):
        forum.asked.clear()
        given = {"start_url": forum.url(f"/{request.param}/"), "board": name, "archive": tmp_path} | arguments
        with start(settings=("FRONTIER_RETRY_DELAY=0.0001",), allow=forum.host, **given) as process:
            while kill_after and len(forum.asked) < kill_after:
                time.sleep(0.001)
            if kill_after:
                process.kill()
            output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == code, output
        return tmp_path / name, [path for path in forum.asked if path != "/robots.txt"]

    return crawl


def posts(folder):
    lines = (folder / "posts.jsonl").read_text(encoding="utf-8").splitlines()
    rows = sorted(map(json.loads, lines), key=lambda row: row["post_id"])
    return [{key: value for key, value in row.items() if key not in ("fetched_at", "board", "url")} for row in rows]


def test_nothing_new_costs_the_lists_alone(crawl):
    _, everything = crawl()
    _, asked = crawl(update=1)
    assert len(asked) == 9  # home and eight forums
    assert set(asked) < set(everything)


def test_what_came_since_is_as_if_it_had_always_been_there(forum, crawl):
    folder, _ = crawl()
    forum.write(GROWN, 13)
    forum.board.threads[NEW] = replace(
        forum.board.threads[GROWN],
        id=NEW,
        title="New here",
        posts=(replace(forum.board.threads[GROWN].posts[0], id=9001, at=forum.latest()),),
    )
    _, asked = crawl(update=1)
    fresh, whole = crawl("fresh")
    assert posts(folder) == posts(fresh)
    assert len(asked) == len(set(asked)) < len(whole) - 5
    _, again = crawl(update=1)
    assert len(again) == 9


def test_an_update_that_was_killed_is_one_whoever_goes_on_with_it(forum, crawl):
    folder, _ = crawl()
    forum.write(GROWN, 13)
    crawl(update=1, kill_after=3, code=-9)
    crawl()
    fresh, _ = crawl("fresh")
    assert posts(folder) == posts(fresh)
    assert len(crawl(update=1)[1]) == 9


def test_a_post_that_was_deleted_stays_in_the_archive(forum, crawl):
    folder, _ = crawl()
    before = posts(folder)
    kept, gone = forum.board.threads[SHRUNK].posts[:-1], forum.board.threads[SHRUNK].posts[-1]
    forum.thread(SHRUNK, posts=(replace(kept[0], text="I take that back."), *kept[1:]))
    crawl(update=1)
    after = posts(folder)
    assert [post["post_id"] for post in after] == [post["post_id"] for post in before]
    assert next(post for post in after if post["post_id"] == kept[0].id)["text"] == "I take that back."
    assert next(post for post in after if post["post_id"] == gone.id)["text"]


def test_a_thread_that_is_no_longer_listed_is_asked_for_once(forum, crawl):
    folder, _ = crawl()
    before = posts(folder)
    del forum.board.threads[GROWN]
    _, asked = crawl(update=1)
    assert len(asked) == 10
    assert sum(str(GROWN) in path for path in asked) == 1
    assert posts(folder) == before
    assert len(crawl(update=1)[1]) == 9


@pytest.mark.parametrize("again", [{"update": 1}, {"retry": "unread"}])
def test_new_posts_that_could_not_be_had_are_told_and_asked_for_again(forum, crawl, again):
    folder, _ = crawl()
    forum.write(GROWN, 1)
    forum.broken = {path for path in crawl("fresh")[1] if str(GROWN) in path}
    assert len(forum.broken) == 1  # the thread
    crawl(code=1, update=1)
    assert "pages not read" in audit(folder).findings
    crawl(code=1)  # told by every run until it is mended
    forum.broken = set()
    crawl(**again)
    assert posts(folder) == posts(folder.parent / "fresh")
    assert audit(folder).findings == {}
