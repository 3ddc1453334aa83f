"""Before a training: is the model what it should be, does the largest row fit, does every adapter weight learn?

It runs on the user's machine because kernels, templates and library versions differ there. It takes seconds.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune.config import Settings
from finetune.errors import RunError
from finetune.lengths import Length, measure
from finetune.model import module_faults
from finetune.rows import Row, example, page_example
from vlm3_dataset.release.reading import PIXELS_PER_TOKEN

if TYPE_CHECKING:
    from finetune.trainer import AnswerTrainer


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found."""

    largest: Length
    largest_page: str
    adapter_weights: int
    peak_gigabytes: float | None  # None on a CPU


def summary(checked: Checked) -> list[str]:
    memory = f", peak memory {checked.peak_gigabytes:.1f} GB" if checked.peak_gigabytes is not None else ""
    row = f"{checked.largest.total} tokens, {checked.largest.image} of them image, {checked.largest.answer} scored"
    return [
        f"self-check passed: {checked.adapter_weights:,} adapter weights, each with a gradient, none in the tower",
        f"largest row: page {checked.largest_page}, {row}{memory}",
    ]


def check(trainer: "AnswerTrainer", rows: list[Row], settings: Settings) -> Checked:
    """Raises RunError, naming the first thing that differs. Random state, weights and gradients stay as they were."""
    import torch

    if faults := module_faults(trainer.model.get_base_model(), settings.bits):
        raise RunError(f"self-check: {faults[0]}")
    lengths = measure(rows, trainer.processing_class, settings)
    row, length = max(zip(rows, lengths, strict=True), key=lambda pair: pair[1].total)
    with torch.random.fork_rng():
        one = page_example([row]) if settings.shares_pages else example(row)
        batch = trainer.data_collator([one])
        check_row(batch, row, length, trainer.model.config.get_text_config().max_position_embeddings)
        peak = _backward(trainer, [one] * settings.rows_per_pass)
    check_gradients(trainer.model)
    trainer.model.zero_grad(set_to_none=True)
    weights = sum(weight.numel() for weight in trainer.model.parameters() if weight.requires_grad)
    return Checked(length, row.page_id, weights, peak)


def check_row(batch: dict[str, Any], row: Row, length: Length, limit: int) -> None:
    """Is the row in the batch whole? Raises RunError with the first figure that is not the expected one."""
    _, height, width = batch["image_grid_thw"][0].tolist()  # in patches of 14 x 14 pixels
    figures = {
        "tokens": (int(batch["attention_mask"].sum()), length.total),
        "image tokens": (height * 14 * width * 14 // PIXELS_PER_TOKEN, length.image),
        "image places": (batch["pixel_values"].shape[0] // 4, length.image),  # four patches are merged into one token
        "scored tokens": (int((batch["labels"] != -100).sum()), length.answer),
    }
    for name, (found, expected) in figures.items():
        if found != expected:
            raise RunError(f"self-check: page {row.page_id} has {found} {name} and should have {expected}")
    if length.total > limit:
        raise RunError(f"page {row.page_id} makes {length.total} tokens, the model holds {limit}; lower --max-pixels")


def check_gradients(model: Any) -> None:
    """After a backward pass: each adapter weight has a finite gradient, and nothing else has any."""
    for name, weight in model.named_parameters():
        if weight.requires_grad != ("lora_" in name):
            raise RunError(f"self-check: {name} is {'' if weight.requires_grad else 'not '}trained")
        if weight.requires_grad and (weight.grad is None or not weight.grad.isfinite().all()):
            raise RunError(f"self-check: {name} gets no usable gradient")
        if not weight.requires_grad and weight.grad is not None:
            raise RunError(f"self-check: {name} gets a gradient and is not trained")


def _backward(trainer: "AnswerTrainer", examples: list[dict[str, Any]]) -> float | None:
    """One forward and backward pass as training does them. Returns the peak of the GPU's memory in gigabytes."""
    import torch

    cuda = trainer.args.device.type == "cuda"
    model = trainer.model.train()
    if trainer.args.gradient_checkpointing:
        model.gradient_checkpointing_enable(trainer.args.gradient_checkpointing_kwargs)
    tower: list[bool] = []
    hook = model.get_base_model().model.visual.register_forward_hook(
        lambda _module, _inputs, output: tower.append(_has_graph(output))
    )
    try:
        inputs = trainer._prepare_inputs(trainer.data_collator(examples))
        with trainer.accelerator.autocast():
            outputs = model(**trainer.model_inputs(inputs), use_cache=False, fused_lm_head=True)
        (-outputs.log_probs.sum() / outputs.label_mask.sum()).backward()
    except torch.OutOfMemoryError:
        raise RunError(f"{len(examples)} of the largest row do not fit; lower --batch-size or --max-pixels") from None
    finally:
        hook.remove()
    if any(tower):
        raise RunError("self-check: the backward pass would run through the frozen vision tower")
    return torch.cuda.max_memory_allocated() / 1e9 if cuda else None


def _has_graph(output: Any) -> bool:
    import torch

    values = output.values() if isinstance(output, dict) else (output,)
    return any(isinstance(value, torch.Tensor) and value.requires_grad for value in values)
