"""Read views that hide the ids of posts: the lo-fi archive, and the printable view of vBulletin 3 and 4.

They lead to threads. As content the full pages have all that these have and more, so their posts are not exported.
"""

import re
from collections.abc import Iterator

from lxml.etree import XPath

from e30crawl.parsers.dates import find_date
from e30crawl.parsers.document import Document, Parts, first, has, words
from e30crawl.parsers.numbers import counts, number_in, page_and_last
from e30crawl.parsers.records import Forum, Page, PageKind, Post, Thread, fields
from e30crawl.parsers.text import render
from e30crawl.urls import UrlKind

_ITEMS = XPath("//*[@id='content']//li")
_LINK = XPath("(a[@href])[1]")
_POSTS = XPath(f"//*[@id='content' or {has('pagebody')}]//div[{has('post')}]")
_FULL = XPath("//p[contains(@class, 'largefont')]//a/@href")
_PAGES = XPath("//*[@id='pagenumbers']")
_CURRENT = XPath("(.//b | .//strong)[1]")
_FORUM, _THREAD = re.compile(r"[/?]f-(\d{1,18})"), re.compile(r"[/?]t-(\d{1,18})")

# vB4: a list of its own, whose ids are ordinals.
_ROWS = XPath(f"//*[@id='postlist']/li[.//blockquote[{has('restore')}]]")
_IN_ROW = ("username", "datetime", "restore")
# vB3: a table a post; inside it one with the name in large letters and the date, and below that the text.
_NAMES = XPath(f"//td[{has('page')}]//td[contains(@style, '14pt')]")
_BESIDE = XPath("following-sibling::td[1]")
_BELOW = XPath(f"ancestor::td[{has('page')}][1]/div[last()]")
_ADDRESSES = XPath("//h1//a/@href | //a[contains(@href, 'showthread')]/@href")


def archive(document: Document) -> Page:
    """Return a page of the lo-fi archive (archive/index.php) as it stands; dates are still as printed."""
    title, place = document.title, _pager(document)
    full = [document.url, *_FULL(document.root)]
    forum_id = _number(_FORUM, full) or document.id_in(UrlKind.FORUM, full)
    if posts := tuple(_posts(document)):
        thread_id = _number(_THREAD, full) or document.id_in(UrlKind.THREAD, full)
        return Page(PageKind.POSTS, "lofi", title, forum_id, thread_id, *place, posts=posts)
    links = [link for item in _ITEMS(document.root) for link in _LINK(item)]
    named = [(url, words(link)) for link in links if (url := document.address(link.get("href")))]
    forums = tuple(Forum(id_, title, url, forum_id) for url, title in named if (id_ := _number(_FORUM, [url])))
    # The archive may link to its own pages, or to the full ones.
    ids = [_number(_THREAD, [url]) or document.id_in(UrlKind.THREAD, [url]) for url, _ in named]
    threads = tuple(Thread(id_, title, url, forum_id) for id_, (url, title) in zip(ids, named, strict=True) if id_)
    empty = not forums and forum_id is not None and "content" in document.by_id
    threads = threads if threads or empty else None
    return Page.of_list("lofi", title, forum_id, place, forums=forums, threads=threads)


def _number(pattern: re.Pattern[str], addresses: list[str]) -> int | None:
    return next((int(match[1]) for address in addresses if (match := pattern.search(address))), None)


def _pager(document: Document) -> tuple[int, int]:
    """Return the page and the last one, from the numbers of all pages, of which the current one is bold."""
    box = first(_PAGES(document.root))
    if box is None:
        return 1, 1
    return page_and_last((counts(words(first(_CURRENT(box)))) or [1])[0], max(counts(words(box)), default=1))


def _posts(document: Document) -> Iterator[Post]:
    for place, post in enumerate(_POSTS(document.root), start=1):
        parts = Parts(post)
        if "posttext" in parts:
            author, date = words(parts.get("username")) or None, words(parts.get("date")) or None
            yield Post(None, place, author, date_text=date, **fields(render(parts["posttext"], document)))


def printable(document: Document, generation: str) -> Page | None:
    """Return the printable view of a thread (printthread.php) in vBulletin 3 or 4; None for any other page."""
    rows = [(number_in(row.get("id")), *map(Parts(row).get, _IN_ROW)) for row in _ROWS(document.root)]
    names = enumerate([] if rows else _NAMES(document.root), start=1)
    rows += [(place, name, first(_BESIDE(name)), first(_BELOW(name))) for place, name in names]
    posts = []
    for number, name, date, text in rows:
        if text is not None:
            author, date_words, content = words(name) or None, words(date), render(text, document)
            date_text = find_date(date_words) or date_words or None
            posts.append(Post(None, number, author, date_text=date_text, text=content.text, quotes=content.quotes))
    if not posts:
        return None
    thread_id = document.id_in(UrlKind.THREAD, [document.url, *_ADDRESSES(document.root)])
    return Page(PageKind.POSTS, generation, document.title, None, thread_id, posts=tuple(posts))
