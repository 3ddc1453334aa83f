"""Only public web addresses are fetched. Everything here is a function call: no test sends anything."""

import pytest
from scrapy import Request
from scrapy.resolver import CachingThreadedResolver
from scrapy.settings import Settings
from twisted.internet.defer import succeed
from twisted.internet.error import DNSLookupError

from e30crawl.guard import Allowed, PublicOnlyResolver, literal, refusal
from e30crawl.middlewares import PublicOnly, Refused

NONE = Allowed()
LOOPBACK = Allowed(frozenset({("127.0.0.1", 8000), ("localhost", 8000)}))


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
        ("http://127.0.0.1:8001/", True),
        ("http://127.0.0.1/", True),
        ("http://localhost:22/", True),
        ("http://127.0.0.2:8000/", True),
        ("http://127.1:8000/", True),
    ],
)
def test_a_named_host_is_allowed_on_its_port_only(url, refused):
    assert bool(refusal(url, LOOPBACK)) is refused


@pytest.mark.parametrize("value", ["127.0.0.1:8000,localhost:8000", ["127.0.0.1:8000", " localhost:8000"]])
def test_guard_allow_is_a_list_or_a_string(value):
    assert Allowed.from_settings(Settings({"GUARD_ALLOW": value})) == LOOPBACK


@pytest.mark.parametrize("value", ["127.0.0.1", "localhost:", ":80", "localhost:http"])
def test_guard_allow_takes_no_half_entries(value):
    with pytest.raises(ValueError, match="GUARD_ALLOW"):
        Allowed.from_settings(Settings({"GUARD_ALLOW": value}))


def test_names_are_not_literals():
    assert literal("board.example") is None
    assert str(literal("0x7f.1")) == "127.0.0.1"


def test_the_middleware_raises_on_every_hop():
    with pytest.raises(Refused, match="address 127"):
        PublicOnly(NONE).process_request(Request("http://127.0.0.1/", meta={"redirect_times": 1}))


@pytest.mark.parametrize(("address", "allowed"), [("10.1.2.3", False), ("127.0.0.1", False), ("8.8.8.8", True)])
def test_a_name_is_judged_by_where_it_leads(monkeypatch, address, allowed):
    monkeypatch.setattr(CachingThreadedResolver, "getHostByName", lambda *_: succeed(address))
    results = []
    PublicOnlyResolver(None, 0, 1.0).getHostByName("board.example").addBoth(results.append)
    if allowed:
        assert results == [address]
    else:
        assert results[0].check(DNSLookupError)


def test_an_allowed_name_may_lead_to_loopback(monkeypatch):
    monkeypatch.setattr(CachingThreadedResolver, "getHostByName", lambda *_: succeed("127.0.0.1"))
    resolver, results = PublicOnlyResolver(None, 0, 1.0), []
    resolver.allowed = LOOPBACK
    resolver.getHostByName("localhost").addBoth(results.append)
    assert results == ["127.0.0.1"]


def test_settings_close_every_other_door():
    from e30crawl import settings

    assert settings.TWISTED_DNS_RESOLVER == "e30crawl.guard.PublicOnlyResolver"
    assert {"file", "data", "ftp", "s3"} == {name for name, on in settings.DOWNLOAD_HANDLERS.items() if on is None}
    doors = ("TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "HTTPPROXY_ENABLED", "GUARD_ALLOW")
    assert not any(getattr(settings, name) for name in doors)
    assert settings.DOWNLOAD_VERIFY_CERTIFICATES
