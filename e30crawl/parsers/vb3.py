"""Read vBulletin 3 (3.5 to 3.8, and the Internet Brands fork 3.9: the same ids, and divs instead of tables)."""

import re
from collections.abc import Iterator
from itertools import chain

from lxml.etree import XPath

from e30crawl.parsers.dates import find_date
from e30crawl.parsers.document import Document, Element, every, first, first_of_each, has, is_of, words
from e30crawl.parsers.media import attachments
from e30crawl.parsers.numbers import counts, number_in, sole_number
from e30crawl.parsers.records import Forum, Page, PageKind, Post, PostKind, Thread, fields
from e30crawl.parsers.text import render
from e30crawl.parsers.vb import may_have_poll, own_forum_id, pager, polls, prefix, thanks
from e30crawl.urls import UrlKind, classify

# Containers are called td_post_N, but so are button bars (20 of them for 10 posts on one real page); the messages
# alone are as many as the posts, on all pages seen.
_MESSAGE, _CELL_OF_POST = "post_message_", "td_post_"
_POST_ANCHORS = XPath("//a/@name[starts-with(., 'post')]/..")
# The note `Last edited by NAME; DATE at TIME`, in small print.
_EDITED = XPath(f"(.//em[.//span[{has('time')}]][ancestor::div[{has('smallfont')}]])[1]")
# A post that is not shown is a #postN without message and number: a note (.alt1), and mostly date and author (.alt2).
_AUTHOR_CELL, _NOTE = XPath(f"(.//*[{has('alt2')}])[1]"), XPath(f"(.//*[{has('alt1')}])[last()]")
_MEMBER_LINK = XPath("(.//a[contains(@href, 'member')])[1]")
_IGNORING = XPath("boolean(.//a[contains(@href, 'ignore')])")

_THREAD_LIST = XPath("//@id[starts-with(., 'threadbits_forum_')]")
_THREAD_TITLES = XPath("//a/@id[starts-with(., 'thread_title_')]/..")
_SEARCH = XPath("boolean(//a[contains(@href, 'searchid=')] | //form[contains(@action, 'searchid=')])")
_CELL = XPath("ancestor::*[starts-with(@id, 'td_threadtitle_')][1]")
_CELLS_AFTER = XPath("following-sibling::*")
_LABELS = XPath("preceding-sibling::node()[not(self::a or contains(@style, 'float'))]")  # no icons, which float
_STICKY = XPath(f"boolean(.//img[contains(@src, 'sticky')] | .//*[{has('sticky')}])")
_STARTER = XPath("(.//span[contains(@onclick, '_self')])[1]")

_ROW = "//@id[starts-with(., 'f') and number(substring(., 2)) >= 0]/parent::*[.//a[@href]]"
_HAS_ROWS = XPath(f"boolean({_ROW})")
_BOXES = XPath(f"{every('tcat')} | {_ROW}")
_COLLAPSE = XPath(".//@id[contains(., 'forumbit_')]")
_FIRST_LINK = XPath("(.//a[@href and not(starts-with(@href, '#'))])[1]")
_LAST_LINK = XPath("(.//a[@href and not(starts-with(@href, '#'))])[last()]")
_DESCRIPTION = XPath(f"(.//div[{has('smallfont')} and not(.//img[contains(@id, 'statusicon')])])[1]")
_ICONS_AND_LINKS = XPath(".//img[starts-with(@id, 'forum_statusicon_')] | .//a[@href and normalize-space()]")

_HERE, _THREAD_TITLE = XPath(f"(//td[{has('navbar')}]//strong)[1]"), XPath(every("threadtitle"))
_CHOSEN_FORUM = XPath("//select[@name='f']/option[@selected]/@value")  # in the menu of all forums
_NAVBAR = XPath(
    f"{every('navbar')}[self::span or self::td or self::div]//a/@href | //@class[contains(., 'breadcrumb')]/..//a/@href"
)
_THREAD_TOOLS = XPath(
    "//@href[contains(., 'printthread.php') or contains(., 'subscription.php') or contains(., 'sendmessage.php')]"
    " | //form/@action[contains(., 'threadid=') or contains(., 'threadrate.php')]"
)
_OWN_ADDRESSES = XPath("//link[@rel='canonical']/@href | //a[starts-with(@id, 'postcount')]/@href")
_THREAD_NUMBER = re.compile(r"[?&;](?:t|threadid)=(\d{1,18})\b")


def page(document: Document) -> Page:
    """Return the page as it stands; dates are still as printed."""
    title = words(first(_HERE(document.root))) or words(first(_THREAD_TITLE(document.root))) or document.title
    place = pager(document)
    if posts := tuple(_posts(document)):
        forum_id = number_in(first(_CHOSEN_FORUM(document.root)))
        forum_id = forum_id or document.id_in(UrlKind.FORUM, reversed(_NAVBAR(document.root)))
        forum_id = forum_id or own_forum_id(document, written=True)
        if may_have_poll(document):
            posts = (*polls(document, title), *posts)
        return Page(PageKind.POSTS, "vb3", title, forum_id, _thread_id(document), *place, posts=posts)
    searched = _SEARCH(document.root)
    titles = {} if searched else {number_in(each.get("id")): each for each in _THREAD_TITLES(document.root)}
    thread_list = first(_THREAD_LIST(document.root))
    listed = bool(thread_list or titles or ("threadslist" in document.by_id and not searched))
    forum_id = number_in(thread_list) or own_forum_id(document, written=listed)
    forums = tuple(_forums(document, forum_id)) if _HAS_ROWS(document.root) else ()
    threads = tuple(_thread(id_, each, document, forum_id) for id_, each in titles.items() if id_)
    return Page.of_list("vb3", title, forum_id, place, forums=forums, threads=threads if listed else None)


def _posts(document: Document) -> Iterator[Post]:
    anchors = first_of_each((each.get("name"), each) for each in _POST_ANCHORS(document.root))
    seen: set[int] = set()
    for name, element in document.by_id.items():
        post_id = number_in(name) if name.startswith(_MESSAGE) else None
        if post_id is not None and post_id not in seen:
            seen.add(post_id)
            yield _post(post_id, element, anchors.get(f"post{post_id}"), document)
        elif name.startswith("post") and name[4:].isdecimal() and f"{_MESSAGE}{name[4:]}" not in document.by_id:
            yield from _hidden(int(name[4:]), element, anchors.get(name), document)
    # A message of vBulletin 3.0 is the first bare div in the cell of its post; above it the title is in small print.
    for name, cell in document.by_id.items() if not seen else ():
        post_id = number_in(name) if name.startswith(_CELL_OF_POST) else None
        message = next((div for div in cell.iterchildren("div") if not div.get("class")), None)
        if post_id is not None and message is not None and f"postcount{post_id}" in document.by_id:
            yield _post(post_id, message, anchors.get(f"post{post_id}"), document)


def _post(post_id: int, message: Element, anchor: Element | None, document: Document) -> Post:
    # What belongs to the post: message, attachments, edit note.
    whole = {f"post{post_id}", f"edit{post_id}"}
    container = next((each for each in message.iterancestors() if each.get("id") in whole), message.getparent())
    author = _author(container, document.by_id.get(f"postmenu_{post_id}"))
    # "Find all posts by" in the menu, where rewritten links hide the id.
    menu = document.by_id.get(f"postmenu_{post_id}_menu")
    links = chain([author] if author is not None else (), menu.iter("a") if menu is not None else ())
    postcount = document.by_id.get(f"postcount{post_id}")
    return Post(
        post_id,
        number=number_in(postcount.get("name") or words(postcount)) if postcount is not None else None,
        author=words(author) or None,
        author_id=document.member_in(link.get("href") for link in links),
        date_text=_date_text(anchor, postcount, container),
        attachments=attachments(container, document),
        edited=words(first(_EDITED(container))) or None,
        reactions=thanks(post_id, container, document),
        **fields(render(message, document)),
    )


def _hidden(post_id: int, element: Element, anchor: Element | None, document: Document) -> Iterator[Post]:
    """Yield a post that is not shown, if the element holds one.

    Deleted: the note names who did it. Ignored: it links to our list; or a moderator wants its author to be quiet, and
    then it links to nobody.
    """
    note = first(_NOTE(element))
    if note is None or f"postcount{post_id}" in document.by_id:
        return
    deleted = not _IGNORING(element) and first(_MEMBER_LINK(note)) is not None
    cell = first(_AUTHOR_CELL(element)) if anchor is not None else None  # a bare row names nobody
    link = first(_MEMBER_LINK(cell)) if cell is not None else None
    named = cell if deleted or cell is not None else note.find(".//strong")
    name = words(named).removeprefix(words(named.find("div"))).strip() if named is not None else ""
    yield Post(
        post_id,
        author=words(link) or name or None,
        author_id=document.member_in([link.get("href")]) if link is not None else None,
        date_text=_date_text(anchor, None, element),
        text=words(note),
        kind=PostKind.DELETED if deleted else PostKind.IGNORED,
    )


def _author(container: Element, menu: Element | None) -> Element | None:
    """Return the link to the member, or a guest's bare name; without one in the menu, what looks like one elsewhere."""
    if not words(menu):
        return next((each for each in container.iter("a", "span", "strong", "div") if is_of(each, "bigusername")), None)
    links = menu.iter("a")
    return next((link for link in links if is_of(link, "bigusername") or "member" in link.get("href", "")), menu)


def _date_text(anchor: Element | None, postcount: Element | None, container: Element) -> str | None:
    """Return what is printed behind the anchor of the post; skins moved it into the row of its number, or elsewhere."""
    if anchor is not None:
        after = (part for each in anchor.itersiblings() for part in (words(each), each.tail or ""))
        text = " ".join(" ".join((anchor.tail or "", *after)).split())
        if found := find_date(text) or text[:40]:
            return found
    row = next(postcount.iterancestors("tr"), None) if postcount is not None else None
    return find_date(words(row), timed=True) or find_date(words(container), timed=True)


def _thread(thread_id: int, title: Element, document: Document, forum_id: int | None) -> Thread:
    cell = first(_CELL(title))
    cell = title.getparent() if cell is None else cell
    cells = _CELLS_AFTER(cell)
    icon = document.by_id.get(f"thread_statusicon_{thread_id}")
    status = icon.get("src", "") if icon is not None else ""
    # Together in a tooltip, whatever its language, or in the cells that hold a number only.
    tooltips = (numbers for cell in cells if len(numbers := counts(cell.get("title"))) == 2)
    replies, views = next(tooltips, None) or _two_numbers(cells)
    sticky, moved = _STICKY(cell), "moved" in status
    label = " ".join(each if isinstance(each, str) else words(each) for each in _LABELS(title))
    return Thread(
        thread_id,
        title=words(title),
        url=document.address(title.get("href")),
        forum_id=forum_id,
        starter=words(first(_STARTER(cell))) or None,
        sticky=sticky,
        closed="lock" in status,
        moved=moved,
        prefix=prefix(label, marked=sticky or moved),
        replies=replies,
        views=views,
        last_post=next((found for each in cells if (found := find_date(words(each)))), None),
    )


def _two_numbers(cells: list[Element]) -> tuple[int | None, int | None]:
    numbers = [number for cell in cells if (number := sole_number(words(cell))) is not None]
    return (numbers[0], numbers[1]) if len(numbers) > 1 else (None, None)


def _forums(document: Document, here: int | None) -> Iterator[Forum]:
    """Yield categories, forums and sub-forums, in page order; rows belong to the category above them."""
    category = here
    for box in _BOXES(document.root):
        if box.get("id", "").startswith("f"):
            yield from _forum(box, document, category)
            continue
        link = first(_LAST_LINK(box))
        url = document.address(link.get("href")) if link is not None else None
        target = classify(url or "")
        forum_id = number_in(first(_COLLAPSE(box))) or (target.id if target.kind is UrlKind.FORUM else None)
        category = category if forum_id is None else forum_id
        if forum_id not in (None, here):
            yield Forum(forum_id, words(link), url if target.kind is not UrlKind.HOME else None, here)


def _forum(row: Element, document: Document, parent: int | None) -> Iterator[Forum]:
    forum_id, link = number_in(row.get("id")), first(_FIRST_LINK(row))
    if link is None or not forum_id:
        return
    threads, posts = _two_numbers(_CELLS_AFTER(row))
    description = words(first(_DESCRIPTION(row))) or None
    yield Forum(forum_id, words(link), document.address(link.get("href")), parent, description, threads, posts)
    icon_id = None
    for element in _ICONS_AND_LINKS(row):  # a sub-forum is an icon and the link behind it, in any nesting
        if element.tag == "img":
            icon_id = number_in(element.get("id"))
        elif icon_id is not None:
            if icon_id != forum_id:
                yield Forum(icon_id, words(element), document.address(element.get("href")), forum_id)
            icon_id = None


def _thread_id(document: Document) -> int | None:
    if written := number_in(document.field("t", "threadid")) or document.id_in(UrlKind.THREAD, [document.url]):
        return written
    tools = (match for href in _THREAD_TOOLS(document.root) if (match := _THREAD_NUMBER.search(href)))
    if tool := next(tools, None):
        return int(tool[1])
    return document.id_in(UrlKind.THREAD, [*_OWN_ADDRESSES(document.root), *_NAVBAR(document.root)])
