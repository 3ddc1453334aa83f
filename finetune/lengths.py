"""How many tokens each row will be, told from text and page size alone: no page is decoded for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from finetune.config import Settings
from finetune.examples import Row, asked, by_page, dealt, said
from vlm3_dataset.hub.reader import PIXELS_PER_TOKEN, render


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
    answers = _token_counts(processor, [said(row.answer) for row in rows])
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
    prefix, pages = shared_words(processor), by_page(rows)
    lengths = iter(measure([row for page in pages for row in page], processor, settings))
    return [_page_length([next(lengths) for _ in page], prefix) for page in pages]


def largest_row(rows: Sequence[Row], processor: Any, settings: Settings) -> tuple[list[Row], Length]:
    """The questions of the longest row that any epoch can draw, and its length."""
    lengths = {id(row): length for row, length in zip(rows, measure(rows, processor, settings), strict=True)}
    if not settings.shares_pages:
        row = max(rows, key=lambda row: lengths[id(row)].total)
        return [row], lengths[id(row)]
    words = shared_words(processor)
    drawn = []
    for page in by_page(rows):
        fullest = -(-len(page) // dealt(len(page), settings.questions))
        longest = sorted(page, key=lambda row: -lengths[id(row)].total)[:fullest]
        own = [lengths[id(row)] for row in longest]
        behind = sum(one.words - words for one in own)
        drawn.append((longest, Length(own[0].image, words + behind, sum(one.answer for one in own))))
    return max(drawn, key=lambda pair: pair[1].total)


def shared_words(processor: Any) -> int:
    """Tokens that the questions of a page share beside those of the page itself."""
    (prefix,) = _token_counts(processor, [asked(processor, "")[0]])
    return prefix - 1  # the page's placeholder


def image_tokens(size: tuple[int, int], settings: Settings) -> int:
    """Tokens of a page of this width and height in pixels, by the settings' bounds and Qwen2-VL's own rounding."""
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize

    width, height = size
    resized = smart_resize(height, width, min_pixels=settings.min_pixels, max_pixels=settings.max_pixels)
    return resized[0] * resized[1] // PIXELS_PER_TOKEN


def _page_length(questions: Sequence[Length], prefix: int) -> PageLength:
    behind = tuple(one.words - prefix + one.answer for one in questions)
    return PageLength(questions[0].image, prefix, behind, tuple(one.answer for one in questions))


def _token_counts(processor: Any, texts: Sequence[str]) -> list[int]:
    return [len(ids) for ids in processor.tokenizer(texts, add_special_tokens=False)["input_ids"]]
