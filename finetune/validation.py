"""Measure the loss on held-out rows: over all, by content type and source, and on tokens that print a number.

A wrong digit in a torque costs an engine and moves the mean over all tokens by next to nothing.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import gather_object
from torch import Tensor
from torch.utils.data import DataLoader, Subset
from tqdm import tqdm

from finetune.examples import IGNORED, Row, scored_text
from finetune.signals import obey_parent, signals_blocked

LOSS, NUMBERS, ACCURACY = "eval_loss", "eval_loss/numbers", "eval_mean_token_accuracy"
SOURCE = f"{LOSS}/source/"
_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")


class Tally:
    """Sums up the losses of tokens by the name of their figure."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.parts: list[tuple[str, float, int]] = []  # a figure, the sum of some values of it, and their number
        self.faults: list[str] = []

    def add(self, rows: Sequence[Sequence[Row]], labels: Tensor, outputs: Any) -> None:
        """Add a batch: the questions of each of its rows, in order, and the model's outputs."""
        asked = [row for questions in rows for row in questions]
        losses, right = (
            [answer for row in split(values, labels) for answer in row]
            for values in (-outputs.log_probs, outputs.is_top1)
        )
        for row, nats, hits in zip(asked, losses, right, strict=True):
            if not nats.isfinite().all():
                self.faults.append(f"page {row.page_id}, {row.question!r}")
            named = dict.fromkeys((LOSS, f"{LOSS}/{row.content_type or 'unknown'}", f"{SOURCE}{row.source}"), nats)
            named[NUMBERS] = nats[number_tokens(row.answer, self.tokenizer).to(nats.device)]
            named[ACCURACY] = hits
            self.parts += [(name, values.double().sum().item(), len(values)) for name, values in named.items()]

    def figures(self) -> dict[str, float]:
        """Return the means over all processes. A figure without tokens is left out, and a source that is alone."""
        sums, counts = Counter(), Counter()
        for name, total, number in gather_object(self.parts):
            sums[name] += total
            counts[name] += number
        names = sorted(name for name, number in counts.items() if number)
        sources = [name for name in names if name.startswith(SOURCE)]
        return {name: sums[name] / counts[name] for name in names if len(sources) > 1 or name not in sources}

    def fault(self) -> str:
        """Return the first question of any process whose loss is NaN; "" if there is none."""
        return next(iter(gather_object(self.faults)), "")


def batches(dataset: Any, collate: Callable[..., Any], size: int, workers: int) -> Iterator[dict[str, Tensor] | None]:
    """Yield the batches of this process, then None while others still have one: all must yield equally often."""
    state = PartialState()
    mine = range(state.process_index, len(dataset), state.num_processes)
    turns = -(-len(range(0, len(dataset), state.num_processes)) // size)
    loader = DataLoader(
        Subset(dataset, list(mine)),
        batch_size=size,
        collate_fn=collate,
        num_workers=workers,
        worker_init_fn=obey_parent,
    )
    with signals_blocked():
        found = iter(loader)
    for _ in tqdm(range(turns), "validation", disable=not state.is_main_process, delay=2, leave=False):
        yield next(found, None)


def split(values: Tensor, labels: Tensor) -> list[list[Tensor]]:
    """Return for each row the values of each of its answers, in their order.

    The scored tokens of an answer stand together, and a question, which is not scored, stands between two answers.

    Args:
        values: (rows, tokens - 1), a value for each next token, as `log_probs` of TRL's fused head.
        labels: int64 (rows, tokens), not shifted, IGNORED outside of the answers.
    """
    rows = []
    for row, label in zip(values, labels[:, 1:].to(values.device), strict=True):
        places = (label != IGNORED).nonzero()[:, 0]
        breaks = ((places[1:] - places[:-1]) > 1).nonzero()[:, 0] + 1
        rows.append(list(torch.tensor_split(row[places], breaks.tolist())) if len(places) else [])
    return rows


def number_tokens(answer: str, tokenizer: Any) -> Tensor:
    """Return which tokens of an answer, as it is scored, print a number: bool (tokens,)."""
    spans = [match.span() for match in _NUMBER.finditer(answer)]
    offsets = tokenizer(scored_text(answer), add_special_tokens=False, return_offsets_mapping=True)
    return torch.tensor(
        [any(start < end and first < stop for first, end in spans) for start, stop in offsets["offset_mapping"]]
    )
