"""Pictures and files of a post, at their full size."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from lxml.etree import XPath

from e30crawl.parsers.document import Document, Element, names_file, words
from e30crawl.parsers.records import Media
from e30crawl.urls import UrlKind, canonical, classify, identity

_DECORATION = re.compile(
    r"/smil(?:ies|eys?)/|/emojis?[./]|/(?:statusicon|buttons|attach|editor|reputation|ranks)/|/(?:clear|spacer|blank)\.(?:gif|png)",
    re.IGNORECASE,
)
_IMAGE_TITLES = XPath(".//img/@alt | .//img/@title")
_NAME = re.compile(r"Name:\s*([^\n]+)")
_PROXY = re.compile(r"/proxy\.php\?image=(https?(?:%3A|:)[^&]+)", re.IGNORECASE)  # XenForo's, for pictures elsewhere
_FRAMES = ("iframe", "embed", "object", "video", "audio", "source", "span", "div")
_FRAME_SOURCES = ("data-s9e-mediaembed-src", "data-lazy-src", "data-src", "src", "data")
_LAZY_FRAME = re.compile(r'"src",\s*"([^"]+)"')
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|od[pst]|rtf|txt|csv|zip|rar|7z|gz|epub|djvu|dwg|dxf|st[lp]|step|bin|hex)(?:[?#]|$)",
    re.IGNORECASE,
)


def image(element: Element, document: Document) -> Media | None:
    """An inline picture; None for smilies, icons and thumbnails of attachments.

    XenForo lists no attachment that its author has put into the text, so there it is one of the pictures.
    """
    classes = element.get("class") or ""
    if "inlineimg" in classes.split() or "milie" in classes or element.get("smilieid"):
        return None
    url = _source(element, document)
    if inline := "bbImage" in classes or "bbCodeImage" in classes:
        link = document.address(element.getparent().get("href"))
        url = link if link and _is_attachment(link) else url
    if url is None or _DECORATION.search(url) or (_is_attachment(url) and not inline):
        return None
    name = " ".join((element.get("alt") or element.get("title") or "").split())
    return Media(canonical(url) if _is_attachment(url) else url, None if name.endswith("IMG]") else name or None)


def attachments(container: Element, document: Document) -> tuple[Media, ...]:
    """The files of a post, once each: the link to the file, or the picture where it stands alone."""
    found: dict[str, Media] = {}
    for element in (part.element for part in document.files if container in part.within):
        url = document.address(element.get("href")) if element.tag == "a" else _source(element, document)
        if url and _is_attachment(url):
            key, file = identity(url), Media(url, _name(element))
            if key not in found or (file.name and not found[key].name):
                found[key] = file
    return tuple(found.values())


def embeds(content: Element, document: Document) -> tuple[str, ...]:
    """The addresses of videos and whatever else a post shows in a frame, also of those that wait for a click."""
    found: dict[str, None] = {}
    for element in content.iter(*_FRAMES):
        if element.tag not in {"span", "div"}:
            given = next((value for name in _FRAME_SOURCES if (value := element.get(name))), None)
        elif lazy := element.get("data-s9e-mediaembed-iframe"):
            given = next((each[1].replace("\\/", "/") for each in _LAZY_FRAME.finditer(lazy)), None)
        else:
            link = next(element.iter("a"), None) if element.get("data-xf-init") == "oembed" else None
            given = link.get("href") if link is not None else None
        if url := document.address(given):
            found[url] = None
    return tuple(found)


def linked_files(content: Element, document: Document) -> tuple[Media, ...]:
    """Files that the text links to, such as a PDF on another site."""
    found = {}
    for link in content.iter("a"):
        url = document.address(href) if (href := link.get("href")) and _FILE.search(href) else None
        if url and not _is_attachment(url):
            found.setdefault(url, Media(url, words(link) or None))
    return tuple(found.values())


def _is_attachment(url: str) -> bool:
    return names_file(url) and classify(url).kind is UrlKind.ATTACHMENT


def distinct(images: Iterable[Media]) -> tuple[Media, ...]:
    return tuple({each.url: each for each in images}.values())


def _source(element: Element, document: Document) -> str | None:
    url = next((url for name in document.sources if (url := document.address(element.get(name)))), None)
    proxied = _PROXY.search(url) if url else None
    return unquote(proxied[1]) if proxied else url


def _name(element: Element) -> str | None:
    """The file's name: in the text of the link, or behind `Name:` in what its thumbnail says."""
    titles = [element.get("alt") or "", *_IMAGE_TITLES(element)]
    named = next((match[1].strip() for title in titles if (match := _NAME.search(title))), None)
    return named or words(element) or next((title.strip() for title in titles if title.strip()), None)
