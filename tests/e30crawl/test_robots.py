"""robots.txt holds for every request, however many wait for it and whatever the server answers."""

import asyncio
import gzip
import random
from http.server import BaseHTTPRequestHandler
from itertools import repeat
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.statscollectors import DummyStatsCollector

from e30crawl import middlewares
from e30crawl.addon import MIDDLEWARES
from e30crawl.middlewares import (
    MAX_SIZE,
    RobotsForbidden,
    RobotsUnreachable,
    SlotPerHost,
    StrictRobots,
    normalize_robots,
)
from tests.loopback import listening

RULES = b"User-agent: e30crawl\nDisallow: /private/\nCrawl-delay: 3\n"


class Engine:
    """Answers the request for robots.txt after a while, and counts how often it was asked."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    async def download_async(self, request):
        self.asked.append(request.url)
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        status, body = self.answer
        return Response(request.url, status=status, body=body)


def middleware(answer):
    sent = []

    async def send(signal, **arguments):
        sent.append(arguments)

    crawler = SimpleNamespace(
        settings=Settings({"ROBOTSTXT_OBEY": True, "ROBOTSTXT_USER_AGENT": "e30crawl"}),
        engine=Engine(answer),
        stats=DummyStatsCollector(SimpleNamespace(settings=Settings(), spider=None)),
        signals=SimpleNamespace(send_catch_log_async=send, connect=lambda *_: None),
        spider=None,
    )
    return StrictRobots(crawler), crawler.engine, sent


async def outcomes(strict, *urls):
    waiting = (strict.process_request(Request(url)) for url in urls)
    return [type(result) for result in await asyncio.gather(*waiting, return_exceptions=True)]


def test_a_burst_waits_for_one_answer_and_all_obey_it():
    strict, engine, _ = middleware((200, RULES))
    urls = [f"http://board.example/private/{number}" for number in range(60)]
    assert asyncio.run(outcomes(strict, *urls)) == [RobotsForbidden] * 60
    assert engine.asked == ["http://board.example/robots.txt"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((200, RULES), type(None)),
        ((404, b"User-agent: *\nDisallow: /"), type(None)),
        ((500, b""), RobotsUnreachable),
        ((503, b"User-agent: *\nAllow: /"), RobotsUnreachable),
        ((429, b""), RobotsUnreachable),
        (TimeoutError("no answer"), RobotsUnreachable),
    ],
)
def test_what_an_answer_means(answer, outcome):
    strict, _, _ = middleware(answer)
    assert asyncio.run(outcomes(strict, *["http://board.example/thread"] * 3)) == [outcome] * 3


def test_each_host_has_its_own_rules_and_they_age(monkeypatch):
    strict, engine, _ = middleware((500, b""))
    asyncio.run(outcomes(strict, "http://one.example/", "http://two.example/"))
    engine.answer = (200, b"")
    monkeypatch.setattr(
        middlewares, "monotonic", lambda clock=middlewares.monotonic: clock() + middlewares.UNREACHABLE_AGE + 1
    )
    assert asyncio.run(outcomes(strict, "http://one.example/")) == [type(None)]
    assert len(engine.asked) == 3


def test_http_and_https_may_be_two_servers():
    strict, engine, _ = middleware((200, RULES))
    asyncio.run(outcomes(strict, "http://one.example/", "https://one.example/", "http://one.example:8000/"))
    assert len(engine.asked) == 3


def test_why_it_is_unreachable_stays_known():
    reason = TimeoutError("no answer")
    strict, _, _ = middleware(reason)
    with pytest.raises(RobotsUnreachable) as caught:
        asyncio.run(strict.process_request(Request("http://board.example/")))
    assert caught.value.__cause__ is reason


def test_rules_are_made_known_to_the_throttle():
    strict, _, sent = middleware((200, RULES))
    asyncio.run(outcomes(strict, "http://board.example/"))
    assert [arguments["robotparser"].crawl_delay("e30crawl") for arguments in sent] == [3.0]


def test_the_delay_of_a_host_that_a_redirect_leads_to_is_its_own():
    """It is set for the slot of the request that brought the rules along."""
    strict, _, sent = middleware((200, RULES))
    request = Request("http://photos.example/", meta={"download_slot": "board.example", "redirect_times": 1})
    if MIDDLEWARES[SlotPerHost] < MIDDLEWARES[StrictRobots]:
        SlotPerHost().process_request(request)
    asyncio.run(strict.process_request(request))
    assert ["download_slot" in arguments["request"].meta for arguments in sent] == [False]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (RULES, RULES),
        (b"\xef\xbb\xbf" + RULES, RULES),
        (RULES.decode().encode("utf-16"), RULES),
        (b"\xfe\xff" + RULES.decode().encode("utf-16-be"), RULES),
        ("Disallow: /caf\u00e9/".encode(), b"Disallow: /caf%C3%A9/"),
        ("Disallow: /\u0444\u043e\u0440\u0443\u043c/".encode("cp1251"), b"Disallow: /%F4%EE%F0%F3%EC/"),
        (b"", b""),
    ],
)
def test_rules_are_compared_as_octets(body, lines):
    assert normalize_robots(body, cut=False) == lines


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_line_that_is_cut_short_says_nothing(end):
    whole = b"User-agent: *" + end + b"Disallow: /private/" + end
    assert normalize_robots(whole + b"Disallow: /", cut=True) == whole
    assert normalize_robots(b"Disallow: /", cut=True) == b""


# From here on over the wire: each host of one server on loopback has a robots.txt of its own.
RULE = b"User-agent: *\nDisallow: /private/\n"
NOISE = b"# " + random.Random(1).randbytes(2**20).hex().encode() + b"\n"  # half of it stays when compressed
PAGE = b"<html><body><pre>User-agent: *\nDisallow: /</pre></body></html>"


def answer(body, status=200, **headers):
    return status, {"Content-Length": len(body)} | headers, [body]


def chunks(body):
    return (b"%x\r\n%b\r\n" % (len(body), body) for _ in repeat(None))


HOSTS = {
    "long": lambda _: answer(RULE + NOISE),
    "endless": lambda _: (200, {}, repeat(RULE + NOISE)),
    "chunked": lambda _: (200, {"Transfer-Encoding": "chunked"}, chunks(RULE + NOISE)),
    "promised": lambda _: (200, {"Content-Length": 10**12}, repeat(RULE + NOISE)),
    "endless-line": lambda _: (200, {}, repeat(NOISE[:-1])),
    "gzip": lambda _: answer(gzip.compress(RULE), **{"Content-Encoding": "gzip"}),
    "long-gzip": lambda _: answer(gzip.compress(RULE + NOISE), **{"Content-Encoding": "gzip"}),
    "bomb": lambda _: answer(gzip.compress(RULE + bytes(2**26)), **{"Content-Encoding": "gzip"}),
    "utf-16": lambda _: answer(RULE.decode().encode("utf-16")),
    "html": lambda _: answer(PAGE, **{"Content-Type": "text/html"}),
    "moved": lambda hop: answer(RULE) if hop == 5 else answer(NOISE, 301, Location=f"/hop/{hop + 1}"),
    "away": lambda _: answer(b"", 302, Location="http://long.example:{port}/robots.txt"),
    "inwards": lambda _: answer(b"", 302, Location="http://127.0.0.1:{port}/robots.txt"),
    "home": lambda _: answer(b"", 302, Location="http://localhost:{port}/robots.txt"),
    "circle": lambda _: answer(b"", 302, Location="/robots.txt"),
}


@pytest.fixture(scope="module")
def over_the_wire(probe):
    """What became of /private/ and /open/ at each host, and how much of its robots.txt was sent."""
    sent = dict.fromkeys(HOSTS, 0)

    class Robots(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            name = self.headers["Host"].partition(".")[0]
            if self.path in {"/private/", "/open/"}:
                status, headers, body = answer(b"a page")
            else:
                assert self.headers["Accept-Encoding"] == "identity"
                hop = int(self.path.removeprefix("/hop/")) if self.path.startswith("/hop/") else 0
                status, headers, body = HOSTS[name](hop)
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, str(value).format(port=self.server.server_port))
            self.close_connection = not {"Content-Length", "Transfer-Encoding"} & headers.keys()
            self.end_headers()
            try:
                for each in body:
                    self.wfile.write(each)
                    sent[name] += len(each)
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_):
            pass

    with listening(Robots) as url:
        hosts = {name: f"{name}.example:{url.rpartition(':')[2]}" for name in HOSTS}
        asked = [f"http://{host}{path}" for host in hosts.values() for path in ("/private/", "/open/")]
        names = {f"{name}.example": ["127.0.0.1"] for name in HOSTS}
        told = probe(*asked, names=names, GUARD_ALLOW=[*hosts.values()])
    return {
        name: (told[f"http://{host}/private/"], told[f"http://{host}/open/"], sent[name])
        for name, host in hosts.items()
    }


FORBIDDEN = "RobotsForbidden: forbidden by robots.txt"
BOMB = "RobotsUnreachable: robots.txt unreachable: Ignored response"
CIRCLE = "RobotsUnreachable: robots.txt unreachable: max redirections reached"
LET_THROUGH = "-s GUARD_ALLOW=HOST:PORT lets a machine of your own through"
INWARDS = f"refused: address 127.0.0.1 is not public; {LET_THROUGH}"
HOME = f"refused: localhost is not public; {LET_THROUGH}"


@pytest.mark.parametrize(
    ("host", "private", "open_"),
    [
        ("long", FORBIDDEN, 200),
        ("endless", FORBIDDEN, 200),
        ("chunked", FORBIDDEN, 200),
        ("promised", FORBIDDEN, 200),
        ("endless-line", 200, 200),
        ("gzip", FORBIDDEN, 200),
        ("long-gzip", FORBIDDEN, 200),
        ("bomb", BOMB, BOMB),
        ("utf-16", FORBIDDEN, 200),
        ("html", 200, 200),
        ("moved", FORBIDDEN, 200),
        ("away", FORBIDDEN, 200),
        ("inwards", INWARDS, INWARDS),
        ("home", HOME, HOME),
        ("circle", CIRCLE, CIRCLE),
    ],
)
def test_what_is_read_of_a_robots_txt(over_the_wire, host, private, open_):
    for outcome, said in zip(over_the_wire[host][:2], (private, open_), strict=True):
        assert str(outcome).startswith(str(said))


@pytest.mark.parametrize("host", ["endless", "chunked", "promised", "endless-line"])
def test_no_more_is_taken_than_counts(over_the_wire, host):
    assert MAX_SIZE < over_the_wire[host][2] < MAX_SIZE + 2**24  # what lies in the buffers between us comes on top
