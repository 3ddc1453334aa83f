"""Read XenForo's addresses: /threads/title.123/page-2, or the same behind /index.php? on boards without friendly ones.

The id stands behind the last dot of the title, and may be all there is. `unread` and `latest` lead to a page of the
thread that only the board knows.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult

from e30crawl.urls.address import OTHER, Target, UrlKind, number, sorted_query

# Some boards shorten the words, one of the largest to /t/ and /f/.
_SECTIONS = {
    "threads": UrlKind.THREAD, "thread": UrlKind.THREAD, "topics": UrlKind.THREAD, "t": UrlKind.THREAD,
    "forums": UrlKind.FORUM, "categories": UrlKind.FORUM, "f": UrlKind.FORUM,
    "posts": UrlKind.POST, "attachments": UrlKind.ATTACHMENT,
}  # fmt: skip
# vBulletin has 123-Title-3.0 without a slash behind it, and a bare /threads/123. `whats-new` counts its posts itself.
_TITLE = r"(?!\d+-[^/]*$)[^/]*\."
_ID = r"(?P<id>[1-9]\d{0,17})"
_ROUTE = re.compile(
    rf"(?P<first>(?:.*[/?])?(?:(?P<section>{'|'.join(_SECTIONS)})/{_TITLE}"
    rf"|(?P<bare>threads|forums)/(?=\d+/)|(?<!whats-new/)(?P<plain>posts|attachments)/){_ID})(?P<tail>/.*)?"
)
_TAIL = re.compile(r"/(?:page-(?P<page>\d{1,9})|post-(?P<post>\d{1,18})|unread|latest)?/?")
_GOTO = re.compile(r"(?:.*[/?])?goto/post/?")
# Whatever a board calls its threads, their pages are counted alike.
_PAGED = re.compile(rf"(?P<first>(?:.*[/?])?[\w-]+/{_TITLE}{_ID})(?:/(?:page-\d{{1,9}})?)?")
# Of all links of a vBulletin page hardly one looks like this, and to take an address apart costs ten times as much.
_HINT = re.compile(rf"[/?](?:(?:{'|'.join(_SECTIONS)})/(?:[^/?]*\.)?\d|goto/post)")


@dataclass(frozen=True, slots=True)
class _Address:
    """An address with its `route`: the path, or what stands for it alone in front of the query's fields."""

    parts: SplitResult
    route: str
    fields: dict[str, str]

    @classmethod
    def of(cls, parts: SplitResult) -> "_Address":
        alone, _, rest = parts.query.partition("&")
        inside = "/" in alone and "=" not in alone and parts.path.endswith(("/", ".php"))
        route = f"{parts.path}?{alone}" if inside else parts.path
        tokens = (rest if inside else parts.query).split("&")
        return cls(parts, route, dict(token.split("=", 1) for token in tokens if "=" in token))

    def at(self, route: str, *dropped: str) -> SplitResult:
        """Return the address of another route, without some of the fields."""
        path, _, alone = route.partition("?")
        kept = [f"{name}={value}" for name, value in self.fields.items() if name not in dropped]
        return self.parts._replace(path=path, query=sorted_query(filter(None, [alone, *kept])))


def tidy(parts: SplitResult) -> SplitResult:
    """Return one spelling of what leads to the same page; a file has its full size without any field."""
    if not _HINT.search(f"{parts.path}?{parts.query}"):
        return parts
    address = _Address.of(parts)
    match = _ROUTE.fullmatch(address.route)
    if match is None:
        return parts
    tail = _TAIL.fullmatch(match["tail"] or "")
    if _kind(match) is UrlKind.ATTACHMENT:
        return address.at(address.route, *address.fields)
    if tail is None or tail["post"] or int(tail["page"] or 1) > 1:
        return parts
    return address.at(f"{match['first']}/")


def target(parts: SplitResult) -> Target | None:
    """Return what the address names; None where it is none of XenForo's."""
    if not _HINT.search(f"{parts.path}?{parts.query}"):
        return None
    address = _Address.of(parts)
    if _GOTO.fullmatch(address.route):
        post = number(address.fields.get("id", ""))
        return Target(UrlKind.POST, post) if post else OTHER
    match = _ROUTE.fullmatch(address.route)
    if match is None:
        return None
    kind, tail = _kind(match), _TAIL.fullmatch(match["tail"] or "/")
    if tail is None or not address.fields.keys() <= {"page", "post_id", "nested_view"}:
        return OTHER
    if kind is UrlKind.THREAD and (post := number(tail["post"] or address.fields.get("post_id", ""))):
        return Target(UrlKind.POST, post)
    page = max(int(tail["page"] or number(address.fields.get("page", "")) or 1), 1)
    return Target(kind, int(match["id"]), page if kind in {UrlKind.THREAD, UrlKind.FORUM} else 1)


def page_url(parts: SplitResult, number: int) -> SplitResult | None:
    """Return the address of page `number` of a thread or forum; None where the address is none of XenForo's."""
    address = _Address.of(parts)
    match = _PAGED.fullmatch(address.route) or _ROUTE.fullmatch(address.route)
    if match is None:
        return None
    return address.at(f"{match['first']}/" + (f"page-{number}" if number > 1 else ""), "page", "post_id")


def _kind(match: re.Match[str]) -> UrlKind:
    return _SECTIONS[match["section"] or match["bare"] or match["plain"]]
