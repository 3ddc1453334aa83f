"""Which question about which page spoiled a step: its rows are computed again, one at a time."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from finetune.examples import Row
from finetune.watch.answers import pairs, plain, single_rows, split

if TYPE_CHECKING:
    from finetune.trainer import AnswerTrainer


@dataclass(frozen=True, slots=True)
class Suspect:
    """A row of a step, the questions in it, and the mean loss of each answer in nats per token."""

    pages: str
    questions: tuple[str, ...]
    losses: tuple[float, ...]
    gradient_is_finite: bool

    @property
    def is_guilty(self) -> bool:
        return not (self.gradient_is_finite and all(map(math.isfinite, self.losses)))

    @property
    def worst(self) -> float:
        """The highest loss; one that is no number is higher than any."""
        return max((loss if math.isfinite(loss) else math.inf for loss in self.losses), default=0.0)

    def __str__(self) -> str:
        """The page, and of its questions those that are to blame, or else the one that lost most."""
        bad = [index for index, loss in enumerate(self.losses) if not math.isfinite(loss)]
        if not bad and self.gradient_is_finite:
            bad = [self.losses.index(max(self.losses))]
        asked = [
            f"{self.questions[index]!r} (loss {self.losses[index]:.4g})" for index in bad or range(len(self.losses))
        ]
        return f"page {self.pages}, {', '.join(asked)}{'' if self.gradient_is_finite else ', gradient not finite'}"


def suspects(trainer: "AnswerTrainer", rows: Sequence[Row], batches: Sequence[dict[str, Tensor]]) -> list[Suspect]:
    """Each row of these batches, whatever its loss is now. `rows` are those among which a question is looked up."""
    known = defaultdict(dict)
    for row in rows:
        known[plain(row.question), plain(row.answer)][row.page_id] = None
    trainer.model.train()
    return [_suspect(trainer, known, one) for one in _rows(batches)]


def _rows(batches: Sequence[dict[str, Tensor]]) -> Iterator[dict[str, Tensor]]:
    for batch in batches:
        yield from single_rows(batch)


def _suspect(trainer: "AnswerTrainer", known: dict[tuple[str, str], dict[str, None]], batch: dict) -> Suspect:
    outputs = trainer.forward(batch)
    (answers,) = split(outputs.log_probs.detach(), batch["labels"])
    weights = [weight for weight in trainer.model.parameters() if weight.requires_grad]
    # Not `backward`: among several processes it would wait for gradients of the others.
    gradients = torch.autograd.grad(-outputs.log_probs.sum(), weights, allow_unused=True)
    asked = pairs(batch["input_ids"][0], trainer.processing_class)
    if len(asked) != len(answers):  # never seen; what is wrong with the step must be told all the same
        asked = [("a question that could not be read back", "")] * len(answers)
    # A question that is asked of several pages in the same words, and answered alike, names them all.
    pages = set.intersection(*(set(known.get(pair, ())) for pair in asked)) or {"unknown"}
    return Suspect(
        pages=" or ".join(sorted(pages)),
        questions=tuple(question for question, _ in asked),
        losses=tuple(-answer.mean().item() for answer in answers),
        gradient_is_finite=all(bool(gradient.isfinite().all()) for gradient in gradients if gradient is not None),
    )
