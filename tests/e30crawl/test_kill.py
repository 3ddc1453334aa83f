"""A board of 3,400 pages and 200 pictures, crawled once undisturbed and once with ten SIGKILLs: the same archive."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from e30crawl.frontier.schema import connect, pages
from sample.demo import TETHER
from tests.e30crawl.chaos import PICTURES
from tests.e30crawl.test_crawl import FILES, rows

pytestmark = pytest.mark.slow

KILLS, AT_ONCE, PATIENCE = 10, 16, 300
COLUMNS = ("key", "url", "step", "state", "kind", "reason", "sha256", "size", "records")
NEVER = ("private/", "search.php", "calendar.php", "sort=", "s=", "showpost", "member.php")


class Chaos:
    """A server of its own, with the log of what it was asked."""

    def __init__(self, root, log):
        self.log = log
        command = [*TETHER, sys.executable, "-m", "tests.e30crawl.chaos", str(log)]
        self.process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
        self.host = f"127.0.0.1:{int(self.process.stdout.readline())}"

    def answered(self):
        """How often each path was answered in full."""
        lines = (line.split("\t") for line in self.log.read_text().splitlines())
        return Counter(path for _, status, how, path in lines if status == "200" and how == "whole")

    def asked(self):
        return {line.split("\t")[3] for line in self.log.read_text().splitlines()}

    def requests(self):
        return self.log.read_bytes().count(b"\n") if self.log.exists() else 0


@pytest.fixture(scope="module")
def chaos(root, tmp_path_factory):
    started = []

    def chaos(name):
        started.append(Chaos(root, tmp_path_factory.mktemp("chaos") / f"{name}.log"))
        return started[-1]

    yield chaos
    for server in started:
        server.process.kill()
        server.process.wait()


@pytest.fixture(scope="module")
def crawl(begin):
    started = []

    def crawl(chaos, archive, url="", **settings):
        given = {
            "GUARD_ALLOW": chaos.host,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS": AT_ONCE,
            "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE,
            "FRONTIER_RETRY_DELAY": 0.2,
            "FRONTIER_LEASE": 3,
        } | settings
        options = [word for name, value in given.items() for word in ("-s", f"{name}={value}")]
        start = ["-a", f"start_url=http://{chaos.host}/board/", "-a", "board=chaos", "-a", f"archive={archive}"]
        # Into a file: a pipe that nobody reads is full after a few tracebacks of a pipeline, and stops the crawl.
        log = archive.with_name(f"{archive.name}.{len(started)}.log")
        with log.open("w") as file:
            process = begin("crawl", "e30m3", *start, *options, env={"FRONTIER_URL": url}, stdout=file)
        started.append(process)
        logs[process.pid] = log
        return process

    yield crawl
    for process in started:
        process.kill()
        process.wait()


logs: dict[int, Path] = {}  # by process id: what each crawl says


def said(process):
    return logs[process.pid].read_text()[-3000:]


def finish(process):
    process.wait(timeout=PATIENCE)
    assert process.returncode == 0, said(process)


def state(folder: Path, host, url=""):
    engine = connect(folder, url)
    with engine.connect() as connection:
        # A picture may stand in threads of several forums.
        forum = sa.case((pages.c.step != "media", pages.c.forum_id))
        found = connection.execute(sa.select(*(pages.c[name] for name in COLUMNS), forum)).all()
    engine.dispose()
    return {tuple(str(value).replace(host, "HOST") for value in row) for row in found}


def exported(folder, host):
    """Every row; two servers have two ports."""
    return {name: [str(row).replace(host, "HOST") for row in rows(folder, name)] for name in FILES}


def assert_nothing_but_what_was_in_flight(disturbed, undisturbed, kills):
    again = disturbed.answered() - undisturbed.answered()
    assert again.total() - again["/robots.txt"] <= kills * AT_ONCE
    assert not [path for path in disturbed.asked() if any(never in path for never in NEVER)]


@pytest.fixture(scope="module")
def undisturbed(chaos, crawl, tmp_path_factory):
    server, archive = chaos("undisturbed"), tmp_path_factory.mktemp("undisturbed")
    finish(crawl(server, archive))
    return server, archive / "chaos"


def test_ten_kills_change_nothing(chaos, crawl, undisturbed, tmp_path):
    """The second five with a pipeline of a user's that refuses a fifth of the pages at their first try."""
    calm, folder = undisturbed
    server, archive = chaos("killed"), tmp_path / "killed"
    settings = {}
    for kill in range(KILLS):
        if kill == KILLS // 2:
            assert_nothing_but_what_was_in_flight(server, calm, kill)
            settings = {"ITEM_PIPELINES": json.dumps({"tests.e30crawl.users.FailsNowAndThen": 300})}
        process = crawl(server, archive, **settings)
        wanted = server.requests() + random.randint(1, 360)  # ten of them are fewer than the board has
        while server.requests() < wanted:
            assert process.poll() is None, said(process)
            time.sleep(0.01)
        process.kill()
        process.wait()
    finish(crawl(server, archive, **settings))
    assert state(archive / "chaos", server.host) == state(folder, calm.host)
    assert exported(archive / "chaos", server.host) == exported(folder, calm.host)


def test_the_board_is_as_large_and_as_bad_as_it_says(undisturbed):
    calm, folder = undisturbed
    steps = Counter(row[2] for row in state(folder, calm.host))
    assert steps.total() - steps["media"] >= 3_300, steps
    assert steps["media"] >= PICTURES - 20  # some stand in threads that do not open
    log = calm.log.read_text()
    assert all(mark in log for mark in ("\t429\t", "\t503\t", "\ttorn\t"))


def test_a_second_worker_goes_on_where_the_first_was_killed(chaos, crawl, undisturbed, tmp_path, postgres_url):
    calm, folder = undisturbed
    server, archive = chaos("workers"), tmp_path / "workers"
    first, second = (crawl(server, archive, postgres_url) for _ in range(2))
    wanted = random.randint(200, 3_000)
    while server.requests() < wanted:
        assert first.poll() is None or second.poll() is None
        time.sleep(0.01)
    with psycopg.connect(postgres_url) as connection:
        [(worker,)] = connection.execute("SELECT worker FROM e30crawl.leases").fetchall()
    at_work = first if worker.split(":")[1] == str(first.pid) else second
    at_work.kill()
    finish(second if at_work is first else first)
    assert state(archive / "chaos", server.host, postgres_url) == state(folder, calm.host)
    assert exported(archive / "chaos", server.host) == exported(folder, calm.host)
    assert_nothing_but_what_was_in_flight(server, calm, 1)
