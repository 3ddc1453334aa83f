"""Threads of XenForo: small pages of our own making, with the markup of its versions and of VerticalScope's skin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e30crawl.parsers.records import Media, PageKind, Post, PostKind, Quote
from tests.e30crawl.xenforo import ANN, BLOWS, CRUMBS, HERE, IN_UTC, POLL, THUMB, html, page, pager, post, time

QUOTE = """<blockquote data-quote="{name}" data-source="post: {id}"
 class="bbCodeBlock bbCodeBlock--expandable bbCodeBlock--quote js-expandWatch"><div class="bbCodeBlock-title">
<a href="/club/goto/post?id={id}" class="bbCodeBlock-sourceJump">{name} schrieb:</a></div>
<div class="bbCodeBlock-content"><div class="bbCodeBlock-expandContent">{text}</div>
<div class="bbCodeBlock-expandLink"><a>Zum Vergrößern anklicken....</a></div></div></blockquote>"""

SIMILAR = """<div class="structItemContainer"><div class="structItem structItem--thread js-threadListItem-99">
<div class="structItem-title"><a href="/club/threads/alike.99/">Alike</a></div></div></div>"""
REACTIONS = """<div class="reactionsBar"><a class="reactionsBar-link"><bdi>Bob</bdi>, <bdi>Cy</bdi> und 1.204 andere</a>
</div><div class="message-lastEdit">Zuletzt bearbeitet: <time>6. Juli 2024</time></div>"""


def only(content, **more):
    return page(html(post(5, 1, content, **more), "thread_view")).posts[0]


def test_a_page_of_a_thread():
    title = '<h1 class="p-title-value"><span class="label label--red">Solved</span><span> </span>Oil pump</h1>'
    posts = post(501, "1.021", "Torque is 25&nbsp;Nm.", after=REACTIONS) + post(
        502, "1.022", "Thanks", author="Guest Bob", user='<span class="username" data-user-id="0">Guest Bob</span>'
    )
    own = {"data_content_key": "thread-82", "data_container_key": "node-4"}
    found = page(html(CRUMBS + title + pager(2, "1.203") + posts + SIMILAR, "thread_view", **own), "http://b.example/x")
    assert (found.kind, found.generation, found.title) == (PageKind.POSTS, "xf2", "Oil pump")
    assert (found.forum_id, found.thread_id, found.number, found.last) == (4, 82, 2, 1203)
    assert found.threads == ()
    assert found.posts == (
        Post(501, 1021, "Ann", 9, IN_UTC, "5. Juli 2024 um 19:30", "Torque is 25 Nm.",
             edited="Zuletzt bearbeitet: 6. Juli 2024", reactions=1206),
        Post(502, 1022, "Guest Bob", None, IN_UTC, "5. Juli 2024 um 19:30", "Thanks"),
    )  # fmt: skip


@pytest.mark.parametrize("space", [" ", "&nbsp;", "\u202f", "."])
def test_thousands_as_languages_part_them(space):
    found = page(html(pager(2, f"1{space}203") + post(5, f"1{space}021", "x"), "thread_view"))
    assert (found.last, found.posts[0].number) == (1203, 1021)


def test_an_article_is_the_first_post_and_names_its_author_below():
    article = f"""<article class="message message--article js-post" data-author="Ann" data-content="post-5"
     id="js-post-5"><header class="message-attribution"><ul class="message-attribution-main"><li>{time()}</li>
    <li>12</li></ul></header><article class="message-body"><div class="bbWrapper">Ask
    <a class="username" data-user-id="7">@Bob</a></div></article><aside class="message-articleUserInfo">
    <h3 class="message-articleUserName">{ANN}</h3>About me</aside>
    </article>"""
    found = page(html(article + post(6, 2, "Thanks"), "thread_view_type_article")).posts
    assert found[0] == Post(5, 1, "Ann", 9, IN_UTC, "5. Juli 2024 um 19:30", "Ask @Bob")
    assert found[1].number == 2


def test_ids_where_the_page_names_none_of_its_own():
    head = '<link rel="canonical" href="https://b.example/club/threads/oil.82/page-2">'
    found = page(html(CRUMBS + post(5, 1, "x"), "thread_view", head), "https://b.example/club/posts/5/")
    assert (found.forum_id, found.thread_id) == (4, 82)


@pytest.mark.parametrize(
    ("tag", "generation"),
    [
        ("<html id=XF>", "xf2"),
        ("<HTML lang='de' ID='XF'>", "xf2"),
        ('<html data-x="1"\n id="XenForo" class="Public">', "xf1"),
        ('<html id="xf-root">', "unknown"),
    ],
)
def test_the_generation_stands_in_the_html_tag(tag, generation):
    assert page(f"<!DOCTYPE html>{tag}<body><p>a page</p></body></html>").generation == generation


@pytest.mark.parametrize(
    ("body", "generation"),
    [
        (f'<div class="p-body-pageContent">{post(5, 1, "x")}</div>', "xf2"),
        ('<div class="p-body"><nav data-xf-init="sticky-header"></nav></div>', "xf2"),
        ('<ol class="messageList" id="messageList">', "xf1"),
    ],
)
def test_the_generation_of_a_page_whose_html_tag_is_lost(body, generation):
    assert page(f"<body>{body}</body>").generation == generation


def test_posts_that_show_only_a_note():
    deleted = f"""<div class="message message--deleted message--post js-post" data-author="Cy" data-content="post-6">
    <div class="message-attribution"><ul class="message-attribution-main"><li>{time()}</li></ul></div>
    <div class="messageNotice messageNotice--deleted">Gelöscht von Ann, Grund: Doppelt</div></div>"""
    ignored = post(7, 3, "hidden").replace("js-post", "js-post is-ignored", 1)
    notes = page(html(post(5, 1, "x") + deleted + ignored, "thread_view")).posts[1:]
    assert [(each.post_id, each.kind, each.author, each.date) for each in notes] == [
        (6, PostKind.DELETED, "Cy", IN_UTC),
        (7, PostKind.IGNORED, "Ann", IN_UTC),
    ]
    assert notes[0].text == "Gelöscht von Ann, Grund: Doppelt"


def test_a_poll_in_which_nobody_may_vote_has_no_form():
    shown = POLL.replace('<form class="block" action="/club/threads/oil.82/poll/vote">', '<div class="block">')
    found = page(html("<h2 class='block-header'>Other</h2>" + shown.replace("</form>", "</div>") + post(5, 1, "x")))
    assert [each.text for each in found.posts] == ["Which oil?\n- 10W-60: 12\n- 5W-30", "x"]


def test_a_poll_stands_on_the_first_page():
    first, second = page(html(POLL + post(5, 1, "x"))), page(html(pager(2, "3") + POLL + post(5, 1, "x")))
    assert [(each.kind, each.post_id, each.text) for each in first.posts] == [
        (PostKind.POLL, None, "Which oil?\n- 10W-60: 12\n- 5W-30"),
        (PostKind.POST, 5, "x"),
    ]
    assert [each.kind for each in second.posts] == [PostKind.POST]


def test_quotes_are_relations():
    inner = QUOTE.format(name="Bob", id=3, text="why?")
    read = only(QUOTE.format(name="Ann B", id=4, text=inner + "because") + "I see")
    assert read.text == "> > why?\n\n> because\n\nI see"
    assert read.quotes == (Quote(4, "Ann B"), Quote(3, "Bob"))


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ('<a href="/club/goto/post?id=3">Bob the 3rd said:</a>', Quote(3, "Bob the 3rd")),
        ('<a href="/club/posts/3/">Bob schrieb:</a>', Quote(3, "Bob")),
        ("Ann dijo:", Quote(None, "Ann")),
        ("???", Quote(None, None)),
    ],
)
def test_a_quote_without_attributes_is_read_from_its_head(said, quote):
    box = f"""<blockquote class="bbCodeBlock bbCodeBlock--quote"><div class="bbCodeBlock-title">{said}</div>
    <div class="bbCodeBlock-content">so</div></blockquote>"""
    read = only(box)
    assert (read.text, read.quotes) == ("> so", (quote,))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            """<div class="bbCodeSpoiler"><button class="bbCodeSpoiler-button"><span>Spoiler: <span>Torque</span></span>
            </button><div class="bbCodeSpoiler-content"><div class="bbCodeBlock">25 Nm</div></div></div>""",
            "Spoiler: Torque\n25 Nm",
        ),
        (
            """<div class="bbCodeBlock bbCodeBlock--code"><div class="bbCodeBlock-title">Code:</div>
            <div class="bbCodeBlock-content"><pre class="bbCodeCode"><code>a\n  b</code></pre></div></div>""",
            "Code:\na\n  b",
        ),
        (
            """see<div class="bbCodeBlock bbCodeBlock--unfurl" data-url="https://w.example/s14"><a href="/x">The S14</a>
            <img src="https://w.example/a.jpg"><div>An engine</div></div>there""",
            "see\nhttps://w.example/s14\nthere",
        ),
        ('one <img class="smilie" src="/s.png" alt=":)"> two', "one two"),
        ('<span class="bbCodeInlineSpoiler">hidden</span>', "hidden"),
    ],
)
def test_text(content, text):
    read = only(content)
    assert (read.text, read.quotes, read.images) == (text, (), ())


@pytest.mark.parametrize(
    ("image", "media"),
    [
        ('<img class="bbImage" src="https://p.example/a.jpg" alt="a.jpg">', Media("https://p.example/a.jpg", "a.jpg")),
        (
            '<img class="bbImage" src="/club/proxy.php?image=https%3A%2F%2Fp.example%2Fa.jpg%3Fx%3D1&amp;hash=0f">',
            Media("https://p.example/a.jpg?x=1"),
        ),
        (
            """<img class="bbImage lazyload" src="data:image/gif;base64,R0" data-url="http://p.example/a.jpg"
            data-src="/club/proxy.php?image=http%3A%2F%2Fp.example%2Fa.jpg&amp;hash=0f" alt="[\u200bIMG]">""",
            Media("http://p.example/a.jpg"),
        ),
        *(  # what stands behind the proxy is no address
            (
                f'<img class="bbImage" src="/club{proxied}&amp;hash=0f">',
                Media(f"https://b.example/club{proxied}&hash=0f"),
            )
            for proxied in ("/proxy.php?image=http%3A%2F%2F%5Bp%2Fa.jpg", "/proxy.php?image=http%3A%2F%2Fp%2F%00.jpg")
        ),
        (
            """<div class="bbImageWrapper" data-src="/club/attachments/pan-jpg.7/"><img class="bbImage" data-url=""
            src="https://b.example/club/attachments/pan-jpg.7/?width=640" alt="pan.jpg"></div>""",
            Media(f"{HERE}attachments/pan-jpg.7/", "pan.jpg"),
        ),
        (
            f'<a href="/club/attachments/pan-jpg.7/"><img class="bbImage" src="{THUMB}" alt="pan.jpg"></a>',
            Media(f"{HERE}attachments/pan-jpg.7/", "pan.jpg"),
        ),
    ],
)
def test_pictures_by_their_own_address(image, media):
    read = only(image)
    assert (read.images, read.attachments) == ((media,), ())


def test_attached_files():
    files = f"""<section class="message-attachments"><ul class="attachmentList"><li class="file"><a class="file-preview"
    href="/club/attachments/pan-jpg.7/"><img src="{THUMB}" alt="pan.jpg"></a>
    <a href="/club/attachments/pan-jpg.7/">pan.jpg</a></li><li class="attachment"><div class="attachment-icon">
    <a href="/club/attachments/list-pdf.8/"><i></i></a></div><div class="attachment-name">
    <a href="/club/attachments/list-pdf.8/">list.pdf</a></div></li></ul></section>"""
    read = only('see <a href="/club/attachments/9/">View attachment 9</a>', after=files)
    assert read.images == ()
    assert read.attachments == (
        Media(f"{HERE}attachments/9/", "View attachment 9"),
        Media(f"{HERE}attachments/pan-jpg.7/", "pan.jpg"),
        Media(f"{HERE}attachments/list-pdf.8/", "list.pdf"),
    )


def test_attached_videos():
    where = f"{HERE}data/video/0/12-0123456789abcdef0123456789abcdef.mp4"
    files = f"""<section class="message-attachments"><ul class="attachmentList"><li class="file file--linked">
    <a class="file-preview" href="{where}"><video data-xf-init="video-init"><source data-src="{where}"></video></a>
    <span class="file-name">clip.mp4</span></li></ul></section>"""
    read = only("see below", after=files)
    assert (read.text, read.embeds, read.attachments) == ("see below", (where,), ())


def test_fields_that_the_author_has_filled_in():
    field = '<dl class="pairs pairs--customField" data-field="{0}"><dt>{0}</dt><dd>{1}</dd></dl>'
    before = f"""<div class="message-fields message-fields--before">{field.format("Price", "$4,500")}
    {field.format("Mods", '<div class="bbWrapper"><a href="https://w.example/cam">cam</a></div>')}</div>"""
    after = f'<div class="message-fields message-fields--after">{field.format("Town", "Ulm")}</div>'
    whole = post(5, 1, "For sale", after=after).replace(
        '<article class="message-body">', f'{before}<article class="message-body">'
    )
    (read,) = page(html(whole, "thread_view")).posts
    assert read.text == "Price\n$4,500\nMods\ncam\n\nFor sale\n\nTown\nUlm"
    assert read.links == (Media("https://w.example/cam", "cam"),)


def test_frames_and_links():
    read = only(
        '<div class="bbMediaWrapper"><iframe src="//www.youtube.com/embed/x1?wmode=opaque"></iframe></div>'
        """<span data-s9e-mediaembed="vimeo"><span data-s9e-mediaembed-iframe='["allowfullscreen","","src",
        "https:\\/\\/player.vimeo.com\\/video\\/2"]'></span></span>"""
        '<iframe data-s9e-mediaembed-src="https://v.example/3" src="about:blank"></iframe>'
        '<div class="bbOembed" data-xf-init="oembed"><a href="https://twitter.com/i/status/4">tweet</a></div>'
        '<video><source data-src="/club/data/video/0/5.mp4"></video>'
        '<a href="https://w.example/S14.PDF?v=2">manual</a> <a href="/club/members/ann.9/">@Ann</a>'
        '<div class="bbCodeBlock--unfurl" data-url="https://w.example/s14"><a href="https://w.example/s14">S14</a></div>'
    )
    assert read.embeds == (
        "https://www.youtube.com/embed/x1?wmode=opaque",
        "https://player.vimeo.com/video/2",
        "https://v.example/3",
        "https://twitter.com/i/status/4",
        f"{HERE}data/video/0/5.mp4",
    )
    assert read.links == (Media("https://w.example/S14.PDF?v=2", "manual"), Media("https://w.example/s14"))


@pytest.mark.parametrize(
    "marks",
    [
        {"at": "x", "data_time": "1720222220"},  # 2.0 to 2.2
        {"data_time": "7:30 PM", "data_timestamp": "1720222220"},  # 2.3
        {"at": "2024-07-06T01:30:20+02:00"},
    ],
)
def test_the_moment_is_known(marks):
    found = page(html(post(5, 1, "x").replace(time(), time(**marks))))
    assert (found.posts[0].date, found.posts[0].date_text) == (IN_UTC, "5. Juli 2024 um 19:30")


@pytest.mark.parametrize("at", ["", "2024-07-05T19:30:20", "2024-02-31T00:00:00+0000", "0001-01-01T00:00:00+0000"])
def test_a_moment_without_a_zone_is_none(at):
    printed = "Jul 5, 2024 at 7:30 PM"
    found = page(html(post(5, 1, "x").replace(time(), time(at, printed)))).posts[0]
    assert (found.date, found.date_text) == (None, printed)
    assert found.date_reason


def test_a_skin_that_prints_the_date_without_a_time_element():
    def bare(id_, told):
        head = f'<header class="message-header">Jul 5, 2024 {told} <span>Post #{id_} of 7</span></header>'
        caption = '<div class="js-lbContainer" data-lb-caption-desc="Ann &middot; Jul 5, 2024 at 7:30 PM"></div>'
        whole = post(id_, id_, "x")
        start, end = whole.index("<header"), whole.index("</header>")
        return whole[:start] + head + caption + whole[end:]

    above = time(title="Jul 5, 2024 at 7:30 PM")
    posts = page(html(above + bare(1, "") + bare(2, '<meta itemprop="datePublished" content="2024-07-06T00:00:00Z">')))
    assert [(each.number, each.date) for each in posts.posts] == [(1, IN_UTC), (2, "2024-07-06T00:00:00+00:00")]


XF1_POSTS = """<!DOCTYPE html><html id="XenForo" class="Public NoJs LoggedOut"><head><base href="https://b.example/club/">
<link rel="canonical" href="https://b.example/club/threads/oil.82/page-54"></head><body>
<fieldset class="breadcrumb"><a href="index.php" class="crumb">Forums</a><a href="categories/cars.2/">Cars</a>
<a href="forums/engine.4/" class="crumb">Engine</a></fieldset><div class="titleBar"><h1>Oil</h1></div>
<div class="PageNav" data-page="54" data-last="347"></div>
<div class="pollBlock"><form action="threads/oil.82/poll/vote"></form></div>
<ol class="messageList" id="messageList"><li id="post-501" class="message" data-author="Ann"><h3 class="userText">
<a href="members/ann.9/" class="username">Ann</a></h3><div class="messageInfo"><div class="messageContent"><article>
<blockquote class="messageText"><div class="bbCodeBlock bbCodeQuote" data-author="Bob"><aside>
<div class="attribution type">Bob said: <a href="goto/post?id=3#post-3" class="AttributionLink">↑</a></div>
<blockquote class="quoteContainer"><div class="quote">why?</div><div class="quoteExpand">Click to expand...</div>
</blockquote></aside></div>25 Nm <img class="bbCodeImage LbImage" src="http://p.example/a.gif" alt="[\u200bIMG]"
 data-url="http://p.example/a.gif"><img src="styles/default/clear.png" class="mceSmilieSprite" alt=":)">
<div class="messageTextEndMarker">&nbsp;</div></blockquote></article></div>
<div class="attachedFiles"><li class="attachment"><a href="attachments/pan-jpg.7/" class="genericAttachment"></a>
<h6 class="filename"><a href="attachments/pan-jpg.7/">pan.jpg</a></h6></li></div>
<div class="editDate">Last edited: now</div>
<div class="baseHtml signature messageText"><aside>sig</aside></div><a href="posts/501/" class="datePermalink">
<span class="DateTime" title="Oct 30, 2014 at 10:48 PM">Oct 30, 2014</span></a><a class="postNumber">#1,326</a>
<div class="likesSummary"><span class="LikeText"><a class="username">Bob</a>, <a class="username">Cy</a> and
<a class="OverlayTrigger">5 others</a> like this.</span></div></div></li>
<li id="post-502" class="message"><h3 class="userText"><span class="username">Guest</span></h3>
<div class="messageContent"><blockquote class="messageText">so</blockquote></div>
<a class="datePermalink"><abbr class="DateTime"
 data-time="1720222220">Friday</abbr></a><a class="postNumber">#1,327</a></li></ol></body></html>"""


@pytest.mark.parametrize(("place", "number"), [("page-54", 54), ("", 1), ("page-999", 347)])
def test_a_pager_without_the_number_of_its_page(place, number):
    found = page(XF1_POSTS.replace(' data-page="54"', ""), f"{HERE}threads/oil.82/{place}")
    assert (found.number, found.last) == (number, 347)


def test_posts_of_version_1():
    found = page(XF1_POSTS, "http://b.example/x")
    assert (found.kind, found.generation, found.title) == (PageKind.POSTS, "xf1", "Oil")
    assert (found.forum_id, found.thread_id, found.number, found.last) == (4, 82, 54, 347)
    first, second = found.posts
    assert first == Post(
        501, 1326, "Ann", 9, None, "Oct 30, 2014 at 10:48 PM", "> why?\n\n25 Nm", (Quote(3, "Bob"),),
        (Media("http://p.example/a.gif"),), (Media(f"{HERE}attachments/pan-jpg.7/", "pan.jpg"),), "Last edited: now",
        reactions=7, date_reason=first.date_reason,
    )  # fmt: skip
    assert first.date_reason
    assert (second.author, second.author_id, second.number, second.date) == ("Guest", None, 1327, IN_UTC)


def test_a_skin_of_version_1_with_its_own_elements():
    name = '<a href="members/ann.9/" class="username">Ann</a></h3>'
    moved = XF1_POSTS.replace(f'<h3 class="userText">\n{name}', f'<h3 class="myName">{name}<h3 class="userText"></h3>')
    assert moved != XF1_POSTS
    found = page(moved.replace("fieldset", "ul"), "http://b.example/x")
    assert (found.posts[0].author, found.posts[0].author_id, found.forum_id) == ("Ann", 9, 4)


def test_a_skin_of_version_1_with_the_pager_in_its_title_and_no_link_around_the_date():
    title = """<h1><div class="PageNav" data-page="2" data-last="9">Page 2 of 9</div><span class="prefix">ROM</span>
    <span class="title">Oil</span> <span class="DateTime">Oct 1, 2014</span></h1>"""
    dated = """<div class="messageMeta"><div class="privateControls"><span class="item muted"><a>Ann</a>,
    <span class="DateTime" title="Oct 30, 2014 at 10:48 PM">Oct 30, 2014</span></span></div></div>"""
    body = f"""<li id="post-5" class="message" data-author="Ann"><div class="messageContent">
    <blockquote class="messageText">25 Nm</blockquote></div>{dated}</li>"""
    found = page(f'<html id="XenForo"><body>{title}<ol id="messageList">{body}</ol></body></html>')
    assert (found.title, found.number, found.last) == ("Oil", 2, 9)
    assert found.posts[0].date_text == "Oct 30, 2014 at 10:48 PM"


CARD = """<article class="js-post california-nested-message" data-author="{name}" data-content="post-{id}"
 id="js-post-{id}"><div class="MessageCard js-messageCard" id="js-post-{id}"><div class="MessageCard__container">
<a class="MessageCard__user-info__name" href="/club/members/x.{id}/" data-user-id="{id}">{name}</a>
<a class="MessageCard__post-position" href="#post-{id}">#{number}</a><a class="MessageCard__date-created">{time}</a>
<div class="message-userContent"><article class="message-body"><div class="bbWrapper">text {id}</div></article></div>
<div class="reactionsBar"></div></div></div></article>"""


def test_posts_of_verticalscope():
    hidden = '<div class="hidden"><article class="message-body"><div class="bbWrapper">text 1</div></article></div>'
    opening = CARD.format(name="Ann", id=1, number=1, time=time())
    opening = opening[opening.index("<div") : opening.rindex("</article>")]  # the first stands in no <article>
    title = '<h1 class="MessageCard__thread-title">Oil</h1>'
    replies = [CARD.format(name="Bob", id=id_, number=number, time=time()) for id_, number in ((3, 4), (2, 2))]
    found = page(html(CRUMBS + hidden + title + opening + "".join(replies), "thread_view", data_project="cali"))
    assert (found.title, found.forum_id) == ("Oil", 4)
    assert [(each.post_id, each.number, each.author, each.author_id) for each in found.posts] == [
        (1, 1, "Ann", 1),
        (3, 4, "Bob", 3),
        (2, 2, "Bob", 2),
    ]
    assert {(each.text, each.date) for each in found.posts} == {(f"text {id_}", IN_UTC) for id_ in (1, 2, 3)}
    assert {each.reactions for each in found.posts} == {0}


@given(st.sampled_from([html(POLL + post(5, 1, QUOTE)), html(CRUMBS + CARD, "thread_view"), XF1_POSTS]), BLOWS)
def test_damaged_pages_never_raise(source, damage):
    for place, length, blow in damage:
        source = source[:place] + blow + source[place + length :]
    assert page(source).last >= 1
