"""Ask Claude by Message Batches: at half the price, and without paying twice whenever a run is killed.

A batch that was created and not recorded would be paid for again. So the intent to send it is stored first; if a run
ends before the batch's id is stored, the next run looks for it among the server's batches (pending_batches.py).
"""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

import httpx2
from anthropic import Anthropic, APIConnectionError, APIStatusError
from tqdm import tqdm

from vlm3_dataset.claude import forecast, pace, prices
from vlm3_dataset.claude.asking import Ask, Failure, later
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.pending_batches import PendingBatches
from vlm3_dataset.claude.refusals import TRIES, message_of

MOST_REQUESTS = 10_000  # the API takes 100,000
MOST_BYTES = 64 * 2**20  # the API takes 256 MB, but a body is in memory three times while it is sent
ATTEMPTS = 6  # at creating one batch
MADE_NOTHING = frozenset({400, 401, 402, 403, 404, 413, 422, 429})  # after any other status the batch may exist

Request = dict[str, Any]
Chunk = list[tuple[Ask, Request]]


class Batches:
    """Sends requests as batches, each only while its worst case still fits into the budget.

    The worst case is reserved before a batch is sent, and settled when its results are counted, by whoever does that:
    if the server is lost in between, nobody may spend the same money.
    """

    def __init__(self, store: Store, client: Anthropic, budget: Budget, title: str) -> None:
        self._store, self._client, self._budget, self._title = store, client, budget, title
        self._pending = PendingBatches(store, client, budget)
        self._failures = self._pending.failures

    def send(self, asks: list[Ask]) -> dict[str, Failure]:
        """Send the requests; return the failures by key. Those that expired, or may be refused by chance, go out again.

        Raises anthropic.APIError where the server cannot be asked.
        """
        with tqdm(total=len(asks), desc=self._title, unit="answer") as bar:
            for _ in range(TRIES):
                self._send_once(asks, bar)
                failed = [ask for ask in asks if ask.key in self._failures and not self._store.has(ask.key)]
                asks = [ask for ask in failed if self._failures[ask.key].passing]
        return {key: failure for key, failure in self._failures.items() if not self._store.has(key)}

    def _send_once(self, asks: list[Ask], bar: tqdm) -> None:
        """Send all of them, or as many as the budget allows: an answer below its worst case makes room for more."""
        rest, by_key = asks, {ask.key: ask for ask in asks}
        while rest:
            costs = accumulate(map(_worst, rest))
            affordable = [ask for ask, cost in zip(rest, costs, strict=True) if cost <= self._budget.left]
            if not affordable:
                break
            for chunk in _chunks(affordable):
                self._create(chunk, bar)
            self._pending.drain(by_key, bar)
            rest = rest[len(affordable) :]
        self._failures |= {ask.key: Failure(self._budget.too_dear(_worst(ask))) for ask in rest}

    def _create(self, chunk: Chunk, bar: tqdm) -> None:
        """Create one batch, or two where the server finds it too large.

        Raises:
            anthropic.APIError: the server refuses, or was busy too often.
        """
        for attempt in range(ATTEMPTS):
            try:
                if attempt and self._pending.adopt(bar):  # it was created although the call failed
                    return None
                return self._create_once(chunk)
            except APIStatusError as error:
                if error.status_code == 413:
                    return self._create_smaller(chunk, error, bar)
                if error.status_code not in pace.BUSY or attempt == ATTEMPTS - 1:
                    raise
                headers, said = error.response.headers, f"the server says {error.status_code}"
            except APIConnectionError as error:
                if attempt == ATTEMPTS - 1:
                    raise
                headers, said = {}, message_of(error)
            seconds = pace.after_refusal(headers, attempt, datetime.now(UTC))
            bar.set_postfix_str(f"{said}, waiting for {seconds:.0f} s")
            time.sleep(seconds)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _create_once(self, chunk: Chunk) -> None:
        """Create a batch in one attempt: a retry by the SDK, without an idempotency key, could create a second one."""
        pages = {ask.key: ask.about for ask, _ in chunk}
        intent = self._store.intend(pages)
        for ask, _ in chunk:
            self._budget.reserve(ask.key, _worst(ask))
        requests = [{"custom_id": ask.key, "params": request} for ask, request in chunk]
        try:
            made = self._client.with_options(max_retries=0).messages.batches.create(requests=requests)
        except APIStatusError as error:
            if error.status_code in MADE_NOTHING:
                self._pending.withdraw(intent, pages)
            raise
        except APIConnectionError as error:
            if isinstance(error.__cause__, httpx2.ConnectError):  # no connection, so nothing was sent
                self._pending.withdraw(intent, pages)
            raise
        self._store.sent(intent, made.id)

    def _create_smaller(self, chunk: Chunk, error: APIStatusError, bar: tqdm) -> None:
        if len(chunk) == 1:
            (ask, _), *_ = chunk
            self._store.refuse(ask.key, ask.about, ask.prompt_version, ask.model.name, message_of(error))
            self._failures[ask.key] = later(message_of(error))
            return
        half = len(chunk) // 2
        self._create(chunk[:half], bar)
        self._create(chunk[half:], bar)


def _worst(ask: Ask) -> float:
    return forecast.worst(ask.model.price, ask.tokens, ask.most_output) * prices.BATCH


def _chunks(asks: list[Ask]) -> Iterator[Chunk]:
    """Yield the requests in chunks as large as one batch may be."""
    chunk: Chunk = []
    weight = 0
    for ask in asks:
        request = ask.request()
        size = len(json.dumps(request))
        if chunk and (weight + size > MOST_BYTES or len(chunk) == MOST_REQUESTS):
            yield chunk
            chunk, weight = [], 0
        chunk.append((ask, request))
        weight += size
    if chunk:
        yield chunk
