"""Send a few requests ahead of the others, live, to learn their refusals and their cost before the rest is paid."""

from collections import Counter
from typing import TypeVar

from vlm3_dataset.claude.asking import Ask
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.errors import UserError

REQUESTS = 5
MOST_REFUSED = 0.3  # share of the pilot; with more refused, nothing else is sent

Asked = TypeVar("Asked", bound=Ask)


class PilotRefused(UserError):
    """Too many of the first answers were refused for the rest to be paid for."""


def drawn(asks: list[Asked], store: Store) -> list[Asked]:
    """Return the requests of a pilot, evenly spaced from the cheapest to the dearest: their mean is that of all.

    Empty where there are no more requests than a pilot has, or where there are enough earlier answers to this prompt.
    """
    if len(asks) <= REQUESTS:
        return []
    so_far = store.measured(asks[0].model.name, asks[0].prompt_version)
    if so_far.answers - so_far.refused >= REQUESTS and so_far.refused <= MOST_REFUSED * so_far.answers:
        return []
    rate = asks[0].model.price
    by_cost = sorted(asks, key=lambda ask: ask.tokens * rate.fresh + ask.usual_output * rate.output)
    return [by_cost[(2 * number + 1) * len(by_cost) // (2 * REQUESTS)] for number in range(REQUESTS)]


def check(pilot: list[Asked], store: Store) -> None:
    """Raise PilotRefused where too many of its answers were refused."""
    bodies = (store.get(ask.key) or {} for ask in pilot)
    refused = [body for body in bodies if body.get("stop_reason") == "refusal"]
    if len(refused) > MOST_REFUSED * len(pilot):
        reasons = Counter((body.get("error") or {}).get("message", "the model declines") for body in refused)
        counted = "; ".join(f"{count} times: {reason}" for reason, count in reasons.most_common(2))
        raise PilotRefused(
            f"{len(refused)} of the first {len(pilot)} answers were refused ({counted}), and nothing else was sent;"
            " look at these pages, or name another --model"
        )
