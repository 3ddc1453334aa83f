"""What a run may still spend. Nothing is asked for whose worst case no longer fits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from vlm3_dataset.claude.prices import money


class BudgetReached(Exception):
    """The next answer could cost more than is left."""


@dataclass(slots=True)
class Budget:
    """Dollars, shared by everything that one run sends."""

    left: float

    def too_dear(self, worst: float) -> str:
        """Why a request is not sent, and what to do."""
        left = f"{money(self.left)} are left and an answer can cost {money(worst)}"
        return f"not asked, {left}; raise --max-usd and run again"


@dataclass(slots=True)
class Bill:
    """Of one call."""

    paid: float = 0.0  # dollars


class BudgetReservation:
    """Pays for calls that run at the same time.

    Of a call in flight the worst case is set aside; what it does not cost comes back. So a small budget is spent and
    not thrown away: a call that does not fit waits for those in flight, and gives up when none is left.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._in_flight = 0
        self._settled = asyncio.Condition()

    @asynccontextmanager
    async def pays(self, worst: float) -> AsyncIterator[Bill]:
        """Around one call, which writes what it came to into the bill. Raises BudgetReached."""
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
