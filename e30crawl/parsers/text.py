"""Render a post's HTML as clean text: what its author wrote, quoted lines behind "> ", one for each level."""

import re
from dataclasses import dataclass, field, replace

from e30crawl.parsers.document import Document, Element, is_of, words
from e30crawl.parsers.media import (
    VIDEO_LINK,
    distinct,
    embedded,
    embedded_later,
    image,
    leads_elsewhere,
    link_target,
    whole_address,
)
from e30crawl.parsers.quotes import TYPED, QuoteBox, quote_box
from e30crawl.parsers.records import Media, Quote

_SKIPPED = frozenset(["script", "style", "noscript", "button", "textarea", "select", "template", "svg"])
_FRAMES = frozenset(["iframe", "object", "embed", "video", "audio"])
_WAITING = frozenset(["div", "span"])  # in XenForo for somebody to look at them, before they show a frame
_UNREAD = _SKIPPED | _FRAMES
_BLOCK = frozenset({
    "address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_BOXES = _BLOCK | {"td"}  # what can be the outermost element of a quote
_BLANKS = re.compile(r"\n{3,}")
_BULLET = "- "


@dataclass(frozen=True, slots=True)
class Content:
    text: str
    quotes: tuple[Quote, ...] = ()
    images: tuple[Media, ...] = ()
    embeds: tuple[str, ...] = ()
    links: tuple[Media, ...] = ()


@dataclass(slots=True)
class _Writer:
    """Lines as they grow; `depth` counts open quotes, `verbatim` open <pre> elements."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    pending: str = ""
    depth: int = 0
    verbatim: int = 0

    def add(self, text: str) -> None:
        if not self.verbatim:
            # Any white space becomes one space, and none stays at the start of a line.
            folded = " ".join(text.split())
            if text[0].isspace() and self.pending and self.pending[-1] != " ":
                self.pending += " "
            self.pending += f"{folded} " if folded and text[-1].isspace() else folded
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
        """End the line, unless it is only a bullet, whose text is to come."""
        if self.pending != _BULLET:
            self.end_block()

    def start_paragraph(self) -> None:
        if self.pending != _BULLET:
            self.end_block()
            self.lines.append((self.depth, ""))

    def end_block(self) -> None:
        if self.pending and not self.pending.isspace():
            self.end_line()
        self.pending = ""

    def text(self) -> str:
        self.end_block()
        text = "\n".join("> " * depth + line if line else "" for depth, line in self.lines)
        return (_BLANKS.sub("\n\n", text) if "\n\n\n" in text else text).strip()


@dataclass(slots=True)
class _Walk:
    """One way through a post; by recursion, since the parser cuts a page off at a depth of 256."""

    document: Document
    writer: _Writer = field(default_factory=_Writer)
    quotes: list[Quote] = field(default_factory=list)
    images: list[Media] = field(default_factory=list)
    embeds: list[str] = field(default_factory=list)
    links: list[Media] = field(default_factory=list)
    apart: set[Element] = field(default_factory=set)

    def enter(self, element: Element) -> None:
        tag = element.tag
        # XenForo's button that shows hidden text bears its title.
        is_spoiler = tag == "button" and "Spoiler" in (element.get("class") or "")
        if (tag in _UNREAD and not is_spoiler) or (self.apart and element in self.apart):
            if tag in _BLOCK:
                self.writer.start_block()
            elif tag in _FRAMES:
                self.framed(element)
        elif tag == "img":
            if picture := image(element, self.document):
                self.images.append(picture)
        elif tag == "a":
            self.linked(element)
        elif tag == "div" and (address := _card(element, self.document)):
            self.writer.start_block()
            self.writer.add(address)
            self.writer.start_block()
            self.links.append(Media(address))
        elif (box := quote_box(element, self.document) if tag in _BOXES else None) is None:
            if tag in _WAITING and (address := embedded_later(element, self.document)):
                self.embeds.append(address)
            self.inside(element)
        else:
            self.quoted(element, box)

    def inside(self, element: Element) -> None:
        tag, writer = element.tag, self.writer
        is_block, is_verbatim = tag in _BLOCK, tag == "pre"
        if is_block:
            writer.start_paragraph() if tag == "p" else writer.start_block()
            if tag == "li":
                writer.pending = _BULLET
        elif tag in _CELLS and writer.pending:
            writer.add(" ")
        writer.verbatim += is_verbatim
        if text := element.text:
            writer.add(text)
        for child in element:
            if child.tag == "br":  # half of all elements in a post
                writer.end_line()
            else:
                self.enter(child)
            if text := child.tail:
                writer.add(text)
        if is_block:
            writer.end_block() if tag == "li" else writer.start_block()
        writer.verbatim -= is_verbatim

    def framed(self, frame: Element) -> None:
        if address := embedded(frame, self.document):
            self.embeds.append(address)
        if frame.tag == "embed":  # it has no end; the parser puts all that follows into it
            self.inside(frame)

    def linked(self, link: Element) -> None:
        address, said = link_target(link, self.document), words(link)
        if address and is_of(link, VIDEO_LINK):
            self.embeds.append(address)  # around a picture of the board's making
            return
        if address and leads_elsewhere(address, self.document):
            self.links.append(Media(address, said or None))
        whole = whole_address(said, address) if address else None
        if whole and link.find(".//img") is None:
            self.writer.add(whole)
        else:
            self.inside(link)

    def quoted(self, element: Element, box: QuoteBox) -> None:
        writer, place = self.writer, len(self.quotes)
        self.apart.update(box.apart)
        self.quotes.append(box.quote)
        writer.end_block()
        writer.start_paragraph()
        writer.depth += 1
        begin = len(writer.lines)
        self.inside(element)
        writer.end_block()
        # A typed "Originally posted by NAME" goes off the head of a quote that the board left without a name.
        written = next((index for index in range(begin, len(writer.lines)) if writer.lines[index][1]), None)
        nameless = written is not None and self.quotes[place].author is None
        if match := TYPED.fullmatch(writer.lines[written][1]) if nameless else None:
            self.quotes[place] = replace(self.quotes[place], author=match["name"])
            del writer.lines[written]
        writer.depth -= 1
        writer.start_paragraph()


def render(content: Element, document: Document) -> Content:
    """Return a post's text, the posts it quotes in the order of their boxes, and what it shows and links to.

    Pictures, frames and links are there once each.
    """
    walk = _Walk(document)
    walk.enter(content)
    images = distinct(walk.images)
    shown = {*walk.embeds, *(each.url for each in images)}  # most pictures are links to themselves
    links = distinct(each for each in walk.links if each.url not in shown)
    return Content(walk.writer.text(), tuple(walk.quotes), images, tuple(dict.fromkeys(walk.embeds)), links)


def _card(element: Element, document: Document) -> str | None:
    """Return the address for which XenForo shows a card with the title and a picture of the other site, or None."""
    if "bbCodeBlock--unfurl" not in (element.get("class") or ""):
        return None
    links = (document.address(link.get("href")) for link in element.iter("a"))
    return document.address(element.get("data-url")) or next(filter(None, links), None)
