"""Gets an answer for each page that has none in the store, and pays for none twice.

What is under way is taken in first; then the bill is told; then it is asked live or by batches, within the budget.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from vlm3_dataset.claude.asking import Ask, Failure, PageAsk, Sender, once_more, try_again
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.forecast import Forecast, forecast
from vlm3_dataset.errors import UserError

if TYPE_CHECKING:
    from anthropic import Anthropic

LIVE_UP_TO = 20  # requests; a batch is half the price and may take an hour
NO_ANSWER = Failure("no answer came; run again")

How = Literal["live", "batch"]
About = TypeVar("About")
ConfirmCost = Callable[[Forecast], bool]


class Declined(UserError):
    """Whoever pays does not want to."""


def answered(
    asks: Mapping[About, PageAsk], store: Store, budget: Budget, how: How | None, confirm_cost: ConfirmCost
) -> Iterator[tuple[About, dict[str, Any] | Failure]]:
    """Each page, or part of a thread, with the body of its answer, or with why there is none.

    A server without schemas is asked once more where its answer is not in form. Raises Declined.
    """
    title = next((each.prompt.name for each in asks.values()), "")
    failures = send(asks.values(), store, budget, how=how, confirm_cost=confirm_cost, title=title)
    again = {}
    for page, first in asks.items():
        body = store.get(first.key)
        if body is not None and (second := once_more(first, body)):
            again[page] = second
    failures |= send(again.values(), store, budget, how=how, confirm_cost=confirm_cost, title=title)
    for page, first in asks.items():
        key = again.get(page, first).key
        body = store.get(key)
        yield page, failures.get(key, NO_ANSWER) if body is None else body


def send(
    asks: Iterable[Ask],
    store: Store,
    budget: Budget,
    *,
    how: How | None,
    title: str,
    confirm_cost: ConfirmCost = lambda _: True,
    base_url: str | None = None,
) -> dict[str, Failure]:
    """Why there is no answer, by key; the others are in the store. What is asked in the same words is asked once.

    `confirm_cost` is asked before anything is sent. Raises Declined.
    """
    asks = {each.key: each for each in asks if not store.has(each.key)}
    refused = {key: Failure(reason, final=True) for key in asks if (reason := store.refusal(key))}
    missing = [each for key, each in asks.items() if key not in refused]
    told = {"how": how, "title": title, "confirm_cost": confirm_cost, "base_url": base_url}
    failures = _sent(missing, store, budget, **told) if missing else {}
    for key, failure in failures.items():
        if failure.final:
            store.refuse(key, failure.reason)
    return refused | failures


def _sent(
    missing: list[Ask],
    store: Store,
    budget: Budget,
    *,
    how: How | None,
    title: str,
    confirm_cost: ConfirmCost,
    base_url: str | None,
) -> dict[str, Failure]:
    from anthropic import AnthropicError

    from vlm3_dataset.claude.batches import Batches
    from vlm3_dataset.claude.client import async_client, client
    from vlm3_dataset.claude.live import Live
    from vlm3_dataset.claude.pending_batches import PendingBatches

    refused: dict[str, Failure] = {}
    asker = client(base_url)
    try:
        if store.on_its_way():
            refused = PendingBatches(store, asker).collect(missing)
        rest = [each for each in missing if not store.has(each.key) and each.key not in refused]
        if not rest:
            return refused
        rest = _confirmed(rest, store, asker, confirm_cost)
        live = way(how, len(rest)) == "live"
        sender: Sender = (
            Live(store, lambda: async_client(base_url), budget, title) if live else Batches(store, asker, budget, title)
        )
        return refused | sender.send(rest)
    except AnthropicError as error:
        return {each.key: try_again(error) for each in missing} | refused


def _confirmed(asks: list[Ask], store: Store, asker: "Anthropic", confirm_cost: ConfirmCost) -> list[Ask]:
    """The same, as the server counts them, once whoever pays has agreed. Raises Declined, anthropic.APIError."""
    from vlm3_dataset.claude.counting import counted

    if asks[0].model.has_schema:  # other servers are not known to count
        asks = counted(asks, asker)
    if not confirm_cost(expected(asks, store)):
        raise Declined("nothing was sent")
    return asks


def expected(asks: list[Ask], store: Store) -> Forecast:
    """What it costs to ask all of these."""
    first = asks[0]
    usual = store.usual_output(first.model.name, first.prompt_version) or first.usual_output
    return forecast(first.model.price, [each.tokens for each in asks], usual)


def way(how: How | None, requests: int) -> How:
    """How so many requests are sent: as somebody said, or by their number."""
    return how or ("live" if requests <= LIVE_UP_TO else "batch")
