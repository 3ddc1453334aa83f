"""A page is read the same in a process of its own, and that process never outlives the crawl."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from e30crawl.frontier.records import Claim, Step
from e30crawl.parsers.records import PageKind, Reading
from e30crawl.reader import PageReader, Received, read_received
from sample.board import Board
from sample.skins import vb3

CLAIM = Claim("thread:106:1", "https://board.example/showthread.php?t=106", Step.POSTS, 2, 106, id=1)
PATIENCE = 30


def received(body):
    return Received(CLAIM, body, CLAIM.url, "text/html; charset=utf-8", datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
def body():
    board = Board.load()
    return vb3.thread(board, board.threads[106], 1).encode()


async def readings(body, *, apart):
    page_reader = PageReader("e30", Reading(), apart=apart)
    try:
        return [await page_reader.read(received(each), with_rows=True) for each in (body, b"", body)]
    finally:
        page_reader.close()


def test_a_page_with_its_links_and_rows(body):
    fetched = read_received(received(body), board="e30", reading=Reading(), with_rows=True)
    assert (fetched.page.kind, fetched.records, fetched.page.posts) == (PageKind.POSTS, 5, ())
    assert {"thread:106:2", "thread:106:3"} <= {link.key for link in fetched.links}
    assert [(row.number, row.thread_id, row.board) for row in fetched.rows] == [(n, 106, "e30") for n in range(1, 6)]


def test_without_rows_a_page_leads_to_the_same(body):
    reads = partial(read_received, received(body), board="e30", reading=Reading())
    full, bare = (reads(with_rows=wanted) for wanted in (True, False))
    assert (bare.page.kind, bare.records, bare.links, bare.rows) == (full.page.kind, full.records, full.links, ())


def test_both_ways_see_the_same(body):
    assert asyncio.run(readings(body, apart=True)) == asyncio.run(readings(body, apart=False))


def test_a_reading_process_that_is_killed_is_told(body):
    async def killed():
        page_reader = PageReader("e30", Reading(), apart=True)
        await page_reader.read(received(body), with_rows=True)
        page_reader.process.kill()
        while True:
            await page_reader.read(received(body), with_rows=True)

    with pytest.raises(OSError, match="the process that reads pages was killed"):
        asyncio.run(asyncio.wait_for(killed(), PATIENCE))


class Fragile(Exception):
    """Like lxml's XMLSyntaxError: pickle can write it, and cannot read it."""

    def __init__(self, message, line):
        super().__init__(message)


class Refusing:
    def __getattr__(self, name):
        raise AttributeError(name) if name.startswith("__") else Fragile(name, 1)

    def __len__(self):
        raise Fragile("length", 1)

    def __getitem__(self, _):
        raise Fragile("slice", 1)


@pytest.mark.parametrize(("wrong_body", "error"), [(None, (AttributeError, TypeError)), (Refusing(), TypeError)])
def test_what_goes_wrong_over_there_is_raised_here(body, wrong_body, error):
    """And the pages behind it get their own answers."""

    async def one_of_three():
        page_reader = PageReader("e30", Reading(), apart=True)
        try:
            pages = (received(body), received(wrong_body), received(body))
            return await asyncio.gather(
                *(page_reader.read(each, with_rows=False) for each in pages), return_exceptions=True
            )
        finally:
            page_reader.close()

    first, wrong, last = asyncio.run(one_of_three())
    assert (first.records, last.records) == (5, 5)
    assert isinstance(wrong, error)


def test_many_large_pages_at_once(body):
    """More than the pipe holds, in both directions."""

    async def large():
        page_reader = PageReader("e30", Reading(), apart=True)
        pages = [received(body.replace(b"</body>", b" " * 2**20 + b"</body>"))] * 12
        try:
            return await asyncio.gather(*(page_reader.read(each, with_rows=True) for each in pages))
        finally:
            page_reader.close()

    assert [len(each.rows) for each in asyncio.run(asyncio.wait_for(large(), PATIENCE))] == [5] * 12


def test_a_page_that_nobody_waits_for_any_more_gives_no_other_its_answer(body):
    async def cancelled():
        page_reader = PageReader("e30", Reading(), apart=True)
        try:
            given_up = asyncio.ensure_future(page_reader.read(received(body), with_rows=False))
            await asyncio.sleep(0)
            given_up.cancel()
            return await page_reader.read(received(b""), with_rows=False)
        finally:
            page_reader.close()

    assert asyncio.run(asyncio.wait_for(cancelled(), PATIENCE)).page.kind == PageKind.PASSING


def test_a_reader_that_nobody_closes_does_not_keep_python_from_ending(root):
    words = "import e30crawl.reader as r; from e30crawl.parsers.records import Reading; "
    words += "r.PageReader('e30', Reading(), apart=True)"
    environment = os.environ | {"PYTHONPATH": str(root)}
    assert subprocess.run([sys.executable, "-c", words], env=environment, timeout=PATIENCE, check=False).returncode == 0


WORKER = """
import asyncio, time
from e30crawl.parsers.records import Reading
from e30crawl.reader import PageReader
from tests.e30crawl.test_reader import received
if __name__ == "__main__":
    page_reader = PageReader("e30", Reading(), apart=True)
    asyncio.run(page_reader.read(received(b""), with_rows=False))
    print(page_reader.process.pid, flush=True)
    time.sleep(60)
"""


def test_the_process_ignores_a_stop_and_ends_with_a_killed_parent(root, tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(WORKER)
    environment = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        try:
            worker = int(parent.stdout.readline())
            for stop in (signal.SIGINT, signal.SIGTERM):
                os.kill(worker, stop)
            time.sleep(0.3)
            assert running(worker)
        finally:
            parent.kill()
    until = time.monotonic() + PATIENCE
    while running(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not running(worker)


def running(pid):
    """Whoever has died and is not yet buried counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
