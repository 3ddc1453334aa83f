"""Nothing that was found is lost, nothing is handed out twice, and a crash gives everything back."""

import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from e30crawl.frontier import MEDIA_TRIES, PAGE_TRIES, PER_HOST, Frontier
from e30crawl.tasks import Found, Outcome, Scope, State, Step

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAGE = Outcome("posts", "0" * 64, 10)


def page(number, host="board.example", step=Step.POSTS, **ids):
    return Found(f"{host}:{step}:{number}", f"http://{host}/{step}/{number}", step, **ids)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.sqlite"


class Walk(RuleBasedStateMachine):
    """A crawl that finds, finishes, fails and crashes as it likes, beside a model made of plain dictionaries."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "state.sqlite"
        self.frontier = Frontier(self.path, retry_delay=1.0)
        self.now, self.states, self.tries, self.leases = 0.0, {}, Counter(), {}

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
        assert all(self.states[lease.key] is State.PENDING for lease in claimed)
        assert not self.leases.keys() & {lease.key for lease in claimed}
        self.leases |= {lease.key: lease for lease in claimed}

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), found=found)
    def done(self, data, found):
        lease = self.leases.pop(data.draw(st.sampled_from(sorted(self.leases))))
        self.frontier.done(lease, PAGE, found, AT)
        self.states[lease.key] = State.DONE
        self.know(found)

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), final=st.booleans())
    def failed(self, data, final):
        lease = self.leases.pop(data.draw(st.sampled_from(sorted(self.leases))))
        self.tries[lease.key] += 1
        state = self.frontier.failed(lease, "HTTP 500", self.now, final=final)
        assert state is (State.FAILED if final or self.tries[lease.key] == PAGE_TRIES else State.PENDING)
        self.states[lease.key] = state

    @rule()
    def crash(self):
        self.frontier.close()
        self.frontier, self.leases = Frontier(self.path, retry_delay=1.0), {}

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
        assert max(Counter(lease.url.split("/")[2] for lease in self.leases.values()).values(), default=0) <= PER_HOST

    @invariant()
    def the_end_is_seen_only_at_the_end(self):
        if State.PENDING in self.states.values() and not self.leases:
            assert self.frontier.next_due(self.now) is not None


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)


def test_a_page_and_what_it_led_to_are_one_transaction(path):
    frontier = Frontier(path)
    frontier.add([page(1)])
    [lease] = frontier.claim(1, 0)
    broken = Found(None, "http://board.example/2", Step.POSTS)
    with pytest.raises(Exception, match="NOT NULL"):
        frontier.done(lease, PAGE, [page(3), broken], AT)
    assert frontier.counts() == {(Step.POSTS, State.PENDING, None): 1}


def test_leases_end_with_the_process(path):
    first = Frontier(path)
    first.add([page(1)])
    assert first.claim(5, 0)
    assert first.claim(5, 0) == []
    assert [lease.key for lease in Frontier(path).claim(5, 0)] == [page(1).key]


def test_a_slow_host_does_not_hold_up_the_others(path):
    frontier = Frontier(path)
    frontier.add([page(number, "slow") for number in range(9)] + [page(1, "quick")])
    assert Counter(lease.url.split("/")[2] for lease in frontier.claim(16, 0)) == {"slow": PER_HOST, "quick": 1}


@pytest.mark.parametrize(("step", "tries"), [(Step.POSTS, PAGE_TRIES), (Step.MEDIA, MEDIA_TRIES)])
def test_retries_come_later_each_time_and_end_with_a_reason(path, step, tries):
    frontier, now, waits = Frontier(path, retry_delay=60), 0.0, []
    frontier.add([page(1, step=step)])
    for _ in range(tries):
        [lease] = frontier.claim(1, now)
        frontier.failed(lease, "TimeoutError", now)
        assert frontier.claim(1, now) == []
        if due := frontier.next_due(now):
            waits.append(due)
            now += due
    assert waits == [min(60 * 4**n, 6 * 3600) for n in range(tries - 1)]
    assert sum(waits) == (85_260 if step is Step.POSTS else 1_260)  # seconds: most of a day, or 21 minutes
    assert frontier.reasons(State.FAILED) == {(step, "TimeoutError"): 1}


def test_a_server_that_names_a_time_is_asked_no_sooner(path):
    frontier = Frontier(path, retry_delay=1)
    frontier.add([page(1)])
    frontier.failed(frontier.claim(1, 0)[0], "HTTP 503", 0, wait=500)
    assert frontier.claim(1, 499) == []
    assert frontier.claim(1, 500)


def test_a_state_knows_the_board_it_began_with(path):
    frontier, home = Frontier(path), "http://board.example/old/"
    assert frontier.other_board(home) is None
    frontier.add([Found(home, home, Step.FORUMS)])
    assert frontier.other_board(f"{home}showthread.php?t=1") is None
    assert frontier.other_board("http://board.example/new/") == home


def test_what_the_board_has_named_is_its_own(path):
    frontier, rewritten = Frontier(path), "http://board.example/engine-talk/"
    frontier.add([Found("http://board.example/", "http://board.example/", Step.FORUMS)])
    assert frontier.other_board(rewritten) is not None
    frontier.add([Found(rewritten, rewritten, Step.FORUMS)])
    assert frontier.other_board(rewritten) is None


def test_a_start_that_led_nowhere_does_not_bind_the_folder(path):
    frontier = Frontier(path)
    frontier.add([page(1)])
    frontier.failed(frontier.claim(1, 0)[0], "HTTP 404", 0, final=True)
    assert frontier.other_board("http://other.example/") is None


def test_only_one_step(path):
    frontier = Frontier(path, Scope(frozenset({Step.MEDIA})))
    frontier.add([page(1), page(2, step=Step.MEDIA)])
    assert [lease.step for lease in frontier.claim(9, 0)] == [Step.MEDIA]
    assert frontier.claim(9, 0) == []
    assert frontier.next_due(0) is None


def test_ids_narrow_the_walk_once_they_are_known(path):
    frontier = Frontier(path, Scope(forum_ids=frozenset({2})))
    home = page(0, step=Step.FORUMS)
    frontier.add([home, page(1, forum_id=1, thread_id=10)])
    assert frontier.missing() == ["forum 2"]
    [lease] = frontier.claim(9, 0)
    assert lease.key == home.key
    forums = [page(number, step=Step.FORUMS, forum_id=number) for number in (1, 2)]
    frontier.done(lease, PAGE, [*forums, page(2, forum_id=2, thread_id=20)], AT)
    assert frontier.missing() == []
    assert {lease.forum_id for lease in frontier.claim(9, 0)} == {2}


def test_a_thread_is_looked_for_in_lists_until_it_is_found(path):
    frontier = Frontier(path, Scope(thread_ids=frozenset({10})))
    frontier.add([page(1, step=Step.THREADS, forum_id=1), page(2, thread_id=11)])
    [lease] = frontier.claim(9, 0)
    assert lease.step is Step.THREADS
    frontier.done(lease, PAGE, [page(3, thread_id=10), page(4, step=Step.THREADS, forum_id=1)], AT)
    assert [lease.thread_id for lease in frontier.claim(9, 0)] == [10]
