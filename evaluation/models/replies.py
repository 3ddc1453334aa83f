"""Read a server's reply: one JSON body or a stream of them, text or a list of parts, without its reasoning."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

# What a model thinks before it answers, in the marks of Qwen and DeepSeek, of Mistral and of gpt-oss. One that never
# ends was cut off before the answer.
_THOUGHT = re.compile(
    r"<(think|thinking|reasoning)>.*?(?:</\1>|$)|\[THINK\].*?(?:\[/THINK\]|$)"
    r"|<\|channel\|>analysis<\|message\|>.*?(?=<\|channel\|>final|$)|<\|channel\|>final<\|message\|>"
    r"|<\|(?:start|end|return|im_end|endoftext)\|>(?:assistant)?",
    re.DOTALL | re.IGNORECASE,
)
_LINE_END = re.compile(r"\r\n|\r|\n")  # of a stream; str.splitlines would also break at U+2028, within an answer
_BROKEN_OFF = frozenset({"abort", "error"})  # of vLLM and SGLang, and of services that pass others' errors on
_OPENED_BEFORE = re.compile(r"^.*</think>", re.DOTALL)  # templates that write <think> themselves send only its end


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to a question, or in `error` why there is none."""

    text: str
    tokens: int  # generated, without the one that ends the answer
    truncated: bool  # stopped by max_new_tokens, not by the model
    error: str | None = None


def read(response: httpx.Response) -> Reply:
    """Return the answer of a completion. Raises ValueError if it is not one, or not whole."""
    try:
        is_body = response.text.lstrip("\ufeff \t\r\n").startswith("{")
        return _answer(response.json() if is_body else _streamed(response.text))
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError) as error:
        raise ValueError(f"no chat completion: {error}") from error


def _answer(body: dict[str, Any]) -> Reply:
    choice = body["choices"][0]
    message = choice["message"]
    if choice.get("finish_reason") in _BROKEN_OFF:
        raise ValueError(f"the server broke off: {choice['finish_reason']}")
    said = "".join(_texts(message.get("content"))) or message.get("refusal") or ""
    text = _THOUGHT.sub("", _OPENED_BEFORE.sub("", said)).strip()
    cut = choice.get("finish_reason") == "length"
    tokens = int((body.get("usage") or {}).get("completion_tokens") or 0)
    thought = message.get("reasoning_content") or message.get("reasoning") or said
    if not text and thought:
        how = ", cut off: raise --max-new-tokens" if cut else ""
        return Reply("", tokens, cut, f"the model only reasoned and gave no answer{how}")
    return Reply(text, tokens, truncated=cut)


def _texts(content: Any) -> Iterator[str]:
    """Yield the texts of a message: its content is a text, or a list of parts of which some are reasoning."""
    if content is None:
        return
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        yield from (part["text"] for part in content if part.get("type") in {"text", "output_text"})
    else:
        raise TypeError(type(content).__name__)


def _streamed(text: str) -> dict[str, Any]:
    """Return the body that a stream of server-sent events adds up to. Raises ValueError if its end is missing."""
    said, reasoned, refused, finish, usage = [], [], [], None, {}
    lines = _LINE_END.split(text)
    for data in [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]:
        if data == "[DONE]":
            finish = finish or "stop"
            continue
        event = json.loads(data)
        if event.get("error"):
            raise ValueError("the stream ends in an error")
        usage = event.get("usage") or usage
        for choice in event.get("choices", ()):
            delta = choice.get("delta") or choice.get("message") or {}
            said += _texts(delta.get("content"))
            reasoned.append(delta.get("reasoning_content") or delta.get("reasoning") or "")
            refused.append(delta.get("refusal") or "")
            finish = choice.get("finish_reason") or finish
    if finish is None:
        raise ValueError("the stream breaks off")
    message = {"content": "".join(said), "reasoning_content": "".join(reasoned), "refusal": "".join(refused)}
    return {"choices": [{"message": message, "finish_reason": finish}], "usage": usage}
