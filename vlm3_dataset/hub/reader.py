"""Read the dataset back, for the training and the evaluation alike: a row, its page, and the prompt of both.

The prompts of training and evaluation must not differ by a turned page or a moved line break, so both use this module.
"""

import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image, ImageOps
from pydantic import BaseModel, ValidationError, field_validator

from vlm3_dataset.errors import UserError

PIXELS_PER_TOKEN = 28 * 28  # Qwen2-VL merges four patches of 14 x 14
# 2,500 tokens leave a repair-manual page of 1200 x 910 pixels, print 12 pixels high, as it is. Qwen's own limit would
# let one page take 16,384.
MAX_PIXELS = 2500 * PIXELS_PER_TOKEN

_SPECIAL = re.compile(r"<\|[A-Za-z0-9_]{1,40}\|>")
# What Pillow 13 was seen to raise on bad bytes (15,000 files with a few bytes changed); struct.error came from EXIF.
_UNREADABLE = (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError)


Term = str | dict[str, Any]


class RowError(ValueError):
    """The reason why a row or its page cannot be used, in one line. Whoever reads the file adds its name."""


class Unreadable(UserError):
    """A page's picture cannot be shown."""


class Turn(BaseModel):
    role: str
    content: str


class Metadata(BaseModel):
    """The fields that a reader needs; a row has more."""

    page_id: str
    content_type: str = ""
    source: str | None = None  # the manual or book of the page; `forum` for a thread
    needs_image: bool | None = None
    # Written by people for an evaluation, as in its probes; no step of ours writes these.
    keywords: list[Term] = []
    critical: bool = False
    labelled_values: list[tuple[str, str]] = []
    ordered: list[Term] = []
    forbidden: list[Term] = []
    allowed: list[str] = []
    answerable: bool = True


class Row(BaseModel):
    """A line of vlm_train.jsonl or vlm_val.jsonl: one question about one page or of a text, and its answer."""

    image: str | None  # relative to the folder of the file; null where the source is text
    conversations: tuple[Turn, ...]
    metadata: Metadata

    @field_validator("conversations")
    @classmethod
    def _asks_once(cls, turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
        if [turn.role for turn in turns] != ["user", "assistant"]:
            raise ValueError("not one question and one answer")
        return turns

    @property
    def question(self) -> str:
        return self.conversations[0].content.strip()

    @property
    def answer(self) -> str:
        return self.conversations[1].content.strip()


def parse(line: bytes) -> Row:
    """Parse one line as a row. Raises RowError for bytes that are no UTF-8, no JSON or no row."""
    try:
        return Row.model_validate_json(line)
    except ValidationError as error:
        raise RowError(why(error)) from None


def why(error: ValidationError) -> str:
    """Return the first error as one line: pydantic writes a paragraph for each."""
    wrong = error.errors()[0]
    where = ".".join(str(part) for part in wrong["loc"])
    message = wrong["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else f"not a row: {message}"


def inside(folder: Path, name: str) -> Path:
    """Return the file `name` of a folder. Raises RowError for a path that leads out of it, by dots, root or link."""
    try:
        path = (folder / name).resolve()
    except (ValueError, RuntimeError):  # a zero byte; links in a circle
        raise RowError("image path leads nowhere") from None
    if not path.is_relative_to(folder.resolve()):
        raise RowError("image path leads out of the data folder")
    return path


def open_page(source: Path | BinaryIO) -> Image.Image:
    """Return a page in RGB, decoded to its last pixel and turned upright. Raises RowError where that is impossible.

    A camera stores a page as it was held and says in EXIF how to turn it; viewers do, Pillow does not.
    """
    with _readable(), Image.open(source) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def thumbnail(image: Path, edges: tuple[int, int]) -> Image.Image:
    """Return a page in RGB, in its proportions, within `edges` (width and height in pixels). Raises Unreadable."""
    try:
        page = open_page(image)
    except RowError as error:
        raise Unreadable(f"{image}: {error}; run prepare again") from None
    page.thumbnail(edges)
    return page


def page_size(source: Path | BinaryIO) -> tuple[int, int]:
    """Return the two sides of a page in pixels as stored, from the head of the file alone. Raises RowError."""
    with _readable(), Image.open(source) as image:
        return image.size


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise RowError("image is missing") from None
    except _UNREADABLE as error:
        raise RowError(f"image cannot be read ({type(error).__name__})") from None


def special_token(text: str) -> str | None:
    """Return the first special token in a text, or None: a literal `<|image_pad|>` would be counted as a page."""
    found = _SPECIAL.search(text)
    return found.group() if found else None


def prompt(question: str, *, page: bool = True) -> list[dict[str, Any]]:
    """Return the user's turn. The image stands first: a server then encodes a page once for all its questions.

    Without a page the turn is the question alone.

    A special token in the question loses its meaning: `<|im_end|>` becomes `< |im_end|>`.
    """
    text = _SPECIAL.sub(lambda token: f"< {token.group()[1:]}", question)
    image = [{"type": "image"}] if page else []
    return [{"role": "user", "content": [*image, {"type": "text", "text": text}]}]


def render(processor: Any, question: str, *, page: bool = True) -> str:
    """Return the text that a model reads before it answers, with one `<|image_pad|>` for the page."""
    return processor.apply_chat_template(prompt(question, page=page), tokenize=False, add_generation_prompt=True)
