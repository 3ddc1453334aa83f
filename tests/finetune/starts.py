"""Starts the command many times without importing its libraries each time: a process imports them and forks.

Each start is a process of its own, which a test may kill. `python -m tests.finetune.starts MODULE...` imports these
modules, reads a line of JSON for each start, {"argv": [...], "log": path, "env": {...}}, and answers with the process
id and, once it has ended, with its exit code.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Start:
    """One start of the command."""

    def __init__(self, server: Any, flags: list[str], log: Path, env: dict[str, str] | None = None) -> None:
        self.server = server
        self.log = log
        log.write_bytes(b"")
        server.stdin.write(json.dumps({"argv": flags, "log": str(log), "env": env or {}}) + "\n")
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


# What a training imports, once for all starts.
TRAINING = ("datasets", "matplotlib.figure", "finetune.diagnostics", "finetune.tiny", "finetune.trainer")


@contextmanager
def starting(modules: Sequence[str] = TRAINING, env: dict[str, str] | None = None) -> Iterator[Callable[..., Start]]:
    command = [sys.executable, "-m", "tests.finetune.starts", *modules]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True) as server:
        yield partial(Start, server)
        server.stdin.close()


def serve(modules: Sequence[str]) -> None:
    import finetune.__main__

    for module in modules:
        import_module(module)
    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if not child:
            log = os.open(told["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            for stream in (1, 2):
                os.dup2(log, stream)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.environ.update(told["env"])
            sys.argv = ["finetune", *told["argv"]]
            finetune.__main__.main()
            return
        say(child)
        say(os.waitpid(child, 0)[1])


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve(sys.argv[1:])
