"""Asks Claude one page a call, several calls at a time."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

from tqdm import tqdm

from vlm3_dataset.labels import forecast, prices
from vlm3_dataset.labels.asking import Ask, Failure, one_line, refused_picture
from vlm3_dataset.labels.prompts import VERSION
from vlm3_dataset.labels.store import Store

if TYPE_CHECKING:
    from anthropic import Anthropic

IN_FLIGHT = 8  # calls at once; a kill loses at most these, as the API has no idempotency key


class BudgetReached(Exception):
    """The next answer could cost more than was allowed."""


class Live:
    """Each answer is stored before it is looked into, and none is asked for beyond the budget.

    `max_usd` bounds what this run spends. Before a call its worst case is set aside; where that no longer fits, a call
    waits for those in flight, whose answers cost less than their worst case, and gives up when none is left.
    """

    def __init__(self, store: Store, client: "Anthropic", max_usd: float) -> None:
        self._store, self._client, self._left = store, client, max_usd
        self._in_flight = 0
        self._budget = threading.Condition()

    def send(self, asks: list[Ask]) -> dict[str, Failure]:
        """Whatever ends it early, Ctrl-C too, lets the calls in flight end and cancels the others."""
        failures: dict[str, Failure] = {}
        pool = ThreadPoolExecutor(IN_FLIGHT)
        try:
            futures = {pool.submit(self._pay_for, ask): ask for ask in asks}
            for future in tqdm(as_completed(futures), total=len(futures), desc="generate", unit="page"):
                if failure := _failure(future):
                    failures[futures[future].key] = failure
        finally:
            pool.shutdown(cancel_futures=True)
        return failures

    def _pay_for(self, ask: Ask) -> None:
        worst = forecast.worst(ask.model, ask.tokens)
        self._set_aside(worst)
        paid = 0.0
        try:
            # create, not parse: on a cut answer parse raises and the paid body is gone.
            body = self._client.messages.create(**ask.request()).model_dump(mode="json")
            paid = prices.cost(ask.model, body.get("usage") or {}, otherwise=worst)
            self._store.put(ask.key, ask.page.page_id, VERSION, body, paid)
        finally:
            with self._budget:
                self._in_flight -= 1
                self._left += worst - paid
                self._budget.notify_all()

    def _set_aside(self, worst: float) -> None:
        with self._budget:
            self._budget.wait_for(lambda: self._left >= worst or not self._in_flight)
            if self._left < worst:
                raise BudgetReached(f"${self._left:.4f} are left and an answer can cost ${worst:.4f}")
            self._left -= worst
            self._in_flight += 1


def _failure(future: Future[None]) -> Failure | None:
    """Only what the API or the budget says; a fault of ours ends the run."""
    from anthropic import AnthropicError, BadRequestError

    try:
        future.result()
    except BudgetReached as stop:
        return Failure(f"not asked, {stop}; raise --max-usd and run again")
    except BadRequestError as error:
        return refused_picture(str(error)) or _again(error)
    except AnthropicError as error:
        return _again(error)
    return None


def _again(error: Exception) -> Failure:
    return Failure(f"{one_line(str(error))}; run again to ask once more")
