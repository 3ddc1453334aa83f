"""Forums and threads of XenForo as its pages list them, its messages, and where they all lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e30crawl.frontier.records import Claim, Step
from e30crawl.links import media_key, page_links
from e30crawl.parsers.notice import signed_in
from e30crawl.parsers.records import Forum, PageKind, Thread
from tests.e30crawl.xenforo import AT, BLOWS, CRUMBS, HERE, IN_UTC, html, page, pager, post, row, status

THREADS = (
    CRUMBS
    + '<div class="structItemContainer"><div class="structItemContainer-group structItemContainer-group--sticky">'
    + row(5, "First", statuses=status("locked"))
    + '</div><div class="structItemContainer-group js-threadList">'
    + row(6, "Oil", replies="2K", views="1,2 Tsd.",
          before='<a class="labelLink" href="?prefix_id=3"><span class="label label--red">WTB</span></a>')
    + row(7, "Gone", statuses=status("redirect"), replies="–", views="–")
    + row(8, "Cam", last=f'<time class="structItem-latestDate" datetime="{AT}" title="5. 七月 2024">gestern</time>')
    + "</div></div><div class='p-body-sidebar'>"
    + row(70, "Popular")
    + "</div><div data-widget-id='3'>"
    + row(71, "Latest")
    + "</div>"
)  # fmt: skip


def test_threads():
    found = page(
        html(THREADS + pager(2, "1.203"), "forum_view", data_container_key="node-4"), HERE + "forums/engine.4/"
    )
    assert (found.kind, found.forum_id, found.number, found.last) == (PageKind.THREADS, 4, 2, 1203)
    printed = "Jul 5, 2024 at 7:30 PM"
    assert found.threads == (
        Thread(5, "First", f"{HERE}threads/first.5/", 4, "Ann", sticky=True, closed=True, replies=12, views=1204,
               last_post=printed),
        Thread(6, "Oil", f"{HERE}threads/oil.6/", 4, "Ann", prefix="WTB", last_post=printed),
        Thread(7, "Gone", None, 4, "Ann", moved=True, last_post=printed),
        Thread(8, "Cam", f"{HERE}threads/cam.8/", 4, "Ann", replies=12, views=1204, last_post=IN_UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("link", "asked_for"),
    [
        ("/club/forums/engine.4/page-2?no_date_limit=1", "no_date_limit=1"),
        ("/club/forums/engine.4/?no_date_limit=1", "no_date_limit=1"),
        ("/club/forums/cooling.8/?no_date_limit=1", None),
        ("/club/whats-new/?no_date_limit=1", None),
        ("/club/forums/engine.4/?last_days=30", None),
    ],
)
def test_a_list_that_leaves_out_older_threads(link, asked_for):
    body = f'{THREADS}<a href="{link}">Show older items</a>'
    found = page(html(body, "forum_view", data_container_key="node-4"), HERE + "forums/engine.4/page-2")
    assert (found.kind, found.without_limit) == (PageKind.THREADS, asked_for)


@pytest.mark.parametrize("space", [" ", "&nbsp;", "\u202f"])
def test_counts_as_languages_part_their_thousands(space):
    found = page(html(row(6, "Oil", replies=f"1{space}204", views=f"12{space}345{space}678"), "forum_view"))
    assert [(each.replies, each.views) for each in found.threads] == [(1204, 12345678)]


def test_a_search_forum_lists_threads_of_others():
    found = row(5, "Oil").replace("</ul>", '<li><a href="/club/forums/engine.4/">Engine</a></li></ul>')
    found = page(html(found, "search_forum_view", data_container_key="node-12"), HERE + "search-forums/new.12/")
    assert (found.forum_id, [each.forum_id for each in found.threads]) == (12, [4])


def test_an_empty_forum_is_a_list():
    body = '<div class="structItemContainer-group js-threadList"><div class="structItem">Nothing here</div></div>'
    for template in ("forum_view", ""):
        found = page(html(body, template), HERE + "forums/engine.4/")
        assert (found.kind, found.forum_id, found.threads) == (PageKind.THREADS, 4, ())


def test_threads_of_verticalscope_are_asked_for_flat():
    found = page(html(row(6, "Oil", classes="california-thread-item"), "forum_view"), HERE + "forums/engine.4/")
    assert found.threads[0].url == f"{HERE}threads/oil.6/?nested_view=0"


ARTICLES = """<div class="structItemContainer"><article class="message message--article message--articlePreview
 js-inlineModContainer js-threadListItem-5"><h2 class="articlePreview-title">
<a href="/club/forums/engine.4/?prefix_id=3" class="labelLink"><span class="label">Guide</span></a>
<a href="/club/threads/cam.5/unread">Cam</a></h2>
<div class="message-body">Beginning</div><ul><li class="articlePreview-by">By <a class="username">Ann</a></li>
<li class="articlePreview-replies"><a>Replies: 1,204</a></li></ul></article>
<article class="message message--article js-post js-inlineModContainer" data-author="Ann" data-content="post-61"
 id="js-post-61"><h2 class="article-title"><a href="/club/threads/oil.6/">Oil</a></h2>
<article class="message-body"><a href="/club/threads/other.9/">other</a></article></article></div>"""


def test_articles():
    found = page(html(ARTICLES, "forum_view_type_article"), HERE + "forums/engine.4/")
    assert (found.kind, found.forum_id, found.posts) == (PageKind.THREADS, 4, ())
    assert found.threads == (
        Thread(5, "Cam", f"{HERE}threads/cam.5/", 4, "Ann", prefix="Guide", replies=1204),
        Thread(6, "Oil", f"{HERE}threads/oil.6/", 4, "Ann"),
    )


XF1_THREADS = """<html id="XenForo"><head><base href="https://b.example/club/"></head><body>
<ol class="discussionListItems"><li id="thread-5" class="discussionListItem visible sticky locked" data-author="Ann">
<div class="iconKey"><span class="locked">Locked</span><span class="sticky">Sticky</span></div><h3 class="title">
<a href="forums/engine.4/?prefix_id=3" class="prefixLink"><span class="prefix prefixRed">WTB</span></a>
<a href="threads/oil.5/unread" class="PreviewTooltip">Oil</a><a href="threads/oil.5/unread" class="unreadLink"></a></h3>
<div class="stats"><dl class="major"><dt>Replies:</dt> <dd>12</dd></dl>
<dl class="minor"><dt>Views:</dt> <dd>1,204</dd></dl></div><div class="listBlock lastPost">
<abbr class="DateTime" data-time="1720222220" title="Jul 5, 2024">Friday</abbr></div></li></ol>
<li id="thread-9" class="threadListItem"><a href="posts/77/">in the sidebar</a></li></body></html>"""


def test_threads_of_version_1():
    found = page(XF1_THREADS, HERE + "forums/engine.4/page-2")
    assert (found.kind, found.generation, found.forum_id) == (PageKind.THREADS, "xf1", 4)
    assert found.threads == (
        Thread(5, "Oil", f"{HERE}threads/oil.5/", 4, "Ann", sticky=True, closed=True, prefix="WTB", replies=12,
               views=1204, last_post="Jul 5, 2024"),
    )  # fmt: skip


NODE = """<div class="node node--id{id} node--depth2 node--{kind} node--read"><h3 class="node-title">
<a href="/club/{path}">{title}</a></h3><div class="node-description">About {title}</div><div class="node-meta">
<div class="node-statsMeta"><dl><dt>T</dt><dd>3.753</dd></dl><dl><dt>M</dt><dd>42.764</dd></dl></div></div>{subs}
<div class="node-stats"><dl><dt>T</dt><dd>3.753</dd></dl><dl><dt>M</dt><dd>42,8 Tsd.</dd></dl></div></div>"""
SUBS = """<ol class="node-subNodeFlatList"><li>
<a href="/club/forums/oil.41/" class="subNodeLink subNodeLink--forum">Oil</a>
<ol><li><a href="/club/forums/pans.42/" class="subNodeLink">Pans</a></li></ol></li>
<li><a href="/club/link-forums/shop.43/" class="subNodeLink subNodeLink--link">Shop</a></li></ol>"""
HOME = (
    '<div class="block block--category block--category2"><h2 class="block-header"><a href="/club/#cars.2">Cars</a>'
    '<span class="block-desc">Of all kinds</span></h2><div class="block-body">'
    + NODE.format(id=4, kind="forum", path="forums/engine.4/", title="Engine", subs=SUBS)
    + NODE.format(id=5, kind="forum", path="forums/news/", title="News", subs="")
    + NODE.format(id=6, kind="link", path="link-forums/shop.6/", title="Shop", subs="")
    + "</div></div>"
    + '<div class="block block--category block--category7"><h2 class="block-header"><a href="/club/categories/more.7/">'
    + "More</a></h2></div>"
)


def test_forums():
    found = page(html(HOME + "<div data-widget-id='3'>" + row(71, "Latest") + "</div>", "forum_list"), HERE)
    assert (found.kind, found.forum_id, found.threads) == (PageKind.FORUMS, None, ())
    assert found.forums == (
        Forum(2, "Cars", None, None, "Of all kinds"),
        Forum(4, "Engine", f"{HERE}forums/engine.4/", 2, "About Engine", 3753),
        Forum(41, "Oil", f"{HERE}forums/oil.41/", 4),
        Forum(42, "Pans", f"{HERE}forums/pans.42/", 41),
        Forum(5, "News", f"{HERE}forums/5/", 2, "About News", 3753),  # by its number, which pages can be counted from
        Forum(6, "Shop", None, 2, "About Shop", 3753),
        Forum(7, "More", f"{HERE}categories/more.7/"),
    )


def test_sub_forums_of_a_forum():
    node = NODE.format(id=41, kind="forum", path="forums/oil.41/", title="Oil", subs="")
    found = page(html(node + THREADS, "forum_view", data_container_key="node-4"), HERE + "forums/engine.4/")
    assert [(each.forum_id, each.parent_id) for each in found.forums] == [(41, 4)]
    assert len(found.threads) == 4


def test_a_home_page_of_latest_threads_leads_to_their_forums():
    latest = row(5, "Oil").replace("</ul>", '<li><a href="/club/forums/engine.4/">Engine</a></li></ul>')
    found = page(html(latest, "forum_new_posts"), HERE)
    assert (found.kind, found.forums) == (PageKind.FORUMS, (Forum(4, "Engine", f"{HERE}forums/engine.4/"),))


XF1_HOME = """<html id="XenForo"><head><base href="https://b.example/club/"></head><body><ol class="nodeList">
<li class="node category level_1 node_2"><div class="nodeInfo categoryNodeInfo"><h3 class="nodeTitle">
<a href="categories/cars.2/">Cars</a></h3></div><ol class="nodeList"><li class="node forum level_2 node_4">
<div class="nodeInfo forumNodeInfo"><h3 class="nodeTitle"><a href="forums/engine.4/">Engine</a></h3>
<blockquote class="nodeDescription">S14</blockquote>
<div class="nodeStats"><dl><dd>12</dd></dl><dl><dd>1,204</dd></dl></div>
</div><ol class="subForumList"><li class="node forum level-n node_41"><div><h4 class="nodeTitle">
<a href="forums/oil.41/">Oil</a></h4></div></li></ol></li></ol></li></ol></body></html>"""


def test_forums_of_version_1():
    found = page(XF1_HOME, HERE)
    assert (found.kind, found.generation) == (PageKind.FORUMS, "xf1")
    assert found.forums == (
        Forum(2, "Cars", f"{HERE}categories/cars.2/"),
        Forum(4, "Engine", f"{HERE}forums/engine.4/", 2, "S14", 12, 1204),
        Forum(41, "Oil", f"{HERE}forums/oil.41/", 4),
    )


def test_a_box_of_latest_threads_is_no_list_of_a_forum():
    box = XF1_THREADS[XF1_THREADS.index("<ol") : XF1_THREADS.index("</ol>")]
    box = f'<div class="widget">{box}</ol></div>'
    found = page(XF1_HOME.replace("<body>", f"<body>{box}"), HERE)
    assert (found.kind, len(found.forums), found.threads) == (PageKind.FORUMS, 3, ())
    assert page(f'<html id="XenForo"><body>{box}</body></html>', HERE).kind is PageKind.UNKNOWN


BANNERS = """<div class="blockMessage blockMessage--important u-noJsOnly">No JavaScript</div>
<div class="blockMessage js-browserWarning">Old browser</div>"""
ASKS = '<div class="blockMessage blockMessage--error">Melde dich an.</div><form action="/club/login/login"></form>'
XF1_ERROR = """<html id="XenForo"><body><div class="errorOverlay"><h2 class="heading">Error</h2><div class="baseHtml">
<label for="ctrl_0" class="OverlayCloser">{}</label></div></div></body></html>"""


@pytest.mark.parametrize(
    ("source", "words", "logged_out"),
    [
        (html(BANNERS + '<div class="blockMessage">Thema nicht gefunden.</div>', "error"),
         "Thema nicht gefunden.", False),
        (html('<div class="blockMessage">You must be logged-in to do that.</div>', "error"),
         "You must be logged-in to do that.", True),
        (html(BANNERS + ASKS, "login"), "Melde dich an.", True),
        (html("<h1 class='p-title-value'>Anmelden</h1>", "login"), "Anmelden", True),
        (html('<div class="blockMessage">The requested thread could not be found.</div>'),
         "The requested thread could not be found.", False),
        (XF1_ERROR.format("No such thread."), "No such thread.", False),
        (XF1_ERROR.format("You must be logged-in to do that.").replace("<body>", '<body><form id="pageLogin"></form>'),
         "You must be logged-in to do that.", True),
    ],
)  # fmt: skip
def test_the_boards_messages(source, words, logged_out):
    found = page(source)
    assert (found.kind, found.notice, found.logged_out) == (PageKind.NOTICE, words, logged_out)


def test_a_closed_board_passes():
    found = page(html('<div class="blockMessage">The board is currently closed.</div>', "error"))
    assert (found.kind, found.notice) == (PageKind.PASSING, "The board is currently closed.")


def test_other_pages_are_unknown():
    assert page(html(BANNERS + "<div class='blockMessage'>hi</div>", "member_view")).kind is PageKind.UNKNOWN


@pytest.mark.parametrize(
    ("source", "known"),
    [
        (html("", data_logged_in="false"), False),
        (html("", data_logged_in="true"), True),
        ('<html id="XenForo" lang="en" class="Public NoJs LoggedIn Sidebar">', True),
        ('<html id="XenForo" lang="en" class="Public NoJs LoggedOut Sidebar">', False),
        ('<html lang="en"><p class="x LoggedOut y" data-logged-in="true">', None),
    ],
)
def test_a_page_tells_whether_it_knows_us(source, known):
    assert signed_in(source.encode()) is known


def claim(path, step, **known):
    return Claim("", HERE + path, step, **known)


def test_the_walk_goes_from_the_home_page_to_the_files():
    home = page_links(page(html(HOME, "forum_list"), HERE), claim("", Step.FORUMS))
    assert [each.key for each in home] == ["forum:4:1", "forum:41:1", "forum:42:1", "forum:5:1", "forum:7:1"]
    forum = claim("forums/engine.4/", Step.FORUMS, forum_id=4)
    listed = page_links(page(html(THREADS + pager(1, "3"), "forum_view"), forum.url), forum)
    assert [(each.key, each.url.removeprefix(HERE), each.step) for each in listed] == [
        ("thread:5:1", "threads/first.5/", Step.POSTS),
        ("thread:6:1", "threads/oil.6/", Step.POSTS),
        ("thread:8:1", "threads/cam.8/", Step.POSTS),
        ("forum:4:2", "forums/engine.4/page-2", Step.THREADS),
        ("forum:4:3", "forums/engine.4/page-3", Step.THREADS),
    ]
    thread = claim("threads/oil.6/?nested_view=0", Step.POSTS, forum_id=4, thread_id=6)
    content = (
        '<img class="bbImage" src="/club/attachments/pan-jpg.7/?w=9"><img class="bbImage" src="//p.example/a.gif">'
    )
    found = page_links(page(html(pager(1, "2") + post(5, 1, content), "thread_view"), thread.url), thread)
    assert [(each.key, each.url.removeprefix(HERE), each.step) for each in found] == [
        ("thread:6:2", "threads/oil.6/page-2?nested_view=0", Step.POSTS),
        ("media:attachment:7", "attachments/pan-jpg.7/", Step.MEDIA),
        ("media:https://p.example/a.gif", "https://p.example/a.gif", Step.MEDIA),
    ]


def test_one_file_has_one_key():
    ways = ("attachments/pan-jpg.7/", "attachments/7/", "attachments/pan-jpg.7/?width=640", "index.php?attachments/7/")
    assert {media_key(HERE + way, HERE) for way in ways} == {"media:attachment:7"}


@given(st.sampled_from([html(THREADS, "forum_view"), html(HOME), XF1_THREADS, XF1_HOME]), BLOWS)
def test_damaged_pages_never_raise(source, damage):
    for place, length, blow in damage:
        source = source[:place] + blow + source[place + length :]
    assert page(source).last >= 1
