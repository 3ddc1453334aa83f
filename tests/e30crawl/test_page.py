"""Bytes and an address in, records out: small pages of our own making, one for each promise."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e30crawl.parsers.page import read
from e30crawl.parsers.records import Forum, Media, PageKind, Post, Thread

NOW = datetime(2010, 6, 1, 12, tzinfo=UTC)

VB3_POSTS = """<html><head><base href="http://b.example/forum/"><title> Oil pump - Board</title></head><body>
<script>vBulletin_init();</script><span class="navbar"><a href="forumdisplay.php?f=4">Engine</a></span>
<td class="navbar"><a href="showthread.php?t=82"></a> <strong> Oil pump </strong></td>
<div class="pagenav"><table><tr><td class="vbmenu_control">Page 2 of 1,203</td></tr></table></div>
<table id="post501"><tr><td class="thead"><a name="post501"><img src="old.gif"></a> 06-13-2009, 07:05 PM</td>
<td>#<a href="showthread.php?p=501#post501" id="postcount501" name="11"><strong>11</strong></a></td></tr>
<tr><td><div id="postmenu_501"><a class="bigusername" href="member.php?u=9">Ann</a></div></td>
<td id="td_post_501"><div id="post_message_501">Torque is 25&nbsp;Nm. <img src="pics/pump.jpg" alt=""></div>
<fieldset><legend>Attached Images</legend><a href="attachment.php?attachmentid=7&amp;d=1">pump.jpg</a></fieldset>
<div class="smallfont"><em>Last edited by Ann; 06-14-2009 at <span class="time">08:00 AM</span>.</em></div></td></tr>
</table>
<table id="post502"><tr><td class="thead"><a name="post502"></a> 06-02-2009, 07:05 PM</td></tr>
<tr><td><div id="postmenu_502">Guest Bob</div></td><td id="td_post_1162"></td>
<td id="td_post_502"><div id="post_message_502">Thanks</div>__________________<br>my signature</td></tr></table>
<div>All times are GMT -5. The time now is 05:18 PM.</div></body></html>"""

VB3_THREADS = """<html><body><script>vBulletin_init();</script>
<table><tr><td class="tcat">Sub-Forums</td></tr><tr><td id="f8"><img id="forum_statusicon_8"><div>
<a href="forumdisplay.php?f=8"><strong>Cooling</strong></a></div><div class="smallfont">Water</div>
<div class="smallfont"><img id="forum_statusicon_9"> <a href="forumdisplay.php?f=9">Fans</a></div></td>
<td>Today 05:18 PM</td><td>1,024</td><td>20.480</td></tr></table>
<table id="threadslist"><tbody id="threadbits_forum_4">
<tr><td><img src="s/thread_hot_lock.gif" id="thread_statusicon_5"></td><td id="td_threadtitle_5"><img src="sticky.gif">
Sticky: <a href="showthread.php?t=5" id="thread_title_5">Read &amp; first</a>
<span onclick="window.open('member.php?u=91', '_self')">Ann</span></td>
<td title="Antworten: 477, Hits: 141.248"><div>06-02-2009 <span class="time">09:47 AM</span><br>by Bob</div></td></tr>
<tr><td><img src="s/thread_moved.gif" id="thread_statusicon_6"></td>
<td id="td_threadtitle_6">Moved: <a href="showthread.php?t=60" id="thread_title_6">Gone</a></td><td>-</td><td>-</td>
</tr></tbody></table><img src="s/thread_hot_lock.gif" alt="legend"></body></html>"""

VB4_POSTS = """<html id="vbulletin_html"><body>
<div id="pagetitle"><h1>Thread: <span class="threadtitle">Head</span></h1></div>
<div id="breadcrumb"><a href="forum.php">Forum</a><a href="forumdisplay.php/4-Engine">Engine</a></div>
<form class="pagination"><input type="hidden" name="t" value="82"><a class="popupctrl">Seite 34 von 40</a></form>
<li class="postbit" id="post_71"><span class="date">03.04.2011,&nbsp;<span class="time">14:17</span></span>
<a class="postcounter">#661</a><div class="username_container"><a class="username" href="members/9-ann">Ann</a></div>
<div id="post_message_71"><script>ad()</script><blockquote class="postcontent restore">Zehn <b>Nm</b></blockquote></div>
<blockquote class="signature">sig</blockquote><blockquote class="lastedited">Geändert von Ann</blockquote></li>
<li class="postbit" id="post_thanks_box_71">3 users thanked</li></body></html>"""

VB4_FORUMS = """<html id="vbulletin_html"><body><ol><li class="forumbit_nopost L1" id="cat1">
<div class="forumhead"><span class="forumtitle"><a href="forum.php#cars">Cars</a></span></div><ol>
<li class="forumbit_post L2" id="forum4"><div class="forumrow"><h2 class="forumtitle"><a href="engine/">Engine</a></h2>
<p class="forumdescription">S14</p><ul class="forumstats"><li>Threads: 9,865</li><li>Posts: 136,215</li></ul>
<ol><li class="subforum"><img id="forum_statusicon_41"><a href="oil/">Oil</a></li></ol></div></li></ol></li></ol>
</body></html>"""

VB5_POSTS = """<html id="htmlTag"><head><link rel="canonical" href="https://b.example/forum/cars/82-head"></head><body>
<script>var pageData = {"nodeid": "82", "channelid": "28"};</script><h1 class="main-title">Head</h1>
<input class="js-pagenum" value="1"> of <span class="pagetotal">2</span>
<li class="b-post" data-node-id="82" data-node-publishdate="1554824243">
<div class="author"><a href="/member/9-ann">Ann</a></div><a class="b-post__count">#1</a>
<time itemprop="dateCreated" datetime="2019-04-09T08:37:23">04-09-2019, 10:37 AM</time>
<div class="js-post__content-text">Hello</div><a href="filedata/fetch?id=7&amp;d=1">pan.pdf</a>
<ul><li class="b-comment"><div class="js-comment">nice</div></li></ul></li>
<li class="b-post"><a id="post83" class="anchor"></a><div class="author">Guest</div><a class="b-post__count">#2</a>
<meta itemprop="publishDate" content="2014-03-17T01:25:01+01:00"><div class="js-post__content-text">Hi</div></li>
</body></html>"""

VB5_THREADS = """<html id="htmlTag"><body><script>var pageData = {"nodeid": "28", "channelid": "28"};</script>
<tr class="topic-item js-topic-item" data-node-id="82"><td><span class="js-prefix">Sticky:</span>
<a class="topic-title js-topic-title" href="https://b.example/forum/cars/82-head">Head</a>
<div class="topic-info">Started by <a href="/member/9-ann">Ann</a></div></td><td class="posts-count">12 responses</td>
<td class="views-count">1,204 views</td></tr>
<input class="js-pagenum" value="3"><span class="pagetotal">7</span></body></html>"""

LOGGED_OUT = """<html><body><script>vBulletin_init();</script><td class="tcat">vBulletin Message</td><div class="panel">
<form action="login.php?do=login"><!-- permission error message - user not logged in -->
<div class="smallfont">Sie sind nicht befugt.</div><input name="vb_login_username"></form></div></body></html>"""
GONE_THREAD = """<br><b>Warning</b>: x<!DOCTYPE html><html><body><script>vBulletin_init();</script>
<input name="vb_login_username"><td class="tcat">vBulletin Message</td><div class="panel">No Thread specified.</div>"""
VB4_NOTICE = (
    """<html id="vbulletin_html"><body><div class="standard_error"><div class="blockrow">Invalid Thread</div></div>"""
)


def page(html, url="http://b.example/forum/x"):
    return read(html.encode(), url, now=NOW)


def test_posts_of_vb3():
    found = page(VB3_POSTS)
    assert (found.kind, found.generation, found.title) == (PageKind.POSTS, "vb3", "Oil pump")
    assert (found.thread_id, found.forum_id, found.number, found.last) == (82, 4, 2, 1203)
    assert found.posts == (
        Post(
            501, 11, "Ann", 9, "2009-06-14T00:05:00+00:00", "06-13-2009, 07:05 PM", "Torque is 25 Nm.",
            images=(Media("http://b.example/forum/pics/pump.jpg"),),
            attachments=(Media("http://b.example/forum/attachment.php?attachmentid=7&d=1", "pump.jpg"),),
            edited="Last edited by Ann; 06-14-2009 at 08:00 AM.",
        ),
        Post(502, None, "Guest Bob", None, "2009-06-03T00:05:00+00:00", "06-02-2009, 07:05 PM", "Thanks"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("links", "url", "pages"),
    [
        (
            '<div class="pagination"><ul><li><a href="showthread.php?t=82&page=7">Last</a></li></ul></div>',
            "t=82",
            (1, 7),
        ),
        ('<div class="pagination"><a href="showthread.php?t=82&page=7">Last</a></div>', "t=82&page=3", (3, 7)),
        ('<link rel="next" href="showthread.php?t=82&page=2">', "t=82", (1, 2)),
        ('<div class="pagination"><a href="showthread.php?t=821&page=7">of another</a></div>', "t=82", (1, 1)),
        ('<a href="showthread.php?t=82&page=7">said in a post</a>', "t=82", (1, 1)),
        ('<div class="pagination"><a href="showthread.php?t=82&page=1">First</a></div>', "t=82", (1, 1)),
    ],
)
def test_a_pager_of_a_skins_own_is_told_by_its_links(links, url, pages):
    """A page whose pager is not read would be the only one of its thread."""
    pager = VB3_POSTS[VB3_POSTS.index('<div class="pagenav">') : VB3_POSTS.index('<table id="post501">')]
    page = read(VB3_POSTS.replace(pager, links).encode(), f"http://b.example/forum/showthread.php?{url}", now=NOW)
    assert (page.thread_id, (page.number, page.last)) == (82, pages)


def test_threads_and_forums_of_vb3():
    found = page(VB3_THREADS)
    assert (found.kind, found.forum_id, found.number, found.last) == (PageKind.THREADS, 4, 1, 1)
    here = "http://b.example/forum/"
    assert found.threads == (
        Thread(5, "Read & first", here + "showthread.php?t=5", 4, "Ann", sticky=True, closed=True, replies=477,
               views=141248, last_post="06-02-2009 09:47 AM"),
        Thread(6, "Gone", here + "showthread.php?t=60", 4, moved=True),
    )  # fmt: skip
    assert found.forums == (
        Forum(8, "Cooling", here + "forumdisplay.php?f=8", 4, "Water", 1024, 20480),
        Forum(9, "Fans", here + "forumdisplay.php?f=9", 8),
    )


def test_posts_of_vb4():
    found = page(VB4_POSTS)
    assert (found.kind, found.generation, found.title) == (PageKind.POSTS, "vb4", "Head")
    assert (found.thread_id, found.forum_id, found.number, found.last) == (82, 4, 34, 40)
    assert found.posts == (
        Post(
            71, 661, "Ann", 9, None, "03.04.2011, 14:17", "Zehn Nm", edited="Geändert von Ann", reactions=3,
            date_reason="no zone: the page names none",
        ),
    )  # fmt: skip


@pytest.mark.parametrize("body", ['<div id="postlist">', '<li class="threadbit hot">', '<li class="forumbit_post L2">'])
def test_the_generation_of_a_page_of_vb4_whose_html_tag_is_lost(body):
    assert page(f"<html><body><script>vBulletin_init(); var SESSIONURL = '';</script>{body}").generation == "vb4"


def test_forums_of_vb4():
    found = page(VB4_FORUMS)
    assert found.kind is PageKind.FORUMS
    assert found.forums == (
        Forum(1, "Cars", None),
        Forum(4, "Engine", "http://b.example/forum/engine/", 1, "S14", 9865, 136215),
        Forum(41, "Oil", "http://b.example/forum/oil/", 4),
    )


def test_forums_of_a_skin_of_vb4_that_names_categories_and_sub_forums_in_its_own_way():
    row = VB4_FORUMS[VB4_FORUMS.index('<div class="forumhead">') : VB4_FORUMS.index("<ol><li class=")]
    html = VB4_FORUMS.replace(row, row.replace('<span class="forumtitle">', "<h2>").replace("</span>", "</h2>"))
    html = html.replace('<div class="forumrow">', "<span>").replace(
        '<li class="subforum">', '<li class="subforum_old">'
    )
    assert [(each.forum_id, each.title, each.parent_id) for each in page(html).forums] == [
        (1, "Cars", None),
        (4, "Engine", 1),
        (41, "Oil", 4),
    ]


def test_posts_of_vb5():
    found = page(VB5_POSTS)
    assert (found.kind, found.generation, found.title) == (PageKind.POSTS, "vb5", "Head")
    assert (found.thread_id, found.forum_id, found.number, found.last) == (82, 28, 1, 2)
    first, second = found.posts
    assert (first.post_id, first.author_id, first.text, first.date) == (82, 9, "Hello", "2019-04-09T15:37:23+00:00")
    assert first.attachments == (Media("http://b.example/forum/filedata/fetch?id=7&d=1", "pan.pdf"),)
    assert (second.post_id, second.number, second.author) == (83, 2, "Guest")
    assert second.date == "2014-03-17T00:25:01+00:00"


def test_threads_of_vb5():
    found = page(VB5_THREADS)
    assert (found.kind, found.forum_id, found.number, found.last) == (PageKind.THREADS, 28, 3, 7)
    assert found.threads == (
        Thread(82, "Head", "https://b.example/forum/cars/82-head", 28, "Ann", sticky=True, replies=12, views=1204),
    )


@pytest.mark.parametrize(
    ("html", "words", "logged_out"),
    [
        (LOGGED_OUT, "Sie sind nicht befugt.", True),
        (GONE_THREAD, "No Thread specified.", False),
        (VB4_NOTICE, "Invalid Thread", False),
    ],
)
def test_the_boards_messages_are_no_empty_threads(html, words, logged_out):
    found = page(html, "http://b.example/showthread.php?t=5")
    assert (found.kind, found.notice, found.logged_out) == (PageKind.NOTICE, words, logged_out)


def test_search_results_are_no_forum():
    html = (
        VB3_THREADS.replace("threadbits_forum_4", "x").replace('id="f8"', "") + "<a href='search.php?searchid=1'>2</a>"
    )
    assert page(html).kind is PageKind.UNKNOWN


@pytest.mark.parametrize("html", ["<p>a blog</p>", "\0", "<img src=a.png>", "<div>word" * 5000])
def test_what_we_do_not_read_is_unknown(html):
    assert page(html).kind is PageKind.UNKNOWN


@pytest.mark.parametrize(
    ("options", "asked_for"),
    [
        ('<option value="30" selected>Month</option><option value="-1">Beginning</option>', "daysprune=-1"),
        ('<option value="-1">Beginning</option><option value="30" selected="selected">Month</option>', "daysprune=-1"),
        ('<option value="30" selected>Month</option><option value="1000">the beginning</option>', "daysprune=1000"),
        ('<option value="30">Month</option><option value="-1" selected>Beginning</option>', None),
        ('<option value="30">Month</option><option value="1000" selected>the beginning</option>', None),
        ('<option value="30">Month</option><option value="-1">Beginning</option>', None),
        ("", None),
    ],
)
def test_a_list_that_leaves_out_older_threads(options, asked_for):
    form = f'<form><select name="daysprune">{options}</select><input type="hidden" name="daysprune" value=""></form>'
    found = read(VB3_THREADS.replace("</body>", f"{form}</body>").encode(), "http://b.example/forumdisplay.php?f=4")
    assert (found.kind, found.without_limit) == (PageKind.THREADS, asked_for)


@pytest.mark.parametrize(
    ("chosen", "asked_for"), [("time_lastmonth", "filter_time=time_all"), ("time_all", None), ("", None)]
)
def test_a_list_of_vb5_that_shows_a_month(chosen, asked_for):
    radios = "".join(
        f'<input type="radio" name="filter_time" value="{one}"{" checked" * (one == chosen)}>'
        for one in ("time_all", "time_today", "time_lastweek", "time_lastmonth")
    )
    found = page(VB5_THREADS.replace("</body>", f"<form>{radios}</form></body>"))
    assert (found.kind, found.without_limit) == (PageKind.THREADS, asked_for)


@pytest.mark.parametrize("html", ["", "   ", "<!-- -->", "<div>" * 5000])
def test_a_page_without_a_word_or_picture_is_none_yet(html):
    assert (page(html).kind, page(html).reason) == (PageKind.PASSING, "an empty page")


def test_a_zone_that_is_none_does_not_stop_a_page():
    html = VB3_POSTS.replace("06-13-2009", "Today").replace("GMT -5", "GMT +99")
    assert [post.date_reason for post in page(html).posts] == [
        "relative date without a zone",
        "no zone: the page names none",
    ]


PAGES = [VB3_POSTS, VB3_THREADS, VB4_POSTS, VB4_FORUMS, VB5_POSTS, VB5_THREADS, LOGGED_OUT, GONE_THREAD]
BLOWS = st.sampled_from(["", "<", '"', "-", "0", "9" * 5000, "id=", "]", "http://[", "\0", "２", "<table>", "%"])


@given(st.binary())
def test_random_bytes_never_raise(body):
    assert read(body, "http://b.example/").kind in (PageKind.UNKNOWN, PageKind.PASSING)


@given(st.sampled_from(PAGES), st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 30), BLOWS), max_size=6))
def test_damaged_pages_never_raise(html, damage):
    for place, length, blow in damage:
        html = html[:place] + blow + html[place + length :]
    assert page(html).last >= 1
