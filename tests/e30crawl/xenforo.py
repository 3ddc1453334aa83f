"""Pages of XenForo 2 of our own making, in pieces."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from e30crawl.parsers.page import read
from e30crawl.parsers.records import Page

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
HERE = "https://b.example/club/"
AT, IN_UTC = "2024-07-05T19:30:20-0400", "2024-07-05T23:30:20+00:00"
THUMB = "/club/data/attachments/0/7-0123456789abcdef0123456789abcdef.jpg"
ANN = '<a class="username" href="/club/members/ann.9/">Ann</a>'

CRUMBS = """<ul class="p-breadcrumbs"><li><a href="/club/">Home</a></li><li><a href="/club/#cars.2">Cars</a></li>
<li><a href="/club/forums/engine.4/"><span itemprop="name">Engine</span></a></li></ul>"""
POLL = """<form class="block" action="/club/threads/oil.82/poll/vote"><h2 class="block-header">Which oil?</h2><ul>
<li><div class="pollResult"><h3 class="pollResult-response">10W-60</h3><span class="pollResult-votes">
<span>Stimmen:</span> 12</span><span class="pollResult-percentage">80,0%</span></div></li>
<li><div class="pollResult"><h3 class="pollResult-response">5W-30</h3></div></li></ul></form>"""

# What breaks a page: places, how much of it is lost there, and what stands there instead.
BLOWS = st.lists(
    st.tuples(
        st.integers(0, 3000),
        st.integers(0, 30),
        st.sampled_from(["", "<", '"', "-", "0", "9" * 5000, "id=", "]", "http://[", "\0", "２", "<table>", "%"]),
    ),
    max_size=6,
)


def page(source: str, url: str = HERE + "threads/oil.82/") -> Page:
    return read(source.encode(), url, now=NOW)


def html(body: str, template: str = "", head: str = "", **attributes: str) -> str:
    given = {"data-template": template, **attributes} if template else attributes
    said = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in given.items())
    return f'<!DOCTYPE html><html id="XF" lang="de-DE"{said}><head>{head}</head><body>{body}</body></html>'


def pager(number: int, last: str) -> str:
    classes = {number: "pageNav-page pageNav-page--current"}
    pages = [f'<li class="{classes.get(each, "pageNav-page")}"><a>{each}</a></li>' for each in (1, 2, last)]
    return f'<ul class="pageNav-main">{"".join(pages)}<li class="pageNav-jump">Next</li></ul>'


def time(at: str = AT, title: str = "5. Juli 2024 um 19:30", **more: str) -> str:
    said = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    return f'<time class="u-dt" datetime="{at}"{said} title="{title}">Freitag um 19:30</time>'


def post(id_, number, content, *, author="Ann", after="", user=ANN):
    return f"""<article class="message message--post js-post" data-author="{author}" data-content="post-{id_}"
 id="js-post-{id_}"><span class="u-anchorTarget" id="post-{id_}"></span><div class="message-cell message-cell--user">
<h4 class="message-name">{user}</h4><dl><dd>1,234</dd></dl></div><div class="message-cell message-cell--main">
<header class="message-attribution"><ul class="message-attribution-main"><li>{time()}</li></ul>
<ul class="message-attribution-opposite"><li><a>Share</a></li><li><a href="/club/posts/{id_}/">#{number}</a></li></ul>
</header><div class="message-content"><div class="message-userContent"><article class="message-body">
<div class="bbWrapper">{content}</div></article>{after}</div><aside class="message-signature"><div class="bbWrapper">
<img class="bbImage" src="https://sig.example/a.png">my signature</div></aside></div></div></article>"""


def row(id_, title, *, classes="", statuses="", replies="12", views="1.204", author="Ann", last=None, before=""):
    return f"""<div class="structItem structItem--thread {classes} js-inlineModContainer js-threadListItem-{id_}"
 data-author="{author}"><ul class="structItem-statuses">{statuses}</ul><div class="structItem-title">{before}
<a href="/club/threads/{title.lower()}.{id_}/unread" data-tp-primary="on">{title}</a></div><ul class="structItem-parts">
<li><a href="/club/members/ann.9/" class="username">Ann</a></li><li>{time("2020-01-01T00:00:00+0000", "long ago")}</li>
</ul><div class="structItem-cell structItem-cell--meta"><dl><dt>Antworten</dt><dd>{replies}</dd></dl>
<dl><dt>Aufrufe</dt><dd>{views}</dd></dl></div><div class="structItem-cell structItem-cell--latest">
{last or '<time class="structItem-latestDate u-dt" title="Jul 5, 2024 at 7:30 PM">Yesterday</time>'}</div></div>"""


def status(name):
    return f'<li><i class="structItem-status structItem-status--{name}"></i><span class="u-srOnly">{name}</span></li>'
