"""Rows that need more than their own page: polls, which stand on every page, and dates, which others explain."""

import json
from itertools import count

import pytest
import sqlalchemy as sa

from e30crawl.archive.audit import audit
from e30crawl.archive.blobs import BlobStore
from e30crawl.archive.export import export
from e30crawl.frontier.records import Claim, Step
from e30crawl.frontier.schema import connect, pages, versions
from e30crawl.items import Origin, rows_of
from e30crawl.parsers.page import PARSER_VERSION, read
from e30crawl.parsers.records import PageKind
from tests.e30crawl import xenforo

URL = "https://board.example/showthread.php?t={}&page={}"
FRAME = "<html><head><script>vBulletin_init();</script></head><body>{}<p>All times are GMT -5.</p></body></html>"
POLL = """<table><tr><td class="tcat">Results<span class="normal">: {question}</span></td></tr><tr><td>10W60</td>
<td><img src="images/polls/bar2.gif"></td><td>{votes}</td><td>90.00%</td></tr></table>"""
POST = """<table id="post{id}"><tr><td class="thead"><a name="post{id}"></a> {date}, 05:42 AM</td></tr>
<tr><td><a id="postcount{id}" name="{id}">{id}</a><div id="postmenu_{id}">Ann</div></td>
<td id="td_post_{id}"><div id="post_message_{id}">{text}</div></td></tr></table>"""
DELETED = """<table id="post{id}"><tr><td class="thead"><a name="post{id}"></a></td></tr><tr><td class="alt2">Ann</td>
</tr><tr><td class="alt1">Deleted by <a href="member.php?u=1">Mod</a></td></tr></table>"""
LIST = """<form><input name="f" value="4"></form><table><tbody id="threadbits_forum_4"><tr>
<td id="td_threadtitle_{id}"><a id="thread_title_{id}" href="showthread.php?t={id}">Oil</a></td>
<td title="Replies: {replies}, Views: 9">{date} <span class="time">05:42 AM</span></td></tr></tbody></table>"""


def post(id_, date="07-11-2008", text="90 Nm"):
    return POST.format(id=id_, date=date, text=text)


def poll(votes, question="Which oil?"):
    return POLL.format(question=question, votes=votes)


@pytest.fixture
def board(tmp_path):
    folder = tmp_path / "board"
    folder.mkdir()
    return folder


@pytest.fixture
def stored(board):
    """Stores a page of a thread, or with `thread` 0 of a list; `before` is what it was when it was fetched first.

    A thread that was merged leads to the one that it `shows`.
    """
    places = count(1)

    def row(body, url):
        kind = read(body.encode(), url).kind
        digest = BlobStore(board).put_page(body.encode())
        return {"kind": kind, "sha256": digest, "fetched_at": "2009-01-01T00:00:00+00:00"}

    def stored(*parts, thread=7, number=1, before=None, shows=None):
        step = "threads" if thread == 0 else "posts"
        url, engine = URL.format(thread, number), connect(board)
        body = FRAME.format("".join(parts))
        page = {"key": f"{step}:{next(places)}", "url": url, "host": "board.example", "step": step, "state": "done"}
        page |= {"thread_id": thread or None, "number": number, "records": 1, **row(body, url)}
        page["location"] = URL.format(shows, number) if shows else None
        with engine.begin() as connection:
            id_ = connection.execute(sa.insert(pages).values(page)).inserted_primary_key[0]
            if before:
                connection.execute(sa.insert(versions).values(page_id=id_, **row(FRAME.format(before), url)))
        engine.dispose()

    return stored


def rows(board):
    export(board)
    return [json.loads(line) for line in (board / "posts.jsonl").read_text().splitlines()]


def test_a_poll_is_one_row_of_its_thread_in_its_place(board, stored):
    stored(poll(12), post(1), post(2), number=1)
    stored(poll(13), post(3), number=2)
    stored(poll(5), post(4), thread=8)
    found = rows(board)
    assert [(row["thread_id"], row["kind"], row["post_id"], row["text"]) for row in found] == [
        (7, "poll", None, "Which oil?\n- 10W60: 12"),
        (7, "post", 1, "90 Nm"),
        (7, "post", 2, "90 Nm"),
        (7, "post", 3, "90 Nm"),
        (8, "poll", None, "Which oil?\n- 10W60: 5"),
        (8, "post", 4, "90 Nm"),
    ]
    assert (found[0]["url"], found[1]["url"]) == (URL.format(7, 1), URL.format(7, 1) + "#post1")
    assert {row["parser_version"] for row in found} == {PARSER_VERSION}


@pytest.mark.parametrize(("number", "ids"), [(1, [None, 1]), (2, [1])])
def test_a_feed_has_a_poll_once_as_well(number, ids):
    pager = f'<table class="pagenav"><tr><td class="vbmenu_control">Page {number} of 2</td></tr></table>'
    url = URL.format(7, number)
    page = read(FRAME.format(pager + poll(12) + post(1)).encode(), url)
    origin = Origin("board", Claim("t7", url, Step.POSTS, thread_id=7), "2009-01-01T00:00:00+00:00")
    assert [row.post_id for row in rows_of(page, origin)] == ids
    assert next(rows_of(page, origin)).url == (url if number == 1 else url + "#post1")


@pytest.mark.parametrize(
    ("body", "anchor"),
    [
        (FRAME.format(POST.format(id=5, date="07-11-2008", text="x")), "#post5"),
        (xenforo.html(xenforo.post(5, 1, "x"), "thread_view"), "#post-5"),
        (xenforo.html(xenforo.post(5, 1, "x")).replace('id="XF"', 'id="XenForo"'), "#post-5"),
    ],
    ids=["vBulletin", "XenForo 2", "XenForo 1"],
)
def test_a_row_leads_to_its_post(body, anchor):
    url = "https://board.example/threads/oil.7/"
    origin = Origin("board", Claim("t7", url, Step.POSTS, thread_id=7), "2009-01-01T00:00:00+00:00")
    (row,) = rows_of(read(body.encode(), url), origin)
    assert row.url == url + anchor


def test_a_poll_with_more_votes_is_the_same_one_and_with_another_question_it_is_another(board, stored):
    stored(poll(13), post(1), before=poll(12) + post(1))
    stored(poll(0, "Which filter?"), post(4), thread=8, before=poll(5) + post(4))
    found = rows(board)
    assert [(row["thread_id"], row["text"]) for row in found if row["kind"] == "poll"] == [
        (7, "Which oil?\n- 10W60: 13"),
        (8, "Which filter?\n- 10W60: 0"),
        (8, "Which oil?\n- 10W60: 5"),  # gone since
    ]
    assert found[-1]["kind"] == "poll"
    assert rows(board) == found


def test_what_a_deleted_post_said_before_comes_at_the_end_of_its_thread(board, stored):
    stored(post(1), DELETED.format(id=2), post(3), before=post(1) + post(2, text="sold") + post(3))
    stored(post(4), thread=8)
    assert [(row["post_id"], row["kind"], row["text"]) for row in rows(board)] == [
        (1, "post", "90 Nm"),
        (2, "deleted", "Deleted by Mod"),
        (3, "post", "90 Nm"),
        (2, "post", "sold"),
        (4, "post", "90 Nm"),
    ]


@pytest.mark.parametrize("merged", [100, 300], ids=["fetched before the other", "fetched after it"])
def test_a_post_of_a_merged_thread_is_one_row(board, stored, merged):
    both = poll(12), post(1), post(2), DELETED.format(id=3)
    stored(*both, thread=merged, shows=200)
    stored(post(9), thread=150)
    stored(*both, thread=200)
    stored(post(4), thread=200, number=2)
    stored(post(8), thread=201)
    assert [(row["thread_id"], row["post_id"], row["kind"]) for row in rows(board)] == [
        (150, 9, "post"),
        (200, None, "poll"),
        (200, 1, "post"),
        (200, 2, "post"),
        (200, 3, "deleted"),
        (200, 4, "post"),
        (201, 8, "post"),
    ]
    assert {row["url"] for row in rows(board) if row["post_id"] == 1} == {URL.format(200, 1) + "#post1"}


@pytest.mark.parametrize("merged", [100, 300])
def test_what_only_a_merged_thread_has_shown_is_not_lost(board, stored, merged):
    stored(post(1), post(2), thread=merged, shows=200)
    stored(post(1), thread=200)
    stored(post(3), thread=200, number=3)
    stored(post(9), thread=250)
    assert [row["post_id"] for row in rows(board)] == [1, 3, 9, 2]


@pytest.mark.parametrize("merged", [100, 300])
def test_what_was_fetched_before_a_thread_was_merged_is_no_row_where_the_other_shows_it(board, stored, merged):
    stored(post(1), thread=merged, shows=200)
    stored(post(2), post(3), thread=merged, number=2)
    stored(post(1), post(2), thread=200)
    assert [(row["post_id"], row["thread_id"]) for row in rows(board)] == [(1, 200), (2, 200), (3, merged)]


@pytest.mark.parametrize("fetched_for", [100, None, 300])
def test_a_thread_that_was_fetched_for_another_alone_is_there(board, stored, fetched_for):
    stored(post(5), thread=400)
    stored(post(1), thread=fetched_for, shows=200)
    stored(post(6), thread=150)
    assert [row["thread_id"] for row in rows(board)] == [150, 400, 200]
    assert [json.loads(line)["thread_id"] for line in (board / "threads.jsonl").open()] == [150, 200, 400]


@pytest.mark.parametrize("merged", [100, 300])
def test_what_a_merged_thread_said_before_is_a_row_where_it_is_nowhere_else(board, stored, merged):
    stored(post(1), post(2), thread=merged, shows=200, before=post(1) + post(3, text="sold"))
    stored(post(1), post(2), thread=200)
    assert [(row["post_id"], row["thread_id"], row["text"]) for row in rows(board)] == [
        (1, 200, "90 Nm"),
        (2, 200, "90 Nm"),
        (3, merged, "sold"),
    ]


def test_views_of_the_same_posts_are_no_rows(board, stored):
    stored(post(1))
    engine = connect(board)
    lofi = """<html><body><div class="pagebody"><div id="content"><div class="post"><div class="username">Ann</div>
    <div class="posttext">90 Nm</div></div></div></div></body></html>"""
    page = {"key": "lofi", "url": "https://board.example/archive/index.php/t-7.html", "host": "board.example"}
    page |= {"step": "posts", "state": "done", "number": 9, "thread_id": 7, "kind": PageKind.POSTS}
    page |= {"sha256": BlobStore(board).put_page(lofi.encode()), "fetched_at": "2009-01-01T00:00:00+00:00"}
    with engine.begin() as connection:
        connection.execute(sa.insert(pages).values(page))
    engine.dispose()
    assert [row["post_id"] for row in rows(board)] == [1]


PROOF = [f"{month:02}-{day}-2008" for month in range(1, 6) for day in range(20, 25)]  # 25 dates: month first


@pytest.mark.parametrize(
    ("others", "date", "reason"),
    [
        ([], None, "day and month cannot be told apart"),
        (PROOF[:10], None, "day and month cannot be told apart"),  # too few
        (PROOF, "2008-07-11T10:42:00+00:00", None),
        ([*PROOF, *PROOF, "13-01-2008"], None, "day and month cannot be told apart"),  # contradicted
        ([f"{date[3:5]}-{date[:2]}-2008" for date in PROOF], "2008-11-07T10:42:00+00:00", None),
    ],
)  # fmt: skip
def test_other_threads_tell_which_number_is_the_month(board, stored, others, date, reason):
    stored(post(1, "07-11-2008"))
    stored(*(post(id_, other) for id_, other in enumerate(others, 2)), post(99, "07-11-2008"), thread=8)
    first, *_, last = rows(board)
    assert (first["date"], first["date_reason"]) == (date, reason)
    if others[:1] == PROOF[:1] and "13-01-2008" not in others:
        assert last["date"] == "2008-07-11T10:42:00+00:00"  # its own page tells
    again = (board / "posts.jsonl").read_bytes()
    export(board)
    assert (board / "posts.jsonl").read_bytes() == again


def test_lists_tell_as_well(board, stored, caplog):
    stored(post(1, "07-11-2008"))
    for number, date in enumerate(PROOF):
        stored(LIST.format(id=100 + number, replies=0, date=date), thread=0, number=number)
    with caplog.at_level("INFO", "e30crawl.archive.export"):
        assert rows(board)[0]["date"] == "2008-07-11T10:42:00+00:00"
    assert "the month before the day: 25 dates show it, 0 speak against it" in caplog.text


def test_posts_that_contradict_the_lists_are_heard(board, stored):
    stored(post(1, "07-11-2008"))
    stored(*(post(id_, f"{id_}-01-2008") for id_ in range(13, 30)), thread=8)
    for number, date in enumerate(PROOF):
        stored(LIST.format(id=100 + number, replies=0, date=date), thread=0, number=number)
    assert rows(board)[0]["date"] is None


def test_what_the_boards_file_says_wins(board, stored):
    stored(post(1, "07-11-2008"))
    stored(*(post(id_, date) for id_, date in enumerate(PROOF, 2)), thread=8)
    (board / "board.yaml").write_text("date_order: dmy\n")
    assert rows(board)[0]["date"] == "2008-11-07T10:42:00+00:00"


def test_an_audit_counts_polls_and_deleted_posts_for_what_they_are(board, stored):
    stored(LIST.format(id=7, replies=1, date="07-11-2008"), thread=0)
    stored(poll(12), post(1), DELETED.format(id=2), post(3))
    result = audit(board)
    assert result.findings == {}
    assert (result.counts["posts"], result.counts["numbers without a post"]) == (2, 0)


def test_an_audit_names_pages_whose_charset_is_in_doubt(board, stored):
    stored(post(1, text="Привет всем! Подскажите, как отрегулировать клапана?"))
    (board / "board.yaml").write_text("charset: koi8-r\n")
    assert audit(board).findings == {}  # it is UTF-8, whoever says what
    body = FRAME.format(post(2, text="Привет всем! Подскажите, как отрегулировать клапана?")).encode("cp1251")
    engine = connect(board)
    with engine.begin() as connection:
        connection.execute(sa.update(pages).values(sha256=BlobStore(board).put_page(body)))
    engine.dispose()
    (finding,) = audit(board).findings["pages whose charset is in doubt"]
    assert finding.startswith(f"{URL.format(7, 1)}: read as koi8-r, ")
