"""Make the SDK's clients from the environment; a base URL that is passed goes before ANTHROPIC_BASE_URL."""

import os
from functools import cache
from typing import TYPE_CHECKING

from vlm3_dataset.keys import read_key

if TYPE_CHECKING:
    import ssl

    from anthropic import Anthropic, AsyncAnthropic

OWN_KEY = "SECOND_READER_API_KEY"


def has_key() -> bool:
    """Return True if the environment has a key, or the address of a server that speaks like Claude."""
    return any(os.environ.get(f"ANTHROPIC_{name}") for name in ("API_KEY", "AUTH_TOKEN", "BASE_URL"))


def client(base_url: str | None = None) -> "Anthropic":
    from anthropic import Anthropic, DefaultHttpxClient

    return Anthropic(**_key(), base_url=base_url, http_client=DefaultHttpxClient(verify=_tls()))


def async_client(base_url: str | None = None) -> "AsyncAnthropic":
    """Return a client without retries: its users retry themselves, at a pace that all calls share."""
    from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient

    http = DefaultAsyncHttpxClient(verify=_tls())
    return AsyncAnthropic(**_key(), base_url=base_url, max_retries=0, http_client=http)


def own_client(base_url: str) -> "AsyncAnthropic":
    """Return a client of a second server beside Claude, which gets a key of its own, and no key or header of Claude's.

    An address that ends in /v1 is taken for chat completions; any other must speak /v1/messages.
    """
    import httpx2
    from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient

    from vlm3_dataset.claude.chat import ChatCompletions, OwnKey

    address, key = base_url.rstrip("/").removesuffix("/v1"), read_key(OWN_KEY) or "none"
    line = OwnKey(httpx2.AsyncHTTPTransport(verify=_tls()), key)
    http = DefaultAsyncHttpxClient(transport=ChatCompletions(line) if base_url.rstrip("/").endswith("/v1") else line)
    return AsyncAnthropic(api_key=key, base_url=address, max_retries=0, http_client=http)


@cache
def _tls() -> "ssl.SSLContext":
    """Return the trusted certificates, read once: that takes 40 ms, and a run of the judge makes eight clients."""
    import httpx2

    return httpx2.create_ssl_context()


def _key() -> dict[str, str]:
    """Return the key or token of the environment, or a placeholder for a server that asks for none: the SDK sends one.

    Raises Misused for a key that no header can carry: the SDK would call that a broken line, and try again.
    """
    if key := read_key("ANTHROPIC_API_KEY"):
        return {"api_key": key}
    token = read_key("ANTHROPIC_AUTH_TOKEN")
    return {"auth_token": token} if token else {"api_key": "none"}
