"""Nothing passes the browser's gate but what leads to public addresses; nobody is asked for a name here."""

import asyncio
import socket

import pytest
from scrapy.settings import Settings

from e30crawl.browser import egress_proxy
from e30crawl.browser.egress_proxy import (
    ClosedError,
    EgressProxy,
    Target,
    dial,
    look_up,
    parse_target,
    public_addresses,
)
from e30crawl.guard import Allowed


def request(line, *headers):
    return "\r\n".join([line, *headers, "", ""]).encode()


@pytest.mark.parametrize(
    ("head", "host", "port", "sent"),
    [
        (request("GET http://board.example/a?b=c HTTP/1.1"), "board.example", 80, b"GET /a?b=c HTTP/1.1\r\n"),
        (request("GET http://board.example:8080 HTTP/1.1"), "board.example", 8080, b"GET / HTTP/1.1\r\n"),
        (request("POST http://BOARD.example/ HTTP/1.1"), "board.example", 80, b"POST / HTTP/1.1\r\n"),
        (request("CONNECT board.example:443 HTTP/1.1"), "board.example", 443, b""),
        (request("CONNECT [::1]:443 HTTP/1.1"), "::1", 443, b""),
    ],
)
def test_where_a_request_wants_to_go(head, host, port, sent):
    found = parse_target(head)
    assert (found.host, found.port) == (host, port)
    assert found.head.startswith(sent)


def test_a_connection_carries_one_request():
    headers = ("Host: board.example", "Connection: keep-alive", "Proxy-Connection: keep-alive", "X-Other: 1")
    assert parse_target(request("GET http://board.example/ HTTP/1.1", *headers)).head == request(
        "GET / HTTP/1.1", "Connection: close", "Host: board.example", "X-Other: 1"
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nonsense",
        "GET / HTTP/1.1",
        "GET file:///etc/hostname HTTP/1.1",
        "GET ftp://board.example/ HTTP/1.1",
        "GET http://[ HTTP/1.1",
        "GET http://board.example:99999/ HTTP/1.1",
        "CONNECT board.example:x HTTP/1.1",
        "GET http://board.example/ HTTP/2",
    ],
)
def test_what_is_no_request_for_the_web(line):
    with pytest.raises(ClosedError):
        parse_target(request(line))


def check(host, found, allow=(), port=443):
    async def resolve(name, _port):
        assert name == host
        return found

    return asyncio.run(public_addresses(Target(host, port, b""), Allowed(frozenset(allow)), resolve))


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("127.0.0.1", []),
        ("2130706433", []),
        ("0x7f.1", []),
        ("::1", []),
        ("::ffff:10.0.0.1", []),
        ("inside.example", ["10.1.2.3"]),
        ("inside.example", ["127.0.0.1"]),
        ("metadata.example", ["169.254.169.254"]),
        ("six.example", ["fe80::1%eth0"]),
        ("inside.example", ["10.1.2.3", "::ffff:10.1.2.3", "fd00::1"]),
    ],
)
def test_what_is_not_public_is_closed(host, found):
    with pytest.raises(ClosedError, match="not public"):
        check(host, found)


def test_the_addresses_that_were_checked_are_the_ones_dialled():
    assert check("board.example", ["2606:4700::1111", "93.184.215.14"]) == ["2606:4700::1111", "93.184.215.14"]
    assert check("half.example", ["fd00::1", "93.184.215.14", "192.168.1.1"]) == ["93.184.215.14"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_allowed_pair_is_open_and_its_other_ports_are_not(host):
    allow = [(host, 8000)]
    assert check(host, [host], allow, port=8000) == [host]
    with pytest.raises(ClosedError, match="port 9000"):
        check(host, [host], allow, port=9000)


def free_port(family, address):
    """A port of this address where nothing listens."""
    with socket.socket(family) as nobody:
        nobody.bind((address, 0))
        return nobody.getsockname()[1]


@pytest.mark.parametrize("closed", [[], ["::1"], ["::1", "127.0.0.2"]], ids=len)
def test_where_one_address_is_dead_the_next_is_dialled(site, closed):
    port = int(site.host.rpartition(":")[2])

    async def peer():
        _, writer = await dial([*closed, "127.0.0.1"], port)
        writer.close()
        return writer.get_extra_info("peername")

    assert asyncio.run(peer()) == ("127.0.0.1", port)


def test_an_address_that_is_silent_is_not_waited_for(site, monkeypatch):
    port, dialled, connect = int(site.host.rpartition(":")[2]), [], asyncio.open_connection

    async def silent(address, port):
        dialled.append(address)
        return await (asyncio.sleep(600) if address == "::1" else connect(address, port))

    monkeypatch.setattr(asyncio, "open_connection", silent)
    monkeypatch.setattr(egress_proxy, "PATIENCE", 0.01)
    _, writer = asyncio.run(dial(["::1", "127.0.0.1"], port))
    assert dialled == ["::1", "127.0.0.1"]
    assert writer.get_extra_info("peername") == ("127.0.0.1", port)


def test_where_nothing_answers_that_is_told():
    port = free_port(socket.AF_INET, "127.0.0.1")
    with pytest.raises(ConnectionRefusedError):
        asyncio.run(dial(["127.0.0.2", "127.0.0.1"], port))


async def answer_of(gate, head):
    reader, writer = await asyncio.open_connection("127.0.0.1", int((await gate.open()).rpartition(":")[2]))
    writer.write(head)
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    await gate.close()
    return answer


def test_a_page_comes_through(site):
    host, _, port = site.host.partition(":")
    gate = EgressProxy(Allowed(frozenset({(host, int(port))})))
    got = asyncio.run(answer_of(gate, request(f"GET {site.url('/vb3/')} HTTP/1.1", f"Host: {site.host}")))
    assert got.startswith(b"HTTP/1.1 200 ")
    assert got.endswith(site.get(site.url("/vb3/")))


def test_a_page_comes_through_from_ipv6(six):
    gate = EgressProxy(Allowed.from_settings(Settings({"GUARD_ALLOW": six})))
    got = asyncio.run(answer_of(gate, request(f"GET http://{six}/vb3/ HTTP/1.1", f"Host: {six}")))
    assert got.startswith(b"HTTP/1.1 200 ")


def test_what_is_closed_is_answered_at_once(site):
    got = asyncio.run(answer_of(EgressProxy(Allowed()), request(f"CONNECT {site.host} HTTP/1.1")))
    assert got.startswith(b"HTTP/1.1 403 ")


def test_literal_addresses_need_no_name_server():
    assert asyncio.run(look_up("127.0.0.1", 80)) == ["127.0.0.1"]
