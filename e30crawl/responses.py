"""Decide what a response means: what was asked for, or a reason to come back, to give up or to stop.

A page is the thread, the list or the last word that was asked for, or it is asked for again. Nothing else is archived:
whatever stood in its place would be the thread for good.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from e30crawl.archive.blobs import NotMediaError, extension
from e30crawl.frontier.records import ELSEWHERE, NOT_READ, Claim, Step
from e30crawl.parsers.passing import Headers, PassingKind, gatekeeper
from e30crawl.parsers.records import Page, PageKind
from e30crawl.urls import UrlKind, classify, site

GONE = {404, 410}  # not 451: a court or a publisher keeps readers of one country out, of all pages at once
NO_ENTRY = {401, 403}  # under which boards send guests a form to log in, in a file's place
LOST_LOGIN = "the board takes us for a guest, whatever our cookies say; export them again"
LET_IN = "we solve no challenges, but the owner of the board can let our user agent in"
_ANSWERS = {
    Step.FORUMS: {PageKind.FORUMS, PageKind.THREADS},
    Step.THREADS: {PageKind.THREADS},
    Step.POSTS: {PageKind.POSTS},
}
_NOTHING_READ = {PageKind.UNKNOWN, PageKind.PASSING}
_NAMES = {PageKind.FORUMS: "a list of forums", PageKind.THREADS: "a list of threads", PageKind.POSTS: "a thread"}


class Verdict(Enum):
    KEEP = auto()
    LATER = auto()
    GIVE_UP = auto()
    STOP = auto()  # reading goes on when somebody has logged in
    CHALLENGED = auto()  # reading goes on when the owner has let us in


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    reason: str | None = None
    login: bool = False  # the page asks us to log in


def classify_response(
    page: Page, status: int, url: str, claim: Claim, *, lost_login: bool = False, headers: Headers | None = None
) -> Decision:
    """Return what to do with a page that came from `url` under `status`.

    `lost_login`: the board takes us for a guest although we came with a member's cookies. `headers`: of the response.
    """
    if site(url) != site(claim.url):
        return _elsewhere(url, claim)
    if gate := _gate(page, status, headers or {}):
        return Decision(Verdict.CHALLENGED, f"{gate}; {LET_IN}")
    if lost_login:
        return Decision(Verdict.STOP, LOST_LOGIN)
    if status == 429 or status >= 500:
        return Decision(Verdict.LATER, f"HTTP {status}")
    if page.kind is PageKind.NOTICE:
        return _notice(page, claim)
    if page.kind in _NOTHING_READ:
        return _unread(page, status, claim)
    return _by_status(status) or _asked_for(page, url, claim)


def classify_media(body: bytes, status: int, headers: Headers, is_guest: Callable[[bytes], bool]) -> Decision:
    """Return what to do with what came in a file's place. `is_guest`: whether a page takes us, members, for a guest."""
    if gate := gatekeeper(status, headers):
        return Decision(Verdict.LATER, gate)
    if status == 429 or status >= 500:
        return Decision(Verdict.LATER, f"HTTP {status}")
    try:
        extension(body)
    except NotMediaError as error:
        if is_guest(body):
            return Decision(Verdict.STOP, LOST_LOGIN)
        if status < 300 or status in NO_ENTRY:
            return Decision(Verdict.GIVE_UP, str(error))
    return _by_status(status) or Decision(Verdict.KEEP)


def _gate(page: Page, status: int, headers: Headers) -> str | None:
    """Return who does not let us in; None where nobody keeps us out."""
    if page.kind is PageKind.CHALLENGE:
        return in_words(page)
    name = gatekeeper(status, headers) if page.kind in _NOTHING_READ else None
    return f"{name} does not let us in" if name else None


def _elsewhere(url: str, claim: Claim) -> Decision:
    """Return what to do with another site's page. A forum may be a mere link to elsewhere, and the next update looks.

    A thread never is, nor a forum that was a list once: some network's portal stands in its way.
    """
    if _is_start(claim):
        return Decision(Verdict.GIVE_UP, f"leads to another site: {url}")
    if claim.step is Step.FORUMS and claim.sha256 is None:
        return Decision(Verdict.GIVE_UP, f"{ELSEWHERE}: {url}")
    return Decision(Verdict.LATER, f"{NOT_READ}: leads to another site: {url}")


def _notice(page: Page, claim: Claim) -> Decision:
    """Return what to do with the board's words. Guests meet members-only forums as a matter of course.

    Any other page was listed for us to read: a form to log in would be the thread for good.
    """
    said = page.notice or "not logged in"
    if not page.logged_out or (claim.step is Step.FORUMS and not _is_start(claim)):
        return Decision(Verdict.KEEP, said, login=page.logged_out)
    if _is_start(claim):
        return Decision(Verdict.STOP, said, login=True)
    return Decision(Verdict.LATER, f"{NOT_READ}: asks us to log in ({said})", login=True)


def _unread(page: Page, status: int, claim: Claim) -> Decision:
    if page.cut_short:
        return Decision(Verdict.LATER, f"{NOT_READ}: {page.reason}")
    # Servers have words of all kinds for a page that is gone; a board that is closed may say so under 404.
    boards_own = page.generation != "unknown" and page.reason != PassingKind.UNKNOWN
    if page.kind is PageKind.PASSING and (boards_own or status not in GONE):
        return Decision(Verdict.LATER, f"{NOT_READ}: {in_words(page)}")
    # A start that was never read and is another software's board: nobody waits a day to hear that.
    first = _is_start(claim) and claim.sha256 is None
    verdict = Verdict.GIVE_UP if first and page.software else Verdict.LATER
    return _by_status(status) or Decision(verdict, f"{NOT_READ}: {page.reason or 'no page of a board'}")


def _by_status(status: int) -> Decision | None:
    """Return what to do by the status alone; None where it has nothing against the page."""
    if status in GONE:
        return Decision(Verdict.GIVE_UP, f"HTTP {status}")
    return None if 200 <= status < 300 else Decision(Verdict.LATER, f"HTTP {status}")


def _asked_for(page: Page, url: str, claim: Claim) -> Decision:
    """Return the decision to keep the page where it is what was asked for, else to ask again.

    A start may be anything that is read; its address need not tell.
    """
    if page.kind not in _ANSWERS.get(claim.step, ()) and not _is_start(claim):
        return Decision(Verdict.LATER, f"{NOT_READ}: {_NAMES[page.kind]} came instead of what was asked for")
    if claim.forum_id is not None and url != claim.url and classify(url).kind is UrlKind.HOME:
        return Decision(Verdict.LATER, f"{NOT_READ}: sent on to the home of the board")
    # Of a thread that has shrunk, pages beyond the last one are still asked for, and boards answer with what is left.
    if page.number != claim.number <= page.last and not _is_start(claim):
        came = f"page {page.number} of {page.last} came instead of page {claim.number}"
        return Decision(Verdict.LATER, f"{NOT_READ}: {came}")
    return Decision(Verdict.KEEP)


def _is_start(claim: Claim) -> bool:
    """Return whether a crawl began with this page: every other list was found with its forum's id."""
    return claim.step is Step.FORUMS and claim.forum_id is None


def in_words(page: Page) -> str:
    """Return what stands in the page's place."""
    return f"{page.reason} ({page.notice})" if page.notice else str(page.reason)
