"""Find batches again after a kill, wait for them, and store their results.

This happens before anything else is asked, live or not: what is still on its way would be paid for twice.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, repeat
from typing import Any, TypeVar

import httpx2
from anthropic import Anthropic, APIConnectionError, APIStatusError, NotFoundError
from tqdm import tqdm

from vlm3_dataset.claude import pace, prices, refusals
from vlm3_dataset.claude.asking import Ask, Failure, later
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Intent, Pages, Store
from vlm3_dataset.claude.prices import NoPrice, money, named
from vlm3_dataset.claude.refusals import one_line

WAITS = (0.5, 1, 2, 5, 10, 20, 30)  # seconds between two looks at a batch; the last one repeats
PATIENCE = timedelta(hours=12)  # with a server that cannot be reached; a batch lives for 24 hours
ATTEMPTS = 6  # at reading results that break off or are incomplete
CLOCKS_APART = timedelta(minutes=10)  # at most, ours and the server's
LONGEST_CALL = timedelta(minutes=10)  # that sends a batch; the SDK gives up after it
SHOWN_AFTER = timedelta(minutes=1)  # the server may still be creating what a killed run had just sent

Asks = dict[str, Ask]  # by key; requests of an earlier run may be missing
Came = TypeVar("Came")


class BrokenOff(APIConnectionError):
    """The results of a batch ended before its last one."""


class PendingBatches:
    """The batches on their way. `failures` has the requests without an answer, by key."""

    def __init__(self, store: Store, client: Anthropic, budget: Budget) -> None:
        self._store, self._client, self._budget = store, client, budget
        self._looks = client.with_options(max_retries=0).messages.batches  # _outlast tries again, for longer
        self.failures: dict[str, Failure] = {}
        self.paid = 0.0  # dollars

    def collect(self, asks: list[Ask]) -> None:
        """Store the results of the batches that are on their way; their cost was agreed to when they were sent.

        Raises anthropic.APIError where the server cannot be asked.
        """
        with tqdm(desc="collect", unit="answer") as bar:
            self.adopt(bar)
            self.drain({ask.key: ask for ask in asks}, bar)

    def adopt(self, bar: tqdm) -> bool:
        """Find batches that were created and never recorded; return True if there was one.

        An intent is withdrawn only after the server has had time to list its batch.
        """
        found = False
        for intent in self._store.intents():
            while (mine := self._made_of(intent, bar)) is None and datetime.now(UTC) < intent.at + SHOWN_AFTER:
                bar.set_postfix_str("looking whether a batch was made before the last run ended")
                time.sleep(WAITS[0])
            if mine is None:
                self.withdraw(intent.id, intent.pages)
            else:
                self._store.sent(intent.id, mine)
                found = True
        return found

    def withdraw(self, intent: int, pages: Pages) -> None:
        """Forget an intent of which the server made no batch, and what was reserved for it."""
        self._store.withdraw(intent)
        for key in pages:
            self._budget.settle(key, 0.0)

    def drain(self, asks: Asks, bar: tqdm) -> None:
        """Wait for all open batches and store their results. A batch is closed once every result is stored."""
        for batch_id, sent in self._store.open_batches().items():
            try:
                self._wait(batch_id, bar)
                self._outlast(batch_id, bar, partial(self._take_all, batch_id, sent, asks, bar))
            except NotFoundError:
                tqdm.write(f"batch {batch_id} is gone from the server, which keeps results for 29 days; asked again")
            self._store.close_batch(batch_id)

    def _made_of(self, intent: Intent, bar: tqdm) -> str | None:
        """Return the id of this intent's batch, known by its time, its number of requests and its first result.

        One of that time and size that has not ended is waited for, whosever it is: only its results tell.
        """
        known, alike = self._store.batches(), []
        for batch in self._client.messages.batches.list(limit=100):  # the newest first
            if batch.created_at < intent.at - CLOCKS_APART:
                break
            is_too_late = batch.created_at > intent.at + LONGEST_CALL + CLOCKS_APART
            if not is_too_late and _size(batch) == len(intent.pages) and batch.id not in known:
                alike.append(batch)
        alike.sort(key=lambda batch: batch.processing_status != "ended")  # ours may be one that needs no waiting
        return next((batch.id for batch in alike if self._is(batch.id, intent, bar)), None)

    def _is(self, batch_id: str, intent: Intent, bar: tqdm) -> bool:
        """Return whether a batch is this intent's: its first result tells it from another of the same size."""
        self._wait(batch_id, bar)
        first = self._outlast(batch_id, bar, lambda: next(iter(self._looks.results(batch_id)), None))
        return first is not None and first.custom_id in intent.pages

    def _wait(self, batch_id: str, bar: tqdm) -> None:
        for pause in chain(WAITS, repeat(WAITS[-1])):
            batch = self._outlast(batch_id, bar, lambda: self._looks.retrieve(batch_id))
            if batch.processing_status == "ended":
                return
            bar.set_postfix_str(f"batch: {batch.request_counts.processing} of {_size(batch)} still to be answered")
            time.sleep(pause)

    def _outlast(self, batch_id: str, bar: tqdm, look: Callable[[], Came]) -> Came:
        """Return what `look` returns, retrying for hours: a batch lives on while its server cannot be reached.

        Raises:
            BrokenOff: the results were read too often, and never to the end.
            anthropic.APIError: the server refuses, or was away for too long.
        """
        began, broken = time.monotonic(), 0
        for pause in chain(WAITS, repeat(WAITS[-1])):
            try:
                return look()
            except (httpx2.TransportError, ValueError, APIConnectionError) as error:
                broken += not isinstance(error, APIConnectionError) or isinstance(error, BrokenOff)
                is_over, message = broken == ATTEMPTS, one_line(str(error))
            except APIStatusError as error:
                if error.status_code not in pace.BUSY:
                    raise
                is_over, message = False, f"the server says {error.status_code}"
            if is_over or time.monotonic() - began > PATIENCE.total_seconds():
                raise BrokenOff(message=f"{message} (batch {batch_id})", request=None)
            bar.set_postfix_str(f"{message}; batch {batch_id} lives, looking again in {pause:.0f} s")
            time.sleep(pause)
        raise AssertionError("unreachable: the pauses have no end")

    def _take_all(self, batch_id: str, sent: Pages, asks: Asks, bar: tqdm) -> None:
        """Store the results of one batch, except those that an earlier attempt has stored.

        Raises BrokenOff where results are missing: a stream may end early and look complete.
        """
        seen = set()
        for result in self._looks.results(batch_id):
            key = result.custom_id
            seen.add(key)
            if key in sent and not self._store.has(key):
                self._take(result, sent[key], asks.get(key))
                bar.set_postfix_str(f"{money(self.paid)} paid")
                bar.update()
        if missing := [key for key in sent if key not in seen and not self._store.has(key)]:
            raise BrokenOff(message=f"{len(missing)} of {len(sent)} results are missing", request=None)

    def _take(self, result: Any, about: str, ask: Ask | None) -> None:
        key, outcome = result.custom_id, result.result
        version, paid = ask.prompt_version if ask else "", 0.0
        if outcome.type == "succeeded":
            body = outcome.message.model_dump(mode="json")
            paid = _cost(body, ask)
            self._store.put(key, about, version, body, paid)
            self.paid += paid
        elif outcome.type == "errored":
            message = one_line(outcome.error.error.message)
            status = refusals.STATUS.get(outcome.error.error.type, 500)
            if refusals.about(status, message) == "request":
                self._store.refuse(key, about, version, ask.model.name if ask else "", message)
            self.failures[key] = later(message)
        else:
            self.failures[key] = later(f"the batch {outcome.type} before its turn")
        self._budget.settle(key, paid)


def _cost(body: dict[str, Any], ask: Ask | None) -> float:
    """Return the dollars of an answer; for a request of an earlier run, whose price is unknown, by the price table."""
    try:
        rate = (ask.model if ask else named(body["model"])).price
    except NoPrice as error:
        tqdm.write(f"an answer is counted as free: {error}")
        return 0.0
    return prices.cost(rate, body.get("usage") or {}, otherwise=0.0) * prices.BATCH


def _size(batch: Any) -> int:
    counts = batch.request_counts
    return counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
