"""The SDK's client, by the environment."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anthropic import Anthropic


def client() -> "Anthropic":
    from anthropic import Anthropic

    # A server of one's own (ANTHROPIC_BASE_URL alone) asks for no key, but the SDK wants one to send.
    keyed = os.environ.get("ANTHROPIC_API_KEY") or os.environ.get("ANTHROPIC_AUTH_TOKEN")
    return Anthropic() if keyed else Anthropic(api_key="none")
