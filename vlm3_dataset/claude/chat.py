"""Ask a second server beside Claude, by transports below the Anthropic SDK: with its own key, and in its own language.

vLLM, SGLang, llama.cpp and paid services speak OpenAI's chat completions. A second reading is worth more from another
family of models.
"""

import json
from typing import Any

import httpx2

NEWER_NAME = "max_completion_tokens"  # some models demand it in place of `max_tokens`, and say so
NEEDED = ("content-type", "anthropic-version")  # headers of a request to a second server, beside its key
STOPS = {"length": "max_tokens", "content_filter": "refusal"}


class OwnKey(httpx2.AsyncBaseTransport):
    """Sends a request with the key of its server and the headers that it needs, and with no other.

    The SDK adds ANTHROPIC_CUSTOM_HEADERS to what every client sends: a gateway's keys, and an Authorization that would
    replace the server's own.
    """

    def __init__(self, line: httpx2.AsyncBaseTransport, key: str) -> None:
        self._line, self._key = line, key

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {name: request.headers[name] for name in NEEDED if name in request.headers}
        headers["authorization"] = f"Bearer {self._key}"
        body, extensions = await request.aread(), request.extensions
        bare = httpx2.Request(request.method, request.url, content=body, headers=headers, extensions=extensions)
        return await self._line.handle_async_request(bare)

    async def aclose(self) -> None:
        await self._line.aclose()


class ChatCompletions(httpx2.AsyncBaseTransport):
    """Carries a call of /v1/messages to /v1/chat/completions, and the answer back."""

    def __init__(self, line: httpx2.AsyncBaseTransport) -> None:
        self._line = line

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = as_chat(json.loads(await request.aread()))
        response = await self._post(request, body)
        if response.status_code == httpx2.codes.BAD_REQUEST and NEWER_NAME in (await response.aread()).decode():
            body[NEWER_NAME] = body.pop("max_tokens")
            response = await self._post(request, body)
        if not response.is_success:
            return response
        try:
            message = as_message(json.loads(await response.aread()))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            error = {"error": {"message": "what the server sends is no chat completion"}}
            return httpx2.Response(httpx2.codes.BAD_GATEWAY, json=error, request=request)
        return httpx2.Response(response.status_code, json=message, request=request)

    async def aclose(self) -> None:
        await self._line.aclose()

    async def _post(self, request: httpx2.Request, body: dict[str, Any]) -> httpx2.Response:
        url = request.url.copy_with(path=request.url.path.removesuffix("messages") + "chat/completions")
        asked = httpx2.Request("POST", url, json=body, extensions=request.extensions)
        return await self._line.handle_async_request(asked)


def as_chat(body: dict[str, Any]) -> dict[str, Any]:
    """Return a request to /v1/messages as the body of a chat completion."""
    system = "".join(block["text"] for block in body["system"])
    turns = [
        {"role": turn["role"], "content": turn["content"] if isinstance(turn["content"], str) else _parts(turn)}
        for turn in body["messages"]
    ]
    messages = [{"role": "system", "content": system}, *turns]
    return {"model": body["model"], "max_tokens": body["max_tokens"], "messages": messages}


def as_message(body: dict[str, Any]) -> dict[str, Any]:
    """Return a chat completion as a message of Claude.

    Raises KeyError, IndexError, TypeError or AttributeError if it is not one.
    """
    choice, usage = body["choices"][0], body.get("usage") or {}
    text = choice["message"].get("content") or ""
    if not isinstance(text, str):
        raise TypeError("its content is no text")
    tokens = {"input_tokens": usage.get("prompt_tokens"), "output_tokens": usage.get("completion_tokens")}
    return {
        "type": "message",
        "role": "assistant",
        "model": body.get("model") or "",
        "content": [{"type": "text", "text": text}],
        "stop_reason": STOPS.get(choice.get("finish_reason"), "end_turn"),
        "usage": tokens,
    }


def _parts(turn: dict[str, Any]) -> list[dict[str, Any]]:
    return [_picture(block["source"]) if block["type"] == "image" else block for block in turn["content"]]


def _picture(source: dict[str, Any]) -> dict[str, Any]:
    url = f"data:{source['media_type']};base64,{source['data']}"
    return {"type": "image_url", "image_url": {"url": url}}
