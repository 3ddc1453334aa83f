"""Let the browser out through a proxy on loopback that dials public addresses and nothing else.

A browser looks names up, follows redirects and loads frames by itself, past every middleware of ours. Here it is told
to look nothing up and to send all of it through this proxy, which checks the very address that it dials.
"""

import asyncio
import ipaddress
import logging
import re
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from e30crawl.guard import DEFAULT_PORTS, Allowed, is_public, refusal

logger = logging.getLogger(__name__)

Resolve = Callable[[str, int], Awaitable[list[str]]]

HEAD_SIZE = 64 * 2**10  # of a request, cookies and all
CHUNK = 64 * 2**10
PATIENCE = 2.0  # seconds for an address that has another one behind it: IPv6 without a route may be silent
_REQUEST = re.compile(rb"([A-Z]{1,20}) (\S{1,8000}) (HTTP/1\.[01])\r\n", re.ASCII)
_CONNECTION = re.compile(rb"^(?:proxy-)?connection:[^\r\n]*\r\n", re.IGNORECASE | re.MULTILINE)


class ClosedError(Exception):
    """A request that is not let through; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    host: str
    port: int
    head: bytes  # what to send on; empty for a tunnel


def parse_target(head: bytes) -> Target:
    """Return where a request to a proxy wants to go (RFC 9112, 3.2.2 and 3.2.3). Raises ClosedError."""
    match = _REQUEST.match(head)
    if match is None:
        raise ClosedError("not a request")
    method, address, version = match[1], match[2].decode("latin-1"), match[3]
    tunnel = method == b"CONNECT"
    try:
        parts = urlsplit(f"https://{address}" if tunnel else address)
        host, port = parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        raise ClosedError("not an address") from None
    if not host or port is None or parts.scheme not in DEFAULT_PORTS:
        raise ClosedError("not an address on the web")
    if tunnel:
        return Target(host, port, b"")
    origin = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # One request a connection: the next one might be for another host.
    rest = _CONNECTION.sub(b"", head[match.end() :])
    return Target(host, port, b"%b %b %b\r\nConnection: close\r\n" % (method, origin.encode("latin-1"), version) + rest)


async def look_up(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [place[0] for *_, place in found]


async def public_addresses(place: Target, allowed: Allowed, resolve: Resolve = look_up) -> list[str]:
    """Return the public addresses of a place, to dial.

    Raises ClosedError where there is none, OSError for a name that is not found.
    """
    host = f"[{place.host}]" if ":" in place.host else place.host
    if reason := refusal(f"http://{host}:{place.port}/", allowed):
        raise ClosedError(reason)
    found = await resolve(place.host, place.port)
    if (place.host, place.port) in allowed.pairs:
        return found
    public = [address for address in found if is_public(ipaddress.ip_address(address))]
    if not public:
        raise ClosedError(f"{place.host} leads to {', '.join(found)}, which is not public")
    return public


async def dial(found: list[str], port: int) -> tuple[StreamReader, StreamWriter]:
    """Open a connection to the first address that answers. Raises OSError."""
    for address in found[:-1]:
        with suppress(OSError):
            async with asyncio.timeout(PATIENCE):
                return await asyncio.open_connection(address, port)
    return await asyncio.open_connection(found[-1], port)


class EgressProxy:
    """A proxy on a free port of loopback, in the running event loop."""

    def __init__(self, allowed: Allowed) -> None:
        self.allowed = allowed
        self._server: asyncio.Server | None = None

    async def open(self) -> str:
        """Start to serve, and return the proxy's address as a proxy is named."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=HEAD_SIZE)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        if self._server:
            self._server.close()

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            try:
                place = parse_target(head)
                there, back = await dial(await public_addresses(place, self.allowed), place.port)
            except ClosedError as error:
                logger.info("the browser was refused: %s", error)
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            except OSError:
                writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                back.write(place.head)
                if not place.head:
                    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
            await writer.drain()
        writer.close()


async def _pipe(reader: StreamReader, writer: StreamWriter) -> None:
    """Copy what comes until one side ends, which ends the other."""
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()
