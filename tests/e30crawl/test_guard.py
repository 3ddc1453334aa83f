"""Only public web addresses are fetched. No test sends anything but the last, to loopback."""

import pytest
from scrapy import Request
from scrapy.resolver import dnscache
from scrapy.settings import Settings
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.error import ConnectionRefusedError as Refusal
from twisted.internet.error import DNSLookupError
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure

from e30crawl.guard import Allowed, PublicOnlyResolver, literal_address, refusal
from e30crawl.middlewares import PublicOnly, Refused

NONE = Allowed()
LOOPBACK = Allowed(frozenset({("127.0.0.1", 8000), ("localhost", 8000), ("::1", 8000)}))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:8000/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0/",
        "http://0.0.0.0/",
        "http://10.0.0.5/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://224.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fe80::1%25eth0]/",
        "http://[fd00::1]/",
        "http://[fec0::1]/",
        "http://[::]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b:1::7f00:1]/",
        "http://[2001:db8::1]/",
        "http://[ff02::1]/",
        "http://192.0.0.192/",
        "http://127.0.0.1./",
        "http://user@127.0.0.1/",
        "file:///etc/hostname",
        "ftp://board.example/",
        "data:text/html,hello",
        "javascript:void(0)",
        "http:///nothing",
        "http://[broken/",
        "http://board.example:99999/",
    ],
)
def test_refused(url):
    assert refusal(url, NONE)


@pytest.mark.parametrize(
    "url",
    [
        "http://board.example/",
        "https://board.example:8443/x",
        "http://8.8.8.8/",
        "http://[2606:4700::1111]/",
        "http://[64:ff9b::808:808]/",
    ],
)
def test_not_refused(url):
    assert refusal(url, NONE) is None


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("http://127.0.0.1:8000/", False),
        ("http://localhost:8000/", False),
        ("http://[::1]:8000/", False),
        ("http://[::1]:8001/", True),
        ("http://[::1]/", True),
        ("http://[::ffff:127.0.0.1]:8000/", True),
        ("http://127.0.0.1:8001/", True),
        ("http://127.0.0.1/", True),
        ("http://localhost:22/", True),
        ("http://127.0.0.2:8000/", True),
        ("http://127.1:8000/", True),
    ],
)
def test_a_named_host_is_allowed_on_its_port_only(url, refused):
    assert bool(refusal(url, LOOPBACK)) is refused


@pytest.mark.parametrize(
    "value", ["127.0.0.1:8000,localhost:8000,[::1]:8000", ["127.0.0.1:8000", " LocalHost:8000", "[::1]:8000"]]
)
def test_guard_allow_is_a_list_or_a_string(value):
    assert Allowed.from_settings(Settings({"GUARD_ALLOW": value})) == LOOPBACK


@pytest.mark.parametrize("value", ["127.0.0.1", "localhost:", ":80", "localhost:http", "::1", "[::1]", "::1:80"])
def test_guard_allow_takes_no_half_entries(value):
    with pytest.raises(ValueError, match="GUARD_ALLOW"):
        Allowed.from_settings(Settings({"GUARD_ALLOW": value}))


def test_names_are_not_literals():
    assert literal_address("board.example") is None
    assert str(literal_address("0x7f.1")) == "127.0.0.1"


def test_the_middleware_raises_on_every_hop():
    with pytest.raises(Refused, match="address 127"):
        PublicOnly(NONE).process_request(Request("http://127.0.0.1/", meta={"redirect_times": 1}))


class Names:
    """Knows of every name the same addresses, and counts how often it was asked."""

    def __init__(self, found):
        self.found, self.asked = found, []

    def resolveHostName(self, receiver, name, port=0, *_, portNumber=0):  # noqa: N802, N803 - the names are Twisted's
        self.asked.append(name)
        receiver.resolutionBegan(None)
        for address in self.found:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port or portNumber))
        receiver.resolutionComplete()


def reactor_with(found, allowed=NONE):
    dnscache.clear()
    reactor = MemoryReactorClock()
    reactor.nameResolver = names = Names(found)
    resolver = PublicOnlyResolver(reactor, 100)
    resolver.allowed = allowed
    reactor.installNameResolver(resolver)
    return reactor, names


def dialled(reactor, name="board.example"):
    """What is dialled one after another while nobody answers; and the error at the end."""
    reactor.tcpClients.clear()
    ended = []
    HostnameEndpoint(reactor, name, 80).connect(Factory.forProtocol(Protocol)).addErrback(ended.append)
    while not ended:
        *_, (_, port, factory, *_) = reactor.tcpClients
        assert port == 80
        factory.clientConnectionFailed(None, Failure(Refusal()))
        reactor.advance(0.3)
    return [host for host, *_ in reactor.tcpClients], ended[0]


@pytest.mark.parametrize(
    ("found", "public"),
    [
        (["8.8.8.8"], ["8.8.8.8"]),
        (["2606:4700::1111", "8.8.8.8"], ["2606:4700::1111", "8.8.8.8"]),  # one without a route gives way to the next
        (["2606:4700::1111"], ["2606:4700::1111"]),
        (["10.1.2.3", "8.8.8.8", "fd00::1", "::1"], ["8.8.8.8"]),
        (["10.1.2.3"], []),
        (["127.0.0.1", "::1"], []),
        (["169.254.169.254", "fe80::1", "::ffff:10.1.2.3", "2002:7f00:1::", "64:ff9b::7f00:1", "fd00::1"], []),
        ([], []),
    ],
)
def test_of_a_names_addresses_only_the_public_ones_are_dialled(found, public):
    reactor, names = reactor_with(found)
    for _ in range(2):  # once more, from the cache
        hosts, error = dialled(reactor)
        assert hosts == public
        assert error.check(Refusal if public else DNSLookupError)
    assert len(names.asked) == (1 if found else 2)


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "localhost.", "::1"])
def test_an_allowed_name_may_lead_to_loopback(name):
    assert dialled(reactor_with(["::1", "127.0.0.1"], LOOPBACK)[0], name)[0] == ["::1", "127.0.0.1"]


@pytest.mark.parametrize("name", ["127.0.0.1", "127.1", "0x7f.1", "::1"])
def test_literals_are_stopped_by_the_resolver_as_well(name):
    assert dialled(reactor_with(["::1" if ":" in name else "127.0.0.1"])[0], name)[0] == []


def test_a_board_that_only_ipv6_reaches_is_archived(crawl, six, tmp_path):
    code, output = crawl(start_url=f"http://{six}/vb3/", board="six", archive=tmp_path, allow=six)
    assert code == 0, output
    assert len((tmp_path / "six" / "posts.jsonl").read_text().splitlines()) == 45


def test_settings_close_every_other_door():
    from e30crawl import settings

    assert settings.TWISTED_DNS_RESOLVER == "e30crawl.guard.PublicOnlyResolver"
    assert {"file", "data", "ftp", "s3"} == {name for name, on in settings.DOWNLOAD_HANDLERS.items() if on is None}
    doors = ("TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "HTTPPROXY_ENABLED", "GUARD_ALLOW")
    assert not any(getattr(settings, name) for name in doors)
    assert settings.DOWNLOAD_VERIFY_CERTIFICATES
