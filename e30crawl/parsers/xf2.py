"""Read XenForo 2, VerticalScope's skin of it, and XenForo 1."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from lxml.etree import XPath

from e30crawl.parsers import xf_lists
from e30crawl.parsers.dates import from_iso
from e30crawl.parsers.document import OWN_ADDRESSES, Document, Element, Parts, first_of_each, is_of, words
from e30crawl.parsers.media import attachments, distinct, embedded
from e30crawl.parsers.notice import LOGGED_OUT
from e30crawl.parsers.numbers import count, number_in, page_and_last, sole_number, total
from e30crawl.parsers.records import Page, PageKind, Post, PostKind, fields
from e30crawl.parsers.text import Content, render
from e30crawl.parsers.vb import option_line
from e30crawl.parsers.xf_lists import moment, prefix, utc
from e30crawl.urls import UrlKind, classify, identity

_POSTS = XPath(
    "//@data-content[starts-with(., 'post-')]/.. | //@id[starts-with(., 'js-post-')]/.."
    " | //@id[starts-with(., 'post-')]/parent::li"
)
_NUMBERS = ("MessageCard__post-position", "postNumber", "message-attribution-opposite", "message-header")
_DATES = (
    "message-attribution-main", "message-attribution", "MessageCard__date-created", "datePermalink", "privateControls",
)  # fmt: skip
_AUTHORS = ("MessageCard__user-info__name", "message-name", "message-articleUserName", "userText", "username")
_FIELDS = ("message-fields--before", "message-fields--after")
_QUESTIONS, _LEVELS = ("questionText", "block-header"), 5  # from an answer up to what has its question as well
_ANSWERS = ("pollResult", "pollOption", "inputChoices-choice")
_OTHER_PAGE = "page-nav-other-page"  # VerticalScope's
_BANNERS = ("u-noJsOnly", "js-browserWarning", "blockMessage--none")


def page(document: Document, generation: str = "xf2") -> Page:
    """Return the page as it stands; dates are as printed where the page does not give the moment itself."""
    own, title, place = _root_attributes(document), _title(document), _pager(document)
    template = own.get("data-template", "")
    addresses = [document.url, *OWN_ADDRESSES(document.root)]
    is_list = "forum_view" in template  # a list of articles shows the posts that open its threads
    if not is_list and (posts := tuple(_posts(document))):
        polls = tuple(_polls(document)) if place[0] == 1 else ()  # every page of the thread repeats it
        thread_id = _content_id(own, "thread") or document.id_in(UrlKind.THREAD, addresses)
        # 10 of 18 real pages have it, and to look for crumbs takes 0.1 ms.
        if not (forum_id := _content_id(own, "node")):
            lists = document.elements("ul", "fieldset")
            crumbs = (each for each in lists if is_of(each, "p-breadcrumbs", "breadcrumb"))
            trail = [link.get("href") for box in islice(crumbs, 1) for link in box.iter("a")]
            forum_id = document.id_in(UrlKind.FORUM, trail[-1:])
        posts = (*polls, *posts)
        return Page(PageKind.POSTS, generation, title, forum_id, thread_id, *place, posts=posts)
    rows = xf_lists.thread_rows(document)
    forum_id = _content_id(own, "node") or document.id_in(UrlKind.FORUM, addresses)
    below, here = tuple(xf_lists.forums(document, forum_id)), None
    if is_list or (not template and (rows or xf_lists.has_place_for_threads(document))):
        # A search that is shown as a forum lists the threads of others.
        here = tuple(xf_lists.threads(rows, document, None if template == "search_forum_view" else forum_id))
    elif not (below := below or tuple(xf_lists.forums_of(rows, document))):
        return _notice(document, template, generation, title)
    return Page.of_list(generation, title, forum_id, place, forums=below, threads=here)


def _root_attributes(document: Document) -> dict[str, str]:
    """Return the attributes of <html> and <body>: what kind of page it is, of which thread and forum."""
    outermost = list(islice(document.elements("html", "body"), 2))
    return {name: value for each in reversed(outermost) for name, value in each.attrib.items()}


def _content_id(own: dict[str, str], kind: str) -> int | None:
    """Return the id in `data-content-key="thread-5"` or `data-container-key="node-4"`."""
    keys = (own.get(name, "") for name in ("data-content-key", "data-container-key"))
    return next((number_in(key) for key in keys if key.startswith(f"{kind}-")), None)


def _title(document: Document) -> str | None:
    titles = list(document.elements("h1"))
    known = (each for each in titles if is_of(each, "p-title-value", "MessageCard__thread-title"))
    title = next(known, titles[0] if titles else None)
    if title is not None:  # skins put the pager and the date into it as well
        title = next((each for each in title.iter("span", "a") if is_of(each, "title")), title)
    text = words(title).removeprefix(prefix(title) or "").strip() if title is not None else None
    return text or document.title


def _pager(document: Document) -> tuple[int, int]:
    """Find this page's number and the last, which is among those of a pager; version 1 says both in attributes."""
    pages = list(document.of_class("li", "pageNav-page"))
    if not pages and _OTHER_PAGE in document.source:
        pages = [each for each in document.elements("a") if each.get("qid") == _OTHER_PAGE]
    if pages:
        current = next((each for each in pages if is_of(each, "pageNav-page--current")), None)
        number = sole_number(words(current)) or classify(document.url).page
        return page_and_last(number, max(sole_number(words(each)) or 1 for each in pages))
    box = next(document.of_class("div", "PageNav"), None)
    if box is None:
        return 1, 1
    last = number_in(box.get("data-last")) or 1
    return page_and_last(number_in(box.get("data-page")) or min(classify(document.url).page, last), last)


def _posts(document: Document) -> Iterator[Post]:
    """Return each post once: a question repeats its answer, and VerticalScope puts a post into a box of the same id."""
    ids = ((number_in(each.get("data-content") or each.get("id")), each) for each in _POSTS(document.root))
    return (_post(post_id, element, document) for post_id, element in first_of_each(ids).items())


def _post(post_id: int, element: Element, document: Document) -> Post:
    parts = Parts(element)
    body = parts.first("message-body", "messageContent")
    author, author_id = _author(parts, element, document)
    date, date_text = _written_at(parts, element, document)
    place = words(parts.first(*_NUMBERS)).rpartition("#")[2].strip()
    known = Post(
        post_id,
        number=1 if is_of(element, "message--article") else sole_number(place) or count(place),
        author=author,
        author_id=author_id,
        date=date,
        date_text=date_text,
        edited=words(parts.first("message-lastEdit", "editDate")) or None,
        reactions=_reactions(parts),
    )
    if body is None:
        note = parts.first("messageNotice", "deletedMessage")
        return replace(known, kind=PostKind.DELETED, text=words(element if note is None else note))
    whole = parts.first("message-userContent", "messageInfo")
    # What the author wrote, without advertisements beside it.
    inner = (each for each in body.iter("div", "blockquote") if is_of(each, "bbWrapper", "messageText"))
    content = _with_fields_and_videos(render(next(inner, body), document), parts, document)
    shown = {identity(each.url) for each in content.images}
    files = attachments(body if whole is None else whole, document)
    return replace(
        known,
        kind=PostKind.IGNORED if is_of(element, "is-ignored", "ignored") else PostKind.POST,
        **fields(content),
        attachments=tuple(each for each in files if identity(each.url) not in shown),
    )


def _with_fields_and_videos(content: Content, parts: Parts, document: Document) -> Content:
    """Add what an author has filled in beside the text, such as a price, and the videos below it, which have no link.

    The address of an attached video is that of the file itself, /data/video/..., as in a player inside the text.
    """
    above, below = (render(parts[name], document) if name in parts else Content("") for name in _FIELDS)
    box = parts.first("message-attachments")
    players = [embedded(each, document) for each in box.iter("video", "audio")] if box is not None else []
    text = "\n\n".join(filter(None, (above.text, content.text, below.text)))
    embeds = dict.fromkeys((*content.embeds, *filter(None, players)))
    links = distinct((*above.links, *content.links, *below.links))
    return replace(content, text=text, embeds=tuple(embeds), links=links)


def _author(parts: Parts, element: Element, document: Document) -> tuple[str | None, int | None]:
    name = element.get("data-author") or None
    holder = next((part for each in _AUTHORS if words(part := parts.get(each))), None)
    if holder is None:
        return name, None
    inner = next((each for each in holder.iter("a", "span") if is_of(each, "username")), holder)
    link = next(inner.iter("a"), inner)
    author_id = number_in(link.get("data-user-id")) or document.member_in([link.get("href")])
    return name or words(link) or None, author_id or None


def _written_at(parts: Parts, element: Element, document: Document) -> tuple[str | None, str | None]:
    """Read a post's date from its head; of skins without a <time> there, from what search engines and albums are given.

    Of the first post these are given nothing, but its moment is that of the thread, which the page prints as well.
    """
    date, text = moment(parts.first(*_DATES))
    if text is None and (album := parts.get("js-lbContainer")) is not None:
        text = album.get("data-lb-caption-desc", "").rpartition(" · ")[2] or None
        published = (each.get("content") for each in element.iter("meta") if each.get("itemprop") == "datePublished")
        alike = (each for each in document.elements("time") if text and each.get("title") == text)
        date = next(filter(None, map(from_iso, published)), None) or next(filter(None, map(utc, alike)), None)
    return date, text


def _reactions(parts: Parts) -> int | None:
    """Count the people named and the `3 others`; 0 where the board has a place for them and it is empty."""
    if (bar := parts.first("reactionsBar", "likesBar")) is not None:
        names = list(bar.iter("bdi"))
        return total((each.tail for each in names[-1:]), len(names))
    if (bar := parts.get("LikeText")) is not None:
        others = (words(each) for each in bar.iter("a") if is_of(each, "OverlayTrigger"))
        return total(others, sum(is_of(each, "username") for each in bar.iter("a")))
    bar = parts.first("sv-rating-bar", "dark_postrating_outputlist")  # add-ons, which count each kind by itself
    if bar is None:
        return None
    counters = (each for each in bar.iter("div", "strong") if each.tag == "strong" or is_of(each, "sv-rating__count"))
    return total(map(words, counters))


def _polls(document: Document) -> Iterator[Post]:
    """Yield the question, and each answer with its votes where they are shown.

    They are in the form to vote; where nobody may vote any more, or no guest, around the results.
    """
    boxes = [each for each in document.elements("form") if "poll/vote" in (each.get("action") or "")]
    if not boxes and _ANSWERS[0] in document.source:
        results = (*document.of_class("div", _ANSWERS[0]), *document.of_class("li", _ANSWERS[0]))
        around = islice(results[0].iterancestors(), _LEVELS) if results else ()
        boxes = [each for each in around if Parts(each).first(*_QUESTIONS) is not None][:1]
    for box in boxes:
        choices = (each for each in box.iter("li", "div") if is_of(each, *_ANSWERS))
        lines = [words(Parts(box).first(*_QUESTIONS)), *map(_answer, choices)]
        yield Post(None, text="\n".join(lines), kind=PostKind.POLL)


def _answer(choice: Element) -> str:
    parts = Parts(choice)
    votes = count(words(parts.first("pollResult-votes", "count")))
    return option_line(words(parts.first("pollResult-response", "optionText", *_ANSWERS)), votes)


def _notice(document: Document, template: str, generation: str, title: str | None) -> Page:
    """Return the board's message in place of content; if the page does not name its kind, whatever looks like one."""
    boxes = (*document.of_class("label", "OverlayCloser"), *document.of_class("div", "blockMessage", "errorPanel"))
    box = next((each for each in boxes if not is_of(each, *_BANNERS)), None)
    login = template == "login" or "pageLogin" in document.by_id
    if template == "forum_password":  # in whatever language
        return Page(PageKind.NOTICE, generation, title, notice=f"this forum requires a password ({title})")
    if template not in {"", "error", "login", "message_page"} or not (login or box is not None):
        return Page(PageKind.UNKNOWN, generation, title)
    text = words(box) or title
    logged_out = login or bool(LOGGED_OUT.search(text or ""))
    return Page(PageKind.NOTICE, generation, title, notice=text, logged_out=logged_out)
