"""What the server was sent as batches: found again after a kill, waited for, and taken in.

Before anything else is asked, live or not: what is on its way would be paid for twice.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import Any

import httpx2
from anthropic import Anthropic, APIConnectionError, NotFoundError
from tqdm import tqdm

from vlm3_dataset.claude import prices
from vlm3_dataset.claude.asking import Ask, Failure, later, one_line, refused
from vlm3_dataset.claude.cache import Intent, Pages, Store
from vlm3_dataset.claude.prices import NoPrice, named

WAITS = (0.5, 1, 2, 5, 10, 20, 30)  # seconds between two looks at a batch, the last one for ever
ATTEMPTS = 6  # at reading the results of one batch over a line that breaks
CLOCKS_APART = timedelta(minutes=10)  # ours and the server's
SHOWN_AFTER = timedelta(minutes=1)  # the server may still be making what a killed run had just sent

Asks = dict[str, Ask]  # by key; what an earlier run has asked may not be among them


class PendingBatches:
    """`failures`: what has no answer, by key."""

    def __init__(self, store: Store, client: Anthropic) -> None:
        self._store, self._client = store, client
        self.failures: dict[str, Failure] = {}

    def collect(self, asks: list[Ask]) -> dict[str, Failure]:
        """Takes in what earlier runs have sent, which they were allowed to; returns what is refused for good.

        Raises anthropic.APIError where the server cannot be asked.
        """
        with tqdm(desc="collect", unit="answer") as bar:
            self.adopt(bar)
            self.drain({ask.key: ask for ask in asks}, bar)
        return {key: failure for key, failure in self.failures.items() if failure.final}

    def adopt(self, bar: tqdm) -> bool:
        """Finds the batches that were made and never recorded; True if there was one.

        An intent is withdrawn only once the server has had time to show what it made of it.
        """
        found = False
        for intent in self._store.intents():
            while (mine := self._made_of(intent, bar)) is None and datetime.now(UTC) < intent.at + SHOWN_AFTER:
                bar.set_postfix_str("looking whether a batch was made before the last run ended")
                time.sleep(WAITS[0])
            if mine is None:
                self._store.withdraw(intent.id)
            else:
                self._store.sent(intent.id, mine)
                found = True
        return found

    def drain(self, asks: Asks, bar: tqdm) -> float:
        """Stores what has been answered; returns what it cost, in dollars."""
        paid = 0.0
        for batch_id, sent in self._store.open_batches().items():
            try:
                self._wait(batch_id, bar)
                paid += self._take_all(batch_id, sent, asks, bar)
            except NotFoundError:
                tqdm.write(f"batch {batch_id} is gone from the server, which keeps results for 29 days; asked again")
            self._store.close_batch(batch_id)
        return paid

    def _made_of(self, intent: Intent, bar: tqdm) -> str | None:
        """The batch of this intent, by when it was made, how many it asks, and its first result."""
        known = self._store.batches()
        of_its_size = (each for each in self._since(intent.at) if _size(each) == len(intent.pages))
        return next((each.id for each in of_its_size if each.id not in known and self._is(each.id, intent, bar)), None)

    def _since(self, at: datetime) -> Iterator[Any]:
        for batch in self._client.messages.batches.list(limit=100):  # the newest first
            if batch.created_at < at - CLOCKS_APART:
                return
            yield batch

    def _is(self, batch_id: str, intent: Intent, bar: tqdm) -> bool:
        """Somebody else's batch of the same size shows by its first result."""
        self._wait(batch_id, bar)
        result = next(self._results(batch_id), None)
        return result is not None and result.custom_id in intent.pages

    def _wait(self, batch_id: str, bar: tqdm) -> None:
        for pause in chain(WAITS, repeat(WAITS[-1])):
            batch = self._client.messages.batches.retrieve(batch_id)
            if batch.processing_status == "ended":
                return
            bar.set_postfix_str(f"batch: {batch.request_counts.processing} of {_size(batch)} still to be answered")
            time.sleep(pause)

    def _take_all(self, batch_id: str, sent: Pages, asks: Asks, bar: tqdm) -> float:
        """What is in the store was taken in before the line broke, or before a run was killed."""
        paid = 0.0
        for result in self._results(batch_id):
            key = result.custom_id
            if key in sent and not self._store.has(key):
                paid += self._take(result, sent[key], asks.get(key))
                bar.set_postfix_str(f"${paid:.2f} paid")
                bar.update()
        return paid

    def _results(self, batch_id: str) -> Iterator[Any]:
        """All results, from the first again where the line breaks: some come twice then, none is missing."""
        for attempt in range(ATTEMPTS):
            try:
                yield from self._client.messages.batches.results(batch_id)
            except (httpx2.TransportError, ValueError) as error:  # the SDK passes on what breaks inside a stream
                if attempt == ATTEMPTS - 1:
                    raise APIConnectionError(message="the results broke off", request=None) from error
                time.sleep(WAITS[0])
            else:
                return

    def _take(self, result: Any, about: str, ask: Ask | None) -> float:
        key, came = result.custom_id, result.result
        if came.type == "succeeded":
            body = came.message.model_dump(mode="json")
            paid = _cost(body, ask)
            self._store.put(key, about, ask.prompt_version if ask else "", body, paid)
            return paid
        if came.type == "errored":
            said = one_line(came.error.error.message)
            self.failures[key] = refused(400, said) or later(said)
        else:
            self.failures[key] = later(f"the batch {came.type} before its turn")
        return 0.0


def _cost(body: dict[str, Any], ask: Ask | None) -> float:
    """Of an answer that an earlier run has asked for, by the table: which price that run was given is not known."""
    try:
        rate = (ask.model if ask else named(body["model"])).price
    except NoPrice as error:
        tqdm.write(f"an answer is counted as free: {error}")
        return 0.0
    return prices.cost(rate, body.get("usage") or {}, otherwise=0.0) * prices.BATCH


def _size(batch: Any) -> int:
    counts = batch.request_counts
    return counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
