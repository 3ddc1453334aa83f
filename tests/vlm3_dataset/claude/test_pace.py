"""How long to wait, by what the server says; and one gate for all."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm3_dataset.claude import pace

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "3600"}, 3_600),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Tue, 24 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers, seconds):
    assert pace.retry_after(headers, NOW) == seconds


@pytest.mark.parametrize(("attempt", "seconds"), [(0, 0.5), (1, 1), (4, 8), (40, 8)])
def test_each_wait_is_longer_where_the_server_names_none(attempt, seconds):
    assert pace.after_refusal({}, attempt, NOW) == seconds
    assert pace.after_refusal({"retry-after": "3"}, attempt, NOW) == 3


def left(limit, remaining, seconds):
    return {
        f"anthropic-ratelimit-{limit}-remaining": remaining,
        f"anthropic-ratelimit-{limit}-reset": (NOW + timedelta(seconds=seconds)).isoformat(),
    }


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (left("requests", "0", 12), 12),
        (left("requests", "1", 12), 0),
        (left("requests", "0", 12) | left("output-tokens", "0", 40), 40),
        (left("tokens", "0", -3), 0),
        ({"anthropic-ratelimit-requests-remaining": "0"}, 0),
        ({"anthropic-ratelimit-requests-remaining": "0", "anthropic-ratelimit-requests-reset": "later"}, 0),
        ({"anthropic-ratelimit-tokens-remaining": "0", "anthropic-ratelimit-tokens-reset": "2026-11-24T12:00:05Z"}, 5),
        ({}, 0),
    ],
)
def test_a_limit_that_is_used_up(headers, seconds):
    assert pace.after_answer(headers, NOW) == seconds


@given(st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms"]), st.text(max_size=30)))
def test_no_header_is_a_fault(headers):
    assert pace.after_refusal(headers, 0, NOW) >= 0


def test_a_longer_hold_stays():
    gate = pace.Pace(clock=lambda: 100.0)
    gate.hold(5)
    gate.hold(1)
    assert gate.until == 105


def test_a_turn_comes_when_the_hold_is_over():
    gate = pace.Pace()
    gate.hold(0.05)
    asyncio.run(asyncio.wait_for(gate.turn(), 5))
    assert gate._clock() >= gate.until
