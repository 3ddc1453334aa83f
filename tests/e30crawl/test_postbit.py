"""Thanks and likes of add-ons, and the label before a title."""

import pytest

from e30crawl.parsers.document import parse
from e30crawl.parsers.postbit import prefix, thanks

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
