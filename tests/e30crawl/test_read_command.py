"""`python -m e30crawl.read`: what the parsers see, as JSON."""

import gzip
import json

import pytest

from e30crawl.read import main
from sample.board import Board
from sample.skins import vb3, vb4, vb5

BOARD = Board.load()
SKINS = {"vb3": vb3, "vb4": vb4, "vb5": vb5}


@pytest.fixture
def seen(tmp_path, capsys):
    def seen(page, *words, pack=bytes):
        file = tmp_path / "page.html"
        file.write_bytes(pack(page.encode()))
        main([str(file), *words])
        return json.loads(capsys.readouterr().out)

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
    assert (other["kind"], other["reason"]) == ("other", "no markup of vBulletin")
    cut = seen(vb3.thread(BOARD, BOARD.threads[106], 1)[:-400])
    assert (cut["kind"], cut["posts"], cut["reason"]) == ("other", [], "cut short: the page has no end")


def test_a_page_out_of_the_archive_is_read_as_it_lies_there(seen):
    assert seen(vb4.home(BOARD), pack=gzip.compress)["kind"] == "index"


def test_the_address_names_what_the_page_does_not(seen):
    page = vb3.thread(BOARD, BOARD.threads[106], 1)
    images = seen(page, "--url", "http://other.example/b/showthread.php?t=106")["posts"][0]["images"]
    assert all(image["url"].startswith("http://other.example/b/") for image in images)


@pytest.mark.parametrize(("words", "code"), [(["/nowhere/page.html"], 1), ([], 2), (["a", "b", "c"], 2)])
def test_mistakes_are_told_in_one_line(words, code, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == code
    assert capsys.readouterr().err.count("\n") == 1


def test_a_torn_gzip_is_told_in_one_line(tmp_path, capsys):
    (tmp_path / "page").write_bytes(gzip.compress(b"<html>" * 99)[:-20])
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path / "page")])
    assert ended.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_boards_file_says_where_things_are(seen, tmp_path, capsys):
    page = '<p><span class="msg" id="m5">Clean the valve.</span></p><script>vBulletin_init();</script>'
    url = "https://board.example/showthread.php?t=7"
    assert seen(page, "--url", url)["kind"] == "other"
    config = tmp_path / "e30.yaml"
    config.write_text("selectors: {post: //span}\n")
    (post,) = seen(page, "--url", url, "--config", str(config))["posts"]
    assert (post["post_id"], post["text"]) == (5, "Clean the valve.")
    config.write_text("selectors: {post: //span[}\n")
    with pytest.raises(SystemExit):
        seen(page, "--config", str(config))
    assert capsys.readouterr().err.startswith(f"{config}: ")
