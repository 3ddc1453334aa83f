"""Pages in the markup of vBulletin 6 (vBulletin Cloud): b-post lists, /forum/<channel>/.../N-slug/pageM."""

import re
from datetime import datetime
from functools import partial
from html import escape

from sample.board import Board, File, Forum, Post, Thread
from sample.markup import BLANK, to_html
from sample.skins import Place, place_of

_PAGE = re.compile(r"(?:/page|\?page=)(\d+)$")
_POST = re.compile(r"forum/.+/\d+-[\w-]+(?:/page\d+)?\?p=(\d+)")
_THREAD = re.compile(r"forum/(?:[a-z][\w-]*/)+(\d+)-[\w-]+")
_ATTACHMENT = re.compile(r"filedata/fetch\?id=(\d+)(?:&.*)?")


def locate(address: str, board: Board) -> Place | None:
    if match := _POST.fullmatch(address):
        return place_of(board, int(match[1]))
    page = _PAGE.search(address)
    address, number = _PAGE.sub("", address).rstrip("/"), int(page[1]) if page else 1
    if address in {"", "forum"}:
        return Place("home")
    if match := _ATTACHMENT.fullmatch(address):
        return Place("attachment", int(match[1]))
    if match := _THREAD.fullmatch(address):
        return Place("thread", int(match[1]), number)
    forums = {_forum_address(board, forum): forum.id for forum in board.forums.values()}
    return Place("forum", forums[address], number) if address in forums else None


def home(board: Board) -> str:
    return _frame(board, board.title, _forum_list(board, None))


def forum(board: Board, forum: Forum, number: int) -> str:
    below = _forum_list(board, forum) if board.children(forum) else ""
    heading = f'{_breadcrumb(board, forum)}<h1 class="main-title">{escape(forum.title)}</h1>{below}'
    if forum.is_category:
        return _frame(board, forum.title, heading, forum)
    rows = "".join(_topic_row(board, thread) for thread in board.listed(forum, number))
    address = _forum_address(board, forum)
    body = f"""{heading}
{_pager(address, number, board.forum_pages(forum))}
<div id="topic-tab" class="topic-list-container"><table class="topic-list stretch">
<tbody class="topic-list">{rows}</tbody></table></div>"""
    return _frame(board, forum.title, body, forum)


def thread(board: Board, thread: Thread, number: int) -> str:
    address = _thread_address(board, thread)
    posts = "".join(_post(board, thread, post) for post in board.posts_on(thread, number))
    forum = board.forums[thread.forum]
    body = f"""{_breadcrumb(board, forum)}<h1 class="main-title js-main-title">{escape(thread.title)}</h1>
{_pager(address, number, board.thread_pages(thread))}
<div class="conversation-content"><ul class="conversation-list list-container thread-view">{posts}</ul></div>"""
    return _frame(board, thread.title, body, forum)


def notice(board: Board) -> str:
    return _frame(board, board.title, _LOGIN)


def _forum_address(board: Board, forum: Forum) -> str:
    return "/".join(["forum", *(each.slug for each in board.path(forum))])


def _thread_address(board: Board, thread: Thread) -> str:
    return f"{_forum_address(board, board.forums[thread.forum])}/{thread.id}-{thread.slug}"


def _post_address(board: Board, thread: Thread, post: Post) -> str:
    page = f"/page{board.page_of(post)}" if board.page_of(post) > 1 else ""
    return f"{_thread_address(board, thread)}{page}?p={post.id}#post{post.id}"


def _forum_list(board: Board, above: Forum | None) -> str:
    groups = board.children(None) if above is None else [above]
    rows = []
    for group in groups:
        if above is None:
            rows.append(
                f'<div class="category-header" id="forum{group.id}"><div class="category-header-cell-wrapper">'
                f'<a class="category" href="{_forum_address(board, group)}">{escape(group.title)}</a>'
                f'<div class="show-on-cards category-desc">{escape(group.description)}</div></div></div>'
            )
        rows += [_forum_row(board, each) for each in board.children(group)]
    return f'<div id="forum-tab"><div class="forum-list-container stretch">{"".join(rows)}</div></div>'


def _forum_row(board: Board, forum: Forum) -> str:
    """Sub-forums stand in a row of their own, and without ids."""
    children = "".join(
        '<div class="subforum-item"><div class="subforum-info"><a class="subforum-title" '
        f'href="{_forum_address(board, child)}">{escape(child.title)}</a>'
        f'<span class="counts">({len(board.threads_of(child)):,}/{board.posts_in(child):,})</span></div></div>'
        for child in board.children(forum)
    )
    below = f"""<div class="subforum-list js-category-subitem"><div class="subforum-header">Sub-Forums:</div>
<div class="subforum-list-grid-container">{children}</div></div>"""
    classes = "forum-item main old js-category-subitem" + " has-subchannels" * bool(children)
    return f"""<div class="{classes}" id="forum{forum.id}">
<div class="cell-forum"><div class="forum-wrapper"><div class="forum-info"><span class="icon"></span>
<a href="{_forum_address(board, forum)}" class="forum-title">{escape(forum.title)}</a>
<div class="forum-desc">{escape(forum.description)}</div></div></div></div>
<div class="topics-count"><span class="count">{len(board.threads_of(forum)):,}</span> <span>Topics</span></div>
<div class="posts-count"><span class="count">{board.posts_in(forum):,}</span> <span>Posts</span></div>
<div class="lastpost">{_last(board, forum)}</div></div>{below if children else ""}"""


def _last(board: Board, forum: Forum) -> str:
    threads = board.threads_of(forum)
    if not threads:
        return ""
    post = threads[0].posts[-1]
    return (
        f'<div class="lastpost-info"><a href="{_post_address(board, threads[0], post)}" class="lastpost-title">'
        f'{escape(threads[0].title)}</a><div class="lastpost-by">by {_author(post)}</div>'
        f'<div class="lastpost-date post-date">{_date(board, post.at)}</div></div>'
    )


def _topic_row(board: Board, thread: Thread) -> str:
    post, last = thread.posts[0], thread.posts[-1]
    classes = "topic-item js-topic-item" + " sticky" * thread.sticky + " closed" * thread.closed
    prefix = '<span class="topic-prefix js-prefix">Sticky: </span>' if thread.sticky else ""
    if thread.prefix:
        prefix += f'<span class="js-topic-prefix topic-prefix">{escape(thread.prefix)}</span> '
    locked = '<span class="b-icon b-icon__lock" title="Closed"></span>' if thread.closed else ""
    return f"""<tr class="{classes}" data-node-id="{thread.id}"><td class="cell-topic js-cell-topic">
<div class="topic-wrapper">{prefix}<a href="{_thread_address(board, thread)}" class="topic-title js-topic-title">
{escape(thread.title)}</a>
<div class="topic-info">Started by {_author(post)}, <span class="date">{_date(board, post.at)}</span></div></div></td>
<td class="cell-icons">{locked}</td><td class="cell-count">
<div class="posts-count">{len(thread.posts) - 1:,} responses</div><div class="views-count">{thread.views:,} views</div>
<div class="votes-count">{len(post.likes)} likes</div></td>
<td class="cell-lastpost"><div class="lastpost-by">by {_author(last)}</div>
<span class="post-date">{_date(board, last.at)}</span>
<a class="go-to-last-post" href="{_post_address(board, thread, last)}"></a></td></tr>"""


def _post(board: Board, thread: Thread, post: Post) -> str:
    address, edited = _post_address(board, thread, post), ""
    if post.edited:
        edited = (
            f'<div class="b-post__edit h-margin-vert-l">Last edited by {_author(post)}; '
            f'<span class="time">{_date(board, post.edited)}</span>.</div>'
        )
    signature = f'<div class="post-signature restore">{escape(post.by.signature or "")}</div>'
    role = "b-post--first js-conversation-starter" if post.number == 1 else "js-conversation-reply"
    return f"""<li class="b-post js-post js-comment-entry__parent b-post--text {role}" itemscope
 itemtype="https://schema.org/Comment"><a id="post{post.id}" class="anchor"></a>
<meta itemprop="url" content="{address}" /><meta itemprop="publishDate" content="{post.at.isoformat()}" />
<div class="b-post__grid-container"><div class="userinfo b-userinfo b-post__hide-when-deleted">
<a class="avatar b-avatar"><img src="core/image.php?userid={post.by.id or 0}&amp;thumb=1" alt="" /></a>
<div class="b-userinfo__details"><div class="author" itemprop="author"><strong>{_author(post)}</strong></div>
<div class="usertitle">{escape(post.by.title)}</div></div></div>
<div class="js-post__content-wrapper"><div class="b-post__body"><div class="b-post__content js-post__content">
<div class="b-media"><a class="b-post__count js-show-post-link" href="{address}">#{post.number}</a>
<div class="b-post__timestamp"><time itemprop="dateCreated" datetime="{post.at.isoformat()}">
{_date(board, post.at)}</time></div></div>
<div class="js-post__content-text restore h-wordwrap" itemprop="text">{_text(board, post)}</div>
{_attachments(post)}{edited}{signature if post.by.signature else ""}</div>
<div class="b-post__footer"><div class="reactions reactions__footer-container">
<div class="reactions__topic-reactions-container js-topic-reactions-list">{_reactions(post)}</div></div></div>
<div class="b-comments js-comments h-hide"></div></div></div></div></li>"""


def _reactions(post: Post) -> str:
    if not post.likes:
        return ""
    return (
        '<div class="reactions__topic-reaction"><span class="reactions__emoji">&#128077;</span>'
        f'<span class="reactions__topic-reaction--count">{len(post.likes)}</span></div>'
    )


def _author(post: Post) -> str:
    name = escape(post.by.name)
    if post.by.id is None:
        return name
    return f'<a href="/vb5/member/{post.by.id}-{name.lower().replace(" ", "-")}">{name}</a>'


def _text(board: Board, post: Post) -> str:
    return to_html(post.text, partial(_quote, board), board.photo, image=_image)


def _image(address: str) -> str:
    return f'<img src="{BLANK}" data-src="{address}" class="bbcode-attachment lazyload" border="0" alt="" />'


def _quote(board: Board, author: str, post_id: int, inner: str) -> str:
    found = board.find(post_id)
    address = _post_address(board, *found) if found else f"#post{post_id}"
    return (
        '<div class="bbcode_container"><div class="bbcode_quote"><div class="quote_container">'
        '<div class="bbcode_quote_container b-icon-fa fa-quote-left"></div><div class="bbcode_postedby">'
        f'Originally posted by <strong>{author}</strong> <a href="{address}" rel="nofollow" title="View Post">'
        '<span class="b-icon-fa fa-angles-right"></span></a></div>'
        f'<div class="message">{inner}</div></div></div></div>'
    )


def _attachments(post: Post) -> str:
    if not post.attachments:
        return ""
    items = "".join(_attachment(file) for file in post.attachments)
    return f'<div class="b-post-attachments"><ul class="b-post-attachments__list">{items}</ul></div>'


def _attachment(file: File) -> str:
    address = f"filedata/fetch?id={file.attachment}"
    image = "" if file.name.endswith(".txt") else f'<img src="{address}&amp;type=thumb" alt="{file.name}" />'
    return (
        f'<li class="b-post-attachments__item"><a href="{address}">{image}<span class="h-wordwrap">{file.name}</span>'
        "</a> <span>(1.2 KB, 31 views)</span></li>"
    )


def _pager(address: str, number: int, last: int) -> str:
    """With the hidden button of page 0 that vBulletin keeps for its scripts, and an arrow that leads nowhere."""
    button = "js-pagenav-button b-button"
    buttons = []
    for each in range(1, last + 1):
        link = address if each == 1 else f"{address}/page{each}"
        current = " b-button--primary js-pagenav-current-button" if each == number else " b-button--secondary"
        buttons.append(f'<a class="{button}{current}" data-page="{each}" href="{link}">{each}</a>')
    hidden = f'<a class="{button} js-pagenav-button--template h-hide-imp" data-page="0" href="{address}">template</a>'
    onward = f'href="{address}/page{number + 1}"' if number < last else ""
    return (
        f'<div class="pagenav-controls"><form class="pagenav-form" action="{address}">Page '
        f'<input type="text" name="page" class="js-pagenum textbox" value="{number}" /> of '
        f'<span class="pagetotal">{last}</span><a class="arrow right-arrow" {onward} rel="next"></a></form></div>'
        f'<div class="js-pagenav pagenav" data-baseurl="{address}">{"".join(buttons) if last > 1 else ""}{hidden}</div>'
    )


def _breadcrumb(board: Board, forum: Forum) -> str:
    crumbs = [("forum", board.title), *((_forum_address(board, each), each.title) for each in board.path(forum))]
    items = "".join(
        '<li class="crumb" itemprop="itemListElement"><span class="separator"></span>'
        f'<a class="crumb-link" href="{link}" itemprop="item"><span itemprop="name">{escape(title)}</span></a></li>'
        for link, title in crumbs
    )
    return f'<nav class="breadcrumbs-wrapper"><ul id="breadcrumbs" class="h-clearfix">{items}</ul></nav>'


def _date(board: Board, at: datetime) -> str:
    return board.local(at).strftime("%m-%d-%Y, %I:%M %p")


def _frame(board: Board, title: str, body: str, channel: Forum | None = None) -> str:
    """A channel's number stands in the address of its feed alone."""
    now = board.local(board.now).strftime("%I:%M %p")
    names = " - ".join(dict.fromkeys((title, board.title)))
    feed = "external?type=rss2" + (f"&amp;nodeid={channel.id}" if channel else "")
    return f"""<!DOCTYPE html>
<html id="htmlTag" xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en" dir="ltr">
<head><base href="/vb5/" /><meta charset="UTF-8" /><title>{escape(names)}</title>
<meta name="generator" content="vBulletin 6.0.6" />
<link rel="alternate" type="application/rss+xml" href="{feed}" /></head>
<body id="vb-page-body" class="l-desktop vb-page view-mode logged-out">
<div id="lnkLoginSignupMenu" class="b-comp-menu-dropdown__trigger">Login or Sign Up</div>
<form action="" method="post" class="js-login-form-main"><input type="text" name="username" class="js-login-username" />
<input type="password" name="password" class="js-login-password" /></form>
{body}
<div id="footer-current-datetime">All times are GMT{board.timezone:+d}. This page was generated at {now}.</div>
</body></html>"""


_LOGIN = """<div class="standard-error error-page"><div class="b-panel panel"><h1>Log in</h1>
<p>You are not logged in or you do not have permission to access this page.</p>
<form action="auth/login" method="post"><input type="text" name="vb_login_username" />
<input type="password" name="vb_login_password" /></form></div></div>"""
