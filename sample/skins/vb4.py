"""Pages in the markup of vBulletin 4.2: lists instead of tables, showthread.php?N-Slug/pageM."""

import re
from datetime import datetime
from html import escape

from sample.board import Board, File, Forum, Post, Thread
from sample.markup import to_html
from sample.skins import Place

_ADDRESSES = (
    ("home", re.compile(r"(?:forum\.php|index\.php)?")),
    ("forum", re.compile(r"forumdisplay\.php\?(?P<id>\d+)-[\w-]+(?:/page(?P<page>\d+))?")),
    ("thread", re.compile(r"showthread\.php\?(?P<id>\d+)-[\w-]+(?:/page(?P<page>\d+))?")),
    ("attachment", re.compile(r"attachment\.php\?(?:.*&)?attachmentid=(?P<id>\d+)(?:&.*)?")),
)


def locate(address: str, board: Board) -> Place | None:  # noqa: ARG001 - the skins share one signature
    for kind, pattern in _ADDRESSES:
        if match := pattern.fullmatch(address):
            found = match.groupdict()
            return Place(kind, int(found.get("id") or 0), int(found.get("page") or 1))
    return None


def home(board: Board) -> str:
    return _frame(board, board.title, _forum_list(board, None))


def forum(board: Board, forum: Forum, number: int) -> str:
    below = _forum_list(board, forum) if board.children(forum) else ""
    if forum.is_category:
        return _frame(board, forum.title, f"{_breadcrumb(board, forum)}{below}")
    pager = _pager(_forum_address(forum), number, board.forum_pages(forum))
    listed = board.listed(forum, number)
    stickies = "".join(_thread_row(board, thread) for thread in listed if thread.sticky)
    others = "".join(_thread_row(board, thread) for thread in listed if not thread.sticky)
    total, first = len(board.normal(forum)), (number - 1) * board.threads_per_page + 1
    last = min(first + board.threads_per_page - 1, total)
    body = f"""{_breadcrumb(board, forum)}{below}
<div id="threadlist" class="threadlist">
<div id="threadpagestats"><div class="threadpagestats">Threads {first} to {last} of {total}</div></div>{pager}
<ol id="stickies" class="stickies">{stickies}</ol><ol id="threads" class="threads">{others}</ol></div>"""
    return _frame(board, forum.title, body)


def thread(board: Board, thread: Thread, number: int) -> str:
    pager = _pager(_thread_address(thread), number, board.thread_pages(thread))
    posts = "".join(_post(board, thread, post) for post in board.posts_on(thread, number))
    body = f"""{_breadcrumb(board, board.forums[thread.forum], thread.title)}
<div id="pagetitle" class="pagetitle"><h1>Thread: <span class="threadtitle">
<a href="{_thread_address(thread)}">{escape(thread.title)}</a></span></h1></div>
<div id="pagination_top" class="pagination_top">{pager}</div>
<div id="postlist" class="postlist restrain"><ol id="posts" class="posts" start="1">{posts}</ol></div>
<a href="printthread.php?t={thread.id}&amp;pp={board.posts_per_page}">Show Printable Version</a>"""
    return _frame(board, thread.title, body)


def notice(board: Board) -> str:
    return _frame(board, "vBulletin Message", _LOGIN)


def _forum_address(forum: Forum) -> str:
    return f"forumdisplay.php?{forum.id}-{forum.slug}"


def _thread_address(thread: Thread) -> str:
    return f"showthread.php?{thread.id}-{thread.slug}"


def _forum_list(board: Board, above: Forum | None) -> str:
    if above is not None:
        rows = "".join(_forum_row(board, each) for each in board.children(above))
        return f'<div class="forumbits"><ol id="forumbits" class="forumbits">{rows}</ol></div>'
    categories = []
    for category in board.children(None):
        rows = "".join(_forum_row(board, each) for each in board.children(category))
        categories.append(
            f'<li class="forumbit_nopost old L1" id="cat{category.id}"><div class="forumhead foruminfo L1 collapse">'
            '<h2><span class="forumtitle">'
            f'<a href="{_forum_address(category)}">{escape(category.title)}</a></span></h2>'
            f'<div class="forumrowdata"><p class="subforumdescription">{escape(category.description)}</p></div></div>'
            f'<ol id="c_cat{category.id}" class="childforum">{rows}</ol></li>'
        )
    return f'<ol id="forums" class="floatcontainer">{"".join(categories)}</ol>'


def _forum_row(board: Board, forum: Forum) -> str:
    children = "".join(
        f'<li class="subforum"><img src="images/statusicon/subforum_old-48.png" alt="" class="inlineimg" />'
        f'<a href="{_forum_address(child)}">{escape(child.title)}</a></li>'
        for child in board.children(forum)
    )
    below = ""
    if children:
        below = (
            '<div class="subforums"><h4 class="subforumlistlabel"><span>Sub-Forums:</span></h4>'
            f'<ol class="subforumlist commalist">{children}</ol></div>'
        )
    return f"""<li id="forum{forum.id}" class="forumbit_post old L2"><div class="forumrow table">
<div class="foruminfo td"><img src="images/statusicon/forum_old-48.png" class="forumicon"
 id="forum_statusicon_{forum.id}" alt="" /><div class="forumdata"><div class="datacontainer">
<div class="titleline"><h2 class="forumtitle"><a href="{_forum_address(forum)}">{escape(forum.title)}</a></h2></div>
<p class="forumdescription">{escape(forum.description)}</p>{below}</div></div></div>
<h4 class="nocss_label">Forum Statistics:</h4><ul class="forumstats td">
<li>Threads: {len(board.threads_of(forum)):,}</li><li>Posts: {board.posts_in(forum):,}</li></ul>
<div class="forumlastpost td"><h4 class="lastpostlabel">Last Post:</h4><div>{_last(board, forum)}</div></div>
</div></li>"""


def _last(board: Board, forum: Forum) -> str:
    threads = board.threads_of(forum)
    if not threads:
        return "Never"
    post = threads[0].posts[-1]
    return (
        f'<p class="lastposttitle"><a href="{_thread_address(threads[0])}&amp;goto=newpost">{escape(threads[0].title)}'
        f'</a></p><div class="lastpostby">by {_author(post)}</div>'
        f'<p class="lastpostdate">{_date(board, post.at)}</p>'
    )


def _thread_row(board: Board, thread: Thread) -> str:
    post, last = thread.posts[0], thread.posts[-1]
    classes = "threadbit lock" if thread.closed else "threadbit"
    prefix = f'<span id="thread_prefix_{thread.id}" class="prefix understate">Sticky:</span>' if thread.sticky else ""
    return f"""<li class="{classes}" id="thread_{thread.id}"><div class="rating0 nonsticky"><div class="threadinfo"
 title="{escape(post.text[:60])}"><div class="inner"><h3 class="threadtitle">{prefix}
<a class="title" href="{_thread_address(thread)}" id="thread_title_{thread.id}">{escape(thread.title)}</a></h3>
<div class="threadmeta"><div class="author"><span class="label">Started by&nbsp;{_author(post, "username understate")},
 {_date(board, post.at)}</span></div></div></div></div>
<ul class="threadstats td alt">
<li>Replies: <a href="misc.php?do=whoposted&amp;t={thread.id}">{len(thread.posts) - 1}</a></li>
<li>Views: {thread.views:,}</li></ul>
<dl class="threadlastpost td"><dt class="lastpostby hidden">Last Post By</dt><dd>{_author(last)}</dd>
<dd>{_date(board, last.at)}</dd></dl></div></li>"""


def _post(board: Board, thread: Thread, post: Post) -> str:
    day, time = _date(board, post.at).split(", ")
    edited = signature = ""
    if post.edited:
        edit_day, edit_time = _date(board, post.edited).split(", ")
        edited = (
            f'<blockquote class="postcontent lastedited">Last edited by {escape(post.by.name)}; {edit_day} at '
            f'<span class="time">{edit_time}</span>. </blockquote>'
        )
    if post.by.signature:
        sig = escape(post.by.signature)
        signature = f'<blockquote class="signature restore"><div class="signaturecontainer">{sig}</div></blockquote>'
    return f"""<li class="postbitlegacy postbitim postcontainer old" id="post_{post.id}">
<div class="posthead">
<span class="postdate old"><span class="date">{day},&nbsp;<span class="time">{time}</span></span></span>
<span class="nodecontrols"><a name="post{post.id}" href="{_thread_address(thread)}&amp;p={post.id}#post{post.id}"
 class="postcounter">#{post.number}</a><a id="postcount{post.id}" name="{post.number}"></a></span></div>
<div class="postdetails"><div class="userinfo">
<div class="username_container">{_author(post, "username offline popupctrl")}
</div><span class="usertitle">{escape(post.by.title)}</span></div>
<div class="postbody"><div class="postrow has_after_content"><div class="content">
<div id="post_message_{post.id}"><blockquote class="postcontent restore ">{_text(board, post)}</blockquote></div>
{_attachments(post)}</div></div></div>
<div class="after_content">{edited}</div>{signature}<div class="cleardiv"></div></div></li>"""


def _author(post: Post, classes: str = "username") -> str:
    name = escape(post.by.name)
    if post.by.id is None:
        return f'<span class="username guest">{name}</span>'
    return f'<a class="{classes}" href="member.php?{post.by.id}-{name.replace(" ", "-")}"><strong>{name}</strong></a>'


def _text(board: Board, post: Post) -> str:
    return to_html(post.text, _quote, board.photo)


def _quote(author: str, post_id: int, inner: str) -> str:
    return (
        '<div class="bbcode_container"><div class="bbcode_quote"><div class="quote_container">'
        '<div class="bbcode_quote_container"></div><div class="bbcode_postedby"><img src="images/misc/quote_icon.png" '
        f'alt="Quote" /> Originally Posted by <strong>{author}</strong> '
        f'<a href="showthread.php?p={post_id}#post{post_id}" rel="nofollow"><img class="inlineimg" '
        'src="images/buttons/viewpost-right.png" alt="View Post" /></a></div>'
        f'<div class="message">{inner}</div></div></div></div>'
    )


def _attachments(post: Post) -> str:
    if not post.attachments:
        return ""
    links = "".join(f"<li>{_attachment(post, file)}</li>" for file in post.attachments)
    return (
        '<div class="attachments"><div class="attachments_container"><fieldset class="postcontent">'
        f"<legend>Attached Files</legend><ul>{links}</ul></fieldset></div></div>"
    )


def _attachment(post: Post, file: File) -> str:
    address = f"attachment.php?attachmentid={file.attachment}&amp;d={int(post.at.timestamp())}"
    if file.name.endswith(".txt"):
        icon = '<img class="inlineimg" src="images/attach/txt.gif" alt="File Type: txt" />'
        return f'{icon} <a href="{address}" target="_blank">{file.name}</a> (1.2 KB, 31 views)'
    return (
        f'<a href="{address}" rel="Lightbox_{post.id}" id="attachment{file.attachment}"><img class="thumbnail" '
        f'src="{address}&amp;thumb=1" alt="Click image for larger version.&nbsp;&#10;Name:&#9;{file.name}" /></a>'
    )


def _pager(address: str, number: int, last: int) -> str:
    if last == 1:
        return ""
    links = []
    for each in range(1, last + 1):
        link = address if each == 1 else f"{address}/page{each}"
        marked = f'<span class="selected"><a href="javascript://" title="Page {each}">{each}</a></span>'
        links.append(marked if each == number else f'<span><a href="{link}" title="Page {each}">{each}</a></span>')
    return (
        '<form action="" method="get" class="pagination popupmenu nohovermenu"><span><a href="javascript://" '
        f'class="popupctrl">Page {number} of {last}</a></span>{"".join(links)}</form>'
    )


def _breadcrumb(board: Board, forum: Forum, here: str | None = None) -> str:
    path = board.path(forum)
    links = "".join(
        f'<li class="navbit"><a href="{_forum_address(each)}">{escape(each.title)}</a></li>'
        for each in (path if here else path[:-1])
    )
    return (
        '<div id="breadcrumb" class="breadcrumb"><ul class="floatcontainer"><li class="navbithome">'
        f'<a href="forum.php">{escape(board.title)}</a></li>{links}'
        f'<li class="navbit lastnavbit"><span>{escape(here or forum.title)}</span></li></ul></div>'
    )


def _date(board: Board, at: datetime) -> str:
    return board.local(at).strftime("%m-%d-%Y, %I:%M %p")


def _frame(board: Board, title: str, body: str) -> str:
    now = board.local(board.now).strftime("%I:%M %p")
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" dir="ltr" lang="en" id="vbulletin_html">
<head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
<meta name="generator" content="vBulletin 4.2.2" /><title>{escape(title)}</title></head>
<body><div class="above_body"><form id="navbar_loginform" action="login.php?do=login" method="post">
<input type="text" name="vb_login_username" /><input type="password" name="vb_login_password" /></form></div>
<div class="body_wrapper">{body}</div>
<div id="footer" class="floatcontainer footer"><a href="search.php">Search</a> <a href="calendar.php">Calendar</a></div>
<div class="below_body"><div id="footer_time" class="shade footer_time">All times are GMT {board.timezone:+d}.
 The time now is <span class="time">{now}</span>.</div></div></body></html>"""


_LOGIN = """<div class="standard_error"><form class="block vbform" action="login.php?do=login" method="post">
<h2 class="blockhead">vBulletin Message</h2><div class="blockbody formcontrols">
<!-- permission error message - user not logged in -->
<p class="blockrow restore">You are not logged in or you do not have permission to access this page.</p>
<div class="blockrow">User Name: <input type="text" class="primary textbox" name="vb_login_username" />
Password: <input type="password" class="primary textbox" name="vb_login_password" /></div>
<!-- / permission error message - user not logged in -->
</div></form></div>"""
