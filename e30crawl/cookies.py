"""Read the cookies of a browser that is logged in: a Netscape `cookies.txt`, which is never written to.

Scrapy's own cookies are off: on the first one tldextract would download the list of public suffixes, past robots.txt
and every delay. Nothing of that list is needed where cookies go to one site alone.
"""

import logging
import re
from collections.abc import Iterator
from datetime import datetime
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

logger = logging.getLogger(__name__)

HTTP_ONLY = "#HttpOnly_"  # before the host; not a comment
FLAGS = {"TRUE", "FALSE"}


class CookieFileError(ValueError):
    """The cookie file cannot be used; the message says why, and never a cookie's value."""


class BoardJar(CookieJar):
    """The cookies of one board; `expired` counts those of its file that were left out."""

    expired = 0


def load(path: Path, url: str, now: datetime) -> BoardJar:
    """Return the cookies in `path` for the board at `url` that have not expired at `now`. Raises CookieFileError.

    http.cookiejar reads such files too, but it takes the 0 of a session's cookie for 1970 and drops it, refuses a file
    in which the flag and the dot of one cookie disagree, and what it cannot read it prints with the cookie's value.
    """
    jar = BoardJar(DefaultCookiePolicy())
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    for cookie in _cookies(path):
        if not (_reaches(cookie, host) or _reaches(cookie, f"www.{host}")):
            continue
        if cookie.is_expired(now.timestamp()):
            jar.expired += 1
        else:
            jar.set_cookie(cookie)
    if not len(jar):
        what = f"its {jar.expired} cookies for {host} have expired" if jar.expired else f"no cookie for {host}"
        raise CookieFileError(f"{path}: {what}; log in with a browser and export its cookies for this board")
    return jar


def playwright_cookies(jar: BoardJar) -> list[dict[str, Any]]:
    """Return the same cookies as a browser context takes them; -1 means: until the browser is closed."""
    return [
        {
            "name": cookie.name,
            "value": cookie.value or "",
            "domain": cookie.domain,
            "path": cookie.path,
            "expires": -1 if cookie.expires is None else cookie.expires,
            "httpOnly": cookie.has_nonstandard_attr("HttpOnly"),
            "secure": cookie.secure,
        }
        for cookie in jar
    ]


def _cookies(path: Path) -> Iterator[Cookie]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise CookieFileError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CookieFileError(f"{path}: not a Netscape cookies.txt") from error
    for number, line in enumerate(lines, 1):
        http_only = line.startswith(HTTP_ONLY)
        if not line.strip() or (line.startswith("#") and not http_only):
            continue
        cookie = _cookie(line.removeprefix(HTTP_ONLY).split("\t"), http_only=http_only)
        if cookie is None:
            raise CookieFileError(
                f"{path}: line {number}: not a Netscape cookies.txt, which has seven fields there, parted by tabs"
            )
        yield cookie


def _cookie(fields: list[str], *, http_only: bool) -> Cookie | None:
    """Make a cookie of the seven fields of its line; None where they are not such fields.

    They are host, whether its subdomains too, path, whether https only, seconds since 1970, name, value.
    """
    if len(fields) != 7:
        return None
    host, subdomains, path, secure, expires, name, value = fields
    seconds = expires.partition(".")[0] or "0"
    if not (host and {subdomains, secure} <= FLAGS and path.startswith("/") and re.fullmatch(r"\d{1,15}", seconds)):
        return None
    # The dot says to http.cookiejar what the flag says here; exports disagree about writing it.
    domain = f".{host.lstrip('.')}" if subdomains == "TRUE" else host
    return Cookie(
        version=0,
        name=name,
        value=value,
        port=None,
        port_specified=False,
        domain=domain.lower(),
        domain_specified=subdomains == "TRUE",
        domain_initial_dot=subdomains == "TRUE",
        path=path,
        path_specified=True,
        secure=secure == "TRUE",
        expires=int(seconds) or None,  # 0: as long as the browser was open
        discard=int(seconds) == 0,
        comment=None,
        comment_url=None,
        rest={"HttpOnly": ""} if http_only else {},
    )


def _reaches(cookie: Cookie, host: str) -> bool:
    return host == cookie.domain or (cookie.domain.startswith(".") and f".{host}".endswith(cookie.domain))
