"""Where a page leads."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request

from e30crawl.frontier.records import Changes, Claim, Listed, Step
from e30crawl.links import LONG_URL, MANY_PAGES, changes, gone, is_fetchable, media_key, page_links, start, thread_links
from e30crawl.parsers.document import parse
from e30crawl.parsers.media import image
from e30crawl.parsers.records import Forum, Media, Page, PageKind, Post, Thread
from e30crawl.urls import lifted_in, page_url

BOARD = "http://board.example/"
FORUM = Claim("forum:4:1", f"{BOARD}forumdisplay.php?f=4", Step.FORUMS, forum_id=4)
THREAD = Claim("thread:9:1", f"{BOARD}showthread.php?t=9", Step.POSTS, forum_id=4, thread_id=9)


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


@pytest.mark.parametrize(
    ("href", "first"),
    [
        ("showthread.php?t=7", "showthread.php?t=7"),
        ("showthread.php?t=7&amp;page=3#post5", "showthread.php?t=7"),
        ("/showthread.php?s=0123456789abcdef0123456789abcdef&amp;t=7&amp;goto=newpost", "showthread.php?t=7"),
        ("//www.board.example/threads/7-A-title/page2", "threads/7-A-title"),
        ("showthread.php?p=70", None),  # a post: which thread, only the board knows
        ("showthread.php?t=7&amp;do=markread", None),
        ("printthread.php?t=7", None),
        ("forumdisplay.php?f=7", None),
        ("attachment.php?attachmentid=7", None),
        ("http://other.example/showthread.php?t=7", None),
        ("old/showthread.php?t=7", None),  # another board in a folder of the same site
        ("http://[broken/showthread.php?t=7", None),
        ("javascript:showthread.php?t=7", None),
        (f"showthread.php?t=7&amp;highlight={'x' * 9}", "showthread.php?t=7"),
        (f"threads/7-{'x' * LONG_URL}", None),
    ],
)
def test_threads_are_found_in_whatever_links_a_page_has(href, first):
    source = f'<html><body><p>see <a>x</a> <a href="{href}">this</a>, <a href="{href}">again</a></p></body></html>'
    found = thread_links(parse(source, THREAD.url), BOARD)
    assert [each.url.replace("http://www.", "http://") for each in found] == ([f"{BOARD}{first}"] if first else [])
    assert [(each.key, each.step, each.thread_id) for each in found] == [("thread:7:1", Step.POSTS, 7)] * len(found)


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


@pytest.mark.parametrize(
    ("url", "without_limit", "leads_to"),
    [
        (FORUM.url, None, {}),
        (FORUM.url, "daysprune=-1", {1: f"{BOARD}forumdisplay.php?daysprune=-1&f=4"}),  # the others once that is there
        (f"{BOARD}forumdisplay.php?4-Engine", "daysprune=-1", {1: f"{BOARD}forumdisplay.php?4-Engine&daysprune=-1"}),
        (f"{BOARD}forums/engine.4/", "no_date_limit=1", {1: f"{BOARD}forums/engine.4/?no_date_limit=1"}),
        (
            f"{BOARD}forums/engine.4/?no_date_limit=1",
            None,
            {2: f"{BOARD}forums/engine.4/page-2?no_date_limit=1", 3: f"{BOARD}forums/engine.4/page-3?no_date_limit=1"},
        ),
        (f"{BOARD}forum/engine", "filter_time=time_all", {1: f"{BOARD}forum/engine?filter_time=time_all"}),
        (f"{BOARD}forumdisplay.php?daysprune=1000&f=4", "daysprune=1000", {2: None, 3: None}),  # the board will have it
    ],
)
def test_a_list_that_leaves_out_old_threads_is_asked_for_without_its_limit(url, without_limit, leads_to):
    page = Page(PageKind.THREADS, "vb3", forum_id=4, last=1 if 2 not in leads_to else 3, without_limit=without_limit)
    found = page_links(page, replace(FORUM, url=url))
    assert [each.key for each in found] == [f"forum:4:{number}" for number in leads_to]
    for each, address in zip(found, leads_to.values(), strict=True):
        assert lifted_in(each.url)
        assert address in (each.url, None)


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("http://photos.example:8080/a.jpg", True),
        ("http://photos.example:/a.jpg", True),
        ("http://photos.example:8o80/a.jpg", False),
        ("http://photos.example:99999/a.jpg", False),
        ("http://photos.example:-1/a.jpg", False),
        ("http://photos.example:80:80/a.jpg", False),
        ("http://[photos/a.jpg", False),
        ("http://\u2100.example/a.jpg", False),
        ("ftp://photos.example/a.jpg", False),
        (f"http://photos.example/{'x' * LONG_URL}", False),
    ],
)
def test_no_request_is_made_of_what_is_no_address(url, is_one):
    assert is_fetchable(url) is is_one


PLACES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "//", "/proxy.php?image=http%3A%2F%2F", ""]),
    st.sampled_from(["photos.example", "[::1]", "[", "a@b", ""]) | st.text(max_size=9),
    st.sampled_from([":80", ":8o80", ":99999", "]", "%5B", "%00", ""]),
    st.sampled_from(["/a.jpg", "/a%0ab.jpg", "?s=1&d=2#x", ""]) | st.text(max_size=9),
)


@given(PLACES)
def test_whatever_the_address_of_a_picture_a_request_can_be_made_of_each_link(place):
    """Of others a crawl would end for good, since the page and its links are noted before they are asked for."""
    source = f'<html><body><img class="bbImage" src="{place.replace(chr(34), "")}"></body></html>'
    document = parse(source, THREAD.url)
    pictures = filter(None, (image(each, document) for each in document.elements("img")))
    post = Post(1, images=tuple(pictures))
    for found in page_links(Page(PageKind.POSTS, "xf2", thread_id=9, posts=(post,)), THREAD):
        assert Request(found.url)
        assert "\0" not in found.url + found.key  # which PostgreSQL takes for no text


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


HOUR_ON = {1: "11-22-2026, 11:00 AM", 2: "07-12-2026, 12:30 AM", 3: "03-01-2026, 01:05 PM"}  # of 10:00, 23:30, 12:05
BEFORE = {1: "11-22-2026, 10:00 AM", 2: "07-11-2026, 11:30 PM", 3: "03-01-2026, 12:05 PM"}


@pytest.mark.parametrize(
    ("after", "grown"),
    [
        (HOUR_ON, set()),
        (HOUR_ON | {3: BEFORE[3]}, set()),  # its list was read since
        (HOUR_ON | {3: "03-01-2026, 02:17 PM"}, {3}),
        (BEFORE | {1: HOUR_ON[1]}, {1}),  # of one alone nobody can tell
        (HOUR_ON | {2: BEFORE[2], 3: "03-02-2026, 04:44 AM"}, {1, 3}),
        ({1: "11-23-2026, 10:00 AM", 2: "07-12-2026, 11:30 PM", 3: "03-02-2026, 12:05 PM"}, {1, 2, 3}),  # a day
        ({1: "11-22-2026, 10:20 AM", 2: "07-11-2026, 11:50 PM", 3: "03-01-2026, 12:25 PM"}, {1, 2, 3}),
    ],
)
def test_a_change_of_clocks_is_no_news(after, grown):
    known = {i: Listed(5, said) for i, said in BEFORE.items()}
    threads = [Thread(i, "Old", None, replies=5, last_post=said) for i, said in after.items()]
    found = changes(listing(*threads), FORUM, known, update=True)
    assert set(found.grown) == grown
    assert found.next_list == ("forum:4:2" if grown else None)
    different = {i for i in after if after[i] != BEFORE[i]}
    assert {i: each.last_post for i, each in found.listed.items()} == {i: after[i] for i in different}  # for next time


def test_more_replies_are_news_whatever_the_clocks_do():
    known = {i: Listed(5, said) for i, said in BEFORE.items()}
    threads = [Thread(i, "Old", None, replies=5 + (i == 1), last_post=said) for i, said in HOUR_ON.items()]
    assert changes(listing(*threads), FORUM, known, update=True).grown == (1,)


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


@pytest.mark.parametrize(
    ("before", "now", "asked_for"),
    [
        ([1, 2, 3], [1, 2, 3], ()),
        ([1, 2, 3], [1, 3, 4], (2,)),
        ([1, 2, 3], [4, 5, 1], ()),  # pushed down by new ones
        ([1, 2, 3], [3, 1, 2], ()),  # moved up
        ([1, 2, 3], [4, 5, 6], ()),  # nothing to compare with
    ],
)
def test_a_thread_that_a_list_has_lost_is_asked_for_once(before, now, asked_for):
    before, now = ([Thread(i, "Old", None, replies=i) for i in ids] for ids in (before, now))
    assert gone(listing(*before), listing(*now)) == asked_for
    assert gone(listing(*now), listing(*now)) == ()
    assert gone(listing(replace(before[1], sticky=True), before[2]), listing(*now)) == ()
    for changed in ({"replies": 9}, {"replies": None}):  # what was below may have been moved up
        assert gone(listing(*before), listing(*(replace(each, **changed) for each in now))) == ()


def test_a_first_crawl_notes_threads_and_sends_for_nothing_again():
    new = Thread(2, "New", None, replies=3)
    assert changes(listing(replace(OLD, replies=9), new), FORUM, KNOWN, update=False) == Changes({2: Listed(3, None)})
