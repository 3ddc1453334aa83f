"""Before a training: is the model what it should be, does the largest row fit, does every adapter weight learn?

It runs on the user's machine because kernels, templates and library versions differ there. It takes seconds.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune.config import Settings
from finetune.errors import RunError
from finetune.examples import IGNORED, Row, by_page, example, page_example
from finetune.lengths import Length, largest_row
from finetune.model import module_faults
from vlm3_dataset.hub.reader import PIXELS_PER_TOKEN

if TYPE_CHECKING:
    from finetune.packing.agreement import Agreement
    from finetune.trainer import AnswerTrainer

COMPARED = 4  # questions of the row that is compared with separate rows: nine passes in all


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found."""

    largest: Length
    largest_page: str
    adapter_weights: int
    peak_gigabytes: float | None  # of the largest row, with Adam's states; None on a CPU
    agreement: "Agreement | None"  # None where no page is shared
    way: str  # to attend


def summary(checked: Checked) -> list[str]:
    memory = f", peak memory {checked.peak_gigabytes:.1f} GB" if checked.peak_gigabytes is not None else ""
    row = f"{checked.largest.total} tokens, {checked.largest.image} of them image, {checked.largest.answer} scored"
    lines = [
        f"self-check passed: {checked.adapter_weights:,} adapter weights, each with a gradient, none in the tower",
        f"largest row: page {checked.largest_page}, {row}{memory}",
    ]
    if one := checked.agreement:
        lines.append(
            f"{one.questions} questions in one row ({checked.way} attention) against a row each: log-probabilities"
            f" differ by {one.shared.log_probs:.1e}, gradients by {one.shared.gradients:.1e}"
            f" (rounding: {one.rounding.log_probs:.1e} and {one.rounding.gradients:.1e})"
        )
    return lines


def check(trainer: "AnswerTrainer", rows: list[Row], settings: Settings) -> Checked:
    """Raises RunError, naming the first thing that differs. Random state, weights and gradients stay as they were."""
    import torch

    if faults := module_faults(trainer.model.get_base_model(), settings.bits):
        raise RunError(f"self-check: {faults[0]}")
    largest, length = largest_row(rows, trainer.processing_class, settings)
    one = page_example(largest) if settings.shares_pages else example(largest[0])
    with torch.random.fork_rng():
        batch = trainer.data_collator([one])
        check_row(batch, largest[0], length, trainer.model.config.get_text_config().max_position_embeddings)
        try:
            peak = _backward(trainer, [one] * settings.rows_per_pass)
            check_gradients(trainer.model)
            agreement = _agreement(trainer, rows, settings)
        except torch.OutOfMemoryError:
            raise RunError(_too_large(settings, length)) from None
        except RuntimeError as error:
            if trainer.way == "sdpa":  # no kernel's fault
                raise
            why = str(error).strip().partition("\n")[0]
            raise RunError(f"self-check: {trainer.way} attention fails here ({why}); use --attention sdpa") from error
    trainer.model.zero_grad(set_to_none=True)
    weights = sum(weight.numel() for weight in trainer.model.parameters() if weight.requires_grad)
    return Checked(length, largest[0].page_id, weights, peak, agreement, trainer.way)


def check_row(batch: dict[str, Any], row: Row, length: Length, limit: int) -> None:
    """Is the row in the batch whole? Raises RunError with the first figure that is not the expected one."""
    _, height, width = batch["image_grid_thw"][0].tolist()  # in patches of 14 x 14 pixels
    figures = {
        "tokens": (int(batch["attention_mask"].sum()), length.total),
        "image tokens": (height * 14 * width * 14 // PIXELS_PER_TOKEN, length.image),
        "image places": (batch["pixel_values"].shape[0] // 4, length.image),  # four patches are merged into one token
        "scored tokens": (int((batch["labels"] != IGNORED).sum()), length.answer),
    }
    for name, (found, expected) in figures.items():
        if found != expected:
            raise RunError(f"self-check: page {row.page_id} has {found} {name} and should have {expected}")
    if length.total > limit:
        raise RunError(
            f"page {row.page_id} makes a row of {length.total} tokens, the model holds {limit};"
            " lower --max-pixels or --questions"
        )


def check_gradients(model: Any) -> None:
    """After a backward pass: each adapter weight has a finite gradient, and nothing else has any."""
    for name, weight in model.named_parameters():
        if weight.requires_grad != ("lora_" in name):
            raise RunError(f"self-check: {name} is {'' if weight.requires_grad else 'not '}trained")
        if weight.requires_grad and (weight.grad is None or not weight.grad.isfinite().all()):
            raise RunError(f"self-check: {name} gets no usable gradient")
        if not weight.requires_grad and weight.grad is not None:
            raise RunError(f"self-check: {name} gets a gradient and is not trained")


def _agreement(trainer: "AnswerTrainer", rows: list[Row], settings: Settings) -> "Agreement | None":
    """Of the first page with the most questions."""
    if not settings.shares_pages:
        return None
    from finetune.packing.agreement import agree

    return agree(trainer, max(by_page(rows), key=len)[: min(COMPARED, settings.questions)])


def _backward(trainer: "AnswerTrainer", examples: list[dict[str, Any]]) -> float | None:
    """One forward and backward pass as training does them. Returns the peak of the GPU's memory in gigabytes.

    Adam's two states of each adapter weight, which the first step will add, are in it.
    """
    import torch

    cuda = trainer.args.device.type == "cuda"
    if cuda:
        torch.cuda.reset_peak_memory_stats()
    model = trainer.model.train()
    if trainer.args.gradient_checkpointing:
        model.gradient_checkpointing_enable(trainer.args.gradient_checkpointing_kwargs)
    states = [torch.empty_like(weight) for weight in model.parameters() if weight.requires_grad for _ in range(2)]
    tower: list[bool] = []
    hook = model.get_base_model().model.visual.register_forward_hook(
        lambda _module, _inputs, output: tower.append(_has_graph(output))
    )
    try:
        outputs = trainer.forward(trainer.data_collator(examples))
        (-outputs.log_probs.sum() / outputs.label_mask.sum()).backward()
    finally:
        hook.remove()
    del states
    if any(tower):
        raise RunError("self-check: the backward pass would run through the frozen vision tower")
    return torch.cuda.max_memory_allocated() / 1e9 if cuda else None


def _too_large(settings: Settings, length: Length) -> str:
    """What to change, the gentlest first: that which leaves a step what it is."""
    rows = settings.rows_per_pass
    ways = {
        "--gradient-checkpointing true": not settings.gradient_checkpointing,
        f"--batch-size {settings.batch_size // 2} with twice the --accumulation": settings.batch_size > 1,
        "--bits 4": settings.bits == 16,
        "fewer --questions": settings.questions > 1,
        "a smaller --max-pixels": True,
    }
    return (
        f"the GPU's memory does not hold {rows} x the largest row ({length.total} tokens);"
        f" try {', or '.join(way for way, helps in ways.items() if helps)}"
    )


def _has_graph(output: Any) -> bool:
    import torch

    values = output.values() if isinstance(output, dict) else (output,)
    return any(isinstance(value, torch.Tensor) and value.requires_grad for value in values)
