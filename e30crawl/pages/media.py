"""Pictures and files of a post, at their full size."""

import re
from collections.abc import Iterable

from lxml.etree import XPath
from lxml.html import HtmlElement

from e30crawl.pages.document import Document, words
from e30crawl.records import Media
from e30crawl.urls import UrlKind, classify, identity

_LAZY = ("data-original", "data-src", "data-url", "data-lazy-src", "src")  # the real address first, spacer.gif last
_DECORATION = re.compile(
    r"/smil(?:ies|eys?)/|/(?:statusicon|buttons|attach|editor|reputation|ranks)/|/(?:clear|spacer|blank)\.(?:gif|png)",
    re.IGNORECASE,
)
# Whoever is no attachment by these words is none by its whole address, which costs 40 times as much to read.
_LINKS_AND_IMAGES = XPath(
    ".//a[contains(@href, 'attachment') or contains(@href, 'filedata')]"
    " | .//img[@*[contains(., 'attachment') or contains(., 'filedata')]]"
)
_IMAGE_TITLES = XPath(".//img/@alt | .//img/@title")
_NAME = re.compile(r"Name:\s*([^\n]+)")


def image(element: HtmlElement, document: Document) -> Media | None:
    """An inline picture; None for smilies, icons and thumbnails of attachments."""
    url = _source(element, document)
    classes = (element.get("class") or "").split()
    if url is None or "inlineimg" in classes or element.get("smilieid") or _DECORATION.search(url):
        return None
    if classify(url).kind is UrlKind.ATTACHMENT:
        return None
    return Media(url, " ".join((element.get("alt") or element.get("title") or "").split()) or None)


def attachments(container: HtmlElement, document: Document) -> tuple[Media, ...]:
    """The files of a post, once each: the link to the file, or the picture where it stands alone."""
    found: dict[str, Media] = {}
    for element in _LINKS_AND_IMAGES(container):
        url = document.address(element.get("href")) if element.tag == "a" else _source(element, document)
        if url and classify(url).kind is UrlKind.ATTACHMENT:
            found.setdefault(identity(url), Media(url, _name(element)))
    return tuple(found.values())


def distinct(images: Iterable[Media]) -> tuple[Media, ...]:
    return tuple({each.url: each for each in images}.values())


def _source(element: HtmlElement, document: Document) -> str | None:
    return next((url for name in _LAZY if (url := document.address(element.get(name)))), None)


def _name(element: HtmlElement) -> str | None:
    """The file's name: in the text of the link, or behind `Name:` in what its thumbnail says."""
    titles = [element.get("alt") or "", *_IMAGE_TITLES(element)]
    named = next((match[1].strip() for title in titles if (match := _NAME.search(title))), None)
    return named or words(element) or next((title.strip() for title in titles if title.strip()), None)
