"""Define what an address can be, and take its noise off, whatever the board's software."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
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

# `sort`, `order`, `perpage` and `viewfull` show the same page in another dress, and `goto` is a moving target. Of lists
# that `daysprune` or `last_days` cut short the whole one is asked for (`of_all_ages`).
# XenForo's own: `direction`, `last_days`, `no_date_limit`, `sortby`, `sorting`.
# And of vBulletin 2: `sortfield`, `sortorder`; of 5: `filter_time`.
_NOISE = re.compile(
    "goto|highlight|mode|pp|perpage|stc|d|thumb|styleid|langid|viewfull|sort|order|daysprune|referrerid"
    "|direction|last_days|no_date_limit|filter_time|sortby|sorting|sortfield|sortorder",
    re.IGNORECASE,
)
_SESSION = re.compile(r"(?:s|sid|phpsessid)=(?:[0-9a-f]{32})?", re.IGNORECASE)
# What a board shows anyway. VerticalScope's nested view leaves posts out; nested_view=0 asks for the flat one.
_USUAL = re.compile(r"page(?:number)?=0*1|nested_view=(?!0$).*")
_DEFAULT_PORT = {"http": re.compile(r"(?::(?:0*80)?)+$"), "https": re.compile(r"(?::(?:0*443)?)+$")}
# What lifts the age limit that a list of threads has by default, in vBulletin (2 has "the beginning" as 1000 days) and
# XenForo. In any other address it is noise: there it stands in links that sort a list.
_OF_ALL_AGES = re.compile(r"[?&](daysprune=(?:-1|1000)|no_date_limit=1|filter_time=time_all)(?=&|$)")
# Internet Brands boards link from /page-50/ to /page-50/page-70/ and so on for ever; only the last one counts.
_GROWING = re.compile(r"(?:/page-\d+)+(?=/page-\d)")


def clean(url: str) -> SplitResult | None:
    """Return the address without session, fragment and display options, keys sorted; None if it is no web address."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORT or not parts.netloc:
        return None
    user, at, host = parts.netloc.rpartition("@")
    host = _DEFAULT_PORT[parts.scheme].sub("", host.lower())
    query = sorted_query(
        token
        for token in filter(None, parts.query.split("&"))
        if not (_NOISE.fullmatch(token.partition("=")[0]) or _SESSION.fullmatch(token) or _USUAL.fullmatch(token))
    )
    path = _GROWING.sub("", parts.path) or "/"
    return SplitResult(parts.scheme, f"{user}{at}{host}", path, query, "")


def sorted_query(tokens: Iterable[str]) -> str:
    """Return the query with its keys in order, behind what stands alone.

    A board that reads a route there reads only the first.
    """
    return "&".join(sorted(tokens, key=lambda token: ("=" in token, token.partition("=")[0])))


def of_all_ages(url: str, without_limit: str) -> str:
    """Return the address of a list with the part of a query that lifts the limit, such as `daysprune=-1`."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=sorted_query([*filter(None, parts.query.split("&")), without_limit])))


def lifted_in(url: str) -> str | None:
    """Return the part that lifts the limit of a list; None for the address of any other page."""
    found = _OF_ALL_AGES.search(url)
    return found[1] if found else None


def number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,18}", text) else None
