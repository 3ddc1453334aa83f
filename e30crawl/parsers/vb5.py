"""vBulletin 5 and 6: everything is a node, so a thread's id is that of its first post and a forum is a channel."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml.etree import XPath
from lxml.html import HtmlElement

from e30crawl.parsers.dates import printed
from e30crawl.parsers.document import Document, count, every, first, has, number_in, words
from e30crawl.parsers.media import attachments
from e30crawl.parsers.pager import sane
from e30crawl.parsers.records import Forum, Page, PageKind, Post, Thread
from e30crawl.parsers.text import render
from e30crawl.urls import UrlKind, member_id

# Comments below a post are .b-comment; activity streams repeat posts, but without their number.
_POSTS = XPath(f"//li[{has('b-post')} and .//a[{has('b-post__count')}]]")
_ANCHOR = XPath(f"(.//a[{has('anchor')} and starts-with(@id, 'post')]/@id)[1]")
_NUMBER = XPath(f"(.//a[{has('b-post__count')}])[1]")
_AUTHOR = XPath(f"(.//*[{has('author')}])[1]")
_AUTHOR_LINK = XPath("(.//a[contains(@href, '/member/')]/@href)[1]")
_CONTENT = XPath(f"(.//*[{has('js-post__content-text')}])[1]")
_TIME = XPath("(.//time[@itemprop='dateCreated'])[1]")
_PUBLISHED = XPath("(.//meta[@itemprop='publishDate']/@content)[1]")
_EDITED = XPath(f"(.//*[{has('b-post__edit')}])[1]")

_TOPICS = XPath(f"{every('topic-item')}[@data-node-id]")
_TOPIC_TITLE = XPath(f"(.//a[{has('topic-title')}])[1]")
_PREFIX = XPath(f".//*[{has('js-prefix')}]")
_STARTER = XPath(f"(.//*[{has('topic-info')}]//a)[1]")
_POSTS_COUNT = XPath(f"(.//*[{has('posts-count')}])[1]")
_VIEWS_COUNT = XPath(f"(.//*[{has('views-count')}])[1]")
_LAST_POST = XPath(f"(.//*[{has('lastpost-date')} or {has('post-date')}])[1]")

_FORUMS = XPath(f"({every('category-header')} | {every('forum-item')})[starts-with(@id, 'forum')]")
_FORUM_LINK = XPath(f"(.//a[{has('forum-title')} or {has('category')}])[1]")
_DESCRIPTION = XPath(f"(.//*[{has('forum-desc')} or {has('category-desc')}])[1]")
_TOPICS_COUNT = XPath(f"(.//*[{has('topics-count')}])[1]")

_PAGE_FIELD = XPath(f"(//input[{has('js-pagenum')}]/@value)[1]")
_PAGE_TOTAL = XPath(f"({every('pagetotal')})[1]")
_PAGE_BUTTONS = XPath(f"//a[{has('js-pagenav-button')}]/@data-page")
_PAGE_BUTTON = XPath(f"(//a[{has('js-pagenav-current-button')}]/@data-page)[1]")
_TITLE = XPath(f"(//h1[{has('main-title')}])[1]")
_OWN_ADDRESSES = XPath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
_FEEDS = XPath("//link[contains(@href, 'nodeid=')]/@href | //a[contains(@href, 'external?')]/@href")
_NODE = re.compile(r"""["'](nodeid|channelid)["']\s*:\s*["']?(\d{1,18})""")
_FEED_NODE = re.compile(r"[?&]nodeid=(\d{1,18})\b")


def page(document: Document) -> Page:
    """The page as it stands; dates are as printed where the page does not give the moment itself."""
    title = words(first(_TITLE(document.root))) or document.title
    number, last = _pager(document)
    nodes = {name: int(value) for name, value in reversed(_NODE.findall(document.source))}
    posts = tuple(_posts(document))
    if posts:
        thread_id = document.id_in(UrlKind.THREAD, [document.url, *_OWN_ADDRESSES(document.root)]) or nodes.get(
            "nodeid"
        )
        return Page(PageKind.POSTS, "vb5", title, _channel(document, nodes), thread_id, number, last, posts=posts)
    topics = _TOPICS(document.root)
    forum_id = _channel(document, nodes) if topics else None
    forums = tuple(_forums(document, forum_id))
    if topics:
        threads = tuple(thread for row in topics if (thread := _thread(row, document, forum_id)))
        return Page(PageKind.THREADS, "vb5", title, forum_id, None, number, last, forums=forums, threads=threads)
    if forums:
        return Page(PageKind.FORUMS, "vb5", document.title, forums=forums)
    return Page(PageKind.UNKNOWN, "vb5", title)


def _channel(document: Document, nodes: dict[str, int]) -> int | None:
    """The forum's node: in the page's own data (5), or in the address of its feed (6)."""
    feeds = (match for href in _FEEDS(document.root) if (match := _FEED_NODE.search(href)))
    return nodes.get("channelid") or next((int(match[1]) for match in feeds), None)


def _pager(document: Document) -> tuple[int, int]:
    number = count(first(_PAGE_FIELD(document.root))) or count(first(_PAGE_BUTTON(document.root)))
    last = count(words(first(_PAGE_TOTAL(document.root)))) or max(
        (count(value) or 0 for value in _PAGE_BUTTONS(document.root)), default=0
    )
    return sane(number or 1, last)


def _posts(document: Document) -> Iterator[Post]:
    for item in _POSTS(document.root):
        post_id = number_in(item.get("data-node-id")) or number_in(first(_ANCHOR(item)))
        content = first(_CONTENT(item))
        if post_id is not None and content is not None:
            yield _post(post_id, item, content, document)


def _post(post_id: int, item: HtmlElement, content: HtmlElement, document: Document) -> Post:
    body = render(content, document)
    author, printed_time = first(_AUTHOR(item)), first(_TIME(item))
    link = first(_AUTHOR_LINK(author)) if author is not None else None
    return Post(
        post_id,
        number=count(words(first(_NUMBER(item)))),
        author=words(author) or None,
        author_id=member_id(document.address(link)),
        date=_published(item),
        date_text=words(printed_time) or None,
        text=body.text,
        quotes=body.quotes,
        images=body.images,
        attachments=attachments(item, document),
        edited=words(first(_EDITED(item))) or None,
    )


def _published(item: HtmlElement) -> str | None:
    """The moment itself. <time datetime> is left alone: on real pages it lacks the zone or is hours off the text."""
    seconds = item.get("data-node-publishdate", "")
    if re.fullmatch(r"\d{1,10}", seconds):
        return datetime.fromtimestamp(int(seconds), UTC).isoformat()
    try:
        moment = datetime.fromisoformat(first(_PUBLISHED(item)) or "")
    except ValueError:
        return None
    return moment.astimezone(UTC).isoformat() if moment.tzinfo and moment.year >= 1970 else None


def _thread(row: HtmlElement, document: Document, forum_id: int | None) -> Thread | None:
    thread_id, title = number_in(row.get("data-node-id")), first(_TOPIC_TITLE(row))
    if thread_id is None or title is None:
        return None
    marks = " ".join([row.get("class", ""), *map(words, _PREFIX(row))]).lower()
    return Thread(
        thread_id,
        title=words(title),
        url=document.address(title.get("href")),
        forum_id=forum_id,
        starter=words(first(_STARTER(row))) or None,
        sticky="sticky" in marks,
        closed="closed" in marks,
        moved="redirect" in marks or "moved" in marks,
        replies=count(words(first(_POSTS_COUNT(row)))),
        views=count(words(first(_VIEWS_COUNT(row)))),
        last_post=printed(words(first(_LAST_POST(row)))),
    )


def _forums(document: Document, here: int | None) -> Iterator[Forum]:
    """Categories and the forums below them. Sub-forums are named without an id here; their parent's page has it."""
    category = here
    for row in _FORUMS(document.root):
        forum_id, link = number_in(row.get("id")), first(_FORUM_LINK(row))
        if forum_id is None or link is None:
            continue
        is_category = "category-header" in row.get("class", "").split()
        category = forum_id if is_category else category
        yield Forum(
            forum_id,
            words(link),
            document.address(link.get("href")),
            here if is_category else category,
            words(first(_DESCRIPTION(row))) or None,
            count(words(first(_TOPICS_COUNT(row)))),
            count(words(first(_POSTS_COUNT(row)))),
        )
