"""Whoever asks us to wait is waited for."""

from time import monotonic
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.http import Response
from scrapy.settings import Settings

from e30crawl.extensions import MAX_CRAWL_DELAY, MAX_WAIT, BackoffThrottle, retry_after
from e30crawl.middlewares import SlotPerHost

NOON = 1_445_428_800.0  # Wed, 21 Oct 2015 12:00:00 GMT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("Wed, 21 Oct 2015 12:00:30 GMT", 30.0),
        ("Wed, 21 Oct 2015 11:00:00 GMT", 0.0),
        ("999999999", MAX_WAIT),
        ("Fri, 31 Dec 9999 23:59:59 GMT", MAX_WAIT),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
    ],
)
def test_retry_after(value, seconds):
    assert retry_after(value, NOON) == seconds


@pytest.fixture
def slot():
    return Slot(concurrency=1, delay=2.0, jitter=0.25)


@pytest.fixture
def throttle(slot):
    downloader = SimpleNamespace(slots={"board.example": slot}, per_slot_settings={})
    downloader.get_slot_key = lambda request: request.url.split("/")[2]
    crawler = SimpleNamespace(
        settings=Settings({"AUTOTHROTTLE_ENABLED": True, "DOWNLOAD_DELAY": 2.0, "ROBOTSTXT_USER_AGENT": "e30crawl"}),
        signals=SimpleNamespace(connect=lambda *_, **__: None),
        engine=SimpleNamespace(downloader=downloader),
    )
    throttle = BackoffThrottle(crawler)
    throttle.mindelay, throttle.maxdelay = 2.0, 120.0
    return throttle


def downloaded(throttle, status=200, latency=0.1, **headers):
    request = Request("http://board.example/", meta={"download_slot": "board.example", "download_latency": latency})
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    throttle._response_downloaded(Response(request.url, status=status, headers=headers), request, None)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_holds_the_whole_host(throttle, slot, status):
    before = monotonic()
    downloaded(throttle, status, Retry_After="30")
    assert slot.lastseen >= before + 30
    assert slot.delay == 4.0


def test_a_busy_server_without_a_word_is_asked_half_as_often(throttle, slot):
    for delay in (4.0, 8.0, 16.0):
        downloaded(throttle, 429)
        assert slot.delay == delay


def test_ordinary_answers_never_go_below_the_floor(throttle, slot):
    for _ in range(10):
        downloaded(throttle)
    assert slot.delay == 2.0
    assert slot.lastseen == 0


@pytest.mark.parametrize(("asked", "kept"), [(5.0, 5.0), (1.0, 2.0), (1e9, MAX_CRAWL_DELAY)])
def test_crawl_delay_is_a_floor_without_jitter(throttle, slot, asked, kept):
    rules = SimpleNamespace(crawl_delay=lambda _: asked)
    throttle._robots_parsed(rules, Request("http://board.example/"))
    for _ in range(5):
        downloaded(throttle)
    assert (slot.delay, slot.jitter) == (kept, 0.0)
    settings = throttle.crawler.engine.downloader.per_slot_settings
    assert settings == {"board.example": {"delay": kept, "jitter": 0}}


def test_a_redirect_waits_in_the_queue_of_its_own_host():
    first = Request("http://other.example/", meta={"download_slot": "board.example", "redirect_times": 1})
    SlotPerHost().process_request(first)
    assert "download_slot" not in first.meta
