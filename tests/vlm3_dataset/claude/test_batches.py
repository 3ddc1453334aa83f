"""Message Batches: half the price, and nothing paid for twice, whatever is killed when."""

import random
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.test_claude import MODEL, REPLY, key, labels_of, pages, served  # noqa: F401 - fixtures
from vlm3_dataset import status
from vlm3_dataset.claude import batches, pace, pending_batches, pilot
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.prices import flat, named
from vlm3_dataset.claude.sending import Declined
from vlm3_dataset.labelers.claude import label

pytestmark = pytest.mark.slow

USUAL = (2_000 * 0.10 + 1_000 * 0.50) / 1e6  # dollars of one of the stand-in's answers, sent live


def run() -> None:
    """Label as many pages in a work folder as it is told to, in batches of 25: the process that is killed."""
    pilot.REQUESTS = 1_000
    pending_batches.WAITS, pending_batches.SHOWN_AFTER = (0.05,), timedelta(seconds=1)
    batches.MOST_REQUESTS = 25
    work, count = Path(sys.argv[1]), int(sys.argv[2])
    print(*label.with_claude(pages(work, count), work, MODEL, Budget(5), how="batch"), sep="\n")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(pending_batches, "WAITS", (0.02,))
    monkeypatch.setattr(pending_batches, "SHOWN_AFTER", timedelta(0))
    monkeypatch.setattr(pace, "BACK_OFF", (0.01,))
    monkeypatch.setattr(pilot, "REQUESTS", 1_000)  # none: what goes ahead live has tests of its own


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "labels.sqlite")
    yield store
    store.close()


def asked_of(served):  # noqa: F811
    """The pictures that were paid for; each page has its own."""
    return [each["messages"][0]["content"][0]["source"]["data"] for each in served.billed]


def test_more_than_twenty_go_as_a_batch_at_half_the_price(tmp_path, served, store):  # noqa: F811
    few, many = pages(tmp_path, 20), pages(tmp_path, 45)
    assert label.with_claude(few, tmp_path, MODEL, Budget(1)) == []
    assert served.batches == {}
    assert label.with_claude(many, tmp_path, MODEL, Budget(1)) == []
    assert [len(each.results) for each in served.batches.values()] == [25]
    assert store.spent() == pytest.approx(20 * USUAL + 25 * USUAL / 2)
    assert all(labels_of(tmp_path, page).pairs for page in many)
    assert label.with_claude(many, tmp_path, MODEL, Budget(0)) == []
    assert len(served.billed) == 45


def test_what_had_no_turn_is_asked_again_by_the_same_run(tmp_path, served):  # noqa: F811
    served.fates = ["expired", "errored", "canceled"]
    assert label.with_claude(pages(tmp_path, 25), tmp_path, MODEL, Budget(1)) == []
    assert [len(each.results) for each in served.batches.values()] == [25, 3]
    assert len(served.billed) == 25


def test_no_more_is_sent_than_the_worst_case_allows(tmp_path, served, store):  # noqa: F811
    """A request costs at most $0.0023 as a batch and $0.00035 in the end: what is left is sent after the first."""
    failed = label.with_claude(pages(tmp_path, 40), tmp_path, MODEL, Budget(0.01), how="batch")
    sizes = [len(each.results) for each in served.batches.values()]
    assert len(sizes) > 1
    assert sum(sizes) == len(served.billed) == 40 - len(failed)
    assert 0.01 - 0.0024 < store.spent() < 0.01
    assert all("raise --max-usd" in line for line in failed)


def worst(work, asked):
    """Dollars of each request in a batch, if its answer is as long as it may be."""
    return [batches._worst(each) for each in label.requests(asked, work, MODEL).values()]


@pytest.mark.parametrize("code", [401, 500])
def test_what_is_on_its_way_when_the_server_is_lost_stays_reserved(tmp_path, served, monkeypatch, code):  # noqa: F811
    """The second batch is refused while the first is open: what comes next may not spend the first one's money."""
    monkeypatch.setattr(batches, "MOST_REQUESTS", 2)
    served.faults = [None] + [code] * batches.ATTEMPTS
    asked, budget = pages(tmp_path, 4), Budget(1)
    assert len(label.with_claude(asked, tmp_path, MODEL, budget, how="batch")) == 4
    sent = 4 if code == 500 else 2  # after a 500 the second may be there
    assert budget.left == pytest.approx(1 - sum(worst(tmp_path, asked)[:sent]))
    served.faults = []
    assert label.with_claude(asked, tmp_path, MODEL, budget, how="batch") == []
    assert (len(served.billed), budget.left) == (4, pytest.approx(1 - 4 * USUAL / 2))


def test_a_batch_that_is_not_counted_yet_stays_reserved(tmp_path, served, monkeypatch):  # noqa: F811
    monkeypatch.setattr(pending_batches, "PATIENCE", timedelta(0))
    served.away = [503]
    asked, budget = pages(tmp_path, 3), Budget(1)
    assert len(label.with_claude(asked, tmp_path, MODEL, budget, how="batch")) == 3
    assert budget.left == pytest.approx(1 - sum(worst(tmp_path, asked)))
    assert label.with_claude(asked, tmp_path, MODEL, budget, how="batch") == []
    assert (len(served.billed), budget.left) == (3, pytest.approx(1 - 3 * USUAL / 2))


def test_a_batch_of_an_earlier_run_is_paid_by_the_budget_of_that_run(tmp_path, served, monkeypatch):  # noqa: F811
    asked, budget = pages(tmp_path, 3), Budget(1)
    with monkeypatch.context() as killed:
        killed.setattr(pending_batches.PendingBatches, "drain", lambda *_: None)
        label.with_claude(asked, tmp_path, MODEL, Budget(1), how="batch")
    assert label.with_claude(asked, tmp_path, MODEL, budget, how="batch") == []
    assert (len(served.billed), budget.left) == (3, 1)


def test_what_never_has_a_turn_is_named(tmp_path, served):  # noqa: F811
    served.fates = ["expired", None, "errored"] + ["expired", "errored"] * 2
    failed = label.with_claude(pages(tmp_path, 3), tmp_path, MODEL, Budget(1), how="batch")
    assert [line.split(": ", 1)[1] for line in failed] == [
        "the batch expired before its turn; run again to ask once more",
        "internal error; run again to ask once more",
    ]
    assert ([len(each.results) for each in served.batches.values()], len(served.billed)) == ([3, 2, 2], 1)


@pytest.mark.parametrize("fault", [429, 500, 529, "torn"])
def test_a_batch_that_failed_is_looked_for_and_then_made(tmp_path, served, store, fault):  # noqa: F811
    """Where the line broke, it was made."""
    served.faults = [fault]
    assert label.with_claude(pages(tmp_path, 3), tmp_path, MODEL, Budget(1), how="batch") == []
    assert (len(served.billed), len(served.batches), store.intents()) == (3, 1, [])


@pytest.mark.parametrize("status", [400, 401])
def test_a_batch_that_is_refused_is_no_batch(tmp_path, served, store, status):  # noqa: F811
    served.faults = [status]
    asked = pages(tmp_path, 3)
    assert len(label.with_claude(asked, tmp_path, MODEL, Budget(1), how="batch")) == 3
    assert store.intents() == []
    assert label.with_claude(asked, tmp_path, MODEL, Budget(1), how="batch") == []
    assert len(served.billed) == 3


def test_a_batch_that_is_too_large_is_made_in_halves(tmp_path, served):  # noqa: F811
    served.faults = [413, None, 413]
    assert label.with_claude(pages(tmp_path, 8), tmp_path, MODEL, Budget(1), how="batch") == []
    assert [len(each.results) for each in served.batches.values()] == [4, 2, 2]


def test_a_page_that_is_too_large_alone_is_final(tmp_path, served):  # noqa: F811
    served.faults = [413] * 3
    (page,) = pages(tmp_path, 1)
    assert label.with_claude([page], tmp_path, MODEL, Budget(1), how="batch") == []
    assert "request exceeds the maximum size" in labels_of(tmp_path, page).problem


def test_a_batch_that_the_server_is_still_making_is_waited_for(tmp_path, served, store, monkeypatch):  # noqa: F811
    """A run was killed while the server was at it: its successor looks more than once before it sends the same."""
    monkeypatch.setattr(pending_batches, "SHOWN_AFTER", timedelta(seconds=20))
    asked = pages(tmp_path, 3)
    each = [label.about(page, tmp_path, MODEL)[0] for page in asked]
    store.intend({one.key: one.page.page_id for one in each})
    requests = {"requests": [{"custom_id": one.key, "params": one.request()} for one in each]}
    late = threading.Timer(0.3, lambda: stand_in.make_batch(served, requests, 1_000))
    late.start()
    assert label.with_claude(asked, tmp_path, MODEL, Budget(1), how="batch") == []
    late.join()
    assert (len(served.billed), len(served.batches)) == (3, 1)


def test_where_nobody_answers_nothing_is_looked_for(tmp_path, store, monkeypatch):
    monkeypatch.setattr(pending_batches, "SHOWN_AFTER", timedelta(hours=1))
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")  # discard: no listener
    local = named("local", flat(0, 0), has_schema=False)
    (line,) = label.with_claude(pages(tmp_path, 1), tmp_path, local, Budget(1), how="batch")
    assert "run again" in line
    assert store.intents() == []


def test_a_broken_connection_is_waited_for(tmp_path, monkeypatch):
    pauses = []
    monkeypatch.setattr(pace, "BACK_OFF", (1, 2, 4, 8, 16))
    monkeypatch.setattr(batches.time, "sleep", pauses.append)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")  # discard: no listener
    local = named("local", flat(0, 0), has_schema=False)
    (line,) = label.with_claude(pages(tmp_path, 1), tmp_path, local, Budget(1), how="batch")
    assert "run again" in line
    assert pauses == [1, 2, 4, 8, 16]


def test_somebody_elses_batch_is_left_alone(tmp_path, served, store):  # noqa: F811
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    label.with_claude(pages(theirs, 5)[2:], theirs, MODEL, Budget(1), how="batch")
    asked = pages(ours, 3)
    mine = Store(ours / "labels.sqlite")
    mine.intend({"a": "21-00", "b": "21-01", "c": "21-02"})
    assert label.with_claude(asked, ours, MODEL, Budget(1), how="batch") == []
    assert len(served.batches) == 2
    assert (mine.intents(), len(mine.batches())) == ([], 1)
    mine.close()


@pytest.mark.parametrize("hours", [0, 1])
def test_somebody_elses_batch_is_not_waited_for_where_it_cannot_be_ours(tmp_path, served, store, hours):  # noqa: F811
    """Theirs runs on: it was made an hour after the intent; or at its time, but ours is found and has ended."""
    asked = pages(tmp_path, 3)
    each = [label.about(page, tmp_path, MODEL)[0] for page in asked]
    store.intend({one.key: one.page.page_id for one in each})
    if not hours:
        requests = {"requests": [{"custom_id": one.key, "params": one.request()} for one in each]}
        stand_in.make_batch(served, requests, 1_000)
        time.sleep(served.turnaround)
    theirs = [{"custom_id": f"theirs-{n}", "result": {"type": "succeeded"}} for n in range(3)]
    served.batches["theirs"] = stand_in.Batch("theirs", theirs, made=time.time() + 300 + 3_600 * hours)
    assert label.with_claude(asked, tmp_path, MODEL, Budget(1), how="batch") == []
    assert (len(served.billed), len(served.batches), store.intents()) == (3, 2, [])


def test_results_that_are_kept_no_longer_are_asked_for_again(tmp_path, served, store):  # noqa: F811
    store.sent(store.intend({"a": "21-00"}), "msgbatch_long_gone")
    assert label.with_claude(pages(tmp_path, 1), tmp_path, MODEL, Budget(1), how="batch") == []
    assert store.open_batches() == {}


@pytest.mark.parametrize("fate", ["expired", "gone", "never made"])
def test_what_comes_back_without_an_answer_is_agreed_to_and_has_a_pilot(
    tmp_path,
    served,  # noqa: F811
    store,
    monkeypatch,
    fate,
):
    """A run was killed once its batch of 30 was on its way, so the first forecast of the next one is of none."""
    asked, told = pages(tmp_path, 30), []
    with monkeypatch.context() as killed:
        killed.setattr(pending_batches.PendingBatches, "drain", lambda *_: None)
        served.fates = ["expired"] * 30
        label.with_claude(asked, tmp_path, MODEL, Budget(1))
    if fate == "gone":
        store._do("update batch set id = 'msgbatch_long_gone'")
    elif fate == "never made":
        served.batches.clear()
        store._do("insert into intent (at, pages) select at, pages from batch")
        store._do("delete from batch")
    monkeypatch.setattr(pilot, "REQUESTS", 5)
    with pytest.raises(Declined, match="nothing was sent"):
        label.with_claude(
            asked, tmp_path, MODEL, Budget(1), confirm_cost=lambda bill: told.append(bill.requests) or not bill.requests
        )
    assert (told, served.billed) == ([0, 30], [])
    assert label.with_claude(asked, tmp_path, MODEL, Budget(1)) == []
    assert (len(served.billed), [len(each.results) for each in served.batches.values()][-1]) == (30, 25)


def test_what_is_on_its_way_is_not_asked_live(tmp_path, served, store, monkeypatch):  # noqa: F811
    asked = pages(tmp_path, 3)
    monkeypatch.setattr(pending_batches.PendingBatches, "drain", lambda *_: 0.0)  # as if killed once the batch was made
    assert len(label.with_claude(asked, tmp_path, MODEL, Budget(1), how="batch")) == 3
    monkeypatch.undo()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", served.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none of ours")
    assert label.prices(asked, tmp_path, MODEL) == {}
    assert [*status._paid(tmp_path, asked, MODEL)] == [
        "\n0 answers paid for, $0.00; 0 of 3 requests are answered",
        "3 requests are on their way as batches",
    ]
    assert label.with_claude(asked, tmp_path, MODEL, Budget(0), how="live") == []
    assert (len(served.billed), store.on_its_way()) == (3, set())


def test_many_small_batches_are_one_answer_a_page(tmp_path, served, monkeypatch):  # noqa: F811
    monkeypatch.setattr(batches, "MOST_REQUESTS", 7)
    assert label.with_claude(pages(tmp_path, 30), tmp_path, MODEL, Budget(1)) == []
    assert [len(each.results) for each in served.batches.values()] == [7, 7, 7, 7, 2]


@pytest.mark.parametrize("seed", range(2))
def test_kills_at_any_moment_pay_for_nothing_twice(tmp_path, asking, seed, monkeypatch):
    """Five of them, also between a batch being made and its id being known, and while its results are taken in."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none of ours")
    count, rng = 60, random.Random(seed)
    with stand_in.serving(REPLY, turnaround=0.3, before_reply=0.4, fates=["expired", "errored"]) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)

        def start():
            return asking.start("tests.vlm3_dataset.claude.test_batches:run", ["batches", tmp_path, count])

        for _ in range(5):
            before = len(server.batches)
            with start() as process:
                while process.poll() is None and len(server.batches) == before and rng.random() > 0.001:
                    time.sleep(0.01)
                time.sleep(rng.choice([0, 0.05, 0.3, 0.6, 0.9]))
                process.kill()
        for _ in range(2):  # the first says which have expired, the second asks for them
            said = start().output()
        assert "run again" not in said
    paid = asked_of(server)
    assert len(paid) == len(set(paid)) == count
    store = Store(tmp_path / "labels.sqlite")
    assert (store.count(), store.intents(), store.open_batches()) == (count, [], {})
    assert store.spent() == pytest.approx(count * USUAL / 2)
    store.close()
