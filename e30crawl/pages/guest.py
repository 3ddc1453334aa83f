"""Whether a board knows the reader of a page, or takes them for a guest."""

import re

# The token that the board's forms carry: "guest", or a time and a hash of the member's own (vB3.8 to vB5).
_TOKEN = re.compile(
    rb"securitytoken[\"']?\s*(?:=|:|value=)\s*[\"'](?:(guest)[\"']|\d{9,12}-[0-9a-f]{32,64}\b)", re.IGNORECASE
)
# Else the header tells (before vB3.7, and vB5 where the script is left out): a form to log in, or a way to log out.
_MEMBER = re.compile(rb"logouthash=[0-9a-f]{32}|id=\"lnkUsernameMenu\"")
_GUEST = (b'name="vb_login_username"', b'id="lnkLoginSignupMenu"')


def signed_in(body: bytes) -> bool | None:
    """None where the page does not tell, as printer versions and vB2 do not.

    Reads bytes, because the marks are ASCII in every charset that boards use. What posts say is no mark: vBulletin
    writes their quotation marks as `&quot;`.
    """
    if token := _TOKEN.search(body):
        return token[1] is None
    if _MEMBER.search(body):
        return True
    return False if any(mark in body for mark in _GUEST) else None
