"""Asks Claude by Message Batches: half the price, and nothing paid for twice whatever is killed when.

A batch that was made and not recorded would be paid for again. So what is about to be sent is written down first; where
a run ends before the batch's id is, the next one looks for it among the server's batches.
"""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate, chain, repeat
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from vlm3_dataset.labels import forecast, prices
from vlm3_dataset.labels.asking import Ask, Failure, one_line, refused_picture
from vlm3_dataset.labels.prompts import VERSION
from vlm3_dataset.labels.store import Intent, Store

if TYPE_CHECKING:
    from anthropic import Anthropic

MOST_REQUESTS = 10_000  # the API takes 100,000
MOST_BYTES = 64 * 2**20  # the API takes 256 MB, but what is being sent is in memory three times
WAITS = (0.5, 1, 2, 5, 10, 20, 30)  # seconds between two looks at a batch, the last one for ever
CLOCKS_APART = timedelta(minutes=10)  # ours and the server's

Request = dict[str, Any]


class Batches:
    """`max_usd` bounds what this run sends: a request goes out only where its worst case still fits."""

    def __init__(self, store: Store, client: "Anthropic", max_usd: float) -> None:
        self._store, self._client, self._left = store, client, max_usd
        self._failures: dict[str, Failure] = {}

    def collect(self, asks: list[Ask]) -> dict[str, Failure]:
        """Takes in what earlier runs have sent, which they were allowed to; returns what is refused for good.

        Before anything is sent, live or not: what is on its way would be paid for twice. Raises anthropic.APIError.
        """
        with tqdm(desc="collect", unit="page") as bar:
            self._adopt(bar)
            self._drain({ask.key: ask.model for ask in asks}, bar)
        return {key: failure for key, failure in self._failures.items() if failure.final}

    def send(self, asks: list[Ask]) -> dict[str, Failure]:
        """Raises anthropic.APIError where the server cannot be asked."""
        rest, models = asks, {ask.key: ask.model for ask in asks}
        with tqdm(total=len(asks), desc="generate", unit="page") as bar:
            while rest and (affordable := self._affordable(rest)):
                for chunk in _chunks(affordable):
                    self._create(chunk)
                self._left -= self._drain(models, bar)
                rest = rest[len(affordable) :]
        return self._failures | {ask.key: self._too_dear(ask) for ask in rest}

    def _affordable(self, asks: list[Ask]) -> list[Ask]:
        """The first of them, as long as the worst cases of all together fit."""
        costs = accumulate(map(_worst, asks))
        return [ask for ask, cost in zip(asks, costs, strict=True) if cost <= self._left]

    def _too_dear(self, ask: Ask) -> Failure:
        left = f"${self._left:.4f} are left and an answer can cost ${_worst(ask):.4f}"
        return Failure(f"not asked, {left}; raise --max-usd and run again")

    def _create(self, chunk: list[tuple[Ask, Request]]) -> None:
        """The SDK must not try again by itself: without an idempotency key that would be a second batch."""
        from anthropic import APIStatusError

        intent = self._store.intend({ask.key: ask.page.page_id for ask, _ in chunk})
        requests = [{"custom_id": ask.key, "params": request} for ask, request in chunk]
        try:
            made = self._client.with_options(max_retries=0).messages.batches.create(requests=requests)
        except APIStatusError as error:
            if error.status_code < 500:  # the server has looked at it and made nothing
                self._store.withdraw(intent)
            raise
        self._store.sent(intent, made.id)

    def _adopt(self, bar: tqdm) -> None:
        """Finds the batches that were made and never recorded, by when they were made and how many they ask."""
        for intent in self._store.intents():
            known = self._store.batches()
            of_its_size = (each for each in self._since(intent.at) if _size(each) == len(intent.pages))
            mine = next(
                (each.id for each in of_its_size if each.id not in known and self._is(each.id, intent, bar)), None
            )
            if mine is None:
                self._store.withdraw(intent.id)
            else:
                self._store.sent(intent.id, mine)

    def _since(self, at: datetime) -> Iterator[Any]:
        for batch in self._client.messages.batches.list(limit=100):  # the newest first
            if batch.created_at < at - CLOCKS_APART:
                return
            yield batch

    def _is(self, batch_id: str, intent: Intent, bar: tqdm) -> bool:
        """Somebody else's batch of the same size shows by its first result."""
        self._wait(batch_id, bar)
        result = next(iter(self._client.messages.batches.results(batch_id)), None)
        return result is not None and result.custom_id in intent.pages

    def _drain(self, models: dict[str, str], bar: tqdm) -> float:
        """Stores what has been answered; returns what it cost, in dollars."""
        from anthropic import NotFoundError

        paid = 0.0
        for batch_id, sent in self._store.open_batches().items():
            try:
                self._wait(batch_id, bar)
                for result in self._client.messages.batches.results(batch_id):
                    if result.custom_id in sent:
                        paid += self._take(result, sent[result.custom_id], models)
                        bar.update()
            except NotFoundError:
                tqdm.write(f"batch {batch_id} is gone from the server, which keeps results for 29 days; asked again")
            self._store.close_batch(batch_id)
        return paid

    def _wait(self, batch_id: str, bar: tqdm) -> None:
        for pause in chain(WAITS, repeat(WAITS[-1])):
            batch = self._client.messages.batches.retrieve(batch_id)
            if batch.processing_status == "ended":
                return
            bar.set_postfix_str(f"batch: {batch.request_counts.processing} of {_size(batch)} still to be answered")
            time.sleep(pause)

    def _take(self, result: Any, page_id: str, models: dict[str, str]) -> float:
        key, came = result.custom_id, result.result
        if came.type == "succeeded":
            body = came.message.model_dump(mode="json")
            model = models.get(key) or body["model"]
            paid = prices.cost(model, body.get("usage") or {}, otherwise=0.0) * prices.BATCH
            self._store.put(key, page_id, VERSION, body, paid)
            return paid
        if came.type == "errored":
            said = one_line(came.error.error.message)
            self._failures[key] = refused_picture(said) or Failure(f"{said}; run again to ask once more")
        else:
            self._failures[key] = Failure(f"the batch {came.type} before its turn; run again to ask once more")
        return 0.0


def _worst(ask: Ask) -> float:
    return forecast.worst(ask.model, ask.tokens) * prices.BATCH


def _size(batch: Any) -> int:
    counts = batch.request_counts
    return counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired


def _chunks(asks: list[Ask]) -> Iterator[list[tuple[Ask, Request]]]:
    """As many at once as one call may hold."""
    chunk: list[tuple[Ask, Request]] = []
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
