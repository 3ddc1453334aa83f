"""The printable view of a thread (printthread.php) in vBulletin 3 and 4: posts in their order, without their ids.

The thread itself has everything it has and more, so its posts have no id and are not exported.
"""

from collections.abc import Iterator

from lxml.etree import XPath

from e30crawl.parsers.dates import printed
from e30crawl.parsers.document import Document, Element, first, has, number_in, words
from e30crawl.parsers.records import Page, PageKind, Post
from e30crawl.parsers.text import render
from e30crawl.urls import UrlKind

# vB4: a list of its own, whose ids are ordinals.
_ITEMS = XPath(f"//*[@id='postlist']/li[.//blockquote[{has('restore')}]]")
_NAME, _DATE = XPath(f"(.//*[{has('username')}])[1]"), XPath(f"(.//*[{has('datetime')}])[1]")
_TEXT = XPath(f"(.//blockquote[{has('restore')}])[1]")
# vB3: a table a post; inside it one with the name in large letters and the date, and below that the text.
_NAMES = XPath(f"//td[{has('page')}]//td[contains(@style, '14pt')]")
_BESIDE = XPath("following-sibling::td[1]")
_BELOW = XPath(f"ancestor::td[{has('page')}][1]/div[last()]")
_ADDRESSES = XPath("//h1//a/@href | //a[contains(@href, 'showthread')]/@href")


def page(document: Document, generation: str) -> Page | None:
    """None for any other page."""
    posts = tuple(_vb4(document)) or tuple(_vb3(document))
    if not posts:
        return None
    thread_id = document.id_in(UrlKind.THREAD, [document.url, *_ADDRESSES(document.root)])
    return Page(PageKind.POSTS, generation, document.title, None, thread_id, posts=posts)


def _vb4(document: Document) -> Iterator[Post]:
    for item in _ITEMS(document.root):
        yield _post(number_in(item.get("id")), first(_NAME(item)), first(_DATE(item)), first(_TEXT(item)), document)


def _vb3(document: Document) -> Iterator[Post]:
    for place, name in enumerate(_NAMES(document.root), start=1):
        text = first(_BELOW(name))
        if text is not None:
            yield _post(place, name, first(_BESIDE(name)), text, document)


def _post(number: int | None, name: Element | None, date: Element | None, text: Element, document: Document) -> Post:
    content, date_text = render(text, document), words(date) or None
    date_text = printed(date_text or "") or date_text
    return Post(None, number, words(name) or None, date_text=date_text, text=content.text, quotes=content.quotes)
