"""The sample forum on a free loopback port, and crawls of it as a user would start them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

PATIENCE = 120


@dataclass(frozen=True)
class Site:
    """The running sample forum."""

    host: str

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def get(self, url: str) -> bytes:
        with urlopen(url, timeout=10) as response:
            return response.read()


@pytest.fixture(scope="session")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    port_file = tmp_path_factory.mktemp("site") / "port"
    command = [sys.executable, "-m", "sample.forum", "--port", "0", "--port-file", port_file]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + PATIENCE
            while not port_file.exists():
                assert server.poll() is None, "the sample forum did not start"
                assert time.monotonic() < deadline, "the sample forum never listened"
                time.sleep(0.02)
            yield Site(f"127.0.0.1:{port_file.read_text().strip()}")
        finally:
            server.kill()


Start = Callable[..., subprocess.Popen]


@pytest.fixture(scope="session")
def start(root: Path, site: Site) -> Start:
    """Starts `scrapy crawl e30m3` with these -a arguments, as fast as the site answers."""

    def start(settings: tuple[str, ...] = (), allow: str = site.host, **arguments: object) -> subprocess.Popen:
        given = [word for name, value in arguments.items() for word in ("-a", f"{name}={value}")]
        options = [word for setting in settings for word in ("-s", setting)]
        command = [sys.executable, "-m", "scrapy", "crawl", "e30m3", *given, "-s", f"GUARD_ALLOW={allow}"]
        environment = os.environ | {"SCRAPY_SETTINGS_MODULE": "e30crawl.settings"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen([*command, "-s", "DOWNLOAD_DELAY=0", *options], cwd=root, env=environment, **pipes)

    return start


@pytest.fixture(scope="session")
def crawl(start: Start) -> Callable[..., tuple[int, str]]:
    """Runs a crawl to its end: exit code and everything it printed."""

    def crawl(**arguments: object) -> tuple[int, str]:
        with start(**arguments) as process:
            try:
                output, _ = process.communicate(timeout=PATIENCE)
            finally:
                process.kill()
        return process.returncode, output

    return crawl
