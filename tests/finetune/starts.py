"""Starts of the training command that a test may stop or kill. Its libraries, 10 s of work, are imported once."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.forks import Forks, forking


class Start:
    """One start of the command."""

    def __init__(
        self, forks: Forks, base: Mapping[str, str], flags: Sequence[str], log: Path, env: Mapping[str, str] = {}
    ) -> None:
        self.log = log
        with log.open("w") as file:
            words = ["finetune", *flags]
            self.process = forks.start("finetune.__main__:main", words, env={**base, **env}, stdout=file)

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


# What a training imports, once for all starts.
TRAINING = ("datasets", "matplotlib.figure", "finetune.diagnostics", "finetune.tiny", "finetune.trainer")


@contextmanager
def starting(modules: Sequence[str] = TRAINING, env: Mapping[str, str] | None = None) -> Iterator[Callable[..., Start]]:
    """Yield what starts the command with these flags, its output in a log; `env` in place of this process's."""
    base = os.environ if env is None else env
    with forking("finetune.__main__", *modules, env=base) as forks:
        yield partial(Start, forks, base)
