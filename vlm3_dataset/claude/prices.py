"""Name the models that can be asked, and what their answers cost.

Prices are dollars per million tokens, as on Anthropic's price pages in October 2026.
"""

from dataclasses import dataclass
from math import floor, log10
from typing import Any

from vlm3_dataset.errors import Misused

MILLION = 1_000_000
BATCH = 0.5  # factor on the price for Message Batches


class NoPrice(Misused):
    """The table has no price for a model."""


@dataclass(frozen=True, slots=True)
class Price:
    fresh: float  # input that was neither read from the cache nor written to it
    output: float  # thinking is billed as output
    cache_read: float
    cache_write: float  # kept for 5 minutes


@dataclass(frozen=True, slots=True)
class Model:
    """A model and its price. `has_schema`: its server enforces a JSON schema; others are asked for JSON in words."""

    name: str
    price: Price
    has_schema: bool = True
    base_url: str | None = None  # of a server of one's own; None: as the environment says


PRICES = {
    "claude-haiku-5-5": Price(0.10, 0.50, 0.01, 0.125),
    "claude-sonnet-5-5": Price(2, 10, 0.20, 2.50),
    "claude-opus-5-5": Price(4, 20, 0.20, 5),
}


CHEAPEST = "claude-haiku-5-5"


def known(name: str) -> Price | None:
    """Return the price of a model by the table, in which dated names share one price; None for an unknown one."""
    return next((rate for model, rate in PRICES.items() if name == model or name.startswith(f"{model}-")), None)


def named(name: str, price: Price | None = None, *, has_schema: bool = True, option: str = "--price") -> Model:
    """Return a model at the price that is given, by this option of the command line, else at the table's.

    Raises:
        NoPrice: the table has no such model; a bill that cannot be estimated must not begin.
    """
    rate = price or known(name)
    if rate is None:
        raise NoPrice(f"no price is known for {name}; give one with {option} IN,OUT (known are {', '.join(PRICES)})")
    return Model(name, rate, has_schema)


def money(usd: float) -> str:
    """Format dollars with as many decimals as they need: $8.60, $0.43, $0.0043."""
    decimals = 2 if usd == 0 or abs(usd) >= 0.1 else 1 - floor(log10(abs(usd)))
    return f"${usd:,.{decimals}f}"


def flat(fresh: float, output: float) -> Price:
    """Return the price of a server that has no cache, or bills it like any input."""
    return Price(fresh, output, fresh, fresh)


FREE = flat(0, 0)  # what a server of one's own costs, unless somebody says otherwise


def cost(rate: Price, usage: dict[str, Any], otherwise: float) -> float:
    """Return the dollars of one answer by the `usage` of its body; `otherwise` where a server leaves that out."""
    if usage.get("input_tokens") is None or usage.get("output_tokens") is None:
        return otherwise
    return (
        usage["input_tokens"] * rate.fresh
        + usage["output_tokens"] * rate.output
        + (usage.get("cache_read_input_tokens") or 0) * rate.cache_read
        + (usage.get("cache_creation_input_tokens") or 0) * rate.cache_write
    ) / MILLION
