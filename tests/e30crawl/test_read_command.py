"""`scrapy read`: what the parsers see, as JSON."""

import gzip
import json
import os
import subprocess
import sys

import pytest

from sample.board import Board
from sample.forum import SKINS
from sample.skins import vb3, vb4

BOARD = Board.load()


@pytest.fixture
def seen(tmp_path, scrapy):
    def seen(page, *words, pack=bytes):
        file = tmp_path / "page.html"
        file.write_bytes(pack(page.encode()))
        code, printed, _ = scrapy("read", file, *words)
        assert code == 0
        return json.loads(printed)

    return seen


@pytest.mark.parametrize("name", SKINS)
def test_each_kind_of_page(seen, name):
    skin = SKINS[name]
    index, forum = seen(skin.home(BOARD)), seen(skin.forum(BOARD, BOARD.forums[2], 1))
    thread, login = seen(skin.thread(BOARD, BOARD.threads[106], 2)), seen(skin.notice(BOARD))
    assert [each["kind"] for each in (index, forum, thread, login)] == ["index", "forum", "thread", "login"]
    assert {each["generation"] for each in (index, forum, thread, login)} == {name}
    assert {each["forum_id"] for each in index["forums"]} <= BOARD.forums.keys()
    assert [each["title"] for each in forum["threads"]] == [each.title for each in BOARD.listed(BOARD.forums[2], 1)]
    assert (thread["page"], thread["pages"]) == (2, 3)
    assert [post["number"] for post in thread["posts"]] == [6, 7, 8, 9, 10]
    assert {"author", "date", "text", "quotes", "images"} <= thread["posts"][0].keys()


def test_what_cannot_be_read_gives_a_reason(seen):
    empty, phpbb = seen(""), seen("<html><body id='phpbb'><p>Topic</p></body></html>")
    assert (empty["kind"], empty["reason"]) == ("passing", "an empty page")
    assert (phpbb["kind"], phpbb["software"]) == ("other", "phpBB")
    assert seen("<title>Just a moment...</title>Checking your browser")["kind"] == "challenge"
    other = seen("<html><body><p>A blog.</p></body></html>")
    assert (other["kind"], other["reason"]) == ("other", "no markup of vBulletin or XenForo")
    cut = seen(vb3.thread(BOARD, BOARD.threads[106], 1)[:-400])
    assert (cut["kind"], cut["posts"], cut["reason"]) == ("other", [], "cut short: the page has no end")


def test_a_page_out_of_the_archive_is_read_as_it_lies_there(seen):
    assert seen(vb4.home(BOARD), pack=gzip.compress)["kind"] == "index"


def test_the_address_names_what_the_page_does_not(seen):
    page = vb3.thread(BOARD, BOARD.threads[106], 1)
    images = seen(page, "--url", "http://other.example/b/showthread.php?t=106")["posts"][0]["images"]
    assert all(image["url"].startswith("http://other.example/b/") for image in images)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["/nowhere/page.html"], 2, "/nowhere/page.html: No such file or directory"),
        (["/"], 2, "/: Is a directory"),
        ([], 2, "usage: e30crawl read FILE "),
        (["a", "b"], 2, "usage: e30crawl read FILE "),
        (["a", "--urn", "http://board.example/"], 2, "usage: e30crawl read FILE "),
        (["--nonsense"], 2, "usage: e30crawl read FILE "),
        (["a", "--url"], 2, "e30crawl read: argument --url: expected one argument"),
        (["a", "--url", "board.example"], 2, "--url: 'board.example' is not an address"),
        (["a", "--url", "http://["], 2, "--url: 'http://[' is not an address"),
        (["a", "--config", "/nowhere.yaml"], 2, "/nowhere.yaml: No such file or directory"),
    ],
)
def test_mistakes_are_told_in_one_line(scrapy, words, code, said):
    ended, printed, error = scrapy("read", *words)
    assert (ended, printed) == (code, "")
    assert error.startswith(said)
    assert error.count("\n") == 1


@pytest.mark.parametrize("body", [gzip.compress(b"<html>" * 99, mtime=0)[:-20], b"\x1f\x8bno gzip"])
def test_a_torn_gzip_is_told_in_one_line(tmp_path, scrapy, body):
    (tmp_path / "page").write_bytes(body)
    code, _, error = scrapy("read", tmp_path / "page")
    assert code == 1
    assert error.count("\n") == 1


def test_outside_a_project_it_is_there_as_well(tmp_path, root):
    (tmp_path / "page").write_bytes(b"")
    environment = os.environ | {"SCRAPY_SETTINGS_MODULE": "e30crawl.settings", "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "scrapy", "read", "page"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["reason"] == "an empty page"


def test_a_boards_file_says_where_things_are(seen, scrapy, tmp_path):
    page = '<p><span class="msg" id="m5">Clean the valve.</span></p><script>vBulletin_init();</script>'
    url = "https://board.example/showthread.php?t=7"
    assert seen(page, "--url", url)["kind"] == "other"
    config = tmp_path / "e30.yaml"
    config.write_text("selectors: {post: //span}\n")
    (post,) = seen(page, "--url", url, "--config", str(config))["posts"]
    assert (post["post_id"], post["text"]) == (5, "Clean the valve.")
    config.write_text("selectors: {post: //span[}\n")
    code, _, error = scrapy("read", tmp_path / "page.html", "--config", config)
    assert code == 2
    assert error.startswith(f"{config}: ")
