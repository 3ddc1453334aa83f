"""Explain what is wrong with an address, to whoever typed it: nobody waits a day for a host that does not exist."""

from urllib.parse import urlsplit

from OpenSSL import SSL
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost, TCPTimedOutError
from twisted.web._newclient import ParseError
from twisted.web.client import ResponseFailed

# Kind of error, a part of its text, what it means; the first that fits.
MEANINGS = (
    (CannotResolveHostError, "", "no such host on the public internet: {host}"),
    (DownloadConnectionRefusedError, "", "nothing listens at {place}"),
    ((DownloadTimeoutError, TCPTimedOutError), "", "no answer from {place} {within}"),
    (ConnectError, "reset by peer", "{place} closes the line instead of answering"),
    (ConnectError, "", "no way to {place}: {error}"),
    (VerificationError, "", "the certificate of {place} is for another name"),
    # OpenSSL knows which of them it is, and Twisted does not pass it on.
    (SSL.Error, "certificate verify failed", "the certificate of {place} is not valid: expired, or by nobody we trust"),
    (SSL.Error, "wrong version number", "{place} does not speak https; is it http://{place}?"),
    (SSL.Error, "", "no encrypted line to {place}: {error}"),
    (ParseError, "", "what answers at {place} is no web server"),
    ((ConnectionDone, ConnectionLost), "", "{place} closes the line instead of answering"),
)


def unreachable(error: BaseException | None, request: Request) -> str | None:
    """Return what is wrong with the address of a request that failed so; None where it is something else.

    Scrapy wraps the errors of Twisted, Twisted those of TLS, and StrictRobots all of them.
    """
    parts, seconds = urlsplit(request.url), request.meta.get("download_timeout")
    place, within = parts.netloc.rpartition("@")[2], f"within {seconds:g} s" if seconds else "in time"
    while error is not None:
        for kind, mark, meaning in MEANINGS:
            if isinstance(error, kind) and mark in str(error):
                return meaning.format(host=parts.hostname, place=place, within=within, error=error)
        error = error.reasons[-1].value if isinstance(error, ResponseFailed) else error.__cause__
    return None
