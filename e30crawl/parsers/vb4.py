"""Read vBulletin 4. Posts carry the ids of vBulletin 3; everything around them has names of its own."""

from collections.abc import Iterator

from lxml.etree import XPath

from e30crawl.parsers.dates import find_date
from e30crawl.parsers.document import Document, Element, Parts, every, first, first_of_each, has, words
from e30crawl.parsers.media import attachments
from e30crawl.parsers.numbers import count, join_thousands, number_in
from e30crawl.parsers.records import Forum, Page, PageKind, Post, PostKind, Thread, fields
from e30crawl.parsers.text import render
from e30crawl.parsers.vb import own_forum_id, pager, polls, prefix, thanks
from e30crawl.urls import UrlKind, classify

# List items without a message are no posts: add-ons put 11 of their own among 20 posts of one real page.
_MESSAGES = XPath("//@id[starts-with(., 'post_message_')]/..")
# Posts that are not shown: there is a note in the place of the title.
_HIDDEN = {"postbitdeleted": PostKind.DELETED, "postbitignored": PostKind.IGNORED}
_WITH_HIDDEN = XPath(f"//@id[starts-with(., 'post_message_')]/.. | //li[{' or '.join(map(has, _HIDDEN))}]")
_NOTE = XPath(f".//h2[{has('title')}] | .//*[{has('deletereason')}]")
_CONTENT = XPath(f"(.//blockquote[{has('postcontent')}])[1]")
_AUTHOR = XPath(f"(.//*[{has('username_container')}]//*[{has('username')}] | .//*[{has('username')}])[1]")
_AUTHOR_LINKS = XPath(
    f".//a[{has('username')}]/@href | .//*[{has('memberaction_body')}]//a/@href | .//a[{has('postuseravatar')}]/@href"
)
_DATE = XPath(f"(.//*[{has('postdate')}]//*[{has('date')}])[1]")

_THREAD_LIST = XPath("boolean(//@id[.='threadlist' or .='threads' or .='stickies'])")
_THREADS = XPath(f"{every('threadbit')}[starts-with(@id, 'thread_')]")
_TITLE = XPath(f"(.//a[starts-with(@id, 'thread_title_')] | .//a[{has('title')}])[1]")
_STICKY = XPath(f"boolean(ancestor::*[@id='stickies'] | self::*[{has('sticky')}] | .//img[contains(@src, 'sticky')])")
_STARTER = XPath(f"(.//*[{has('author')}]//a[not(contains(@href, 'page')) and normalize-space()])[1]")
_STATS = XPath(f".//*[{has('threadstats')}]/li")
_LAST_POST = XPath(f".//*[{has('threadlastpost')}]//dd")

_FORUMS = XPath(f"//li[({has('forumbit_post')} or {has('forumbit_nopost')} or starts-with(@id, 'cat')) and @id]")
_OUTER_FORUM = XPath("ancestor::li[starts-with(@id, 'cat') or starts-with(@id, 'forum')][1]/@id")
_FORUM_LINK = XPath(f"(*[{has('forumhead')}]//h2//a | .//*[{has('forumtitle')}]//a)[1]")
# Inner forums are list items of an <ol>; the <div> before it speaks of this one.
_DESCRIPTION = XPath(f"(div//*[{has('forumdescription')} or {has('subforumdescription')}])[1]")
_FORUM_STATS = XPath(f"div//*[{has('forumstats')}]//li")
_SUB_FORUMS = XPath(".//li[starts-with(@class, 'subforum')]")
_STATUS_ICON = XPath("(.//img/@id[starts-with(., 'forum_statusicon_')])[1]")
_LINK = XPath("(.//a[@href])[1]")

_HERE = XPath(f"//@id[.='pagetitle']/..//*[{has('threadtitle')} or {has('forumtitle')}] | {every('lastnavbit')}")
_BREADCRUMB = XPath("//@id[.='breadcrumb']/..//a/@href")
_OWN_ADDRESSES = XPath(f"//link[@rel='canonical']/@href | //a[{has('postcounter')}]/@href")


def page(document: Document) -> Page:
    """Return the page as it stands; dates are still as printed."""
    title = words(first(_HERE(document.root))) or document.title
    place = pager(document)
    if posts := tuple(_posts(document)):
        forum_id = document.id_in(UrlKind.FORUM, reversed(_BREADCRUMB(document.root)))
        if "pollinfo" in document.by_id:
            posts = (*polls(document, title), *posts)
        return Page(PageKind.POSTS, "vb4", title, forum_id, _thread_id(document), *place, posts=posts)
    listed = _THREAD_LIST(document.root)
    forum_id = own_forum_id(document, written=listed)
    threads = tuple(_threads(document, forum_id)) if listed else None
    return Page.of_list("vb4", title, forum_id, place, forums=tuple(_forums(document, forum_id)), threads=threads)


def _posts(document: Document) -> Iterator[Post]:
    hidden = any(name in document.source for name in _HIDDEN)
    messages = (_WITH_HIDDEN if hidden else _MESSAGES)(document.root)
    for post_id, message in first_of_each((number_in(each.get("id")), each) for each in messages).items():
        if (container := document.by_id.get(f"post_{post_id}")) is not None:
            yield _post(post_id, message, container, document)


def _post(post_id: int, message: Element, container: Element, document: Document) -> Post:
    kind = next((_HIDDEN[name] for name in container.get("class", "").split() if name in _HIDDEN), PostKind.POST)
    parts, date, inner = Parts(container), words(first(_DATE(container))), first(_CONTENT(message))
    if kind is PostKind.POST:
        said = fields(render(message if inner is None else inner, document)) | {
            "attachments": attachments(container, document),
            "edited": words(parts.get("lastedited")) or None,
            "reactions": thanks(post_id, container, document),
        }
    else:
        said = {"text": " ".join(filter(None, map(words, _NOTE(container))))}
    return Post(
        post_id,
        number=count(words(parts.get("postcounter"))),
        author=words(first(_AUTHOR(container))) or None,
        author_id=document.member_in(_AUTHOR_LINKS(container)),
        date_text=date or find_date(words(container), timed=True),
        kind=kind,
        **said,
    )


def _threads(document: Document, forum_id: int | None) -> Iterator[Thread]:
    for row in _THREADS(document.root):
        thread_id, title, classes = number_in(row.get("id")), first(_TITLE(row)), row.get("class", "").split()
        if thread_id is None or title is None:
            continue
        parts = Parts(row)
        stats = [words(each) for each in _STATS(row)[:2] or map(parts.get, ("threadreplies", "threadviews"))]
        sticky, moved = _STICKY(row), "moved" in classes
        yield Thread(
            thread_id,
            title=words(title),
            url=document.address(title.get("href")),
            forum_id=forum_id,
            starter=words(first(_STARTER(row))) or None,
            sticky=sticky,
            closed="lock" in classes,
            moved=moved,
            prefix=prefix(words(parts.get("prefix")), marked=sticky or moved),
            replies=count(join_thousands(stats[0])),
            views=count(join_thousands(stats[-1])) if len(stats) > 1 else None,
            last_post=next((found for each in _LAST_POST(row) if (found := find_date(words(each)))), None),
        )


def _forums(document: Document, here: int | None) -> Iterator[Forum]:
    for row in _FORUMS(document.root):
        forum_id, link = number_in(row.get("id")), first(_FORUM_LINK(row))
        if forum_id is None or link is None:
            continue
        parent = number_in(first(_OUTER_FORUM(row))) or here
        stats = [count(join_thousands(words(each))) for each in _FORUM_STATS(row)[:2]] + [None, None]
        description = words(first(_DESCRIPTION(row))) or None
        yield Forum(forum_id, words(link), _forum_url(link, document), parent, description, stats[0], stats[1])
        # Sub-forums that are named only; those without an id are listed in full on their parent's page.
        own = (each for each in _SUB_FORUMS(row) if first(_OUTER_FORUM(each)) == row.get("id"))
        for item, inner in ((each, link) for each in own for link in _LINK(each)):
            inner_id = number_in(first(_STATUS_ICON(item))) or document.id_in(UrlKind.FORUM, [inner.get("href")])
            if inner_id is not None:
                yield Forum(inner_id, words(inner), _forum_url(inner, document), forum_id)


def _forum_url(link: Element, document: Document) -> str | None:
    """Return a forum's address; None for a category that is a mere heading and links to a place on the forum home."""
    url = document.address(link.get("href"))
    return url if url and classify(url).kind is not UrlKind.HOME else None


def _thread_id(document: Document) -> int | None:
    written = number_in(document.field("t", "threadid"))
    return written or document.id_in(UrlKind.THREAD, [document.url, *_OWN_ADDRESSES(document.root)])
