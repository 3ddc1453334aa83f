"""How many tokens each row will be, told from text and page size alone: no page is decoded for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from finetune.config import Settings
from finetune.rows import Row
from vlm3_dataset.release.reading import PIXELS_PER_TOKEN, render

PAGE_END = "<|vision_end|>"  # the last token that the questions of a page share


@dataclass(frozen=True, slots=True)
class Length:
    """Tokens of one row: the page, the words around it, and the answer with its end mark, which alone is scored."""

    image: int
    words: int
    answer: int

    @property
    def total(self) -> int:
        return self.image + self.words + self.answer


def measure(rows: Sequence[Row], processor: Any, settings: Settings) -> list[Length]:
    """The length of each row, in their order."""
    prompts = _token_counts(processor, [render(processor, row.question) for row in rows])
    answers = _token_counts(processor, [f"{row.answer}<|im_end|>\n" for row in rows])
    # A prompt holds one placeholder, which the processor repeats once for each token of the page.
    return [
        Length(image_tokens(row.size, settings), prompt - 1, answer)
        for row, prompt, answer in zip(rows, prompts, answers, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class PageLength:
    """Tokens of one page and of all its questions; those of the words before the first question stand once."""

    image: int
    prefix: int
    questions: tuple[int, ...]  # each with its answer
    answers: tuple[int, ...]  # of those the scored ones


def measure_pages(rows: Sequence[Row], processor: Any, settings: Settings) -> list[PageLength]:
    """The rows' pages, in the order of their first question."""
    if not rows:
        return []
    before, mark, _ = render(processor, rows[0].question).partition(PAGE_END)
    (prefix,) = _token_counts(processor, [before + mark])
    prefix -= 1  # the placeholder
    pages: dict[tuple[str, str], list[Length]] = {}
    for row, length in zip(rows, measure(rows, processor, settings), strict=True):
        pages.setdefault((row.page_id, row.image_sha256), []).append(length)
    return [
        PageLength(
            page[0].image,
            prefix,
            tuple(one.words - prefix + one.answer for one in page),
            tuple(one.answer for one in page),
        )
        for page in pages.values()
    ]


def image_tokens(size: tuple[int, int], settings: Settings) -> int:
    """Tokens of a page of this width and height in pixels, by the settings' bounds and Qwen2-VL's own rounding."""
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize

    width, height = size
    resized = smart_resize(height, width, min_pixels=settings.min_pixels, max_pixels=settings.max_pixels)
    return resized[0] * resized[1] // PIXELS_PER_TOKEN


def _token_counts(processor: Any, texts: Sequence[str]) -> list[int]:
    return [len(ids) for ids in processor.tokenizer(texts, add_special_tokens=False)["input_ids"]]
