"""Refuse every address that is not public and on the web.

A forum's posts name any address they like: `<img src="http://127.0.0.1/...">` was fetched by plain Scrapy, and so
were `2130706433`, `127.1` and redirects to them. The middleware refuses schemes and literal addresses on every
hop; the resolver refuses names, and as it checks the very address that is dialled, a name cannot change in between.
"""

import ipaddress
import logging
import re
import socket
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.resolver import CachingHostnameResolver
from scrapy.settings import BaseSettings
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer

logger = logging.getLogger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Python 3.11 calls public what has no use (fec0::1, ::127.0.0.1) or one of its own (NAT64 at home, 64:ff9b:1::/48),
# and IPv4's own range for protocols, where a cloud has kept its metadata.
IPV6_IN_USE = ipaddress.ip_network("2000::/3")
PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")
DEFAULT_PORTS = {"http": 80, "https": 443}
_PAIR = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^\[\]:\s]+)):(?P<port>[0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Exact host and port pairs that may be fetched although they are not public."""

    pairs: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Read GUARD_ALLOW, a list or a comma-separated string of `host:port` and `[::1]:port`. Raises ValueError."""
        pairs = set()
        for entry in settings.getlist("GUARD_ALLOW"):
            pair = _PAIR.fullmatch(str(entry).strip().lower())
            if pair is None:
                raise ValueError(f"GUARD_ALLOW: {entry!r} is not host:port")
            pairs.add((pair["six"] or pair["name"], int(pair["port"])))
        return cls(frozenset(pairs))

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(host for host, _ in self.pairs)


def literal_address(host: str) -> Address | None:
    """Return the address that `host` spells in any form a resolver takes; None for a name.

    Such forms are `127.1`, `0x7f000001` and `::1`.
    """
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def is_public(address: Address) -> bool:
    """Return whether the whole internet would reach the same machine at this address.

    It looks into IPv6 addresses that carry an IPv4 one.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is None:
            return address in IPV6_IN_USE and address.is_global
        address = inner
    return address.is_global and not address.is_multicast and address not in PROTOCOLS


def refusal(url: str, allowed: Allowed) -> str | None:
    """Return why this URL is not fetched, or None. Names other than those allowed are for the resolver to judge."""
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
    if host == "localhost":  # else a redirect to it would only be a name that is not found
        return "localhost is not public"
    address = literal_address(host)
    if address is not None and not is_public(address):
        return f"address {address} is not public"
    return None


class PublicOnlyResolver(CachingHostnameResolver):
    """Resolver that knows of a name's addresses, IPv4 and IPv6, only the public ones. Settings: GUARD_ALLOW.

    Twisted dials what it is given here, one address after another until one answers, and looks nothing up again.
    """

    allowed = Allowed()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        resolver.allowed = Allowed.from_settings(crawler.settings)
        return resolver

    def resolveHostName(  # noqa: N802 - the name is Twisted's
        self, receiver: IResolutionReceiver, name: str, *args: Any, **kwargs: Any
    ) -> IHostResolution:
        if name.lower().rstrip(".") not in self.allowed.hosts:
            receiver = _PublicOnlyReceiver(receiver, name)
        return super().resolveHostName(receiver, name, *args, **kwargs)


@implementer(IResolutionReceiver)
class _PublicOnlyReceiver:
    """Passes on the addresses that are public, whether they come from a name server or from the cache."""

    def __init__(self, receiver: IResolutionReceiver, name: str) -> None:
        self._receiver, self._name = receiver, name
        self.resolutionBegan = receiver.resolutionBegan
        self.resolutionComplete = receiver.resolutionComplete

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802 - the name is Twisted's
        if is_public(ipaddress.ip_address(address.host)):
            self._receiver.addressResolved(address)
        else:
            logger.info("%s leads to %s, which is not public", self._name, address.host)
