"""Time, speed, memory and money of a run. What a clock decides stands under `clock/` and decides nothing itself."""

import json
import resource
import time
from pathlib import Path

import finetune

CLOCK = "clock/"


class Clock:
    """Counts since the command began, on top of what earlier starts of the same run took."""

    def __init__(self, metrics: Path, usd_per_hour: float | None) -> None:
        self.usd_per_hour = usd_per_hour
        self._earlier = last_elapsed(metrics)
        self._first: tuple[float, int] | None = None  # when the steps of this start began, and after which step
        self._line = 0.0  # when the present line of the log began
        self._apart = 0.0  # seconds since then that were no training

    def begin(self, step: int) -> None:
        """A step begins, after this many that were taken before; only the first one of this start matters."""
        if self._first is None:
            self._line, self._apart = time.monotonic(), 0.0
            self._first = (self._line, step)

    def leave_out(self, seconds: float) -> None:
        """So many seconds of the present line went into something else than training."""
        self._apart += seconds

    def figures(self, step: int, steps: int, questions: float, tokens: float) -> dict[str, float]:
        """What a line of the log says, given the questions and tokens trained on since the last one.

        Seconds, gigabytes (10^9 bytes) and US dollars. The time that remains comes from this start's own steps with
        their evaluations and checkpoints, so it is right after a resume too.
        """
        now = time.monotonic()
        seconds = max(now - self._line - self._apart, 1e-9)
        elapsed = self._earlier + now - finetune.STARTED
        began, before = self._first or (now, step)
        remaining = (now - began) / max(step - before, 1) * (steps - step)
        self._line, self._apart = now, 0.0
        told = {
            "questions_per_second": questions / seconds,
            "tokens_per_second": tokens / seconds,
            "memory_gb": peak_memory(),
            "elapsed_s": elapsed,
            "remaining_s": remaining,
        }
        if self.usd_per_hour is not None:
            told |= {"usd": elapsed / 3600 * self.usd_per_hour, "usd_left": remaining / 3600 * self.usd_per_hour}
        return {f"{CLOCK}{name}": round(value, 4) for name, value in told.items()}


def peak_memory() -> float:
    """The most memory held at once so far, in gigabytes: of the GPU, or of the process where there is none."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def last_elapsed(metrics: Path) -> float:
    """Seconds that earlier starts took, by the last line they wrote; steps lost in a kill were paid for and count."""
    if not metrics.is_file():
        return 0.0
    lines = [json.loads(line) for line in metrics.read_text(encoding="utf-8").splitlines()]
    return max((line.get(f"{CLOCK}elapsed_s", 0.0) for line in lines), default=0.0)


def duration(seconds: float) -> str:
    """As people say it: 45 s, 12 min, 3 h 05."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d}"
