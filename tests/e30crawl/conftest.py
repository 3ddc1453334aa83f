"""The sample forum on a free loopback port, and crawls of it as a user would start them."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread
from typing import Any
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
from tests.forks import Forked, forking

# A process has one reactor for life. Without this, the first test that asks Twisted for it would choose another than
# Scrapy's, and the commands that run in this process would end in an error.
install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")

PATIENCE = 120
GENERATIONS = ("vb3", "vb4", "vb5", "xf2")
# Without any delay a crawl starts a second process to read its pages, which a board of 34 pages does not repay: 1.3 s.
FAST = "DOWNLOAD_DELAY=0.001"


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


@pytest.fixture(scope="session")
def begin() -> Iterator[Callable[..., Forked]]:
    """Starts a command of Scrapy or e30crawl, without importing both each time."""
    with forking("tests.e30crawl.started", "psycopg", "pydantic.v1", "sqlalchemy.dialects.sqlite") as forks:

        def begin(
            *words: object, program: str = "scrapy", env: Mapping[str, str] | None = None, **where: Any
        ) -> Forked:
            env = os.environ | {"SCRAPY_SETTINGS_MODULE": "e30crawl.settings"} | (env or {})
            return forks.start(f"tests.e30crawl.started:{program}_main", [program, *words], env=env, **where)

        yield begin


@pytest.fixture
def run(root: Path, begin: Callable[..., Forked]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command as a user types it: exit code, stdout, stderr."""

    def run(*words: object, program: str = "scrapy", cwd: Path = root, **env: str) -> tuple[int, str, str]:
        with TemporaryFile("w+", encoding="utf-8") as stdout, TemporaryFile("w+", encoding="utf-8") as stderr:
            with begin(*words, program=program, cwd=cwd, env=env, stdout=stdout, stderr=stderr) as process:
                process.wait(timeout=PATIENCE)
            written = [file.seek(0) or file.read() for file in (stdout, stderr)]
        return process.returncode, *written

    return run


def crawl_words(settings: tuple[str, ...], allow: str, arguments: dict[str, object]) -> list[str]:
    """The words behind `scrapy` of a crawl with these -a arguments, as fast as the site answers."""
    given = [word for name, value in arguments.items() for word in ("-a", f"{name}={value}")]
    options = [word for setting in settings for word in ("-s", setting)]
    return ["crawl", "e30m3", *given, "-s", f"GUARD_ALLOW={allow}", "-s", FAST, *options]


Start = Callable[..., Forked]


@pytest.fixture(scope="session")
def start(site: Site, begin: Callable[..., Forked]) -> Start:
    """Starts `scrapy crawl e30m3` with these -a arguments."""

    def start(settings: tuple[str, ...] = (), allow: str = site.host, **arguments: object) -> Forked:
        return begin(*crawl_words(settings, allow, arguments))

    return start


@pytest.fixture(scope="session")
def crawl(start: Start) -> Callable[..., tuple[int, str]]:
    """Runs a crawl to its end: exit code and everything it printed."""

    def crawl(**arguments: object) -> tuple[int, str]:
        with start(**arguments) as process:
            output, _ = process.communicate(timeout=PATIENCE)
        return process.returncode, output

    return crawl


@pytest.fixture(scope="session")
def archive(site: Site, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An undisturbed crawl of each sample board, side by side, in processes that are started as a user starts them.

    Tests that change it take a copy.
    """
    archive = tmp_path_factory.mktemp("archive")
    command = [*TETHER, sys.executable, "-m", "scrapy"]
    env = os.environ | {"SCRAPY_SETTINGS_MODULE": "e30crawl.settings"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    crawls = []
    for name in GENERATIONS:
        arguments = {"start_url": site.url(f"/{name}/"), "board": name, "archive": archive}
        words = crawl_words((), site.host, arguments)
        crawls.append(subprocess.Popen([*command, *words], cwd=root, env=env, **pipes))
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
