"""Workers on one PostgreSQL share the boards, and take over from one that died."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from e30crawl.frontier.schema import connect, pages
from tests.e30crawl.conftest import FAST, GENERATIONS
from tests.e30crawl.test_crawl import FILES, rows

PATIENCE = 180
COLUMNS = ("key", "url", "state", "kind", "reason", "sha256", "size", "records")


@pytest.fixture
def work(root, site, tmp_path, postgres_url):
    """Starts `scrapy work` on all sample boards, in a process group of its own."""
    boards, started = tmp_path / "boards", []
    boards.mkdir()
    for name in GENERATIONS:
        (boards / f"{name}.yaml").write_text(f"start_url: {site.url(f'/{name}/')}\nboard: {name}\n")

    def work(archive, *settings):
        given = (f"GUARD_ALLOW={site.host}", FAST, "FRONTIER_LEASE=3", *settings)
        options = [word for setting in given for word in ("-s", setting)]
        environment = os.environ | {"SCRAPY_SETTINGS_MODULE": "e30crawl.settings", "FRONTIER_URL": postgres_url}
        command = [sys.executable, "-m", "scrapy", "work", str(boards), "-a", f"archive={archive}", *options]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        started.append(subprocess.Popen(command, cwd=root, env=environment, start_new_session=True, **pipes))
        return started[-1]

    yield work
    for process in started:
        kill(process)
        process.wait()


def kill(process):
    """With the crawl that it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def state(folder, url=""):
    engine = connect(folder, url)
    with engine.connect() as connection:
        found = {
            tuple(row) for row in connection.execute(pages.select().with_only_columns(*(pages.c[c] for c in COLUMNS)))
        }
    engine.dispose()
    return found


def assert_same(shared, archive, url):
    for name in GENERATIONS:
        assert state(shared / name, url) == state(archive / name)
        for file in FILES:
            assert rows(shared / name, file) == rows(archive / name, file)


def test_two_workers_share_the_boards(work, archive, tmp_path, postgres_url):
    workers = [work(tmp_path / "shared") for _ in range(2)]
    outputs = [worker.communicate(timeout=PATIENCE)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], outputs
    assert_same(tmp_path / "shared", archive, postgres_url)


def test_a_worker_that_is_killed_is_replaced(work, archive, tmp_path, postgres_url):
    workers = [work(tmp_path / "shared", "DOWNLOAD_DELAY=0.1") for _ in range(2)]
    time.sleep(random.uniform(2, 5))
    kill(workers[0])
    output, _ = workers[1].communicate(timeout=PATIENCE)
    assert workers[1].returncode == 0, output
    assert_same(tmp_path / "shared", archive, postgres_url)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_lets_its_crawl_finish_what_is_on_its_way(number, work, tmp_path):
    archive = tmp_path / "shared"
    worker = work(archive, "DOWNLOAD_DELAY=0.5")
    waiting_until = time.monotonic() + PATIENCE
    while not any(archive.glob("*/raw/*/*")) and time.monotonic() < waiting_until:
        time.sleep(0.05)
    if number == signal.SIGINT:
        os.killpg(worker.pid, number)  # as a terminal does
    else:
        worker.send_signal(number)
    output, _ = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 128 + number, output
    assert output.count("not complete") == 1
    assert "stopped early (shutdown); the same command goes on from here" in output
    assert "unclean" not in output
    assert "Traceback" not in output


def test_what_a_worker_is_told_wrongly(scrapy, tmp_path, monkeypatch):
    monkeypatch.delenv("FRONTIER_URL", raising=False)
    (tmp_path / "a.yaml").write_text("board: e30\n")
    assert scrapy("work", tmp_path)[2].startswith("FRONTIER_URL is not set")
    url = "FRONTIER_URL=postgresql://127.0.0.1:1/none"
    for words, said in (
        ((), "usage: e30crawl work FOLDER"),
        ((tmp_path / "none",), "no .yaml file of a board there"),
        ((tmp_path,), "a.yaml: -a start_url is missing"),
    ):
        code, _, error = scrapy("work", *words, "-s", url)
        assert code == 2
        assert said in error
        assert error.count("\n") == 1
