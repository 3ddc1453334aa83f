"""Choose the size at which a page's picture is sent: whole cells of the model's grid, and a bounded price.

A cell of 28 x 28 pixels is one token. A 2,500 x 3,500 scan would be shrunk by the server to 4,756 tokens, without
saying how; at 2,200 tokens a letter page has 130 dots an inch, print of 6 points is 11 pixels high, and the bill of a
page falls by a fifth.
"""

import io
from dataclasses import dataclass
from math import ceil, floor, sqrt

from PIL import Image

from vlm3_dataset.pictures import encoded

CELL = 28  # pixels
MOST_TOKENS = 2_200
FULL_TOKENS = 4_784  # beyond which the server shrinks a picture; for pages whose print is as fine as a wire's number
LONGEST_EDGE = 2_000  # pixels; above it one public measurement found the 5.5 models to shrink, whatever they document
JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Size:
    width: int  # pixels
    height: int

    @property
    def tokens(self) -> int:
        return ceil(self.width / CELL) * ceil(self.height / CELL)


def fitted(size: Size, most_tokens: int = MOST_TOKENS) -> Size:
    """Return the size to send: the same if small enough, else the largest of whole cells in the same proportions."""
    if size.tokens <= most_tokens and max(size.width, size.height) <= LONGEST_EDGE:
        return size
    scale = min(
        1.0, LONGEST_EDGE / max(size.width, size.height), sqrt(most_tokens * CELL**2 / (size.width * size.height))
    )
    columns, rows = (max(1, floor(edge * scale / CELL)) for edge in (size.width, size.height))
    return Size(columns * CELL, rows * CELL)


def size_of(picture: bytes) -> Size:
    """Return the size of an encoded picture. Raises OSError if it is not one."""
    with Image.open(io.BytesIO(picture)) as image:
        return Size(image.width, image.height)


def shrunk(picture: bytes, size: Size) -> bytes:
    """Return the picture at another size, as a JPEG."""
    with Image.open(io.BytesIO(picture)) as image:
        small = image.resize((size.width, size.height), Image.Resampling.LANCZOS)
        return encoded(small, "JPEG", quality=JPEG_QUALITY)
