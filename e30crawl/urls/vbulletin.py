"""Read vBulletin's addresses: vB2 to vB5 each brought their own, vBSEO rewrote them. Ids hold within one board."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult

from e30crawl.urls.address import OTHER, Target, UrlKind, number, sorted_query

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
    # Not XenForo's thumbnails, which lie in a folder of this name under numbers of their own.
    (
        UrlKind.ATTACHMENT,
        re.compile(r".*/attachments/(?!\d+/\d+-[0-9a-f]{32}\.)(?:[^/]+/)?(?P<id>\d{1,18})(?:d\d+)?t?-[^/]+"),
    ),
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
        """Return the bare `123-Title` of vB4's `showthread.php?123-Title`."""
        return next((token for token in self.parts.query.split("&") if token and "=" not in token), None)


def target(parts: SplitResult) -> Target:
    """Return what a clean address names."""
    address = _take_apart(parts)
    if _HOME_PATH.fullmatch(address.parts.path):
        return Target(UrlKind.HOME) if not address.parts.query and address.page == 1 else OTHER
    script = _SCRIPT.search(address.parts.path)
    return _of_script(address, script) if script else _of_path(address)


def page_url(parts: SplitResult, number: int) -> SplitResult:
    address = _take_apart(parts)
    first = address.parts
    if number <= 1:
        return first
    if fields := address.fields:
        key = "pagenumber" if {"threadid", "forumid"} & fields.keys() else "page"
        return first._replace(query=sorted_query([*first.query.split("&"), f"{key}={number}"]))
    if address.slug:
        return first._replace(query=f"{address.slug}/page{number}")
    path = first.path
    if path.endswith(".html"):
        path = f"{path.removesuffix('.html')}-{number}.html"
    elif _THREAD_DIRECTORY.fullmatch(path):
        path = f"{path}page{number}.html"
    elif path.endswith("/") and not _NATIVE_SLASH.fullmatch(path):
        path = f"{path}index{number}.html"
    else:
        path = f"{path.rstrip('/')}/page{number}"
    return first._replace(path=path)


@lru_cache(maxsize=256)
def _take_apart(parts: SplitResult) -> _Address:
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
        return Target(UrlKind.POST, number(post)) if number(post) else OTHER
    slug = _SLUG.fullmatch(address.slug or "")
    id_ = next((fields[key] for key in keys if key in fields), None) or script["id"] or (slug and slug["id"])
    if kind is UrlKind.ATTACHMENT and id_ is None and post is not None:
        return Target(kind)  # vB2 names an attachment by its post: another row of numbers
    return Target(kind, number(id_), address.page) if id_ and number(id_) else OTHER


def _of_path(address: _Address) -> Target:
    path, fields = address.parts.path, address.fields
    if path.endswith("/filedata/fetch"):
        # Photos are nodes as files are, with one row of ids.
        return Target(UrlKind.ATTACHMENT, number(fields.get("id") or fields.get("photoid", "")))
    if address.slug or not fields.keys() <= {"p"} or _NOT_A_FORUM.fullmatch(path):
        return OTHER
    for kind, pattern in _PATHS:
        if match := pattern.fullmatch(path):
            if kind is UrlKind.THREAD and "p" in fields:
                return Target(UrlKind.POST, number(fields["p"])) if number(fields["p"]) else OTHER
            return Target(kind, int(match["id"]), address.page)
    if not fields and (address.listing or _NAMELESS_FORUM.fullmatch(path)):
        return Target(UrlKind.FORUM, None, address.page)
    return OTHER
