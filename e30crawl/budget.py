"""Say when a board may be asked: a daily window, and a number of bytes per day, both by the board's own clock."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Self

from pydantic import ByteSize

_WINDOW = re.compile(r"(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)", re.ASCII)
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes after midnight, `begin` included and `end` not; it reaches over midnight where `end` is the smaller."""

    begin: int
    end: int

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read a window such as `22:00-06:00`. Raises ValueError."""
        match = _WINDOW.fullmatch(str(text).strip())
        hours = list(map(int, match.groups())) if match else []
        ends = [hour * 60 + minute for hour, minute in zip(hours[::2], hours[1::2], strict=True) if minute < 60]
        if len(ends) < 2 or ends[0] >= _DAY or ends[1] > _DAY:
            raise ValueError(f"{str(text)!r} is not a window; write it as 01:00-07:00")
        if ends[0] == ends[1]:
            raise ValueError(f"{str(text)!r} is empty; for the whole day leave the window out")
        return cls(*ends)

    def __str__(self) -> str:
        return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (self.begin, self.end))

    def is_open(self, now: datetime) -> bool:
        minutes = now.hour * 60 + now.minute
        if self.begin < self.end:
            return self.begin <= minutes < self.end
        return minutes >= self.begin or minutes < self.end

    def wait(self, now: datetime) -> float:
        """Return the seconds until it opens, 0 while it is open; `now` is aware and in the board's zone."""
        if self.is_open(now):
            return 0.0
        # Minute by minute: 02:30 comes twice when the clocks go back. Two days, because a short window may lie in the
        # hour that is left out when they go forward.
        since = now.astimezone(UTC)
        minutes = (since.replace(second=0, microsecond=0) + timedelta(minutes=each) for each in range(1, 2 * _DAY + 1))
        opening = next(minute for minute in minutes if self.is_open(minute.astimezone(now.tzinfo)))
        return (opening - since).total_seconds()


@dataclass(frozen=True, slots=True)
class Pause:
    until: datetime  # in the board's zone
    why: str

    def __str__(self) -> str:
        return f"paused until {self.until:%Y-%m-%d %H:%M %Z} ({self.why})"


@dataclass(frozen=True, slots=True)
class Limits:
    """What an owner allows, by the clock of `zone`; without window and budget any time is good."""

    zone: tzinfo = UTC
    window: Window | None = None
    budget: ByteSize | None = None  # a day

    def day(self, now: datetime) -> str:
        """Return the day that bytes received `now` (aware) count for: the key of the table `received`."""
        return now.astimezone(self.zone).date().isoformat()

    def pause(self, now: datetime, received: Callable[[str], int]) -> Pause | None:
        """Return until when no request may start, and why; None where one may. Another pause may follow: ask again.

        `received` gives the bytes of a day so far.
        """
        here = now.astimezone(self.zone)
        wait, why = self.window.wait(here) if self.window else 0.0, f"outside {self.window}"
        if self.budget and received(self.day(now)) >= self.budget:
            tomorrow = datetime.combine(here.date() + timedelta(days=1), time(), self.zone)
            # In UTC, since the difference of two local times ignores the hour that a change of clocks adds or takes.
            until_tomorrow = (tomorrow.astimezone(UTC) - now.astimezone(UTC)).total_seconds()
            if until_tomorrow > wait:
                size = self.budget.human_readable(decimal=True, separator=" ")
                wait, why = until_tomorrow, f"{size} a day are spent"
        return Pause((now.astimezone(UTC) + timedelta(seconds=wait)).astimezone(self.zone), why) if wait else None
