"""Nothing that was found is lost, nothing is handed out twice, and a crash gives everything back."""

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from e30crawl.frontier.claims import WOKEN
from e30crawl.frontier.leases import LeaseLostError
from e30crawl.frontier.queue import MEDIA_TRIES, PAGE_TRIES, Frontier
from e30crawl.frontier.records import EVERYTHING, Changes, FetchResult, Listed, PageRef, Scope, State, Step
from e30crawl.frontier.schema import connect, pages, versions
from e30crawl.frontier.scope import LANES
from e30crawl.parsers.records import PageKind

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAGE = FetchResult("posts", "0" * 64, 10)


def page(number, host="board.example", step=Step.POSTS, **ids):
    return PageRef(f"{host}:{step}:{number}", f"http://{host}/{step}/{number}", step, **ids)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    """Opens the board's state; again and again, as one process after another would."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return partial(connect, tmp_path, url)


@pytest.mark.parametrize("forums", [(None, 4, None, 5), (4, None, 5)])
def test_the_forum_of_a_thread_is_the_first_that_is_known(engine, forums):
    """Whichever list is read first, the one that has the thread or the one that has the stub it left behind."""
    frontier = Frontier(engine())
    for forum_id in forums:
        frontier.add([page(1, forum_id=forum_id)])
    (claim,) = frontier.claim(9, 0.0)
    frontier.close()
    assert claim.forum_id == 4


class Walk(RuleBasedStateMachine):
    """A crawl that finds, finishes, fails and crashes as it likes, beside a model made of plain dictionaries."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.frontier = Frontier(connect(Path(self.folder.name)), retry_delay=1.0)
        self.now, self.states, self.tries, self.claims = 0.0, {}, Counter(), {}

    def teardown(self):
        self.frontier.close()
        self.folder.cleanup()

    found = st.lists(st.builds(page, st.integers(0, 9), st.sampled_from(["a", "b", "c"])), max_size=4)

    def know(self, found):
        for each in found:
            self.states.setdefault(each.key, State.PENDING)

    @rule(found=found)
    def add(self, found):
        self.frontier.add(found)
        self.know(found)

    @rule(limit=st.integers(1, 5))
    def claim(self, limit):
        claimed = self.frontier.claim(limit, self.now)
        assert len(claimed) <= limit
        assert all(self.states[claim.key] is State.PENDING for claim in claimed)
        assert not self.claims.keys() & {claim.key for claim in claimed}
        self.claims |= {claim.key: claim for claim in claimed}

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), found=found)
    def done(self, data, found):
        claim = self.claims.pop(data.draw(st.sampled_from(sorted(self.claims))))
        self.frontier.done(claim, PAGE, found, AT)
        self.states[claim.key] = State.DONE
        self.know(found)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), final=st.booleans())
    def failed(self, data, final):
        claim = self.claims.pop(data.draw(st.sampled_from(sorted(self.claims))))
        self.tries[claim.key] += 1
        state = self.frontier.failed(claim, "HTTP 500", self.now, final=final)
        assert state is (State.FAILED if final or self.tries[claim.key] == PAGE_TRIES else State.PENDING)
        self.states[claim.key] = state

    @rule()
    def crash(self):
        self.frontier.close()
        self.frontier, self.claims = Frontier(connect(Path(self.folder.name)), retry_delay=1.0), {}

    @rule(seconds=st.sampled_from([0.5, 60.0, 1e6]))
    def wait(self, seconds):
        self.now += seconds

    @invariant()
    def every_page_is_in_the_state_it_must_be_in(self):
        counted = Counter()
        for (_, state, _), count in self.frontier.counts().items():
            counted[state] += count
        assert counted == Counter(self.states.values())

    @invariant()
    def politeness_holds(self):
        assert max(Counter(claim.url.split("/")[2] for claim in self.claims.values()).values(), default=0) <= 2

    @invariant()
    def the_end_is_seen_only_at_the_end(self):
        if State.PENDING in self.states.values() and not self.claims:
            assert self.frontier.claims.next_due(self.now) is not None


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)


def is_about(scope, row, rows):
    """Whether a run is about this row, told of all rows in the plainest way."""
    forums = scope.forum_ids - {each["forum_id"] for each in rows if each["step"] is Step.FORUMS}
    threads = scope.thread_ids - {each["thread_id"] for each in rows if each["step"] is Step.POSTS}
    if row["step"] not in scope.steps:
        return False
    if not (scope.forum_ids or scope.thread_ids):
        return True
    if row["step"] is Step.FORUMS and (forums or threads):
        return True
    if row["step"] is Step.THREADS and threads and (not scope.forum_ids or row["forum_id"] in scope.forum_ids):
        return True
    return row["thread_id"] in scope.thread_ids if scope.thread_ids else row["forum_id"] in scope.forum_ids


IDS = st.sampled_from([None, 1, 2])
ROWS = st.fixed_dictionaries(
    {
        "host": st.sampled_from(["a", "b"]),
        "step": st.sampled_from(Step),
        "forum_id": IDS,
        "thread_id": IDS,
        "state": st.sampled_from([State.PENDING, State.PENDING, State.DONE, State.FAILED]),
        "not_before": st.sampled_from([0.0, 0.0, 1.0, 2.0, 5.0]),
    }
)
SCOPES = st.builds(
    Scope,
    st.frozensets(st.sampled_from(Step), min_size=1),
    st.frozensets(st.integers(1, 3), max_size=2),
    st.frozensets(st.integers(1, 3), max_size=2),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(ROWS, max_size=WOKEN // 2), SCOPES, st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=9))
def test_of_each_host_the_oldest_that_are_due_are_claimed(rows, scope, steps):
    """Whatever waits, whatever the run is about, and whatever has failed meanwhile."""
    for number, row in enumerate(rows, 1):
        row |= {"id": number, "key": str(number), "url": f"http://{row['host']}/{number}", "number": 1}
        if row["step"] in (Step.FORUMS, Step.THREADS):
            row["thread_id"] = None  # a list is of no thread
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(Path(folder))
        with engine.begin() as connection:
            if rows:
                connection.execute(sa.insert(pages), rows)
        frontier, now, claimed = Frontier(engine, scope, retry_delay=1.0), 0.0, {}
        for seconds, fails in steps:
            now += seconds
            due = [row for row in rows if row["state"] is State.PENDING and row["not_before"] <= now]
            due = [row for row in due if row["id"] not in claimed and is_about(scope, row, rows)]
            claims = frontier.claim(99, now)
            for host in ("a", "b"):
                room = 2 - sum(claim.url.startswith(f"http://{host}/") for claim in claimed.values())
                expected = [row["id"] for row in due if row["host"] == host][:room]
                assert [claim.id for claim in claims if claim.url.startswith(f"http://{host}/")] == expected
            claimed |= {claim.id: claim for claim in claims}
            if not claims and not claimed:
                later = [r["not_before"] for r in rows if r["state"] is State.PENDING and is_about(scope, r, rows)]
                assert frontier.claims.next_due(now) == (min(later) - now if later else None)
            for claim in [*claimed.values()][: 1 + fails]:
                row = rows[claim.id - 1]
                row["state"] = frontier.failed(claim, "HTTP 500", now) if fails else State.DONE
                row["not_before"] = now + 4**claim.tries
                if not fails:
                    frontier.done(claim, PAGE, [], AT)
                del claimed[claim.id]
        frontier.close()


@pytest.mark.parametrize(
    ("scope", "index"),
    [
        (Scope(), "pages_due (host=? AND step=?)"),
        (Scope(frozenset({Step.MEDIA})), "pages_due (host=? AND step=?)"),
        (Scope(forum_ids=frozenset({1, 2})), "pages_due_by_forum (host=? AND step=? AND forum_id=?)"),
        (Scope(thread_ids=frozenset({1, 2})), "pages_due_by_thread (host=? AND step=? AND thread_id=?)"),
        (Scope(forum_ids=frozenset(range(2 * LANES))), "pages_due_by_forum (host=? AND step=? AND forum_id=?)"),
    ],
)
def test_a_claim_looks_at_no_page_that_it_does_not_take(tmp_path, scope, index):
    """It asks for the beginning of a part of an index, so that a million others that wait make no difference."""
    engine, asked = connect(tmp_path), []
    frontier = Frontier(engine, scope)
    frontier.add([page(1, step=step, forum_id=1, thread_id=1) for step in Step])
    frontier.failed(frontier.claim(1, 0.0)[0], "HTTP 500", 0.0)

    @sa.event.listens_for(engine, "before_cursor_execute")
    def _note(_connection, _cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    frontier.claim(1, 1e6)
    wakes, claims = (
        [each for each in asked if each[0].startswith(word) and "not_before" in each[0]]
        for word in ("UPDATE", "SELECT")
    )
    with engine.connect() as connection:
        plan = [
            row.detail
            for each, values in [*wakes, *claims]
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", values)
        ]
    looks = [line for line in plan if " pages " in line]
    assert f"SEARCH pages USING INDEX {index}" in looks
    allowed = (f"INDEX {index}", "INDEX pages_later (not_before", "INTEGER PRIMARY KEY (rowid=?)")
    allowed += ("pages_due (host=? AND step=?)",)  # the lists that may name the ids
    assert [line for line in looks if not line.startswith("SEARCH") or not any(each in line for each in allowed)] == []


def test_many_that_are_due_at_once_are_all_tried_again(engine):
    count = 2 * WOKEN + 1
    frontier = Frontier(engine(), retry_delay=1, per_host=count)
    frontier.add([page(number) for number in range(count)])
    for claim in frontier.claim(count, 0.0):
        frontier.failed(claim, "HTTP 500", 0.0)
    claims = []
    while frontier.claims.next_due(1.0) is not None and len(claims) < count:
        claims += frontier.claim(3, 1.0)
    assert [claim.key for claim in claims] == [page(number).key for number in range(count)]
    again = Frontier(engine(), per_host=count)
    assert len(again.claim(count, 1.0)) == count


def test_a_page_that_is_tried_again_goes_before_younger_ones(engine):
    frontier = Frontier(engine(), retry_delay=60)
    frontier.add([page(number) for number in range(9)])
    first, second = frontier.claim(2, 0.0)
    frontier.failed(first, "HTTP 500", 0.0)
    assert [claim.key for claim in frontier.claim(1, 59.0)] == [page(2).key]
    frontier.done(second, PAGE, [], AT)
    assert [claim.key for claim in frontier.claim(1, 60.0)] == [page(0).key]


def test_a_host_is_asked_again_only_for_what_is_new(engine):
    """Pages name the same pictures over and over."""
    frontier = Frontier(engine())
    frontier.add([page(1)])
    fetch(frontier)
    assert frontier.claim(9, 0.0) == []
    frontier.add([page(1), page(1)])
    assert frontier.claims.next_due(0.0) is None
    frontier.add([page(1), page(2)])
    assert [claim.key for claim in frontier.claim(9, 0.0)] == [page(2).key]


def test_a_page_and_what_it_led_to_are_one_transaction(engine):
    frontier = Frontier(engine())
    frontier.add([page(1)])
    [claim] = frontier.claim(1, 0)
    broken = PageRef(None, "http://board.example/2", Step.POSTS)
    with pytest.raises(Exception, match=r"(?i)not.null"):
        frontier.done(claim, PAGE, [page(3), broken], AT)
    assert frontier.counts() == {(Step.POSTS, State.PENDING, None): 1}


def test_leases_end_with_the_process(engine):
    first = Frontier(engine())
    first.add([page(1)])
    assert first.claim(5, 0)
    assert first.claim(5, 0) == []
    assert [claim.key for claim in Frontier(engine()).claim(5, 0)] == [page(1).key]


def test_a_slow_host_does_not_hold_up_the_others(engine):
    frontier = Frontier(engine())
    frontier.add([page(number, "slow") for number in range(9)] + [page(1, "quick")])
    assert Counter(claim.url.split("/")[2] for claim in frontier.claim(16, 0)) == {"slow": 2, "quick": 1}


@pytest.mark.parametrize(("step", "tries"), [(Step.POSTS, PAGE_TRIES), (Step.MEDIA, MEDIA_TRIES)])
def test_retries_come_later_each_time_and_end_with_a_reason(engine, step, tries):
    frontier, now, waits = Frontier(engine(), retry_delay=60), 0.0, []
    frontier.add([page(1, step=step)])
    for _ in range(tries):
        [claim] = frontier.claim(1, now)
        frontier.failed(claim, "TimeoutError", now)
        assert frontier.claim(1, now) == []
        if due := frontier.claims.next_due(now):
            waits.append(due)
            now += due
    assert waits == [min(60 * 4**n, 6 * 3600) for n in range(tries - 1)]
    assert sum(waits) == (85_260 if step is Step.POSTS else 1_260)  # seconds: most of a day, or 21 minutes
    assert frontier.reasons(State.FAILED) == {(step, "TimeoutError"): 1}


def test_a_server_that_names_a_time_is_asked_no_sooner(engine):
    frontier = Frontier(engine(), retry_delay=1)
    frontier.add([page(1)])
    frontier.failed(frontier.claim(1, 0)[0], "HTTP 503", 0, wait=500)
    assert frontier.claim(1, 499) == []
    assert frontier.claim(1, 500)


def test_a_host_that_is_left_alone_is_not_asked_whatever_is_found_of_it(engine):
    frontier = Frontier(engine())
    frontier.add([page(1), page(2), page(3), page(1, "other")])
    first, second = frontier.claim(2, 0)
    frontier.claims.hold("board.example", 500)
    frontier.put_back(first, "robots.txt unreachable")
    frontier.done(second, PAGE, [page(4)], AT)
    assert [claim.url.split("/")[2] for claim in frontier.claim(9, 499)] == ["other"]
    assert frontier.claim(9, 499) == []
    assert frontier.claims.next_due(499) == 1
    assert [(claim.key, claim.tries) for claim in frontier.claim(9, 500)] == [(page(1).key, 0), (page(3).key, 0)]


def test_a_state_knows_the_board_it_began_with(engine):
    frontier, home = Frontier(engine()), "http://board.example/old/"
    assert frontier.other_board(home) is None
    frontier.add([PageRef(home, home, Step.FORUMS)])
    assert frontier.other_board(f"{home}showthread.php?t=1") is None
    assert frontier.other_board("http://board.example/new/") == home


def test_what_the_board_has_named_is_its_own(engine):
    frontier, rewritten = Frontier(engine()), "http://board.example/engine-talk/"
    frontier.add([PageRef("http://board.example/", "http://board.example/", Step.FORUMS)])
    assert frontier.other_board(rewritten) is not None
    frontier.add([PageRef(rewritten, rewritten, Step.FORUMS)])
    assert frontier.other_board(rewritten) is None


def test_a_start_that_led_nowhere_does_not_bind_the_folder(engine):
    frontier = Frontier(engine())
    frontier.add([page(1)])
    frontier.failed(frontier.claim(1, 0)[0], "HTTP 404", 0, final=True)
    assert frontier.other_board("http://other.example/") is None


def test_only_one_step(engine):
    frontier = Frontier(engine(), Scope(frozenset({Step.MEDIA})))
    frontier.add([page(1), page(2, step=Step.MEDIA)])
    assert [claim.step for claim in frontier.claim(9, 0)] == [Step.MEDIA]
    assert frontier.claim(9, 0) == []
    assert frontier.claims.next_due(0) is None


def test_ids_narrow_the_walk_once_they_are_known(engine):
    frontier = Frontier(engine(), Scope(forum_ids=frozenset({2})))
    home = page(0, step=Step.FORUMS)
    frontier.add([home, page(1, forum_id=1, thread_id=10)])
    assert frontier.missing() == ["forum 2"]
    [claim] = frontier.claim(9, 0)
    assert claim.key == home.key
    forums = [page(number, step=Step.FORUMS, forum_id=number) for number in (1, 2)]
    frontier.done(claim, PAGE, [*forums, page(2, forum_id=2, thread_id=20)], AT)
    assert frontier.missing() == []
    assert {claim.forum_id for claim in frontier.claim(9, 0)} == {2}


def test_a_thread_is_looked_for_in_lists_until_it_is_found(engine):
    frontier = Frontier(engine(), Scope(thread_ids=frozenset({10})))
    frontier.add([page(1, step=Step.THREADS, forum_id=1), page(2, thread_id=11)])
    [claim] = frontier.claim(9, 0)
    assert claim.step is Step.THREADS
    frontier.done(claim, PAGE, [page(3, thread_id=10), page(4, step=Step.THREADS, forum_id=1)], AT)
    assert [claim.thread_id for claim in frontier.claim(9, 0)] == [10]


def fetch(frontier, found=(), outcome=PAGE, at=AT, **more):
    """Claims the one page that is due and finishes it."""
    [claim] = frontier.claim(1, 0)
    frontier.done(claim, outcome, list(found), at, **more)
    return claim.key


LIST = page(1, step=Step.FORUMS, forum_id=4)
LATER = AT + timedelta(days=1)


def thread_page(number):
    return PageRef(f"thread:7:{number}", f"http://board.example/7/{number}", Step.POSTS, 4, 7, number)


def archived(engine):
    frontier = Frontier(engine())
    frontier.add([LIST])
    fetch(frontier, [thread_page(1), thread_page(2)], changes=Changes({7: Listed(5)}))
    while frontier.claims.next_due(0) is not None and (claims := frontier.claim(9, 0)):
        for claim in claims:
            frontier.done(claim, PAGE, [], AT)
    return frontier


def test_an_update_asks_the_lists_and_the_last_page_of_a_thread_that_grew(engine):
    frontier = archived(engine)
    assert frontier.listed([7, 8]) == {7: Listed(5)}
    assert frontier.begin_round(LATER)
    assert fetch(frontier, changes=Changes({7: Listed(9)}, grown=(7,)), at=LATER) == LIST.key
    assert frontier.listed([7]) == {7: Listed(9)}
    assert fetch(frontier, [thread_page(3)], replace(PAGE, sha256="1" * 64), LATER) == "thread:7:2"
    assert fetch(frontier) == "thread:7:3"
    assert frontier.claim(9, 0) == []


def test_a_thread_that_shrank_is_read_again_as_a_whole(engine):
    frontier = archived(engine)
    frontier.begin_round(LATER)
    fetch(frontier, changes=Changes({7: Listed(2)}, shrunk=(7,)))
    assert {claim.key for claim in frontier.claim(9, 0)} == {"thread:7:1", "thread:7:2"}


def test_of_a_thread_that_is_no_longer_listed_the_first_page_is_read_again(engine):
    frontier = archived(engine)
    frontier.begin_round(LATER)
    fetch(frontier, changes=Changes(gone=(7, 8)))
    assert [claim.key for claim in frontier.claim(9, 0)] == ["thread:7:1"]


def test_an_update_that_was_interrupted_goes_on_instead_of_asking_every_list_again(engine):
    frontier = archived(engine)
    frontier.begin_round(LATER)
    fetch(frontier, changes=Changes({7: Listed(9)}, grown=(7,)))
    again = Frontier(engine())
    assert not again.begin_round(LATER)
    assert [claim.key for claim in again.claim(9, 0)] == ["thread:7:2"]
    again.end_round(LATER)
    assert again.begin_round(LATER)


def test_a_round_is_open_until_it_ends_whoever_goes_on_with_it(engine):
    frontier = archived(engine)
    assert not frontier.in_round
    frontier.begin_round(LATER)
    again = Frontier(engine())
    assert (frontier.in_round, again.in_round) == (True, True)
    fetch(again)
    again.end_round(LATER)
    assert (again.in_round, Frontier(engine()).in_round) == (False, False)


def test_a_run_that_is_about_less_ends_no_round_whose_lists_wait(engine):
    archived(engine).begin_round(LATER)
    files = Frontier(engine(), Scope(frozenset({Step.MEDIA})))
    files.end_round(LATER)
    assert files.in_round
    assert files.begin_round(LATER)  # nothing of it waits for this run, so it may ask anew
    again = Frontier(engine())
    assert not again.begin_round(LATER)
    fetch(again)
    again.end_round(LATER)
    assert not again.in_round


def test_the_page_of_a_step_that_was_read_last_is_known(engine):
    frontier = Frontier(engine())
    frontier.add([page(1), page(2), page(3)])
    assert frontier.last_read(Step.POSTS) is None
    for hours, kind in enumerate((PageKind.POSTS, PageKind.POSTS, PageKind.NOTICE)):
        [claim] = frontier.claim(1, 0.0)
        frontier.done(claim, replace(PAGE, kind=kind), [], AT + timedelta(hours=hours))
    assert frontier.last_read(Step.POSTS).url == page(2).url
    assert frontier.last_read(Step.THREADS) is None


def test_what_a_page_was_before_is_kept(engine):
    frontier = archived(engine)
    frontier.begin_round(LATER)
    fetch(frontier, outcome=replace(PAGE, sha256="1" * 64), at=LATER)
    with frontier.engine.connect() as connection:
        [old] = connection.execute(sa.select(versions))
        latest = connection.execute(sa.select(pages).where(pages.c.key == LIST.key)).one()
    assert (old.sha256, old.fetched_at) == (PAGE.sha256, AT.isoformat())
    assert (latest.sha256, latest.fetched_at) == ("1" * 64, LATER.isoformat())


def test_the_same_bytes_again_are_no_new_version(engine):
    frontier = archived(engine)
    frontier.begin_round(LATER)
    fetch(frontier, at=LATER)
    with frontier.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(versions)) == 0
        assert connection.scalar(sa.select(pages.c.fetched_at).where(pages.c.key == LIST.key)) == AT.isoformat()


def test_a_page_that_is_gone_stays_as_it_was_archived(engine):
    frontier = archived(engine)
    frontier.begin_round(LATER)
    [claim] = frontier.claim(1, 0)
    assert frontier.failed(claim, "HTTP 404", 0, final=True) is State.FAILED
    with frontier.engine.connect() as connection:
        row = connection.execute(sa.select(pages).where(pages.c.key == LIST.key)).one()
    assert (row.state, row.sha256) == (State.DONE, PAGE.sha256)


def test_what_an_update_could_not_have_is_said_and_sent_for_again(engine):
    """The lists say by now what they will say next time: nothing else would ask for it."""
    frontier = archived(engine)
    frontier.begin_round(LATER)
    fetch(frontier, changes=Changes({7: Listed(9)}, grown=(7,)))
    for _ in range(PAGE_TRIES):
        [claim] = frontier.claim(9, 1e9)
        frontier.failed(claim, "HTTP 500", 0)
    assert frontier.reasons(State.DONE) == {(Step.POSTS, "not read: HTTP 500"): 1}
    frontier.end_round(LATER)
    assert frontier.begin_round(LATER)
    assert {claim.key for claim in frontier.claim(9, 0)} == {LIST.key, "thread:7:2"}


EVERYTHING_OF_IT = replace(LIST, url=f"{LIST.url}?daysprune=-1")


def test_a_list_gets_the_address_without_its_limit_once_and_is_asked_for_again(engine):
    frontier = Frontier(engine())
    frontier.add([LIST])
    fetch(frontier, [EVERYTHING_OF_IT])
    [claim] = frontier.claim(9, 0)
    assert (claim.url, claim.tries) == (EVERYTHING_OF_IT.url, 0)
    frontier.done(claim, PAGE, [EVERYTHING_OF_IT, LIST], AT)
    assert frontier.claim(9, 0) == []
    frontier.add([EVERYTHING_OF_IT])
    assert frontier.claim(9, 0) == []


def test_a_list_without_its_limit_that_cannot_be_had_is_the_one_with_it_again(engine):
    frontier = Frontier(engine())
    frontier.add([LIST])
    fetch(frontier, [EVERYTHING_OF_IT])
    [claim] = frontier.claim(9, 0)
    frontier.failed(claim, "not read: forbidden by robots.txt", 0, final=True)
    assert frontier.reasons(State.DONE) == {(Step.FORUMS, "not read: forbidden by robots.txt"): 1}
    frontier.begin_round(LATER)
    assert [claim.url for claim in frontier.claim(9, 0)] == [LIST.url]


LOST = [
    # step, kind (None: it never came), reason: asked again by
    (Step.POSTS, None, "HTTP 404", {"failed"}),
    (Step.MEDIA, None, "DNSLookupError", {"failed"}),
    (Step.THREADS, None, "not read: the board is closed", {"failed", "unread"}),
    (Step.POSTS, PageKind.UNKNOWN, "no markup of vBulletin", {"unread"}),
    (Step.FORUMS, PageKind.PASSING, "The board is closed", {"unread"}),
    (Step.POSTS, PageKind.CHALLENGE, "Just a moment", {"unread"}),
    (Step.POSTS, PageKind.NOTICE, "not read by guests", set()),
    (Step.POSTS, PageKind.POSTS, "not read: HTTP 500", {"unread"}),  # as it was before
    (Step.POSTS, PageKind.POSTS, None, set()),
]


def lost(engine, scope=EVERYTHING):
    """A board that was read to its end, with all that can be lost."""
    frontier = Frontier(engine())
    frontier.add([page(number, f"host{number}", step) for number, (step, *_) in enumerate(LOST)])
    for claim in frontier.claim(99, 0.0):
        _, kind, reason, _ = LOST[int(claim.key.rpartition(":")[2])]
        if kind:
            frontier.done(claim, replace(PAGE, kind=kind, note=reason), [], AT)
        else:
            frontier.failed(claim, reason, 0.0, final=True)
    assert frontier.claims.next_due(0.0) == 0.0  # nobody has looked so far
    assert frontier.claim(99, 1e9) == []
    frontier.close()
    return Frontier(engine(), scope)


@pytest.mark.parametrize("kinds", [set(), {"failed"}, {"unread"}, {"failed", "unread"}])
def test_what_was_lost_is_asked_again(engine, kinds):
    frontier = lost(engine)
    expected = {page(i, f"host{i}", step).key for i, (step, *_, by) in enumerate(LOST) if by & kinds}
    assert frontier.retry(kinds) == len(expected)
    claims = frontier.claim(99, 0.0)
    assert {claim.key for claim in claims} == expected
    assert {claim.tries for claim in claims} <= {0}
    assert Frontier(engine()).retry(kinds) == 0


def test_only_what_the_run_is_about_is_asked_again(engine):
    frontier = lost(engine, Scope(frozenset({Step.MEDIA})))
    assert frontier.retry({"failed", "unread"}) == 1
    assert [claim.step for claim in frontier.claim(99, 0.0)] == [Step.MEDIA]


def test_an_unread_page_that_fails_when_it_is_asked_again_stays_as_it_was(engine):
    frontier = lost(engine)
    assert frontier.retry({"unread"}) == 5
    for claim in frontier.claim(99, 0.0):
        frontier.failed(claim, "HTTP 404", 0.0, final=True)
    assert {state for _, state, kind in frontier.counts() if kind in (PageKind.UNKNOWN, PageKind.PASSING)} == {
        State.DONE
    }


def test_a_board_is_new_until_a_page_of_it_was_fetched(engine):
    frontier = Frontier(engine())
    frontier.add([page(1), page(2)])
    first, second = frontier.claim(2, 0.0)
    frontier.failed(first, "ConnectionRefusedError", 0.0)
    assert frontier.is_new
    assert Frontier(engine()).is_new
    frontier.done(second, PAGE, [], AT)
    assert not frontier.is_new
    assert not Frontier(engine()).is_new


def test_a_reason_is_one_line_that_an_index_takes(engine):
    frontier = Frontier(engine())
    frontier.add([page(1)])
    fetch(frontier, outcome=replace(PAGE, note="The board\n is closed." + "\0ß" * 9000))
    [(_, reason)] = frontier.reasons(State.DONE)
    assert reason.startswith("The board is closed.ßß")
    assert len(reason) == 300


def test_bytes_are_counted_by_day_and_survive_a_crash(engine):
    frontier = Frontier(engine())
    frontier.add([page(1), page(2)])
    fetch(frontier, day="2026-11-22")
    fetch(frontier, day="2026-11-22")
    again = Frontier(engine())
    assert (again.received("2026-11-22"), again.received("2026-11-23")) == (2 * PAGE.size, 0)


def test_a_transaction_without_the_lease_is_undone(engine):
    def lost(_connection):
        raise LeaseLostError("another worker")

    Frontier(engine()).add([page(1)])
    frontier = Frontier(engine(), renew=lost)
    [claim] = frontier.claim(1, 0)
    with pytest.raises(Frontier.Error, match="another worker"):
        frontier.done(claim, PAGE, [page(2)], AT)
    assert frontier.counts() == {(Step.POSTS, State.PENDING, None): 1}
