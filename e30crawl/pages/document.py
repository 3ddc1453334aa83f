"""A parsed page and the few questions every parser asks it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from lxml import html
from lxml.etree import ParserError, XPath

from e30crawl.urls import UrlKind, classify

# Text, and the elements that part words without a space between them.
_TEXT = XPath(
    ".//text()[not(parent::script or parent::style)] | .//*[self::br or self::div or self::td or self::li or self::dd]"
)
_BASE = XPath("(//base/@href)[1]")  # the first: advertisements bring documents of their own into a post
_TITLE = XPath("(//title)[1]")
_IDS = XPath("//*[@id]")
_COUNT = re.compile(r"\d(?:[\d.,'’\u00a0]{0,16}\d)?")  # at most 18 digits, which any database holds
_ID = re.compile(r"\d{1,18}")


def has(name: str) -> str:
    """XPath condition: the element has this CSS class."""
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


@dataclass(frozen=True)
class Document:
    """`source` is the decoded text, `url` the address the page came from."""

    root: html.HtmlElement
    source: str
    url: str

    @cached_property
    def base(self) -> str:
        return next((self._join(self.url, href) or self.url for href in _BASE(self.root)), self.url)

    @cached_property
    def by_id(self) -> dict[str, html.HtmlElement]:
        """Ids repeat on real pages (a table and an anchor share `post123`); the first one counts."""
        found: dict[str, html.HtmlElement] = {}
        for element in _IDS(self.root):
            found.setdefault(element.get("id"), element)
        return found

    @property
    def title(self) -> str | None:
        return next((words(element) for element in _TITLE(self.root)), None) or None

    def address(self, href: str | None) -> str | None:
        """`href` as an absolute web address; None for javascript:, data: and what is no address at all."""
        joined = self._join(self.base, href.strip()) if href else None
        return joined if joined and joined.startswith(("http://", "https://")) else None

    def id_in(self, kind: UrlKind, hrefs: Iterable[str | None]) -> int | None:
        """The id in the first of these links that leads to such a page and says which."""
        targets = (classify(self.address(href) or "") for href in hrefs)
        return next((target.id for target in targets if target.kind is kind and target.id), None)

    @staticmethod
    def _join(base: str, href: str) -> str | None:
        try:
            joined = urljoin(base, href)
            urlsplit(joined)
        except ValueError:  # a broken bracket in the host
            return None
        return joined


def parse(source: str, url: str) -> Document | None:
    """None for a page without a single element."""
    parser = html.HTMLParser(encoding="utf-8")
    try:
        root = html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except ParserError:
        return None
    return Document(root, source, url)


def words(element: html.HtmlElement | None) -> str:
    """The visible text of an element on one line; empty for None."""
    if element is None:
        return ""
    return " ".join("".join(node if isinstance(node, str) else " " for node in _TEXT(element)).split())


def first(elements: list) -> html.HtmlElement | None:
    return elements[0] if elements else None


def count(text: str | None) -> int | None:
    """The first number of a text such as `Views: 18,350`; comma, dot, apostrophe may separate thousands."""
    numbers = counts(text)
    return numbers[0] if numbers else None


def counts(text: str | None) -> list[int]:
    return [int(re.sub(r"\D", "", match)) for match in _COUNT.findall(text or "")]


def number_in(text: str | None) -> int | None:
    """The id in an element id such as `post_message_429148`."""
    match = _ID.search(text or "")
    return int(match[0]) if match else None
