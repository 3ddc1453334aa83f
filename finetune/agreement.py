"""Check on real rows, before a training, that a shared row gives what its questions would give alone.

The tests show it in float32 on a CPU; kernels, templates and library versions differ elsewhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from finetune.examples import Row, example
from finetune.packing.collator import SHARED, SeparateRows, SharedRows
from finetune.trainer import AnswerTrainer
from vlm3_dataset.errors import UserError

# Of the tiny model in bfloat16 a shared row differs from separate ones by 0.4 to 0.7 of what another kernel makes, and
# with questions that see each other by 40 times as much.
MARGIN = 4
FLOAT32_NOISE = 1e-5  # in float32 all of them are below 1e-6

# Without FlashAttention: the tower takes the next kernel, the language model the one that writes the scores out.
OTHER_KERNELS = [SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]


def compare_rows(trainer: AnswerTrainer, rows: Sequence[Row]) -> str:
    """Compare log-probabilities and gradients of questions in one row with those of one row each; say how they differ.

    The measure is how far separate rows are from themselves with other kernels. Gradients stay set afterwards. Raises
    UserError where a token, label or position differs, or the figures differ by more than rounding.
    """
    together = SharedRows(trainer.processing_class)([example(rows)])
    separate = SeparateRows(trainer.processing_class)
    alone = [separate([example([row])]) for row in rows]
    for number, (row, batch) in enumerate(zip(rows, alone, strict=True), 1):
        _same_tokens(trainer, together, number, row, batch)
    with _recomputing(trainer.model):
        expected = _computed(trainer, alone)
        shared = _differences(_computed(trainer, [together]), expected)
        with sdpa_kernel(OTHER_KERNELS):
            rounding = _differences(_computed(trainer, alone), expected)
    kind = f"{len(rows)} questions in one row {'with' if rows[0].image else 'without'} a page ({trainer.way} attention)"
    told = "log-probabilities differ by {:.1e}, gradients by {:.1e} (rounding: {:.1e} and {:.1e})"
    line = f"{kind} against a row each: {told.format(*shared, *rounding)}"
    if any(one > MARGIN * other + FLOAT32_NOISE for one, other in zip(shared, rounding, strict=True)):
        raise UserError(f"self-check: page {rows[0].page_id}, {line}; use --attention sdpa, or --packing off")
    return line


@contextmanager
def _recomputing(model: Any) -> Iterator[None]:
    """Have the backward pass compute each layer again, without dropout; afterwards none, until the training begins.

    The math kernel writes the scores out, a layer's of 2,600 tokens in 0.8 GB: those of all 28 layers at once would not
    fit beside a run that keeps its activations and fits.
    """
    model.gradient_checkpointing_enable({"use_reentrant": False})
    for module in model.train().modules():  # layers are computed again in training mode alone
        if isinstance(module, nn.Dropout):
            module.eval()
    yield
    model.train()
    model.gradient_checkpointing_disable()


def _computed(trainer: AnswerTrainer, batches: Sequence[dict[str, Tensor]]) -> tuple[list[Tensor], list[Tensor]]:
    """Return the log-probabilities of the answers' tokens, and the gradients of all adapter weights."""
    trainer.model.zero_grad(set_to_none=True)
    found = []
    for batch in batches:
        outputs = trainer.forward(batch)
        outputs.log_probs.sum().backward()
        found.append(outputs.log_probs.detach()[outputs.label_mask.bool()])
    return [torch.cat(found)], [weight.grad for weight in trainer.trained_weights()]


def _differences(found: Sequence[list[Tensor]], expected: Sequence[list[Tensor]]) -> list[float]:
    """Return for both figures the norm of the difference, relative to that of what was expected."""
    return [
        _norm(a - b for a, b in zip(one, other, strict=True)) / _norm(other)
        for one, other in zip(found, expected, strict=True)
    ]


def _norm(tensors: Iterable[Tensor]) -> float:
    return sum(tensor.double().square().sum().item() for tensor in tensors) ** 0.5


def _same_tokens(
    trainer: AnswerTrainer, together: dict[str, Any], number: int, row: Row, alone: dict[str, Any]
) -> None:
    """Check that a question has the same tokens, labels and positions in the shared row as alone, exactly."""
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
