"""What an address says about a vBulletin page, without fetching it.

One page has many addresses: vB2 to vB5 each brought their own, vBSEO rewrote them, and any of them may carry a session
id (363 of them on one real page). `canonical` takes the noise off, `classify` reads kind, id and page number,
`identity` is the key under which two addresses are the same thing. Ids hold within one board; slugs are ignored.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit, urlunsplit


class UrlKind(StrEnum):
    HOME = "home"
    FORUM = "forum"
    THREAD = "thread"
    POST = "post"  # one post inside a thread; which page of the thread, only the board knows
    ATTACHMENT = "attachment"
    OTHER = "other"  # member, search, calendar, newreply, printthread, login and whatever else is not listed above


@dataclass(frozen=True, slots=True)
class Target:
    kind: UrlKind
    id: int | None = None
    page: int = 1


OTHER = Target(UrlKind.OTHER)

# `sort`, `order`, `daysprune`, `perpage` and `viewfull` show the same page in another dress; `goto` is a moving target.
_NOISE = re.compile(
    "goto|highlight|mode|pp|perpage|stc|d|thumb|styleid|langid|viewfull|sort|order|daysprune|referrerid", re.IGNORECASE
)
_SESSION = re.compile(r"(?:s|sid|phpsessid)=(?:[0-9a-f]{32})?", re.IGNORECASE)
_FIRST_PAGE = re.compile(r"page(?:number)?=0*1")
_DEFAULT_PORT = {"http": re.compile(r"(?::(?:0*80)?)+$"), "https": re.compile(r"(?::(?:0*443)?)+$")}
# Internet Brands boards link from /page-50/ to /page-50/page-70/ and so on for ever; only the last one counts.
_GROWING = re.compile(r"(?:/page-\d+)+(?=/page-\d)")

# Where a page number hides in a path. vBSEO adds "-a" to a title that ends in a digit, so a trailing "-2" is a page.
_PAGE_TAILS = (
    re.compile(r"(?P<first>.+)/page-?(?P<page>\d{1,9})(?P<end>/?)"),
    re.compile(r"(?P<first>.*)/(?:index|page)(?P<page>\d{1,9})\.html(?P<end>)"),
    re.compile(r"(?P<first>.*/[tf]?\d{1,18}-[^/]*)-(?P<page>\d{1,9})(?P<end>\.html)"),
    re.compile(r"(?P<first>.*/[^/]*-\d{4,18})-(?P<page>\d{1,3})(?P<end>\.html)"),  # the id behind the slug
)
_SLUG_PAGE = re.compile(r"(?P<first>\d{1,18}(?:-[^/&=]*)?)/page(?P<page>\d{1,9})")
_SLUG = re.compile(r"(?P<id>\d{1,18})(?:-[^&=]*)?")

_SCRIPT = re.compile(r"/(?P<name>\w+)\.php(?:/(?P<id>\d{1,18})(?:-[^/]*)?)?$")
# Script: kind, the keys that hold its id, and other keys that change nothing. Any key beyond these makes it OTHER:
# `do=markread` is an action, `prefixid=` a filter that shows only a part.
_SCRIPTS = {
    "showthread": (UrlKind.THREAD, ("t", "threadid"), frozenset({"p", "postid"})),
    "forumdisplay": (UrlKind.FORUM, ("f", "forumid"), frozenset()),
    "showpost": (UrlKind.POST, ("p", "postid"), frozenset({"postcount"})),
    "attachment": (UrlKind.ATTACHMENT, ("attachmentid",), frozenset({"postid"})),
}
_HOME_PATH = re.compile(r"(?:/[\w~-]+)*/(?:index|forum|forums)\.php|/|/forums?/?")

_NOT_A_FORUM = re.compile(
    r".*/(?:admincp|albums?|archive|articles|avatars|blogs?|calendar|clientscript|contact|content|core|customavatars"
    r"|entry|external|faq|gallery|groups|help|images|list|login|members?|memberlist|modcp|online|pm|private|profile"
    r"|register|reviews|search|settings|store|tags?|user|usercp|users)(?:/.*)?",
    re.IGNORECASE,
)
# A directory alone does not say: of /108-tribute/ and /27-5-650b/, both real, the first begins with its id.
_PATHS = (
    (UrlKind.ATTACHMENT, re.compile(r".*/attachments/(?:[^/]+/)?(?P<id>\d{1,18})(?:d\d+)?t?-[^/]+")),
    (UrlKind.POST, re.compile(r".*/(?P<id>\d{1,18})-post\d+\.html")),  # vBSEO's showpost: "post 3" is its number
    (UrlKind.POST, re.compile(r".*-post(?P<id>\d{1,18})\.html")),
    (UrlKind.THREAD, re.compile(r".*/threads/(?P<id>\d{1,18})(?:-[^/]*)?/?")),
    (UrlKind.THREAD, re.compile(r".*/t(?P<id>\d{1,18})-[^/]+\.html")),
    (UrlKind.THREAD, re.compile(r".*/[^/]+/(?P<id>\d{1,18})-[^/]+\.html")),
    (UrlKind.THREAD, re.compile(r".*/[^/]+/[^/]*-(?P<id>\d{3,18})\.html")),
    (UrlKind.THREAD, re.compile(r".*/[a-z][^/]*-\d+/[a-z][^/]*-(?P<id>\d{1,18})/")),
    (UrlKind.THREAD, re.compile(r".*/forums?/(?:[^/]+/)+(?P<id>\d{1,18})-[^/.]+")),
    (UrlKind.FORUM, re.compile(r".*/forums/(?P<id>\d{1,18})(?:-[^/]*)?/?")),
    (UrlKind.FORUM, re.compile(r".*/f(?P<id>\d{1,18})-[^/]+\.html")),
    (UrlKind.FORUM, re.compile(r".*/f(?:orum)?(?P<id>\d{1,18})/")),
)
_NAMELESS_FORUM = re.compile(r"(?:/[\w~-]+)?/forums?(?:/(?!\d+-)[a-z0-9][a-z0-9-]*){1,6}/?")
_NATIVE_SLASH = re.compile(r".*/(?:threads|forums)/\d[^/]*/")
_THREAD_DIRECTORY = re.compile(r".*/[a-z][^/]*-\d+/[a-z][^/]*-\d+/")

# Where a board's own part of a path begins; before it stands the folder that the board lies in.
_WITHIN = re.compile(r"/(?:forums?|threads|\w+\.php)(?:/.*)?$", re.IGNORECASE)

_MEMBER = (
    re.compile(r"[?&;](?:u|userid)=(\d{1,18})\b"),
    re.compile(r"/member\.php[?/](\d{1,18})\b"),
    re.compile(r"/members?/(\d{1,18})(?=[-_./?]|$)"),  # not /members/325ix.html
    re.compile(r"/user/[^/]*-(\d{1,18})/?$"),
    re.compile(r"/(\d{1,18})-[^/]+\.html$"),
)


@dataclass(frozen=True, slots=True)
class _Address:
    """An address without its page number: path and query are those of the first page."""

    parts: SplitResult
    page: int
    listing: bool  # the page number stood in an index file, which vBSEO writes for forums only

    @property
    def fields(self) -> dict[str, str]:
        return dict(token.split("=", 1) for token in self.parts.query.split("&") if "=" in token)

    @property
    def slug(self) -> str | None:
        """The bare `123-Title` of vB4's `showthread.php?123-Title`."""
        return next((token for token in self.parts.query.split("&") if token and "=" not in token), None)


def canonical(url: str) -> str:
    """One spelling per page: no session, no fragment, no display options, keys sorted. What is no web address stays."""
    parts = _clean(url)
    return urlunsplit(parts) if parts else url


def _clean(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORT or not parts.netloc:
        return None
    user, at, host = parts.netloc.rpartition("@")
    host = _DEFAULT_PORT[parts.scheme].sub("", host.lower())
    query = _sorted(token for token in parts.query.split("&") if _matters(token))
    path = _GROWING.sub("", parts.path) or "/"
    return SplitResult(parts.scheme, f"{user}{at}{host}", path, query, "")


def _sorted(tokens: Iterable[str]) -> str:
    return "&".join(sorted(tokens, key=lambda token: token.partition("=")[0]))


def _matters(token: str) -> bool:
    name = token.partition("=")[0]
    return (
        bool(token)
        and not _NOISE.fullmatch(name)
        and not _SESSION.fullmatch(token)
        and not _FIRST_PAGE.fullmatch(token)
    )


@lru_cache(maxsize=4096)  # a page asks twice for most addresses, and its neighbours ask again: 12 µs each
def classify(url: str) -> Target:
    """Kind, id and page of an address, as far as the address alone says; pages that merely look like ours are OTHER."""
    address = _take_apart(url)
    if address is None:
        return OTHER
    if _HOME_PATH.fullmatch(address.parts.path):
        return Target(UrlKind.HOME) if not address.parts.query and address.page == 1 else OTHER
    script = _SCRIPT.search(address.parts.path)
    return _of_script(address, script) if script else _of_path(address)


def identity(url: str) -> str:
    """`thread:123:2`, `forum:4:1`, `post:9`, `attachment:55`; without an id the canonical address itself."""
    target = classify(url)
    if target.id is None:
        return canonical(url)
    paged = target.kind in {UrlKind.THREAD, UrlKind.FORUM}
    return f"{target.kind}:{target.id}:{target.page}" if paged else f"{target.kind}:{target.id}"


def page_url(url: str, number: int) -> str:
    """Address of page `number` of a thread or forum: pagers link only to neighbours, so pages are counted instead."""
    address = _take_apart(url)
    if address is None:
        return url
    parts = address.parts
    if number <= 1:
        return urlunsplit(parts)
    if fields := address.fields:
        key = "pagenumber" if {"threadid", "forumid"} & fields.keys() else "page"
        return urlunsplit(parts._replace(query=_sorted([*parts.query.split("&"), f"{key}={number}"])))
    if address.slug:
        return urlunsplit(parts._replace(query=f"{address.slug}/page{number}"))
    return urlunsplit(parts._replace(path=_page_path(parts.path, number)))


@lru_cache(maxsize=256)  # every link of a page is held against the page's own
def site(url: str) -> str:
    """Host and port, where `www.` makes no difference."""
    return urlsplit(url).netloc.lower().removeprefix("www.")


def same_board(one: str, other: str) -> bool:
    """Whether two addresses can be of one board: the same site and the same folder on it.

    Of a rewritten page such as /engine/12-title.html the address does not say which part is the folder.
    """
    (near, near_sure), (far, far_sure) = sorted(map(_root, (one, other)), key=lambda root: len(root[0]))
    return near == far or (near_sure and not far_sure and far.startswith(near))


def _root(url: str) -> tuple[str, bool]:
    """Site and folder of the board, and whether that is sure; else it is the whole path."""
    url = canonical(url)
    path = urlsplit(url).path
    inside = _WITHIN.search(path)
    folder = path[: inside.start()] if inside else path
    sure = bool(inside) or classify(url).kind not in {UrlKind.FORUM, UrlKind.THREAD}
    return f"{site(url)}{folder.rstrip('/')}/", sure


def member_id(url: str | None) -> int | None:
    """The id in a link that is known to lead to a member; None where the board writes only the name."""
    found = next((match for pattern in _MEMBER if (match := pattern.search(url or ""))), None)
    return int(found[1]) if found else None


def _page_path(path: str, number: int) -> str:
    if path.endswith(".html"):
        return f"{path.removesuffix('.html')}-{number}.html"
    if _THREAD_DIRECTORY.fullmatch(path):
        return f"{path}page{number}.html"
    if path.endswith("/") and not _NATIVE_SLASH.fullmatch(path):
        return f"{path}index{number}.html"
    return f"{path.rstrip('/')}/page{number}"


@lru_cache(maxsize=256)  # a first page counts up all the others from its own address
def _take_apart(url: str) -> _Address | None:
    parts = _clean(url)
    if parts is None:
        return None
    page, tokens = 1, []
    for token in filter(None, parts.query.split("&")):
        name, equals, value = token.partition("=")
        if equals and name in {"page", "pagenumber"} and re.fullmatch(r"\d{1,9}", value):
            page = max(int(value), 1)
        elif slug := _SLUG_PAGE.fullmatch(token):
            page = int(slug["page"])
            tokens.append(slug["first"])
        else:
            tokens.append(token)
    tail = next((match for pattern in _PAGE_TAILS if (match := pattern.fullmatch(parts.path))), None)
    if tail is None:
        return _Address(parts._replace(query="&".join(tokens)), page, listing=False)
    listing = parts.path.endswith(f"/index{tail['page']}.html")
    directory = listing or parts.path.endswith(f"/page{tail['page']}.html") or tail["end"] == "/"
    path = tail["first"] + ("/" if directory else tail["end"])
    return _Address(parts._replace(path=path, query="&".join(tokens)), max(int(tail["page"]), 1), listing)


def _of_script(address: _Address, script: re.Match[str]) -> Target:
    fields = address.fields
    if script["name"] not in _SCRIPTS:
        return OTHER
    kind, keys, harmless = _SCRIPTS[script["name"]]
    if not fields.keys() <= harmless.union(keys):
        return OTHER
    post = fields.get("p") or fields.get("postid")
    if kind is UrlKind.THREAD and post is not None:
        return Target(UrlKind.POST, _number(post)) if _number(post) else OTHER
    slug = _SLUG.fullmatch(address.slug or "")
    id_ = next((fields[key] for key in keys if key in fields), None) or script["id"] or (slug and slug["id"])
    if kind is UrlKind.ATTACHMENT and id_ is None and post is not None:
        return Target(kind)  # vB2 names an attachment by its post: another row of numbers
    return Target(kind, _number(id_), address.page) if id_ and _number(id_) else OTHER


def _of_path(address: _Address) -> Target:
    path, fields = address.parts.path, address.fields
    if path.endswith("/filedata/fetch"):
        # Photos are nodes as files are, with one row of ids.
        return Target(UrlKind.ATTACHMENT, _number(fields.get("id") or fields.get("photoid", "")))
    if address.slug or not fields.keys() <= {"p"} or _NOT_A_FORUM.fullmatch(path):
        return OTHER
    for kind, pattern in _PATHS:
        if match := pattern.fullmatch(path):
            if kind is UrlKind.THREAD and "p" in fields:
                return Target(UrlKind.POST, _number(fields["p"])) if _number(fields["p"]) else OTHER
            return Target(kind, int(match["id"]), address.page)
    if not fields and (address.listing or _NAMELESS_FORUM.fullmatch(path)):
        return Target(UrlKind.FORUM, None, address.page)
    return OTHER


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,18}", text) else None
