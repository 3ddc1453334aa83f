"""Markup that boards vary and the sample boards do not: skins, languages, guests, deleted posts, older versions."""

import re

import pytest

from e30crawl.parsers.dates import utc_offset
from e30crawl.parsers.page import read
from e30crawl.parsers.records import PageKind
from sample.board import Board
from sample.forum import SKINS

URL = "https://board.example/showthread.php?t=7"
VB3 = "<html><head><title>Idle</title><script>vBulletin_init();</script></head><body>{}<div>{}</div></body></html>"
FOOTER = 'All times are GMT -5. The time now is <span class="time">05:18 PM</span>.'
POST = """<table id="post{id}"><tr><td class="thead"><a name="post{id}"><img src="x.gif"></a> 07-13-2008, 05:42 AM</td>
<td>#<a href="showpost.php?p={id}" id="postcount{id}" name="{number}"><b>{number}</b></a></td></tr>
<tr><td>{author}</td><td id="td_post_{id}">{body}</td></tr></table>"""
MEMBER = '<div id="postmenu_{id}"><a class="bigusername" href="member.php?u=4">Ann</a></div>'


def vb3(*posts, footer=FOOTER, url=URL):
    return read(VB3.format("".join(posts), footer).encode(), url)


def post(id_, number, author=MEMBER, body='<div id="post_message_{id}">How tight?</div>'):
    return POST.format(id=id_, number=number, author=author.format(id=id_), body=body.format(id=id_))


@pytest.mark.parametrize(
    ("author", "name", "member"),
    [
        (MEMBER, "Ann", 4),
        ('<div id="postmenu_{id}">Ann<script>vbmenu_register("x");</script></div>', "Ann", None),  # a guest
        ('<a class="bigusername">Ann</a><a id="postmenu_{id}"><script>vbmenu_register("x");</script></a>', "Ann", None),
        (
            '<a href="member.php?u=4"><img src="x"></a><a class="bigusername" href="member.php?u=4">Ann</a>',
            "Ann",
            4,
        ),
        ('<span class="bigusername">Ann</span>', "Ann", None),
        ("", None, None),
    ],
)
def test_who_wrote_it(author, name, member):
    (seen,) = vb3(post(11, 1, author)).posts
    assert (seen.author, seen.author_id, seen.number, seen.text) == (name, member, 1, "How tight?")
    assert seen.date == "2008-07-13T10:42:00+00:00"


HIDDEN = """<table id="post12"><tr title="Post 12"><td class="thead"><a name="post12"><img src="x.gif"></a>
07-14-2008, 05:42 AM</td></tr><tr><td class="alt2">{author}</td></tr>
<tr><td class="alt1"><div class="smallfont">{note}</div></td></tr></table>"""
ANN = '<a href="member.php?u=4">Ann</a>'


@pytest.mark.parametrize(
    ("author", "note", "kind", "name"),
    [
        (ANN, 'This message has been deleted by <a href="member.php?u=1">Mod</a>. <em>twice</em>', "deleted", "Ann"),
        ("A guest", 'Von <a href="member.php?u=1">Mod</a> gelöscht.', "deleted", "A guest"),
        (
            f'<div><a href="profile.php?userlist=ignore&do=removelist&u=4">Remove</a></div>{ANN}',
            'Hidden because <strong>Ann</strong> is on your <a href="profile.php?do=ignorelist">ignore list</a>.',
            "ignored",
            "Ann",
        ),
        (ANN, "The administrator has decided that <strong>Ann</strong> should be quiet for a while.", "ignored", "Ann"),
    ],
)  # fmt: skip
def test_a_post_that_is_not_shown_is_a_row_with_the_note(author, note, kind, name):
    page = vb3(post(11, 1), HIDDEN.format(author=author, note=note), post(13, 3))
    assert [(seen.post_id, seen.number, seen.kind) for seen in page.posts] == [
        (11, 1, "post"),
        (12, None, kind),
        (13, 3, "post"),
    ]
    hidden = page.posts[1]
    assert (hidden.author, hidden.author_id) == (name, 4 if name == "Ann" else None)
    assert (hidden.date, hidden.text) == ("2008-07-14T10:42:00+00:00", re.sub("<[^>]*>", "", note))


def test_a_hidden_post_may_lack_its_anchor_and_the_cell_of_its_author():
    ignored = """<table id="post12"><tr><td class="thead"><a name="post12"></a></td></tr><tr><td class="alt1"
id="td_post_12">This message is hidden because <strong>Carl</strong> is on your ignore list.</td></tr></table>"""
    deleted = """<table id="post13"><tr><td class="alt2">Post deleted</td><td class="alt1">This message has been deleted
by <a href="member.php?u=1">Mod</a>. <div class="smallfont">Reason: spam</div></td></tr></table>"""
    page = vb3(post(11, 1), ignored, deleted, post(14, 4))
    assert [(seen.post_id, seen.kind, seen.author, seen.text) for seen in page.posts[1:3]] == [
        (12, "ignored", "Carl", "This message is hidden because Carl is on your ignore list."),
        (13, "deleted", None, "This message has been deleted by Mod. Reason: spam"),
    ]
    assert [(seen.post_id, seen.number) for seen in page.posts[::3]] == [(11, 1), (14, 4)]


def test_a_poll_may_have_rows_without_bars():
    page = vb3(
        """<form action="poll.php?do=pollvote&amp;pollid=3"><table><tr><td class="tcat" colspan="4">View Poll Results:
Which oil?</td></tr><tr><td class="alt1">10W-60</td><td class="alt1">12</td></tr></table></form>""",
        post(11, 1),
    )
    assert (page.posts[0].kind, page.posts[0].text) == ("poll", "Which oil?\n- 10W-60: 12")


def test_a_thread_of_vbulletin_3_0_has_messages_without_a_name():
    body = '<div class="smallfont"><strong>Re: Idle</strong></div><hr size="1"><div>90 Nm</div><div>____<br>Ann</div>'
    page = vb3(post(11, 1, body=body), post(12, 2, body=body))
    assert [(seen.post_id, seen.number, seen.author, seen.text) for seen in page.posts] == [
        (11, 1, "Ann", "90 Nm"),
        (12, 2, "Ann", "90 Nm"),
    ]


@pytest.mark.parametrize(
    ("footer", "minutes"),
    [
        (FOOTER, -300),
        ('Alle Zeitangaben in WEZ +2. Es ist jetzt <span class="time">10:00</span> Uhr.', 120),
        ('Todas las horas son GMT -3. La hora es <span class="time">10:00</span>.', -180),
        ('Fuseau horaire GMT +1. Il est actuellement <span class="time">10h00</span>.', 60),
        ('Tutti gli orari sono GMT +1. Attualmente sono le <span class="time">10:00</span>.', 60),
        ('Часовой пояс GMT +3, время: <span class="time">10:00</span>.', 180),
        ('Bütün zaman ayarları WEZ +3 olarak düzenlenmiştir. Şu Anki Saat: <span class="time">10:00</span>.', 180),
        ('Múi giờ GMT +7. Hiện tại là <span class="time">10:00</span>.', 420),
        ('Alle tijden zijn GMT. Het is nu <span class="time">10:00</span>.', 0),
        ('All times are GMT +5.5. The time now is <span class="time">10:00</span>.', 330),
        ('<p>The GMT +1 watch stopped.</p><p>Posted <span class="time">10:00</span></p>', None),
        ("It was 9 o'clock GMT -5.", None),
    ],
)
def test_the_zone_in_any_language(footer, minutes):
    assert utc_offset(f"<p>GMT</p>{footer}<p>end</p>") == minutes


@pytest.mark.parametrize(
    ("footer", "date"), [(FOOTER, "2008-07-13T10:42:00+00:00"), ("", None)], ids=["a footer", "no footer"]
)
def test_a_zone_that_a_post_names_is_not_the_pages(footer, date):
    said = '<div id="post_message_{id}">The race is on Sunday. All times are GMT +2.</div>'
    assert {seen.date for seen in vb3(post(11, 1, body=said), post(12, 2), footer=footer).posts} == {date}


@pytest.mark.parametrize(
    ("note", "date", "day_first"),
    [
        ("03-04-2010 at {}. Reason: the meeting is on 25/04/2010", None, None),
        ("03-04-2010 at {}. Reason: it was 04-25-2010, 10:00", None, None),
        ("25-04-2010 at {}. Reason: typo", "2010-04-03T10:42:00+00:00", True),
        ("04-25-2010 at {}.", "2010-03-04T10:42:00+00:00", False),
        ("{} 25-04-2010 Reason: 04-26-2010", "2010-04-03T10:42:00+00:00", True),
    ],
)
def test_the_reason_of_an_edit_says_nothing_of_day_and_month(note, date, day_first):
    time = note.format('<span class="time">08:00 AM</span>')
    said = f'<div id="post_message_{{id}}">90 Nm</div><div class="smallfont"><em>Last edited by Ann; {time}</em></div>'
    page = vb3(post(11, 1, body=said).replace("07-13-2008", "03-04-2010"))
    assert (page.posts[0].date, page.day_first) == (date, day_first)
    assert page.posts[0].edited.startswith("Last edited by Ann; ")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("13 mars 2011, 10:00", "2011-03-13"),
        ("13 févr. 2011, 10:00", "2011-02-13"),
        ("13 juillet 2011, 10:00", "2011-07-13"),
        ("13 giugno 2011, 10:00", "2011-06-13"),
        ("13 maart 2011, 10:00", "2011-03-13"),
        ("13 dic 2011, 10:00", "2011-12-13"),
        ("13. Dezember 2011, 10:00", "2011-12-13"),
        ("13 août 2011, 10:00", "2011-08-13"),
    ],
)
def test_months_in_other_languages(text, date):
    page = POST.format(id=11, number=1, author="", body='<div id="post_message_11">x</div>')
    (seen,) = vb3(page.replace("07-13-2008, 05:42 AM", text), footer=FOOTER.replace("-5", "")).posts
    assert (seen.date, seen.date_text) == (f"{date}T10:00:00+00:00", text)


@pytest.mark.parametrize(
    ("said", "number", "last"),
    [
        ("Page 3 of 12", 3, 12),
        ("Seite 3 von 12", 3, 12),
        ("Toplam 12 Sayfadan 3", 3, 12),
        ("Страница 3 из 1.200", 3, 1200),
        ("Strona 3 z 1 203", 3, 1203),
        ("Sida 1 203 av 1 203", 1203, 1203),
        ("Страница 12 из 120", 12, 120),
    ],
)
def test_the_pager_in_any_language(said, number, last):
    pager = f'<div class="pagenav"><table><tr><td class="vbmenu_control">{said}</td></tr></table></div>'
    page = vb3(pager, post(11, 1))
    assert (page.number, page.last) == (number, last)


VB4 = '<html id="vbulletin_html"><head><title>Board</title></head><body>{}</body></html>'
VB5 = '<html id="htmlTag"><head><title>Board</title></head><body>{}</body></html>'


@pytest.mark.parametrize(
    ("before", "prefix"),
    [
        ("", None),
        ("<span style='color:red'>[WTB]</span>", "[WTB]"),
        ("<span style='float:right'><a href='#'>2 Attachment(s)</a></span> Poll: <b>DIY</b> Wanted ", "DIY Wanted"),
        ("<span style='float:right'><img src='sticky.gif'></span><a href='?goto=newpost'>New</a> Sticky:", None),
    ],
)
def test_the_label_before_a_title_of_vbulletin_3(before, prefix):
    row = f"""<tbody id="threadbits_forum_4"><tr><td id="td_threadtitle_5"><div>{before}
    <a href="showthread.php?t=5" id="thread_title_5">Idle</a> (<a href="?page=2">2</a>)</div></td></tr></tbody>"""
    (thread,) = vb3(f"<table>{row}</table>").threads
    assert (thread.title, thread.prefix) == ("Idle", prefix)


VB4_POST = """<li class="postbit" id="post_{id}"><span class="postdate"><span class="date">07-13-2008, 05:42 AM</span>
</span><a class="postcounter">#{number}</a><a class="username" href="member.php/4-ann">Ann</a>
<div id="post_message_{id}"><blockquote class="postcontent">90 Nm</blockquote></div>
<blockquote class="signature"><a href="attachment.php?attachmentid=5">sig.jpg</a></blockquote></li>"""
VB4_HIDDEN = """<li class="{mark} postbitim" id="post_12"><div class="posthead"><span class="date">07-14-2008, 05:42 AM
</span><a name="post12"></a></div><div class="userinfo"><a class="username" href="member.php/4-ann">Ann</a></div>
<div class="postbody"><h2 class="title"><label>{note}</label></h2><dl class="postcontent deletereason"><dt>Reason</dt>
<dd>twice</dd></dl></div><div class="nodecontrols"><a class="postcounter">View Post</a></div></li>"""


@pytest.mark.parametrize(("mark", "kind"), [("postbitdeleted", "deleted"), ("postbitignored", "ignored")])
def test_a_post_of_vbulletin_4_that_is_not_shown(mark, kind):
    hidden = VB4_HIDDEN.format(mark=mark, note="This message is <b>gone</b>.")
    posts = VB4_POST.format(id=11, number=1), hidden, VB4_POST.format(id=13, number=2)
    page = read(VB4.format("".join(posts) + FOOTER).encode(), URL)
    assert [(seen.post_id, seen.number, seen.kind) for seen in page.posts] == [
        (11, 1, "post"),
        (12, None, kind),
        (13, 2, "post"),
    ]
    _, seen, last = page.posts
    assert (seen.author, seen.author_id, seen.text) == ("Ann", 4, "This message is gone. Reason twice")
    assert (seen.date, last.attachments) == ("2008-07-14T10:42:00+00:00", ())


EMPTY = {
    "vb2": """<html><body><form><input type="hidden" name="forumid" value="4"></form>
    <p>Powered by: vBulletin Version 2.3.0</p>""",
    "vb3": """<html><body><script>vBulletin_init();</script><form><input type="hidden" name="f" value="4"></form>
    <table id="threadslist"><tr><td><strong>There are no posts in this forum.</strong></td></tr></table>""",
    "vb4": """<html id="vbulletin_html"><body><form><input type="hidden" name="f" value="4"></form><div id="threadlist">
    <div class="threadbit"><p class="nonthread"><strong>There are no posts in this forum.</strong></p></div></div>""",
    "lofi": """<html><body><div class="pagebody"><p class="largefont">View Full Version :
    <a href="forumdisplay.php?f=4">Oil</a></p><div id="content"><ol start="1"></ol></div></div>""",
}  # fmt: skip


@pytest.mark.parametrize("generation", EMPTY)
def test_an_empty_forum_is_a_list_without_threads(generation):
    page = read(f"{EMPTY[generation]}</body></html>".encode(), "https://board.example/forums/x/")
    assert (page.kind, page.generation, page.forum_id) == (PageKind.THREADS, generation, 4)
    assert (page.threads, page.forums, page.reason) == ((), (), None)


@pytest.mark.parametrize("generation", ["vb3", "vb4"])
def test_a_list_of_which_no_thread_can_be_read_is_no_empty_forum(generation):
    body = EMPTY[generation].replace("There are no posts in this forum.", "<a href='showthread.php?t=7'>Oil pump</a>")
    page = read(f"{body}</body></html>".encode(), "https://board.example/forumdisplay.php?f=4")
    assert (page.kind, page.reason) == (PageKind.UNKNOWN, "a list of threads of which none can be read")


def test_a_thread_of_vbulletin_2_whose_link_has_lost_its_words():
    row = """<table><tr><td><img src="x.gif"></td><td>Poll: <a href="showthread.php?s=&threadid=7"><img></a></td>
    <td><a href="javascript:who(7)">12</a></td><td>900</td></tr></table>"""
    page = read(f"{EMPTY['vb2']}{row}</body></html>".encode(), URL)
    assert [(each.thread_id, each.title, each.replies, each.views) for each in page.threads] == [(7, "", 12, 900)]


def test_an_empty_list_of_the_archive_is_known_by_its_address():
    page = '<html><body><div class="pagebody"><div id="content"></div></div></body></html>'
    assert read(page.encode(), "https://board.example/archive/index.php/f-5.html").kind is PageKind.THREADS
    assert read(page.encode(), "https://board.example/archive/index.php").kind is PageKind.PASSING


PANEL = '<div class="standard_error"><form><div class="blockrow">{}</div></form></div>'
VB2 = "<html><body>Powered by: vBulletin Version 2.3.0 <p>{}</p></body></html>"


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (VB4.format(PANEL), "No Thread specified."),
        (VB5, "Invalid Page URL. If this is an error and the page should exist, tell the system administrator."),
        (VB5, "You do not have permission to view this page."),
        (VB3.format('<div class="panel"><div>{}</div></div>', ""), "Invalid Thread specified."),
        (VB2, "No thread specified. If you followed a valid link, please notify the webmaster."),
    ],
)
def test_what_a_board_says_instead(frame, said):
    seen = read(frame.format(said).encode(), URL)
    assert (seen.kind, seen.logged_out) == (PageKind.NOTICE, False)
    assert said.partition(".")[0] in seen.notice


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Kein Thema angegeben. Wenn Sie einem gültigen Link gefolgt sind, schreiben Sie uns.", PageKind.NOTICE),
        ("The board is down for a few minutes while we clear up something.", PageKind.PASSING),
    ],
)
def test_a_message_of_vbulletin_2_stands_in_a_table_that_names_no_version(said, kind):
    """Its page links to whatever the board's owner has in the header, so it is not a bare one."""
    table = '<tr><td><img src="images/vb_bullet.gif"> <b>vBulletin-Mitteilung</b></td></tr><tr><td>{}</td></tr>'
    links = "".join(f"<a href='/page{each}.html'>page {each}</a>" for each in range(20))
    seen = read(f"<html><body>{links}<table>{table.format(said)}</table></body></html>".encode(), URL)
    assert (seen.kind, seen.generation, seen.logged_out, seen.notice) == (kind, "vb2", False, said)


TOPIC = """<tr class="topic-item {mark}" data-node-id="{id}"><td class="cell-topic"><div class="topic-wrapper">
<span class="js-prefix">{prefix}</span><a class="topic-title js-topic-title"
href="https://board.example/forum/e30/{id}-{slug}">{title}</a>
<div class="topic-info">Started by <a href="/member/4-ann">Ann</a>, 01-02-2016</div></div></td>
<td class="cell-count"><div class="posts-count">{replies} responses</div>
<div class="views-count">1,234 views</div></td>
<td class="cell-lastpost"><div class="lastpost-by">by Bob</div>
<span class="post-date">01-13-2016, 05:42 AM</span></td></tr>"""


def test_a_channel_of_vbulletin_5():
    rows = [
        TOPIC.format(id=31, mark="sticky", prefix="Sticky:", slug="read", title="Read me", replies=9),
        TOPIC.format(id=32, mark="closed", prefix="", slug="oil", title="Oil", replies="1,000"),
        TOPIC.format(id=33, mark="", prefix="Moved:", slug="idle", title="Idle", replies=0),
    ]
    html = VB5.format(f'<script>var pageData = {{"channelid": "16"}};</script><table>{"".join(rows)}</table>')
    page = read(html.encode(), "https://board.example/forum/e30")
    assert (page.kind, page.forum_id) == (PageKind.THREADS, 16)
    assert [(each.thread_id, each.title, each.replies, each.views) for each in page.threads] == [
        (31, "Read me", 9, 1234),
        (32, "Oil", 1000, 1234),
        (33, "Idle", 0, 1234),
    ]
    assert [(each.sticky, each.closed, each.moved) for each in page.threads] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert {each.starter for each in page.threads} == {"Ann"}


WRITTEN = {
    "single quotes": lambda page: re.sub(r"""(\s[\w-]+)="([^"'<>]*)\"""", r"\1='\2'", page),
    "no quotes": lambda page: re.sub(r'(\s(?:id|class|name))="([\w-]+)"', r"\1=\2", page),
    "capitals": lambda page: re.sub(r"</?(?:html|body|div|table|td|tr|a|span|li)\b", lambda tag: tag[0].upper(), page),
    "one line": lambda page: re.sub(r">\s+<", "> <", page),
}


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("board_of", SKINS)
def test_a_page_is_the_same_however_it_is_written(board_of, name):
    board, skin = Board.load(), SKINS[board_of]
    for page in (skin.home(board), skin.forum(board, board.forums[2], 1), skin.thread(board, board.threads[106], 2)):
        written = WRITTEN[name](page)
        assert written != page
        plain, seen = read(page.encode(), URL), read(written.encode(), URL)
        assert plain.kind in {PageKind.FORUMS, PageKind.THREADS, PageKind.POSTS}
        assert seen == plain


DIED = "<br />\n<b>Fatal error</b>:  Maximum execution time exceeded in <b>/board/x.php</b> on line <b>9</b><br />"


@pytest.mark.parametrize(
    ("end", "kind"),
    [
        (f"{DIED}</body></html>", PageKind.UNKNOWN),  # a server in front has closed the tags
        (f"{DIED}", PageKind.UNKNOWN),
        (f"</body></html>{DIED}", PageKind.POSTS),  # of a script that ran behind the page
        ("</body></html>", PageKind.POSTS),
    ],
)
def test_a_page_that_php_has_ended_is_cut_short(end, kind):
    page = read(VB3.format(post(11, 1), FOOTER).replace("</body></html>", end).encode(), URL)
    assert (page.kind, page.cut_short) == (kind, kind is PageKind.UNKNOWN)


def test_a_post_that_quotes_such_an_end_is_a_post():
    said = '<div id="post_message_{id}">My log says ' + DIED + "</div>"
    assert vb3(post(11, 1, body=said), footer=FOOTER + " <a href='#'>Top</a>" * 20).kind is PageKind.POSTS
