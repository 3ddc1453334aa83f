"""Read XenForo's lists: forums with their categories and sub-forums, and the threads of a forum.

Skins rearrange the elements and keep the names of their CSS classes, so everything is looked up by these.
"""

import re
from collections.abc import Iterator

from lxml.etree import XPath

from e30crawl.parsers.dates import from_iso, from_seconds, is_absolute
from e30crawl.parsers.document import Document, Element, Parts, is_of, words
from e30crawl.parsers.numbers import count, number_in, sole_number
from e30crawl.parsers.records import Forum, Thread
from e30crawl.urls import Target, UrlKind, canonical, classify

_ROWS = XPath(
    "//@class[contains(., 'js-threadListItem-') or contains(., 'message--article ')]/.."
    " | //@id[starts-with(., 'thread-')]/parent::li"
)
_ROW_ID = re.compile(r"js-threadListItem-(\d{1,18})\b")
_TITLES = ("structItem-title", "articlePreview-title", "article-title", "title")
_NO_TITLES = ("labelLink", "prefixLink", "unreadLink")
_STICKY, _STICKIES = {"structItem-status--sticky", "sticky"}, "structItemContainer-group--sticky"
# VerticalScope shows a thread as a tree and leaves replies out (4 of 24 on a real page); flat, all are there.
_TREE, _FLAT = "california-thread-item", "nested_view=0"

_NODES = XPath("//@class[contains(., 'node--id') or contains(., 'block--category') or contains(., 'node_')]/..")
_NODE_ID = re.compile(r"(?<!\S)(?:node--id|block--category|node_)(\d{1,18})(?!\S)")
_NO_FORUMS = ("node--link", "node--page", "link", "page")
_SECONDS = ("data-timestamp", "data-time", "california-data-time")  # the second is a time of day since XenForo 2.3
_NAME = re.compile(r"([/?](?:forums|categories)/)[^/?]+/?$")


def thread_rows(document: Document) -> list[Element]:
    """Find the rows of threads, without those of boxes that stand anywhere, such as "Latest threads"."""
    return [row for row in _ROWS(document.root) if not _in_a_box(row)]


def has_place_for_threads(document: Document) -> bool:
    """Return whether there is a list of threads, be it empty."""
    places = (*document.of_class("div", "js-threadList"), *document.of_class("ol", "discussionListItems"))
    return any(not _in_a_box(each) for each in places)


def _in_a_box(element: Element) -> bool:
    """Return whether an element belongs to a box that a board, or an add-on of version 1, puts anywhere."""
    return any(
        "data-widget-id" in each.attrib or is_of(each, "p-body-sidebar", "widget") for each in element.iterancestors()
    )


def threads(rows: list[Element], document: Document, here: int | None) -> Iterator[Thread]:
    return (thread for row in rows if (thread := _thread(row, document, here)))


def forums(document: Document, here: int | None) -> Iterator[Forum]:
    """Yield categories, their forums, and the sub-forums that are only named, in page order."""
    for box in _NODES(document.root):
        forum_id = _node_id(box)
        if forum_id is not None and forum_id != here and (forum := _forum(forum_id, box, document, here)):
            yield forum
            for link in box.iter("a") if is_of(box, "node") else ():  # those named below it, in lists inside of lists
                if is_of(link, "subNodeLink") and (target := _forum_in(link, document)):
                    items = [each for each in link.iterancestors("li") if box in each.iterancestors()]
                    outer = next(items[1].iter("a")).get("href") if items[1:] else None
                    above = document.id_in(UrlKind.FORUM, [outer]) or forum_id
                    yield Forum(target.id, words(link), _forum_url(link, target.id, document), above)


def forums_of(rows: list[Element], document: Document) -> Iterator[Forum]:
    """Yield the forums that a home page of latest threads names, one beside each."""
    found = {target.id: link for row in rows for link in row.iter("a") if (target := _forum_in(link, document))}
    return (Forum(id_, words(link), _forum_url(link, id_, document)) for id_, link in found.items())


def _thread(row: Element, document: Document, here: int | None) -> Thread | None:
    parts = Parts(row)
    title = parts.first(*_TITLES)
    links = title.iter("a") if title is not None else ()
    link = next((each for each in links if not is_of(each, *_NO_TITLES)), None)
    if link is None or (thread_id := _thread_id(row, link, document)) is None:
        return None
    replies, views = _two_counts(parts.first("structItem-cell--meta", "stats"))
    beside = parts.first("articlePreview-replies", "actionBar-action--replies")  # of an article; not there if none
    moved = "structItem-status--redirect" in parts or "redirect" in parts
    url = canonical(document.address(link.get("href")) or "") or None
    if url and is_of(row, _TREE):
        url += f"{'&' if '?' in url else '?'}{_FLAT}"
    # As printed, unless that is "Yesterday" or in a language whose months are not known here.
    at, date_text = moment(parts.first("structItem-latestDate", "last-post-cell", "lastPost"))
    return Thread(
        thread_id,
        title=words(link),
        url=None if moved else url,  # a stub has an id of its own, and its second page leads nowhere
        forum_id=here or document.id_in(UrlKind.FORUM, [each.get("href") for each in row.iter("a")]),
        starter=row.get("data-author") or words(parts.get("username")) or None,
        sticky=not _STICKY.isdisjoint(parts) or any(is_of(each, _STICKIES) for each in row.iterancestors("div")),
        closed="structItem-status--locked" in parts or "locked" in parts,
        moved=moved,
        prefix=prefix(title),
        replies=count(words(beside)) if replies is None else replies,
        views=views,
        last_post=date_text if is_absolute(date_text) else at or date_text,
    )


def _thread_id(row: Element, link: Element, document: Document) -> int | None:
    """Read the thread's id from its row, except for an article in full, whose row is named after its post."""
    if found := _ROW_ID.search(row.get("class") or ""):
        return int(found[1])
    return number_in(row.get("id")) if row.tag == "li" else document.id_in(UrlKind.THREAD, [link.get("href")])


def _forum(forum_id: int, box: Element, document: Document, here: int | None) -> Forum | None:
    """Read one forum; in version 1 the forums of a category lie inside its own box, behind what is said of it."""
    parts = Parts(box[0] if box.tag == "li" and len(box) else box)
    title = parts.first("block-header", "node-title", "nodeTitle")
    link = next(title.iter("a"), None) if title is not None else None
    if link is None:
        return None
    own = Parts(title) if "block-header" in parts else parts
    threads, posts = _two_counts(own.first("node-stats", "node-statsMeta", "nodeStats"))
    return Forum(
        forum_id,
        title=words(link),
        url=None if is_of(box, *_NO_FORUMS) else _forum_url(link, forum_id, document),
        parent_id=next(filter(None, map(_node_id, box.iterancestors())), here),
        description=words(own.first("block-desc", "node-description", "nodeDescription")) or None,
        threads=threads,
        posts=posts,
    )


def _node_id(element: Element) -> int | None:
    found = _NODE_ID.search(element.get("class") or "")
    return int(found[1]) if found else None


def _forum_url(link: Element, forum_id: int, document: Document) -> str | None:
    """Address it by number where the board has a name for it alone; None for a heading that is a place on this page."""
    url = document.address(link.get("href"))
    if url is None or "#" in url:
        return None
    return canonical(url) if classify(url).id else _NAME.sub(rf"\g<1>{forum_id}/", canonical(url))


def _forum_in(link: Element, document: Document) -> Target | None:
    target = document.target(link.get("href"))
    return target if target.kind is UrlKind.FORUM and target.id else None


def _two_counts(holder: Element | None) -> tuple[int | None, int | None]:
    """Read the first two numbers of a list of pairs."""
    texts = [words(each) for each in holder.iter("dd")] if holder is not None else []
    first, second, *_ = *map(sole_number, texts), None, None
    return first, second


def prefix(title: Element) -> str | None:
    """Return the coloured labels in front of a title."""
    return " ".join(words(each) for each in title.iter("span") if is_of(each, "label", "prefix")) or None


def moment(holder: Element | None) -> tuple[str | None, str | None]:
    """Read the first <time>: in UTC, where the page gives the moment, and as printed in full."""
    times = holder.iter("time", "abbr", "span") if holder is not None else ()
    element = next((each for each in times if each.tag == "time" or is_of(each, "DateTime")), None)
    if element is None:
        return None, None
    return utc(element), " ".join((element.get("title") or "").split()) or words(element) or None


def utc(element: Element) -> str | None:
    seconds = next((value for name in _SECONDS if (value := element.get(name, "")).isdecimal()), None)
    return from_seconds(seconds) or from_iso(element.get("datetime"))
