"""Every answer ever paid for, kept as it came, before anything looks into it; and what is on its way."""

import json
import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_TABLES = """
create table if not exists reply (key text primary key, page_id text not null, model text not null,
    prompt_version text not null, body text not null, usd real not null, at text not null);
create table if not exists intent (id integer primary key, at text not null, pages text not null);
create table if not exists batch (id text primary key, at text not null, pages text not null, open integer not null);
create table if not exists refusal (key text primary key, reason text not null);
"""

Pages = dict[str, str]  # key of what is asked -> page_id


@dataclass(frozen=True, slots=True)
class Intent:
    """A batch that was about to be sent: the server may have it, or not."""

    id: int
    at: datetime
    pages: Pages


@dataclass(frozen=True, slots=True)
class Paid:
    """What the answers of one model to one prompt came to."""

    model: str
    prompt_version: str
    answers: int
    usd: float


class Store:
    """`labels.sqlite`: one row an answer, keyed by what was asked; safe to share between threads.

    The raw body is stored before it is parsed, so a better parser costs nothing. `insert or ignore` keeps the first
    answer: nothing is paid for twice, nor changed by being asked twice. WAL with synchronous=FULL: 3.9 ms an answer.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=full")
        self._db.executescript(_TABLES)

    def get(self, key: str) -> dict[str, Any] | None:
        row = self._row("select body from reply where key = ?", key)
        return json.loads(row[0]) if row else None

    def has(self, key: str) -> bool:
        return self._row("select 1 from reply where key = ?", key) is not None

    def put(self, key: str, page_id: str, prompt_version: str, body: dict[str, Any], usd: float) -> None:
        values = (key, page_id, body.get("model", ""), prompt_version, json.dumps(body), usd)
        self._do("insert or ignore into reply values (?, ?, ?, ?, ?, ?, datetime('now'))", *values)

    def refuse(self, key: str, reason: str) -> None:
        """Keeps why a request was refused for good: it cost nothing, and would be refused again."""
        self._do("insert or replace into refusal values (?, ?)", key, reason)

    def refusal(self, key: str) -> str:
        """Why a request was refused for good; empty where it was not."""
        row = self._row("select reason from refusal where key = ?", key)
        return row[0] if row else ""

    def spent(self) -> float:
        """Dollars paid for everything in the store."""
        return self._row("select coalesce(sum(usd), 0) from reply")[0]

    def paid(self) -> tuple[Paid, ...]:
        """The ledger, by model and prompt."""
        query = "select model, prompt_version, count(*), sum(usd) from reply group by 1, 2 order by 1, 2"
        return tuple(Paid(*row) for row in self._rows(query))

    def count(self) -> int:
        return self._row("select count(*) from reply")[0]

    def usual_output(self, model: str, prompt_version: str) -> float | None:
        """Mean tokens of this model's answers to a prompt; None before the first."""
        query = (
            "select avg(json_extract(body, '$.usage.output_tokens')) from reply"
            " where prompt_version = ? and (model = ? or model like ?)"
        )
        return self._row(query, prompt_version, model, f"{model}-%")[0]

    def intend(self, pages: Pages) -> int:
        """Writes down what is about to be sent as a batch."""
        values = (datetime.now(UTC).isoformat(), json.dumps(pages))
        return self._do("insert into intent (at, pages) values (?, ?)", *values)

    def sent(self, intent: int, batch_id: str) -> None:
        """The batch is made: from here on its id is known."""
        with self._lock:
            self._db.execute("begin immediate")
            moved = "insert into batch select ?, at, pages, 1 from intent where id = ?"
            self._db.execute(moved, (batch_id, intent))
            self._db.execute("delete from intent where id = ?", (intent,))
            self._db.execute("commit")

    def withdraw(self, intent: int) -> None:
        """Nothing was made of it."""
        self._do("delete from intent where id = ?", intent)

    def intents(self) -> list[Intent]:
        rows = self._rows("select id, at, pages from intent order by id")
        return [Intent(number, datetime.fromisoformat(at), json.loads(pages)) for number, at, pages in rows]

    def batches(self) -> set[str]:
        """The ids of all that were ever sent."""
        return {batch_id for (batch_id,) in self._rows("select id from batch")}

    def open_batches(self) -> dict[str, Pages]:
        """Those whose results are not all stored, the oldest first."""
        return {
            batch: json.loads(pages)
            for batch, pages in self._rows("select id, pages from batch where open order by at")
        }

    def on_its_way(self) -> bool:
        """Whether the server has, or may have, batches whose results are not all stored."""
        return bool(self.open_batches() or self.intents())

    def close_batch(self, batch_id: str) -> None:
        self._do("update batch set open = 0 where id = ?", batch_id)

    def close(self) -> None:
        self._db.close()

    def _do(self, statement: str, *values: Any) -> int:
        with self._lock:
            return self._db.execute(statement, values).lastrowid

    def _row(self, query: str, *values: Any) -> Any:
        with self._lock:
            return self._db.execute(query, values).fetchone()

    def _rows(self, query: str) -> list[Any]:
        with self._lock:
            return self._db.execute(query).fetchall()
