"""Pictures and files of a post, at their full size."""

import re
from collections.abc import Iterable

from lxml.etree import XPath

from e30crawl.parsers.document import Document, Element, is_of, names_file, words
from e30crawl.parsers.records import Media
from e30crawl.urls import UrlKind, classify, identity

_DECORATION = re.compile(
    r"/smil(?:ies|eys?)/|/(?:statusicon|buttons|attach|editor|reputation|ranks)/|/(?:clear|spacer|blank)\.(?:gif|png)",
    re.IGNORECASE,
)
_IMAGE_TITLES = XPath(".//img/@alt | .//img/@title")
_NAME = re.compile(r"Name:\s*([^\n]+)")


def image(element: Element, document: Document) -> Media | None:
    """An inline picture; None for smilies, icons and thumbnails of attachments."""
    if is_of(element, "inlineimg") or element.get("smilieid"):
        return None
    url = _source(element, document)
    if url is None or _DECORATION.search(url) or _is_attachment(url):
        return None
    return Media(url, " ".join((element.get("alt") or element.get("title") or "").split()) or None)


def attachments(container: Element, document: Document) -> tuple[Media, ...]:
    """The files of a post, once each: the link to the file, or the picture where it stands alone."""
    found: dict[str, Media] = {}
    for element in (part.element for part in document.files if container in part.within):
        url = document.address(element.get("href")) if element.tag == "a" else _source(element, document)
        if url and _is_attachment(url):
            found.setdefault(identity(url), Media(url, _name(element)))
    return tuple(found.values())


def _is_attachment(url: str) -> bool:
    return names_file(url) and classify(url).kind is UrlKind.ATTACHMENT


def distinct(images: Iterable[Media]) -> tuple[Media, ...]:
    return tuple({each.url: each for each in images}.values())


def _source(element: Element, document: Document) -> str | None:
    return next((url for name in document.sources if (url := document.address(element.get(name)))), None)


def _name(element: Element) -> str | None:
    """The file's name: in the text of the link, or behind `Name:` in what its thumbnail says."""
    titles = [element.get("alt") or "", *_IMAGE_TITLES(element)]
    named = next((match[1].strip() for title in titles if (match := _NAME.search(title))), None)
    return named or words(element) or next((title.strip() for title in titles if title.strip()), None)
