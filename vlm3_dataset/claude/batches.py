"""Asks Claude by Message Batches: half the price, and nothing paid for twice whatever is killed when.

A batch that was made and not recorded would be paid for again. So what is about to be sent is written down first; where
a run ends before the batch's id is, the next one looks for it among the server's batches (pending_batches.py).
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
from vlm3_dataset.claude.refusals import TRIES, said

MOST_REQUESTS = 10_000  # the API takes 100,000
MOST_BYTES = 64 * 2**20  # the API takes 256 MB, but what is being sent is in memory three times
ATTEMPTS = 6  # at making one batch
MADE_NOTHING = frozenset({400, 401, 402, 403, 404, 413, 422, 429})  # after any other status there may be a batch

Request = dict[str, Any]
Chunk = list[tuple[Ask, Request]]


class Batches:
    """A request goes out only where its worst case still fits into the budget."""

    def __init__(self, store: Store, client: Anthropic, budget: Budget, title: str) -> None:
        self._store, self._client, self._budget, self._title = store, client, budget, title
        self._pending = PendingBatches(store, client)
        self._failures = self._pending.failures

    def send(self, asks: list[Ask]) -> dict[str, Failure]:
        """Why there is no answer, by key. What expired, or was refused too seldom to be final, is asked again.

        Raises anthropic.APIError where the server cannot be asked.
        """
        with tqdm(total=len(asks), desc=self._title, unit="answer") as bar:
            for _ in range(TRIES):
                self._send_once(asks, bar)
                failed = [ask for ask in asks if ask.key in self._failures and not self._store.has(ask.key)]
                asks = [ask for ask in failed if self._failures[ask.key].passing]
        return {key: failure for key, failure in self._failures.items() if not self._store.has(key)}

    def _send_once(self, asks: list[Ask], bar: tqdm) -> None:
        """Sends all of them, or what the budget allows; what comes back cheaper than its worst case makes room."""
        rest, by_key = asks, {ask.key: ask for ask in asks}
        while rest and (affordable := self._affordable(rest)):
            for chunk in _chunks(affordable):
                self._create(chunk, bar)
            self._budget.left += self._pending.paid
            self._pending.drain(by_key, bar)
            self._budget.left -= self._pending.paid
            rest = rest[len(affordable) :]
        self._failures |= {ask.key: Failure(self._budget.too_dear(_worst(ask))) for ask in rest}

    def _affordable(self, asks: list[Ask]) -> list[Ask]:
        """The first of them, as long as the worst cases of all together fit."""
        costs = accumulate(map(_worst, asks))
        return [ask for ask, cost in zip(asks, costs, strict=True) if cost <= self._budget.left]

    def _create(self, chunk: Chunk, bar: tqdm) -> None:
        """Makes one batch, or two where the server finds it too large.

        Raises:
            anthropic.APIError: the server refuses, or was busy too often.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self._create_once(chunk)
            except APIStatusError as error:
                if error.status_code == 413:
                    return self._create_smaller(chunk, error, bar)
                if error.status_code not in pace.BUSY or attempt == ATTEMPTS - 1:
                    raise
                seconds = pace.after_refusal(error.response.headers, attempt, datetime.now(UTC))
                bar.set_postfix_str(f"the server says {error.status_code}, waiting for {seconds:.0f} s")
                time.sleep(seconds)
            except APIConnectionError:
                if attempt == ATTEMPTS - 1:
                    raise
            if self._pending.adopt(bar):  # it was made all the same
                return None
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _create_once(self, chunk: Chunk) -> None:
        """The SDK must not try again by itself: without an idempotency key that would be a second batch."""
        intent = self._store.intend({ask.key: ask.about for ask, _ in chunk})
        requests = [{"custom_id": ask.key, "params": request} for ask, request in chunk]
        try:
            made = self._client.with_options(max_retries=0).messages.batches.create(requests=requests)
        except APIStatusError as error:
            if error.status_code in MADE_NOTHING:
                self._store.withdraw(intent)
            raise
        except APIConnectionError as error:
            if isinstance(error.__cause__, httpx2.ConnectError):  # nobody was there
                self._store.withdraw(intent)
            raise
        self._store.sent(intent, made.id)

    def _create_smaller(self, chunk: Chunk, error: APIStatusError, bar: tqdm) -> None:
        if len(chunk) == 1:
            (ask, _), *_ = chunk
            self._store.refuse(ask.key, ask.about, ask.prompt_version, ask.model.name, said(error))
            self._failures[ask.key] = later(said(error))
            return
        half = len(chunk) // 2
        self._create(chunk[:half], bar)
        self._create(chunk[half:], bar)


def _worst(ask: Ask) -> float:
    return forecast.worst(ask.model.price, ask.tokens, ask.most_output) * prices.BATCH


def _chunks(asks: list[Ask]) -> Iterator[Chunk]:
    """As many at once as one call may hold."""
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
