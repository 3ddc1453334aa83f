"""Nothing passes the browser's gate but what leads to public addresses; nobody is asked for a name here."""

import asyncio

import pytest

from e30crawl.browser.egress_proxy import ClosedError, EgressProxy, Target, addresses, checked, target
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
    found = target(head)
    assert (found.host, found.port) == (host, port)
    assert found.head.startswith(sent)


def test_a_connection_carries_one_request():
    headers = ("Host: board.example", "Connection: keep-alive", "Proxy-Connection: keep-alive", "X-Other: 1")
    assert target(request("GET http://board.example/ HTTP/1.1", *headers)).head == request(
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
        target(request(line))


def check(host, found, allow=(), port=443):
    async def resolve(name, _port):
        assert name == host
        return found

    return asyncio.run(checked(Target(host, port, b""), Allowed(frozenset(allow)), resolve))


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
        ("half.example", ["93.184.215.14", "192.168.1.1"]),  # any of them might be dialled
    ],
)
def test_what_is_not_public_is_closed(host, found):
    with pytest.raises(ClosedError, match="not public"):
        check(host, found)


def test_the_address_that_was_checked_is_the_one_dialled():
    assert check("board.example", ["93.184.215.14", "93.184.215.15"]) == "93.184.215.14"


def test_an_allowed_pair_is_open_and_its_other_ports_are_not():
    allow = [("127.0.0.1", 8000)]
    assert check("127.0.0.1", ["127.0.0.1"], allow, port=8000) == "127.0.0.1"
    with pytest.raises(ClosedError, match="port 9000"):
        check("127.0.0.1", ["127.0.0.1"], allow, port=9000)


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


def test_what_is_closed_is_answered_at_once(site):
    got = asyncio.run(answer_of(EgressProxy(Allowed()), request(f"CONNECT {site.host} HTTP/1.1")))
    assert got.startswith(b"HTTP/1.1 403 ")


def test_literal_addresses_need_no_name_server():
    assert asyncio.run(addresses("127.0.0.1", 80)) == ["127.0.0.1"]
