"""A question about a page and its answer, as the model is asked and as it is trained."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasets import Dataset
    from PIL.Image import Image

# Qwen2-VL's special tokens in the order of its vocabulary. Written out in a question, `<|image_pad|>` would be taken
# for a piece of an image, and the model would refuse the whole batch.
SPECIAL_TOKENS = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
    "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One question about one page. `image` decodes the page (RGB) each time it is called; `size` is width, height."""

    page_id: str
    image: "Callable[[], Image]"
    size: tuple[int, int]
    question: str
    answer: str


def special_token(text: str) -> str | None:
    """The first special token that is written out in the text."""
    return next((token for token in SPECIAL_TOKENS if token in text), None)


def prompt(question: str) -> list[dict[str, Any]]:
    """The turn that asks. The image stands first: a server then reads a page once for all of its questions."""
    return [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": question}]}]


def completion(answer: str) -> list[dict[str, Any]]:
    return [{"role": "assistant", "content": [{"type": "text", "text": answer}]}]


def render(processor: Any, question: str) -> str:
    """The text that a model reads before it answers, one `<|image_pad|>` standing for the page: for serving."""
    return processor.apply_chat_template(prompt(question), tokenize=False, add_generation_prompt=True)


def example(row: Row) -> dict[str, Any]:
    """A row as TRL's vision collator takes it.

    `prompt` and `completion`, never `messages`: of a row of `messages` TRL 1.16 scores every token, and on a page 93 %
    of those would be image placeholders.
    """
    return {"image": row.image(), "prompt": prompt(row.question), "completion": completion(row.answer)}


def as_dataset(rows: Sequence[Row]) -> "Dataset":
    """Rows as a data set of examples. A page is decoded when its example is asked for, not before."""
    from datasets import Dataset

    return Dataset.from_dict({"row": range(len(rows))}).with_transform(partial(_examples, rows))


def _examples(rows: Sequence[Row], batch: dict[str, list[int]]) -> dict[str, list[Any]]:
    examples = [example(rows[index]) for index in batch["row"]]
    return {key: [one[key] for one in examples] for key in ("image", "prompt", "completion")}
