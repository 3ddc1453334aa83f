"""The length of a row is known before its page is decoded."""

from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from finetune.config import Settings
from finetune.examples import Row, example
from finetune.lengths import measure


@pytest.mark.parametrize("size", [(1240, 1760), (1760, 1240), (40, 30), (1, 150), (224, 224), (223, 238)])
def test_it_is_what_the_collator_makes(
    size: tuple[int, int], processor: Any, settings: Callable[..., Settings]
) -> None:
    from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

    row = Row("21-01", lambda: Image.new("RGB", size), "", size, "How tight are the bolts?", "24 Nm, in a cross")
    (length,) = measure([row], processor, settings())
    batch = DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)([example(row)])
    assert batch["input_ids"].shape == (1, length.total)
    assert int((batch["input_ids"] == processor.image_token_id).sum()) == length.image
    assert int((batch["labels"] != -100).sum()) == length.answer
    assert length.image <= settings().max_pixels // 28**2
