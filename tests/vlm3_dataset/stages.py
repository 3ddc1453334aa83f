"""The command in processes that a test can kill and go on from.

A run can be told to die by SIGKILL at its n-th file: written and flushed, but not yet in its place.
"""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.forks import Forked, Forks
from vlm3_dataset import __main__ as command

# Imported once for all runs: what the stages import when they begin.
IMPORTED = (
    "sentence_transformers",
    "tests.vlm3_dataset.stages",
    "vlm3_dataset.build",
    "vlm3_dataset.claude.batches",
    "vlm3_dataset.claude.live",
    "vlm3_dataset.filters.embedding",
    "vlm3_dataset.vlm3_dataset",
)
DIE_AT = "TESTS_DIE_AT"


class Stages:
    """Runs stages in the folder `place`."""

    def __init__(self, forks: Forks, place: Path) -> None:
        self.forks, self.place = forks, place

    def start(self, *argv: object, die_at: int = 0, env: Mapping[str, str] | None = None) -> Forked:
        told = os.environ | (env or {}) | {DIE_AT: str(die_at)}
        with (self.place / "said").open("a") as said:
            return self.forks.start(f"{__name__}:main", ["vlm3", *argv], cwd=self.place, env=told, stdout=said)

    def run(self, *argv: object, die_at: int = 0, env: Mapping[str, str] | None = None) -> int:
        """Its exit code, or minus the signal that ended it."""
        with self.start(*argv, die_at=die_at, env=env) as started:
            return started.wait()

    def files(self) -> int:
        """How many files the last run that came to its end has written."""
        return int((self.place / "files").read_text())


def main() -> None:
    count, die_at, fsync = 0, int(os.environ[DIE_AT]), os.fsync

    def counted(file: int) -> None:
        nonlocal count
        count += 1
        fsync(file)
        if count == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    os.fsync = counted
    command.main(sys.argv[1:])
    Path("files").write_text(str(count))
