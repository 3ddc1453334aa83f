"""How far a board is: the figures are those of a plain count, and come from indexes alone."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import sqlalchemy as sa

from e30crawl.frontier.queue import Frontier
from e30crawl.frontier.records import State, Step
from e30crawl.frontier.schema import connect, pages
from e30crawl.frontier.status import BoardStatus, board_status
from e30crawl.parsers.records import PageKind

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def some_rows(count):
    """Pages in every state that a crawl leaves them in, and in some that only an old archive has."""
    random = Random(14)
    for number in range(count):
        step, state = random.choice([*Step]), random.choice([*State])
        fetched = random.random() < 0.7
        yield {
            "key": str(number),
            "url": f"http://board.example/{number}",
            "host": f"{number % 3}.example",
            "step": step,
            "state": state,
            "number": 1,
            "forum_id": random.choice([None, *range(5)]),
            "thread_id": random.choice([None, *range(count // 5)]) if step in (Step.POSTS, Step.MEDIA) else None,
            "kind": random.choice([*PageKind]) if fetched else None,
            "records": random.choice([None, 0, 20]) if fetched else None,
            "size": random.choice([None, 10, 3 * 10**9]) if fetched else None,
            "reason": random.choice([None, "HTTP 404", "ß" * 300]),
            "fetched_at": (NOW - timedelta(minutes=random.randrange(120))).isoformat() if fetched else None,
        }


@pytest.fixture(params=["sqlite", "postgresql"])
def board(request, tmp_path):
    """A frontier, and its rows."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    frontier, rows = Frontier(connect(tmp_path, url)), [*some_rows(500)]
    with frontier.engine.begin() as connection:
        connection.execute(sa.insert(pages), rows)
    yield frontier, rows
    frontier.close()


def test_the_figures_are_those_of_a_plain_count(board):
    frontier, rows = board
    with frontier.engine.connect() as connection:
        status = board_status(connection, NOW)
    done = [row for row in rows if row["state"] == State.DONE]
    hour_ago = (NOW - timedelta(hours=1)).isoformat()
    assert status == BoardStatus(
        forums=len({row["forum_id"] for row in rows if row["step"] == Step.FORUMS} - {None}),
        threads=len({row["thread_id"] for row in rows if row["step"] == Step.POSTS} - {None}),
        posts=sum(row["records"] or 0 for row in done if row["kind"] == PageKind.POSTS),
        files=sum(row["step"] == Step.MEDIA for row in done),
        bytes=sum(row["size"] or 0 for row in rows),
        pending=sum(row["state"] == State.PENDING for row in rows),
        last_hour=sum((row["fetched_at"] or "") > hour_ago for row in rows),
        counts=Counter((row["step"], row["state"], row["kind"]) for row in rows),
    )
    assert frontier.counts() == status.counts
    for state in State:
        reasons = Counter((row["step"], row["reason"]) for row in rows if row["state"] == state and row["reason"])
        assert frontier.reasons(state) == reasons


def test_an_empty_board_has_nothing(tmp_path):
    engine = connect(tmp_path)
    with engine.connect() as connection:
        assert board_status(connection, NOW) == BoardStatus(0, 0, 0, 0, 0, 0, 0, Counter())


def test_no_row_is_read_for_it(tmp_path):
    """A million of them are 400 MB."""
    frontier, asked = Frontier(connect(tmp_path)), []

    @sa.event.listens_for(frontier.engine, "before_cursor_execute")
    def _note(_connection, _cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    with frontier.engine.connect() as connection:
        board_status(connection, NOW)
    frontier.counts()
    for state in State:
        frontier.reasons(state)
    with frontier.engine.connect() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", values) for each, values in [*asked]]
        lines = [row.detail for plan in plans for row in plan if " pages" in row.detail]
    assert len(lines) >= 8
    assert [line for line in lines if "COVERING INDEX" not in line] == []
