"""Starts the command many times without importing its libraries each time: a process imports them and forks.

Each start is a process of its own, which a test may kill. `python -m tests.finetune.starts` reads a line of JSON for
each, {"argv": [...], "log": path}, and answers with the process id and, once it has ended, with its exit code.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Start:
    """One start of the command."""

    def __init__(self, server: Any, flags: list[str], log: Path) -> None:
        self.server = server
        self.log = log
        log.write_bytes(b"")
        server.stdin.write(json.dumps({"argv": flags, "log": str(log)}) + "\n")
        server.stdin.flush()
        self.pid = int(server.stdout.readline())

    def code(self) -> int:
        """How it ended, as subprocess tells it: minus the signal that killed it."""
        return os.waitstatus_to_exitcode(int(self.server.stdout.readline()))

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, seen: Callable[[], Any]) -> None:
        """Until something can be seen, while the process runs."""
        while not seen():
            assert Path(f"/proc/{self.pid}/fd/0").exists(), f"it ended before: {self.said()}"
            time.sleep(0.001)

    def kill(self, number: int) -> int:
        os.kill(self.pid, number)
        return self.code()


@contextmanager
def starting() -> Iterator[Callable[[list[str], Path], Start]]:
    command = [sys.executable, "-m", "tests.finetune.starts"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as server:
        yield lambda flags, log: Start(server, flags, log)
        server.stdin.close()


def serve() -> None:
    import datasets  # noqa: F401 - what a training imports, once for all starts
    import matplotlib.figure  # noqa: F401

    import finetune.__main__
    import finetune.selfcheck
    import finetune.tiny
    import finetune.trainer

    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if not child:
            log = os.open(told["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            for stream in (1, 2):
                os.dup2(log, stream)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            sys.argv = ["finetune", *told["argv"]]
            finetune.__main__.main()
            return
        say(child)
        say(os.waitpid(child, 0)[1])


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
