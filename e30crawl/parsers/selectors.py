"""Read boards whose skin hides what we look for: somebody who knows the board says where it stands, in XPath.

Whatever is not said is read as on any board of its generation.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from lxml.etree import XPath, XPathError

from e30crawl.parsers.dates import find_date
from e30crawl.parsers.document import Document, Element, first_of_each, parse, words
from e30crawl.parsers.media import attachments
from e30crawl.parsers.numbers import counts, number_in, page_and_last
from e30crawl.parsers.records import Forum, Page, PageKind, Post, PostKind, Selectors, Thread, fields
from e30crawl.parsers.text import render
from e30crawl.urls import UrlKind, classify

_KINDS = {Forum: UrlKind.FORUM, Thread: UrlKind.THREAD}
Record = TypeVar("Record", Forum, Thread)
_compiled = lru_cache(XPath)


def xpath_problem(expression: str, *, within: bool) -> str | None:
    """Return what is wrong with an XPath, or None; `within` a post it must not begin at the root of the page."""
    if within and expression.startswith("/"):
        return "looks through the whole page; begin with './/' to look inside a post"
    document = parse("<html><body><p>", "")
    try:
        found = XPath(expression)(document.root)
    except XPathError as error:
        return f"no XPath: {error}"
    return None if isinstance(found, list | str) else "gives no elements; write for example .//b"


def apply_selectors(page: Page, document: Document, selectors: Selectors) -> Page:
    """Return `page` with all that the selectors find on it."""
    posts, root, here = tuple(_posts(page, document, selectors)), document.root, page.forum_id
    forums = {forum.forum_id: forum for forum in page.forums}
    forums = _linked(forums, Forum, _elements(selectors.forum, root), document, here)
    threads = {thread.thread_id: thread for thread in page.threads}
    threads = _linked(threads, Thread, _elements(selectors.thread, root), document, here)
    number, last = _pages(document, selectors) or (page.number, page.last)
    page = replace(page, number=number, last=last)
    if posts:
        thread_id = page.thread_id or document.id_in(UrlKind.THREAD, [document.url])
        posts = (*(post for post in page.posts if post.kind is PostKind.POLL), *posts)
        return replace(page, kind=PageKind.POSTS, posts=posts, thread_id=thread_id, threads=(), reason=None)
    if threads:
        forum_id = page.forum_id or document.id_in(UrlKind.FORUM, [document.url])
        return replace(page, kind=PageKind.THREADS, threads=threads, forums=forums, forum_id=forum_id, reason=None)
    if forums:
        kind = PageKind.THREADS if page.kind is PageKind.THREADS else PageKind.FORUMS
        return replace(page, kind=kind, forums=forums, reason=None)
    return page


def _posts(page: Page, document: Document, selectors: Selectors) -> Iterator[Post]:
    """Yield each post with what was read of it before, as far as the selectors say nothing else."""
    known = {post.post_id: post for post in page.posts}
    elements = _elements(selectors.post, document.root)
    ids = ((number_in(_text(selectors.post_id or "@id", each)), each) for each in elements)
    for post_id, element in first_of_each(ids).items():
        yield _post(post_id, element, known.get(post_id), document, selectors)


def _post(post_id: int, element: Element, known: Post | None, document: Document, selectors: Selectors) -> Post:
    if known is None:
        date = find_date(words(element), timed=True)
        known = Post(post_id, date_text=date, attachments=attachments(element, document))
    content = next(_elements(selectors.text, element), element if not known.text else None)
    if content is not None:
        known = replace(known, **fields(render(content, document)))
    number = number_in(_text(selectors.number, element))
    date, author = _text(selectors.date, element), _text(selectors.author, element)
    return replace(
        known,
        number=known.number if number is None else number,
        author=author or known.author,
        date_text=(find_date(date) or date) if date else known.date_text,
    )


def _linked(
    known: dict[int, Record], record: type[Record], links: Iterator[Element], document: Document, here: int | None
) -> tuple[Record, ...]:
    """Return the forums or threads that are known by their ids, and whatever else the links lead to."""
    for link in links:
        url = document.address(link.get("href")) or ""
        target = classify(url)
        if target.kind is _KINDS[record] and target.id:
            known.setdefault(target.id, record(target.id, words(link), url, here))
    return tuple(known.values())


def _pages(document: Document, selectors: Selectors) -> tuple[int, int] | None:
    """Read the page and the last one from a text such as `Page 3 of 12`."""
    found = counts(_text(selectors.pages, document.root))
    return page_and_last(found[0], found[1]) if len(found) > 1 else None


def _elements(expression: str | None, element: Element) -> Iterator[Element]:
    found = _compiled(expression)(element) if expression else ()
    return (each for each in found if isinstance(each, Element))


def _text(expression: str | None, element: Element) -> str:
    """Return the text of the first thing found: an element's words, or what an attribute says."""
    found = _compiled(expression)(element) if expression else ""
    first = found if isinstance(found, str) else next(iter(found), "")
    return " ".join(first.split()) if isinstance(first, str) else words(first)
