"""Collate rows of questions into the tensors of a batch: rows that share a page or prompt, or one question each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from finetune.examples import IGNORED, prompt_parts, scored_text
from vlm3_dataset.hub.reader import prompt

ALIGNED_TO = 16  # CUDA's masked kernels need aligned rows, and would copy the mask to align it
SHARED, PADDING = 0, -1  # as segments: the part that questions share, and what fills a row up; 1, 2, ... are questions
INDEX = "index"  # a row's number in its dataset, carried in a batch beside the model's inputs


@dataclass(frozen=True, slots=True)
class EncodedRow:
    """Questions that share a row as tensors."""

    input_ids: Tensor  # int64 (tokens,)
    labels: Tensor  # int64 (tokens,), IGNORED but for the answers
    segments: Tensor  # int64 (tokens,): SHARED, or the number of a question
    positions: Tensor  # int64 (3, tokens)
    page: dict[str, Tensor]  # float32 pixel_values, int64 image_grid_thw (1, 3); empty for a row without a page


@dataclass(frozen=True, slots=True)
class SharedRows:
    """The collator for shared rows: each example is an `image` or None, `questions`, their `answers`, an `index`."""

    processor: Any

    def __call__(self, examples: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        """Return a batch for `Qwen2VLForConditionalGeneration`, with `segments` for `packing.attention`.

        `input_ids`, `labels` and `segments` are int64 (rows, tokens), `position_ids` int64 (3, rows, tokens). Who sees
        whom takes tokens x tokens numbers, so it is worked out on the device. `attention_mask`, bool (rows, tokens),
        only tells tokens from padding; TRL counts by it. Where no row has a page there are no pixels.
        """
        rows = [encode(self.processor, one["image"], one["questions"], one["answers"]) for one in examples]
        longest = max(len(row.input_ids) for row in rows)
        length = -(-longest // ALIGNED_TO) * ALIGNED_TO
        segments = _stack([row.segments for row in rows], length, PADDING)
        pages = [row.page for row in rows if row.page]
        return {  # the Trainer reads the number of rows from the first tensor
            "input_ids": _stack([row.input_ids for row in rows], length, self.processor.tokenizer.pad_token_id),
            "labels": _stack([row.labels for row in rows], length, IGNORED),
            "segments": segments,
            "attention_mask": segments != PADDING,
            "position_ids": _stack([row.positions for row in rows], length, 0).transpose(0, 1),
            INDEX: torch.tensor([one[INDEX] for one in examples]),
            **{key: torch.cat([page[key] for page in pages]) for key in (pages[0] if pages else ())},
        }


@dataclass(frozen=True, slots=True)
class SeparateRows:
    """Wraps TRL's own collator, for examples of one question each.

    It gets `prompt` and `completion`, never `messages`: TRL 1.16 scores every token of `messages`, and with a page
    93 % of those would be image placeholders.
    """

    processor: Any

    def __call__(self, examples: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

        collate = DataCollatorForVisionLanguageModeling(self.processor, completion_only_loss=True)
        turns = []
        for one in examples:
            (question,), (answer,), image = one["questions"], one["answers"], one["image"]
            completion = [{"role": "assistant", "content": [{"type": "text", "text": answer}]}]
            pages = [] if image is None else [image]
            user = prompt(question, page=bool(pages))
            turns.append({"images": pages, "prompt": user, "completion": completion})
        batch = collate(turns)
        return {**batch, INDEX: torch.tensor([one[INDEX] for one in examples])}


def encode(processor: Any, image: Any, questions: Sequence[str], answers: Sequence[str]) -> EncodedRow:
    """Encode one row: the shared part, then each question with its answer.

    Every piece begins or ends at a special token, where the tokenizer cuts anyhow: the ids are those of the whole text.
    """
    ids = _ids(processor, prompt_parts(processor, "", page=image is not None)[0])
    page, prefix = {}, text_positions(0, len(ids))
    if image is not None:
        page = dict(processor.image_processor(images=[image], return_tensors="pt"))
        prefix, ids = _with_page(processor, ids, page["image_grid_thw"][0])
    parts, labels, segments = [ids], [torch.full_like(ids, IGNORED)], [torch.full_like(ids, SHARED)]
    positions = [prefix]
    for number, (question, answer) in enumerate(zip(questions, answers, strict=True), 1):
        read = _ids(processor, prompt_parts(processor, question, page=image is not None)[1])
        scored = _ids(processor, scored_text(answer))
        parts += [read, scored]
        labels += [torch.full_like(read, IGNORED), scored]
        segments.append(torch.full((len(read) + len(scored),), number))
        # Each question begins where the shared part ends, whatever other questions stand between them.
        positions.append(text_positions(int(prefix.max()) + 1, len(read) + len(scored)))
    return EncodedRow(torch.cat(parts), torch.cat(labels), torch.cat(segments), torch.cat(positions, dim=1), page)


def _with_page(processor: Any, ids: Tensor, patches: Tensor) -> tuple[Tensor, Tensor]:
    """Return positions (3, tokens) and ids (tokens,) of the shared part, its one placeholder expanded to the page."""
    before = int((ids == processor.image_token_id).nonzero())
    merge = processor.image_processor.merge_size
    time, height, width = patches.tolist()
    grid = (time, height // merge, width // merge)
    image = ids[before].repeat(grid[0] * grid[1] * grid[2])
    after = ids[before + 1 :]
    return prefix_positions(before, grid, len(after)), torch.cat([ids[:before], image, after])


def prefix_positions(before: int, grid: tuple[int, int, int], after: int) -> Tensor:
    """Return the positions of the shared part, int64 (3, tokens): M-RoPE of Qwen2-VL (arXiv 2409.12191, section 2.1).

    A token has three: time, height and width. For text they are equal and count up; an image's tokens count along its
    grid; the text after an image goes on from the largest position before it. The reference is
    `Qwen2VLModel.get_rope_index` in transformers, which covers sequences with one question only.

    Args:
        before: tokens of text in front of the image, at least one.
        grid: tokens of the image along time (1 for a picture), height and width, after the merging of patches.
        after: tokens of text behind the image that belong to the shared part.
    """
    image = torch.cartesian_prod(*(torch.arange(size) for size in grid)).T + before
    return torch.cat([text_positions(0, before), image, text_positions(before + max(grid), after)], dim=1)


def text_positions(start: int, length: int) -> Tensor:
    """Return the positions of `length` tokens of text, int64 of shape (3, length)."""
    return torch.arange(start, start + length).expand(3, -1)


def _ids(processor: Any, text: str) -> Tensor:
    return torch.tensor(processor.tokenizer(text, add_special_tokens=False)["input_ids"])


def _stack(rows: Sequence[Tensor], length: int, value: int) -> Tensor:
    return torch.stack([pad(row, (0, length - row.shape[-1]), value=value) for row in rows])
