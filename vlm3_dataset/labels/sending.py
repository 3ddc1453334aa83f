"""Sends whatever has no answer yet, live or as batches, after what earlier runs have sent is taken in."""

from collections.abc import Callable, Iterable
from typing import Literal

from vlm3_dataset.errors import Mendable
from vlm3_dataset.labels.asking import Ask, Failure, Sender, try_again
from vlm3_dataset.labels.budget import Budget
from vlm3_dataset.labels.forecast import USUAL_OUTPUT, Forecast, forecast
from vlm3_dataset.labels.store import Store

LIVE_UP_TO = 20  # requests; a batch is half the price and may take an hour

How = Literal["live", "batch"]
Agree = Callable[[Forecast], bool]


class Declined(Mendable):
    """Whoever pays does not want to."""


def send(
    asks: Iterable[Ask],
    store: Store,
    budget: Budget,
    *,
    how: How | None = None,
    agree: Agree = lambda _: True,
    title: str = "generate",
    base_url: str | None = None,
) -> dict[str, Failure]:
    """Why there is no answer, by key; the others are in the store. What is asked in the same words is asked once.

    `agree` is asked before anything is sent. Raises Declined.
    """
    missing = list({each.key: each for each in asks if not store.has(each.key)}.values())
    if not missing:
        return {}
    from anthropic import AnthropicError

    from vlm3_dataset.labels.batches import Batches
    from vlm3_dataset.labels.client import async_client, client
    from vlm3_dataset.labels.counting import counted
    from vlm3_dataset.labels.live import Live
    from vlm3_dataset.labels.underway import Underway

    refused: dict[str, Failure] = {}
    asker = client(base_url)
    try:
        if store.on_its_way():
            refused = Underway(store, asker).collect(missing)
        rest = [each for each in missing if not store.has(each.key) and each.key not in refused]
        if not rest:
            return refused
        if rest[0].model.has_schema:  # other servers are not known to count
            rest = counted(rest, asker)
        if not agree(expected(rest, store)):
            raise Declined("nothing was sent")
        live = (how or _usual(len(rest))) == "live"
        sender: Sender = (
            Live(store, lambda: async_client(base_url), budget, title) if live else Batches(store, asker, budget, title)
        )
        return refused | sender.send(rest)
    except AnthropicError as error:
        return refused | {each.key: try_again(error) for each in missing}


def expected(asks: list[Ask], store: Store) -> Forecast:
    """What it costs to ask all of these."""
    model = asks[0].model
    return forecast(model.price, [each.tokens for each in asks], store.usual_output(model.name) or USUAL_OUTPUT)


def _usual(requests: int) -> How:
    return "live" if requests <= LIVE_UP_TO else "batch"
