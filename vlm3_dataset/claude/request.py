"""Build the request about a page's picture from a prompt, and the key of its answer. Pure."""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from vlm3_dataset.claude import sizing
from vlm3_dataset.claude.prices import Model

MAX_TOKENS = 8_000  # 20 pairs are 2,300 tokens; the rest is room for thinking
PNG = b"\x89PNG"  # first bytes of a PNG; every other page is a JPEG
NOT_IN_FORM = "That is not a JSON object of the schema. Answer again, with the object alone."


@dataclass(frozen=True, slots=True)
class Prompt:
    """One kind of request. Change a word of it, or of what goes with it, and raise its `version`."""

    name: str
    version: str
    system: str
    answer: type[BaseModel]
    usual_output: int  # tokens of an answer, until paid answers have been counted

    def words(self, model: Model) -> str:
        """Return the system text; for a server without schemas, with the schema in words."""
        if model.has_schema:
            return self.system
        schema = json.dumps(self.answer.model_json_schema())
        return f"{self.system}\nAnswer with one JSON object and nothing else. Its JSON schema:\n{schema}\n"


def build(
    prompt: Prompt, text: str, image: bytes, model: Model, most_tokens: int = sizing.MOST_TOKENS
) -> dict[str, Any]:
    """Return the arguments of `messages.create` for one page; a picture beyond `most_tokens` is shrunk.

    `oversized_image: error` makes the server refuse an image it would otherwise shrink in silence, small print with it.
    """
    if not image:
        return _around(prompt, text, "", "", model)
    size = sizing.size_of(image)
    target = sizing.fitted(size, most_tokens)
    if target == size:
        return _around(prompt, text, _media_type(image), _text(image), model)
    return _around(prompt, text, "image/jpeg", _text(sizing.shrunk(image, target)), model)


def again(first: dict[str, Any], wrong: str) -> dict[str, Any]:
    """Return the request again, with the answer that came and what is wrong with it. A message may not be empty."""
    answered = {"role": "assistant", "content": wrong.strip() or "(nothing)"}
    return first | {"messages": [*first["messages"], answered, {"role": "user", "content": NOT_IN_FORM}]}


def key(prompt: Prompt, text: str, image: bytes, model: Model) -> str:
    """Return the SHA-256 of everything that is asked, the image's bytes included; no page number and no time.

    So a rerun costs nothing, and a changed prompt asks again only what it touches. A picture that is shrunk counts by
    its original bytes and the usual size: another version of Pillow would make other bytes and must not ask again, nor
    must a page that is classified differently.
    """
    if not image:
        return _digest(_around(prompt, text, "", "", model))
    size = sizing.size_of(image)
    target = sizing.fitted(size)
    data, media_type = _text(image), _media_type(image)
    if target != size:
        data, media_type = f"{hashlib.sha256(image).hexdigest()} at {target.width} x {target.height}", "image/jpeg"
    return _digest(_around(prompt, text, media_type, data, model))


def key_again(first: str, wrong: str) -> str:
    """Return the key of `again`, from the first request's key."""
    return _digest([first, wrong, NOT_IN_FORM])


def _around(prompt: Prompt, text: str, media_type: str, data: str, model: Model) -> dict[str, Any]:
    """Put the message around a text and a picture; a server without schemas gets no other extension either."""
    image: dict[str, Any] = {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}
    words: dict[str, Any] = {"type": "text", "text": prompt.words(model)}
    arguments = {"model": model.name, "max_tokens": MAX_TOKENS, "system": [words]}
    if model.has_schema:
        image["transformations"] = {"oversized_image": "error"}
        words["cache_control"] = {"type": "ephemeral"}
        arguments["output_config"] = output_config(prompt.answer)
    content = [*([image] if data else []), {"type": "text", "text": text}]
    return arguments | {"messages": [{"role": "user", "content": content}]}


@cache  # takes 14 ms, and is part of every key
def output_config(form: type[BaseModel]) -> dict[str, Any]:
    """Return the settings that hold an answer to its form."""
    from anthropic import transform_schema

    return {
        "format": {"type": "json_schema", "schema": transform_schema(form)},
        "effort": "low",  # output is 62 to 71 % of the bill, and thinking the largest part that can be turned
    }


def _media_type(image: bytes) -> str:
    return "image/png" if image.startswith(PNG) else "image/jpeg"


def _text(image: bytes) -> str:
    return base64.standard_b64encode(image).decode()


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
