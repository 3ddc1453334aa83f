"""What a run will cost, before anything is sent. Pure."""

from dataclasses import dataclass
from math import ceil

from vlm3_dataset.claude import prices, request, sizing
from vlm3_dataset.claude.prices import Price

LETTERS_A_TOKEN = 3.0  # of English with numbers; 4 are usual, and the newer tokenizer makes 30 % more
SCHEMA_TOKENS = 510  # of 1,512 characters
IMAGE_OVERHEAD = 40  # tokens, by a public measurement


@dataclass(frozen=True, slots=True)
class Forecast:
    """Tokens and dollars of all requests together; `most` is what they cost if every answer is as long as allowed."""

    requests: int
    input: int
    output: int
    live: float
    batch: float
    most: float  # sent live

    def __str__(self) -> str:
        tokens = f"{self.input:,} tokens in, about {self.output:,} out"
        return f"{self.requests:,} requests, {tokens}: ${self.batch:.2f} as a batch, ${self.live:.2f} live"


def text_tokens(text: str) -> int:
    return ceil(len(text) / LETTERS_A_TOKEN)


def input_tokens(system: str, text: str, size: sizing.Size) -> int:
    """Of one request, rounded up rather than down."""
    return size.tokens + IMAGE_OVERHEAD + SCHEMA_TOKENS + text_tokens(system + text)


def worst(rate: Price, tokens: int, output: int = request.MAX_TOKENS) -> float:
    """Dollars of one live request whose answer is as long as allowed, and whose prompt is written to the cache."""
    return (tokens * max(rate.fresh, rate.cache_write) + output * rate.output) / prices.MILLION


def forecast(rate: Price, tokens: list[int], usual_output: float) -> Forecast:
    """`tokens` are those of each request's input. What the cache may save is not reckoned with."""
    output = round(len(tokens) * usual_output)
    live = (sum(tokens) * rate.fresh + output * rate.output) / prices.MILLION
    most = sum(worst(rate, each) for each in tokens)
    return Forecast(len(tokens), sum(tokens), output, live, live * prices.BATCH, most)
