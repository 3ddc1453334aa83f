"""Pages in the markup of XenForo 2.2: message articles, /threads/slug.N/page-M.

Views are in full, as versions 2.0 and 2.1 print them, so that they can be compared with those of the other boards.
"""

import re
from datetime import datetime
from functools import partial
from html import escape

from sample.board import Board, File, Forum, Member, Post, Thread, slug
from sample.markup import BLANK, to_html
from sample.skins import Place, place_of

_ADDRESSES = (
    ("home", re.compile(r"(?:forums/)?")),
    ("forum", re.compile(r"(?:forums|categories)/[\w-]+\.(?P<id>\d+)/(?:page-(?P<page>\d+))?")),
    ("thread", re.compile(r"threads/[\w-]+\.(?P<id>\d+)/(?:page-(?P<page>\d+))?")),
    ("attachment", re.compile(r"attachments/[\w-]+\.(?P<id>\d+)/")),
    ("post", re.compile(r"(?:posts/|threads/[\w-]+\.\d+/post-)(?P<id>\d+)/?")),
)
_SMILIE = f'<img src="{BLANK}" class="smilie smilie--sprite smilie--sprite1" alt=":)" title="Smile    :)" />'


def locate(address: str, board: Board) -> Place | None:
    for kind, pattern in _ADDRESSES:
        if match := pattern.fullmatch(address):
            found = match.groupdict()
            number, page = int(found.get("id") or 0), int(found.get("page") or 1)
            return place_of(board, number) if kind == "post" else Place(kind, number, page)
    return None


def home(board: Board) -> str:
    categories = "".join(
        f"""<div class="block block--category block--category{category.id}">
<span class="u-anchorTarget" id="{category.slug}.{category.id}"></span><div class="block-container">
<h2 class="block-header"><a href="{_forum_address(category)}">{escape(category.title)}</a>
<span class="block-desc">{escape(category.description)}</span></h2>
<div class="block-body">{_nodes(board, category, depth=2)}</div></div></div>"""
        for category in board.children(None)
    )
    return _frame(board, board.title, categories, template="forum_list")


def forum(board: Board, forum: Forum, number: int) -> str:
    nodes = _nodes(board, forum, depth=1)
    below = f'<div class="block"><div class="block-container"><div class="block-body">{nodes}</div></div></div>'
    if forum.is_category:
        return _frame(board, forum.title, below, template="category_view", forum=forum)
    listed = board.listed(forum, number)
    stickies = "".join(_thread_row(board, thread) for thread in listed if thread.sticky and number == 1)
    others = "".join(_thread_row(board, thread) for thread in listed if not thread.sticky)
    sticky = f'<div class="structItemContainer-group structItemContainer-group--sticky">{stickies}</div>'
    pager = _pager(_forum_address(forum), number, board.forum_pages(forum))
    body = f"""{below if nodes else ""}<div class="block" data-type="thread"><div class="block-outer">{pager}</div>
<div class="block-container"><div class="block-filterBar"><div class="filterBar">
<a class="filterBar-menuTrigger" role="button" tabindex="0">Filters</a></div></div>
<div class="block-body"><div class="structItemContainer">{sticky if stickies else ""}
<div class="structItemContainer-group js-threadList">{others}</div></div></div></div>
<div class="block-outer block-outer--after">{pager}</div></div>"""
    return _frame(board, forum.title, body, template="forum_view", forum=forum)


def thread(board: Board, thread: Thread, number: int) -> str:
    forum = board.forums[thread.forum]
    posts = "".join(_post(board, thread, post) for post in board.posts_on(thread, number))
    similar = [_thread_row(board, each) for each in board.threads_of(forum) if each.id != thread.id][:3]
    pager = _pager(_thread_address(thread), number, board.thread_pages(thread))
    locked = """<dl class="blockStatus"><dt>Status</dt>
<dd class="blockStatus-message blockStatus-message--locked">Not open for further replies.</dd></dl>"""
    body = f"""<div class="block block--messages" data-type="post"><div class="block-outer js-threadStatusField">
{locked if thread.closed else ""}</div><div class="block-outer">{pager}</div>
<div class="block-container lbContainer" data-message-selector=".js-post" data-lb-id="thread-{thread.id}">
<div class="block-body js-replyNewMessageContainer">{posts}</div></div>
<div class="block-outer block-outer--after">{pager}<div class="block-outer-opposite">
<a href="/xf2/login/" class="button button--link">You must log in or register to reply here.</a></div></div></div>
<div class="block" data-widget-definition="xfes_similar_threads"><div class="block-container">
<h3 class="block-header">Similar threads</h3><div class="block-body"><div class="structItemContainer">
{"".join(similar)}</div></div></div></div>"""
    return _frame(board, thread.title, body, template="thread_view", forum=forum, thread=thread)


def notice(board: Board) -> str:
    return _frame(board, "Log in", _LOGIN, template="login")


def _forum_address(forum: Forum) -> str:
    return f"/xf2/{'categories' if forum.is_category else 'forums'}/{forum.slug}.{forum.id}/"


def _thread_address(thread: Thread) -> str:
    return f"/xf2/threads/{thread.slug}.{thread.id}/"


def _nodes(board: Board, above: Forum, *, depth: int) -> str:
    return "".join(_node(board, forum, depth) for forum in board.children(above))


def _node(board: Board, forum: Forum, depth: int) -> str:
    children = "".join(
        f'<li><a href="{_forum_address(child)}" class="subNodeLink subNodeLink--forum">{escape(child.title)}</a></li>'
        for child in board.children(forum)
    )
    below = f"""<div class="node-subNodesFlat"><span class="node-subNodesLabel">Sub-forums:</span>
<ol class="node-subNodeFlatList">{children}</ol></div>"""
    return f"""<div class="node node--id{forum.id} node--depth{depth} node--forum node--read"><div class="node-body">
<span class="node-icon" aria-hidden="true"><i></i></span><div class="node-main js-nodeMain"><h3 class="node-title">
<a href="{_forum_address(forum)}" data-shortcut="node-description">{escape(forum.title)}</a></h3>
<div class="node-description">{escape(forum.description)}</div>{below if children else ""}</div><div class="node-stats">
<dl class="pairs pairs--rows"><dt>Threads</dt><dd>{len(board.threads_of(forum)):,}</dd></dl>
<dl class="pairs pairs--rows"><dt>Messages</dt><dd>{board.posts_in(forum):,}</dd></dl></div>
<div class="node-extra">{_last(board, forum)}</div></div></div>"""


def _last(board: Board, forum: Forum) -> str:
    threads = board.threads_of(forum)
    if not threads:
        return f'<span class="node-extra-placeholder">{"Private" if forum.members_only else "None"}</span>'
    thread, post = threads[0], threads[0].posts[-1]
    return f"""<div class="node-extra-row"><a href="{_thread_address(thread)}post-{post.id}" class="node-extra-title"
 title="{escape(thread.title)}">{_prefix(thread)}{escape(thread.title)}</a></div>
<div class="node-extra-row"><ul class="listInline"><li>{_time(board, post.at, "node-extra-date")}</li>
<li class="node-extra-user">{_username(post.by)}</li></ul></div>"""


def _thread_row(board: Board, thread: Thread) -> str:
    first, last, address = thread.posts[0], thread.posts[-1], _thread_address(thread)
    statuses = "".join(
        f'<li><i class="structItem-status structItem-status--{mark.lower()}" title="{mark}"></i>'
        f'<span class="u-srOnly">{mark}</span></li>'
        for mark, marked in (("Locked", thread.closed), ("Sticky", thread.sticky))
        if marked
    )
    filtered = f"{_forum_address(board.forums[thread.forum])}?prefix_id=1"
    prefix = f'<a href="{filtered}" class="labelLink" rel="nofollow">{_prefix(thread)}</a>' if thread.prefix else ""
    pages = [f'<a href="{address}page-{each}">{each}</a>' for each in range(2, board.thread_pages(thread) + 1)]
    return f"""<div class="structItem structItem--thread js-inlineModContainer js-threadListItem-{thread.id}"
 data-author="{escape(first.by.name)}"><div class="structItem-cell structItem-cell--main">
{f'<ul class="structItem-statuses">{statuses}</ul>' if statuses else ""}<div class="structItem-title">{prefix}
<a href="{address}" data-tp-primary="on" data-preview-url="{address}preview">{escape(thread.title)}</a></div>
<div class="structItem-minor"><ul class="structItem-parts"><li>{_username(first.by)}</li>
<li class="structItem-startDate"><a href="{address}" rel="nofollow">{_time(board, first.at)}</a></li></ul>
<span class="structItem-pageJump">{"".join(pages)}</span></div></div>
<div class="structItem-cell structItem-cell--meta" title="First message reaction score: {len(first.likes)}">
<dl class="pairs pairs--justified"><dt>Replies</dt><dd>{len(thread.posts) - 1:,}</dd></dl>
<dl class="pairs pairs--justified structItem-minor"><dt>Views</dt><dd>{thread.views:,}</dd></dl></div>
<div class="structItem-cell structItem-cell--latest">
<a href="{address}latest" rel="nofollow">{_time(board, last.at, "structItem-latestDate")}</a>
<div class="structItem-minor">{_username(last.by)}</div></div></div>"""


def _prefix(thread: Thread) -> str:
    label = f'<span class="label label--green" dir="auto">{escape(thread.prefix or "")}</span>'
    return f'{label}<span class="label-append">&nbsp;</span>' if thread.prefix else ""


def _post(board: Board, thread: Thread, post: Post) -> str:
    name, address = escape(post.by.name), f"{_thread_address(thread)}post-{post.id}"
    text = to_html(post.text, partial(_quote, board), board.photo, image=_image, code=_code, smilie=_SMILIE)
    edited = f'<div class="message-lastEdit">Last edited: {_time(board, post.edited)}</div>' if post.edited else ""
    counted = f'<meta itemprop="userInteractionCount" content="{len(post.likes)}" />'  # not of a thread's first post
    signature = (
        f'<aside class="message-signature"><div class="bbWrapper">{escape(post.by.signature or "")}</div></aside>'
    )
    return f"""<article class="message message--post js-post js-inlineModContainer" data-author="{name}"
 data-content="post-{post.id}" id="js-post-{post.id}"><span class="u-anchorTarget" id="post-{post.id}"></span>
<div class="message-inner"><div class="message-cell message-cell--user"><section class="message-user">
<div class="message-avatar"><img src="/xf2/data/avatars/m/0/{post.by.id or 0}.jpg" alt="{name}" loading="lazy" /></div>
<div class="message-userDetails"><h4 class="message-name">{_username(post.by)}</h4>
<h5 class="userTitle message-userTitle" dir="auto">{escape(post.by.title)}</h5></div></section></div>
<div class="message-cell message-cell--main"><div class="message-main js-quickEditTarget">
<header class="message-attribution message-attribution--split"><ul class="message-attribution-main listInline">
<li class="u-concealed"><a href="{address}" rel="nofollow">{_time(board, post.at)}</a></li></ul>
<ul class="message-attribution-opposite message-attribution-opposite--list"><li><a href="{address}"
 class="message-attribution-gadget" data-href="/xf2/posts/{post.id}/share" aria-label="Share"></a></li>
<li><a href="{address}" rel="nofollow"> #{post.number:,} </a></li></ul></header>
<div class="message-content js-messageContent"><div class="message-userContent lbContainer js-lbContainer"
 data-lb-id="post-{post.id}"><article class="message-body js-selectToQuote"><div>
<div class="bbWrapper">{text}</div></div><div class="js-selectToQuoteEnd">&nbsp;</div></article>
{_attachments(post)}</div>{edited}{signature if post.by.signature else ""}</div>
<footer class="message-footer">{counted if post.number > 1 else ""}{_reactions(post)}</footer>
</div></div></div></article>"""


def _reactions(post: Post) -> str:
    """Three of the names, and how many others."""
    if not post.likes:
        return '<div class="reactionsBar js-reactionsList"></div>'
    *names, last = [f"<bdi>{escape(name)}</bdi>" for name in post.likes]
    if len(names) > 2:
        names, last = names[:3], f"{len(post.likes) - 3} others" if len(post.likes) > 4 else "1 other person"
    return f"""<div class="reactionsBar js-reactionsList is-active"><ul class="reactionSummary"><li>
<span class="reaction"><img src="{BLANK}" class="js-reaction" alt="Like" title="Like" /></span></li></ul>
<span class="u-srOnly">Reactions:</span> <a class="reactionsBar-link" href="/xf2/posts/{post.id}/reactions"
 rel="nofollow">{f"{', '.join(names)} and {last}" if names else last}</a></div>"""


def _username(member: Member) -> str:
    name = escape(member.name)
    if member.id is None:
        return f'<span class="username" dir="auto" data-user-id="0">{name}</span>'
    href = f"/xf2/members/{slug(member.name)}.{member.id}/"
    return f'<a href="{href}" class="username" dir="auto" data-user-id="{member.id}">{name}</a>'


def _quote(board: Board, author: str, post_id: int, inner: str) -> str:
    found = board.find(post_id)
    member = found[1].by.id if found else None
    return (
        f'<blockquote data-attributes="member: {member or 0}" data-quote="{author}" data-source="post: {post_id}" '
        'class="bbCodeBlock bbCodeBlock--expandable bbCodeBlock--quote js-expandWatch"><div class="bbCodeBlock-title">'
        f'<a href="/xf2/goto/post?id={post_id}" class="bbCodeBlock-sourceJump" rel="nofollow" '
        f'data-content-selector="#post-{post_id}">{author} said:</a></div><div class="bbCodeBlock-content">'
        f'<div class="bbCodeBlock-expandContent js-expandContent">{inner}</div><div class="bbCodeBlock-expandLink '
        'js-expandLink"><a role="button" tabindex="0">Click to expand...</a></div></div></blockquote>'
    )


def _image(address: str) -> str:
    """Lazy, with the plain picture for browsers without scripts."""
    return (
        f'<div class="bbImageWrapper js-lbImage" title="" data-src="/xf2/{address}" data-single-image="1">'
        f'<img src="{BLANK}" data-src="/xf2/{address}" data-url="/xf2/{address}" class="bbImage lazyload" alt="" />'
        f'<noscript><img src="/xf2/{address}" class="bbImage" alt="" /></noscript></div>'
    )


def _code(lines: str) -> str:
    return (
        '<div class="bbCodeBlock bbCodeBlock--screenLimited bbCodeBlock--code"><div class="bbCodeBlock-title">Code:'
        '</div><div class="bbCodeBlock-content" dir="ltr"><pre class="bbCodeCode" dir="ltr" data-lang="">'
        f"<code>{lines}</code></pre></div></div>"
    )


def _attachments(post: Post) -> str:
    files = "".join(
        f"""<li class="file file--linked"><a class="u-anchorTarget" id="attachment-{file.attachment}"></a>
<a class="file-preview" href="/xf2/attachments/{slug(file.name)}.{file.attachment}/">{_preview(file)}</a>
<div class="file-content"><div class="file-info"><span class="file-name" title="{file.name}">{file.name}</span>
<div class="file-meta">1.2 KB &middot; Views: 31</div></div></div></li>"""
        for file in post.attachments
    )
    section = f"""<section class="message-attachments"><h4 class="block-textHeader">Attachments</h4>
<ul class="attachmentList">{files}</ul></section>"""
    return section if files else ""


def _preview(file: File) -> str:
    if file.name.endswith(".txt"):
        return '<span class="file-typeIcon"><i class="fa--xf far fa-file-alt"></i></span>'
    return f'<img src="/xf2/data/attachments/0/{file.attachment}-thumb.jpg" alt="{file.name}" loading="lazy" />'


def _pager(address: str, number: int, last: int) -> str:
    if last == 1:
        return ""
    links = {each: address if each == 1 else f"{address}page-{each}" for each in range(1, last + 1)}
    pages = "".join(
        f'<li class="pageNav-page{" pageNav-page--current" if each == number else ""}"><a href="{link}">{each}</a></li>'
        for each, link in links.items()
    )
    back, on = (
        f'<a href="{links[each]}" class="pageNav-jump pageNav-jump--{name.lower()}">{name}</a>' if each in links else ""
        for each, name in ((number - 1, "Prev"), (number + 1, "Next"))
    )
    return f"""<nav class="pageNavWrapper pageNavWrapper--mixed"><div class="pageNav">{back}<ul class="pageNav-main">
{pages}</ul>{on}</div><div class="pageNavSimple">
<a class="pageNavSimple-el pageNavSimple-el--current" role="button"> {number} of {last} </a>
<input type="number" class="js-pageJumpPage" value="{number}" min="1" max="{last}" /></div></nav>"""


def _time(board: Board, at: datetime, classes: str = "") -> str:
    """The moment itself; the text has only the day, as on every post that is older than a week."""
    local = board.local(at)
    day, clock = f"{local:%b} {local.day}, {local.year}", f"{local:%I:%M %p}".lstrip("0")
    return (
        f'<time class="{classes} u-dt" dir="auto" datetime="{local:%Y-%m-%dT%H:%M:%S}{board.timezone:+03d}00" '
        f'data-time="{int(at.timestamp())}" data-date-string="{day}" data-time-string="{clock}" '
        f'title="{day} at {clock}">{day}</time>'
    )


def _breadcrumb(board: Board, above: list[Forum]) -> str:
    crumbs = [("/xf2/", board.title), *((_forum_address(forum), forum.title) for forum in above)]
    items = "".join(
        '<li itemprop="itemListElement" itemscope itemtype="https://schema.org/ListItem">'
        f'<a href="{link}" itemprop="item"><span itemprop="name">{escape(title)}</span></a></li>'
        for link, title in crumbs
    )
    return f'<ul class="p-breadcrumbs" itemscope itemtype="https://schema.org/BreadcrumbList">{items}</ul>'


def _frame(
    board: Board, title: str, body: str, *, template: str, forum: Forum | None = None, thread: Thread | None = None
) -> str:
    path = board.path(forum) if forum else []
    breadcrumb = _breadcrumb(board, path if thread else path[:-1]) if forum else ""
    keys = f'data-container-key="{f"node-{forum.id}" if forum else ""}" '
    keys += f'data-content-key="{f"thread-{thread.id}" if thread else ""}"'
    names = " | ".join(dict.fromkeys((title, board.title)))
    return f"""<!DOCTYPE html>
<html id="XF" lang="en-US" dir="LTR" data-app="public" data-template="{template}" {keys} data-logged-in="false"
 data-cookie-prefix="xf_" class="has-no-js template-{template}">
<head><meta charset="utf-8" /><title>{escape(names)}</title></head>
<body data-template="{template}"><div class="p-pageWrapper" id="top"><nav class="p-nav"><div class="p-nav-opposite">
<div class="p-navgroup p-account p-navgroup--guest"><a href="/xf2/login/">Log in</a></div>
<a href="/xf2/whats-new/">What's new</a></div></nav><div class="p-body"><div class="p-body-inner">
{breadcrumb}
<noscript><div class="blockMessage blockMessage--important u-noJsOnly">JavaScript is disabled.</div></noscript>
<div class="blockMessage blockMessage--important js-browserWarning" style="display: none">Your browser is old.</div>
<div class="p-body-header"><div class="p-title"><h1 class="p-title-value">
{_prefix(thread) if thread else ""}{escape(title)}</h1></div></div>
<div class="p-body-main"><div class="p-body-content"><div class="p-body-pageContent">{body}</div></div></div>
</div></div><footer class="p-footer" id="footer"><a href="/xf2/help/">Help</a></footer></div></body></html>"""


_LOGIN = """<div class="blockMessage blockMessage--error blockMessage--iconic">You must be logged-in to do that.</div>
<div class="blocks"><form action="/xf2/login/login" method="post" class="block"><div class="block-container">
<div class="block-body"><input type="text" class="input" name="login" autocomplete="username" />
<input type="password" class="input" name="password" /></div></div></form></div>"""
