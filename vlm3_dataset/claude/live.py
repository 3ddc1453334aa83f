"""Ask Claude live: one request a call, many calls at a time, at the pace that the server allows."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2
from anthropic import AnthropicError, APIConnectionError, APIStatusError, APITimeoutError, AsyncAnthropic
from tqdm import tqdm

from vlm3_dataset.claude import forecast, pace, prices, refusals, replies
from vlm3_dataset.claude.asking import Ask, Failure, later
from vlm3_dataset.claude.budget import Budget, BudgetReached, BudgetReservation
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.prices import money
from vlm3_dataset.claude.refusals import message_of

IN_FLIGHT = 32  # calls at once; a kill loses at most these, as the API has no idempotency key
ATTEMPTS = 6  # at one request, where the server is busy or the line breaks
PERHAPS_BILLED = frozenset({408, 500, 502, 504})  # the server may have answered, and the answer was lost
NOBODY_THERE = (httpx2.ConnectError, httpx2.ConnectTimeout)


class NoMessage(AnthropicError):
    """The body of an answer is not complete, or is no message, whatever its status says."""


class Live:
    """Sends requests live; stores each answer before it is parsed, and sends nothing beyond the budget.

    If it is ended early, also by Ctrl-C, the calls in flight are finished, and whoever waits to make one is cancelled.
    """

    def __init__(self, store: Store, connect: Callable[[], AsyncAnthropic], budget: Budget, title: str) -> None:
        self._store, self._connect, self._budget, self._title = store, connect, budget, title
        self._queue: deque[Ask] = deque()
        self._failures: dict[str, Failure] = {}
        self._ends = False
        self._paying: set[asyncio.Task[None] | None] = set()  # workers with a call in flight

    def send(self, asks: list[Ask]) -> dict[str, Failure]:
        """Send the requests; return the failures by key. The answers are in the store.

        Raises anthropic.APIStatusError where a refusal concerns all of them.
        """
        self._queue.extend(asks)
        asyncio.run(self._send())
        return self._failures

    async def _send(self) -> None:
        count = len(self._queue)
        with tqdm(total=count, desc=self._title, unit="answer") as bar:
            async with self._connect() as client:
                line = Line(client, BudgetReservation(self._budget), pace.Pace(), bar)
                workers = [asyncio.create_task(self._work(line)) for _ in range(min(IN_FLIGHT, count))]
                try:
                    await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
                finally:  # Ctrl-C cancels the waiting, never a call that is being paid for
                    self._ends = True
                    for worker in set(workers) - self._paying:
                        worker.cancel()
                    await asyncio.wait(workers)
                for worker in workers:
                    if not worker.cancelled():
                        worker.result()  # raises what one of them did

    async def _work(self, line: "Line") -> None:
        """Send one request after another until none is left."""
        while self._queue and not self._ends:
            ask = self._queue.popleft()
            try:
                await self._pay_for(ask, line)
            except BudgetReached as stop:
                self._failures[ask.key] = Failure(str(stop))
            except APIStatusError as error:
                message = message_of(error)
                concerned = refusals.about(error.status_code, message)
                if concerned == "everything":
                    raise
                if concerned == "moment":
                    self._failures[ask.key] = later(message)
                elif not self._store.refuse(ask.key, ask.about, ask.prompt_version, ask.model.name, message):
                    self._queue.append(ask)  # again, behind the others
            except AnthropicError as error:
                self._failures[ask.key] = later(message_of(error))
            line.bar.set_postfix_str(f"{money(self._budget.left)} left")
            line.bar.update(bool(self._store.has(ask.key) or ask.key in self._failures))

    async def _pay_for(self, ask: Ask, line: "Line") -> None:
        """Send one request until it is answered, reading pictures and storing answers off the event loop.

        A call that timed out is not repeated: the server went on with it, and bills it.

        Raises:
            BudgetReached: the next attempt could cost more than is left.
            AnthropicError: the server refuses, or was busy too often.
        """
        request = await asyncio.to_thread(ask.request)
        for attempt in range(ATTEMPTS - 1):
            try:
                return await self._pay_once(ask, request, line)
            except APITimeoutError:
                raise
            except (APIConnectionError, NoMessage):
                await asyncio.sleep(pace.after_refusal({}, attempt, _now()))
            except APIStatusError as error:
                if error.status_code not in pace.BUSY:
                    raise
                await line.wait(error, attempt)
        return await self._pay_once(ask, request, line)

    async def _pay_once(self, ask: Ask, request: dict[str, Any], line: "Line") -> None:
        """Make one attempt. A lost answer that may have been billed counts at its worst case."""
        worst = forecast.worst(ask.model.price, ask.tokens, ask.most_output)
        async with line.reservation.pays(worst) as bill, self._in_flight(line):
            try:
                body = await line.answer(request)
            except AnthropicError as error:
                if isinstance(error, APIStatusError):
                    may_be_billed = error.status_code in PERHAPS_BILLED
                else:
                    may_be_billed = isinstance(error, NoMessage) or not isinstance(error.__cause__, NOBODY_THERE)
                if may_be_billed:
                    bill.paid = worst
                    await asyncio.to_thread(self._store.lose, ask.key, worst)
                raise
            bill.paid = prices.cost(ask.model.price, body.get("usage") or {}, otherwise=worst)
            await asyncio.to_thread(self._store.put, ask.key, ask.about, ask.prompt_version, body, bill.paid)

    @asynccontextmanager
    async def _in_flight(self, line: "Line") -> AsyncIterator[None]:
        """Wait for a turn, and keep the call that follows from being cancelled; it is the last one if the run ends."""
        await line.turn()
        worker = asyncio.current_task()
        self._paying.add(worker)
        try:
            yield
        finally:
            self._paying.remove(worker)
            if self._ends:
                raise asyncio.CancelledError


class Line:
    """What the calls of one run share: the connections, the reservation, the pace and the progress bar."""

    def __init__(self, client: AsyncAnthropic, reservation: BudgetReservation, gate: pace.Pace, bar: tqdm) -> None:
        self._client, self._gate = client, gate
        self.reservation, self.bar = reservation, bar

    async def turn(self) -> None:
        await self._gate.turn()

    async def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the body as it came, by `create`: `parse` raises on a cut answer, and the paid body is lost."""
        answer = await self._client.messages.with_raw_response.create(**request)
        self._gate.hold(pace.after_answer(answer.headers, _now()))
        try:
            body = json.loads(await answer.read())
        except ValueError as error:
            raise NoMessage("the server's answer is not whole") from error
        if not replies.is_message(body):
            raise NoMessage(f"what the server sends is no message: {json.dumps(body)}")
        return body

    async def wait(self, error: APIStatusError, attempt: int) -> None:
        seconds = pace.after_refusal(error.response.headers, attempt, _now())
        if error.status_code not in pace.FOR_ALL:
            await asyncio.sleep(seconds)
            return
        self.bar.set_postfix_str(f"the server says {error.status_code}, all wait for {seconds:.0f} s")
        self._gate.hold(seconds)


def _now() -> datetime:
    return datetime.now(UTC)
