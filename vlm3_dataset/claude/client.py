"""Make the SDK's clients from the environment; a base URL that is passed goes before ANTHROPIC_BASE_URL."""

import os
from functools import cache
from typing import TYPE_CHECKING

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
    """Return a client of a second server beside Claude, which gets a key of its own and never Claude's.

    An address that ends in /v1 is taken for chat completions; any other must speak /v1/messages.
    """
    import httpx2
    from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient

    from vlm3_dataset.claude.chat import ChatCompletions

    address = base_url.rstrip("/").removesuffix("/v1")
    line = httpx2.AsyncHTTPTransport(verify=_tls())
    http = DefaultAsyncHttpxClient(transport=ChatCompletions(line) if base_url.rstrip("/").endswith("/v1") else line)
    return AsyncAnthropic(api_key=os.environ.get(OWN_KEY) or "none", base_url=address, max_retries=0, http_client=http)


@cache
def _tls() -> "ssl.SSLContext":
    """Return the trusted certificates, read once: that takes 40 ms, and a run of the judge makes eight clients."""
    import httpx2

    return httpx2.create_ssl_context()


def _key() -> dict[str, str]:
    """Return a placeholder key for a server that asks for none (ANTHROPIC_BASE_URL alone): the SDK must send one."""
    keyed = os.environ.get("ANTHROPIC_API_KEY") or os.environ.get("ANTHROPIC_AUTH_TOKEN")
    return {} if keyed else {"api_key": "none"}
