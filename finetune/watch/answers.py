"""The answers of a batch one by one: where each stands, what it lost, and which question about which page it is.

Holds for a row with one question and for a row that shares its page among several: the scored tokens of an answer
stand together, and a question, which is not scored, stands between two answers.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from finetune.examples import IGNORED, PAGE_END, said

_ASKED = re.compile(r"(.*?)<\|im_end\|>\n<\|im_start\|>assistant\n(.*?)<\|im_end\|>\n", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")


def split(values: Tensor, labels: Tensor) -> list[list[Tensor]]:
    """For each row the values of each of its answers, in their order.

    Args:
        values: (rows, tokens - 1), a value for each next token, as `log_probs` of TRL's fused head.
        labels: int64 (rows, tokens), not shifted, IGNORED outside of the answers.
    """
    rows = []
    for row, label in zip(values, labels[:, 1:], strict=True):
        places = (label != IGNORED).nonzero()[:, 0]
        breaks = ((places[1:] - places[:-1]) > 1).nonzero()[:, 0] + 1
        rows.append(list(torch.tensor_split(row[places], breaks.tolist())) if len(places) else [])
    return rows


def count(labels: Tensor) -> Tensor:
    """How many answers a batch holds, as an integer on its device: nothing waits for it."""
    scored = labels != IGNORED
    return (scored[:, 1:] & ~scored[:, :-1]).sum()


def number_tokens(answer: str, tokenizer: Any) -> Tensor:
    """Which tokens of an answer, as it is scored, print a number: bool (tokens,)."""
    spans = [match.span() for match in _NUMBER.finditer(answer)]
    offsets = tokenizer(said(answer), add_special_tokens=False, return_offsets_mapping=True)
    return torch.tensor(
        [any(start < end and first < stop for first, end in spans) for start, stop in offsets["offset_mapping"]]
    )


def pairs(ids: Tensor, processor: Any) -> list[tuple[str, str]]:
    """The questions and answers of one row, read back from its token ids (tokens,)."""
    text = processor.tokenizer.decode(ids[ids != processor.image_token_id].tolist(), clean_up_tokenization_spaces=False)
    return [(plain(question), plain(answer)) for question, answer in _ASKED.findall(text.partition(PAGE_END)[2])]


def plain(text: str) -> str:
    """A text as the tokenizer's normalisation leaves it (Unicode NFC)."""
    return unicodedata.normalize("NFC", text)


def single_rows(batch: dict[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """The rows of a batch, one image each, as batches of one."""
    patches = batch["image_grid_thw"].prod(dim=1).tolist()
    pixels = batch["pixel_values"].split(patches)
    for row in range(len(batch["input_ids"])):
        one = {key: value[row : row + 1] for key, value in batch.items() if key not in {"pixel_values", "position_ids"}}
        if "position_ids" in batch:  # (3, rows, tokens)
            one["position_ids"] = batch["position_ids"][:, row : row + 1]
        yield one | {"pixel_values": pixels[row]}
