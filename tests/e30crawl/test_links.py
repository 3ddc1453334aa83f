"""What a page means for the walk."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e30crawl.frontier.records import Changes, Claim, Listed, Step
from e30crawl.links import MANY_PAGES, Verdict, changes, classify_response, media_key, page_links, start
from e30crawl.parsers.records import Forum, Media, Page, PageKind, Post, Thread
from e30crawl.urls import page_url

BOARD = "http://board.example/"
HOME = Claim("home", BOARD, Step.FORUMS)
FORUM = Claim("forum:4:1", f"{BOARD}forumdisplay.php?f=4", Step.FORUMS, forum_id=4)
LIST = Claim("forum:4:2", f"{BOARD}forumdisplay.php?f=4&page=2", Step.THREADS, forum_id=4, number=2)
THREAD = Claim("thread:9:1", f"{BOARD}showthread.php?t=9", Step.POSTS, forum_id=4, thread_id=9)


def notice(words, *, logged_out=False):
    return Page(PageKind.NOTICE, "vb3", notice=words, logged_out=logged_out)


LOGIN = notice("You are not logged in", logged_out=True)


@pytest.mark.parametrize(
    ("page", "status", "claim", "verdict"),
    [
        (Page(PageKind.POSTS, "vb3"), 200, THREAD, Verdict.KEEP),
        (Page(PageKind.UNKNOWN, "unknown"), 200, THREAD, Verdict.KEEP),
        (Page(PageKind.UNKNOWN, "unknown"), 404, THREAD, Verdict.GIVE_UP),
        (Page(PageKind.UNKNOWN, "unknown"), 410, THREAD, Verdict.GIVE_UP),
        (Page(PageKind.UNKNOWN, "unknown"), 403, THREAD, Verdict.LATER),
        (Page(PageKind.UNKNOWN, "unknown"), 302, THREAD, Verdict.LATER),
        (notice("No Thread specified"), 200, THREAD, Verdict.KEEP),
        (notice("No Thread specified"), 404, THREAD, Verdict.KEEP),
        (notice("You do not have permission"), 403, THREAD, Verdict.KEEP),
        (notice("The server is too busy at the moment"), 200, THREAD, Verdict.LATER),
        (notice("Database error"), 200, FORUM, Verdict.LATER),
        (LOGIN, 200, FORUM, Verdict.KEEP),
        (LOGIN, 403, FORUM, Verdict.KEEP),
        (LOGIN, 200, HOME, Verdict.STOP),
        (LOGIN, 200, LIST, Verdict.STOP),
        (LOGIN, 200, THREAD, Verdict.STOP),
    ],
)
def test_judge(page, status, claim, verdict):
    assert classify_response(page, status, claim.url, claim).verdict is verdict


def test_a_page_that_redirects_to_another_site_is_none_of_the_board():
    page = Page(PageKind.FORUMS, "vb3")
    assert classify_response(page, 200, "http://parked.example/", HOME).verdict is Verdict.GIVE_UP
    assert classify_response(page, 200, "https://www.board.example/", HOME).verdict is Verdict.KEEP


def test_a_page_leads_to_what_it_lists_and_nowhere_else():
    page = Page(
        PageKind.THREADS,
        "vb3",
        forum_id=4,
        last=3,
        forums=(
            Forum(5, "below", f"{BOARD}forumdisplay.php?f=5&s=0123456789abcdef0123456789abcdef"),
            Forum(6, "a link to elsewhere", "http://other.example/forumdisplay.php?f=6"),
            Forum(7, "a heading", None),
        ),
        threads=(Thread(9, "one", THREAD.url), Thread(8, "moved here", f"{BOARD}showthread.php?t=8", moved=True)),
    )
    found = {each.key: each for each in page_links(page, FORUM)}
    assert found.keys() == {"forum:5:1", "thread:9:1", "thread:8:1", "forum:4:2", "forum:4:3"}
    assert found["forum:5:1"].url == f"{BOARD}forumdisplay.php?f=5"
    assert (found["thread:9:1"].step, found["thread:9:1"].forum_id) == (Step.POSTS, 4)
    assert found["thread:8:1"].forum_id is None  # it has left this one
    assert found["forum:4:3"].step is Step.THREADS


def test_a_post_belongs_to_the_forum_whose_list_led_to_it():
    page = Page(PageKind.POSTS, "vb3", forum_id=77, thread_id=9, last=2)
    assert [each.forum_id for each in page_links(page, THREAD)] == [THREAD.forum_id]


def test_files_are_followed_to_other_hosts_but_only_on_the_web():
    images = (
        "http://photos.example/a.jpg?s=signed&d=1#top",
        f"{BOARD}attachment.php?attachmentid=5&d=99",
        "data:image/gif;base64,R0",
        "file:///etc/hostname",
    )
    post = Post(1, 1, "a", 1, None, None, "", images=tuple(map(Media, images)))
    found = page_links(Page(PageKind.POSTS, "vb3", thread_id=9, posts=(post,)), THREAD)
    assert [(each.step, each.url) for each in found] == [
        (Step.MEDIA, "http://photos.example/a.jpg?s=signed&d=1"),
        (Step.MEDIA, f"{BOARD}attachment.php?attachmentid=5"),
    ]


def test_attachment_ids_count_within_a_board():
    here, there = f"{BOARD}attachment.php?attachmentid=5", "http://other.example/attachment.php?attachmentid=5"
    assert media_key(here, BOARD) == media_key(f"{here}&d=2&thumb=1", BOARD) != media_key(there, BOARD)


@given(entered=st.integers(1, 40), last=st.integers(1, 40))
def test_a_thread_is_completed_from_wherever_it_is_entered(entered, last):
    waiting, seen = {min(entered, last)}, set()
    while waiting:
        number = waiting.pop()
        seen.add(number)
        claim = Claim("", page_url(THREAD.url, number), Step.POSTS, thread_id=9, number=number)
        found = page_links(Page(PageKind.POSTS, "vb3", thread_id=9, number=number, last=last), claim)
        waiting |= {each.number for each in found} - seen
    assert seen == set(range(1, last + 1))


@pytest.mark.parametrize(
    ("generation", "second"), [("vb3", "forum/e30/index2.html"), ("vb5", "forum/e30/page2")]
)  # vBSEO's way, and that of channels
def test_a_bare_slug_with_a_slash_is_paged_as_its_board_does(generation, second):
    page = Page(PageKind.THREADS, generation, forum_id=4, last=2)
    claim = Claim("forum:4:1", f"{BOARD}forum/e30/", Step.FORUMS, forum_id=4)
    assert [found.url for found in page_links(page, claim)] == [BOARD + second]


def test_an_absurd_page_count_fills_no_disk():
    absurd = Page(PageKind.POSTS, "vb3", thread_id=9, number=1, last=2_000_000_000)
    assert len(page_links(absurd, THREAD)) == 2
    assert len(page_links(Page(PageKind.POSTS, "vb3", thread_id=9, last=MANY_PAGES), THREAD)) == MANY_PAGES - 1


@pytest.mark.parametrize(
    ("url", "key", "step"),
    [
        (BOARD, BOARD, Step.FORUMS),
        (f"{BOARD}forumdisplay.php?f=4", "forum:4:1", Step.FORUMS),
        (f"{BOARD}showthread.php?t=9&page=3", "thread:9:3", Step.POSTS),
        (f"{BOARD}club/", f"{BOARD}club/", Step.FORUMS),
    ],
)
def test_start(url, key, step):
    found = start(url)
    assert (found.key, found.step) == (key, step)


def listing(*threads, number=1, last=3):
    return Page(PageKind.THREADS, "vb3", forum_id=4, number=number, last=last, threads=threads)


OLD = Thread(1, "Old", None, replies=5, last_post="11-22-2026, 10:00 AM")
KNOWN = {1: Listed(5, "11-22-2026, 10:00 AM")}


@pytest.mark.parametrize(
    ("thread", "grown", "shrunk"),
    [
        (OLD, (), ()),
        (replace(OLD, views=9, title="Renamed"), (), ()),
        (replace(OLD, replies=6), (1,), ()),
        (replace(OLD, replies=4), (), (1,)),
        (replace(OLD, last_post="11-23-2026, 10:00 AM"), (1,), ()),  # one deleted, one written
        (replace(OLD, last_post="Yesterday, 10:00 AM"), (), ()),  # the same day by another name
        (replace(OLD, last_post=None), (), ()),
        (replace(OLD, replies=None), (), ()),
        (replace(OLD, replies=None, last_post="11-23-2026, 10:00 AM"), (1,), ()),
        (replace(OLD, replies=9, moved=True), (), ()),  # its stub says nothing of the thread
    ],
)
def test_what_an_update_sends_for_again(thread, grown, shrunk):
    found = changes(listing(thread), FORUM, KNOWN, update=True)
    assert (found.grown, found.shrunk) == (grown, shrunk)
    assert found.listed.keys() == {*grown, *shrunk}
    assert found.next_list == ("forum:4:2" if grown or shrunk else None)


@pytest.mark.parametrize(
    ("threads", "number", "goes_on"),
    [
        ([OLD, Thread(2, "New", None, replies=0)], 1, True),
        ([OLD, Thread(2, "New", None, replies=0)], 3, False),  # the last page
        ([replace(OLD, replies=6, sticky=True)], 1, False),  # it stands on top of every page, whenever it changed
        ([], 1, False),
    ],
)
def test_an_update_reads_lists_as_far_as_they_have_news(threads, number, goes_on):
    found = changes(listing(*threads, number=number), FORUM, KNOWN, update=True)
    assert (found.next_list is not None) is goes_on


def test_a_first_crawl_notes_threads_and_sends_for_nothing_again():
    new = Thread(2, "New", None, replies=3)
    assert changes(listing(replace(OLD, replies=9), new), FORUM, KNOWN, update=False) == Changes({2: Listed(3, None)})
