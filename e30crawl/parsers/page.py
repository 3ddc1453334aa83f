"""Read a page: its bytes and its address in, records out."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from e30crawl.parsers import vb2, vb3, vb4, vb5, views, xf2
from e30crawl.parsers.charset import charset_doubt, decode
from e30crawl.parsers.dates import Calendar, day_first, find_date, utc_and_reason, utc_offset
from e30crawl.parsers.document import Document, parse
from e30crawl.parsers.linked import has_threads, last_page, without_limit
from e30crawl.parsers.notice import is_lasting, notice
from e30crawl.parsers.passing import GATES, Passing, PassingKind, kind_of, passing, shorten
from e30crawl.parsers.records import READABLE, Page, PageKind, Reading
from e30crawl.parsers.selectors import apply_selectors
from e30crawl.parsers.software import other_software
from e30crawl.parsers.vb import results
from e30crawl.urls import classify

PARSER_VERSION = "8"  # raised whenever parsers/ reads a page differently, so that old rows can be told from new

# The generation by what its own scripts and styles need, since skins drop the generator tag (6 of 53 real pages).
# Plain substrings: the same as patterns cost 5 ms a page, and each that is not there 16 µs, so what most boards have
# comes first; the names of scripts stand in no other generation.
_ROOT = re.compile(  # the first: advertisements bring others
    r"<html\b(?:[^>]*\sid=[\"']?(htmlTag|vbulletin_html|XF|XenForo)(?![\w-]))?", re.IGNORECASE
)
_HEAD = 10_000  # no page has its <html> tag behind that; to the end it would be looked for in vain on most
_ROOTS = {"htmltag": "vb5", "vbulletin_html": "vb4", "xf": "xf2", "xenforo": "xf1"}
_MARKS = (
    ("vb3", ("vbmenu_register(",)),
    ("vb4", ('id="postlist"', 'class="threadbit ', 'class="forumbit_')),
    ("vb3", ("vBulletin_init(", "var SESSIONURL")),
    ("vb5", ('class="forum-item ', 'class="topic-item ', 'class="b-post ', 'id="vb-page-body"')),
    ("lofi", ('class="pagebody"',)),
    ("vb3", ('id="post_message_', 'id="td_threadtitle_', 'content="vBulletin 3', "<!-- permission error message")),
    ("vb2", ("vb_bullet.gif", "vBulletin Version 2.", "vBulletin version 2.", "action=getinfo", "action=lostpw")),
    ("xf2", ("data-xf-init=", 'class="p-body-pageContent', "MessageCard__container")),
    ("xf1", ('class="discussionListItems"', 'id="messageList"', 'class="nodeList')),
)
# The same for minifiers and proxies that write attributes their own way: slow, and only where nothing else is found.
_LOOSE_MARKS = {
    "vb5": re.compile(r"(?i)<[^<>]*\sclass=[\"']?(?:forum-item|topic-item|b-post)\b"),
    "lofi": re.compile(r"(?i)<[^<>]*\sclass=[\"']?pagebody\b"),
    "vb3": re.compile(r"(?i)<[^<>]*\s(?:id=[\"']?(?:post_message_|td_threadtitle_)|content=[\"']?vBulletin 3)"),
}
_START, _END = re.compile(r"<html\b", re.IGNORECASE), re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_SHOWPOST = "close_button"  # of the window that vBulletin 3 shows a single post in
_TAIL = 20_000  # advertisers write behind the end
# PHP's own words for why a page ends here, and hardly anything behind them; a server may still close the tags.
_DIED = re.compile(
    r"<b>(?:Fatal|Parse|Catchable fatal) error</b>:.{1,600}? on line <b>\d+</b>(?=.{0,300}\Z)", re.DOTALL
)
_PAGED = {PageKind.THREADS, PageKind.POSTS}
_NOT_COUNTING = {"xf1", "xf2"}  # their pages do not say which posts of how many they show
TOO_DEEP = "its elements are nested too deep"
DEFAULT_READING = Reading()
_READERS: dict[str, Callable[[Document], Page]] = {
    "vb2": vb2.page,
    "vb3": vb3.page,
    "vb4": vb4.page,
    "vb5": vb5.page,
    "lofi": views.archive,
    "xf1": partial(xf2.page, generation="xf1"),
    "xf2": xf2.page,
}


def read(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    now: datetime | None = None,
    reading: Reading = DEFAULT_READING,
    dated: bool = True,
) -> Page:
    """Return what the page at `url` says. `now` is the (aware) time of the fetch, for dates such as "Today, 05:18 PM".

    Without `dated` dates are only as printed and the charset is not doubted: all that a crawl needs, for 0.2 ms less of
    2.4 a page. Never raises: bytes that are no page of a board we read, or only a part of one, give UNKNOWN and the
    reason.
    """
    source, encoding = decode(body, f"text/html; charset={reading.charset}" if reading.charset else content_type)
    generation = _generation(source)
    document = parse(source, url)
    try:
        page = _understood(document, generation, reading)
    except RecursionError:  # at a depth of about 480, long before the parser gives up
        page = _cut_short(generation, None, TOO_DEEP)
    page = replace(page, encoding=encoding)
    return _dated(page, source, now, reading) if dated else page


def _understood(document: Document | None, generation: str, reading: Reading) -> Page:
    """Return what a page says, or what it is instead of content, or that only a part of it is there."""
    if document is None:
        return _without_content(Page(PageKind.UNKNOWN, generation), None)
    page = _selected(document, generation, reading)
    if page.kind is not PageKind.UNKNOWN and not document.whole:
        return _cut_short(generation, page.title, TOO_DEEP)
    if page.kind in READABLE and _is_cut_short(document.source):
        return _cut_short(generation, page.title, "the page has no end")
    if page.kind is PageKind.POSTS and not page.posts:
        page = replace(page, kind=PageKind.UNKNOWN, reason="a thread without a post that can be read")
    if page.kind is PageKind.THREADS and not page.threads and has_threads(document):
        page = replace(page, kind=PageKind.UNKNOWN, reason="a list of threads of which none can be read")
    return page if page.kind in READABLE else _without_content(page, document)


def _selected(document: Document, generation: str, reading: Reading) -> Page:
    """Return what a page says by its markup, and by what somebody says of its skin."""
    page = _read(document, generation)
    if reading.selectors:
        page = apply_selectors(page, document, reading.selectors)
    if page.kind is PageKind.THREADS:
        page = replace(page, without_limit=without_limit(page, document))
    if reading.selectors and reading.selectors.pages:
        return page
    return _with_linked_pages(page, document)


def _cut_short(generation: str, title: str | None, why: str) -> Page:
    return Page(PageKind.UNKNOWN, generation, title, cut_short=True, reason=f"cut short: {why}")


def _read(document: Document, generation: str) -> Page:
    reader = _READERS.get(generation)
    page = reader(document) if reader else Page(PageKind.UNKNOWN, generation, document.title)
    if page.kind is PageKind.UNKNOWN and (printer_view := views.printable(document, generation)):
        return printer_view
    if page.kind in _PAGED and generation not in _NOT_COUNTING:
        single = len(page.posts) == 1 and _SHOWPOST in document.by_id
        return replace(page, results=results(document), single=single)
    if page.kind is not PageKind.UNKNOWN:
        return page
    if generation == "unknown":
        return replace(page, reason="no markup of vBulletin or XenForo")
    if message := notice(document):
        return replace(page, kind=PageKind.NOTICE, notice=message.text, logged_out=message.logged_out)
    return replace(page, reason=page.reason or "neither forums nor threads nor posts on it")


def _with_linked_pages(page: Page, document: Document) -> Page:
    """Return the page with the last one that it links to, where that is beyond what its pager is read to say."""
    if page.kind not in _PAGED or page.number < page.last or (last := last_page(page, document)) <= page.last:
        return page
    number = classify(document.url).page if page.last == 1 else page.number
    return replace(page, number=min(number, last), last=last)


def _without_content(page: Page, document: Document | None) -> Page:
    """Return the page as what it is instead of content: a last word, a passing page, another board's, or unknown."""
    if page.kind is PageKind.NOTICE:
        message = page.notice or ""
        page = replace(page, notice=shorten(message))
        if page.logged_out or (not (kind := kind_of(message)) and is_lasting(message)):
            return page
        found = Passing(kind or PassingKind.UNKNOWN, page.notice)
    elif document is None:
        found = Passing(PassingKind.EMPTY, "")
    elif page.generation in {"unknown", "vb2"} and (software := other_software(document.source)):  # MyBB is alike
        return replace(page, software=software, reason=f"a page of {software}")
    elif not (found := passing(document)):
        return page
    kind = PageKind.CHALLENGE if found.kind in GATES else PageKind.PASSING
    return replace(page, kind=kind, notice=found.words or None, reason=found.kind)


def _is_cut_short(source: str) -> bool:
    """Return whether the end of the page is missing: a post cut in its middle would pass for a whole one.

    All 41 whole pages of the corpus have their end tags. An error that ends the page counts only before them: one of a
    script that runs behind the page took nothing from it.
    """
    tail = max(len(source) - _TAIL, 0)
    died = _DIED.search(source, max(len(source) - 1200, 0))
    end = died.start() if died else len(source)
    return bool(_START.search(source, 0, _HEAD)) and not _END.search(source, tail, end)


def _generation(source: str) -> str:
    if (root := _ROOT.search(source, 0, _HEAD)) and root[1]:
        return _ROOTS[root[1].lower()]
    if plain := next((name for name, marks in _MARKS if any(mark in source for mark in marks)), None):
        return plain
    return next((name for name, mark in _LOOSE_MARKS.items() if mark.search(source)), "unknown")


def printed_dates(page: Page) -> list[str | None]:
    """Return the dates that the board itself has printed; what people write in their posts is none of it.

    Nor is what they give as the reason of an edit, behind its date.
    """
    return [
        *(text for post in page.posts for text in (post.date_text, find_date(post.edited or ""))),
        *(thread.last_post for thread in page.threads),
    ]


def _dated(page: Page, source: str, now: datetime | None, reading: Reading) -> Page:
    """Return the page with its dates read, and with what its dates and its charset prove.

    What somebody says who knows the board wins, then what the page proves, then what its other pages prove. But the
    zone that a page states is the one it prints its dates in.
    """
    orders = (reading.day_first, day_first(printed_dates(page)), reading.day_first_elsewhere)
    order = next((order for order in orders if order is not None), None)
    calendar = Calendar(order, utc_offset(source, (post.text for post in page.posts)), now, reading.timezone)
    posts = []
    for post in page.posts:
        date, reason = (post.date, None) if post.date else utc_and_reason(post.date_text, calendar)
        posts.append(replace(post, date=date, date_reason=reason))
    doubt = charset_doubt(source, page.encoding)
    found = {"day_first": calendar.day_first, "utc_offset": calendar.offset, "charset_doubt": doubt}
    return replace(page, posts=tuple(posts), **found)
