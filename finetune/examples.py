"""Define a question with its answer as the model is trained on it: its row, its words, its tokens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL.Image import Image

from finetune.config import Settings
from vlm3_dataset.hub.reader import PIXELS_PER_TOKEN, RowError, render

IGNORED = -100  # the label of a token that is not scored, by torch's cross entropy
PAGE_END = "<|vision_end|>"  # the last token that the questions of a page share
TURN = "<|im_start|>"  # the last token that questions without a page share: the user's turn begins there


@dataclass(frozen=True, slots=True)
class PageImage:
    """The picture of a page. `load` decodes it (RGB, upright) each time it is called."""

    load: Callable[[], Image] = field(compare=False)
    sha256: str  # of the page's file
    size: tuple[int, int]  # width and height in pixels


@dataclass(frozen=True, slots=True)
class Row:
    """One question and its answer: about a page, or about a text that is not shown, where `image` is None."""

    page_id: str
    image: PageImage | None
    question: str
    answer: str
    content_type: str = ""  # of the page: procedure, torque_table, ...; "" where unknown
    source: str = "manual"  # or `forum`, or `text` for other rows without a page; `--mix` weights by it


@dataclass(frozen=True, slots=True)
class QuestionTokens:
    """The tokens of one question, counted from its text and the page's size, without decoding the page."""

    page: str  # digest of the page's file; empty where there is none
    source: str
    image: int  # tokens of the page
    shared: int  # of the words before the question, which all questions of a row share
    words: int  # of the question with the marks of its turn
    answer: int  # with its end mark; only these are scored

    @property
    def own(self) -> int:
        """The tokens of the question and its answer, without those that a row shares."""
        return self.words + self.answer

    @property
    def alone(self) -> int:
        return self.image + self.shared + self.own


@dataclass(frozen=True, slots=True)
class RowTokens:
    """The tokens of one training row: the part its questions share (page and the words before), and each question."""

    image: int
    prefix: int  # words that are shared
    questions: tuple[int, ...]  # with their answers
    scored: int  # of all answers together

    @classmethod
    def of(cls, questions: Sequence[QuestionTokens]) -> "RowTokens":
        own = tuple(one.own for one in questions)
        return cls(questions[0].image, questions[0].shared, own, sum(one.answer for one in questions))

    @property
    def shared(self) -> int:
        return self.image + self.prefix

    @property
    def total(self) -> int:
        return self.shared + sum(self.questions)

    @property
    def pairs(self) -> float:
        """The number of pairs of tokens of which one sees the other.

        These are half of all pairs in the shared part and in each question, and all between a question and the shared
        part.
        """
        return self.shared**2 / 2 + sum(one * self.shared + one**2 / 2 for one in self.questions)


def prompt_parts(processor: Any, question: str, *, page: bool) -> tuple[str, str]:
    """Return the words of a prompt that all questions of a row share, and those behind them."""
    text = render(processor, question, page=page)
    before, end, after = text.partition(PAGE_END) if page else text.partition(f"{TURN}user")
    return (before + end, after) if page else (before + TURN, end.removeprefix(TURN) + after)


def scored_text(answer: str) -> str:
    """Return an answer's words as they are scored, with the end that TRL gives a completion."""
    return f"{answer}<|im_end|>\n"


def example(rows: Sequence[Row], index: int = 0) -> dict[str, Any]:
    """Return questions that share a row as a collator takes them; `index` is the row's number in its dataset.

    Raises RowError, with the page's name, where the page cannot be read any more.
    """
    image = rows[0].image
    try:
        page = image and image.load()
    except RowError as error:
        raise RowError(f"page {rows[0].page_id}: {error}") from None
    return {
        "image": page,
        "questions": [row.question for row in rows],
        "answers": [row.answer for row in rows],
        "index": index,
    }


def measure(rows: Sequence[Row], processor: Any, settings: Settings) -> list[QuestionTokens]:
    """Return the tokens of each row, in their order."""
    parts = [prompt_parts(processor, row.question, page=row.image is not None) for row in rows]
    texts = [shared for shared, _ in parts], [own for _, own in parts], [scored_text(row.answer) for row in rows]
    counts = (_lengths(processor, part) for part in texts)
    return [
        QuestionTokens(
            page=row.image.sha256 if row.image else "",
            source=row.source,
            image=image_tokens(row.image.size, settings) if row.image else 0,
            shared=shared - (row.image is not None),  # the placeholder stands for the page
            words=words,
            answer=answer,
        )
        for row, shared, words, answer in zip(rows, *counts, strict=True)
    ]


def image_tokens(size: tuple[int, int], settings: Settings) -> int:
    """Return the tokens of a page of this size (pixels), by the settings' bounds and Qwen2-VL's own rounding."""
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize

    width, height = size
    resized = smart_resize(height, width, min_pixels=settings.min_pixels, max_pixels=settings.max_pixels)
    return resized[0] * resized[1] // PIXELS_PER_TOKEN


def _lengths(processor: Any, texts: list[str]) -> list[int]:
    return [len(ids) for ids in processor.tokenizer(texts, add_special_tokens=False)["input_ids"]] if texts else []
