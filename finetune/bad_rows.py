"""Find the question that spoiled a step, by computing its rows again, one at a time."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from finetune.examples import example
from finetune.packing.collator import INDEX
from finetune.packing.sampler import PackedRows
from finetune.validation import split


@dataclass(slots=True)
class Step:
    """The batches of the present step, in this process."""

    batches: Sequence[dict[str, Tensor]] = ()
    losses: list[Tensor] = field(default_factory=list)  # one per batch, each a share of the step's loss


class BadStep(Exception):
    """A step must not be taken; it holds the batches that may be to blame."""

    def __init__(self, why: str, batches: Sequence[dict[str, Tensor]]) -> None:
        super().__init__(why)
        self.batches = batches


@dataclass(frozen=True, slots=True)
class Suspect:
    """A row of a step: the page of each of its questions, and the mean loss of each answer in nats per token."""

    questions: tuple[tuple[str, str], ...]  # page and words
    losses: tuple[float, ...]
    gradient_is_finite: bool

    @property
    def is_guilty(self) -> bool:
        return not (self.gradient_is_finite and all(map(math.isfinite, self.losses)))

    @property
    def worst(self) -> float:
        """The highest loss; NaN counts as higher than any."""
        return max((loss if math.isfinite(loss) else math.inf for loss in self.losses), default=0.0)

    def __str__(self) -> str:
        """Return the pages and the questions to blame, else the question with the highest loss."""
        bad = [index for index, loss in enumerate(self.losses) if not math.isfinite(loss)]
        if not bad and self.gradient_is_finite:
            bad = [self.losses.index(max(self.losses))]
        bad = bad or range(len(self.losses))
        pages = " and ".join(dict.fromkeys(self.questions[index][0] for index in bad))
        asked = [f"{self.questions[index][1]!r} (loss {self.losses[index]:.4g})" for index in bad]
        return f"page {pages}, {', '.join(asked)}{'' if self.gradient_is_finite else ', gradient not finite'}"


def suspects(
    batches: Sequence[dict[str, Tensor]],
    rows: PackedRows,
    collate: Callable[[list[dict[str, Any]]], dict[str, Tensor]],
    forward: Callable[[dict[str, Tensor]], Any],
    weights: Sequence[Tensor],
) -> list[Suspect]:
    """Return each row of these batches with its loss, computed again."""
    found = []
    for index in (index for batch in batches for index in batch[INDEX].tolist()):
        batch = collate([example(rows[index])])
        outputs = forward(batch)
        (answers,) = split(outputs.log_probs.detach(), batch["labels"])
        # Not `backward`: among several processes it would wait for gradients of the others.
        gradients = torch.autograd.grad(-outputs.log_probs.sum(), weights, allow_unused=True)
        found.append(
            Suspect(
                questions=tuple((row.page_id, row.question) for row in rows[index]),
                losses=tuple(-answer.mean().item() for answer in answers),
                gradient_is_finite=all(bool(one.isfinite().all()) for one in gradients if one is not None),
            )
        )
    return found


def verdict(found: Sequence[Suspect]) -> str:
    """Return in words which of a step's rows are to blame."""
    guilty = [one for one in found if one.is_guilty]
    if guilty and len(guilty) == len(found) > 1:
        return f"each of {len(found)} rows does it, so it is the weights; the first is {guilty[0]}"
    if guilty:
        return "; ".join(map(str, guilty))
    return f"no row does it alone; most is lost on {max(found, key=lambda one: one.worst)}"
