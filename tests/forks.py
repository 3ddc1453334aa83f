"""Start commands without importing their libraries each time: a process imports them, and forks for every start.

A start is a process of its own, with its own arguments, folder, environment and output, and a test may kill it. Only
the import is spared, which was half of a small crawl's processor time and most of a small training's. All starts of one
server share its hash seed; a process that is started as a user starts it has another.

`python -m tests.forks FD MODULE...` is the server; it reads a message for each start from the socket FD.
"""

import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import IO, Any, Self

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 200_000  # bytes of a message: arguments and environment
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>


class Forked:
    """One start, with what the tests use of subprocess.Popen."""

    def __init__(self, words: Sequence[str], pipe: socket.socket, stdout: IO[str] | None) -> None:
        self.args, self.stdout, self._pipe = words, stdout, pipe
        self.returncode: int | None = None
        self.pid = int(pipe.recv(32))

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended, as subprocess tells it: minus the signal that killed it."""
        if self.returncode is None:
            if not select.select([self._pipe], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = os.waitstatus_to_exitcode(int(self._pipe.recv(32)))
            self._pipe.close()
        return self.returncode

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """Wait for its end. Returns all that it wrote and that was not read before."""
        written: list[str] = []
        assert self.stdout is not None
        reader = Thread(target=lambda: written.append(self.stdout.read()), daemon=True)
        reader.start()
        self.wait(timeout)
        reader.join()
        return "".join(written), None

    def output(self) -> str:
        """Wait for its end, which must be a good one. Returns all that it wrote."""
        with self:
            written, _ = self.communicate()
        assert self.returncode == 0, written[-3000:]
        return written

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End it, which a test that fails may have left running."""
        self.kill()
        self.wait()
        if self.stdout is not None:
            self.stdout.close()


class Forks:
    """The server's other end."""

    def __init__(self, pipe: socket.socket) -> None:
        self._pipe = pipe

    def start(
        self,
        main: str,
        words: Sequence[object],
        *,
        cwd: Path = ROOT,
        env: Mapping[str, str] | None = None,
        stdout: IO[Any] | None = None,
        stderr: IO[Any] | None = None,
    ) -> Forked:
        """Start `main`, as "module:function", with `words` as its sys.argv.

        Without `stdout` it writes into a pipe, and without `stderr` errors go where its output goes.
        """
        argv = [*map(str, words)]
        told = json.dumps(
            {"main": main, "argv": argv, "cwd": str(cwd), "env": dict(os.environ if env is None else env)}
        )
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        source, sink = (None, stdout.fileno()) if stdout else os.pipe()
        ends = (theirs.fileno(), sink, stderr.fileno() if stderr else sink)
        socket.send_fds(self._pipe, [told.encode()], ends)
        theirs.close()
        if source is None:
            return Forked(argv, ours, None)
        os.close(sink)
        return Forked(argv, ours, os.fdopen(source, encoding="utf-8"))


@contextmanager
def forking(*modules: str, env: Mapping[str, str] | None = None) -> Iterator[Forks]:
    """Run a server that has imported these modules. What it has started and still runs ends with it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "tests.forks", str(theirs.fileno()), *modules]
    server = subprocess.Popen(
        command, cwd=ROOT, env=env, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    theirs.close()
    try:
        yield Forks(ours)
    finally:
        ours.close()
        server.wait()


def serve(pipe: socket.socket, modules: Sequence[str]) -> None:
    """Import modules, and fork for every message until the other end closes; return in a process that was started."""
    for module in modules:
        importlib.import_module(module)
    gc.freeze()  # or each start would copy the pages of all that was imported when it first collects garbage
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait for a start
    while True:
        told, ends, _, _ = socket.recv_fds(pipe, LONGEST, 3)
        if not told:
            os._exit(0)
        if main := _fork(pipe, json.loads(told), ends):
            main()
            return
        for end in ends:
            os.close(end)


def _fork(pipe: socket.socket, told: Mapping[str, Any], ends: Sequence[int]) -> Callable[[], None] | None:
    """Fork a process that tells the test how the start ended, and from it the start; return what that has to run."""
    if os.fork():
        return None
    _end_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    teller = socket.socket(fileno=ends[0])
    if child:
        for each in (*ends[1:], pipe.detach()):
            os.close(each)
        teller.send(str(child).encode())
        teller.send(str(os.waitpid(child, 0)[1]).encode())
        os._exit(0)
    _end_with_parent()
    for each, number in ((os.open(os.devnull, os.O_RDONLY), 0), (ends[1], 1), (ends[2], 2)):
        os.dup2(each, number)
        os.close(each)
    teller.close()
    pipe.close()
    os.chdir(told["cwd"])
    os.environ.clear()
    os.environ.update(told["env"])
    sys.argv = told["argv"]
    module, _, function = told["main"].partition(":")
    return getattr(importlib.import_module(module), function)


def _end_with_parent() -> None:
    """Let SIGKILL end this process when its parent ends, however that happens."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
