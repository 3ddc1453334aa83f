"""Tell what an address says about a board's page, without fetching it.

One page has many addresses: each software brought its own, add-ons rewrite them, and any may carry a session id (363 of
them on one real page). `canonical` takes the noise off, `classify` reads kind, id and page number, `identity` is the
key under which two addresses are the same thing. Ids hold within one board; slugs are ignored.
"""

import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit, urlunsplit

from e30crawl.urls import vbulletin, xenforo
from e30crawl.urls.address import OTHER, Target, UrlKind, clean, lifted_in, of_all_ages

__all__ = [
    "OTHER", "Target", "UrlKind", "canonical", "classify", "identity", "lifted_in", "member_id", "of_all_ages",
    "page_url", "same_board", "site", "surely_apart",
]  # fmt: skip

# Where a board's own part of a path begins; before it stands the folder that the board lies in.
_WITHIN = re.compile(r"/(?:forums?|threads|categories|posts|attachments|members|goto|\w+\.php)(?:/.*)?$", re.IGNORECASE)

_MEMBER = (
    re.compile(r"[?&;](?:u|userid)=(\d{1,18})\b"),
    re.compile(r"/member\.php[?/](\d{1,18})\b"),
    re.compile(r"[/?]members/[^/?]*\.(\d{1,18})(?:/|$)"),  # XenForo
    re.compile(r"[/?]members?/(\d{1,18})(?=[-_./?]|$)"),  # not /members/325ix.html
    re.compile(r"/user/[^/]*-(\d{1,18})/?$"),
    re.compile(r"/(\d{1,18})-[^/]+\.html$"),
)


def canonical(url: str) -> str:
    """Return one spelling per page; what is no web address stays as it is.

    It has no session, no fragment and no display options, and its keys are sorted.
    """
    parts = _clean(url)
    return urlunsplit(parts) if parts else url


@lru_cache(maxsize=4096)  # a page asks twice for most addresses, and its neighbours ask again: 12 µs each
def classify(url: str) -> Target:
    """Return kind, id and page as far as the address alone says; pages that merely look like ours are OTHER."""
    parts = _clean(url)
    return (xenforo.target(parts) or vbulletin.target(parts)) if parts else OTHER


def identity(url: str) -> str:
    """Return `thread:123:2`, `forum:4:1`, `post:9` or `attachment:55`; without an id the canonical address itself."""
    target = classify(url)
    if target.id is None:
        return canonical(url)
    paged = target.kind in {UrlKind.THREAD, UrlKind.FORUM}
    return f"{target.kind}:{target.id}:{target.page}" if paged else f"{target.kind}:{target.id}"


def page_url(url: str, number: int) -> str:
    """Return the address of page `number` of a thread or forum.

    Pagers link only to neighbours, so pages are counted instead.
    """
    parts = _clean(url)
    if parts is None:
        return url
    return urlunsplit(xenforo.page_url(parts, number) or vbulletin.page_url(parts, number))


@lru_cache(maxsize=256)  # every link of a page is held against the page's own
def site(url: str) -> str:
    """Return host and port, where `www.` makes no difference."""
    return urlsplit(url).netloc.lower().removeprefix("www.")


def same_board(one: str, other: str) -> bool:
    """Return whether two addresses can be of one board: the same site and the same folder on it.

    Of a rewritten page such as /engine/12-title.html the address does not say which part is the folder.
    """
    (near, near_sure), (far, far_sure) = sorted(map(_root, (one, other)), key=lambda root: len(root[0]))
    return near == far or (near_sure and not far_sure and far.startswith(near))


def member_id(url: str | None) -> int | None:
    """Return the id in a link that is known to lead to a member; None where the board writes only the name."""
    found = next((match for pattern in _MEMBER if (match := pattern.search(url or ""))), None)
    return int(found[1]) if found else None


@lru_cache(maxsize=256)  # a first page counts up all the others from its own address
def _clean(url: str) -> SplitResult | None:
    parts = clean(url)
    return xenforo.tidy(parts) if parts else None


def surely_apart(one: str, other: str) -> bool:
    """Return whether two addresses are surely not of one board; two rewritten ones of a site do not say."""
    says = any(_root(url)[1] for url in (one, other))
    return site(one) != site(other) or (says and not same_board(one, other))


def _root(url: str) -> tuple[str, bool]:
    """Return site and folder of the board, and whether that is sure; else it is the whole path."""
    url = canonical(url)
    path = urlsplit(url).path
    inside = _WITHIN.search(path)
    folder = path[: inside.start()] if inside else path
    sure = bool(inside) or classify(url).kind not in {UrlKind.FORUM, UrlKind.THREAD}
    return f"{site(url)}{folder.rstrip('/')}/", sure
