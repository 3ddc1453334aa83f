"""A page tells whether the board knows us."""

import pytest

from e30crawl.parsers.notice import signed_in
from sample.board import Board
from sample.forum import SKINS

TOKEN = f"1226084690-{'0123456789' * 4}"


@pytest.mark.parametrize(
    ("source", "known"),
    [
        ('var SECURITYTOKEN = "guest";', False),
        (f'var SECURITYTOKEN = "{TOKEN}";', True),
        ('<input type="hidden" name="securitytoken" value="guest" />', False),
        (f'<input type="hidden" name="securitytoken" value="{TOKEN}" />', True),
        ('"securitytoken": "guest",', False),
        (f'"securitytoken": "{TOKEN}",', True),
        ('<div id="lnkLoginSignupMenu" class="b-comp-menu-dropdown__trigger">', False),
        ('<div id="lnkUsernameMenu" class="b-comp-menu-dropdown__trigger">', True),
        ('<input type="text" class="bginput" name="vb_login_username" size="10" />', False),
        (f'<a href="login.php?do=logout&amp;logouthash={"0123456789abcdef" * 2}">Log Out</a>', True),
        # A form to log in stands on some members' pages as well; the token decides.
        (f'name="vb_login_username" <script>var SECURITYTOKEN = "{TOKEN}";</script>', True),
        ("<p>What does var SECURITYTOKEN = &quot;guest&quot; mean?</p>", None),
        ('<input name="securitytoken" value="" />', None),
        ("", None),
    ],
)
def test_marks(source, known):
    assert signed_in(source.encode()) is known


def test_the_sample_forum_shows_itself_to_guests():
    board = Board.load()
    assert {name: signed_in(skin.home(board).encode()) for name, skin in SKINS.items()} == dict.fromkeys(SKINS, False)


@pytest.mark.real
def test_real_pages_were_saved_by_guests(shared):
    """All were read without logging in; printer, archive and vB2 pages, and two that are pieces, do not tell."""
    folder = shared / "corpus" / "vbulletin"
    told = {path.relative_to(folder): signed_in(path.read_bytes()) for path in folder.glob("*/*.html")}
    assert True not in told.values()
    silent = {path.name for path, known in told.items() if known is None and path.parts[0].startswith("vb")}
    assert len(silent) <= 3, silent
    assert sum(known is False for known in told.values()) >= 30
