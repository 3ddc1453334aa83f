"""Only public web addresses are fetched.

A forum's posts name any address they like: `<img src="http://127.0.0.1/...">` was fetched by plain Scrapy, and so
were `2130706433`, `127.1` and redirects to them. The middleware refuses schemes and literal addresses on every
hop; the resolver refuses names, and as it checks the very address that is dialled, a name cannot change in between.
"""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from scrapy.settings import BaseSettings
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Allowed:
    """Exact host and port pairs that may be fetched although they are not public."""

    pairs: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Reads GUARD_ALLOW, a list or a comma-separated string of `host:port`. Raises ValueError."""
        pairs = set()
        for entry in settings.getlist("GUARD_ALLOW"):
            host, colon, port = str(entry).strip().rpartition(":")
            if not (colon and host and port.isdecimal()):
                raise ValueError(f"GUARD_ALLOW: {entry!r} is not host:port")
            pairs.add((host.strip("[]").lower(), int(port)))
        return cls(frozenset(pairs))

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(host for host, _ in self.pairs)


def literal(host: str) -> Address | None:
    """The address that `host` spells, in any form a resolver takes (`127.1`, `0x7f000001`, `::1`); None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def is_public(address: Address) -> bool:
    """True where the whole internet would reach the same machine; looks into IPv6 addresses that carry an IPv4 one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            address = inner
    return address.is_global and not address.is_multicast


def refusal(url: str, allowed: Allowed) -> str | None:
    """Why this URL is not fetched, or None. Names other than those allowed are the resolver's to judge."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return "not a URL"
    if parts.scheme not in DEFAULT_PORTS:
        return f"scheme {parts.scheme}"
    if not host:
        return "no host"
    if (host, port) in allowed.pairs:
        return None
    if host in allowed.hosts:
        return f"port {port} of {host}"  # the resolver sees no ports, so the other ports are refused here
    address = literal(host)
    if address is not None and not is_public(address):
        return f"address {address} is not public"
    return None


class PublicOnlyResolver(CachingThreadedResolver):
    """Resolver that fails on names that lead to addresses which are not public. Settings: GUARD_ALLOW."""

    allowed = Allowed()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        resolver.allowed = Allowed.from_settings(crawler.settings)
        return resolver

    def getHostByName(self, name: str, timeout: tuple[int, ...] = ()) -> Deferred[str]:  # noqa: N802 - the name is Twisted's
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    def _check(self, address: str, name: str) -> str:
        if name in self.allowed.hosts or is_public(ipaddress.ip_address(address)):
            return address
        raise DNSLookupError(f"{name} leads to {address}, which is not public")
