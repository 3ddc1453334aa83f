"""How others train several questions about one page: TRL's row for each, and one conversation of several turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from datasets import Dataset
from torch import Tensor

from finetune.examples import IGNORED, Row
from vlm3_dataset.hub.reader import prompt


def turn(answer: str) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"type": "text", "text": answer}]}


def stock_dataset(rows: Sequence[Row]) -> Dataset:
    """Rows as TRL's own vision collator takes them."""

    def examples(batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        found = [rows[number] for number in batch["row"]]
        return {
            "image": [row.image.load() for row in found],
            "prompt": [prompt(row.question) for row in found],
            "completion": [[turn(row.answer)] for row in found],
        }

    return Dataset.from_dict({"row": range(len(rows))}).with_transform(examples)


@dataclass(frozen=True, slots=True)
class Conversations:
    """A collator as LLaMA-Factory and 2U1 have it: the page once, each question sees all turns before it.

    As cheap as a shared row, and something else: question 7 is learned with the answers to 1 to 6 in sight, which it
    does not have when it is asked.
    """

    processor: Any

    def __call__(self, examples: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        texts = [self.processor.apply_chat_template(_turns(one), tokenize=False) for one in examples]
        images = [one["image"] for one in examples]
        batch = dict(self.processor(text=texts, images=images, padding=True, return_tensors="pt"))
        opening = self._ids("<|im_start|>assistant\n")
        end = self._ids("<|im_end|>\n")
        batch["labels"] = torch.stack([_scored(ids, opening, end) for ids in batch["input_ids"]])
        return batch

    def _ids(self, text: str) -> list[int]:
        return self.processor.tokenizer(text, add_special_tokens=False)["input_ids"]


def _turns(one: dict[str, Any]) -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = []
    for question, answer in zip(one["questions"], one["answers"], strict=True):
        asked = prompt(question, page=not turns)
        turns += [*asked, turn(answer)]
    return turns


def _scored(ids: Tensor, opening: list[int], end: list[int]) -> Tensor:
    """Labels of one row: what stands between `opening` and `end`, and the end itself."""
    labels, tokens, at = torch.full_like(ids, IGNORED), ids.tolist(), 0
    while at < len(tokens):
        if tokens[at : at + len(opening)] != opening:
            at += 1
            continue
        start = at = at + len(opening)
        while tokens[at : at + len(end)] != end:
            at += 1
        at += len(end)
        labels[start:at] = ids[start:at]
    return labels
