"""Questions about a page and their answers, as the model is trained on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from vlm3_dataset.hub.reader import prompt, render

if TYPE_CHECKING:
    from datasets import Dataset
    from PIL.Image import Image

PAGE_END = "<|vision_end|>"  # the last token that the questions of a page share
IGNORED = -100  # the label of a token that is not scored, by torch's cross entropy


@dataclass(frozen=True, slots=True)
class Row:
    """One question about one page. `image` decodes the page (RGB, upright) each time it is called."""

    page_id: str
    image: "Callable[[], Image]"
    image_sha256: str  # of the page's file
    size: tuple[int, int]  # width and height in pixels
    question: str
    answer: str
    content_type: str = ""  # of the page: procedure, torque_table, ...; empty where nobody said


def by_page(rows: Sequence[Row]) -> list[list[Row]]:
    """The questions of each page, in the order in which the pages first come."""
    pages: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        pages.setdefault((row.page_id, row.image_sha256), []).append(row)
    return list(pages.values())


def dealt(questions: int, most: int) -> int:
    """How many rows share the questions of a page, at most so many in each.

    A page of 10 questions, 4 to a row, gives rows of 4, 3 and 3: they fill a step more evenly than 4, 4 and 2.
    """
    return -(-questions // most)


def asked(processor: Any, question: str) -> tuple[str, str]:
    """A prompt's words up to the end of the page, the same for every question, and those behind it."""
    before, end, after = render(processor, question).partition(PAGE_END)
    return before + end, after


def said(answer: str) -> str:
    """An answer's words as they are scored, with the end that TRL gives a completion."""
    return f"{answer}<|im_end|>\n"


def completion(answer: str) -> list[dict[str, Any]]:
    return [{"role": "assistant", "content": [{"type": "text", "text": answer}]}]


def example(row: Row) -> dict[str, Any]:
    """A row as TRL's vision collator takes it.

    `prompt` and `completion`, never `messages`: of a row of `messages` TRL 1.16 scores every token, and on a page 93 %
    of those would be image placeholders.
    """
    return {"image": row.image(), "prompt": prompt(row.question), "completion": completion(row.answer)}


def page_example(rows: Sequence[Row]) -> dict[str, Any]:
    """Questions about one page as `packing.collator` takes them."""
    return {
        "image": rows[0].image(),
        "questions": [row.question for row in rows],
        "answers": [row.answer for row in rows],
    }


def as_dataset(rows: Sequence[Row]) -> "Dataset":
    """Rows as a data set of examples. A page is decoded when its example is asked for, not before."""
    from datasets import Dataset

    return Dataset.from_dict({"row": range(len(rows))}).with_transform(partial(_examples, rows))


def _examples(rows: Sequence[Row], batch: dict[str, list[int]]) -> dict[str, list[Any]]:
    examples = [example(rows[index]) for index in batch["row"]]
    return {key: [one[key] for one in examples] for key in ("image", "prompt", "completion")}
