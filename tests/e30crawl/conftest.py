"""The sample forum on a free loopback port, and crawls of it as a user would start them."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from scrapy import cmdline
from scrapy.utils.reactor import install_reactor

from sample.board import Board
from sample.demo import TETHER
from sample.forum import Handler, serving
from sample.pictures import draw_all
from tests.e30crawl.postgres import postgres_server, postgres_url  # noqa: F401 - fixtures

# A process has one reactor for life. Without this, the first test that asks Twisted for it would choose another than
# Scrapy's, and the commands that run in this process would end in an error.
install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")

PATIENCE = 120
GENERATIONS = ("vb3", "vb4", "vb5", "xf2")


@dataclass(frozen=True)
class Site:
    """The running sample forum."""

    host: str

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def get(self, url: str) -> bytes:
        """The body, also of a page that XenForo shows to members only."""
        try:
            with urlopen(url, timeout=10) as response:
                return response.read()
        except HTTPError as error:
            return error.read()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with serving(0) as port:
        yield Site(f"127.0.0.1:{port}")


class Six(ThreadingHTTPServer):
    address_family = socket.AF_INET6


@pytest.fixture(scope="session")
def six() -> Iterator[str]:
    """The sample forum once more, where only IPv6 reaches it: `[::1]:port`."""
    try:
        server = Six(("::1", 0), partial(Handler, board=Board.load(), drawings=draw_all()))
    except OSError:
        pytest.skip("no IPv6 on this machine, not even loopback")
    with server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"[::1]:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def scrapy(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs a scrapy command in this process: exit code, stdout, stderr."""
    monkeypatch.chdir(root)

    def scrapy(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cmdline.execute(["scrapy", *map(str, words)])
        return ended.value.code or 0, *capsys.readouterr()

    return scrapy


@pytest.fixture
def run(root: Path) -> Callable[..., tuple[int, str, str]]:
    """Runs a command as a user types it: exit code, stdout, stderr."""

    def run(
        *words: object, program: tuple[str, ...] = ("-m", "scrapy"), cwd: Path = root, **environment: str
    ) -> tuple[int, str, str]:
        command = [sys.executable, *program, *map(str, words)]
        ours = {"SCRAPY_SETTINGS_MODULE": "e30crawl.settings", "PYTHONPATH": str(root)}
        pipes = {"capture_output": True, "text": True, "timeout": 120}
        ended = subprocess.run(command, check=False, cwd=cwd, env=os.environ | ours | environment, **pipes)
        return ended.returncode, ended.stdout, ended.stderr

    return run


Start = Callable[..., subprocess.Popen]


@pytest.fixture(scope="session")
def start(root: Path, site: Site) -> Start:
    """Starts `scrapy crawl e30m3` with these -a arguments, as fast as the site answers."""

    def start(settings: tuple[str, ...] = (), allow: str = site.host, **arguments: object) -> subprocess.Popen:
        given = [word for name, value in arguments.items() for word in ("-a", f"{name}={value}")]
        options = [word for setting in settings for word in ("-s", setting)]
        command = [*TETHER, sys.executable, "-m", "scrapy", "crawl", "e30m3", *given, "-s", f"GUARD_ALLOW={allow}"]
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


@pytest.fixture(scope="session")
def archive(site: Site, start: Start, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An undisturbed crawl of each sample board, side by side. Tests that change it take a copy."""
    archive = tmp_path_factory.mktemp("archive")
    crawls = [start(start_url=site.url(f"/{name}/"), board=name, archive=archive) for name in GENERATIONS]
    for process in crawls:
        output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, output
    return archive


@pytest.fixture(params=GENERATIONS)
def folder(archive: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of each sample board's archive in turn."""
    return shutil.copytree(archive / request.param, tmp_path / request.param)


@pytest.fixture
def board(archive: Path, tmp_path: Path) -> Path:
    """A copy of the archive of one."""
    return shutil.copytree(archive / "vb3", tmp_path / "vb3")


@pytest.fixture(scope="session")
def probe(root: Path) -> Callable[..., dict[str, object]]:
    """Fetches these addresses all at once, without a board: for each its HTTP status or what went wrong."""

    def probe(
        *urls: str,
        names: dict[str, list[str] | str] | None = None,
        environment: dict[str, str] | None = None,
        **settings,
    ) -> dict[str, object]:
        asked = json.dumps({"urls": urls, "names": names or {}, "settings": settings})
        done = subprocess.run(
            [*TETHER, sys.executable, "-m", "tests.e30crawl.probe"],
            input=asked,
            cwd=root,
            env=os.environ | (environment or {}),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    return probe
