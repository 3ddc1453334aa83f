"""Find quote boxes: where one begins, and whom it quotes."""

import re
from dataclasses import dataclass
from itertools import takewhile

from lxml.etree import XPath

from e30crawl.parsers.document import Document, Element, first, has, is_of, words
from e30crawl.parsers.records import Quote
from e30crawl.urls import UrlKind

# vB4 and vB5: div.bbcode_quote, the name in .bbcode_postedby (in the printable view, in a bare div).
_POSTED_BY = XPath(f"(.//*[{has('bbcode_postedby')}] | div[strong and following-sibling::*[{has('message')}]])[1]")
# vB3 has no class for it. A box is a div that opens with a label, in small print or an element of that name; inside, a
# div says "Originally Posted by NAME" before the text. Spoilers and code come in the same box, so only that line or the
# label's word makes it a quote.
_ATTRIBUTION = "div[normalize-space(text()) and strong and following-sibling::*]"
_ATTRIBUTIONS = XPath(f".//{_ATTRIBUTION}")
# Some skins drop the label: then the line is the first child of a cell with an inset border.
_INSET = XPath(f"self::*[contains(@style, 'inset')]/*[1][self::{_ATTRIBUTION}]")
_QUOTE_WORD = re.compile(
    r"(?:quote|zitat|cita|citation|citazione|citat[ae]?|citaat|citação|citace|citát|cytat|sitat|lainaus|idézet"
    r"|tsitaat|citāts|tilvitnun|цитата?|παράθεση|alıntı|trích|kutipan|ציטוט|اقتباس|نقل قول|อ้างอิง|인용|引用)\b",
    re.IGNORECASE,
)
# XenForo: the names are those of attributes, or said in the head of the box; what unfolds it stands at its end.
_XENFORO = ("bbCodeBlock--quote", "bbCodeQuote")
_HEAD = XPath(f"*[{has('bbCodeBlock-title')}] | */*[{has('attribution')}]")
_FOOT = XPath(f"*/*[{has('bbCodeBlock-expandLink')} or {has('messageNotice--nested')}] | */*/*[{has('quoteExpand')}]")
_SOURCE = re.compile(r"post: (\d{1,18})")
_SAID_BY = re.compile(
    r"(?P<name>.+?)\s+(?:said|wrote|schrieb|sagte|a dit|a écrit|dijo|ha detto|ha scritto|disse|escreveu|zei|schreef"
    r"|napisał(?:\(a\))?|powiedział(?:\(a\))?|сказал(?:\(а\))?|написал(?:\(а\))?|sade|skrev|sagde|dedi|đã viết)"
    r"\s*:\s*↑?",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(r"#post(\d{1,18})$")
# Imported vB2 posts carry the attribution as ordinary text, in the board's language. These are whole phrases, or a
# quoted line would pass for one.
_TYPED = (
    r"originally posted by",
    r"(?:original|ursprünglich) (?:geschrieben|gepostet|erstellt|verfasst) von",
    r"originalmente (?:publicado|escrito|enviado|posteado|postado) por",
    r"(?:publicado|escrito|enviado|posteado|postado) originalmente por",
    r"(?:posté|envoyé|écrit) (?:à l['’]origine|initialement|originellement|originalement) par",
    r"(?:initialement|originellement|originalement) (?:posté|envoyé|écrit) par",
    r"(?:originariamente|originalmente) (?:inviato|scritto|postato) da",
    r"(?:inviato|scritto|postato) (?:originariamente|originalmente) da",
    r"(?:oorspronkelijk|origineel) (?:gepost|geplaatst|geschreven) door",
    r"ursprungligen (?:postat|skrivet|inlagt) av",
    r"oprindeligt (?:skrevet|indsendt|postet) af",
    r"opprinnelig (?:skrevet|postet|lagt inn) av",
    r"(?:oryginalnie|pierwotnie) (?:napisane|zamieszczone|wysłane|dodane) przez",
    r"alun ?perin (?:kirjoittanut|lähettänyt|postannut)",
    r"eredetileg (?:írta|küldte)",
    r"původně (?:odesláno|napsáno|zasláno) (?:od|uživatelem)",
    r"(?:первоначально|изначально) (?:написано|опубликовано|отправлено)",
)
TYPED = re.compile(rf"(?:{'|'.join(_TYPED)}) (?P<name>\S.{{0,60}}?)\s*:?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QuoteBox:
    """A quote, and `apart`: the elements of its box that are not quoted text."""

    quote: Quote
    apart: tuple[Element, ...] = ()


def quote_box(element: Element, document: Document) -> QuoteBox | None:
    """Return the quote that this element holds, if it is the outermost element of a quote box."""
    tag = element.tag
    if is_of(element, "bbcode_quote"):
        posted_by = first(_POSTED_BY(element))
        around = posted_by.iterancestors() if posted_by is not None else ()
        if next((each for each in around if is_of(each, "bbcode_quote")), element) is not element:
            posted_by = None  # the line of a quote inside this one
        return QuoteBox(_attribution(posted_by, document), () if posted_by is None else (posted_by,))
    if is_of(element, *_XENFORO):
        return _xenforo(element, document)
    if tag == "div" and (label := _label(element)) is not None:
        return _labelled(element, label, document)
    if tag == "blockquote":
        return _version_2(element)
    # The style is asked for first: XPath takes 20 times as long, and hardly a cell has such a border.
    if tag not in {"div", "td"} or "inset" not in (element.get("style") or ""):
        return None
    line = first(_INSET(element))
    return QuoteBox(_attribution(line, document), (line,)) if line is not None and _labelled_box(line) is None else None


def _version_2(box: Element) -> QuoteBox | None:
    """Read `quote:` in small letters, a rule, and who it was in italics; somebody may have left that out."""
    line = next(box.iterchildren("i"), None)
    if match := TYPED.fullmatch(words(line)):
        return QuoteBox(Quote(None, match["name"]), (box[0], line))
    if len(box) > 1 and box[1].tag == "hr" and _QUOTE_WORD.match(words(box[0])):
        return QuoteBox(Quote(None, None), (box[0],))
    return None


def _xenforo(box: Element, document: Document) -> QuoteBox:
    head = _HEAD(box)
    source, speaker = _SOURCE.fullmatch(box.get("data-source", "")), _SAID_BY.fullmatch(words(first(head)))
    linked = document.id_in(UrlKind.POST, [link.get("href") for each in head for link in each.iter("a")])
    name = box.get("data-quote") or box.get("data-author") or (speaker and speaker["name"])
    return QuoteBox(Quote(int(source[1]) if source else linked, name or None), (*head, *_FOOT(box)))


def _label(box: Element) -> Element | None:
    opening = box[0] if len(box) else None
    if opening is None or opening.tag != "div":
        return None
    return opening if is_of(opening, "smallfont") or opening.find("label") is not None else None


def _labelled_box(line: Element) -> Element | None:
    """Return the box that a line stands in; what has an id of its own is the post, or around it."""
    inner = takewhile(lambda each: not each.get("id"), line.iterancestors("div"))
    return next((box for box in inner if _label(box) is not None), None)


def _labelled(element: Element, label: Element, document: Document) -> QuoteBox | None:
    for line in _ATTRIBUTIONS(element):
        if line is not label and _labelled_box(line) is element:
            return QuoteBox(_attribution(line, document), (label, line))
    if len(element) > 1 and element[1].tag != "pre" and _QUOTE_WORD.match(words(label)):
        return QuoteBox(Quote(None, None), (label,))
    return None


def _attribution(line: Element | None, document: Document) -> Quote:
    if line is None:
        return Quote(None, None)
    links = [href for link in line.iter("a") if (href := link.get("href"))]
    marked = next((match for href in links if (match := _FRAGMENT.search(href))), None)
    post_id = int(marked[1]) if marked else document.id_in(UrlKind.POST, links)
    return Quote(post_id, words(next(line.iter("strong"), None)) or None)
