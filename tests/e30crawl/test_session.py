"""A state that cannot be written ends a crawl from wherever it is told, and nobody waits for it for ever."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest
from scrapy.exceptions import CloseSpider, DropItem
from sqlalchemy.exc import OperationalError

from e30crawl.frontier.records import Claim, FetchResult, State, Step
from e30crawl.items import PageItem
from e30crawl.links import start
from e30crawl.params import CrawlParams
from e30crawl.parsers.records import Page, PageKind, Thread, fields
from e30crawl.pipelines import FrontierPipeline
from e30crawl.responses import Decision, Verdict
from e30crawl.session import MANY_LOGINS, BoardSession
from e30crawl.spiders.e30m3 import E30m3Spider

CLAIM = Claim("thread:1:1", "http://board.example/showthread.php?t=1", Step.POSTS, thread_id=1, id=1)


class FullDisk:
    """A frontier whose every write fails."""

    is_new = False
    claims = (CLAIM.id,)

    def failed(self, *_, **__):
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))


@pytest.fixture
def session(tmp_path):
    ended = []

    async def close_spider_async(reason):
        ended.append(reason)

    crawler = SimpleNamespace(settings={}, engine=SimpleNamespace(close_spider_async=close_spider_async), ended=ended)
    session = BoardSession(CrawlParams(start_url="http://board.example/", archive=tmp_path), crawler)
    session.frontier = FullDisk()
    return session


def test_a_callback_stops_the_crawl_in_one_line(session):
    for _ in range(2):
        with pytest.raises(CloseSpider) as stopped, session.stopping_on_errors():
            session.failed(CLAIM, "HTTP 500")
        assert stopped.value.reason == "cannot write"
    assert session.problems == [f"{session.params.folder}: cannot write: database or disk is full"]


def test_a_signal_handler_ends_the_crawl_and_the_callback_that_waits(session):
    async def dropped():
        spider = E30m3Spider(start_url="http://board.example/")
        spider.session = session
        committed = spider._committing[CLAIM.id] = asyncio.get_running_loop().create_future()
        response = SimpleNamespace(request=SimpleNamespace(cb_kwargs={"claim": CLAIM}))
        spider._passed_pipelines(response, exception=DropItem("not today"))
        return await asyncio.wait_for(committed, 5)

    assert asyncio.run(dropped()) is False
    assert session.crawler.ended == ["cannot write"]
    assert session.is_broken


def test_an_address_that_is_none_is_given_up_and_ends_no_crawl():
    """An archive of an earlier version may hold one among its pictures."""
    failed = []
    spider = E30m3Spider(start_url="http://board.example/")
    spider.session = SimpleNamespace(is_new=False, failed=lambda _, reason, *, final: failed.append((reason, final)))
    assert spider._request(CLAIM).url == CLAIM.url
    assert spider._request(replace(CLAIM, url="http://photos.example:8o80/a.jpg", step=Step.MEDIA)) is None
    [(reason, final)] = failed
    assert reason.startswith("no address: Port ")
    assert final


class Clock:
    """A frontier that notes what becomes of claims, and the time, which passes as it is told to."""

    is_new, now = False, 0.0

    def __init__(self):
        self.held_until, self.tries, self.claims = [], 0, self

    def delay(self, tries):
        return 60.0 * 4 ** (tries - 1)

    def hold(self, _host, until):
        self.held_until.append(until)

    def put_back(self, *_):
        """Cost it no try."""

    def failed(self, *_, **__):
        self.tries += 1
        return State.PENDING


@pytest.fixture
def clock(session, monkeypatch):
    session.frontier = Clock()
    monkeypatch.setattr("e30crawl.session.time", lambda: session.frontier.now)
    return session.frontier


def test_a_board_without_its_rules_is_left_alone_ever_longer_and_no_page_pays_for_it(session, clock):
    for _ in range(8):
        for each in (CLAIM, replace(CLAIM, id=2)):  # two of a host are on their way
            session.hold(each, "robots.txt unreachable")
        clock.now = clock.held_until[-1]
    assert clock.held_until[::2] == clock.held_until[1::2] == [60.0 * (4**n - 1) // 3 for n in range(1, 9)]
    assert clock.tries == 0
    with pytest.raises(CloseSpider):
        session.hold(CLAIM, "robots.txt unreachable")
    assert session.problems == [f"{CLAIM.url}: robots.txt unreachable for a day; reading stopped"]


def test_pictures_of_a_host_that_is_dead_are_tried_on_after_a_while(session, clock):
    picture = replace(CLAIM, url="http://photos.example/a.jpg", step=Step.MEDIA)
    for _ in range(9):
        session.hold(picture, "robots.txt unreachable")
        clock.now += 3600.0
    assert (len(clock.held_until), clock.tries) == (3, 6)
    session.answered(picture)
    session.hold(picture, "robots.txt unreachable")
    assert (len(clock.held_until), clock.tries) == (4, 6)


READ, LAST_WORD, LATER = Decision(Verdict.KEEP), Decision(Verdict.KEEP, "Invalid thread"), Decision(Verdict.LATER)
MEMBERS_FORUM, LOGIN = (Decision(verdict, login=True) for verdict in (Verdict.KEEP, Verdict.LATER))


def shuts_out(session, claim, decision, *, still_reads=False):
    async def reads(_):
        return still_reads

    return asyncio.run(session.shuts_out_guests(claim, decision, reads))


@pytest.mark.parametrize(
    ("decisions", "shut_out"),
    [
        ([LOGIN] * (MANY_LOGINS - 1), False),
        ([LOGIN] * MANY_LOGINS, True),
        ([*[LOGIN] * 9, LATER, MEMBERS_FORUM] * 2 + [LOGIN] * 2, True),  # others are no sign that guests may read
        ([*[LOGIN] * 19, READ] * 2 + [LOGIN], False),
        ([*[LOGIN] * 19, LAST_WORD] * 2 + [LOGIN], False),
        ([MEMBERS_FORUM] * 99, False),
    ],
)
def test_a_board_that_has_closed_to_guests_is_not_asked_for_all_it_has(session, decisions, shut_out):
    session.frontier = SimpleNamespace(last_read=lambda _: CLAIM)
    assert [shuts_out(session, CLAIM, each) for each in decisions][-1] is shut_out


def test_private_threads_are_no_sign_that_a_board_has_closed_while_another_thread_can_be_read(session):
    session.frontier = SimpleNamespace(last_read=lambda _: CLAIM)
    assert not any(shuts_out(session, CLAIM, LOGIN, still_reads=True) for _ in range(300))
    session.frontier = SimpleNamespace(last_read=lambda _: None)
    assert [shuts_out(session, CLAIM, LOGIN, still_reads=True) for _ in range(MANY_LOGINS)][-1]


@pytest.mark.parametrize("start_url", ["http://board.example/", "http://board.example/forumdisplay.php?f=4", CLAIM.url])
def test_a_start_that_asks_to_log_in_shuts_guests_out(tmp_path, start_url):
    session = BoardSession(CrawlParams(start_url=start_url, archive=tmp_path), SimpleNamespace(settings={}))
    claim = Claim(**fields(start(start_url)))
    assert shuts_out(session, claim, LOGIN)
    assert shuts_out(session, claim, MEMBERS_FORUM)
    assert not shuts_out(session, replace(claim, key="thread:2:1"), LOGIN)


def test_a_stored_list_that_is_damaged_is_told(session):
    session.frontier = SimpleNamespace(in_round=True, listed=lambda _: {}, done=lambda *_, **__: None)
    claim, page = replace(CLAIM, sha256="0" * 64), Page(PageKind.THREADS, "vb3", threads=(Thread(7, "Idle", None),))
    item = PageItem(claim, FetchResult("threads", "1" * 64, 10), "2026-11-22T12:00:00+00:00", b"", page, ())
    FrontierPipeline(SimpleNamespace(spider=SimpleNamespace(session=session))).process_item(item)
    lost = f"{session.params.folder}/raw/00/{'0' * 64}: No such file or directory"
    assert session.problems == [f"{claim.url}: {lost}; bring it back from a backup"]
