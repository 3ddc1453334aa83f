"""Check on real rows, before a training, that a shared row gives what its questions would give alone.

The tests show it in float32 on a CPU; kernels, templates and library versions differ elsewhere.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from finetune.examples import Row, example
from finetune.packing.collator import SeparateRows, SharedRows
from finetune.packing.mask import SHARED
from finetune.trainer import AnswerTrainer
from vlm3_dataset.errors import UserError

# Of the tiny model in bfloat16 a shared row differs from separate ones by 0.4 to 0.7 of what another kernel makes, and
# with questions that see each other by 40 times as much.
MARGIN = 4
EXACT = 1e-5  # in float32 all of them are below 1e-6

# Without FlashAttention: the tower takes the next kernel, the language model the one that writes the scores out.
OTHER_KERNELS = [SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two ways to compute one thing: its norm, relative to that of the thing."""

    log_probs: float  # of the answers' tokens
    gradients: float  # of all adapter weights together

    def exceeds(self, rounding: "Difference") -> bool:
        return (
            self.log_probs > MARGIN * rounding.log_probs + EXACT or self.gradients > MARGIN * rounding.gradients + EXACT
        )


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a shared row is from separate rows, and how far separate rows with other kernels are from each other."""

    questions: int
    has_page: bool
    shared: Difference
    rounding: Difference


def agree(trainer: AnswerTrainer, rows: Sequence[Row]) -> Agreement:
    """Compare log-probabilities and gradients of questions in one row with those of one row each.

    Gradients stay set afterwards. Raises UserError where a token, label or position differs, or the figures differ by
    more than rounding.
    """
    together = SharedRows(trainer.processing_class)([example(rows)])
    separate = SeparateRows(trainer.processing_class)
    alone = [separate([example([row])]) for row in rows]
    for number, (row, batch) in enumerate(zip(rows, alone, strict=True), 1):
        _same_tokens(trainer, together, number, row, batch)
    with _without_dropout(trainer.model):
        expected = _Result.of(trainer, alone)
        shared = _Result.of(trainer, [together]).difference(expected)
        with sdpa_kernel(OTHER_KERNELS):
            rounding = _Result.of(trainer, alone).difference(expected)
    if shared.exceeds(rounding):
        raise UserError(
            f"self-check: {len(rows)} questions in a row of page {rows[0].page_id} differ from a row each by"
            f" {shared.log_probs:.1e} in log-probability and {shared.gradients:.1e} in gradient; rounding makes"
            f" {rounding.log_probs:.1e} and {rounding.gradients:.1e}; use --attention sdpa, or --packing off"
        )
    return Agreement(len(rows), rows[0].image is not None, shared, rounding)


@dataclass(frozen=True, slots=True)
class _Result:
    log_probs: Tensor  # (answer tokens,)
    gradients: dict[str, Tensor]

    @classmethod
    def of(cls, trainer: AnswerTrainer, batches: Sequence[dict[str, Tensor]]) -> "_Result":
        trainer.model.zero_grad(set_to_none=True)
        found = []
        for batch in batches:
            outputs = trainer.forward(batch)
            outputs.log_probs.sum().backward()
            found.append(outputs.log_probs.detach()[outputs.label_mask.bool()])
        trained = trainer.model.named_parameters()
        return cls(torch.cat(found), {name: weight.grad for name, weight in trained if weight.grad is not None})

    def difference(self, other: "_Result") -> Difference:
        gradients = _norm(self.gradients[name] - value for name, value in other.gradients.items())
        log_probs = _norm([self.log_probs - other.log_probs]) / _norm([other.log_probs])
        return Difference(log_probs, gradients / _norm(other.gradients.values()))


def _norm(tensors: Any) -> float:
    return sum(tensor.double().square().sum().item() for tensor in tensors) ** 0.5


def _same_tokens(
    trainer: AnswerTrainer, together: dict[str, Tensor], number: int, row: Row, alone: dict[str, Tensor]
) -> None:
    """Check that questions have the same tokens, labels and positions in the shared row as alone, exactly."""
    own = (together["segments"][0] == SHARED) | (together["segments"][0] == number)
    positions, _ = trainer.model.get_base_model().model.get_rope_index(
        alone["input_ids"], alone["mm_token_type_ids"], image_grid_thw=alone.get("image_grid_thw")
    )
    figures = {
        "tokens": (together["input_ids"][0, own], alone["input_ids"][0]),
        "labels": (together["labels"][0, own], alone["labels"][0]),
        "positions": (together["position_ids"][:, 0, own], positions[:, 0]),
    }
    for name, (found, expected) in figures.items():
        if not torch.equal(found, expected):
            raise UserError(f"self-check: page {row.page_id}, {row.question!r}: its {name} change in a shared row")


@contextmanager
def _without_dropout(model: nn.Module) -> Iterator[None]:
    """Keep training mode, which gradient checkpointing needs to save memory, with all dropout switched off."""
    for module in model.train().modules():
        if isinstance(module, nn.Dropout):
            module.eval()
    try:
        yield
    finally:
        model.train()
