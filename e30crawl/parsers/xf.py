"""Find what XenForo's pages say, in version 1, in version 2, and in VerticalScope's skin of it.

Skins rearrange the elements and keep the names of their CSS classes, so everything is looked up by these.
"""

from itertools import islice

from e30crawl.parsers.dates import from_iso, from_seconds
from e30crawl.parsers.document import Document, Element, is_of, words
from e30crawl.parsers.numbers import sole_number

_SECONDS = ("data-timestamp", "data-time", "california-data-time")  # the second is a time of day since XenForo 2.3


def root_attributes(document: Document) -> dict[str, str]:
    """Return the attributes of <html> and <body>: what kind of page it is, of which thread and forum."""
    outermost = list(islice(document.elements("html", "body"), 2))
    return {name: value for each in reversed(outermost) for name, value in each.attrib.items()}


def prefix(title: Element) -> str | None:
    """Return the coloured labels in front of a title."""
    return " ".join(words(each) for each in title.iter("span") if is_of(each, "label", "prefix")) or None


def two_counts(holder: Element | None) -> tuple[int | None, int | None]:
    """Read the first two numbers of a list of pairs."""
    texts = [words(each) for each in holder.iter("dd")] if holder is not None else []
    first, second, *_ = *map(sole_number, texts), None, None
    return first, second


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
