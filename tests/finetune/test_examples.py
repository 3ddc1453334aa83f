"""A row is asked the same way in training and in serving; its tokens are known before its page is decoded."""

from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from finetune.config import Settings
from finetune.examples import PageImage, Row, RowTokens, example, measure, prompt_parts
from finetune.packing.collator import SeparateRows, SharedRows
from vlm3_dataset.hub.reader import render

TEXT = Row("post-12", None, "Which oil do owners use?", "10W-60", source="forum")


def page(size: tuple[int, int]) -> PageImage:
    return PageImage(lambda: Image.new("RGB", size), "digest", size)


@pytest.mark.parametrize("has_page", [True, False])
def test_training_reads_the_text_that_serving_renders(processor: Any, data: Any, has_page: bool) -> None:
    row = data.train[0] if has_page else TEXT
    batch = SeparateRows(processor)([example([row])])
    images = {"images": [row.image.load()]} if has_page else {}
    served = processor(text=[render(processor, row.question, page=has_page)], return_tensors="pt", **images)
    read = batch["labels"][0] == -100
    assert batch["input_ids"][0][read].tolist() == served["input_ids"][0].tolist()


@pytest.mark.parametrize("has_page", [True, False])
def test_the_two_parts_of_a_prompt_are_the_prompt(processor: Any, has_page: bool) -> None:
    shared, own = prompt_parts(processor, "How tight?", page=has_page)
    assert shared + own == render(processor, "How tight?", page=has_page)
    assert prompt_parts(processor, "Which oil?", page=has_page)[0] == shared
    assert "How tight?" in own


@pytest.mark.parametrize("collator", [SeparateRows, SharedRows])
@pytest.mark.parametrize(
    "size", [(1240, 1760), (1760, 1240), (40, 30), (1, 150), (224, 224), (223, 238), None], ids=str
)
def test_the_tokens_are_those_that_the_collator_makes(
    size: tuple[int, int] | None, collator: Any, processor: Any, settings: Callable[..., Settings]
) -> None:
    row = Row("21-01", size and page(size), "How tight are the bolts?", "24 Nm, in a cross")
    (tokens,) = measure([row], processor, settings())
    batch = collator(processor)([example([row])])
    assert int(batch["attention_mask"].sum()) == tokens.alone == RowTokens.of([tokens]).total
    assert int((batch["input_ids"] == processor.image_token_id).sum()) == tokens.image
    assert int((batch["labels"] != -100).sum()) == tokens.answer
    assert tokens.image <= settings().max_pixels // 28**2
