"""Starts of the training command that a test may stop or kill. Its libraries, 15 s of work, are imported once."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.forks import Forks

# What a training imports.
TRAINING = (
    "finetune.__main__",
    "datasets",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "transformers.models.qwen2_vl.modeling_qwen2_vl",
    "finetune.diagnostics",
    "finetune.estimate.forecast",
    "finetune.tiny",
    "finetune.training",
)


class Start:
    """One start of the command with these flags, its output in a log; `env` in place of this process's."""

    def __init__(self, forks: Forks, flags: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.log = log
        with log.open("w") as file:
            words = ["finetune", *flags]
            self.process = forks.start("finetune.__main__:main", words, env=env, stdout=file)

    def code(self) -> int:
        """How it ended, as subprocess tells it: minus the signal that killed it."""
        return self.process.wait()

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, seen: Callable[[], Any]) -> None:
        """Until something can be seen, while the process runs."""
        while not seen():
            assert self.process.poll() is None, f"it ended before: {self.said()}"
            time.sleep(0.001)

    def kill(self, number: int) -> int:
        self.process.send_signal(number)
        return self.code()
