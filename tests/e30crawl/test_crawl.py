"""Whole crawls of the sample forum: nothing missing, nothing altered, and the same after any number of SIGKILLs."""

import fcntl
import json
import os
import random
import re
import shutil
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from e30crawl.archive.blobs import BlobStore
from e30crawl.archive.export import export
from e30crawl.frontier.records import ELSEWHERE
from sample.board import Board
from tests.e30crawl.conftest import GENERATIONS

PATIENCE = 120
FILES = ("forums", "threads", "posts", "media")


def rows(folder, name, *, drop=("fetched_at",)):
    """An exported file without what must differ between two crawls."""
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [{key: value for key, value in json.loads(line).items() if key not in drop} for line in lines]


def state(folder):
    columns = "key, url, step, number, state, kind, reason, sha256, size, suffix, content_type, location, records"
    with sqlite3.connect(folder / "state.sqlite") as database:
        return set(database.execute(f"select {columns} from pages"))


def done(folder):
    try:
        with sqlite3.connect(f"file:{folder / 'state.sqlite'}?mode=ro", uri=True) as database:
            return database.execute("select count(*) from pages where state != 'pending'").fetchone()[0]
    except sqlite3.OperationalError:
        return 0  # not made yet


@pytest.fixture(scope="module")
def board():
    return Board.load()


@pytest.fixture(params=GENERATIONS)
def folder(request, archive):
    return archive / request.param


def test_every_forum_and_thread_is_found(folder, board):
    assert {row["forum_id"]: row["title"] for row in rows(folder, "forums")} == {
        forum.id: forum.title for forum in board.forums.values()
    }
    threads = {row["thread_id"]: row for row in rows(folder, "threads")}
    assert threads.keys() == board.threads.keys()
    for thread in board.threads.values():
        row = threads[thread.id]
        assert (row["forum_id"], row["title"], row["views"]) == (thread.forum, thread.title, thread.views)
        assert (row["sticky"], row["closed"]) == (thread.sticky, thread.closed)


def test_every_post_of_every_page_is_there(folder, board):
    posts = rows(folder, "posts")
    expected = [
        (thread.id, post.number, post.id, post.by.name, post.by.id)
        for thread in sorted(board.threads.values(), key=lambda thread: thread.id)
        for post in thread.posts
    ]
    names = ("thread_id", "number", "post_id", "author", "author_id")
    assert [tuple(post[name] for name in names) for post in posts] == expected
    assert {post["date"][:19] for post in posts} == {
        post.at.isoformat()[:19] for thread in board.threads.values() for post in thread.posts
    }


def test_quotes_name_the_post_they_come_from(folder):
    quotes = {post["post_id"]: [quote["post_id"] for quote in post["quotes"]] for post in rows(folder, "posts")}
    assert quotes[1053] == [1052]
    assert set(quotes[1013]) >= {1012}
    assert quotes[1010] == []


def test_stored_bytes_are_those_of_the_server(folder, site):
    store = BlobStore(folder)
    for _, url, step, _, status, kind, _, sha256, size, suffix, *_ in state(folder):
        if status != "done":
            continue
        media = step == "media"
        stored = store.media_path(sha256, suffix).read_bytes() if media else store.get_page(sha256)
        assert stored == site.get(url)
        assert len(stored) == size
        assert (kind == "file") is media


def test_each_file_of_a_post_has_bytes_or_a_reason(folder):
    media = [file for post in rows(folder, "posts") for file in (*post["images"], *post["attachments"])]
    outcomes = [file["outcome"] for file in media if file["outcome"] != "stored"]
    assert sorted(outcomes) == ["HTTP 404", "forbidden by robots.txt", "login page instead of a file"]
    assert len(media) == 10
    assert all((folder / file["file"]).is_file() for file in media if file["outcome"] == "stored")


def test_members_only_is_a_notice_and_no_empty_forum(folder):
    notices = [row for row in state(folder) if row[5] == "notice"]
    assert [row[0] for row in notices] == ["forum:8:1"]
    assert re.search(r"not logged in|must be logged-in", notices[0][6])


def test_generations_agree(archive):
    """In all but what each prints in its own way; likes are counted by the two newer boards alone."""
    drop = ("fetched_at", "board", "url", "date_text", "edited", "images", "attachments", "reactions")
    first, *others = (rows(archive / name, "posts", drop=drop) for name in GENERATIONS)
    assert all(other == first for other in others)
    files = ("images", "attachments")
    first, *others = (
        [[[each["sha256"] for each in post[kind]] for kind in files] for post in rows(archive / name, "posts")]
        for name in GENERATIONS
    )
    assert all(other == first for other in others)


def test_xenforo_tells_labels_and_likes(archive, board):
    threads, posts = (rows(archive / "xf2", name) for name in ("threads", "posts"))
    assert {row["thread_id"]: row["prefix"] for row in threads} == {
        thread.id: thread.prefix for thread in board.threads.values()
    }
    assert {row["post_id"]: row["reactions"] for row in posts} == {
        post.id: len(post.likes) for thread in board.threads.values() for post in thread.posts
    }


def test_export_twice_gives_the_same_bytes(archive):
    before = {name: (archive / "vb4" / f"{name}.jsonl").read_bytes() for name in FILES}
    export(archive / "vb4")
    assert {name: (archive / "vb4" / f"{name}.jsonl").read_bytes() for name in FILES} == before


def test_two_exports_take_turns(archive):
    folder = os.open(archive / "vb4", os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(export, archive / "vb4")
        try:
            with pytest.raises(TimeoutError):
                waiting.result(timeout=1)
        finally:
            os.close(folder)
        assert waiting.result(timeout=PATIENCE)["posts"] == 45


@pytest.mark.parametrize("damage", [Path.unlink, lambda raw: raw.write_bytes(raw.read_bytes()[:99])])
def test_a_damaged_raw_page_is_named_in_one_line(archive, scrapy, tmp_path, damage):
    folder = shutil.copytree(archive / "vb3", tmp_path / "vb3")
    url, sha256 = next((row[1], row[7]) for row in state(folder) if row[0] == "thread:106:1")
    raw = BlobStore(folder).page_path(sha256)
    damage(raw)
    code, _, error = scrapy("export", "vb3", "--archive", tmp_path)
    assert code == 1
    assert f"{url}: {raw}: " in error
    assert error.count("\n") == 1


def test_what_an_earlier_run_lost_is_still_lost(archive, site, crawl, tmp_path):
    """A page given up and a raw page gone: the next run, with nothing to fetch, says both."""
    folder = shutil.copytree(archive / "vb3", tmp_path / "vb3")
    with sqlite3.connect(folder / "state.sqlite") as database:
        database.execute("update pages set state = 'failed', reason = 'HTTP 500' where key = 'thread:106:1'")
    arguments = {"start_url": site.url("/vb3/"), "board": "vb3", "archive": tmp_path}
    code, output = crawl(**arguments)
    assert code == 1
    assert "pages given up: 1 (HTTP 500)" in output
    with sqlite3.connect(folder / "state.sqlite") as database:
        database.execute("update pages set reason = ? where state = 'failed'", [f"{ELSEWHERE}: http://shop.example/"])
    assert crawl(**arguments)[0] == 0  # a forum that is no page of the board
    shutil.rmtree(folder / "raw")
    code, output = crawl(**arguments)
    assert code == 1
    assert f"{folder}: not exported: http://" in output
    assert "Traceback" not in output


def test_sigkill_at_any_moment_changes_nothing(archive, site, start, crawl, tmp_path):
    """Killed five times on the way, then left alone: state and export equal those of the undisturbed crawl."""
    arguments = {"start_url": site.url("/vb3/"), "board": "vb3", "archive": tmp_path}
    folder, chance = tmp_path / "vb3", random.Random(30)
    survived = []
    for goal in (1, 7, 13, 19, 25):
        with start(settings=("DOWNLOAD_DELAY=0.05",), **arguments) as process:
            while done(folder) < goal and process.poll() is None:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.04))
            process.kill()
            process.communicate()
        survived.append(done(folder))
    assert survived == sorted(survived)
    assert survived[0] < len(state(archive / "vb3"))
    code, output = crawl(**arguments)
    assert code == 0, output
    assert state(folder) == state(archive / "vb3")
    for name in FILES:
        assert rows(folder, name) == rows(archive / "vb3", name)
    assert not list(folder.rglob("*.tmp"))


def test_four_steps_are_one_crawl(archive, site, crawl, tmp_path):
    for step in ("forums", "threads", "posts", "media"):
        code, output = crawl(start_url=site.url("/vb4/"), board="vb4", archive=tmp_path, only=step)
        assert code == 0, output
    assert state(tmp_path / "vb4") == state(archive / "vb4")


def test_one_thread_alone_with_one_request_at_a_time(site, crawl, tmp_path):
    settings = ("CONCURRENT_REQUESTS=1",)
    code, output = crawl(settings=settings, start_url=site.url("/vb5/"), board="vb5", archive=tmp_path, thread_id=106)
    assert code == 0, output
    assert {post["thread_id"] for post in rows(tmp_path / "vb5", "posts")} == {106}
    assert len(rows(tmp_path / "vb5", "posts")) == 12


def test_a_disk_that_cannot_be_written_stops_the_crawl_in_one_line(site, crawl, tmp_path):
    (tmp_path / "vb3").mkdir()
    (tmp_path / "vb3" / "raw").write_text("a file where the folder should be")
    code, output = crawl(start_url=site.url("/vb3/"), board="vb3", archive=tmp_path)
    assert code == 1
    assert f"{tmp_path}/vb3: cannot write: " in output
    assert "Traceback" not in output


def test_sigterm_ends_the_crawl_and_says_so(site, start, tmp_path):
    with start(settings=("DOWNLOAD_DELAY=0.5",), start_url=site.url("/vb3/"), board="vb3", archive=tmp_path) as process:
        while not done(tmp_path / "vb3") and process.poll() is None:
            time.sleep(0.01)
        process.terminate()
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "vb3: stopped early (shutdown); the same command goes on from here" in output


def test_sigterm_ends_the_export_as_well(archive, site, start, tmp_path):
    folder = shutil.copytree(archive / "vb3", tmp_path / "vb3")
    before = (folder / "posts.jsonl").read_bytes()
    held = os.open(folder, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)  # as another export would
    with start(start_url=site.url("/vb3/"), board="vb3", archive=tmp_path) as process:
        while not re.search(rf"-> FLOCK .* {process.pid} ", Path("/proc/locks").read_text()):
            time.sleep(0.01)  # until it waits for the folder
        process.terminate()
        output, _ = process.communicate(timeout=PATIENCE)
    os.close(held)
    assert process.returncode == 143
    assert f"{folder}: not exported: stopped; the same command does it" in output
    assert (folder / "posts.jsonl").read_bytes() == before


def test_without_permission_nothing_on_loopback_is_fetched(site, crawl, tmp_path):
    code, output = crawl(start_url=site.url("/vb3/"), board="vb3", archive=tmp_path, allow="")
    assert code == 1
    remedy = "-s GUARD_ALLOW=HOST:PORT lets a machine of your own through"
    assert f"/vb3/: refused: address 127.0.0.1 is not public; {remedy}; is that its address?" in output
    assert not any(tmp_path.iterdir())
