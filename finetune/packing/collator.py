"""Turns pages and their questions into the tensors of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from finetune.examples import IGNORED, asked, said
from finetune.packing.mask import PADDING, SHARED
from finetune.packing.positions import prefix_positions, question_positions

MULTIPLE = 16  # CUDA's kernels for a mask want aligned rows and would else copy the mask to align it


@dataclass(frozen=True, slots=True)
class EncodedPage:
    """A page and its questions as tensors; `tokens` is the length of the row."""

    input_ids: Tensor  # int64 (tokens,)
    labels: Tensor  # int64 (tokens,), IGNORED but for the answers
    segments: Tensor  # int64 (tokens,), see `mask`
    positions: Tensor  # int64 (3, tokens)
    pixel_values: Tensor  # float32 (patches, values of a patch)
    grid: Tensor  # int64 (1, 3): patches along time, height and width


@dataclass(frozen=True, slots=True)
class SharedPages:
    """The collator: each example is an `image`, its `questions` and their `answers`, and becomes one row."""

    processor: Any

    def __call__(self, examples: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        """A batch for `Qwen2VLForConditionalGeneration`, with `segments` for `packing.attention`.

        `input_ids`, `labels` and `segments` are int64 (rows, tokens), `position_ids` int64 (3, rows, tokens). Who sees
        whom takes tokens x tokens numbers, so it is worked out on the device. `attention_mask`, bool (rows, tokens),
        only tells tokens from padding; TRL counts by it.
        """
        pages = [encode(self.processor, one["image"], one["questions"], one["answers"]) for one in examples]
        longest = max(len(page.input_ids) for page in pages)
        length = -(-longest // MULTIPLE) * MULTIPLE
        segments = _stack([page.segments for page in pages], length, PADDING)
        return {  # the Trainer reads the number of rows from the first tensor
            "input_ids": _stack([page.input_ids for page in pages], length, self.processor.tokenizer.pad_token_id),
            "labels": _stack([page.labels for page in pages], length, IGNORED),
            "segments": segments,
            "attention_mask": segments != PADDING,
            "position_ids": _stack([page.positions for page in pages], length, 0).transpose(0, 1),
            "pixel_values": torch.cat([page.pixel_values for page in pages]),
            "image_grid_thw": torch.cat([page.grid for page in pages]),
        }


def encode(processor: Any, image: Any, questions: Sequence[str], answers: Sequence[str]) -> EncodedPage:
    """One row: the shared part, then each question with its answer.

    Every piece begins or ends at a special token, where the tokenizer cuts anyhow: the ids are those of the whole text.
    """
    pixels = processor.image_processor(images=[image], return_tensors="pt")
    prefix, ids = _prefix(processor, pixels["image_grid_thw"][0])
    parts, labels, segments = [ids], [torch.full_like(ids, IGNORED)], [torch.full_like(ids, SHARED)]
    positions = [prefix]
    for number, (question, answer) in enumerate(zip(questions, answers, strict=True), 1):
        read, scored = _ids(processor, asked(processor, question)[1]), _ids(processor, said(answer))
        parts += [read, scored]
        labels += [torch.full_like(read, IGNORED), scored]
        segments.append(torch.full((len(read) + len(scored),), number))
        positions.append(question_positions(prefix, len(read) + len(scored)))
    return EncodedPage(
        torch.cat(parts),
        torch.cat(labels),
        torch.cat(segments),
        torch.cat(positions, dim=1),
        pixels["pixel_values"],
        pixels["image_grid_thw"],
    )


def _prefix(processor: Any, patches: Tensor) -> tuple[Tensor, Tensor]:
    """Positions (3, tokens) and ids (tokens,) up to the end of the page, which is the same for every question."""
    ids = _ids(processor, asked(processor, "")[0])
    before = int((ids == processor.image_token_id).nonzero())  # one placeholder stands for the whole page
    merge = processor.image_processor.merge_size
    time, height, width = patches.tolist()
    grid = (time, height // merge, width // merge)
    image = ids[before].repeat(grid[0] * grid[1] * grid[2])
    after = ids[before + 1 :]
    return prefix_positions(before, grid, len(after)), torch.cat([ids[:before], image, after])


def _ids(processor: Any, text: str) -> Tensor:
    return torch.tensor(processor.tokenizer(text, add_special_tokens=False)["input_ids"])


def _stack(rows: Sequence[Tensor], length: int, value: int) -> Tensor:
    return torch.stack([pad(row, (0, length - row.shape[-1]), value=value) for row in rows])
