"""The second pass: where lists were lost, threads that only other pages link to are found."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from e30crawl.archive.blobs import BlobStore, DamagedError
from e30crawl.archive.follow import follow_threads
from e30crawl.frontier.leases import LeaseLostError
from e30crawl.frontier.queue import Frontier
from e30crawl.frontier.records import FetchResult, PageRef, Step
from e30crawl.frontier.schema import connect
from e30crawl.links import thread_links
from e30crawl.parsers.charset import decode
from e30crawl.parsers.document import parse
from e30crawl.parsers.page import read
from e30crawl.parsers.records import PageKind
from e30crawl.urls import site

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BOARD = "http://board.example/"
HOME = PageRef(BOARD, BOARD, Step.FORUMS)
LIST = PageRef("forum:4:2", f"{BOARD}forumdisplay.php?f=4&page=2", Step.THREADS, 4, number=2)


def thread(number):
    return PageRef(f"thread:{number}:1", f"{BOARD}showthread.php?t={number}", Step.POSTS, 4, number)


class Crawl:
    """A board in a folder: pages are fetched one after another, and each has links to threads."""

    def __init__(self, folder):
        self.folder, self.store, self.frontier = folder, BlobStore(folder), Frontier(connect(folder))
        self.frontier.add([HOME])

    def fetch(self, kind, *linked, found=()):
        [claim] = self.frontier.claim(1, 0)
        links = "".join(f'<a href="showthread.php?t={number}&amp;page=2">t</a>' for number in linked)
        digest = self.store.put_page(f"<html><body>{claim.key} {links}</body></html>".encode())
        self.frontier.done(claim, FetchResult(kind, digest, 10), found, AT)
        return digest

    def give_up(self):
        [claim] = self.frontier.claim(1, 0)
        self.frontier.failed(claim, "HTTP 404", 0, final=True)
        return claim.key


@pytest.fixture
def crawl(tmp_path):
    crawl = Crawl(tmp_path)
    yield crawl
    crawl.frontier.close()


def test_threads_that_no_list_named_are_followed_until_there_are_no_more(crawl):
    crawl.fetch(PageKind.FORUMS, found=[thread(1), LIST])
    crawl.fetch(PageKind.POSTS, 1, 2, 2, 3)
    assert crawl.give_up() == LIST.key
    assert follow_threads(crawl.frontier, crawl.folder) == 2
    assert follow_threads(crawl.frontier, crawl.folder) == 0
    crawl.fetch(PageKind.POSTS, 9)
    crawl.fetch(PageKind.POSTS)
    assert follow_threads(crawl.frontier, crawl.folder) == 1
    [claim] = crawl.frontier.claim(9, 0)
    assert (claim.key, claim.url, claim.step, claim.thread_id) == (
        "thread:9:1",
        f"{BOARD}showthread.php?t=9",
        Step.POSTS,
        9,
    )


def test_a_list_that_came_but_could_not_be_read_is_lost_too(crawl):
    crawl.fetch(PageKind.FORUMS, found=[LIST])
    crawl.fetch(PageKind.UNKNOWN, 5)
    assert follow_threads(crawl.frontier, crawl.folder) == 1


def test_nothing_is_followed_where_no_list_was_lost(crawl):
    crawl.fetch(PageKind.FORUMS, 7, found=[thread(1), LIST])
    assert crawl.give_up() == thread(1).key
    crawl.fetch(PageKind.THREADS, 8)
    assert follow_threads(crawl.frontier, crawl.folder) == 0


def test_a_board_is_the_one_that_was_reached(crawl):
    """Not where somebody looked for it first."""
    assert crawl.give_up() == HOME.key
    assert follow_threads(crawl.frontier, crawl.folder) == 0
    crawl.frontier.add([PageRef(f"{BOARD}forum/", f"{BOARD}forum/", Step.FORUMS)])
    crawl.fetch(PageKind.FORUMS, 7)
    assert follow_threads(crawl.frontier, crawl.folder) == 1


def test_a_stored_page_that_is_gone_is_named(crawl):
    digest = crawl.fetch(PageKind.UNKNOWN)
    crawl.store.page_path(digest).unlink()
    with pytest.raises(DamagedError, match=digest):
        follow_threads(crawl.frontier, crawl.folder)


def test_whoever_has_lost_the_board_adds_nothing(crawl):
    def lost(_connection):
        raise LeaseLostError("another worker")

    crawl.fetch(PageKind.UNKNOWN, 5)
    with pytest.raises(Frontier.Error, match="another worker"):
        follow_threads(Frontier(connect(crawl.folder), renew=lost), crawl.folder)
    assert crawl.frontier.counts().total() == 1


@pytest.mark.real
def test_every_thread_that_a_real_list_names_is_among_its_links(shared):
    lists = 0
    for path in sorted((shared / "corpus" / "vbulletin").rglob("*.html")):
        body = path.read_bytes()
        # Whose address was not kept: the host that most of its thread links name, or any.
        hosts = Counter(re.findall(rb"href=\"https?://([\w.-]+)/[^\"]*(?:showthread|\d-)", body))
        home = f"http://{hosts.most_common(1)[0][0].decode() if hosts else 'b.example'}/forum.php"
        page = read(body, home)
        links = {link.thread_id for link in thread_links(parse(decode(body)[0], home), home)}
        listed = {thread.thread_id for thread in page.threads if thread.url and site(thread.url) == site(home)}
        assert listed <= links, path
        lists += len(listed) > 1
    assert lists >= 8
