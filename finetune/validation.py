"""Measure the loss on held-out rows: over all, by content type and source, and on tokens that print a number.

A wrong digit in a torque costs an engine and moves the mean over all tokens by next to nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from finetune.examples import IGNORED, Row, scored_text

LOSS, NUMBERS, ACCURACY = "eval_loss", "eval_loss/numbers", "eval_mean_token_accuracy"
SOURCE = f"{LOSS}/source/"
_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")


class Part(NamedTuple):
    """A figure's share of one question."""

    question: str
    figure: str
    total: float  # of some values
    number: int  # of these values


def measure(rows: Sequence[Sequence[Row]], labels: Tensor, outputs: Any, processor: Any) -> list[list[Part]]:
    """Return the parts of each row of a batch, given the questions of each, in order, and the model's outputs."""
    found = []
    for questions, losses, right in zip(
        rows, split(-outputs.log_probs, labels), split(outputs.is_top1, labels), strict=True
    ):
        parts: list[Part] = []
        for row, nats, hits in zip(questions, losses, right, strict=True):
            named = dict.fromkeys((LOSS, f"{LOSS}/{row.content_type or 'unknown'}", f"{SOURCE}{row.source}"), nats)
            named[NUMBERS] = nats[number_tokens(row.answer, processor.tokenizer).to(nats.device)]
            named[ACCURACY] = hits
            where = f"page {row.page_id}, {row.question!r}"
            parts += [Part(where, name, one.double().sum().item(), len(one)) for name, one in named.items()]
        found.append(parts)
    return found


def means(parts: Iterable[Part]) -> dict[str, float]:
    """Return the mean of each figure. One without tokens is left out, and a source that is alone."""
    sums, counts = Counter(), Counter()
    for part in parts:
        sums[part.figure] += part.total
        counts[part.figure] += part.number
    names = sorted(name for name, number in counts.items() if number)
    sources = [name for name in names if name.startswith(SOURCE)]
    return {name: sums[name] / counts[name] for name in names if len(sources) > 1 or name not in sources}


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
