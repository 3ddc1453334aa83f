"""Read vBulletin 2: tables without class or id, but for `threadid=`, `<a name="postN">` and the order of cells."""

import re
from collections.abc import Iterator
from itertools import islice

from lxml.etree import XPath

from e30crawl.parsers.dates import find_date
from e30crawl.parsers.document import Document, Element, first, first_of_each, words
from e30crawl.parsers.media import attachments
from e30crawl.parsers.numbers import count, number_in, page_and_last, sole_number
from e30crawl.parsers.records import Forum, Page, PageKind, Post, PostKind, Thread, fields
from e30crawl.parsers.text import render
from e30crawl.parsers.vb import may_have_poll, polls
from e30crawl.urls import UrlKind

_POST_ANCHORS = XPath("//a[starts-with(@name, 'post') and number(substring(@name, 5)) > 0]")
_ROW, _CELL = XPath("ancestor::tr[1]"), XPath("ancestor::td[1]")
_BODY = XPath("ancestor::td[1]/following-sibling::td[1]")
_BELOW = XPath("ancestor::tr[1]/following-sibling::tr[1]")
_AUTHOR = XPath("(ancestor::td[1]//b)[1]")
_MEMBER = re.compile(r"[?&;]userid=(\d{1,18})\b")
_LINKS = XPath(".//a/@href")
_IGNORING = XPath("boolean(.//a[contains(@href, 'userlist=ignore')])")

_WHO = XPath("//a[contains(@href, 'who(')]")  # the number of replies, which opens a list of who wrote them
_THREAD_LINK = XPath(".//td//a[contains(@href, 'showthread.php') and not(contains(@href, 'goto='))]")
_CELLS_AFTER = XPath("following-sibling::td")
_STARTER = XPath("(.//a[contains(@href, 'member.php')])[1]")
_ICON = XPath("(.//img/@src)[1]")
_STICKY = XPath("boolean(.//img[contains(@src, 'sticky')])")
_NO_COUNT = "-"
_OTHER_PREFIX = re.compile(r"(?:poll|moved|umfrage|verschoben)\b", re.IGNORECASE)

# A forum has an icon before its name; the name of a category has its row for itself.
_FORUM_ROWS = XPath(
    "//tr[td/img[contains(@src, 'on.gif') or contains(@src, 'off.gif') or contains(@src, 'lock.gif')]]"
    " | //tr[count(td)=1 and td[@colspan]/a[contains(@href, 'forumdisplay.php')]]"
)
_FORUM_LINK = XPath("(.//a[contains(@href, 'forumdisplay.php')])[1]")
_BREADCRUMB = XPath("//a[contains(@href, 'forumdisplay.php') and contains(@href, 'forumid=')]/@href")
_FORUM_INPUT = XPath("//input[@name='forumid']/@value")
_THREAD_LINKS = XPath("//a[contains(@href, 'threadid=')]/@href")
_PAGES = re.compile(r"Pages \((\d{1,6})\):.{0,400}?\[(\d{1,6})\]", re.DOTALL)
_SIGNATURE = re.compile(r"\n_{10,}(?:\n.*)?\Z", re.DOTALL)


def page(document: Document) -> Page:
    """Return the page as it stands; dates are still as printed."""
    title, place = document.title, _pager(document)
    if posts := tuple(_posts(document)):
        thread_id = document.id_in(UrlKind.THREAD, [document.url, *_THREAD_LINKS(document.root)])
        forum_id = document.id_in(UrlKind.FORUM, reversed(_BREADCRUMB(document.root)))
        if may_have_poll(document):
            posts = (*polls(document, title), *posts)
        return Page(PageKind.POSTS, "vb2", title, forum_id, thread_id, *place, posts=posts)
    listing = number_in(first(_FORUM_INPUT(document.root)))  # its form of days and orders; an empty forum has it too
    forum_id = listing or document.id_in(UrlKind.FORUM, [document.url])
    threads, forums = tuple(_threads(document, forum_id)), tuple(_forums(document, forum_id))
    return Page.of_list("vb2", title, forum_id, place, forums=forums, threads=threads if threads or listing else None)


def _pager(document: Document) -> tuple[int, int]:
    match = _PAGES.search(words(document.root))
    return page_and_last(int(match[2]), int(match[1])) if match else (1, 1)


def _posts(document: Document) -> Iterator[Post]:
    anchors = ((number_in(each.get("name")), each) for each in _POST_ANCHORS(document.root) if _BODY(each))
    return (_post(post_id, anchor, document) for post_id, anchor in first_of_each(anchors).items())


def _post(post_id: int, anchor: Element, document: Document) -> Post:
    """Read one post, which has no number in vBulletin 2."""
    body, below = first(_BODY(anchor)), first(_BELOW(anchor))
    # The title, the text, what is attached, the signature, the edit note, and a way to complain.
    paragraphs = list(body.iterchildren("p"))
    content = render(paragraphs[0] if paragraphs else body, document)
    notes = (note for each in paragraphs[2:-1] if not (note := words(each)).startswith("__"))
    members = (_MEMBER.search(href) for href in (_LINKS(below) if below is not None else ()))
    return Post(
        post_id,
        author=words(first(_AUTHOR(anchor))) or None,
        author_id=next((int(match[1]) for match in members if match), None),
        date_text=find_date(words(below)),
        attachments=attachments(body, document),
        edited=next((note for note in notes if find_date(note, timed=True)), None),
        kind=PostKind.IGNORED if _IGNORING(body) else PostKind.POST,
        **fields(content) | {"text": _SIGNATURE.sub("", content.text).strip()},
    )


def _threads(document: Document, forum_id: int | None) -> Iterator[Thread]:
    for thread_id, replies in first_of_each(_counted(document)).items():
        row = first(_ROW(replies))
        link = first(_THREAD_LINK(row)) if row is not None else None
        if link is None:
            continue
        own, before, after = first(_CELL(link)), replies.getprevious(), _CELLS_AFTER(replies)
        prefix = words(own).partition(words(link) or "\n")[0].strip()
        yield Thread(
            thread_id,
            title=words(link),
            url=document.address(link.get("href")),
            forum_id=forum_id,
            starter=words(first(_STARTER(row))) or (words(before) if before is not own else None) or None,
            sticky=(bool(prefix) and not _OTHER_PREFIX.match(prefix)) or _STICKY(row),
            closed="lock" in (first(_ICON(row)) or ""),
            moved=prefix.lower().startswith(("moved", "verschoben")) or words(replies) == _NO_COUNT,
            replies=count(words(replies)),
            views=count(words(after[0])) if after else None,
            last_post=next((found for each in after if (found := find_date(words(each)))), None),
        )


def _counted(document: Document) -> Iterator[tuple[int | None, Element]]:
    """Yield the id of each thread and the cell of its replies.

    A skin without the list of who wrote them has them in the first cell behind the title that is a number, or the dash
    of a thread that is moved.
    """
    whos = _WHO(document.root)
    yield from ((number_in(who.get("href")), cell) for who in whos for cell in _CELL(who))
    for link in () if whos else _THREAD_LINK(document.root):
        behind = ((each, words(each)) for each in _CELLS_AFTER(first(_CELL(link))))
        counted = (each for each, said in behind if said == _NO_COUNT or sole_number(said) is not None)
        yield from ((document.id_in(UrlKind.THREAD, [link.get("href")]), each) for each in islice(counted, 1))


def _forums(document: Document, here: int | None) -> Iterator[Forum]:
    """Yield categories and forums, in page order; behind a forum's name are its posts, and then its threads."""
    category = here
    for row in _FORUM_ROWS(document.root):
        link = first(_FORUM_LINK(row))
        forum_id = document.id_in(UrlKind.FORUM, [link.get("href")]) if link is not None else None
        if forum_id in (None, here):
            continue
        cell, title = first(_CELL(link)), words(link)
        counted = _CELLS_AFTER(cell)
        parent, category = (category, category) if counted else (here, forum_id)
        posts, threads, *_ = *(sole_number(words(each)) for each in counted), None, None
        description = words(cell).removeprefix(title).strip() or None
        yield Forum(forum_id, title, document.address(link.get("href")), parent, description, threads, posts)
