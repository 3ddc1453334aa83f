"""vBulletin 2, the lo-fi archive and printable views, in markup of our own that has only what these views have."""

from e30crawl.parsers.page import read
from e30crawl.parsers.records import Forum, PageKind

URL = "http://board.example/forums/archive/index.php/"
VB2 = """<html><head><title>Forum</title></head><body>
<!-- Powered by: vBulletin Version 2.3.0 --> {}
<font>All times are GMT. Powered by: vBulletin Version 2.3.0</font></body></html>"""
POST = """<table><tr>
<td width="175"><a name="post{id}"></a><font><b>{name}</b></font><br><font>Registered: Jan 2003</font></td>
<td width="100%"><font><b>Title</b></font><p><font>{text}</font></p><p></p><p>{note}</p>
<p>Report this | IP: Logged</p></td>
</tr><tr><td><font>{date} <font>04:56 PM</font></font></td>
<td><a href="member.php?s=&action=getinfo&userid={user}">Profile</a></td></tr></table>"""
ROW = """<tr><td><img src="images/{icon}.gif"></td><td><font>{prefix}
<a href="showthread.php?s=&threadid={id}">{title}</a></font></td>
<td><a href="member.php?s=&action=getinfo&userid=3">{name}</a></td><td><a href="javascript:who({id})">{replies}</a></td>
<td>1,234</td><td>08-18-2004 <font>03:55 AM</font> by
<a href="member.php?find=lastposter&threadid={id}"><b>x</b></a></td></tr>"""


def vb2(body, url="http://board.example/showthread.php?threadid=7"):
    return read(VB2.format(body).encode(), url)


def test_a_thread_of_vbulletin_2():
    quote = "<blockquote><font>quote:</font><hr><i>Originally posted by Ann </i><br><b>90 Nm</b><hr></blockquote> Yes."
    posts = [
        POST.format(id=11, name="Ann", user=4, text="How tight?", note="", date="08-18-2004"),
        POST.format(
            id=12, name="Bob", user=5, text=quote, note="Last edited by Bob on 08-19-2004 at 11:43 PM", date="x"
        ),
    ]
    page = vb2(
        "Pages (3): <b><font>[2]</font> <a href='showthread.php?threadid=7&pagenumber=3'>3</a></b>" + "".join(posts)
    )
    assert (page.kind, page.generation, page.thread_id) == (PageKind.POSTS, "vb2", 7)
    assert (page.number, page.last) == (2, 3)
    first, second = page.posts
    assert (first.post_id, first.author, first.author_id, first.number) == (11, "Ann", 4, None)
    assert (first.date, first.text, first.edited) == ("2004-08-18T16:56:00+00:00", "How tight?", None)
    assert (second.text, second.quotes[0].author) == ("> 90 Nm\n\nYes.", "Ann")
    assert second.edited == "Last edited by Bob on 08-19-2004 at 11:43 PM"


def test_a_signature_with_a_date_is_no_edit_note():
    post = POST.format(id=11, name="Ann", user=4, text="90 Nm", note="", date="08-18-2004")
    signed = post.replace("<p></p><p></p>", "<p></p><p>__________________<br>Back on 05-03-2004 04:25 PM</p><p></p>")
    (seen,) = vb2(signed).posts
    assert (seen.text, seen.edited) == ("90 Nm", None)


def test_the_forum_home_of_vbulletin_2():
    category = """<tr><td colspan="6"><a href="forumdisplay.php?s=&forumid=2"><b>Cars</b></a><br><font></font></td>
    </tr>"""
    forum = """<tr><td><img src="images/off.gif"></td><td><a href="forumdisplay.php?s=&forumid={id}"><b>{title}</b></a>
    <br><font>{said}</font></td><td>207,472</td><td>19577</td><td>08-18-2004 <font>03:55 AM</font> by Ann</td>
    <td>Bob</td></tr>"""
    rows = category + forum.format(id=4, title="Engine", said="S14") + forum.format(id=5, title="Oil", said="")
    page = vb2(f"<table>{rows}</table>", "http://board.example/")
    here = "http://board.example/forumdisplay.php?s=&forumid="
    assert page.kind is PageKind.FORUMS
    assert page.forums == (
        Forum(2, "Cars", f"{here}2"),
        Forum(4, "Engine", f"{here}4", 2, "S14", 19577, 207472),
        Forum(5, "Oil", f"{here}5", 2, None, 19577, 207472),
    )


def test_a_list_of_vbulletin_2():
    rows = [
        ROW.format(icon="folder", prefix="<b>Sticky: </b>", id=1, title="Read me", name="Ann", replies=9),
        ROW.format(icon="lockfolder", prefix="", id=2, title="Closed", name="Bob", replies=0),
        ROW.format(icon="folder", prefix="Poll:", id=3, title="Which oil?", name="Cid", replies=2),
    ]
    page = vb2(f"<table>{''.join(rows)}</table>", "http://board.example/forumdisplay.php?forumid=4")
    assert (page.kind, page.forum_id) == (PageKind.THREADS, 4)
    assert [thread.sticky for thread in page.threads] == [True, False, False]
    assert [thread.closed for thread in page.threads] == [False, True, False]
    assert [(thread.starter, thread.replies, thread.views) for thread in page.threads] == [
        ("Ann", 9, 1234),
        ("Bob", 0, 1234),
        ("Cid", 2, 1234),
    ]
    assert page.threads[0].last_post == "08-18-2004 03:55 AM"


def test_a_list_of_vbulletin_2_in_a_skin_without_who_wrote():
    row = """<tr><td><img src="themes/folder.png"></td><td><div><span class="right"><img src="images/{icon}.png"></span>
    <a href="showthread.php?threadid={id}">{title}</a>
    <a href="showthread.php?threadid={id}&pagenumber=2">2</a></div>
    <div><a href="member.php?action=getinfo&userid=3">Ann</a></div></td><td>{replies}</td><td>9,077</td>
    <td><a href="showthread.php?goto=lastpost&threadid={id}">last</a> Nov 9th, 2020 05:00</td></tr>"""
    rows = row.format(id=1, icon="sticky", title="Read me", replies="1,049")
    rows += row.format(id=2, icon="none", title="Oil", replies="-")
    pager = '<a class="pagenav" href="forumdisplay.php?forumid=4&sortorder=desc&pagenumber=12">12</a>'
    page = vb2(f"{pager}<table>{rows}</table>", "http://board.example/forumdisplay.php?forumid=4")
    assert [
        (each.thread_id, each.title, each.starter, each.sticky, each.moved, each.replies) for each in page.threads
    ] == [
        (1, "Read me", "Ann", True, False, 1049),
        (2, "Oil", "Ann", False, True, None),
    ]
    assert {(each.last_post, each.views) for each in page.threads} == {("Nov 9th, 2020 05:00", 9077)}
    assert (page.number, page.last) == (1, 12)


def lofi(content, pages="", full="http://board.example/forums/showthread.php?t=123"):
    body = f"""<html><body><div class="pagebody"><p class="largefont">View Full Version : <a href="{full}">It</a></p>
    <div id="pagenumbers">{pages}</div><div id="content">{content}</div>
    <div id="copyright">vBulletin v3.6.6</div></div></body></html>"""
    return read(body.encode(), URL)


def test_the_archive_leads_to_forums_and_threads():
    forums = lofi(
        f'<ul><li><a href="{URL}f-4.html">Engine</a><ul><li><a href="{URL}f-5.html">Oil</a></li></ul></li></ul>'
    )
    assert [(forum.forum_id, forum.title) for forum in forums.forums] == [(4, "Engine"), (5, "Oil")]
    threads = lofi(f'<ol><li><a href="{URL}t-123.html">Clutch</a> (3 replies)</li></ol>', full="forumdisplay.php?f=4")
    assert [(thread.thread_id, thread.forum_id) for thread in threads.threads] == [(123, 4)]


def test_posts_of_the_archive_have_no_id():
    post = """<div class="post"><div class="posttop"><div class="username">Ann</div>
    <div class="date">07-13-2008, 05:42 AM</div></div><div class="posttext">Forty.</div></div>"""
    page = lofi(post * 2, pages='<strong>Pages : </strong>1 <b>[2]</b> <a href="t-123-p-3.html">3</a>')
    assert (page.kind, page.thread_id, page.last) == (PageKind.POSTS, 123, 3)
    assert [(post.post_id, post.author, post.text) for post in page.posts] == [(None, "Ann", "Forty.")] * 2


def test_the_printable_view_of_vbulletin_3():
    post = """<table class="tborder"><tr><td class="page"><table width="100%"><tr valign="bottom">
    <td style="font-size:14pt">Ann</td><td class="smallfont" align="right">07-13-2008 05:42 AM</td></tr></table><hr />
    <div><strong>Title</strong></div><div>Forty.</div></td></tr></table>"""
    body = f"<html><body><a href='showthread.php?t=9'>Full</a>{post * 2}</body></html>"
    page = read(body.encode(), "http://board.example/printthread.php?t=9")
    assert (page.kind, page.thread_id) == (PageKind.POSTS, 9)
    assert [(post.post_id, post.number, post.author, post.text) for post in page.posts] == [
        (None, 1, "Ann", "Forty."),
        (None, 2, "Ann", "Forty."),
    ]
    assert page.posts[0].date_text == "07-13-2008 05:42 AM"
