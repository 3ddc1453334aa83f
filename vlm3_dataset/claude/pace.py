"""Decide when the next call may start. A wait that the server asks of one call holds for all of them.

Headers: https://docs.anthropic.com/en/api/rate-limits#response-headers
"""

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

BUSY = frozenset({408, 409, 429, 500, 502, 503, 504, 529})  # statuses after which a request may be repeated
FOR_ALL = frozenset({429, 503, 529})  # of these, the ones about the server and not about one call
BACK_OFF = (0.5, 1, 2, 4, 8)  # seconds to wait after the first, second, ... refusal that names no time
LIMITS = ("requests", "tokens", "input-tokens", "output-tokens")

Headers = Mapping[str, str]


class Pace:
    """One gate for all calls in flight. `until` is a time of the clock that is passed in."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.until = 0.0

    async def turn(self) -> None:
        """Wait until a call may start."""
        while (rest := self.until - self._clock()) > 0:  # noqa: ASYNC110 - a hold may grow while it is waited for
            await asyncio.sleep(rest)

    def hold(self, seconds: float) -> None:
        """Let no call start for so many seconds; a longer hold stays in force."""
        self.until = max(self.until, self._clock() + seconds)


def after_refusal(headers: Headers, attempt: int, now: datetime) -> float:
    """Return the seconds to wait: what the server says, else longer with each `attempt` (from 0)."""
    seconds = retry_after(headers, now)
    return BACK_OFF[min(attempt, len(BACK_OFF) - 1)] if seconds is None else seconds


def retry_after(headers: Headers, now: datetime) -> float | None:
    """Return the seconds in `retry-after-ms` or `retry-after` (seconds or a date); None where neither can be read."""
    for name, unit in (("retry-after-ms", 1_000), ("retry-after", 1)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        return max(0.0, _seconds_until(parsedate_to_datetime(headers.get("retry-after", "")), now))
    except ValueError:
        return None


def after_answer(headers: Headers, now: datetime) -> float:
    """Return the seconds until the limits that this answer used up are full again; 0 if something is left of each."""
    seconds = 0.0
    for limit in LIMITS:
        if headers.get(f"anthropic-ratelimit-{limit}-remaining", "").strip() == "0":
            with suppress(ValueError):
                reset = datetime.fromisoformat(headers.get(f"anthropic-ratelimit-{limit}-reset", ""))
                seconds = max(seconds, _seconds_until(reset, now))
    return seconds


def _seconds_until(then: datetime, now: datetime) -> float:
    return max(0.0, ((then if then.tzinfo else then.replace(tzinfo=UTC)) - now).total_seconds())
