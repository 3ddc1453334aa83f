"""Parse a page into a tree, and answer the few questions that every parser asks it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.etree import _Element as Element

from e30crawl.urls import Target, UrlKind, classify, member_id

Key, Item = TypeVar("Key"), TypeVar("Item")
# No comments (a third of all nodes in stock pages), no hash of ids (12 % of the parsing), and plain elements: lxml.html
# has classes of its own, which make each touch of an element ten times as dear (0.4 µs).
_OPTIONS = {"encoding": "utf-8", "collect_ids": False, "remove_comments": True, "remove_pis": True}
_PARSER = etree.HTMLParser(**_OPTIONS)
# That one ends at a depth of 256, to which a post with as many unclosed tags comes; this one at 2048.
_DEEP_PARSER = etree.HTMLParser(**_OPTIONS, huge_tree=True)
_ROOTS = etree.XPath("/*")  # a broken <html> tag leaves two of them
OWN_ADDRESSES = etree.XPath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
_WITH_ID = etree.XPath("//@id/..")  # 73 µs a page; //*[@id] takes 172
_INVISIBLE = frozenset({"script", "style"})
_SEPARATING = frozenset({"br", "div", "td", "li", "dd"})  # these part words without a space between them
# A name in the same folder, as most links of vBulletin are, needs no rules to be joined: 0.9 ms less of 4.6 a page.
_SAME_FOLDER = re.compile(r"[\w-]+\.\w+(?:\?[!-\"$-~]+)?(?:#[!-~]+)?", re.ASCII)
_PLAIN = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?/[!-\"$-:<->@-~]*")
# The hard space that parts thousands in half of Europe; split() takes it for any other.
_THOUSANDS = re.compile(r"(?<=\d)[\u00a0\u202f](?=\d{3}(?!\d))")
_SPACES = re.compile(r"(?:(?!(?<=\d)\u00a0\d{3}(?!\d))\s)+")


def has(name: str) -> str:
    """Return the XPath condition that an element has this CSS class."""
    return f"@class[{_is(name)}]"


def every(name: str) -> str:
    """Return the XPath of all elements that have this CSS class: 95 µs by their attributes, 201 by the elements."""
    return f"//@class[{_is(name)}]/parent::*"


def _is(name: str) -> str:
    """Return the condition that a class attribute holds this name.

    The plain search alone would do on most pages, and before the exact one it halves the time.
    """
    return f"contains(., '{name}') and contains(concat(' ', normalize-space(.), ' '), ' {name} ')"


_BASE = re.compile(r"<base\b", re.IGNORECASE)
_HEAD_END = re.compile(r"</head\b|<body\b", re.IGNORECASE)


class Parts(dict[str, Element]):
    """The first element of each CSS class in an element: one walk, 20 µs a post, for all that is asked of it."""

    def __init__(self, element: Element) -> None:
        for each in element.iter():
            if classes := each.get("class"):
                for name in classes.split():
                    self.setdefault(name, each)

    def first(self, *names: str) -> Element | None:
        return next((self[name] for name in names if name in self), None)


@dataclass(frozen=True)
class Document:
    """A parsed page: `source` is its decoded text, `url` the address it came from."""

    root: Element
    source: str
    url: str
    whole: bool = True  # else the parser has given up within it, and what follows is not there

    @cached_property
    def base(self) -> str:
        """Return the address that relative links are joined to.

        It is that of the page's own head, by its place in the source: advertisements bring documents of their own into
        a post, and a warning printed above the page makes the parser move its whole head into the body.
        """
        end = _HEAD_END.search(self.source)
        if not _BASE.search(self.source, 0, end.start() if end else len(self.source)):
            return self.url
        href = next((href for base in self.elements("base") if (href := base.get("href")) is not None), None)
        return (_joined(self.url, href) if href is not None else None) or self.url

    @cached_property
    def by_id(self) -> dict[str, Element]:
        """Return the elements by id. Ids repeat (a table and an anchor share `post123`), and the first one counts."""
        return first_of_each((element.get("id"), element) for element in _WITH_ID(self.root))

    def elements(self, *tags: str) -> Iterator[Element]:
        """Return all elements of these tags (or of any), in page order: 16 µs for the links of a page, 24 as XPath."""
        return chain.from_iterable(root.iter(*tags or (etree.Element,)) for root in self._roots)

    @cached_property
    def _roots(self) -> list[Element]:
        return _ROOTS(self.root)

    def of_class(self, tag: str, *names: str) -> Iterator[Element]:
        """Return the elements of this tag with one of these classes, in page order, which mostly begins with them."""
        return (element for element in self.elements(tag) if is_of(element, *names))

    def field(self, *names: str) -> str | None:
        """Return the value of the first form field of one of these names."""
        inputs = (each for each in self.elements("input") if each.get("name") in names)
        return next((value for each in inputs if (value := each.get("value")) is not None), None)

    @property
    def title(self) -> str | None:
        return words(next(self.elements("title"), None)) or None

    def address(self, href: str | None) -> str | None:
        """Return `href` as an absolute web address; None for javascript:, data: and what is no address at all."""
        if not href:
            return None
        href = href.strip()
        joined = self._folder + href if self._folder and _SAME_FOLDER.fullmatch(href) else _joined(self.base, href)
        return joined if joined and joined.startswith(("http://", "https://")) else None

    @cached_property
    def _folder(self) -> str:
        """Return what a bare name is put behind; empty where that is no plain web address."""
        folder = _joined(self.base, ".") or ""
        return folder if _PLAIN.fullmatch(folder) else ""

    def target(self, href: str | None) -> Target:
        """Return what an address on this page leads to."""
        return classify(self.address(href) or "")

    def id_in(self, kind: UrlKind, hrefs: Iterable[str | None]) -> int | None:
        """Return the id in the first of these links that leads to such a page and says which."""
        targets = map(self.target, hrefs)
        return next((target.id for target in targets if target.kind is kind and target.id), None)

    def member_in(self, hrefs: Iterable[str | None]) -> int | None:
        """Return the id in the first of these links that leads to a member and says which."""
        return next((found for href in hrefs if (found := member_id(self.address(href)))), None)


def parse(source: str, url: str) -> Document | None:
    """Parse a page; return None for one without a single element.

    A parser that has come to its limits drops what follows, and looks like one that has come to the end.
    """
    body = source.encode("utf-8", "replace")
    root, whole = _tree(body, _PARSER)
    if not whole:
        deep, whole = _tree(body, _DEEP_PARSER)
        root = deep if whole else root
    return Document(root, source, url, whole) if root is not None else None


def _tree(body: bytes, parser: etree.HTMLParser) -> tuple[Element | None, bool]:
    """Return the tree of a page in UTF-8, and whether nothing of it is missing."""
    root, error = etree.fromstring(body, parser), parser.error_log.last_error
    return root, error is None or error.type != etree.ErrorTypes.ERR_RESOURCE_LIMIT


def _joined(base: str, href: str) -> str | None:
    try:
        joined = urljoin(base, href)
        urlsplit(joined)
    except ValueError:  # a broken bracket in the host
        return None
    return joined


def is_of(element: Element, *names: str) -> bool:
    """Return whether the element has one of these CSS classes."""
    classes = element.get("class")
    return bool(classes) and not set(names).isdisjoint(classes.split())


def words(element: Element | None) -> str:
    """Return the visible text of an element on one line; empty for None."""
    if element is None:
        return ""
    parts: list[str] = []
    _gather(element, parts)
    text = "".join(parts)
    if "\u00a0" in text or "\u202f" in text:
        return _SPACES.sub(" ", _THOUSANDS.sub("\u00a0", text)).strip()
    return " ".join(text.split())


def _gather(element: Element, parts: list[str]) -> None:
    """Gather the texts by recursion, which raises RecursionError far down; XPath takes 4 times as long."""
    if element.tag in _INVISIBLE:
        return
    if element.text:
        parts.append(element.text)
    for child in element:
        if child.tag in _SEPARATING:
            parts.append(" ")
        _gather(child, parts)
        if child.tail:
            parts.append(child.tail)


def one_of(lines: str) -> re.Pattern[str]:
    """Return what matches any of these lines; each is a pattern, mostly of one language."""
    return re.compile("|".join(map(str.strip, lines.strip().splitlines())), re.IGNORECASE)


def first(elements: list) -> Element | None:
    return elements[0] if elements else None


def first_of_each(found: Iterable[tuple[Key | None, Item]]) -> dict[Key, Item]:
    """Return the first of what was found under each key, in page order; what has no key is left out."""
    by_key: dict[Key, Item] = {}
    for key, item in found:
        if key is not None:
            by_key.setdefault(key, item)
    return by_key
