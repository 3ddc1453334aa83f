"""A PostgreSQL server of the tests' own: a new cluster in a temporary folder, on a free port of 127.0.0.1."""

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
from secrets import token_hex

import psycopg
import pytest

from sample.demo import TETHER

PATIENCE = 60.0
DEBIAN = "/usr/lib/postgresql"  # which Debian keeps out of PATH
# A server killed with the tests would leave its shared memory behind; on SIGINT it cleans up and ends at once.
ENDS_WITH_US = (*TETHER[:-1], "INT") if TETHER else ()
# Nothing here survives the tests, so nothing waits for the disk. No socket but the one on loopback.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "max_connections": "50",
    "shared_buffers": "16MB",
}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server; skips the tests that need one where it cannot be had."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server: initdb and postgres are neither in PATH nor below " + DEBIAN)
    with _serving(programs) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """A database that is this test's alone."""
    name = f"test_{token_hex(8)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres_server.rpartition("/")[0] + f"/{name}"


def _programs() -> Path | None:
    """The folder with initdb and postgres: that of PATH, else Debian's newest."""
    found = shutil.which("initdb")
    versions = sorted(Path(DEBIAN).glob("*/bin"), key=lambda folder: float(folder.parent.name))
    folders = [*([Path(found).resolve().parent] if found else []), *reversed(versions)]
    return next(
        (folder for folder in folders if all((folder / name).is_file() for name in ("initdb", "postgres"))), None
    )


def _account() -> str | None:
    """Whom to be, because PostgreSQL refuses to run as root; None for who we are."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


@contextmanager
def _serving(programs: Path) -> Iterator[str]:
    user, password, port = _account(), token_hex(16), _free_port()
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder, log = Path(name), Path(name) / "log"
        secret, data = folder / "password", folder / "data"
        secret.write_text(password)
        for path in (folder, secret) if user else ():
            shutil.chown(path, user)
        ours = {"user": user, "cwd": folder, "stdout": log.open("ab"), "stderr": subprocess.STDOUT}
        initdb = ["-D", data, "-U", "tests", "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--no-sync"]
        if subprocess.run([programs / "initdb", "--locale=C", *initdb], check=False, **ours).returncode:
            pytest.skip(f"no PostgreSQL server: initdb: {_last_line(log)}")
        options = [word for option in OPTIONS.items() for word in ("-c", "=".join(option))]
        command = [*ENDS_WITH_US, programs / "postgres", "-D", data, "-p", str(port), *options]
        url = f"postgresql://tests:{password}@127.0.0.1:{port}/postgres"
        with subprocess.Popen(command, **ours) as server:
            try:
                _wait(url, server, log)
                yield url
            finally:
                server.send_signal(signal.SIGINT)  # disconnects everybody and ends
                server.wait(PATIENCE)


def _wait(url: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.skip(f"no PostgreSQL server: {_last_line(log)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _last_line(log: Path) -> str:
    return next(reversed(log.read_text(errors="replace").split("\n")[:-1]), "it said nothing")
