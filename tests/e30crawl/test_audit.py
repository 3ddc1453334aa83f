"""Every kind of loss is found, in an archive damaged on purpose; a whole one has nothing missing."""

import gzip
from dataclasses import replace

import pytest

from e30crawl.archive import stored
from e30crawl.archive.audit import SESSION, Audit, AuditedPage, PageSequence, audit, compare
from e30crawl.archive.blobs import BlobStore
from e30crawl.archive.reparse import reparse
from e30crawl.archive.rows import StoredPage
from e30crawl.frontier.records import ELSEWHERE, NOT_READ, Claim, Step
from e30crawl.frontier.schema import connect, pages
from e30crawl.parsers.records import Page, PageKind, PostKind, Thread
from sample.board import Board
from sample.skins import vb3


def change(folder, where, **values):
    engine = connect(folder)
    with engine.begin() as connection:
        connection.execute(pages.update().where(where).values(**values))
    engine.dispose()


def row(folder, key):
    engine = connect(folder)
    with engine.connect() as connection:
        found = connection.execute(pages.select().where(pages.c.key == key)).one()
    engine.dispose()
    return found


def found(folder):
    return {(group, each.replace(str(folder), "")) for group, whats in audit(folder).findings.items() for each in whats}


def groups(folder):
    return {group for group, _ in found(folder)}


def test_nothing_is_missing_in_a_whole_archive(folder):
    result = audit(folder)
    assert result.findings == {}
    assert result.counts == {"forums": 5, "threads": 11, "posts": 45, "files": 7, "numbers without a post": 0}


def test_who_waits_sees_how_much_is_left(folder, monkeypatch):
    """Of all that is looked at, so that the bar can tell the time; it is one for a terminal alone."""
    bars = []

    def bar(rows, name, total, *, disable, **_):
        assert disable is None
        bars.append((name, total, len(rows := [*rows])))
        return rows

    monkeypatch.setattr(stored, "tqdm", bar)
    audit(folder)
    assert [name for name, *_ in bars] == ["verify pages", "verify files"]
    assert all(total == count > 0 for _, total, count in bars)


def test_a_page_that_was_never_fetched(board):
    change(board, pages.c.key == "thread:106:2", state="pending", sha256=None)
    assert {
        ("threads with pages missing", "thread 106: 2 of 3 pages"),
    } < found(board)
    assert "not fetched so far" in groups(board)


def test_a_page_that_was_given_up(board):
    change(board, pages.c.key == "thread:106:3", state="failed", sha256=None, reason="HTTP 500")
    assert {"pages given up", "threads with pages missing"} <= groups(board)


def test_a_forum_that_is_a_link_to_elsewhere_is_not_missing(board):
    change(board, pages.c.key == "forum:8:1", state="failed", sha256=None, reason=f"{ELSEWHERE}: http://shop.example/")
    assert found(board) == set()


def test_bytes_that_have_changed_or_are_gone(board):
    store, body = BlobStore(board), b"<html></html>"
    store.page_path(row(board, "thread:106:1").sha256).write_bytes(gzip.compress(body))
    store.page_path(row(board, "thread:106:2").sha256).unlink()
    said = [what for group, what in found(board) if group == "pages that are damaged"]
    assert any("its bytes have changed" in what for what in said)
    assert any("No such file" in what for what in said)


def test_a_thread_with_fewer_posts_than_its_list_says(board):
    short = row(board, "thread:102:1")
    other = row(board, "thread:105:1")
    change(board, pages.c.key == short.key, sha256=other.sha256)  # four posts were there, now two
    assert "threads with fewer posts than replies" in groups(board)


def test_files(board):
    engine = connect(board)
    with engine.connect() as connection:
        files = connection.execute(pages.select().where(pages.c.step == "media", pages.c.state == "done")).all()
    store = BlobStore(board)
    store.media_path(files[0].sha256, files[0].suffix).unlink()
    store.media_path(files[1].sha256, files[1].suffix).write_bytes(b"<html><body>log in</body></html>")
    store.media_path(files[2].sha256, files[2].suffix).write_bytes(b"\xff\xd8\xff another one")
    with engine.begin() as connection:
        connection.execute(pages.delete().where(pages.c.id == files[3].id))
    engine.dispose()
    said = sorted(what.rpartition(": ")[2] for group, what in found(board) if group == "files that are damaged")
    assert said == ["No such file or directory", "its bytes have changed", "its bytes have changed"]
    assert "files that posts show and nobody looked for" in groups(board)


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("http://b.example/showthread.php?s=0123456789abcdef0123456789abcdef&t=1", True),
        ("http://b.example/showthread.php?t=1&s=0123456789abcdef0123456789abcdef", True),
        ("http://b.example/index.php?PHPSESSID=0123456789abcdef01", True),
        ("http://b.example/a;jsessionid=0123456789abcdef", True),
        ("http://b.example/showthread.php?t=1", False),
        ("http://b.example/showthread.php?t=1&pages=12345678", False),
        ("http://b.example/threads/1-s", False),
    ],
)
def test_addresses_with_a_session(url, is_one):
    assert bool(SESSION.search(url)) is is_one


def page(number, last, posts=(), *, results=None, threads=(), kind=PageKind.POSTS, thread_id=1, hidden=0):
    claim = Claim("k", f"http://b.example/t{thread_id}", Step.POSTS, thread_id=thread_id)
    raw = StoredPage(claim, "0" * 64, None, None, "2026-11-22T00:00:00+00:00", kind)
    seen = Page(kind, "vb3", None, None, thread_id, number, last, results, threads=tuple(threads))
    kinds = [PostKind.DELETED] * hidden + [PostKind.POST] * len(posts)
    return AuditedPage(raw, seen, tuple(zip(kinds, posts, strict=False)))


def thread(thread_id, replies, **marks):
    return Thread(thread_id, "A thread", None, replies=replies, **marks)


def listing(*threads):
    return page(1, 1, threads=threads, kind=PageKind.THREADS, thread_id=None)


def compared(*seen):
    result = Audit()
    compare(iter(seen), result)
    return {(group, each) for group, whats in result.findings.items() for each in whats}, result.counts


def test_a_sequence_knows_what_it_lacks():
    sequence = PageSequence()
    sequence.add(page(1, 4, [1, 2, 4]))
    sequence.add(page(3, 4, [9, 10], results=(9, 10, 17)))
    assert sequence.missing == [2, 4]
    assert sequence.gaps == 5  # 3 and 5 to 8
    assert (sequence.shown, sequence.total) == (5, 17)


def test_an_absurd_page_count_fills_no_memory():
    sequence = PageSequence()
    sequence.add(page(1, 2_000_000_000))
    assert sequence.missing == list(range(2, 13))


def test_sticky_and_moved_threads_are_not_among_those_a_list_counts():
    sequence = PageSequence()
    threads = [thread(1, 0), thread(2, 0, sticky=True), thread(3, None, moved=True)]
    sequence.add(page(1, 1, threads=threads))
    assert sequence.threads == {1}


@pytest.mark.parametrize(
    ("replies", "pages", "group"),
    [
        (2, [page(1, 1, [1, 2, 3])], None),
        (2, [page(1, 1, [1, 2, 3, 4])], None),  # it has grown since
        (2, [page(1, 1, [1, 2])], "threads with fewer posts than replies"),
        (2, [page(1, 1, [1, 2, 3], hidden=1)], "threads with fewer posts than replies"),
        (2, [page(1, 1, [1, 2, 3, 4], hidden=1)], None),
        (2, [page(1, 2, [1, 2])], "threads with pages missing"),
        (None, [page(1, 1, [1])], None),
        (2, [], "threads missing whole"),
        (None, [], "threads missing whole"),
        (2, [page(1, 1, kind=PageKind.UNKNOWN)], "threads without a page that can be read"),
        (2, [page(1, 1, kind=PageKind.FORUMS)], "threads without a page that can be read"),
        (2, [page(1, 1, kind=PageKind.NOTICE)], None),  # the board's last word on it
        (2, [page(1, 1, [1, 2, 3]), page(1, 1, kind=PageKind.UNKNOWN)], None),
    ],
)
def test_a_listed_thread_against_what_is_stored(replies, pages, group):
    found, counts = compared(listing(thread(1, replies)), *pages)
    assert {each for each, _ in found} - {"pages not read"} == ({group} if group else set())
    assert counts["threads that the board does not show"] == (pages != [] and pages[0].page.kind is PageKind.NOTICE)


@pytest.mark.parametrize(
    ("replies", "posts", "is_short"),
    [
        (1200, 1151, True),
        (1200, 1150, True),
        (1234, 1234, True),
        (1234, 1235, False),
        (900, 900, True),
        (12_000, 11_501, True),
        (12_000, 11_500, True),
        (12_300, 12_251, True),
    ],
)
def test_a_thread_with_fewer_posts_than_its_replies(replies, posts, is_short):
    found, _ = compared(listing(thread(1, replies)), page(1, 1, range(1, posts + 1)))
    assert bool(found) is is_short


def test_a_moved_thread_is_looked_for_where_it_is():
    assert compared(listing(thread(1, None, moved=True))) == (set(), {"forums": 0})


def test_a_thread_whose_address_did_not_tell_its_id():
    loose = page(1, 1, [1, 2], thread_id=None)
    loose = replace(loose, page=replace(loose.page, thread_id=7))
    found, counts = compared(listing(thread(7, 1)), loose)
    assert (found, counts["threads"], counts["posts"]) == (set(), 1, 2)
    found, _ = compared(listing(thread(7, 5)), loose)
    assert found == {("threads with fewer posts than replies", "thread 7: 2 of 6 posts")}


def store_instead(board, key, html):
    change(board, pages.c.key == key, sha256=BlobStore(board).put_page(html.encode()))


def test_a_thread_that_is_missing_whole(board):
    engine = connect(board)
    with engine.begin() as connection:
        connection.execute(pages.delete().where(pages.c.thread_id == 102, pages.c.step == "posts"))
    engine.dispose()
    change(board, pages.c.thread_id == 105, state="failed", sha256=None, reason=f"{NOT_READ}: a server error")
    said = found(board)
    assert ("threads missing whole", "thread 102: 4 posts") in said
    assert ("threads missing whole", "thread 105: 2 posts") in said
    assert any(each[0] == "pages not read" and each[1].endswith("t=105: a server error") for each in said)
    assert not {"pages given up", "not fetched so far"} & {group for group, _ in said}


def test_what_was_stored_in_a_threads_place(board):
    store_instead(board, "thread:102:1", "<title>Maintenance</title>The forum is down for maintenance.")
    store_instead(board, "thread:105:1", vb3.home(Board.load()))
    said = {(group, what.partition("?")[2] or what) for group, what in found(board)}
    assert ("threads without a page that can be read", "thread 102: 4 posts") in said
    assert ("threads without a page that can be read", "thread 105: 2 posts") in said
    assert ("pages not read", "t=102: closed for a while (Maintenance The forum is down for maintenance.)") in said


def test_a_page_that_stayed_as_it_was_because_later_answers_were_none(board):
    change(board, pages.c.key == "thread:102:1", reason=f"{NOT_READ}: closed for a while")
    assert groups(board) == {"pages not read"}


def test_a_page_that_is_read_again_is_still_to_be_asked_for(board):
    reason = f"{NOT_READ}: HTTP 500"
    change(board, pages.c.key == "thread:102:1", records=99, reason=reason)
    change(board, pages.c.key == "thread:105:1", records=99, reason="no posts that can be read")
    reparse(board)
    assert [(row(board, f"thread:{i}:1").records, row(board, f"thread:{i}:1").reason) for i in (102, 105)] == [
        (4, reason),
        (2, None),
    ]


def test_the_command_lists_what_is_missing_and_ends_with_1(scrapy, board):
    change(board, pages.c.key == "thread:106:2", state="pending", sha256=None)
    code, output, error = scrapy("verify", "vb3", "--archive", board.parent)
    assert code == 1
    assert "threads with pages missing: 1\n    thread 106: 2 of 3 pages\n" in output
    assert error.endswith("findings\n")


def test_the_command_on_a_whole_archive(scrapy, board):
    code, output, error = scrapy("verify", "vb3", "--archive", board.parent)
    assert (code, error) == (0, "")
    assert output.endswith("looked at 5 forums, 11 threads, 45 posts, 7 files\n")
