"""Explain what is wrong with an address, to whoever typed it: nobody waits a day for a host that does not exist."""

from urllib.parse import urlsplit

from OpenSSL import SSL
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost, TCPTimedOutError
from twisted.web._newclient import ParseError
from twisted.web.client import ResponseFailed

from e30crawl.middlewares import Refused

# What it means; the first that fits. Twisted's and OpenSSL's own words say which of the last it is.
MEANINGS = (
    (Refused, "{error}; -s GUARD_ALLOW=HOST:PORT lets a machine of your own through"),
    (CannotResolveHostError, "no such host on the public internet ({error})"),
    (DownloadConnectionRefusedError, "nothing listens at {place}"),
    ((DownloadTimeoutError, TCPTimedOutError), "no answer from {place} {within}"),
    (
        (ConnectError, ConnectionDone, ConnectionLost, ParseError, SSL.Error, VerificationError),
        "{place} does not speak {scheme} as it should: {error}",
    ),
)


def unreachable(error: BaseException | None, request: Request) -> str | None:
    """Return what is wrong with the address of a request that failed so; None where it is something else.

    Scrapy wraps the errors of Twisted, Twisted those of TLS, and StrictRobots all of them.
    """
    parts, seconds = urlsplit(request.url), request.meta.get("download_timeout")
    place, within = parts.netloc.rpartition("@")[2], f"within {seconds:g} s" if seconds else "in time"
    while error is not None:
        for kind, meaning in MEANINGS:
            if isinstance(error, kind):
                return meaning.format(scheme=parts.scheme, place=place, within=within, error=error)
        error = error.reasons[-1].value if isinstance(error, ResponseFailed) else error.__cause__
    return None
