"""Ask for a list without the age limit that a board has set: by default some show the last 30 days' threads alone."""

import re
from urllib.parse import urlsplit, urlunsplit

from e30crawl.urls.address import sorted_query

# vBulletin's (2 has "the beginning" as 1000 days) and XenForo's. In any other address they are noise: there they stand
# in links that sort a list.
_OF_ALL_AGES = re.compile(r"[?&](daysprune=(?:-1|1000)|no_date_limit=1)(?=&|$)")


def of_all_ages(url: str, without_limit: str) -> str:
    """Return the address of a list with the part of a query that lifts the limit, such as `daysprune=-1`."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=sorted_query([*filter(None, parts.query.split("&")), without_limit])))


def lifted_in(url: str) -> str | None:
    """Return the part that lifts the limit of a list; None for the address of any other page."""
    found = _OF_ALL_AGES.search(url)
    return found[1] if found else None
