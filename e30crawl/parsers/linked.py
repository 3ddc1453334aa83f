"""Find what a page leads to though its parser has not read it: skins write pagers and lists in ways of their own."""

import re
from itertools import islice

from lxml.etree import XPath

from e30crawl.parsers.document import Document, has
from e30crawl.parsers.records import Page, PageKind
from e30crawl.urls import UrlKind

_KINDS = {PageKind.POSTS: UrlKind.THREAD, PageKind.THREADS: UrlKind.FORUM}
_PAGER = re.compile(r"pag(?:e-?nav|inat|er\b)", re.IGNORECASE)
ALL_TIMES = "time_all"  # of vBulletin 5
_LEVELS = 5  # from a link up to the box of its pager
_LISTS = XPath(
    "//*[@id='threadslist' or @id='threadlist' or @id='threads' or starts-with(@id, 'threadbits_forum_')"
    f" or {has('js-threadList')} or {has('topic-list')}]"
)


def last_page(page: Page, document: Document) -> int:
    """Return the highest number among the links of a pager to this very thread or forum; 1 where there are none.

    On 150 real pages none is beyond the last page that their pagers print.
    """
    kind = _KINDS[page.kind]
    own = page.thread_id if kind is UrlKind.THREAD else page.forum_id
    named = str(own)
    links = (link for link in document.elements("a", "link") if named in link.get("href", "")) if own else ()
    targets = (
        document.target(link.get("href"))
        for link in links
        if "next" in link.get("rel", "")
        or any(_PAGER.search(each.get("class", "")) for each in (link, *islice(link.iterancestors(), _LEVELS)))
    )
    return max((target.page for target in targets if target.kind is kind and target.id == own), default=1)


def has_threads(document: Document) -> bool:
    """Return whether the place for a forum's threads links to any."""
    links = (link for place in _LISTS(document.root) for link in place.iter("a"))
    return any(document.target(link.get("href")).kind is UrlKind.THREAD for link in links)


def without_limit(page: Page, document: Document) -> str | None:
    """Return what asks for all of a list, where the board leaves out threads that nobody has written in for a while.

    vBulletin says so in its form of days and orders, or from 5 on in the filter of its list, and XenForo in a link to
    older threads on the last page.
    """
    if "filter_time" in document.source:
        times = [each for each in document.elements("input") if each.get("name") == "filter_time"]
        chosen = next((each.get("value") for each in times if each.get("checked") is not None), ALL_TIMES)
        return None if chosen == ALL_TIMES else f"filter_time={ALL_TIMES}"
    if "daysprune" in document.source:
        for form in document.elements("select"):
            if form.get("name") == "daysprune":
                days = {option.get("value"): option.get("selected") for option in form.iter("option")}
                everything = "-1" if "-1" in days else next(reversed(days), None)
                chosen = next((value for value, selected in days.items() if selected is not None), everything)
                return None if chosen == everything else f"daysprune={everything}"
    if page.forum_id and "no_date_limit=1" in document.source:
        older = (href for link in document.elements("a") if "no_date_limit=1" in (href := link.get("href", "")))
        if any(document.id_in(UrlKind.FORUM, [href]) == page.forum_id for href in older):
            return "no_date_limit=1"
    return None
