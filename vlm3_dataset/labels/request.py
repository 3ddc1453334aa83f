"""One builder of the request for a page, and the key under which its answer is kept. Pure."""

import base64
import hashlib
import json
from pathlib import PurePosixPath
from typing import Any

from vlm3_dataset.labels import sizing
from vlm3_dataset.labels.prompts import SYSTEM, PageAnswer, user_text
from vlm3_dataset.schema import Page

MAX_TOKENS = 8_000  # about 10 pairs are 1,100 tokens; the rest is room for thinking
MEDIA_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}


def build(page: Page, image: bytes, model: str) -> dict[str, Any]:
    """Arguments of `messages.create` for one page, whose picture is made smaller where it must be.

    `oversized_image: error` makes the server refuse an image it would otherwise shrink in silence, small print with it.
    """
    size = sizing.size_of(image)
    wanted = sizing.fitted(size)
    if wanted == size:
        return _around(page, MEDIA_TYPES[PurePosixPath(page.image).suffix], _text(image), model)
    return _around(page, "image/jpeg", _text(sizing.shrunk(image, wanted)), model)


def key(page: Page, image: bytes, model: str) -> str:
    """SHA-256 of everything that is asked, the image's bytes included; no page number and no time.

    So a rerun costs nothing, and a changed prompt asks again only what it touches. A picture that is made smaller
    counts by its own bytes and the new size: another version of Pillow makes other bytes, and must not ask again.
    """
    size = sizing.size_of(image)
    wanted = sizing.fitted(size)
    data, media_type = _text(image), MEDIA_TYPES[PurePosixPath(page.image).suffix]
    if wanted != size:
        data, media_type = f"{hashlib.sha256(image).hexdigest()} at {wanted.width} x {wanted.height}", "image/jpeg"
    asked = json.dumps(_around(page, media_type, data, model), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(asked.encode()).hexdigest()


def _around(page: Page, media_type: str, data: str, model: str) -> dict[str, Any]:
    from anthropic import transform_schema

    source = {"type": "base64", "media_type": media_type, "data": data}
    content = [
        {"type": "image", "source": source, "transformations": {"oversized_image": "error"}},
        {"type": "text", "text": user_text(page)},
    ]
    return {
        "model": model,
        "max_tokens": MAX_TOKENS,
        "system": [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": content}],
        "output_config": {
            "format": {"type": "json_schema", "schema": transform_schema(PageAnswer)},
            "effort": "low",  # output is 62 to 71 % of the bill, and thinking the largest part that can be turned
        },
    }


def _text(image: bytes) -> str:
    return base64.standard_b64encode(image).decode()
