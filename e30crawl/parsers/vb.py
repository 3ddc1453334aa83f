"""Read what several generations of vBulletin have alike: pager, polls, thanks, and the label before a title."""

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml.etree import XPath
from lxml.etree import _Element as Element

from e30crawl.parsers.document import Document, first, has, is_of, words
from e30crawl.parsers.numbers import count, counts, join_thousands, number_in, page_and_last, total
from e30crawl.parsers.records import Post, PostKind
from e30crawl.urls import UrlKind

# The element whose text begins with the number of the page and the number of pages, and the box it stands in.
_CONTROLS = (("td", "vbmenu_control", "pagenav"), ("a", "popupctrl", "pagination"))
# "Results 661 to 680 of 795" in vB4; in vB3 "Showing results 21 to 40 of 368", the title of the current page's number.
_STATISTICS = ("postpagestats", "threadpagestats")
_CURRENT, _TOTAL = "mb_page_current", "mb_page_total"  # Internet Brands

# An option; in it, what can be chosen and how often. vBulletin 5, vBulletin 4, the bars of 3 and 2, rows without bars.
_RESULTS = tuple(
    (XPath(options), XPath(f"({text})[1]"), XPath(f"({votes})[1]"))
    for options, text, votes in (
        (f"//*[{has('pollresults-option-row')}]", f".//*[{has('title')}]", f".//*[{has('js-votes')}]"),
        ("//*[@id='pollresults']//li[p]", "p", f".//*[{has('numvotes')}]"),
        ("//tr[count(td)=4 and td[2]//img and contains(td[4], '%')]", "td[1]", "td[3]"),
        ("//form[contains(@action, 'poll')]//tr[count(td)=2 and number(td[2]) >= 0]", "td[1]", "td[2]"),
    )
)
_BALLOT = XPath("//form[contains(@action, 'poll')]//label")  # as long as we may vote and have not
_HEAD = XPath("(ancestor::*[@id='pollinfo']//h2 | ancestor::table[1]//tr)[1]")
_BEFORE_QUESTION = re.compile(r"[^:：]{0,40}[:：]\s*")  # `View Poll Results:`

_TO_SOMEBODY = "normalize-space() and not(@onclick or contains(@href, '#') or starts-with(@href, 'javascript:'))"
_THANKED = XPath(f".//a[{_TO_SOMEBODY}]")
_BESIDE_NAMES = XPath(f".//text()[not(ancestor::a[{_TO_SOMEBODY}])]")
_LIKED = XPath(f"(.//*[{has('vbseo_liked')}])[1]")
_POLL_LABEL = re.compile(
    r"(?:poll|umfrage|sondage|sondaggio|encuesta|enquete|peiling|omröstning|ankieta|anket|опрос)\s*:\s*", re.IGNORECASE
)


def pager(document: Document) -> tuple[int, int]:
    """Return the number of the page and of all pages; (1, 1) where the board shows no pager."""
    found = counts(join_thousands(words(next((control for control, _ in _controls(document)), None))))
    if len(found) < 2:
        ends = [document.by_id.get(name) for name in (_CURRENT, _TOTAL)]
        found = [number for end in ends if end is not None for number in counts(end.get("value") or words(end))[:1]]
    return page_and_last(*found[:2]) if len(found) > 1 else (1, 1)


def _controls(document: Document) -> Iterator[tuple[Element, Element]]:
    """Yield each control of a pager with the box that it stands in."""
    for tag, name, outer in _CONTROLS:
        for control in document.of_class(tag, name):
            if (box := next((each for each in control.iterancestors() if is_of(each, outer)), None)) is not None:
                yield control, box


def results(document: Document) -> tuple[int, int, int] | None:
    """Return the first and last of the posts or threads that the page says it shows, and how many all pages have."""
    _, box = next(_controls(document), (None, None))
    if box is not None and is_of(box, "pagenav"):
        statistics = (title for span in box.iter("span") if (title := span.get("title")))
    else:
        statistics = map(words, document.of_class("div", *_STATISTICS))
    for statistic in statistics:
        found = counts(join_thousands(statistic))
        if len(found) == 3 and 0 < found[0] <= found[1] <= found[2]:
            return found[0], found[1], found[2]
    return None


def may_have_poll(document: Document) -> bool:
    """Return whether a page of vBulletin 2 or 3 is worth the look, by the pictures of bars or where a vote is sent."""
    return "polls/" in document.source or "pollvote" in document.source


def polls(document: Document, title: str | None) -> Iterator[Post]:
    """Yield the poll on a page, if any; `title` of its thread or post is the question where there is no other."""
    for options_of, text_of, votes_of in _RESULTS:
        if options := options_of(document.root):
            votes = (count(words(first(votes_of(each)))) for each in options)
            lines = list(map(option_line, (_option(first(text_of(each))) for each in options), votes))
            break
    else:
        options = _BALLOT(document.root)
        lines = [option_line(_option(each), None) for each in options]
    if not options:
        return
    head = words(first(_HEAD(options[0])))
    question = _BEFORE_QUESTION.sub("", head, count=1) or title or ""
    text = "\n".join([question, *lines])
    yield Post(None, text=text.strip(), kind=PostKind.POLL)


def _option(element: Element | None) -> str:
    """Return an option's text, without the box behind it that names who voted."""
    box = element.find("div") if element is not None else None
    return words(element).removesuffix(words(box)).strip()


def option_line(text: str, votes: int | None) -> str:
    return f"- {text}" if votes is None else f"- {text}: {votes}"


def thanks(post_id: int, container: Element, document: Document) -> int | None:
    """Return how many members have thanked for a post or like it, where an add-on names them.

    Such add-ons are Post Thank You and vBSEO.
    """
    box = document.by_id.get(f"post_thanks_box_{post_id}")
    if box is not None:
        return len(_THANKED(box)) or total([words(box)])
    box = first(_LIKED(container)) if _has_likes(document.source) else None
    # The first three by name, and then `and 12 others`.
    return total(["".join(_BESIDE_NAMES(box))], len(_THANKED(box))) if box is not None else None


@lru_cache(maxsize=1)  # asked at each post of a page
def _has_likes(source: str) -> bool:
    return "vbseo_liked" in source


def prefix(label: str, *, marked: bool) -> str | None:
    """Return the label that somebody gave a thread.

    What the board writes before it in its own language, such as `Sticky:` or `Moved:`, goes where the thread is
    `marked` as such.
    """
    if marked:
        label = label.partition(":")[2]
    return " ".join(_POLL_LABEL.sub("", label).split()) or None


def own_forum_id(document: Document, *, written: bool) -> int | None:
    """Return the forum's id: from the page's own forms, where it is a page of one forum (`written`), or its address."""
    found = number_in(document.field("f", "forumid")) if written else None
    return found or document.id_in(UrlKind.FORUM, [document.url])
