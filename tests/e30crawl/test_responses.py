"""A response is the page that was asked for, or it is asked for again: nothing else is kept."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e30crawl.frontier.records import ELSEWHERE, NOT_READ, Claim, Step
from e30crawl.parsers.page import read
from e30crawl.parsers.passing import PassingKind
from e30crawl.parsers.records import Page, PageKind
from e30crawl.responses import LET_IN, LOST_LOGIN, Verdict, classify_media, classify_response
from sample.board import Board
from sample.skins import vb3, vb4, vb5
from tests.e30crawl.test_passing import BARE, LAST_WORDS, PASSING_WORDS, VB3, VB4

BOARD = "http://board.example/"
HOME = Claim("home", BOARD, Step.FORUMS)
FORUM = Claim("forum:4:1", f"{BOARD}forumdisplay.php?f=4", Step.FORUMS, forum_id=4)
LIST = Claim("forum:4:2", f"{BOARD}forumdisplay.php?f=4&page=2", Step.THREADS, forum_id=4, number=2)
THREAD = Claim("thread:9:1", f"{BOARD}showthread.php?t=9", Step.POSTS, forum_id=4, thread_id=9)
CLAIMS = (HOME, FORUM, LIST, THREAD)
KEEP, LATER, GIVE_UP, STOP, CHALLENGED = Verdict

FORUMS, THREADS, POSTS = (Page(kind, "vb3") for kind in (PageKind.FORUMS, PageKind.THREADS, PageKind.POSTS))
ELSE = Page(PageKind.UNKNOWN, "unknown", reason="no markup of vBulletin")
PHPBB = Page(PageKind.UNKNOWN, "unknown", software="phpBB", reason="a page of phpBB")
CUT = Page(PageKind.UNKNOWN, "vb3", cut_short=True, reason="cut short: the page has no end")
GATE = Page(PageKind.CHALLENGE, "unknown", reason=PassingKind.CHALLENGE, notice="Just a moment...")
CLOSED = Page(PageKind.PASSING, "vb3", reason=PassingKind.CLOSED, notice="Back soon")
BARE_CLOSED = replace(CLOSED, generation="unknown")
STRANGE = Page(PageKind.PASSING, "vb3", reason=PassingKind.UNKNOWN, notice="Gone fishing")
NOTICE = Page(PageKind.NOTICE, "vb3", notice="No Thread specified")
LOGIN = Page(PageKind.NOTICE, "vb3", notice="You are not logged in", logged_out=True)


@pytest.mark.parametrize(
    ("page", "status", "claim", "verdict"),
    [
        (FORUMS, 200, HOME, KEEP),
        (THREADS, 200, HOME, KEEP),
        (POSTS, 200, HOME, KEEP),  # a start whose address does not tell that it is a thread
        (FORUMS, 200, FORUM, KEEP),
        (THREADS, 200, FORUM, KEEP),
        (POSTS, 200, FORUM, LATER),
        (FORUMS, 200, LIST, LATER),
        (THREADS, 200, LIST, KEEP),
        (POSTS, 200, LIST, LATER),
        (FORUMS, 200, THREAD, LATER),
        (THREADS, 200, THREAD, LATER),
        (POSTS, 200, THREAD, KEEP),
        (POSTS, 203, THREAD, KEEP),
        (POSTS, 302, THREAD, LATER),
        (POSTS, 403, THREAD, LATER),
        (POSTS, 404, THREAD, GIVE_UP),
        (POSTS, 500, THREAD, LATER),
        (ELSE, 200, THREAD, LATER),
        (ELSE, 200, FORUM, LATER),
        (ELSE, 200, HOME, LATER),
        (ELSE, 403, HOME, LATER),
        (ELSE, 404, THREAD, GIVE_UP),
        (ELSE, 410, THREAD, GIVE_UP),
        (ELSE, 451, THREAD, LATER),
        (ELSE, 401, THREAD, LATER),
        (ELSE, 403, THREAD, LATER),
        (ELSE, 302, THREAD, LATER),
        (ELSE, 100, THREAD, LATER),
        (PHPBB, 200, HOME, GIVE_UP),
        (PHPBB, 200, replace(HOME, sha256="0"), LATER),  # it was the board once
        (PHPBB, 200, THREAD, LATER),
        (CUT, 200, THREAD, LATER),
        (CUT, 200, HOME, LATER),
        (CLOSED, 200, HOME, LATER),
        (CLOSED, 200, THREAD, LATER),
        (CLOSED, 403, THREAD, LATER),
        (CLOSED, 404, THREAD, LATER),
        (CLOSED, 503, THREAD, LATER),
        (BARE_CLOSED, 200, HOME, LATER),
        (BARE_CLOSED, 404, THREAD, GIVE_UP),
        (STRANGE, 200, HOME, LATER),
        (STRANGE, 200, THREAD, LATER),
        (STRANGE, 404, THREAD, GIVE_UP),
        (GATE, 200, HOME, CHALLENGED),
        (GATE, 200, THREAD, CHALLENGED),
        (GATE, 401, THREAD, CHALLENGED),
        (GATE, 403, THREAD, CHALLENGED),
        (GATE, 404, THREAD, CHALLENGED),
        (GATE, 503, THREAD, CHALLENGED),
        (NOTICE, 200, THREAD, KEEP),
        (NOTICE, 404, THREAD, KEEP),
        (NOTICE, 403, THREAD, KEEP),
        (NOTICE, 503, THREAD, LATER),
        (LOGIN, 200, FORUM, KEEP),
        (LOGIN, 403, FORUM, KEEP),
        (LOGIN, 200, HOME, STOP),
        (LOGIN, 200, LIST, LATER),  # of us guests; a member who has become one stops at any page
        (LOGIN, 200, THREAD, LATER),
        (LOGIN, 403, THREAD, LATER),
    ],
)
def test_verdicts(page, status, claim, verdict):
    assert classify_response(page, status, claim.url, claim).verdict is verdict


@pytest.mark.parametrize(
    ("asked", "number", "last", "verdict"),
    [
        (2, 2, 3, KEEP),
        (2, 1, 3, LATER),
        (1, 2, 3, LATER),
        (2, 3, 3, LATER),
        (3, 2, 2, KEEP),  # it has shrunk: what is left of it
        (3, 1, 2, KEEP),
        (3, 1, 1, KEEP),
        (1, 1, 1, KEEP),
    ],
)
def test_another_page_than_the_one_that_was_asked_for(asked, number, last, verdict):
    for claim, page in ((THREAD, POSTS), (LIST, THREADS), (FORUM, THREADS)):
        came = classify_response(
            replace(page, number=number, last=last), 200, BOARD, replace(claim, number=asked, url=BOARD)
        )
        assert came.verdict is verdict
        said = f"{NOT_READ}: page {number} of {last} came instead of page {asked}"
        assert came.reason == (said if verdict is LATER else None)


def test_a_page_that_redirects_to_another_site_is_none_of_the_board():
    assert classify_response(FORUMS, 200, "http://parked.example/", HOME).verdict is GIVE_UP
    assert classify_response(GATE, 403, "http://shop.example/", FORUM).verdict is GIVE_UP  # a forum that is a link
    assert classify_response(FORUMS, 200, "https://www.board.example/", HOME).verdict is KEEP
    assert classify_response(FORUMS, 200, "http://shop.example/", FORUM).reason == f"{ELSEWHERE}: http://shop.example/"
    assert classify_response(FORUMS, 200, "http://parked.example/", HOME).reason.startswith("leads to another site")
    for claim in (LIST, THREAD, replace(FORUM, sha256="0")):  # a network's portal
        assert classify_response(FORUMS, 200, "http://portal.example/", claim).verdict is LATER


@pytest.mark.parametrize("claim", [FORUM, LIST, THREAD])
@pytest.mark.parametrize("page", [FORUMS, THREADS, POSTS])
def test_the_home_page_is_no_answer_to_a_redirect(page, claim):
    assert classify_response(page, 200, f"{BOARD}index.php", claim).verdict is LATER


def test_a_forum_may_lie_elsewhere_on_the_board():
    assert classify_response(THREADS, 200, f"{BOARD}engine/", FORUM).verdict is KEEP
    assert classify_response(THREADS, 200, BOARD, replace(FORUM, url=BOARD)).verdict is KEEP


@pytest.mark.parametrize("page", [FORUMS, POSTS, ELSE, NOTICE, LOGIN, CUT, CLOSED])
def test_a_lost_login_stops(page):
    assert classify_response(page, 200, THREAD.url, THREAD, lost_login=True).verdict is STOP


@pytest.mark.parametrize(
    ("page", "status", "headers", "verdict"),
    [
        (ELSE, 403, {"cf-mitigated": b"challenge"}, CHALLENGED),
        (ELSE, 503, {"cf-mitigated": b"challenge"}, CHALLENGED),
        (BARE_CLOSED, 403, {"server": b"AkamaiGHost"}, CHALLENGED),
        (ELSE, 403, {"server": b"cloudflare"}, LATER),
        (ELSE, 404, {"server": b"ddos-guard"}, GIVE_UP),
        (NOTICE, 403, {"server": b"ddos-guard"}, KEEP),
        (POSTS, 200, {"server": b"ddos-guard"}, KEEP),
    ],
)
def test_headers_tell_of_a_gatekeeper(page, status, headers, verdict):
    assert classify_response(page, status, THREAD.url, THREAD, headers=headers).verdict is verdict


def test_reasons_say_what_was_met():
    def reason(page, claim, **more):
        return classify_response(page, 200, claim.url, claim, **more).reason

    assert reason(CLOSED, THREAD) == f"{NOT_READ}: closed for a while (Back soon)"
    assert reason(LOGIN, THREAD) == f"{NOT_READ}: asks us to log in (You are not logged in)"
    assert reason(PHPBB, HOME) == f"{NOT_READ}: a page of phpBB"
    assert reason(CUT, THREAD) == f"{NOT_READ}: cut short: the page has no end"
    assert reason(FORUMS, THREAD) == f"{NOT_READ}: a list of forums came instead of what was asked for"
    assert reason(GATE, HOME) == f"a gatekeeper wants a browser or a person (Just a moment...); {LET_IN}"
    assert reason(ELSE, HOME, headers={"cf-mitigated": "challenge"}) == f"Cloudflare does not let us in; {LET_IN}"


STATUSES = (200, 203, 301, 400, 401, 403, 404, 406, 410, 429, 451, 500, 503, 521)
MESSAGES = [(kind, frame.format(said)) for frame in (VB3, VB4) for kind, said in PASSING_WORDS]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_nothing_that_passes_is_kept_whatever_it_came_under(claim, status):
    for _, html in (*BARE, *MESSAGES):
        decision = classify_response(read(html.encode(), claim.url), status, claim.url, claim)
        assert decision.verdict in (LATER, CHALLENGED, GIVE_UP), html
        assert decision.reason
        if status == 200:
            assert decision.verdict is not GIVE_UP, html
            assert decision.verdict is CHALLENGED or decision.reason.startswith(NOT_READ)


@pytest.mark.parametrize("said", LAST_WORDS)
def test_last_words_are_kept(said):
    page = read(VB3.format(said).encode(), THREAD.url)
    assert classify_response(page, 200, THREAD.url, THREAD).verdict is KEEP


@pytest.mark.parametrize("skin", [vb3, vb4, vb5], ids=["vb3", "vb4", "vb5"])
def test_the_pages_of_a_board_are_kept(skin):
    board = Board.load()
    pages = {
        HOME: skin.home(board),
        FORUM: skin.forum(board, board.forums[2], 1),
        LIST: skin.forum(board, board.forums[2], 2),
        replace(THREAD, number=2): skin.thread(board, board.threads[106], 2),
    }
    for claim, html in pages.items():
        page = read(html.encode(), claim.url)
        assert classify_response(page, 200, claim.url, claim).verdict is KEEP, claim.key


PAGES = st.builds(
    Page,
    st.sampled_from(PageKind),
    st.sampled_from(["vb3", "xf2", "unknown"]),
    reason=st.none() | st.text() | st.sampled_from(PassingKind),
    notice=st.none() | st.text(),
    logged_out=st.booleans(),
    cut_short=st.booleans(),
)


@given(
    PAGES, st.integers(0, 999), st.sampled_from(CLAIMS), st.booleans(), st.sampled_from([BOARD, "http://x.example/"])
)
def test_any_response_has_a_verdict(page, status, claim, lost_login, url):
    decision = classify_response(page, status, url, claim, lost_login=lost_login, headers={"server": b"\xff"})
    answered = page.kind in (PageKind.FORUMS, PageKind.THREADS, PageKind.POSTS, PageKind.NOTICE)
    assert decision.verdict is not KEEP or answered
    assert decision.verdict is KEEP or decision.reason


PICTURE, PAGE, FORM = b"GIF89a", b"<html>", b"<html><form action='login.php?do=login'>"


@pytest.mark.parametrize(
    ("body", "status", "headers", "verdict", "reason"),
    [
        (PICTURE, 200, {}, KEEP, None),
        (PICTURE, 302, {}, LATER, "HTTP 302"),
        (PICTURE, 404, {}, GIVE_UP, "HTTP 404"),  # "image not found" as an image
        (PICTURE, 503, {}, LATER, "HTTP 503"),
        (b"", 200, {}, GIVE_UP, "empty file"),
        (PAGE, 200, {}, GIVE_UP, "HTML instead of a file"),
        (FORM, 403, {}, GIVE_UP, "login page instead of a file"),
        (PAGE, 400, {}, LATER, "HTTP 400"),
        (PAGE, 410, {}, GIVE_UP, "HTTP 410"),
        (PAGE, 429, {}, LATER, "HTTP 429"),
        (PAGE, 403, {"cf-mitigated": "challenge"}, LATER, "Cloudflare"),
    ],
)
def test_files(body, status, headers, verdict, reason):
    found = classify_media(body, status, headers, lambda _: False)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_a_page_in_a_files_place_tells_that_the_login_is_lost():
    assert classify_media(PAGE, 200, {}, lambda page: page == PAGE).reason == LOST_LOGIN
    assert classify_media(PICTURE, 200, {}, lambda _: True).verdict is KEEP
