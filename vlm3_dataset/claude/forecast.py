"""Estimate what a run will cost, before anything is sent. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from vlm3_dataset.claude import prices, request, sizing
from vlm3_dataset.claude.prices import Price, money

LETTERS_A_TOKEN = 3.0  # of English with numbers; 4 are usual, and the newer tokenizer makes 30 % more
SCHEMA_TOKENS = 520  # of 1,553 characters
IMAGE_OVERHEAD = 40  # tokens, by a public measurement


@dataclass(frozen=True, slots=True)
class Forecast:
    """Tokens and dollars of all requests together."""

    requests: int
    input: int
    output: int
    live: float
    batch: float
    is_measured: bool = True  # from answers to the same prompt; before the first, the thinking is unknown
    pairs: int = 0  # expected in the answers, before they are checked; 0 where unknown

    def __str__(self) -> str:
        tokens = f"{self.input:,} tokens in, about {self.output:,} out"
        line = f"{self.requests:,} requests, {tokens}: {money(self.batch)} as a batch, {money(self.live)} live"
        line += "" if self.is_measured else ", without thinking, which the first answers will show"
        return f"{line}; about {self.pairs:,} pairs before they are checked" if self.pairs else line


def text_tokens(text: str) -> int:
    return ceil(len(text) / LETTERS_A_TOKEN)


def input_tokens(system: str, text: str, size: sizing.Size) -> int:
    """Return the input tokens of one request, rather too many than too few."""
    return size.tokens + IMAGE_OVERHEAD + SCHEMA_TOKENS + text_tokens(system + text)


def worst(rate: Price, tokens: float, output: int = request.MAX_TOKENS) -> float:
    """Return the dollars of a live request with the longest answer allowed, whose prompt is written to the cache."""
    return (tokens * max(rate.fresh, rate.cache_write) + output * rate.output) / prices.MILLION


def forecast(rate: Price, tokens: Sequence[float], usual_output: float, cached: float = 0.0) -> Forecast:
    """Return the forecast. `tokens` has the input of each request; `cached` of each come from the server's cache."""
    output = round(len(tokens) * usual_output)
    saved = len(tokens) * cached * (rate.fresh - rate.cache_read)
    live = (sum(tokens) * rate.fresh - saved + output * rate.output) / prices.MILLION
    return Forecast(len(tokens), round(sum(tokens)), output, live, live * prices.BATCH)
