"""Selectors for a board whose skin hides what we look for."""

import dataclasses

import pytest

from e30crawl.parsers.page import read
from e30crawl.parsers.records import PageKind, Reading, Selectors
from e30crawl.parsers.selectors import xpath_problem
from sample.board import Board
from sample.skins import vb3

URL = "https://board.example/showthread.php?t=7"
OWN = Selectors(
    post="//li[@class='msg']",
    thread="//h3/a",
    forum="//h2/a",
    pages="//p[@class='pages']",
    post_id="@data-id",
    number=".//a[@class='nr']",
    author=".//b[@class='who']",
    date=".//time/@title",
    text=".//div[@class='body']",
)
THREAD = """<html>
<head><title>Idle</title><script>vBulletin_init();</script></head><body><p class="pages">Page 2 of 5</p>
<ul><li class="msg" data-id="p-41"><a class="nr">#16</a><b class="who">Old <i>Bear</i></b>
<time title="07-13-2008, 05:42 AM">long ago</time><div class="body">Clean the <b>valve</b>.<br>Then
<img src="valve.jpg"><blockquote class="bbcode_quote"><div class="bbcode_postedby"><strong>Six</strong></div>
<div class="message">It hunts.</div></blockquote></div><a href="attachment.php?attachmentid=9">log.txt</a></li>
<li class="msg" data-id="p-42"><b class="who">Six</b><div class="body">Thanks.</div></li>
<li class="msg" data-id="p-42"><div class="body">again</div></li>
<li class="msg"><div class="body">an advertisement</div></li></ul>
<p>All times are GMT -5.</p></body></html>"""
LISTS = """<html>
<head><script>vBulletin_init();</script></head><body><h2><a href="forumdisplay.php?f=3">Engines</a></h2>
<h3><a href="showthread.php?t=7">Idle</a></h3><h3><a href="showthread.php?t=8&amp;page=2">Oil</a></h3>
<h3><a href="search.php">Search</a></h3><h3><a href="javascript:x()">x</a></h3></body></html>"""


def with_selectors(html, selectors=OWN, url=URL):
    return read(html.encode(), url, reading=Reading(selectors=selectors))


def test_a_thread_that_would_not_be_read_without():
    assert read(THREAD.encode(), URL).kind is PageKind.UNKNOWN
    page = with_selectors(THREAD)
    assert (page.kind, page.thread_id, page.number, page.last, page.reason) == (PageKind.POSTS, 7, 2, 5, None)
    one, two = page.posts
    assert (one.post_id, one.number, one.author, one.date) == (41, 16, "Old Bear", "2008-07-13T10:42:00+00:00")
    assert one.text == "Clean the valve.\nThen\n\n> It hunts."
    assert [quote.author for quote in one.quotes] == ["Six"]
    assert [image.url for image in one.images] == ["https://board.example/valve.jpg"]
    assert [file.url for file in one.attachments] == ["https://board.example/attachment.php?attachmentid=9"]
    assert (two.post_id, two.number, two.author, two.date, two.text) == (42, None, "Six", None, "Thanks.")


def test_lists_that_would_not_be_read_without():
    page = with_selectors(LISTS, url="https://board.example/forumdisplay.php?f=2")
    assert (page.kind, page.forum_id) == (PageKind.THREADS, 2)
    assert [(each.thread_id, each.title) for each in page.threads] == [(7, "Idle"), (8, "Oil")]
    assert [(each.forum_id, each.title) for each in page.forums] == [(3, "Engines")]
    forums = with_selectors(LISTS, Selectors(forum="//h2/a"), "https://board.example/")
    assert (forums.kind, len(forums.forums), forums.threads) == (PageKind.FORUMS, 1, ())


def test_what_is_not_said_is_read_as_on_any_board():
    board = Board.load()
    html = vb3.thread(board, board.threads[106], 2)
    plain = read(html.encode(), URL)
    shouting = dataclasses.replace(
        plain, posts=tuple(dataclasses.replace(post, author=f"#{post.number}") for post in plain.posts)
    )
    found = "//table[starts-with(@id, 'post') and number(substring(@id, 5)) > 0]"
    seen = with_selectors(html, Selectors(post=found, author=".//a[starts-with(@id, 'postcount')]/.."))
    assert [post.post_id for post in seen.posts] == [post.post_id for post in plain.posts]
    assert seen == shouting


def test_selectors_that_find_nothing_change_nothing():
    board = Board.load()
    for html in (vb3.home(board), vb3.forum(board, board.forums[2], 1), vb3.thread(board, board.threads[106], 2)):
        assert with_selectors(html) == read(html.encode(), URL)


@pytest.mark.parametrize(
    ("expression", "within", "said"),
    [
        ("//li[", False, "no XPath: "),
        ("//nothing:li", False, "no XPath: "),
        ("$x", False, "no XPath: "),
        ("count(//li)", False, "gives no elements"),
        ("//li", True, "looks through the whole page"),
        ("", False, "no XPath: "),
        ("//li", False, None),
        ("string(//li)", False, None),
        (".//li/@id", True, None),
    ],
)
def test_what_is_wrong_with_an_expression(expression, within, said):
    found = xpath_problem(expression, within=within)
    assert (found or "").startswith(said or "")
    assert bool(found) is bool(said)
