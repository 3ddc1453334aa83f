"""Hold a run to its budget: a request whose worst case no longer fits is not sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from vlm3_dataset.claude.prices import money


class BudgetReached(Exception):
    """The next answer could cost more than is left."""


@dataclass(slots=True)
class Budget:
    """The dollars that all requests of one run share."""

    left: float
    _reserved: dict[str, float] = field(default_factory=dict, init=False)  # for requests in batches, by key

    def reserve(self, key: str, worst: float) -> None:
        """Take the worst case of a request from what is left, before it goes out in a batch."""
        self.left -= worst
        self._reserved[key] = worst

    def settle(self, key: str, paid: float) -> None:
        """Give back what a request did not cost. One that an earlier run has sent was paid by that run's budget."""
        self.left += self._reserved.pop(key, paid) - paid

    def too_dear(self, worst: float) -> str:
        """Return the line that says why a request is not sent, and what to do."""
        left = f"{money(self.left)} are left and an answer can cost {money(worst)}"
        return f"not asked, {left}; raise --max-usd and run again"


@dataclass(slots=True)
class Bill:
    """What one call has cost."""

    paid: float = 0.0  # dollars


class BudgetReservation:
    """Reserves money for calls that run at the same time.

    A call in flight reserves its worst case, and gives back what it did not cost. So a small budget can be used up: a
    call that does not fit waits for those in flight, and gives up when none is left.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._in_flight = 0
        self._settled = asyncio.Condition()

    @asynccontextmanager
    async def pays(self, worst: float) -> AsyncIterator[Bill]:
        """Reserve the worst case around one call, which writes its real cost into the bill. Raises BudgetReached."""
        budget = self._budget
        async with self._settled:
            await self._settled.wait_for(lambda: budget.left >= worst or not self._in_flight)
            if budget.left < worst:
                raise BudgetReached(budget.too_dear(worst))
            budget.left -= worst
            self._in_flight += 1
        bill = Bill()
        try:
            yield bill
        finally:
            async with self._settled:
                budget.left += worst - bill.paid
                self._in_flight -= 1
                self._settled.notify_all()
