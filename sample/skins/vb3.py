"""Pages in the markup of vBulletin 3.8: tables, ids such as td_threadtitle_N, showthread.php?t=N."""

from datetime import datetime
from html import escape
from urllib.parse import parse_qsl

from sample.board import Board, File, Forum, Post, Thread
from sample.markup import to_html
from sample.skins import Place

_SCRIPTS = {
    "forumdisplay.php": ("forum", "f"),
    "showthread.php": ("thread", "t"),
    "attachment.php": ("attachment", "attachmentid"),
}


def locate(address: str, board: Board) -> Place | None:  # noqa: ARG001 - the skins share one signature
    script, _, query = address.partition("?")
    if script in {"", "index.php"}:
        return Place("home")
    fields = {key: int(value) for key, value in parse_qsl(query) if value.isdecimal()}
    kind, key = _SCRIPTS.get(script, ("", ""))
    return Place(kind, fields[key], fields.get("page", 1)) if key in fields else None


def home(board: Board) -> str:
    return _frame(board, board.title, _forum_table(board, None), "index")


def forum(board: Board, forum: Forum, number: int) -> str:
    pager = _pager(f"forumdisplay.php?f={forum.id}", number, board.forum_pages(forum))
    below = _forum_table(board, forum) if board.children(forum) else ""
    if forum.is_category:
        return _frame(board, forum.title, f"{_navbar(board, forum)}{below}", f"forum {forum.id}")
    threads = "".join(_thread_row(board, thread) for thread in board.listed(forum, number))
    body = f"""{_navbar(board, forum)}{below}{pager}
<form action="inlinemod.php?forumid={forum.id}" method="post" id="inlinemodform">
<table class="tborder" cellpadding="6" cellspacing="1" border="0" width="100%" align="center" id="threadslist">
<tbody><tr>
<td class="thead" colspan="2">&nbsp;</td><td class="thead" width="100%">Thread / Thread Starter</td>
<td class="thead" width="150" align="center">Last Post</td><td class="thead">Replies</td><td class="thead">Views</td>
</tr></tbody>
<tbody id="threadbits_forum_{forum.id}">{threads}</tbody>
</table></form>{pager}"""
    return _frame(board, forum.title, body, f"forum {forum.id}")


def thread(board: Board, thread: Thread, number: int) -> str:
    pager = _pager(f"showthread.php?t={thread.id}", number, board.thread_pages(thread))
    posts = "".join(_post(board, post) for post in board.posts_on(thread, number))
    where = _navbar(board, board.forums[thread.forum], thread.title)
    body = f"""{where}{pager}
<div id="posts">{posts}<div id="lastpost"></div></div>
{pager}<a href="printthread.php?t={thread.id}" rel="nofollow">Show Printable Version</a>"""
    return _frame(board, thread.title, body, f"thread {thread.id}")


def notice(board: Board) -> str:
    return _frame(board, board.title, _LOGIN, "message")


def _forum_table(board: Board, above: Forum | None) -> str:
    groups = board.children(None) if above is None else [above]
    rows = []
    for group in groups:
        rows.append(
            f'<tbody><tr><td class="tcat" colspan="5"><a href="forumdisplay.php?f={group.id}">{escape(group.title)}</a>'
            f'<div class="smallfont">{escape(group.description)}</div></td></tr></tbody>'
        )
        forums = "".join(_forum_row(board, each) for each in board.children(group))
        rows.append(f'<tbody id="collapseobj_forumbit_{group.id}">{forums}</tbody>')
    return f'<table class="tborder" cellpadding="6" cellspacing="1" border="0" width="100%">{"".join(rows)}</table>'


def _forum_row(board: Board, forum: Forum) -> str:
    children = ", ".join(
        f'<img class="inlineimg" src="images/statusicon/subforum_old.gif" alt="" border="0" '
        f'id="forum_statusicon_{child.id}" /> <a href="forumdisplay.php?f={child.id}">{escape(child.title)}</a>'
        for child in board.children(forum)
    )
    below = (
        f'<div class="smallfont" style="margin-top:6px"><strong>Sub-Forums</strong>: {children}</div>'
        if children
        else ""
    )
    return f"""<tr align="center">
<td class="alt2"><img src="images/statusicon/forum_old.gif" alt="" border="0" id="forum_statusicon_{forum.id}" /></td>
<td class="alt1Active" align="left" id="f{forum.id}">
<div><a href="forumdisplay.php?f={forum.id}"><strong>{escape(forum.title)}</strong></a></div>
<div class="smallfont">{escape(forum.description)}</div>{below}</td>
<td class="alt2" nowrap="nowrap"><div class="smallfont" align="left">{_last(board, forum)}</div></td>
<td class="alt1">{len(board.threads_of(forum))}</td><td class="alt2">{board.posts_in(forum):,}</td>
</tr>"""


def _last(board: Board, forum: Forum) -> str:
    threads = board.threads_of(forum)
    if not threads:
        return "Never"
    post = threads[0].posts[-1]
    return (
        f'<a href="showthread.php?t={threads[0].id}&amp;goto=newpost">{escape(threads[0].title)}</a><br />'
        f"by {escape(post.by.name)}<br />{_date(board, post.at)}"
    )


def _thread_row(board: Board, thread: Thread) -> str:
    post, last = thread.posts[0], thread.posts[-1]
    icon = "thread_lock" if thread.closed else "thread"
    sticky = (
        '<img class="inlineimg" src="images/misc/sticky.gif" alt="Sticky Thread" /> Sticky: ' if thread.sticky else ""
    )
    opens = f"window.open('member.php?u={post.by.id}', '_self')"
    replies = len(thread.posts) - 1
    return f"""<tr>
<td class="alt1" id="td_threadstatusicon_{thread.id}">
<img src="images/statusicon/{icon}.gif" id="thread_statusicon_{thread.id}" alt="" border="0" /></td>
<td class="alt2">&nbsp;</td>
<td class="alt1" id="td_threadtitle_{thread.id}" title="{escape(post.text[:60])}">
<div>{sticky}<a href="showthread.php?t={thread.id}" id="thread_title_{thread.id}">{escape(thread.title)}</a></div>
<div class="smallfont"><span style="cursor:pointer" onclick="{opens}">{escape(post.by.name)}</span></div></td>
<td class="alt2" title="Replies: {replies}, Views: {thread.views:,}">
<div class="smallfont" style="text-align:right">{_date(board, last.at)}<br />by {escape(last.by.name)}</div></td>
<td class="alt1" align="center">{replies}</td><td class="alt2" align="center">{thread.views:,}</td>
</tr>"""


def _post(board: Board, post: Post) -> str:
    edited = ""
    if post.edited:
        day, time = _date(board, post.edited).split(", ")
        edited = (
            '<!-- edit note --><div class="smallfont"><hr size="1" /><em>Last edited by '
            f'{escape(post.by.name)}; {day} at <span class="time">{time}</span>.</em></div><!-- / edit note -->'
        )
    signature = ""
    if post.by.signature:
        signature = f"<!-- sig --><div>__________________<br />{escape(post.by.signature)}</div><!-- / sig -->"
    return f"""<!-- post #{post.id} --><div id="edit{post.id}" style="padding:0px 0px 6px 0px">
<table id="post{post.id}" class="tborder" cellpadding="6" cellspacing="0" border="0" width="100%" align="center">
<tr><td class="thead"><div class="normal" style="float:right">
&nbsp;#<a href="showpost.php?p={post.id}&amp;postcount={post.number}" target="new" rel="nofollow"
 id="postcount{post.id}" name="{post.number}"><strong>{post.number}</strong></a>&nbsp;</div>
<div class="normal"><!-- status icon and date --><a name="post{post.id}"><img class="inlineimg"
 src="images/statusicon/post_old.gif" alt="Old" border="0" /></a> {_date(board, post.at)}
<!-- / status icon and date --></div>
</td></tr>
<tr><td class="alt2" style="padding:0px"><div id="postmenu_{post.id}">{_author(post)}</div>
<div class="smallfont">{escape(post.by.title)}</div></td></tr>
<tr><td class="alt1" id="td_post_{post.id}">
<!-- message --><div id="post_message_{post.id}">{_text(board, post)}</div><!-- / message -->
{_attachments(post)}{signature}{edited}</td></tr></table></div><!-- / post #{post.id} -->"""


def _author(post: Post) -> str:
    name = escape(post.by.name)
    return f'<a class="bigusername" href="member.php?u={post.by.id}">{name}</a>' if post.by.id else name


def _text(board: Board, post: Post) -> str:
    return to_html(post.text, _quote, board.photo)


def _quote(author: str, post_id: int, inner: str) -> str:
    return (
        '<div style="margin:20px; margin-top:5px;"><div class="smallfont" style="margin-bottom:2px">Quote:</div>'
        '<table cellpadding="6" cellspacing="0" border="0" width="100%"><tr>'
        '<td class="alt2" style="border:1px inset"><div>Originally Posted by '
        f'<strong>{author}</strong> <a href="showthread.php?p={post_id}#post{post_id}" rel="nofollow">'
        '<img class="inlineimg" src="images/buttons/viewpost.gif" border="0" alt="View Post" /></a></div>'
        f'<div style="font-style:italic">{inner}</div></td></tr></table></div>'
    )


def _attachments(post: Post) -> str:
    if not post.attachments:
        return ""
    links = "".join(_attachment(post, file) for file in post.attachments)
    return (
        '<!-- attachments --><div style="padding:6px"><fieldset class="fieldset"><legend>Attached Files</legend>'
        f'<div style="padding:3px">{links}</div></fieldset></div><!-- / attachments -->'
    )


def _attachment(post: Post, file: File) -> str:
    address = f"attachment.php?attachmentid={file.attachment}&amp;d={int(post.at.timestamp())}"
    if file.name.endswith(".txt"):
        return (
            '<table cellpadding="0" cellspacing="3" border="0"><tr><td><img class="inlineimg" '
            f'src="images/attach/txt.gif" alt="File Type: txt" /></td><td>'
            f'<a href="{address}">{file.name}</a> (1.2 KB, 31 views)</td></tr></table>'
        )
    return (
        f'<a href="{address}" rel="Lightbox_{post.id}" id="attachment{file.attachment}" target="_blank">'
        f'<img class="thumbnail" src="{address}&amp;stc=1&amp;thumb=1" border="0" '
        f'alt="Click image for larger version&#10;&#10;Name:&#9;{file.name}&#10;Views:&#9;31" /></a>&nbsp;'
    )


def _pager(address: str, number: int, last: int) -> str:
    if last == 1:
        return ""
    cells = []
    for each in range(1, last + 1):
        link = address if each == 1 else f"{address}&page={each}"
        inner = f'<span class="smallfont" title="Page {each}"><strong>{each}</strong></span>'
        plain = f'<a class="smallfont" href="{escape(link)}">{each}</a>'
        cells.append(f'<td class="{"alt2" if each == number else "alt1"}">{inner if each == number else plain}</td>')
    return (
        '<div class="pagenav" align="right"><table class="tborder" cellpadding="3" cellspacing="1" border="0"><tr>'
        f'<td class="vbmenu_control" style="font-weight:normal">Page {number} of {last}</td>{"".join(cells)}'
        "</tr></table></div>"
    )


def _navbar(board: Board, forum: Forum, here: str | None = None) -> str:
    path = board.path(forum)
    links = "".join(
        f'<span class="navbar">&gt; <a href="forumdisplay.php?f={each.id}">{escape(each.title)}</a></span>'
        for each in (path if here else path[:-1])
    )
    return (
        '<table class="tborder" cellpadding="6" border="0" width="100%"><tr><td class="alt1">'
        f'<span class="navbar"><a href="index.php" accesskey="1">{escape(board.title)}</a></span> {links}</td></tr>'
        f'<tr><td class="navbar"><strong>{escape(here or forum.title)}</strong></td></tr></table>'
    )


def _date(board: Board, at: datetime) -> str:
    return board.local(at).strftime("%m-%d-%Y, %I:%M %p")


def _frame(board: Board, title: str, body: str, comment: str) -> str:
    now = board.local(board.now).strftime("%I:%M %p")
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" dir="ltr" lang="en">
<head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
<meta name="generator" content="vBulletin 3.8.7" /><title>{escape(title)}</title>
<script type="text/javascript">var SESSIONURL = ""; var SECURITYTOKEN = "guest";</script></head>
<body onload=""><!-- {comment} -->
<form action="login.php?do=login" method="post"><input type="text" name="vb_login_username" size="10" />
<input type="password" name="vb_login_password" size="10" /></form>
{body}
<div class="smallfont" align="center">All times are GMT {board.timezone:+d}.
 The time now is <span class="time">{now}</span>.</div>
<a href="search.php">Search</a> <a href="memberlist.php">Members</a> <a href="calendar.php">Calendar</a>
<script type="text/javascript">vBulletin_init();</script></body></html>"""


_LOGIN = """<table class="tborder" cellpadding="6" cellspacing="1" border="0" width="70%" align="center">
<tr><td class="tcat">vBulletin Message</td></tr>
<tr><td class="panelsurround" align="center"><div class="panel"><div align="left">
<form action="login.php?do=login" method="post">
<!-- permission error message - user not logged in -->
<div class="smallfont">You are not logged in or you do not have permission to access this page.</div>
<fieldset class="fieldset"><legend>Log in</legend>
User Name: <input type="text" class="bginput" name="vb_login_username" size="50" />
Password: <input type="password" class="bginput" name="vb_login_password" size="50" /></fieldset></form>
<!-- / permission error message - user not logged in -->
</div></div></td></tr></table>"""
