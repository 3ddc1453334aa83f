"""Asks Claude one thing a call, many calls at a time, at the pace that the server allows."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from anthropic import AnthropicError, APIConnectionError, APIStatusError, APITimeoutError, AsyncAnthropic
from tqdm import tqdm

from vlm3_dataset.claude import forecast, pace, prices
from vlm3_dataset.claude.asking import Ask, Failure, refused, said, try_again
from vlm3_dataset.claude.budget import Budget, BudgetReached, BudgetReservation
from vlm3_dataset.claude.cache import Store

IN_FLIGHT = 32  # calls at once; a kill loses at most these, as the API has no idempotency key
ATTEMPTS = 6  # at one request, where the server is busy or the line breaks
HOPELESS = frozenset({401, 403, 404})  # a key or a model that is wrong for one request is wrong for all


class TornAnswer(AnthropicError):
    """A body that is not whole."""


class Live:
    """Each answer is stored before it is looked into, and none is asked for beyond the budget.

    Whatever ends it early, Ctrl-C too, lets the calls in flight end, and asks for no other.
    """

    def __init__(self, store: Store, connect: Callable[[], AsyncAnthropic], budget: Budget, title: str) -> None:
        self._store, self._connect, self._budget, self._title = store, connect, budget, title
        self._failures: dict[str, Failure] = {}

    def send(self, asks: list[Ask]) -> dict[str, Failure]:
        """Why there is no answer, by key; the others are in the store."""
        asyncio.run(self._send(deque(asks)))
        return self._failures

    async def _send(self, queue: deque[Ask]) -> None:
        with tqdm(total=len(queue), desc=self._title, unit="answer") as bar:
            async with self._connect() as client:
                line = Line(client, BudgetReservation(self._budget), pace.Pace(), bar)
                workers = [asyncio.create_task(self._work(queue, line)) for _ in range(min(IN_FLIGHT, len(queue)))]
                try:
                    await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
                finally:  # Ctrl-C cancels the waiting, never a call that is being paid for
                    queue.clear()
                    await asyncio.wait(workers)
                for worker in workers:
                    worker.result()

    async def _work(self, queue: deque[Ask], line: "Line") -> None:
        """Takes one request after another until none is left."""
        while queue:
            ask = queue.popleft()
            try:
                await self._pay_for(ask, line)
            except BudgetReached as stop:
                self._failures[ask.key] = Failure(str(stop))
            except APIStatusError as error:
                self._failures[ask.key] = refused(error.status_code, said(error)) or try_again(error)
                if error.status_code in HOPELESS:
                    self._failures.update((rest.key, try_again(error)) for rest in queue)
                    queue.clear()
            except AnthropicError as error:
                self._failures[ask.key] = try_again(error)
            line.bar.set_postfix_str(f"${self._budget.left:.2f} left")
            line.bar.update()

    async def _pay_for(self, ask: Ask, line: "Line") -> None:
        """Pictures are read and answers are stored in threads, so that no call waits for a disk."""
        worst = forecast.worst(ask.model.price, ask.tokens, ask.most_output)
        async with line.reservation.pays(worst) as bill:
            body = await line.answer(await asyncio.to_thread(ask.request))
            bill.paid = prices.cost(ask.model.price, body.get("usage") or {}, otherwise=worst)
            await asyncio.to_thread(self._store.put, ask.key, ask.about, ask.prompt_version, body, bill.paid)


class Line:
    """What the calls of one run share: the connections, the reservation, the pace and the progress bar."""

    def __init__(self, client: AsyncAnthropic, reservation: BudgetReservation, gate: pace.Pace, bar: tqdm) -> None:
        self._client, self._gate = client, gate
        self.reservation, self.bar = reservation, bar

    async def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The body as it came.

        A call that timed out is not made again by itself: the server went on with it, and bills it.

        Raises:
            AnthropicError: the server refuses, or was busy too often.
        """
        for attempt in range(ATTEMPTS - 1):
            try:
                return await self._once(request)
            except APITimeoutError:
                raise
            except (APIConnectionError, TornAnswer):
                await asyncio.sleep(pace.after_refusal({}, attempt, _now()))
            except APIStatusError as error:
                if error.status_code not in pace.BUSY:
                    raise
                await self._wait(error, attempt)
        return await self._once(request)

    async def _once(self, request: dict[str, Any]) -> dict[str, Any]:
        """create, not parse: on a cut answer parse raises and the paid body is gone."""
        await self._gate.turn()
        answer = await self._client.messages.with_raw_response.create(**request)
        self._gate.hold(pace.after_answer(answer.headers, _now()))
        try:
            return json.loads(await answer.read())
        except ValueError as error:
            raise TornAnswer("the server's answer is not whole") from error

    async def _wait(self, error: APIStatusError, attempt: int) -> None:
        seconds = pace.after_refusal(error.response.headers, attempt, _now())
        if error.status_code not in pace.FOR_ALL:
            await asyncio.sleep(seconds)
            return
        self.bar.set_postfix_str(f"the server says {error.status_code}, all wait for {seconds:.0f} s")
        self._gate.hold(seconds)


def _now() -> datetime:
    return datetime.now(UTC)
