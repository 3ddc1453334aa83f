"""One builder of the request for a page, and the key under which its answer is kept. Pure."""

import base64
import hashlib
import json
from pathlib import PurePosixPath
from typing import Any

from vlm3_dataset.labels import sizing
from vlm3_dataset.labels.models import Model
from vlm3_dataset.labels.prompts import PageAnswer, system, user_text
from vlm3_dataset.schema import Page

MAX_TOKENS = 8_000  # about 10 pairs are 1,100 tokens; the rest is room for thinking
MEDIA_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}
NOT_IN_FORM = "That is not a JSON object of the schema. Answer again, with the object alone."


def build(page: Page, image: bytes, model: Model) -> dict[str, Any]:
    """Arguments of `messages.create` for one page, whose picture is made smaller where it must be.

    `oversized_image: error` makes the server refuse an image it would otherwise shrink in silence, small print with it.
    """
    size = sizing.size_of(image)
    wanted = sizing.fitted(size)
    if wanted == size:
        return _around(page, MEDIA_TYPES[PurePosixPath(page.image).suffix], _text(image), model)
    return _around(page, "image/jpeg", _text(sizing.shrunk(image, wanted)), model)


def again(first: dict[str, Any], wrong: str) -> dict[str, Any]:
    """The same, with the answer that came and what is wrong with it. A message may not be empty."""
    answered = {"role": "assistant", "content": wrong.strip() or "(nothing)"}
    return first | {"messages": [*first["messages"], answered, {"role": "user", "content": NOT_IN_FORM}]}


def key(page: Page, image: bytes, model: Model) -> str:
    """SHA-256 of everything that is asked, the image's bytes included; no page number and no time.

    So a rerun costs nothing, and a changed prompt asks again only what it touches. A picture that is made smaller
    counts by its own bytes and the new size: another version of Pillow makes other bytes, and must not ask again.
    """
    size = sizing.size_of(image)
    wanted = sizing.fitted(size)
    data, media_type = _text(image), MEDIA_TYPES[PurePosixPath(page.image).suffix]
    if wanted != size:
        data, media_type = f"{hashlib.sha256(image).hexdigest()} at {wanted.width} x {wanted.height}", "image/jpeg"
    return _digest(_around(page, media_type, data, model))


def key_again(first: str, wrong: str) -> str:
    """The key of `again`, from the first request's."""
    return _digest([first, wrong, NOT_IN_FORM])


def _around(page: Page, media_type: str, data: str, model: Model) -> dict[str, Any]:
    """A server that knows no schema may not know the other extensions either, and gets none."""
    image: dict[str, Any] = {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}
    words: dict[str, Any] = {"type": "text", "text": system(model)}
    asked = {"model": model.name, "max_tokens": MAX_TOKENS, "system": [words]}
    if model.has_schema:
        image["transformations"] = {"oversized_image": "error"}
        words["cache_control"] = {"type": "ephemeral"}
        asked["output_config"] = _output_config()
    content = [image, {"type": "text", "text": user_text(page)}]
    return asked | {"messages": [{"role": "user", "content": content}]}


def _output_config() -> dict[str, Any]:
    from anthropic import transform_schema

    return {
        "format": {"type": "json_schema", "schema": transform_schema(PageAnswer)},
        "effort": "low",  # output is 62 to 71 % of the bill, and thinking the largest part that can be turned
    }


def _text(image: bytes) -> str:
    return base64.standard_b64encode(image).decode()


def _digest(asked: Any) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
