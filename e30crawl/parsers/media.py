"""Find the pictures, files and videos of a post, at their full size."""

import re
from collections.abc import Iterable
from itertools import takewhile
from urllib.parse import unquote

from lxml.etree import XPath

from e30crawl.parsers.document import Document, Element, is_of, words
from e30crawl.parsers.records import Media
from e30crawl.urls import UrlKind, canonical, classify, identity, site

# Where a picture may have its address: the real one first, spacer.gif last.
_SOURCES = ("data-fullsize-url", "data-original", "data-src", "data-url", "data-lazy-src", "src")
# What is no attachment by these words is none by its whole address, which costs 40 times as much to read.
_FILE_WORD = re.compile("attachment|filedata")
# Of the board's own host, or somebody's picture would be taken for one. The last are single icons in a folder of its
# skin: /attach/2009/car.jpg is none.
_DECORATION = re.compile(
    r"/smil(?:ies|eys?)/|/emojis?[./]|/(?:clear|spacer|blank)\.(?:gif|png)"
    r"|/(?:images?|img|styles?|skins?|themes?).{0,99}/(?:statusicon|buttons|attach|editor|reputation|ranks)/[^/]+\.(?:gif|png|svg)$",
    re.IGNORECASE,
)
_EMOJI_HOST = re.compile(r"https?://emojis?\.", re.IGNORECASE)
_NO_SIZE = {"0", "1"}
_IMAGE_TITLES = XPath(".//img/@alt | .//img/@title")
_NAME = re.compile(r"Name:\s*([^\n]+)")
_SIZE = re.compile(r"(?<=[?&])type=(?:icon|thumb|small|medium|large)(?:&|$)|&type=(?:icon|thumb|small|medium|large)$")
_PROXY = re.compile(r"/proxy\.php\?image=(https?(?:%3A|:)[^&]+)", re.IGNORECASE)  # XenForo's, for pictures elsewhere
# vBulletin 5 keeps a video as a link around its picture until somebody clicks.
VIDEO_LINK = "video-frame"
_MOVIES = {"movie", "src", "url"}  # how Flash names what it plays
FRAME_LATER = "data-s9e-mediaembed-src"
_LATER = re.compile(r'"src",\s*"([^"]+)"')  # in the frame that XenForo writes when somebody clicks
# What stands inside a post and belongs to its author, its readers or somebody else's remark.
_NOT_ITS_OWN = (
    "b-comments", "linkviewcontainer", "post-signature", "reactions", "signature", "signaturecontainer",
    "user-signature", "userinfo",
)  # fmt: skip
_MEMBER = re.compile(r"[/?]members?(?:\.php|[/?])")
_REDIRECTED = re.compile(r"[?&]\w+=((?:https?|ftp)(?:%3A|:)[^&]+)", re.IGNORECASE)
# vBulletin cuts the middle out of what is longer than 55 characters, XenForo of what is longer than 100.
_SHORTENED = re.compile(r"((?:https?://|ftp://|www\.)\S{0,200}?)(?:\.{3}|…)(\S{0,200})", re.IGNORECASE)
_SCHEME = len("https://")  # which a shortened address may be printed without


def image(element: Element, document: Document) -> Media | None:
    """Return an inline picture; None for smilies, icons, avatars, counters and thumbnails of attachments.

    XenForo lists no attachment that its author has put into the text, so there it is one of the pictures.
    """
    classes = element.get("class") or ""
    if "inlineimg" in classes.split() or "milie" in classes or "avatar-u" in classes or element.get("smilieid"):
        return None
    if element.get("width") in _NO_SIZE and element.get("height") in _NO_SIZE:  # an advertiser counts readers
        return None
    url = _source(element, document)
    if inline := "bbImage" in classes or "bbCodeImage" in classes:
        link = document.address(element.getparent().get("href"))
        url = link if link and _is_attachment(link) else url
    if url is None or _is_decoration(url, document) or (_is_attachment(url) and not inline):
        return None
    name = " ".join((element.get("alt") or element.get("title") or "").split())
    return Media(canonical(url) if _is_attachment(url) else url, None if name.endswith("IMG]") else name or None)


def attachments(container: Element, document: Document) -> tuple[Media, ...]:
    """Return the files of a post, once each: the link to the file, or the picture where it stands alone."""
    found: dict[str, Media] = {}
    for element in container.iter("a", "img"):
        addresses = [element.get("href", "")] if element.tag == "a" else element.values()
        if not any(map(_FILE_WORD.search, addresses)):
            continue
        inner = takewhile(lambda each: each is not container, element.iterancestors())
        if any(is_of(each, *_NOT_ITS_OWN) for each in inner):
            continue
        url = document.address(element.get("href")) if element.tag == "a" else _source(element, document)
        if url and _is_attachment(url):
            key, file = identity(url), Media(_SIZE.sub("", url), _name(element))
            if key not in found or (file.name and not found[key].name):
                found[key] = file
    return tuple(found.values())


def embedded(element: Element, document: Document) -> str | None:
    """Return the address of what a frame, a Flash object or a player shows: the first that it names."""
    for each in element.iter("iframe", "embed", "object", "param", "video", "audio", "source"):
        names = {"object": ("data",), "param": ("value",)}.get(each.tag, _SOURCES)
        if each.tag == "param" and (each.get("name") or "").lower() not in _MOVIES:
            names = ()
        urls = (document.address(each.get(name)) for name in (FRAME_LATER, *names))
        if url := next(filter(None, urls), None):
            return url
    return None


def embedded_later(element: Element, document: Document) -> str | None:
    """Return the address of what XenForo puts into an element when somebody looks at it."""
    if lazy := element.get("data-s9e-mediaembed-iframe"):
        return document.address(next((each[1].replace("\\/", "/") for each in _LATER.finditer(lazy)), None))
    link = next(element.iter("a"), None) if element.get("data-xf-init") == "oembed" else None
    return None if link is None else document.address(link.get("href"))


def link_target(link: Element, document: Document) -> str | None:
    """Return the whole address that a link of a post leads to; None for a script, and a place on the same page."""
    href = (link.get("href") or "").strip()
    return href if href[:6].lower() == "ftp://" else None if href.startswith("#") else document.address(href)


def leads_elsewhere(url: str, document: Document) -> bool:
    """Return whether no other column has what a link leads to, and neither the board's list of its members."""
    is_member = _MEMBER.search(url) and site(url) == site(document.url)
    return not (is_member or _is_attachment(url))


def whole_address(words_: str, url: str) -> str | None:
    """Return the address of which a link's words show the beginning and the end; None where they are no such.

    Some boards lead to it through a page of their own.
    """
    if not (shown := _SHORTENED.fullmatch(words_)):
        return None
    head, tail = map(str.lower, shown.groups())
    for whole in (url, *map(unquote, _REDIRECTED.findall(url))):
        forms = (whole.lower(), unquote(whole).lower())
        if any(form.find(head, 0, _SCHEME + len(head)) >= 0 and form.endswith(tail) for form in forms):
            return whole
    return None


def distinct(media: Iterable[Media]) -> tuple[Media, ...]:
    return tuple({each.url: each for each in media}.values())


def _is_decoration(url: str, document: Document) -> bool:
    return bool(_EMOJI_HOST.match(url)) or (site(url) == site(document.url) and bool(_DECORATION.search(url)))


def _is_attachment(url: str) -> bool:
    return bool(_FILE_WORD.search(url)) and classify(url).kind is UrlKind.ATTACHMENT


def _source(element: Element, document: Document) -> str | None:
    url = next((url for name in _SOURCES if (url := document.address(element.get(name)))), None)
    proxied = _PROXY.search(url) if url else None
    behind = document.address(unquote(proxied[1])) if proxied else None
    return behind if behind and "\0" not in behind else url  # a %00, which no database takes


def _name(element: Element) -> str | None:
    """Return the file's name: from the text of the link, or from behind `Name:` in what its thumbnail says."""
    titles = [element.get("alt") or "", *_IMAGE_TITLES(element)]
    named = next((match[1].strip() for title in titles if (match := _NAME.search(title))), None)
    # In vBulletin 5 the size of a file is in its link as well.
    link_text = words(element.find("span[@class='h-wordwrap']")) or words(element)
    return named or link_text.strip("\u200e") or next((title.strip() for title in titles if title.strip()), None)
