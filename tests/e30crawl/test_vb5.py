"""vBulletin 5 and 6 as boards of cars run it: channels and threads, comments, galleries, reactions, deleted posts."""

import pytest

from e30crawl.parsers.page import read
from e30crawl.parsers.records import Forum, Media, PageKind, PostKind, Thread

HOME = "https://board.example/board/forum/e30"
FRAME = '<html id="htmlTag"><head><title>Board</title></head><body>{}</body></html>'
PAGE_DATA = "<div id='pagedata' data-channelid='16' data-nodeid='31' data-pagenum='1' data-tz-offset='-5'></div>"
THREAD = '<h1 class="main-title">Idle</h1><ul class="conversation-list thread-view">{}</ul>' + PAGE_DATA
POST = """<li data-node-id="{id}" data-node-publishdate="1554824243" class="b-post js-post {mark}"><a id="post{id}"
class="anchor"></a><div class="userinfo"><div class="author"><strong><a href="/board/member/9-ann"><span>Ann</span></a>
</strong> <a href="#">chat</a></div><a href="filedata/fetch?id=900">badge.jpg</a></div>{info}
<div class="b-post__content js-post__content"><a class="b-post__count">#{number}</a><time itemprop="dateCreated"
datetime="2019-04-09T08:37:23+00:00">04-09-2019, 10:37 AM</time>
<div class="js-post__content-text">{text}</div>{below}
<div class="post-signature">E30 <a href="filedata/fetch?id=901">sig.jpg</a></div></div>{footer}</li>"""


def thread(*items):
    return read(FRAME.format(THREAD.format("".join(items))).encode(), f"{HOME}/31-idle")


def post(id_=31, number=1, *, text="90 Nm", mark="", info="", below="", footer=""):
    return POST.format(id=id_, number=number, text=text, mark=mark, info=info, below=below, footer=footer)


def test_a_post_says_who_wrote_it_and_when_and_its_channel_stands_in_the_page():
    page = thread(post(), post(32, 2))
    assert (page.kind, page.generation, page.thread_id, page.forum_id) == (PageKind.POSTS, "vb5", 31, 16)
    assert [(each.post_id, each.number) for each in page.posts] == [(31, 1), (32, 2)]
    first = page.posts[0]
    assert (first.author, first.author_id, first.text, first.reactions) == ("Ann", 9, "90 Nm", None)
    assert (first.date, first.date_text) == ("2019-04-09T15:37:23+00:00", "04-09-2019, 10:37 AM")
    assert first.attachments == ()  # those of its author are not its own


@pytest.mark.parametrize(
    ("address", "number"), [(f"{HOME}/31-idle/page2", 2), (f"{HOME}/31-idle", 1), (f"{HOME}/31-idle/page9", 3)]
)
def test_a_pager_without_the_number_of_its_page(address, number):
    source = FRAME.format(THREAD.format(post()) + '<span class="pagetotal">3</span>')
    found = read(source.encode(), address)
    assert (found.number, found.last) == (number, 3)


COMMENT = """<li data-node-id="{id}" class="b-post b-comment js-comment js-post {mark}"><a id="post{id}" class="anchor">
</a>{info}<div class="comment-count"><a class="b-post__count">#1.<span>{place}</span></a></div>
<div class="b-media__body"><div>{author} <span>commented</span></div>
<div class="b-post__timestamp">04-13-2019, 10:37 AM</div></div>
<div class="js-post__content">{text}</div><div class="b-post__edit">Last edited by Cid</div>
<div class="reactions"><span class="reactions__topic-reaction--count">9</span></div></li>"""
BY = '<a class="b-comment__author" href="/board/member/4-bob">Bob</a>'


def test_a_comment_is_a_row_behind_its_post_without_a_number():
    comments = [
        COMMENT.format(id=41, place=1, mark="", info="", author=BY, text="With <b>oil</b>?"),
        COMMENT.format(id=42, place=2, mark="", info="", author="A guest", text="Dry."),
    ]
    page = thread(post(footer=f'<div class="b-comments"><ul>{"".join(comments)}</ul></div>'), post(32, 2))
    assert [(each.post_id, each.number, each.kind) for each in page.posts] == [
        (31, 1, PostKind.POST),
        (41, None, PostKind.COMMENT),
        (42, None, PostKind.COMMENT),
        (32, 2, PostKind.POST),
    ]
    first, one, other, _ = page.posts
    assert (one.author, one.author_id, one.text, one.reactions) == ("Bob", 4, "With oil?", 9)
    assert (other.author, other.author_id, other.text) == ("A guest", None, "Dry.")
    assert one.date == "2019-04-13T15:37:00+00:00"  # in the zone that the page tells its scripts
    assert (first.edited, first.reactions, one.edited) == (None, None, "Last edited by Cid")


DELETED = """<div class="b-post__unpublish-info"><div class="b-media__body"><div class="b-post__date">05-01-2019</div>
<div class="b-post__delete-note">This reply by Ann has been deleted by <a href="/board/member/1-mod">Mod</a></div>
<div class="b-post__delete-reason"><label>Reason:</label> twice</div></div></div>"""
NOTE = "This reply by Ann has been deleted by Mod Reason: twice"


def test_a_deleted_post_is_a_row_with_the_note():
    gone = post(32, 2, text="sold", mark="b-post--deleted", info=DELETED).replace('class="b-post__count"', "")
    remark = COMMENT.format(id=41, place=1, mark="b-post--deleted", info=DELETED, author=BY, text="sold")
    first, comment, hidden, last = thread(post(footer=f"<ul>{remark}</ul>"), gone, post(33, 2)).posts
    assert (hidden.kind, hidden.post_id, hidden.number, hidden.author) == (PostKind.DELETED, 32, None, "Ann")
    assert (hidden.text, hidden.attachments) == (NOTE, ())
    assert (comment.kind, comment.author, comment.text) == (PostKind.DELETED, "Bob", NOTE)
    assert (first.number, last.number) == (1, 2)


def test_what_is_shown_twice_is_read_once():
    pinned = post(32, 2, mark="pinned-answer").replace('class="b-post__count"', "")
    assert [each.post_id for each in thread(post(), pinned, post(32, 2)).posts] == [31, 32]


LIKES = '<ul><li id="votecount-31" class="votecount"><span class="b-post-control__label">{} likes</span></li></ul>'
EMOJI = """<div class="reactions__topic-reaction"><span class="reactions__emoji">
<img src="filedata/fetch?filedataid=5"></span><span class="reactions__topic-reaction--count">{}</span></div>"""


@pytest.mark.parametrize(
    ("footer", "number"),
    [
        ("", None),
        (LIKES.format("1,204"), 1204),
        ('<div class="reactions"></div>', 0),
        (f'<div class="reactions">{EMOJI.format(3)}{EMOJI.format(1)}</div>', 4),
    ],
)
def test_reactions(footer, number):
    (seen,) = thread(post(footer=footer)).posts
    assert (seen.reactions, seen.attachments, seen.images) == (number, (), ())


FILES = """<div class="b-post-attachments"><ul><li class="b-post-attachments__item"><a href="filedata/fetch?id=7">
<img src="filedata/fetch?id=7&amp;type=thumb" alt="Click image\n\nName:\tpan 1.jpg\nViews:\t5"></a></li>
<li class="b-post-attachments__item"><a href="filedata/fetch?id=8"><span class="icon"></span>
<span class="h-wordwrap">list.pdf</span> <span>(24.1 KB, 3 views)</span></a></li></ul></div>"""
GALLERY = """<div class="js-photo-preview"><span><img src="filedata/fetch?photoid=12&amp;type=thumb" alt="Pump"></span>
<span><img src="filedata/fetch?photoid=13&amp;type=thumb"></span></div>"""
LAZY = """<img src="x.gif" data-src="https://pics.example/a.jpg"><a href="filedata/fetch?id=9">
<img src="filedata/fetch?id=9&amp;type=medium" data-fullsize-url="filedata/fetch?id=9"></a>"""


def test_files_and_photos_at_their_full_size():
    (seen,) = thread(post(text=LAZY + FILES, below=GALLERY)).posts
    assert seen.images == (Media("https://pics.example/a.jpg"),)
    here = f"{HOME}/filedata/fetch?"
    assert sorted(seen.attachments, key=lambda file: file.url) == [
        Media(f"{here}id=7", "pan 1.jpg"),
        Media(f"{here}id=8", "list.pdf"),
        Media(f"{here}id=9"),
        Media(f"{here}photoid=12", "Pump"),
        Media(f"{here}photoid=13"),
    ]


VIDEO = """<div class="linkcontainer linkviewcontainer"><div class="videocontainer"><a class="video-frame"
href="https://youtu.be/abc" data-vcode="abc"><img src="https://i.example/abc.jpg"></a></div><div class="urlinfo">
<div class="title ellipsis"><a href="https://youtu.be/abc">Idle</a></div><div class="url"><a href="https://youtu.be">
https://youtu.be</a></div></div></div>"""


def test_a_post_about_a_video_or_a_link_has_its_address():
    (seen,) = thread(post(text="Listen:", below=VIDEO, mark="b-post--video")).posts
    assert (seen.text, seen.images) == ("Listen:", ())
    assert (seen.embeds, seen.links) == (("https://youtu.be/abc",), (Media("https://youtu.be/abc", "Idle"),))


TOPIC = """<tr class="topic-item {mark} js-topic-item" {node}><td><span class="topic-prefix js-prefix">{status}</span>
<a class="topic-prefix js-topic-prefix" href="search?x">{prefix}</a>
<a href="{HOME}/{slug}" class="topic-title js-topic-title">Idle</a></td>
<td><div class="topic-info">Started by <a href="/member/9-ann">Ann</a>, <span class="date">04-09-2019</span></div></td>
<td><div class="posts-count">{replies}</div><div class="views-count">{views}</div>
<div class="votes-count">3 likes</div></td></tr>"""


def topic(slug="31-idle", *, mark="", status="", prefix="", replies="1,204 responses", views="10K views", node=31):
    node = f'data-node-id="{node}"' if node else ""
    return TOPIC.format(
        HOME=HOME, slug=slug, mark=mark, status=status, prefix=prefix, replies=replies, views=views, node=node
    )


def channel(*rows, below=""):
    table = f'<table class="topic-list-container">{"".join(rows)}</table>{below}{PAGE_DATA}'
    return read(FRAME.format(table).encode(), HOME)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, {"replies": 1204, "views": None}),  # `10K` is no count
        ({"views": "1,234 views"}, {"replies": 1204, "views": 1234}),
        ({"replies": "1.2K responses"}, {"replies": None}),
        ({"replies": "1 response", "prefix": "[DIY]"}, {"replies": 1, "prefix": "[DIY]"}),
        ({"mark": "sticky", "status": "Sticky:", "prefix": "FAQ"}, {"replies": 1204, "sticky": True, "prefix": "FAQ"}),
        ({"node": None}, {"replies": 1204}),
    ],
)
def test_a_row_of_a_channel(row, expected):
    page = channel(topic(**row))
    assert (page.kind, page.forum_id) == (PageKind.THREADS, 16)
    assert page.threads == (Thread(31, "Idle", f"{HOME}/31-idle", 16, "Ann", **expected),)


def test_a_thread_that_was_moved_is_the_one_its_link_leads_to():
    page = channel(topic("31-idle", mark="redirect", status="Redirect:", node=99, replies="-", views="-"))
    assert [(each.thread_id, each.moved, each.replies) for each in page.threads] == [(31, True, None)]


def test_a_channel_without_threads_is_an_empty_forum():
    page = channel(below='<div class="conversation-empty">No topics found.</div>')
    assert (page.kind, page.forum_id, page.threads) == (PageKind.THREADS, 16, ())


FORUMS = """<div class="category-header" id="forum14"><a class="category" href="forum/tech">Tech</a></div>
<div class="forum-item main" id="forum18"><a href="forum/tech/engine" class="forum-title">Engine</a>
<div class="forum-desc">S14</div><div class="topics-count"><span class="count">248</span></div>
<div class="posts-count"><span class="count">54K</span></div></div>
<tr class="subforum-list"><td class="subforum-item" data-channel-id="19"><a href="forum/tech/engine/no-start"
class="subforum-title">No start</a> <span class="counts">(53/511)</span></td>
<td class="subforum-item"><a href="forum/tech/engine/oil" class="subforum-title">Oil</a></td></tr>"""


def test_forums_and_those_below_them():
    page = read(FRAME.format(FORUMS).encode(), "https://board.example/board/")
    here = "https://board.example/board/forum/tech"
    assert page.kind is PageKind.FORUMS
    assert page.forums == (
        Forum(14, "Tech", here),
        Forum(18, "Engine", f"{here}/engine", 14, "S14", 248, None),
        Forum(19, "No start", f"{here}/engine/no-start", 18, None, 53, 511),  # the other's id is on its parent's page
    )
