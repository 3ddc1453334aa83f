"""Many calls at a time, at the pace that the server allows; what a failing server costs."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.vlm3_dataset.claude import stand_in
from tests.vlm3_dataset.claude.test_claude import MODEL, REPLY, key, labels_of, pages, served  # noqa: F401 - fixtures
from vlm3_dataset.claude import live, pace
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.labelers.claude import label


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(pace, "BACK_OFF", (0.01,))


def run(work, asked, **options):
    return label.with_claude(asked, work, MODEL, Budget(1), how="live", **options)


@pytest.mark.parametrize("fault", [429, 500, 529, "torn", "half", "slow"])
def test_what_may_pass_is_asked_again(tmp_path, served, fault):  # noqa: F811
    served.faults = [fault, None, fault]
    assert run(tmp_path, pages(tmp_path, 4)) == []
    assert len(served.billed) - served.torn == 4


@pytest.mark.parametrize("body", [{"error": {"message": "out of memory"}}, None, [], {"content": "25 Nm"}])
def test_what_is_no_message_is_no_answer_whatever_its_status_says(tmp_path, served, monkeypatch, body):  # noqa: F811
    monkeypatch.setattr(stand_in, "message", lambda *_: body)
    asked = pages(tmp_path, 1)
    (line,) = run(tmp_path, asked)
    assert f"what the server sends is no message: {json.dumps(body)}; run again" in line
    monkeypatch.undo()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", served.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none of ours")
    assert run(tmp_path, asked) == []
    assert labels_of(tmp_path, asked[0]).pairs


def test_a_server_that_stays_busy_is_left_in_the_end(tmp_path, served):  # noqa: F811
    served.faults = [500] * live.ATTEMPTS
    (line,) = run(tmp_path, pages(tmp_path, 1))
    assert "internal server error" in line
    assert "run again" in line
    assert (len(served.calls), served.billed) == (live.ATTEMPTS, [])


@pytest.mark.parametrize(("status", "said"), [(401, "invalid x-api-key")])
def test_a_wrong_key_is_not_tried_on_every_page(tmp_path, served, monkeypatch, status, said):  # noqa: F811
    monkeypatch.setattr(live, "IN_FLIGHT", 2)
    served.faults = [status] * 50
    failed = run(tmp_path, pages(tmp_path, 20))
    assert len(failed) == 20
    assert all(said in line for line in failed)
    assert len(served.calls) <= 2


def test_a_model_that_does_not_exist_shows_before_anything_is_sent(tmp_path, served):  # noqa: F811
    from vlm3_dataset.claude.prices import flat, named

    asked = pages(tmp_path, 3)
    failed = label.with_claude(asked, tmp_path, named("claude-hiaku-5-5", flat(1, 1)), Budget(1))
    assert len(failed) == 3
    assert all("model: claude-hiaku-5-5" in line for line in failed)
    assert served.calls == []


def test_what_is_too_large_is_final(tmp_path, served):  # noqa: F811
    served.faults = [413] * 3
    (page,) = pages(tmp_path, 1)
    assert run(tmp_path, [page]) == []
    assert "request exceeds the maximum size" in labels_of(tmp_path, page).problem
    assert run(tmp_path, [page]) == []
    assert len(served.calls) == 3


def test_one_page_too_long_for_its_server_ends_no_other(tmp_path, served):  # noqa: F811
    asked = pages(tmp_path, 3)
    long = label.about(asked[1], tmp_path, MODEL)[0].request()["messages"][0]["content"][0]
    wrong = "This model's maximum context length is 32768 tokens. However, you requested 33000 tokens."
    served.refuses = lambda each: ("invalid_request_error", wrong) if long in each["messages"][0]["content"] else None
    assert run(tmp_path, asked) == []
    assert [labels_of(tmp_path, page).problem for page in asked] == ["", f"no answer ({wrong})", ""]


def test_all_calls_wait_where_one_is_told_to(tmp_path, served, monkeypatch):  # noqa: F811
    monkeypatch.setattr(live, "IN_FLIGHT", 3)
    served.faults, served.retry_after, served.latency = [None, None, 429], "1", 0.2
    assert run(tmp_path, pages(tmp_path, 12)) == []
    assert max(later - sooner for sooner, later in pairwise(served.calls)) >= 1.0
    assert len(served.billed) == 12


def test_a_used_up_limit_is_waited_for_before_the_server_says_no(tmp_path, served, monkeypatch):  # noqa: F811
    monkeypatch.setattr(live, "IN_FLIGHT", 1)
    reset = datetime.now(UTC) + timedelta(seconds=1.5)
    served.limits = {
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": reset.isoformat(),
    }
    began = datetime.now(UTC)
    assert run(tmp_path, pages(tmp_path, 2)) == []
    assert datetime.now(UTC) >= min(reset, began + timedelta(seconds=1))


def test_what_breaks_on_our_side_ends_the_run_and_keeps_what_was_paid(tmp_path, served, monkeypatch):  # noqa: F811
    put, kept = Store.put, []

    def full_disk(self, *values):
        if len(kept) == 3:
            raise OSError(28, "No space left on device")
        kept.append(values)
        put(self, *values)

    monkeypatch.setattr(Store, "put", full_disk)
    monkeypatch.setattr(live, "IN_FLIGHT", 1)
    with pytest.raises(OSError, match="No space left"):
        run(tmp_path, pages(tmp_path, 10))
    assert len(served.billed) == 4
