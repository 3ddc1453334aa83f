"""Each question of a shared page has the positions that the model computes for it alone."""

from dataclasses import replace
from typing import Any

import pytest

from finetune.examples import example


@pytest.fixture(scope="module")
def model(base: str) -> Any:
    from transformers import Qwen2VLForConditionalGeneration

    return Qwen2VLForConditionalGeneration.from_pretrained(base)


@pytest.mark.parametrize("page", ["21-01", "21-02", "21-03", None])
def test_positions_are_those_the_model_computes(page: str | None, model: Any, processor: Any, data: Any) -> None:
    import torch

    from finetune.packing.collator import SeparateRows, encode

    rows = [row for row in data.train if row.page_id == page] or [replace(row, image=None) for row in data.train]
    image = rows[0].image and rows[0].image.load()
    packed = encode(processor, image, [row.question for row in rows], [row.answer for row in rows])
    separate = SeparateRows(processor)
    for number, row in enumerate(rows, 1):
        batch = separate([example([row])])
        expected, _ = model.model.get_rope_index(
            batch["input_ids"], batch["mm_token_type_ids"], image_grid_thw=batch.get("image_grid_thw")
        )
        own = (packed.segments == 0) | (packed.segments == number)
        assert torch.equal(packed.input_ids[own], batch["input_ids"][0])
        assert torch.equal(packed.labels[own], batch["labels"][0])
        assert torch.equal(packed.positions[:, own], expected[:, 0])


@pytest.mark.parametrize("grid", [(1, 2, 5), (1, 5, 2), (1, 1, 1)])
def test_text_goes_on_behind_the_longer_side_of_the_image(grid: tuple[int, int, int]) -> None:
    from finetune.packing.collator import prefix_positions

    prefix = prefix_positions(3, grid, 1)
    assert prefix.shape == (3, 3 + grid[0] * grid[1] * grid[2] + 1)
    assert prefix[:, -1].tolist() == [3 + max(grid)] * 3


def test_a_token_sees_the_page_and_its_own_question() -> None:
    import torch

    from finetune.packing.attention import additive_mask, visible

    seen = visible(torch.tensor([[0, 0, 1, 1, 2, -1]]))[0, 0].int().tolist()
    assert seen == [
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0, 0],
        [1, 1, 0, 0, 1, 0],
        [1, 1, 0, 0, 0, 1],
    ]
    mask = additive_mask(torch.tensor([[0, 1, 2]]), torch.bfloat16)
    assert mask.dtype == torch.bfloat16
    assert mask[0, 0, 2].tolist() == [0, torch.finfo(torch.bfloat16).min, 0]
    assert torch.equal(additive_mask(torch.tensor([[0, 1, 2]]), torch.bfloat16, first=1), mask[:, :, 1:])
