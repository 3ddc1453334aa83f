"""Find where a page leads.

Pages say what there is: their forums, threads, page counts and files are followed, their other links are not
(counted on real boards: most links are noise, and calendars or sort orders never end).
"""

from collections import Counter
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urldefrag

from w3lib.url import safe_url_string

from e30crawl.frontier.records import Changes, Claim, Listed, PageRef, Step
from e30crawl.parsers.dates import difference, is_absolute
from e30crawl.parsers.document import Document
from e30crawl.parsers.records import Page, PageKind, Thread
from e30crawl.urls import (
    OTHER,
    UrlKind,
    canonical,
    classify,
    identity,
    lifted_in,
    of_all_ages,
    page_url,
    site,
    surely_apart,
)

MANY_PAGES = 10_000  # beyond it pages are found from neighbour to neighbour: "page 1 of 2000000000" fills no disk
LONG_URL = 2000


def start(url: str) -> PageRef:
    """Return the page that a crawl begins with."""
    target, key, address = classify(url), identity(url), canonical(url)
    if target.kind is UrlKind.THREAD:
        return PageRef(key, address, Step.POSTS, thread_id=target.id, number=target.page)
    forum_id = target.id if target.kind is UrlKind.FORUM else None
    return PageRef(key, address, Step.FORUMS, forum_id=forum_id, number=target.page)


def place_of(page: Page, claim: Claim) -> tuple[int | None, int | None]:
    """Return the ids of the forum and of the thread that a page belongs to.

    The list that named a thread knows its forum; a breadcrumb may be a rewritten address.
    """
    named, here = claim.forum_id, page.forum_id
    forum_id = (named or here) if page.kind is PageKind.POSTS else (here or named)
    return forum_id, page.thread_id or claim.thread_id


def page_links(page: Page, claim: Claim) -> list[PageRef]:
    """Return every page that this one says exists: forums, threads, further pages and files.

    A list that leaves out older threads leads to itself without that limit, and from there to all of its pages.
    """
    found = [*_forums(page), *_threads(page, claim), *_pager(page, claim), *_media(page, claim)]
    if page.without_limit and not lifted_in(claim.url):
        url = of_all_ages(claim.url, page.without_limit)
        found.append(PageRef(claim.key, url, claim.step, claim.forum_id, number=claim.number))
    board = site(claim.url)
    return [each for each in found if each.step is Step.MEDIA or site(each.url) == board]


def thread_links(document: Document, home: str) -> list[PageRef]:
    """Return every thread of the board at `home` that the page links to, wherever: in a post, among similar threads.

    Not followed as a rule, since lists name all threads; where lists are lost, 44 threads of a real board had no other.
    """
    threads: dict[int, PageRef] = {}
    for url in dict.fromkeys(document.address(link.get("href")) for link in document.elements("a")):
        target = classify(url) if url and is_fetchable(url) else OTHER
        if target.kind is UrlKind.THREAD and target.id and target.id not in threads and not surely_apart(url, home):
            first = page_url(canonical(url), 1)
            threads[target.id] = PageRef(f"thread:{target.id}:1", first, Step.POSTS, thread_id=target.id)
    return [*threads.values()]


def changes(page: Page, claim: Claim, known: dict[int, Listed], *, update: bool) -> Changes:
    """Return what a thread list says that differs from what is `known` of its threads.

    Lists are sorted by their threads' last posts: in an update the next page is asked only while this one had news
    beside its sticky threads. Without `update` threads are only noted, for the first update to compare with. Where the
    clocks were changed all times are others, and only noted as well.
    """
    threads = [thread for thread in page.threads if not thread.moved]
    new = {thread.thread_id for thread in threads} - known.keys()
    if not update:
        return Changes({t.thread_id: Listed(t.replies, t.last_post) for t in threads if t.thread_id in new})
    again = [(thread, known[thread.thread_id]) for thread in threads if thread.thread_id in known]
    counted = [each for each in again if None not in (each[0].replies, each[1].replies)]
    shrunk = {thread.thread_id for thread, before in counted if thread.replies < before.replies}
    turned = _turned(counted)
    grown = {thread.thread_id for thread, before in again if _has_news(thread, before)} - shrunk - turned
    news = new | grown | shrunk
    forum_id, goes_on = page.forum_id or claim.forum_id, any(t.thread_id in news and not t.sticky for t in threads)
    return Changes(
        {t.thread_id: Listed(t.replies, t.last_post) for t in threads if t.thread_id in news | turned},
        tuple(sorted(grown)),
        tuple(sorted(shrunk)),
        f"forum:{forum_id}:{page.number + 1}" if forum_id and goes_on and page.number < page.last else None,
    )


def gone(before: Page, page: Page) -> tuple[int, ...]:
    """Return the threads that are no longer on the first page of a list, though one that was below them still is.

    They were merged, moved or deleted, since whoever writes in a thread only moves it up.
    """
    rows, now = [t for t in before.threads if not (t.sticky or t.moved)], {t.thread_id: t for t in page.threads}
    again = [(place, now[t.thread_id], t) for place, t in enumerate(rows) if t.thread_id in now]
    as_it_was = (place for place, t, was in again if None not in (t.replies, was.replies) and not _has_news(t, was))
    return tuple(t.thread_id for t in rows[: max(as_it_was, default=0)] if t.thread_id not in now)


def _turned(counted: list[tuple[Thread, Listed]]) -> set[int]:
    """Return the threads whose last post is as it was, but for the clock of the board.

    Of those that have as many replies and another date more than half, and two at least, then differ by the same whole
    number of hours.
    """
    same = [(t, before) for t, before in counted if t.replies == before.replies and _is_another_date(t, before)]
    differences = {t.thread_id: difference(before.last_post, t.last_post) for t, before in same}
    hours = (
        each for each in differences.values() if each and abs(each) < timedelta(days=1) and not each.seconds % 3600
    )
    change, alike = next(iter(Counter(hours).most_common(1)), (None, 0))
    if alike < 2 or alike * 2 <= len(differences):
        return set()
    return {thread_id for thread_id, each in differences.items() if each == change}


def _has_news(thread: Thread, before: Listed | Thread) -> bool:
    """Return whether a thread has more replies, or as many and another last post."""
    counted = None not in (thread.replies, before.replies)
    return (counted and thread.replies != before.replies) or _is_another_date(thread, before)


def _is_another_date(thread: Thread, before: Listed | Thread) -> bool:
    """Return whether the last post has another date, and "Today" has not merely become "Yesterday"."""
    dates = (thread.last_post, before.last_post)
    return dates[0] != dates[1] and all(map(is_absolute, dates))


def _forums(page: Page) -> list[PageRef]:
    return [
        PageRef(f"forum:{forum.forum_id}:1", canonical(forum.url), Step.FORUMS, forum_id=forum.forum_id)
        for forum in page.forums
        if forum.url
    ]


def _threads(page: Page, claim: Claim) -> list[PageRef]:
    """Return the threads of a list.

    A moved thread leads to the real one by its id, so it is followed once, whoever lists it; the forum it has left is
    not its own.
    """
    here, found = place_of(page, claim)[0], []
    for thread in (thread for thread in page.threads if thread.url):
        forum_id = None if thread.moved else thread.forum_id or here
        key = f"thread:{thread.thread_id}:1"
        found.append(PageRef(key, canonical(thread.url), Step.POSTS, forum_id, thread.thread_id))
    return found


def _pager(page: Page, claim: Claim) -> list[PageRef]:
    """Return the further pages of a thread or list.

    The first page names all the others. Any other names its neighbours and the last: a thread that grows, or one that
    we entered in its middle, is completed all the same, without 5,000 rows from each of 5,000 pages.
    """
    if page.number == 1 and page.last <= MANY_PAGES:
        numbers = range(2, page.last + 1)
    else:
        around = {page.number - 1, page.number + 1, page.last}
        numbers = sorted(number for number in around if 1 <= number <= page.last and number != page.number)
    forum_id, thread_id = place_of(page, claim)
    # A slash behind a bare slug means vBSEO, unless the page tells otherwise.
    first = claim.url.rstrip("/") if page.generation == "vb5" else claim.url
    lifted, found = lifted_in(claim.url), []
    for number in numbers:
        url = page_url(first, number)
        if page.kind is PageKind.POSTS:
            key = f"thread:{thread_id}:{number}" if thread_id else identity(url)
            found.append(PageRef(key, url, Step.POSTS, forum_id, thread_id, number))
        else:
            key = f"forum:{forum_id}:{number}" if forum_id else identity(url)
            url = of_all_ages(url, lifted) if lifted else url
            found.append(PageRef(key, url, Step.THREADS if number > 1 else Step.FORUMS, forum_id, number=number))
    return found


def _media(page: Page, claim: Claim) -> list[PageRef]:
    forum_id, thread_id = place_of(page, claim)
    found = []
    for url in dict.fromkeys(media.url for post in page.posts for media in (*post.images, *post.attachments)):
        if is_fetchable(url):
            # Our board's own without session ids; another host's as it is, because it may have signed the query.
            address = canonical(url) if site(url) == site(claim.url) else urldefrag(url).url
            found.append(PageRef(media_key(url, claim.url), address, Step.MEDIA, forum_id, thread_id))
    return found


def media_key(url: str, page: str) -> str:
    """Return the key of a file that stands on `page`.

    Ids count within a board: attachment 5 of another board is another file.
    """
    return f"media:{identity(url) if site(url) == site(page) else urldefrag(url).url}"


@lru_cache(maxsize=4096)  # asked for where a page leads, and again for its rows: 5 µs each
def is_fetchable(url: str) -> bool:
    """Return False for `data:` and the like, which name no place on the web, and for an address over LONG_URL.

    False as well for what Scrapy can make no request of, by the function that it asks: `http://photos.example:8o80/`.
    """
    if len(url) > LONG_URL or not url.startswith(("http://", "https://")):
        return False
    try:
        safe_url_string(url)
    except ValueError:
        return False
    return True
