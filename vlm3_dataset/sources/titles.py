"""Read titles of pages from the shelf's own index pages: `25-05.jpg` is "Shift lever - all wheel drive cars"."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from lxml import etree, html

from vlm3_dataset.schema import Source
from vlm3_dataset.sources.inventory import LONGEST_INDEX
from vlm3_dataset.sources.kinds import is_site_index
from vlm3_dataset.sources.pages.html import encoding

LONGEST = 200  # characters; more behind a link is running text
LONGEST_HEADING = 60  # a question names it
DITTO = re.compile(r"^[\"”“″〃]|^''|^ditto\b", re.IGNORECASE)
SPACE = re.compile(r"[\s│├└─┊|]+")


def titles_and_headings(sources: Iterable[Source], shelf: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the titles of files by path on the shelf, and what the index page that lists a file calls itself.

    If several index pages list a file, the first in shelf order counts.
    """
    sources = list(sources)
    known = {source.path for source in sources}
    titles: dict[str, str] = {}
    headings: dict[str, str] = {}
    for place, data in _index_pages(sources, shelf):
        page = parsed(data)
        for path, title in listed(page, place):
            if path in known:
                titles.setdefault(path, title)
        if heading := _heading(page):
            for link in page.iter("a"):
                if path := _path(link.get("href", ""), place):
                    headings.setdefault(path, heading)
    return titles, headings


def parsed(data: bytes) -> html.HtmlElement:
    return html.fromstring(data, parser=html.HTMLParser(encoding=encoding(data)))


def _index_pages(sources: Iterable[Source], shelf: Path) -> Iterator[tuple[str, bytes]]:
    for source in sources:
        if source.kind == "html" and source.reason:
            data = _read(shelf / source.path) if source.size <= LONGEST_INDEX else b""
            if is_site_index(data):
                yield source.path, data


def listed(page: html.HtmlElement, place: str) -> Iterator[tuple[str, str]]:
    """Yield the files that an index page lists, with their titles. `place` is the page's own path on the shelf.

    A title stands behind its link, or is the link's own text. A ditto mark stands for the title above, up to the last
    of its parts (`" - Injector pulse` below `Quick tests - Idle speed`).
    """
    above = ""
    for link in page.iter("a"):
        path = _path(link.get("href", ""), place)
        if not path:
            continue
        own, behind = _plain("".join(link.itertext())), _plain(" ".join(_behind(link)))
        title = behind or ("" if own == PurePosixPath(path).stem or own == PurePosixPath(path).name else own)
        if DITTO.search(title):
            rest = DITTO.sub("", title).strip(" -\"”'")
            title = f"{above.partition(' - ')[0]} - {rest}" if rest else above
        if title and len(title) <= LONGEST:
            yield path, title
            above = title


def _heading(page: html.HtmlElement) -> str:
    said = (_plain("".join(element.itertext())) for name in ("h1", "h2", "title") for element in page.iter(name))
    return next((text for text in said if text and len(text) <= LONGEST_HEADING), "")


def _path(href: str, place: str) -> str:
    """Return where a link leads on the shelf; nothing for one that leads off it, or is none."""
    try:
        url = urlsplit(href)
    except ValueError:
        return ""
    if url.scheme or url.netloc or not url.path:
        return ""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(url.path)))
    return "" if path.startswith(("../", "/")) or path == ".." else path


def _behind(link: etree._Element) -> Iterator[str]:
    """Yield the text between a link and the next link or line."""
    yield link.tail or ""
    for element in link.itersiblings():
        if element.tag is etree.Comment:
            yield element.tail or ""
            continue
        if element.tag in {"a", "br", "tr", "li", "p", "div"}:
            return
        yield "".join(element.itertext())
        yield element.tail or ""


def _plain(text: str) -> str:
    return SPACE.sub(" ", text).strip(" -:,")


def _read(file: Path) -> bytes:
    """Return a file's bytes; none if it has gone since the inventory, as no page depends on a title."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
