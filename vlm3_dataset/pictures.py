"""Encode pictures, and put them into a page without an address."""

import base64
import io
from typing import Any

from PIL import Image


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a picture as a file of a kind (JPEG, PNG, WEBP); the options are those of Pillow's `save`."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def data_uri(data: bytes, media_type: str) -> str:
    """Return a file as an address that holds it."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
