"""Pages in the markup of vBulletin 5.5: b-post lists, /forum/<channel>/.../N-slug/pageM."""

import re
from datetime import datetime
from html import escape

from sample.board import Board, File, Forum, Post, Thread
from sample.markup import to_html
from sample.skins import Place

_PAGE = re.compile(r"/page(\d+)$")
_THREAD = re.compile(r"forum/(?:[a-z][\w-]*/)+(\d+)-[\w-]+")
_ATTACHMENT = re.compile(r"filedata/fetch\?id=(\d+)(?:&.*)?")


def locate(address: str, board: Board) -> Place | None:
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
    return _frame(board, board.title, _forum_table(board, None), channel=1)


def forum(board: Board, forum: Forum, number: int) -> str:
    below = _forum_table(board, forum) if board.children(forum) else ""
    heading = f'{_breadcrumb(board, forum)}<h1 class="main-title">{escape(forum.title)}</h1>{below}'
    if forum.is_category:
        return _frame(board, forum.title, heading, channel=forum.id)
    rows = "".join(_topic_row(board, thread) for thread in board.listed(forum, number))
    address = _forum_address(board, forum)
    body = f"""{heading}
{_pager(address, number, board.forum_pages(forum))}
<div class="topic-list-container"><table class="topic-list stretch">
<tbody class="topic-list">{rows}</tbody></table></div>"""
    return _frame(board, forum.title, body, channel=forum.id, number=number)


def thread(board: Board, thread: Thread, number: int) -> str:
    address = _thread_address(board, thread)
    posts = "".join(_post(board, thread, post) for post in board.posts_on(thread, number))
    forum = board.forums[thread.forum]
    body = f"""{_breadcrumb(board, forum, thread.title)}<h1 class="main-title js-main-title">{escape(thread.title)}</h1>
{_pager(address, number, board.thread_pages(thread))}
<div class="conversation-content"><ul class="conversation-list list-container thread-view">{posts}</ul></div>"""
    return _frame(board, thread.title, body, channel=forum.id, node=thread.id, number=number)


def notice(board: Board) -> str:
    return _frame(board, board.title, _LOGIN, channel=1)


def _forum_address(board: Board, forum: Forum) -> str:
    return "/".join(["forum", *(each.slug for each in board.path(forum))])


def _thread_address(board: Board, thread: Thread) -> str:
    return f"{_forum_address(board, board.forums[thread.forum])}/{thread.id}-{thread.slug}"


def _forum_table(board: Board, above: Forum | None) -> str:
    groups = board.children(None) if above is None else [above]
    rows = []
    for group in groups:
        if above is None:
            rows.append(
                f'<tr class="category-header" id="forum{group.id}"><td colspan="4">'
                f'<a class="category" href="{_forum_address(board, group)}">{escape(group.title)}</a></td></tr>'
            )
        rows += [_forum_row(board, each) for each in board.children(group)]
    return f'<table class="forum-list-container stretch">{"".join(rows)}</table>'


def _forum_row(board: Board, forum: Forum) -> str:
    children = "".join(
        f'<div class="subforum-item" id="forum{child.id}"><a class="subforum-title" '
        f'href="{_forum_address(board, child)}">{escape(child.title)}</a></div>'
        for child in board.children(forum)
    )
    below = f'<div class="subforum-list">{children}</div>' if children else ""
    return f"""<tr class="forum-item main old" id="forum{forum.id}" data-channel-id="{forum.id}">
<td class="cell-forum"><div class="forum-wrapper"><span class="icon"></span><div class="forum-info">
<a href="{_forum_address(board, forum)}" class="forum-title">{escape(forum.title)}</a>
<div class="forum-desc">{escape(forum.description)}</div>{below}</div></div></td>
<td class="topics-count">{len(board.threads_of(forum)):,}</td>
<td class="posts-count">{board.posts_in(forum):,}</td>
<td class="lastpost">{_last(board, forum)}</td></tr>"""


def _last(board: Board, forum: Forum) -> str:
    threads = board.threads_of(forum)
    if not threads:
        return ""
    post = threads[0].posts[-1]
    address = f"{_thread_address(board, threads[0])}?p={post.id}#post{post.id}"
    return (
        f'<div class="lastpost-info"><a href="{address}" class="lastpost-title">{escape(threads[0].title)}</a>'
        f'<div class="lastpost-by">by {_author(post)}</div>'
        f'<div class="lastpost-date post-date">{_date(board, post.at)}</div></div>'
    )


def _topic_row(board: Board, thread: Thread) -> str:
    post, last = thread.posts[0], thread.posts[-1]
    classes = "topic-item js-topic-item" + " sticky" * thread.sticky + " closed" * thread.closed
    prefix = '<span class="topic-prefix js-prefix">Sticky: </span>' if thread.sticky else ""
    locked = (
        '<span class="icons"><span class="b-icon b-icon__lock" title="Closed"></span></span>' if thread.closed else ""
    )
    return f"""<tr class="{classes}" data-node-id="{thread.id}"><td class="cell-topic"><div class="topic-wrapper">
{prefix}<a href="{_thread_address(board, thread)}" class="topic-title js-topic-title">{escape(thread.title)}</a>{locked}
<div class="topic-info">Started by {_author(post)}, <span class="date">{_date(board, post.at)}</span></div></div></td>
<td class="cell-count"><div class="posts-count">{len(thread.posts) - 1:,} responses</div>
<div class="views-count">{thread.views:,} views</div></td>
<td class="cell-lastpost"><div class="lastpost-by">by {_author(last)}</div>
<span class="post-date">{_date(board, last.at)}</span></td></tr>"""


def _post(board: Board, thread: Thread, post: Post) -> str:
    address = _thread_address(board, thread)
    edited = signature = ""
    if post.edited:
        time = _date(board, post.edited)
        edited = (
            f'<div class="b-post__edit h-margin-vert-l">Last edited by {_author(post)}; '
            f'<span class="time">{time}</span>.</div>'
        )
    if post.by.signature:
        signature = f'<div class="post-signature restore">{escape(post.by.signature)}</div>'
    iso = board.local(post.at).strftime("%Y-%m-%dT%H:%M:%S")
    return f"""<li data-node-id="{post.id}" data-node-publishdate="{int(post.at.timestamp())}"
 class="b-post js-post b-post--text" itemscope itemtype="http://schema.org/Comment">
<a id="post{post.id}" class="anchor"></a><meta itemprop="url" content="{address}#post{post.id}" />
<div class="userinfo b-userinfo" itemprop="author"><div class="b-userinfo__details">
<div class="author h-text-size--14"><strong>{_author(post)}</strong></div>
<div class="usertitle">{escape(post.by.title)}</div></div></div>
<div class="js-post__content-wrapper"><div class="b-post__body"><div class="b-post__content js-post__content">
<div class="b-media"><a class="b-post__count" href="{address}#post{post.id}">#{post.number}</a>
<div class="b-post__timestamp"><time itemprop="dateCreated" datetime="{iso}">{_date(board, post.at)}</time></div></div>
<div class="js-post__content-text restore h-wordwrap" itemprop="text">{_text(board, post)}</div>
{_attachments(post)}{edited}{signature}</div></div></div></li>"""


def _author(post: Post) -> str:
    name = escape(post.by.name)
    if post.by.id is None:
        return name
    return f'<a href="/vb5/member/{post.by.id}-{name.lower().replace(" ", "-")}">{name}</a>'


def _text(board: Board, post: Post) -> str:
    return to_html(post.text, _quote, board.photo, "core/images/smilies/smile.png")


def _quote(author: str, post_id: int, inner: str) -> str:
    return (
        '<div class="bbcode_container"><div class="bbcode_quote"><div class="quote_container">'
        '<div class="bbcode_quote_container b-icon b-icon__ldquo"></div><div class="bbcode_postedby">'
        f'Originally posted by <strong>{author}</strong> <a href="forum/showthread?p={post_id}#post{post_id}" '
        'rel="nofollow" title="View Post"><span class="b-icon b-icon__double-arrow-right"></span></a></div>'
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
        f'<li class="b-post-attachments__item"><a class="b-post-attachments__item-filename" href="{address}">'
        f"{image}{file.name}</a> (1.2 KB, 31 views)</li>"
    )


def _pager(address: str, number: int, last: int) -> str:
    """With the hidden buttons of page 0 that vBulletin keeps for its scripts."""
    if last == 1:
        return ""
    button = "js-pagenav-button b-button"
    buttons = []
    for each in range(1, last + 1):
        link = address if each == 1 else f"{address}/page{each}"
        current = " b-button--primary js-pagenav-current-button" if each == number else " b-button--secondary"
        buttons.append(f'<a class="{button}{current}" data-page="{each}" href="{link}">{each}</a>')
    hidden = f'<a class="{button} js-pagenav-button--template h-hide-imp" data-page="0" href="{address}">template</a>'
    return (
        f'<div class="pagenav-container"><div class="js-pagenav pagenav" data-baseurl="{address}">'
        f"{''.join(buttons)}{hidden}</div></div>"
        f'<div class="pagenav-controls"><input type="text" class="js-pagenum" value="{number}" /> of '
        f'<span class="pagetotal">{last}</span></div>'
    )


def _breadcrumb(board: Board, forum: Forum, here: str | None = None) -> str:
    path = board.path(forum)
    links = "".join(
        f'<li class="crumb separator"><a href="{_forum_address(board, each)}">{escape(each.title)}</a></li>'
        for each in (path if here else path[:-1])
    )
    return (
        '<nav id="breadcrumbs" class="breadcrumbs"><ol>'
        f'<li class="crumb"><a href="forum">{escape(board.title)}</a></li>{links}'
        f'<li class="crumb separator"><span>{escape(here or forum.title)}</span></li></ol></nav>'
    )


def _date(board: Board, at: datetime) -> str:
    return board.local(at).strftime("%m-%d-%Y, %I:%M %p")


def _frame(board: Board, title: str, body: str, *, channel: int, node: int = 0, number: int = 1) -> str:
    now = board.local(board.now).strftime("%I:%M %p")
    data = f'"pageid": "{channel}", "channelid": "{channel}", "nodeid": "{node or channel}", "pagenum": "{number}"'
    return f"""<!DOCTYPE html>
<html xmlns:fb="http://www.facebook.com/2008/fbml" lang="en" dir="ltr" id="htmlTag">
<head><meta charset="UTF-8" /><base href="/vb5/" /><title>{escape(title)}</title>
<meta name="generator" content="vBulletin 5.5.2" />
<script>var pageData = {{{data}}};</script></head>
<body id="vb-page-body"><form class="js-login-form" action="auth/login" method="post">
<input type="text" name="username" /><input type="password" name="password" /></form>
{body}
<div class="b-footer"><div class="b-footer__notice-row">All times are GMT{board.timezone:+d}. This page was generated at
 {now}.</div></div></body></html>"""


_LOGIN = """<div class="standard-error error-page"><div class="b-panel panel"><h1>Log in</h1>
<p>You are not logged in or you do not have permission to access this page.</p>
<form action="auth/login" method="post"><input type="text" name="vb_login_username" />
<input type="password" name="vb_login_password" /></form></div></div>"""
