"""A board belongs to one worker at a time, and to the next one when its worker has died."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from e30crawl.frontier.leases import LeaseLostError, Leases
from e30crawl.frontier.schema import server

SOON = 0.3  # seconds


@pytest.fixture
def worker(postgres_url):
    made = []

    def worker(name, seconds=60.0):
        made.append(Leases({"FRONTIER_URL": postgres_url, "FRONTIER_LEASE": seconds}, name))
        return made[-1]

    yield worker
    for leases in made:
        leases.close()


@pytest.fixture
def renew(postgres_url):
    """Renews a lease as the frontier does, in a transaction of its own."""
    engine = server(postgres_url)

    def renew(leases, board):
        with engine.begin() as connection:
            leases.renew(connection, board)

    yield renew
    engine.dispose()


def test_a_board_has_one_worker(worker):
    one, two = worker("one"), worker("two")
    assert one.take(["e30"]) == "e30"
    assert two.take(["e30"]) is None
    assert one.take(["e30"]) == "e30"  # its own
    assert two.holder("e30") == "one"


def test_workers_take_the_first_board_that_is_free(worker):
    one, two = worker("one"), worker("two")
    assert (one.take(["b", "a"]), two.take(["b", "a"]), worker("three").take(["b", "a"])) == ("b", "a", None)


def test_a_board_that_is_released_is_free(worker):
    one, two = worker("one"), worker("two")
    one.take(["e30"])
    two.release("e30")  # not theirs to give
    assert two.take(["e30"]) is None
    one.release("e30")
    assert one.holder("e30") is None
    assert two.take(["e30"]) == "e30"


def test_a_lease_runs_out_when_its_worker_dies(worker, renew):
    one, two = worker("one", SOON), worker("two")
    one.take(["e30"])
    deadline = time.monotonic() + 30
    while two.take(["e30"]) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with pytest.raises(LeaseLostError, match="e30: another worker"):
        renew(one, "e30")
    renew(two, "e30")


def test_a_lease_that_ran_out_is_renewed_while_nobody_took_it(worker, renew):
    one = worker("one", 0.0)
    one.take(["e30"])
    renew(one, "e30")


def test_of_many_workers_at_the_same_moment_each_gets_another_board(worker):
    boards = [f"board-{number}" for number in range(8)]
    workers = [worker(f"worker-{number}") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        taken = [*pool.map(lambda leases: leases.take(boards), workers)]
    while None in taken:  # a row that another was just looking at is skipped
        place = taken.index(None)
        taken[place] = workers[place].take(boards)
    assert sorted(taken) == boards


def test_a_name_that_postgresql_would_cut_is_refused(worker):
    with pytest.raises(ValueError, match="at most 50"):
        worker("one").take(["e" * 51])
