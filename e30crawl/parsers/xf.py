"""Find what XenForo's pages say, in version 1, in version 2, and in VerticalScope's skin of it.

Skins rearrange the elements and keep the names of their CSS classes, so everything is looked up by these.
"""

from e30crawl.parsers.dates import from_iso, from_seconds
from e30crawl.parsers.document import Element, is_of, words

_SECONDS = ("data-timestamp", "data-time", "california-data-time")  # the second is a time of day since XenForo 2.3


def prefix(title: Element) -> str | None:
    """Return the coloured labels in front of a title."""
    return " ".join(words(each) for each in title.iter("span") if is_of(each, "label", "prefix")) or None


def moment(holder: Element | None) -> tuple[str | None, str | None]:
    """Read the first <time>: in UTC, where the page gives the moment, and as printed in full."""
    times = holder.iter("time", "abbr", "span") if holder is not None else ()
    element = next((each for each in times if each.tag == "time" or is_of(each, "DateTime")), None)
    if element is None:
        return None, None
    return utc(element), " ".join((element.get("title") or "").split()) or words(element) or None


def utc(element: Element) -> str | None:
    seconds = next((value for name in _SECONDS if (value := element.get(name, "")).isdecimal()), None)
    return from_seconds(seconds) or from_iso(element.get("datetime"))
