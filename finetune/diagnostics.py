"""Check before a training that the model is as intended, the largest row fits, and every adapter weight learns.

The checks run on the user's machine because kernels, templates and library versions differ there. They take seconds.
"""

from subprocess import CalledProcessError
from typing import Any

import torch

from finetune.agreement import compare_rows
from finetune.config import Settings
from finetune.examples import IGNORED, Row, RowTokens, example
from finetune.packing.sampler import PackedRows
from finetune.trainer import AnswerTrainer
from vlm3_dataset.errors import UserError
from vlm3_dataset.hub.reader import PIXELS_PER_TOKEN, RowError

COMPARED_QUESTIONS = 4  # questions of the row that is compared with separate rows; nine passes in all


def check(trainer: AnswerTrainer, settings: Settings) -> list[str]:
    """Run all checks and return lines about them; random state, weights and gradients are unchanged afterwards.

    Raises UserError for the first check that fails.
    """
    packing, questions = trainer.train_rows.packing, trainer.train_rows.questions
    numbers = packing.largest()
    largest, length = [questions[number] for number in numbers], packing.row(numbers)
    cuda = trainer.args.device.type == "cuda"
    with trainer.random_state_kept():
        one = _attempt("the loader", lambda: example(largest))
        batch = _attempt("the loader", lambda: trainer.data_collator([one]))
        check_row(batch, largest[0], length, trainer.model.config.get_text_config().max_position_embeddings)
        try:
            if cuda:  # alone, on two tokens: Triton compiles it, and needs a C compiler
                two = {"input_ids": batch["input_ids"][:, :2], "labels": batch["input_ids"][:, :2]}
                _attempt("TRL's fused head", lambda: trainer.forward(two))
            peak = _attempt(f"{trainer.way} attention", lambda: _backward(trainer, [one] * settings.rows_per_pass))
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


def _attempt(part: str, call: Any) -> Any:
    """Return the call's result. What a kernel or a page raises, but for full memory, becomes a line with the part."""
    try:
        return call()
    except torch.OutOfMemoryError:
        raise
    except (RuntimeError, OSError, AssertionError, CalledProcessError, RowError) as error:  # two of them are Triton's
        if part.startswith("sdpa"):  # no kernel's fault
            raise
        why = str(error).strip().partition("\n")[0]
        remedies = {"the loader": "mend the page", "TRL's fused head": "install a C compiler (gcc) for Triton"}
        remedy = remedies.get(part, "use --attention sdpa")
        raise UserError(f"self-check: {part} fails here ({type(error).__name__}: {why}); {remedy}") from error


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
