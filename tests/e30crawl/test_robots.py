"""robots.txt holds for every request, however many wait for it and whatever the server answers."""

import asyncio
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.statscollectors import DummyStatsCollector

from e30crawl import middlewares
from e30crawl.middlewares import RobotsForbidden, RobotsUnreachable, StrictRobots

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
        signals=SimpleNamespace(send_catch_log_async=send),
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


def test_rules_are_made_known_to_the_throttle():
    strict, _, sent = middleware((200, RULES))
    asyncio.run(outcomes(strict, "http://board.example/"))
    assert [arguments["robotparser"].crawl_delay("e30crawl") for arguments in sent] == [3.0]
