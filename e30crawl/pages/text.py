"""A post's HTML as clean text: what its author wrote, quoted lines behind "> ", one for each level."""

import re
from dataclasses import dataclass, field, replace

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from e30crawl.pages.document import Document
from e30crawl.pages.media import distinct, image
from e30crawl.pages.quotes import TYPED, quote_box
from e30crawl.records import Media, Quote

_SKIPPED = frozenset(
    {"script", "style", "noscript", "iframe", "object", "embed", "button", "textarea", "select", "template", "svg"}
)
_BLOCK = re.compile(
    "address|article|blockquote|center|dd|div|dl|dt|fieldset|figure|form|h[1-6]|hr|li|ol|p|pre|section|table|tr|ul"
)
_SPACE = re.compile(r"\s+")
_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Content:
    text: str
    quotes: tuple[Quote, ...] = ()
    images: tuple[Media, ...] = ()


@dataclass(slots=True)
class _Writer:
    """Lines as they grow; `depth` counts open quotes, `verbatim` open <pre> elements."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    pending: str = ""
    depth: int = 0
    verbatim: int = 0

    def add(self, text: str | None) -> None:
        if not text:
            return
        if not self.verbatim:
            text = _SPACE.sub(" ", text)
            self.pending += text.lstrip() if not self.pending or self.pending.endswith(" ") else text
            return
        *whole, rest = text.replace("\r\n", "\n").split("\n")
        for line in whole:
            self.pending += line
            self.end_line()
        self.pending += rest

    def end_line(self) -> None:
        self.lines.append((self.depth, self.pending.rstrip()))
        self.pending = ""

    def start_block(self) -> None:
        if self.pending.strip():
            self.end_line()
        self.pending = ""

    def start_paragraph(self) -> None:
        self.start_block()
        self.lines.append((self.depth, ""))

    def text(self) -> str:
        self.start_block()
        text = "\n".join("> " * depth + line if line else "" for depth, line in self.lines)
        return _BLANKS.sub("\n\n", text).strip()


def render(content: HtmlElement, document: Document) -> Content:
    """Text, quoted posts in the order of their boxes, and inline pictures of one post's content."""
    writer = _Writer()
    quotes: list[Quote] = []
    images: list[Media] = []
    apart: set[HtmlElement] = set()
    open_quotes: dict[HtmlElement, tuple[int, int]] = {}  # box -> its place in `quotes`, its first line
    walker = iterwalk(content, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start":
            if element.tag in _SKIPPED or element in apart:
                walker.skip_subtree()
                continue
            if box := quote_box(element, document):
                apart.update(box.apart)
                writer.start_paragraph()
                writer.depth += 1
                open_quotes[element] = (len(quotes), len(writer.lines))
                quotes.append(box.quote)
            if element.tag == "img" and (picture := image(element, document)):
                images.append(picture)
            _open(element, writer)
            continue
        if event == "end":
            _close(element, writer)
            if element in open_quotes:
                writer.start_block()
                place, begin = open_quotes.pop(element)
                quotes[place] = _typed_name(quotes[place], writer.lines, begin)
                writer.depth -= 1
                writer.start_paragraph()
        if element is not content:
            writer.add(element.tail)
    return Content(writer.text(), tuple(quotes), distinct(images))


def _open(element: HtmlElement, writer: _Writer) -> None:
    if element.tag == "br":
        writer.end_line()
    elif element.tag == "p":
        writer.start_paragraph()
    elif _BLOCK.fullmatch(element.tag):
        writer.start_block()
    elif element.tag in {"td", "th"} and writer.pending:
        writer.add(" ")
    if element.tag == "li":
        writer.pending = "- "
    writer.verbatim += element.tag == "pre"
    writer.add(element.text)


def _close(element: HtmlElement, writer: _Writer) -> None:
    if _BLOCK.fullmatch(element.tag):
        writer.start_block()
    writer.verbatim -= element.tag == "pre"


def _typed_name(quote: Quote, lines: list[tuple[int, str]], begin: int) -> Quote:
    """Takes a typed "Originally posted by NAME" off the head of a quote that the board left without a name."""
    written = next((index for index in range(begin, len(lines)) if lines[index][1]), None)
    match = TYPED.fullmatch(lines[written][1]) if written is not None and quote.author is None else None
    if match is None:
        return quote
    del lines[written]
    return replace(quote, author=match["name"])
