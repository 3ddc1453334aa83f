"""What an answer costs, in dollars per million tokens, as Anthropic's price pages had it in October 2026."""

from dataclasses import dataclass
from typing import Any

from vlm3_dataset.errors import Mendable

MILLION = 1_000_000
BATCH = 0.5  # of the price, for what is asked by Message Batches


class NoPrice(Mendable):
    """The table has no price for a model."""


@dataclass(frozen=True, slots=True)
class Price:
    fresh: float  # input that was neither read from the cache nor written to it
    output: float  # thinking is billed as output
    cache_read: float
    cache_write: float  # kept for 5 minutes


PRICES = {
    "claude-haiku-5-5": Price(0.10, 0.50, 0.01, 0.125),
    "claude-sonnet-5-5": Price(2, 10, 0.20, 2.50),
    "claude-opus-5-5": Price(4, 20, 0.20, 5),
}


def price(model: str) -> Price:
    """The price of a model, by its name or a dated form of it.

    Raises:
        NoPrice: a bill that cannot be reckoned must not begin.
    """
    for name, rate in PRICES.items():
        if model == name or model.startswith(f"{name}-"):
            return rate
    raise NoPrice(f"no price is known for {model}; known are {', '.join(PRICES)}")


def cost(model: str, usage: dict[str, Any], otherwise: float) -> float:
    """Dollars for one answer, from the `usage` block of its body; `otherwise` where a server leaves the counts out."""
    rate = price(model)
    if usage.get("input_tokens") is None or usage.get("output_tokens") is None:
        return otherwise
    return (
        usage["input_tokens"] * rate.fresh
        + usage["output_tokens"] * rate.output
        + (usage.get("cache_read_input_tokens") or 0) * rate.cache_read
        + (usage.get("cache_creation_input_tokens") or 0) * rate.cache_write
    ) / MILLION
