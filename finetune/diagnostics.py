"""Check before a training that the model is as intended, the largest row fits, and every adapter weight learns.

Real rows show too that a shared row gives what its questions would give alone. The checks run on the user's machine
because kernels, templates and library versions differ there. They take seconds.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from subprocess import CalledProcessError
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.utils import get_total_norm

from finetune.config import Settings
from finetune.examples import IGNORED, Row, RowTokens, example
from finetune.packing.collator import SHARED, SeparateRows, SharedRows
from finetune.packing.sampler import PackedRows
from finetune.trainer import AnswerTrainer
from vlm3_dataset.errors import UserError
from vlm3_dataset.hub.reader import PIXELS_PER_TOKEN, RowError

COMPARED_QUESTIONS = 4  # questions of the row that is compared with separate rows; nine passes in all

# Of the tiny model in bfloat16 a shared row differs from separate ones by 0.4 to 0.7 of what another kernel makes, and
# with questions that see each other by 40 times as much.
MARGIN = 4
FLOAT32_NOISE = 1e-5  # in float32 all of them are below 1e-6

# Without FlashAttention: the tower takes the next kernel, the language model the one that writes the scores out.
OTHER_KERNELS = [SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]


def check(trainer: AnswerTrainer, settings: Settings) -> list[str]:
    """Run all checks and return lines about them; random state, weights and gradients are unchanged afterwards.

    Raises UserError for the first check that fails.
    """
    packing, questions = trainer.train_rows.packing, trainer.train_rows.questions
    numbers = packing.largest()
    largest, length = [questions[number] for number in numbers], packing.row(numbers)
    cuda = trainer.args.device.type == "cuda"
    with trainer.random_state_kept():
        with _part("the loader"):
            one = example(largest)
            batch = trainer.data_collator([one])
        check_row(batch, largest[0], length, trainer.model.config.get_text_config().max_position_embeddings)
        try:
            if cuda:  # alone, on two tokens: Triton compiles it, and needs a C compiler
                two = {"input_ids": batch["input_ids"][:, :2], "labels": batch["input_ids"][:, :2]}
                with _part("TRL's fused head"):
                    trainer.forward(two)
            with _part(f"{trainer.way} attention"):
                peak = _backward(trainer, [one] * settings.rows_per_pass)
            check_gradients(trainer.model)
            compared = [compare_rows(trainer, rows) for rows in _compared(trainer.train_rows, settings)]
        except torch.OutOfMemoryError:
            raise UserError(
                f"the GPU's memory does not hold {settings.rows_per_pass} x the largest row ({length.total} tokens);"
                " try --gradient-checkpointing all, --bits 4, or a smaller --batch-size, --questions or --max-pixels"
            ) from None
    trainer.model.zero_grad(set_to_none=True)
    if cuda:
        torch.cuda.reset_peak_memory_stats()  # else the log and the card would tell the peak of the checks
    weights = sum(weight.numel() for weight in trainer.trained_weights())
    row = f"{length.total} tokens, {length.image} of them image, {length.scored} scored"
    return [
        f"self-check passed: {weights:,} adapter weights, each with a gradient",
        f"largest row: page {largest[0].page_id}, {row}{peak}",
        *compared,
    ]


def check_row(batch: dict[str, Any], row: Row, length: RowTokens, limit: int) -> None:
    """Check that the row in a batch is whole. Raises UserError with the first figure that is not as expected."""
    figures = {
        "tokens": (int(batch["attention_mask"].sum()), length.total),
        "scored tokens": (int((batch["labels"] != IGNORED).sum()), length.scored),
    }
    if row.image:
        _, height, width = batch["image_grid_thw"][0].tolist()  # in patches of 14 x 14 pixels
        figures["image tokens"] = (height * 14 * width * 14 // PIXELS_PER_TOKEN, length.image)
        figures["image places"] = (batch["pixel_values"].shape[0] // 4, length.image)  # four patches make one token
    for name, (found, expected) in figures.items():
        if found != expected:
            raise UserError(f"self-check: page {row.page_id} has {found} {name} and should have {expected}")
    if length.total > limit:
        raise UserError(
            f"page {row.page_id} makes a row of {length.total} tokens, the model holds {limit};"
            " lower --max-pixels or --questions"
        )


def check_gradients(model: Any) -> None:
    """Check after a backward pass that each adapter weight, and nothing else, has a finite gradient.

    Raises:
        UserError: one has none, or something else is trained.
    """
    for name, weight in model.named_parameters():
        if weight.requires_grad != ("lora_" in name):
            raise UserError(f"self-check: {name} is {'' if weight.requires_grad else 'not '}trained")
        if weight.requires_grad and (weight.grad is None or not weight.grad.isfinite().all()):
            raise UserError(f"self-check: {name} gets no usable gradient")
        if not weight.requires_grad and weight.grad is not None:
            raise UserError(f"self-check: {name} gets a gradient and is not trained")


def _compared(rows: PackedRows, settings: Settings) -> list[list[Row]]:
    """Return some questions of the page that has most of them, and some without a page."""
    if not settings.shares_pages:
        return []
    groups = rows.packing.groups
    page = max((one.members for one in groups if one.has_page), key=len, default=())
    texts = sorted(number for one in groups if not one.has_page for number in one.members)
    compared = page[: min(COMPARED_QUESTIONS, settings.questions)], texts[:COMPARED_QUESTIONS]
    return [[rows.questions[number] for number in numbers] for numbers in compared if numbers]


@contextmanager
def _part(name: str) -> Iterator[None]:
    """Turn what a kernel or a page raises, but for full memory, into a line that names the part of the training."""
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except (RuntimeError, OSError, AssertionError, CalledProcessError, RowError) as error:  # two of them are Triton's
        if name.startswith("sdpa"):  # no kernel's fault
            raise
        why = str(error).strip().partition("\n")[0]
        remedies = {"the loader": "mend the page", "TRL's fused head": "install a C compiler (gcc) for Triton"}
        remedy = remedies.get(name, "use --attention sdpa")
        raise UserError(f"self-check: {name} fails here ({type(error).__name__}: {why}); {remedy}") from error


def _backward(trainer: AnswerTrainer, examples: list[dict[str, Any]]) -> str:
    """Do one forward and backward pass as in training; return the peak of a GPU's memory in words.

    It includes Adam's two states of each adapter weight, which the first step will add.
    """
    cuda = trainer.args.device.type == "cuda"
    if cuda:
        torch.cuda.reset_peak_memory_stats()
    model = trainer.model.train()
    if trainer.args.gradient_checkpointing:
        how = dict(trainer.args.gradient_checkpointing_kwargs)
        model.gradient_checkpointing_enable(every_n_layers=how.pop("every_n_layers"), gradient_checkpointing_kwargs=how)
    states = [torch.empty_like(weight) for weight in trainer.trained_weights() for _ in range(2)]
    outputs = trainer.forward(trainer.data_collator(examples))
    (-outputs.log_probs.sum() / outputs.label_mask.sum()).backward()
    del states
    return f", peak memory {torch.cuda.max_memory_allocated() / 1e9:.1f} GB" if cuda else ""


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
    pairs = zip(found, expected, strict=True)
    return [float(get_total_norm(list(map(torch.sub, *pair))) / get_total_norm(pair[1])) for pair in pairs]


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
