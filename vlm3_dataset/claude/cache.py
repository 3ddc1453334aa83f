"""Store every paid answer as it came, before it is parsed, and every batch that is on its way."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vlm3_dataset.claude import refusals
from vlm3_dataset.files import alone

_TABLES = """
create table if not exists reply (key text primary key, page_id text not null, model text not null,
    prompt_version text not null, body text not null, usd real not null, at text not null);
create table if not exists intent (id integer primary key, at text not null, pages text not null);
create table if not exists batch (id text primary key, at text not null, pages text not null, open integer not null);
create table if not exists refusal (key text primary key, tries integer not null);
create table if not exists lost (key text not null, usd real not null, at text not null);
create table if not exists reckoned (key text primary key, input real not null, output real not null);
create view if not exists answer as select * from reply where json_extract(body, '$.type') is not 'error';
"""
# The tokens of answers beside their estimates. A refusal that was billed counts too.
_MEASURED = """
with answers as (
    select reckoned.input as reckoned_input, reckoned.output as reckoned_output,
        json_extract(body, '$.stop_reason') is 'refusal' as is_refused,
        json_extract(body, '$.usage.input_tokens') as fresh, json_extract(body, '$.usage.output_tokens') as output,
        coalesce(json_extract(body, '$.usage.cache_read_input_tokens'), 0) as read,
        coalesce(json_extract(body, '$.usage.cache_creation_input_tokens'), 0) as written
    from reply join reckoned using (key) where prompt_version = ? and (model = ? or model like ?)),
billed as (select * from answers where fresh is not null and output is not null)
select (select count(*) from answers), (select coalesce(sum(is_refused), 0) from answers),
    sum(fresh + read + written) / sum(reckoned_input), sum(output) / sum(reckoned_output),
    case when sum(read) > 0 then 1.0 * sum(read + written) / count(*) end from billed
"""

_PAIRS = """
with answers as (
    select json_extract(body, '$.content[#-1].text') as text from reply
    where prompt_version = ? and (model = ? or model like ?))
select avg(coalesce(case when json_valid(text) then json_array_length(text, '$.pairs') end, 0)) from answers
"""

Pages = dict[str, str]  # key of a request -> page_id


@dataclass(frozen=True, slots=True)
class Intent:
    """A batch that was about to be sent; the server may have it or not."""

    id: int
    at: datetime
    pages: Pages


@dataclass(frozen=True, slots=True)
class Paid:
    """The tokens and dollars of one model's answers to one prompt."""

    model: str
    prompt_version: str
    answers: int
    usd: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The tokens of the answers to a prompt, compared with the estimate for each request before it was sent."""

    answers: int = 0
    refused: int = 0
    input: float = 1.0  # a factor of the estimate
    output: float = 1.0
    cached: float = 0.0  # tokens of each that the server reads from its cache


@contextmanager
def held(path: Path) -> Iterator["Store"]:
    """Open the store for one run at a time: two would pay for the same answers. Raises InUse."""
    with alone(path.with_suffix(".lock"), "is asking with"):
        store = Store(path)
        try:
            yield store
        finally:
            store.close()


class Store:
    """`labels.sqlite`: one row per answer, keyed by the digest of its request; safe to share between threads.

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

    def refuse(self, key: str, page_id: str, prompt_version: str, model: str, reason: str) -> bool:
        """Count a refusal; return True once there were so many that the request is given up."""
        count = "insert into refusal values (?, 1) on conflict (key) do update set tries = tries + 1"
        self._do(count, key)
        is_final = self._row("select tries from refusal where key = ?", key)[0] >= refusals.TRIES
        if is_final:
            body = {"type": "error", "model": model, "stop_reason": "refusal", "error": {"message": reason}}
            self.put(key, page_id, prompt_version, body, 0.0)
        return is_final

    def lose(self, key: str, usd: float) -> None:
        """Record that an answer did not arrive and may have been billed, `usd` at most."""
        self._do("insert into lost values (?, ?, datetime('now'))", key, usd)

    def spent(self) -> float:
        """Return the dollars paid for everything in the store."""
        return self._row("select coalesce(sum(usd), 0) from reply")[0]

    def lost(self) -> tuple[int, float]:
        """Return how many answers did not arrive and may have been billed, and what they cost at most, in dollars."""
        return self._row("select count(*), coalesce(sum(usd), 0) from lost")

    def paid(self) -> tuple[Paid, ...]:
        """Return what was paid, by model and prompt."""
        query = "select model, prompt_version, count(*), sum(usd) from answer group by 1, 2 order by 1, 2"
        return tuple(Paid(*row) for row in self._rows(query))

    def count(self) -> int:
        """Return the number of answers; requests refused for good do not count."""
        return self._row("select count(*) from answer")[0]

    def usual_output(self, model: str, prompt_version: str) -> float | None:
        """Return the mean tokens of this model's answers to a prompt; None before the first."""
        query = (
            "select avg(json_extract(body, '$.usage.output_tokens')) from reply"
            " where prompt_version = ? and (model = ? or model like ?)"
        )
        return self._row(query, prompt_version, model, f"{model}-%")[0]

    def reckon(self, estimates: Iterable[tuple[str, float, float]]) -> None:
        """Write down what is expected of each request, by its key: tokens in, tokens out."""
        with self._lock, self._db:
            self._db.execute("begin")
            self._db.executemany("insert or replace into reckoned values (?, ?, ?)", estimates)

    def measured(self, model: str, prompt_version: str) -> Measured:
        """Return the totals of this model's answers to a prompt so far, beside their estimates."""
        count, refused, tokens_in, tokens_out, cached = self._row(_MEASURED, prompt_version, model, f"{model}-%")
        return Measured(count, refused, tokens_in or 1.0, tokens_out or 1.0, cached or 0.0)

    def pairs_an_answer(self, model: str, prompt_version: str) -> float | None:
        """Return the mean pairs of this model's answers to a prompt, 0 for a malformed one; None before the first."""
        return self._row(_PAIRS, prompt_version, model, f"{model}-%")[0]

    def intend(self, pages: Pages) -> int:
        """Write down what is about to be sent as a batch."""
        values = (datetime.now(UTC).isoformat(), json.dumps(pages))
        return self._do("insert into intent (at, pages) values (?, ?)", *values)

    def sent(self, intent: int, batch_id: str) -> None:
        """Record the id of a batch that was created."""
        with self._lock:
            self._db.execute("begin immediate")
            moved = "insert into batch select ?, at, pages, 1 from intent where id = ?"
            self._db.execute(moved, (batch_id, intent))
            self._db.execute("delete from intent where id = ?", (intent,))
            self._db.execute("commit")

    def withdraw(self, intent: int) -> None:
        """Forget an intent of which the server made no batch."""
        self._do("delete from intent where id = ?", intent)

    def intents(self) -> list[Intent]:
        rows = self._rows("select id, at, pages from intent order by id")
        return [Intent(number, datetime.fromisoformat(at), json.loads(pages)) for number, at, pages in rows]

    def batches(self) -> set[str]:
        """Return the ids of all batches ever sent."""
        return {batch_id for (batch_id,) in self._rows("select id from batch")}

    def open_batches(self) -> dict[str, Pages]:
        """Return the batches whose results are not all stored, the oldest first."""
        return {
            batch: json.loads(pages)
            for batch, pages in self._rows("select id, pages from batch where open order by at")
        }

    def on_its_way(self) -> set[str]:
        """Return the keys of requests in batches whose results are not all stored, or that the server may have."""
        sent = [*self.open_batches().values(), *(intent.pages for intent in self.intents())]
        return {key for pages in sent for key in pages}

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
