"""The server's own count of a request, which costs nothing, against our estimate of it."""

from dataclasses import replace
from math import ceil

from anthropic import Anthropic

from vlm3_dataset.claude.asking import Ask

NOT_COUNTED = frozenset({"max_tokens"})  # arguments of `create` that `count_tokens` does not take


def counted(asks: list[Ask], client: Anthropic) -> list[Ask]:
    """The same with their tokens raised, where the server counts more than we do for the largest of them.

    A wrong key or model shows here too, before anything is sent. Raises anthropic.APIError.
    """
    largest = max(asks, key=lambda ask: ask.tokens)
    request = {name: value for name, value in largest.request().items() if name not in NOT_COUNTED}
    said = client.messages.count_tokens(**request).input_tokens
    more = max(1.0, said / largest.tokens)
    return [replace(ask, tokens=ceil(ask.tokens * more)) for ask in asks]
