"""What several generations have alike: thanks, the label before a title, and forms that name the forum."""

import re

from lxml.etree import XPath

from e30crawl.parsers.document import Document, Element, first, has, number_in, total, words
from e30crawl.urls import UrlKind

_TO_SOMEBODY = "normalize-space() and not(@onclick or contains(@href, '#') or starts-with(@href, 'javascript:'))"
_NAMES = XPath(f".//a[{_TO_SOMEBODY}]")
_NAMELESS = XPath(f".//text()[not(ancestor::a[{_TO_SOMEBODY}])]")
_LIKED = XPath(f"(.//*[{has('vbseo_liked')}])[1]")
_POLL = re.compile(
    r"(?:poll|umfrage|sondage|sondaggio|encuesta|enquete|peiling|omröstning|ankieta|anket|опрос)\s*:\s*", re.IGNORECASE
)


def thanks(post_id: int, container: Element, document: Document) -> int | None:
    """How many members have thanked for a post or like it, where an add-on names them (Post Thank You, vBSEO)."""
    box = document.by_id.get(f"post_thanks_box_{post_id}")
    if box is not None:
        return len(_NAMES(box)) or total([words(box)])
    box = first(_LIKED(container)) if document.says("vbseo_liked") else None
    # The first three by name, and then `and 12 others`.
    return total(["".join(_NAMELESS(box))], len(_NAMES(box))) if box is not None else None


def prefix(label: str, *, marked: bool) -> str | None:
    """The label that somebody gave a thread. What the board writes before it in its own language, such as `Sticky:`
    or `Moved:`, goes where the thread is `marked` as such.
    """
    if marked:
        label = label.partition(":")[2]
    return " ".join(_POLL.sub("", label).split()) or None


def own_forum_id(document: Document, *, written: bool) -> int | None:
    """From the page's own forms, where it is a page of one forum (`written`), else from its address."""
    found = number_in(document.field("f", "forumid")) if written else None
    return found or document.id_in(UrlKind.FORUM, [document.url])
