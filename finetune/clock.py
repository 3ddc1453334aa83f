"""Measure time, speed, memory and cost of a run. They are logged under `clock/`, and nothing depends on them."""

import json
import resource
import time
from collections.abc import Sequence
from pathlib import Path

import finetune

CLOCK = "clock/"

Entries = Sequence[dict[str, float]]  # the lines of a run's metrics.jsonl


class Clock:
    """Counts the time since the command began, on top of that of earlier starts of the same run."""

    def __init__(self, metrics: Path, usd_per_hour: float | None) -> None:
        self.usd_per_hour = usd_per_hour
        # Of earlier starts, by their last line: steps lost in a kill were paid for and count.
        self._earlier = max((line.get(f"{CLOCK}elapsed_s", 0.0) for line in read_metrics(metrics)), default=0.0)
        self._first: tuple[float, int] | None = None  # when the steps of this start began, and after which step
        self._line = 0.0  # when the present line of the log began
        self.paused = 0.0  # seconds since then that were not training; whoever spends them adds them

    def begin(self, step: int) -> None:
        """Note that a step begins, after `step` earlier ones; only the first call of this start matters."""
        if self._first is None:
            self._line, self.paused = time.monotonic(), 0.0
            self._first = (self._line, step)

    def figures(self, step: int, steps: int, questions: float, tokens: float) -> dict[str, float]:
        """Return the figures of a log line, given the questions and tokens trained on since the last one.

        Units are seconds, US dollars and gigabytes (10^9 bytes): the peak of the GPU's memory, or of the process where
        there is none. The remaining time is estimated from this start's own steps with their evaluations and
        checkpoints, so it is right after a resume too.
        """
        import torch

        cuda = torch.cuda.is_available()
        peak = torch.cuda.max_memory_allocated() if cuda else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        now = time.monotonic()
        seconds = max(now - self._line - self.paused, 1e-9)
        elapsed = self._earlier + now - finetune.STARTED
        began, before = self._first or (now, step)
        remaining = (now - began) / max(step - before, 1) * (steps - step)
        self._line, self.paused = now, 0.0
        told = {
            "questions_per_second": questions / seconds,
            "tokens_per_second": tokens / seconds,
            "memory_gb": peak / 1e9,
            "elapsed_s": elapsed,
            "remaining_s": remaining,
        }
        if self.usd_per_hour is not None:
            told |= {"usd": elapsed / 3600 * self.usd_per_hour, "usd_left": remaining / 3600 * self.usd_per_hour}
        return {f"{CLOCK}{name}": round(value, 4) for name, value in told.items()}


def read_metrics(path: Path) -> list[dict[str, float]]:
    """Return the lines of a run's metrics.jsonl; none where nothing was logged yet."""
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.is_file() else []


def duration(seconds: float) -> str:
    """Format seconds for people: 45 s, 12 min, 3 h 05."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d}"
