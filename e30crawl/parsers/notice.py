"""What a board says of us: its message instead of content, and whether it knows the reader.

A message comes in the page frame, often under status 200, at any address.
"""

import re
from dataclasses import dataclass

from lxml.etree import XPath

from e30crawl.parsers.document import Document, every, first, has, words

# vB3 wraps messages in div.panel, as it does its forms: a message has no fields, unless they are for logging in.
_PANEL = XPath(
    f"(//div[{has('panel')}][not(.//input[not(@type='hidden')]) or .//input[@name='vb_login_username']]"
    f" | {every('standard_error')})[1]"
)
_SAYS = XPath(f".//*[{has('blockrow')}] | .//div[{has('smallfont')}] | .//li | .//p")
_LOGIN_FIELDS = XPath("boolean(.//input[@name='vb_login_username'])")
_LOGGED_OUT_COMMENT = re.compile(r"<!--[^>]{0,80}user not logged in")  # in all languages
_LOGGED_OUT = re.compile(r"you are not logged in|you must be logged in|sie sind nicht angemeldet", re.IGNORECASE)
# Boards whose markup says nothing (vB2, vB5): the sentences that mean it.
_SENTENCE = re.compile(
    r"(?:You are not logged in or you do not have permission|You do not have permission to (?:view|access) this page"
    r"|Sorry, you are not authorized to view this page"
    r"|(?:No|Invalid) (?:thread|forum|post|attachment|user|link) specified\b"
    r"|Invalid (?:page|channel|topic|node)(?: URL\b|\.))"
    r"[^.]{0,80}",
    re.IGNORECASE,
)
# The token that the board's forms carry: "guest", or a time and a hash of the member's own (vB3.8 to vB5).
_TOKEN = re.compile(
    rb"securitytoken[\"']?\s*(?:=|:|value=)\s*[\"'](?:(guest)[\"']|\d{9,12}-[0-9a-f]{32,64}\b)", re.IGNORECASE
)
# Else the header tells (before vB3.7, and vB5 where the script is left out): a form to log in, or a way to log out.
_MEMBER = re.compile(rb"logouthash=[0-9a-f]{32}|id=\"lnkUsernameMenu\"")
_GUEST = (b'name="vb_login_username"', b'id="lnkLoginSignupMenu"')
# XenForo says it in its <html> tag: as an attribute in version 2, as a class in version 1.
_XENFORO = re.compile(rb"<html\s[^>]*?(?:\sdata-logged-in=\"(?:(true)|false)\"|\sLogged(?:(In)|Out)\s)")
_HEAD = 10_000


@dataclass(frozen=True, slots=True)
class Notice:
    text: str
    logged_out: bool


def notice(document: Document) -> Notice | None:
    """The message of a page that holds nothing else; None where it is simply another kind of page."""
    panel = first(_PANEL(document.root))
    if panel is not None and (text := words(panel)):
        logged_out = bool(
            _LOGIN_FIELDS(panel) or _LOGGED_OUT_COMMENT.search(document.source) or _LOGGED_OUT.search(text)
        )
        said = " ".join(filter(None, map(words, _SAYS(panel)))) if _LOGIN_FIELDS(panel) else text
        return Notice(said or text, logged_out)
    sentence = _SENTENCE.search(words(document.root))
    return Notice(sentence[0].strip(), bool(_LOGGED_OUT.search(sentence[0]))) if sentence else None


def signed_in(body: bytes) -> bool | None:
    """None where the page does not tell, as printer versions and vB2 do not.

    Reads bytes, because the marks are ASCII in every charset that boards use. What posts say is no mark: vBulletin
    writes their quotation marks as `&quot;`.
    """
    if state := _XENFORO.search(body, 0, _HEAD):
        return bool(state[1] or state[2])
    if token := _TOKEN.search(body):
        return token[1] is None
    if _MEMBER.search(body):
        return True
    return False if any(mark in body for mark in _GUEST) else None
