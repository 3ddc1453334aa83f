"""What generations of vBulletin have alike: polls as rows of their page, thanks and likes, labels before a title."""

import pytest

from e30crawl.parsers.document import parse
from e30crawl.parsers.page import read
from e30crawl.parsers.records import PageKind, PostKind
from e30crawl.parsers.vb import prefix, thanks

URL = "https://board.example/showthread.php?t=7"
VB2 = """<html><body>{poll}<table><tr><td><a name="post11"></a><b>Ann</b></td><td><p>10W60</p></td></tr>
<tr><td>08-18-2004 04:56 PM</td></tr></table>Powered by: vBulletin Version 2.3.0</body></html>"""
VB3 = """<html><body><script>vBulletin_init();</script>{poll}<table id="post11"><tr><td class="thead">
<a name="post11"></a> 07-13-2008, 05:42 AM</td></tr><tr><td id="td_post_11"><div id="post_message_11">10W60</div></td>
</tr></table></body></html>"""
VB4 = """<html id="vbulletin_html"><body>{poll}<li class="postbit" id="post_11"><a class="postcounter">#1</a>
<div id="post_message_11"><blockquote class="postcontent">10W60</blockquote></div></li></body></html>"""
VB5 = """<html id="htmlTag"><body><ul class="thread-view"><li class="b-post b-post--poll" data-node-id="11">
<a class="b-post__count">#1</a><h2 class="b-post__title js-post-title">Which oil?</h2>
<div class="js-post__content-text">10W60</div>{poll}</li></ul></body></html>"""

BAR = "<img src='images/polls/bar2-l.gif'><img src='images/polls/bar2.gif' width=80>"
TABLE = """<table class="tborder"><tr><td class="tcat">{head}<span class="normal">: Which oil?</span></td></tr>
<tr><td class="thead" colspan="4">This poll will close on 01-02-2009 at 05:42 AM</td></tr>
<tr><td class="alt1"><em>10W60</em>{voters}</td><td class="alt2">{bar}</td><td class="alt1"><b>1,204</b></td>
<td class="alt2">92.31%</td></tr><tr><td class="alt1">10W40: cheap</td><td class="alt2">{bar}</td><td class="alt1">
<b>100</b></td><td class="alt2">7.69%</td></tr><tr><td class="tfoot" colspan="4">Voters: 13. You may not vote</td></tr>
</table>"""
BALLOT = """<form action="poll.php?do=pollvote&amp;pollid=3" method="post"><table class="tborder"><tr><td class="tcat">
Poll<span class="normal">: Which oil?</span></td></tr><tr><td><fieldset><strong>Which oil?</strong>
<div><label><input type="radio" name="optionnumber">10W60</label></div>
<div><label><input type="radio" name="optionnumber">10W40: cheap</label></div></fieldset></td></tr></table></form>"""
LIST = """<div id="pollinfo"><div class="blockhead"><h2>View Poll Results:
<span class="polltitle">Which oil?</span></h2></div>
<div id="pollresults"><ul><li class="blockrow"><p>10W60</p><div class="votes"><span class="numvotes">1,204</span>
<span class="percentvotes">92.31%</span></div><ol><li><a class="username">Ann</a></li></ol></li>
<li class="blockrow"><p>10W40: cheap</p><span class="numvotes">100</span></li></ul></div></div>"""
LIST_BALLOT = """<div id="pollinfo"><form action="poll.php?do=pollvote"><div class="blockhead"><h2>Poll:
<span class="polltitle">Which oil?</span></h2></div><div id="polloptions"><ul><li><label><input> 10W60</label></li>
<li><label><input> 10W40: cheap</label></li></ul></div></form></div>"""
ROW = """<div class="pollresults-option-row"><div class="title">{}</div><div class="percentage">9.00%</div>
<div class="pollvote-cell js-votes"><span>{}</span> <label>votes</label></div></div>"""
ROWS = f"<div class='pollresults h-hide-imp'>{ROW.format('10W60', '1,204')}{ROW.format('10W40: cheap', 100)}</div>"
NODE_BALLOT = """<div class="pollresults"></div><form class="poll" action="poll/vote/"><ul>
<li><label><input>10W60</label></li><li><label><input>10W40: cheap</label></li></ul></form>"""

COUNTED = "Which oil?\n- 10W60: 1204\n- 10W40: cheap: 100"
OPEN = "Which oil?\n- 10W60\n- 10W40: cheap"


@pytest.mark.parametrize(
    ("frame", "poll", "text"),
    [
        (VB2, TABLE.format(head="Umfrage", bar=BAR, voters=""), COUNTED),
        (VB3, TABLE.format(head="View Poll Results", bar=BAR, voters=""), COUNTED),
        (VB3, TABLE.format(head="View Poll Results", bar=BAR, voters="<div class='alt2'>Ann, Bob</div>"), COUNTED),
        (VB3, BALLOT, OPEN),
        (VB4, LIST, COUNTED),
        (VB4, LIST_BALLOT, OPEN),
        (VB5, ROWS, COUNTED),
        (VB5, NODE_BALLOT, OPEN),
    ],
)
def test_a_poll_is_a_row_before_the_posts(frame, poll, text):
    page = read(frame.format(poll=poll).encode(), URL)
    assert page.kind is PageKind.POSTS
    row, post = page.posts
    assert (row.kind, row.post_id, row.number, row.text) == (PostKind.POLL, None, None, text)
    assert (row.author, row.date, row.date_reason) == (None, None, "no date printed")
    assert (post.kind, post.post_id, post.text) == (PostKind.POST, 11, "10W60")


@pytest.mark.parametrize("frame", [VB2, VB3, VB4, VB5])
def test_who_only_speaks_of_polls_has_none(frame):
    said = "<p>You may not post polls/attachments.</p><link href='poll.css'><form action='x'><label>a</label></form>"
    assert len(read(frame.format(poll=said).encode(), URL).posts) == 1


NAMES = '<a href="member.php?u=4">Ann</a>, <a href="/user/e30-325is-5/">E30 325is</a>'
LIKED = "<div id='post'><div class='alt2 vbseo_liked'>{}</div></div>"


@pytest.mark.parametrize(
    ("html", "number"),
    [
        ("<div id='post'></div>", None),
        (
            "<div id='post'></div><div id='post_thanks_box_9'>The Following 2 Users Say Thank You</div>",
            None,
        ),  # another's
        ("<div id='post'></div><div id='post_thanks_box_7'></div>", 0),
        (f"<div id='post'></div><div id='post_thanks_box_7'>The Following 2 Users Say Thank You: {NAMES}</div>", 2),
        ("<div id='post'></div><li id='post_thanks_box_7'>3 users thanked</li>", 3),
        (LIKED.format(""), 0),
        (LIKED.format(f"{NAMES} like this."), 2),
        (LIKED.format(f"{NAMES} and <a href='7-idle.html#' onclick='return more(this)'>12 others</a> like this."), 14),
        (LIKED.format(f"{NAMES} and <a href='7-idle.html#' onclick='return more(this)'>1.2K others</a> like."), None),
    ],
)
def test_thanks(html, number):
    document = parse(f"<html><body>{html}</body></html>", "https://board.example/")
    assert thanks(7, document.by_id["post"], document) == number


@pytest.mark.parametrize(
    ("label", "marked", "expected"),
    [
        ("", False, None),
        ("[WTB]", False, "[WTB]"),
        ("Poll: [WTB]", False, "[WTB]"),
        ("Umfrage:", False, None),
        ("Sticky:", True, None),
        ("Wichtig: DIY", True, "DIY"),
        ("Moved: Umfrage: Motor:", True, "Motor:"),
    ],
)
def test_prefix(label, marked, expected):
    assert prefix(label, marked=marked) == expected
