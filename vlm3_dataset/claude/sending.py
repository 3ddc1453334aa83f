"""Get an answer for each page that has none in the store, and pay for none twice.

First the cost is estimated, without any request. Then the results of earlier batches are stored; if they leave anything
unanswered, the new price is asked about again. Then a pilot is sent live: its refusals, tokens and price correct the
estimate for the rest.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from math import ceil
from statistics import mean
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from tqdm import tqdm

from vlm3_dataset.claude import pilot
from vlm3_dataset.claude.asking import Ask, Failure, PageAsk, later, once_more
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.forecast import Forecast, forecast
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.refusals import message_of
from vlm3_dataset.errors import UserError

if TYPE_CHECKING:
    from anthropic import AnthropicError

LIVE_UP_TO = 20  # requests; a batch is half the price and may take an hour
DEARER = 1.1  # factor of the agreed price beyond which the pilot's estimate has to be agreed to again
NO_ANSWER = Failure("no answer came; run again")

How = Literal["live", "batch"]
Asked = TypeVar("Asked", bound=Ask)
About = TypeVar("About")
ConfirmCost = Callable[[Forecast], bool]


class Declined(UserError):
    """The user declined the price."""


def answered(
    asks: Mapping[About, PageAsk], store: Store, budget: Budget, how: How | None, confirm_cost: ConfirmCost
) -> Iterator[tuple[About, dict[str, Any] | Failure]]:
    """Return each page, or part of a thread, with the body of its answer or its failure.

    A server without schemas is asked once more where its answer is not in form. Raises Declined, pilot.PilotRefused.
    """
    failures = _ask_for(asks.values(), store, budget, how, confirm_cost)
    again = {}
    for page, first in asks.items():
        body = store.get(first.key)
        if body is not None and (second := once_more(first, body)):
            again[page] = second
    failures |= _ask_for(again.values(), store, budget, how, confirm_cost)
    for page, first in asks.items():
        key = again.get(page, first).key
        body = store.get(key)
        yield page, failures.get(key, NO_ANSWER) if body is None else body


def _ask_for(
    asks: Iterable[PageAsk], store: Store, budget: Budget, how: How | None, confirm_cost: ConfirmCost
) -> dict[str, Failure]:
    """Ask what is not in the store, after the user has agreed to the price; return the failures by key."""
    missing = _missing(asks, store)
    if not missing:
        return {}
    store.reckon((each.key, each.tokens, each.usual_output) for each in missing)
    fresh = to_send(missing, store)
    _confirm(confirm_cost, expected(fresh, store))
    from anthropic import AnthropicError

    try:
        _collect(missing, store, budget)
        left = _missing(missing, store)
        if len(left) > len(fresh):  # a batch of an earlier run is gone, or some of it had no turn
            _confirm(confirm_cost, expected(left, store))
        failures = _send_pilot(pilot.drawn(left, store), left, store, budget, confirm_cost)
        rest = [each for each in _missing(left, store) if each.key not in failures]
        how, title = way(how, len(left), missing[0].model), missing[0].prompt.name
        return failures | _go(rest, store, budget, how=how, title=title)
    except AnthropicError as error:
        return _unreachable(missing, store, error)


def _confirm(confirm_cost: ConfirmCost, bill: Forecast) -> None:
    if not confirm_cost(bill):
        raise Declined("nothing was sent")


def _send_pilot(
    ahead: list[PageAsk], left: list[PageAsk], store: Store, budget: Budget, confirm_cost: ConfirmCost
) -> dict[str, Failure]:
    """Send the pilot; ask the user again if it shows that the rest is dearer than agreed.

    The first request goes alone, so that the others find its prompt in the server's cache. Raises Declined,
    pilot.PilotRefused.
    """
    if not ahead:
        return {}
    sent_keys = {each.key for each in ahead}
    rest = [each for each in left if each.key not in sent_keys]
    before = expected(rest, store)
    title = f"{ahead[0].prompt.name}, a pilot"
    failures: dict[str, Failure] = {}
    for part in (ahead[:1], ahead[1:]):
        failures |= _go(part, store, budget, how="live", title=title)
    pilot.check(ahead, store)
    after = expected(rest, store)
    if after.live > DEARER * before.live:
        if not confirm_cost(after):
            raise Declined(f"only the pilot of {len(ahead)} was sent; its answers are kept")
    else:
        tqdm.write(f"{title} of {len(ahead)}: the others are {after}")
    return failures


def send(
    asks: Iterable[Ask], store: Store, budget: Budget, *, how: How | None, title: str, base_url: str | None = None
) -> dict[str, Failure]:
    """Send the requests, equal ones once; return the failures by key. The answers are in the store."""
    missing = _missing(asks, store)
    if not missing:
        return {}
    from anthropic import AnthropicError

    try:
        _collect(missing, store, budget, base_url)
        rest = _missing(missing, store)
        return _go(rest, store, budget, how=way(how, len(rest), missing[0].model), title=title, base_url=base_url)
    except AnthropicError as error:
        return _unreachable(missing, store, error)


def to_send(asks: Iterable[Asked], store: Store) -> list[Asked]:
    """Return the requests, equal ones once, that have no answer and are not on their way in a batch."""
    on_its_way = store.on_its_way()
    return [each for each in _missing(asks, store) if each.key not in on_its_way]


def _missing(asks: Iterable[Asked], store: Store) -> list[Asked]:
    return list({each.key: each for each in asks if not store.has(each.key)}.values())


def _collect(asks: list[Ask], store: Store, budget: Budget, base_url: str | None = None) -> None:
    """Store the results of the batches that are on their way. Raises anthropic.APIError."""
    if store.on_its_way():
        from vlm3_dataset.claude.client import client
        from vlm3_dataset.claude.pending_batches import PendingBatches

        PendingBatches(store, client(base_url), budget).collect(asks)


def _go(
    asks: list[Ask], store: Store, budget: Budget, *, how: How, title: str, base_url: str | None = None
) -> dict[str, Failure]:
    """Send all of them live or all as batches; return the failures by key. Raises anthropic.APIError."""
    from vlm3_dataset.claude.batches import Batches
    from vlm3_dataset.claude.client import async_client, client, own_client
    from vlm3_dataset.claude.live import Live

    if not asks:
        return {}
    first = asks[0]
    more = max(1.0, store.measured(first.model.name, first.prompt_version).input)
    asks = [replace(each, tokens=ceil(each.tokens * more)) for each in asks]  # by the measured input
    if how == "batch":
        return Batches(store, client(base_url), budget, title).send(asks)
    own = first.model.base_url
    return Live(store, partial(own_client, own) if own else partial(async_client, base_url), budget, title).send(asks)


def _unreachable(asks: list[Ask], store: Store, error: "AnthropicError") -> dict[str, Failure]:
    """Return a failure for each request after the connection was lost; batches on their way are not lost with it."""
    failure = later(message_of(error))
    if on_its_way := store.on_its_way():
        lives = f"{len(on_its_way)} requests are on their way as batches and live there"
        failure = Failure(f"{message_of(error)}; {lives}: run again to take them in")
    return {each.key: failure for each in asks if not store.has(each.key)}


def expected(asks: list[PageAsk], store: Store) -> Forecast:
    """Return the forecast for all of these, cost and pairs, corrected by earlier answers to the same prompt."""
    if not asks:
        return Forecast(0, 0, 0, 0.0, 0.0)
    first = asks[0]
    so_far = store.measured(first.model.name, first.prompt_version)
    tokens = [each.tokens * so_far.input for each in asks]
    usual_output = mean(each.usual_output for each in asks) * so_far.output
    bill = forecast(first.model.price, tokens, usual_output, so_far.cached)
    pairs = sum(each.usual_pairs for each in asks)
    found = store.pairs_an_answer(first.model.name, first.prompt_version) if pairs else None
    pairs = pairs if found is None else found * len(asks)
    return replace(bill, is_measured=so_far.answers > 0, pairs=round(pairs))


def way(how: How | None, requests: int, model: Model | None = None) -> How:
    """Return how to send so many requests: as chosen, else by their number; to a server of one's own always live."""
    if model and model.base_url:
        return "live"
    return how or ("live" if requests <= LIVE_UP_TO else "batch")
