"""A PostgreSQL server of the tests' own, on a free loopback port."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sample.demo import TETHER

PATIENCE = 60
# Nothing here has to survive a power cut, and nobody else may connect.
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class NoPostgresError(Exception):
    """Says why no server can be had."""


def binaries() -> Path:
    """The folder of Debian's or anyone else's newest server programs. Raises NoPostgresError."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    for folder in reversed(folders):
        if all((folder / program).exists() for program in ("initdb", "postgres", "pg_isready")):
            return folder
    raise NoPostgresError("no PostgreSQL server here; install Debian's package postgresql")


def _owner() -> str | None:
    """Who may run it: initdb refuses root."""
    if os.geteuid() != 0:
        return None
    users = {user.pw_name for user in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in users:
            return name
    raise NoPostgresError("initdb refuses root, and there is no user postgres or nobody")


@contextmanager
def serving() -> Iterator[str]:
    """Gives the url of its database `postgres`. The server ends with the tests, however they end."""
    programs, owner, port = binaries(), _owner(), _free_port()
    with tempfile.TemporaryDirectory(prefix="vlm3-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if owner:
            shutil.chown(folder, owner)
        _run([programs / "initdb", "-D", "data", "-U", "vlm3", "-A", "trust", "-E", "UTF8", "--no-sync"], owner, folder)
        options = ("listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}", *SPEED)
        command = [*TETHER, programs / "postgres", "-D", "data", *(word for each in options for word in ("-c", each))]
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(command, user=owner, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(server, [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], folder / "log")
            yield f"postgresql://vlm3@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # SIGTERM would wait for every client
            server.wait(PATIENCE)


def _run(command: list[str | Path], owner: str | None, folder: Path) -> None:
    made = subprocess.run(command, user=owner, cwd=folder, capture_output=True, text=True, check=False)
    if made.returncode:
        raise NoPostgresError(f"initdb: {made.stderr.strip().splitlines()[-1]}")


def _wait(server: subprocess.Popen, ready: list[str | Path], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while subprocess.run(ready, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise NoPostgresError(f"postgres did not start: {log.read_text()[-300:]}")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
