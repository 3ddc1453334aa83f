"""Read vBulletin 5 and 6: everything is a node, a thread's id that of its first post, a forum a channel."""

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml.etree import XPath
from lxml.etree import _Element as Element

from e30crawl.parsers.dates import find_date, from_iso, from_seconds
from e30crawl.parsers.document import OWN_ADDRESSES, Document, Parts, every, first, first_of_each, has, words
from e30crawl.parsers.media import VIDEO_LINK, attachments, distinct
from e30crawl.parsers.numbers import count, counts, number_in, page_and_last, total
from e30crawl.parsers.records import Forum, Media, Page, PageKind, Post, PostKind, Thread, fields
from e30crawl.parsers.text import render
from e30crawl.parsers.vb import polls, prefix
from e30crawl.urls import UrlKind, classify

# A comment below a post is a node of its own inside it, and counted as `#3.1`. What has no number is a post shown twice
# (the pinned answer, streams of activity) or, in a thread, one that was deleted.
_POSTS = XPath(
    f"//li[{has('b-post')} and (.//a[{has('b-post__count')}] or {has('b-post--deleted')}"
    f" and ancestor::ul[{has('thread-view')}])]"
)
_ANCHOR = XPath(f"(.//a[{has('anchor')} and starts-with(@id, 'post')]/@id)[1]")
_AUTHOR_LINK = XPath("(.//a[contains(@href, '/member/')]/@href)[1]")
_TIME = XPath("(.//time[@itemprop='dateCreated'])[1]")
_PUBLISHED = XPath("(.//meta[@itemprop='publishDate']/@content)[1]")
_ITEM = XPath(f"ancestor::li[{has('b-post')}][1]")
_EDITED = XPath(every("b-post__edit"))
_DELETED_NOTE = XPath(f".//*[{has('b-post__delete-note')} or {has('b-post__delete-reason')}]")
_COMMENT_GUEST = XPath(f"string((.//*[{has('b-media__body')}]/div[span]/text()[normalize-space()])[1])")
# Likes (5) are one number, reactions (6) one for each kind.
_REACTIONS = XPath(every("reactions"))
_REACTION_COUNTS = XPath(f".//*[{has('reactions__topic-reaction--count')}]")
# Videos and links that a post is about stand below its text.
_ABOUT = {"b-post--link", "b-post--video"}
_VIDEOS = XPath(f".//a[{has(VIDEO_LINK)}]/@href")
_LINKED = XPath(f".//*[{has('linkviewcontainer')}]//*[{has('title')}]/a")

_TOPICS = XPath(every("topic-item"))
_TOPIC_LIST = XPath(f"boolean({every('topic-list-container')})")  # an empty forum has one too
_MARK = XPath(f".//*[{has('js-prefix')}]")
_STARTER = XPath(f"(.//*[{has('topic-info')}]//a)[1]")
_LAST_POST = XPath(f"(.//*[{has('lastpost-date')} or {has('post-date')}])[1]")

_FORUMS = XPath(
    "//@class[contains(., 'forum-item') or contains(., 'category-header')]"
    f"/parent::*[{has('category-header')} or {has('forum-item')} or {has('subforum-item')}]"
)
_FORUM_LINK = XPath(f"(.//a[{has('forum-title')} or {has('category')} or {has('subforum-title')}])[1]")
_DESCRIPTION = XPath(f"(.//*[{has('forum-desc')} or {has('category-desc')}])[1]")

_PAGE_FIELD = XPath(f"(//input[{has('js-pagenum')}]/@value)[1]")
_PAGE_TOTAL = XPath(f"({every('pagetotal')})[1]")
_PAGE_BUTTONS = XPath(f"//a[{has('js-pagenav-button')}]/@data-page")
_PAGE_BUTTON = XPath(f"(//a[{has('js-pagenav-current-button')}]/@data-page)[1]")
_TITLE = XPath(f"(//h1[{has('main-title')}])[1]")
_FEEDS = XPath("//link[contains(@href, 'nodeid=')]/@href | //a[contains(@href, 'external?')]/@href")
_NODE = re.compile(r"""["'](nodeid|channelid)["']\s*:\s*["']?(\d{1,18})""")
_FEED_NODE = re.compile(r"[?&]nodeid=(\d{1,18})\b")


def page(document: Document) -> Page:
    """Return the page as it stands; dates are as printed where the page does not give the moment itself."""
    title = words(first(_TITLE(document.root))) or document.title
    place, nodes = _pager(document), _nodes(document)
    if posts := tuple(_posts(document)):
        addresses = [document.url, *OWN_ADDRESSES(document.root)]
        thread_id = document.id_in(UrlKind.THREAD, addresses) or nodes.get("nodeid")
        return Page(PageKind.POSTS, "vb5", title, _channel(document, nodes), thread_id, *place, posts=posts)
    topics = _TOPICS(document.root)
    listed = bool(topics) or _TOPIC_LIST(document.root)
    forum_id = _channel(document, nodes) if listed else None
    forums = tuple(_forums(document, forum_id))
    if not listed:  # the main title is that of a box
        return Page.of_list("vb5", document.title, forum_id, place, forums=forums, threads=None)
    threads = tuple(thread for row in topics if (thread := _thread(row, document, forum_id)))
    return Page.of_list("vb5", title, forum_id, place, forums=forums, threads=threads)


def _nodes(document: Document) -> dict[str, int]:
    """Return what the page says of itself to its scripts: in an element of its own (6), or in a script (5)."""
    data = document.by_id.get("pagedata")
    if data is None:
        return {name: int(value) for name, value in reversed(_NODE.findall(document.source))}
    found = {name: number_in(data.get(f"data-{name}")) for name in ("nodeid", "channelid")}
    return {name: value for name, value in found.items() if value}


def _channel(document: Document, nodes: dict[str, int]) -> int | None:
    """Return the forum's node; where scripts were taken out, from the address of its feed."""
    feeds = (match for href in _FEEDS(document.root) if (match := _FEED_NODE.search(href)))
    return nodes.get("channelid") or next((int(match[1]) for match in feeds), None)


def _pager(document: Document) -> tuple[int, int]:
    number = count(first(_PAGE_FIELD(document.root))) or count(first(_PAGE_BUTTON(document.root)))
    last = count(words(first(_PAGE_TOTAL(document.root)))) or max(
        (count(value) or 0 for value in _PAGE_BUTTONS(document.root)), default=0
    )
    return page_and_last(number or min(classify(document.url).page, last), last)


def _posts(document: Document) -> Iterator[Post]:
    items, polled = _POSTS(document.root), False
    # Of each post that has one; what stands in a comment is the comment's.
    edits = first_of_each((first(_ITEM(each)), each) for each in (_EDITED(document.root) if items else ()))
    reactions = first_of_each((first(_ITEM(each)), each) for each in (_REACTIONS(document.root) if items else ()))
    for item in items:
        post_id = number_in(item.get("data-node-id")) or number_in(first(_ANCHOR(item)))
        if post_id is None:
            continue
        classes, parts = item.get("class", "").split(), Parts(item)
        if "b-post--poll" in classes and not polled:
            polled = True
            yield from polls(document, words(parts.get("js-post-title")))
        if "b-comment" in classes:
            post, content = _comment(post_id, item, parts, document), parts.get("js-post__content")
        else:
            post, content = _post(post_id, item, parts, document), parts.get("js-post__content-text")
        if "b-post--deleted" in classes:  # its text may be in the page, for those who can bring it back
            yield replace(post, kind=PostKind.DELETED, number=None, text=" ".join(map(words, _DELETED_NOTE(item))))
        elif content is not None:
            bar, by_id = reactions.get(item), document.by_id
            voted = by_id.get(f"votecount-{post_id}", by_id.get(f"vote-{post_id}")) if bar is None else None
            post = replace(
                post,
                edited=words(edits.get(item)) or None,
                reactions=count(words(voted)) if bar is None else total(map(words, _REACTION_COUNTS(bar))),
                attachments=attachments(item, document),
                **fields(render(content, document)),
            )
            yield _with_linked_media(post, item, document) if _ABOUT.intersection(classes) else post


def _with_linked_media(post: Post, item: Element, document: Document) -> Post:
    """Add to a post the link or the video that it is about, which stands below its text."""
    videos = filter(None, map(document.address, _VIDEOS(item)))
    linked = ((document.address(link.get("href")), words(link) or None) for link in _LINKED(item))
    return replace(
        post,
        embeds=tuple(dict.fromkeys((*post.embeds, *videos))),
        links=distinct((*post.links, *(Media(url, name) for url, name in linked if url))),
    )


def _post(post_id: int, item: Element, parts: Parts, document: Document) -> Post:
    """Read who wrote a post, and when."""
    author = parts.get("author")
    return Post(
        post_id,
        number=count(words(parts.get("b-post__count"))),
        author=words(next(author.iter("strong"), author)) or None if author is not None else None,
        author_id=document.member_in(_AUTHOR_LINK(author)) if author is not None else None,
        # <time datetime> is left alone: on real pages it lacks the zone or is hours off the text.
        date=from_seconds(item.get("data-node-publishdate")) or from_iso(first(_PUBLISHED(item))),
        date_text=words(first(_TIME(item))) or None,
    )


def _comment(post_id: int, item: Element, parts: Parts, document: Document) -> Post:
    link = parts.get("b-comment__author")
    return Post(
        post_id,
        author=words(link) or _COMMENT_GUEST(item).strip() or None,
        author_id=document.member_in([link.get("href")]) if link is not None else None,
        date_text=words(parts.get("b-post__timestamp")) or None,
        kind=PostKind.COMMENT,
    )


def _thread(row: Element, document: Document, forum_id: int | None) -> Thread | None:
    """Read one row of a list; None where it names no thread.

    The title of a thread that was moved leads to where it is, while its row has an id of its own.
    """
    parts = Parts(row)
    title = parts.get("topic-title")
    if title is None:
        return None
    marks = " ".join([row.get("class", ""), *map(words, _MARK(row))]).lower()
    sticky, moved = "sticky" in marks, "redirect" in marks or "moved" in marks
    linked, node = document.id_in(UrlKind.THREAD, [title.get("href")]), number_in(row.get("data-node-id"))
    thread_id = linked or node if moved else node or linked
    if thread_id is None:
        return None
    return Thread(
        thread_id,
        title=words(title),
        url=document.address(title.get("href")),
        forum_id=forum_id,
        starter=words(first(_STARTER(row))) or None,
        sticky=sticky,
        closed="closed" in marks,
        moved=moved,
        prefix=prefix(words(parts.get("js-topic-prefix")), marked=False),
        replies=count(words(parts.get("posts-count"))),
        views=count(words(parts.get("views-count"))),
        last_post=find_date(words(first(_LAST_POST(row)))),
    )


def _forums(document: Document, here: int | None) -> Iterator[Forum]:
    """Yield categories, the forums below them, and sub-forums below those; one without an id is on its parent's."""
    category = parent = here
    for row in _FORUMS(document.root):
        forum_id, link = number_in(row.get("id")) or number_in(row.get("data-channel-id")), first(_FORUM_LINK(row))
        if not forum_id or link is None:
            continue
        url, parts, classes = document.address(link.get("href")), Parts(row), row.get("class").split()
        if "subforum-item" in classes:  # `(12/3,456)`
            threads, posts = (*counts(words(parts.get("counts"))), None, None)[:2]
            yield Forum(forum_id, words(link), url, parent, None, threads, posts)
            continue
        parent = forum_id
        above = category
        if "category-header" in classes:
            category, above = forum_id, here
        description = words(first(_DESCRIPTION(row))) or None
        threads, posts = count(words(parts.get("topics-count"))), count(words(parts.get("posts-count")))
        yield Forum(forum_id, words(link), url, above, description, threads, posts)
