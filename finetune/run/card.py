"""Write the card of a run: what the adapter is, its data, its losses, how to load it, and what it cannot do."""

import math
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from finetune.clock import CLOCK, Entries, duration
from finetune.config import Settings
from finetune.validation import LOSS, NUMBERS

TINY_WARNING = (
    "**The base model is tiny and its weights are random. This run proves that the path works from data to adapter;"
    " the model knows nothing, and its answers mean nothing.**"
)

LIBRARIES = ("torch", "transformers", "trl", "peft", "bitsandbytes", "accelerate")

HELD_OUT = """\
## On held-out pages

| tokens of | loss | geometric mean of the right token's probability |
|---|---|---|"""

LOADING = """\
## Loading

```python
from peft import PeftModel
from transformers import AutoProcessor, Qwen2VLForConditionalGeneration

base = Qwen2VLForConditionalGeneration.from_pretrained("{base}", dtype="bfloat16", device_map="auto")
model = PeftModel.from_pretrained(base, "adapter")  # on the hub: the name of the repository
processor = AutoProcessor.from_pretrained("adapter")
```

Take the processor from here, not from the base model: it carries the bounds on a page's pixels, {least}
to {most}, that the adapter was trained with.
"""

LIMITS = """\
## Limits

- It answers from the page that it is shown, and can misread it. The loss on numbers says how sure it is of a digit, not
  how often the digit is right: `vlm3-evaluate` counts that. Check a torque in the manual before using it.
- It was trained on single pages with one question each; several pages at once, or a conversation, it has not seen.
- The validation pages chose which step's adapter was taken, so their loss is a little better than that of new pages.
"""


Measured = dict[str, float] | None  # the step whose adapter was taken, and its loss, where any was measured


def card(settings: Settings, data: dict[str, Any], metrics: Entries, measured: Measured, in_step: float) -> str:
    """Return Markdown with a head for the hub. `in_step` is the mean number of questions in a step."""
    head: dict[str, Any] = {"library_name": "peft", "pipeline_tag": "image-text-to-text", "tags": ["lora", "vlm3"]}
    for key, name in (("base_model", settings.model), ("datasets", settings.data)):
        if "/" in name and not Path(name).exists():
            head[key] = name if key == "base_model" else [name]
    base = f"`{settings.name}/base`, built for this run" if settings.is_tiny else f"`{settings.model}`"
    facts = {name: fact for name, fact in _facts(settings, data, metrics, measured, in_step).items() if fact}
    parts = [
        f"---\n{yaml.safe_dump(head, sort_keys=False)}---\n",
        f"# {settings.name}\n",
        *([f"{TINY_WARNING}\n"] if settings.is_tiny else []),
        f"A LoRA adapter for {base}, trained to answer questions about pages; only answers are scored.\n",
        "\n".join(["| | |", "|---|---|", *(f"| {name} | {fact} |" for name, fact in facts.items()), ""]),
        _validation(metrics, measured),
        LOADING.format(
            base="base" if settings.is_tiny else settings.model, least=settings.min_pixels, most=settings.max_pixels
        ),
        LIMITS,
        "`config.yaml` repeats the run (`--config`), `metrics.jsonl` and `curves.png` show it.\n",
    ]
    return "\n".join(parts)


def _facts(
    settings: Settings, data: dict[str, Any], metrics: Entries, measured: Measured, in_step: float
) -> dict[str, str]:
    revision = f" at `{settings.revision}`" if settings.revision else ""
    bits = "nf4 with double quantisation, computing in bfloat16" if settings.bits == 4 else "bfloat16"
    steps = max((int(entry["step"]) for entry in metrics), default=0)
    taken = f"step {measured['step']}, of the lowest validation loss" if measured else f"step {steps}, the last"
    return {
        "data": f"`{settings.data}`{revision}, version {data.get('version') or 'not given'}",
        "training": f"{data['train_rows']} rows",
        "validation": f"{data['val_rows']} rows",
        "pages": f"{data['pages']}, of {settings.min_pixels} to {settings.max_pixels} pixels",
        "left out": f"{data['left_out']} rows",
        "digest of the rows": f"`{data['digest']}`",
        "adapter": f"rank {settings.lora_rank}, alpha {settings.lora_alpha}, dropout {settings.lora_dropout}",
        "adapted": f"the language model's linear layers, {bits}",
        "frozen": "vision tower and head, bfloat16",
        "steps": f"{steps} of {in_step:.1f} questions on average",
        "adapter taken": taken,
        "learning rate": f"{settings.learning_rate} at its peak, cosine, warm-up {settings.warmup}",
        "seed": str(settings.seed),
        "training loss": _first_and_last(metrics, "loss"),
        "validation loss": _first_and_last(metrics, LOSS),
        "cost": _cost(metrics),
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
    }


def _cost(metrics: Entries) -> str:
    lines = [entry for entry in metrics if f"{CLOCK}elapsed_s" in entry]
    if not lines:
        return ""
    last, speed = lines[-1], median(entry[f"{CLOCK}questions_per_second"] for entry in lines)
    dollars = f", ${last[f'{CLOCK}usd']:.2f}" if f"{CLOCK}usd" in last else ""
    time, memory = duration(last[f"{CLOCK}elapsed_s"]), last[f"{CLOCK}memory_gb"]
    return f"{time}{dollars}, {speed:.3g} questions a second, {memory:.1f} GB at most"


def _validation(metrics: Entries, measured: Measured) -> str:
    """Return the losses of the adapter that was taken, as a table."""
    entry = next((entry for entry in metrics if measured and LOSS in entry and entry["step"] == measured["step"]), None)
    if entry is None:
        return ""
    names = {key: key.partition("/")[2] for key in entry if key.startswith(f"{LOSS}/") and key != NUMBERS}
    rows = {"all answers": LOSS, "numbers alone": NUMBERS} | {name: key for key, name in sorted(names.items())}
    lines = [
        f"| {name} | {entry[key]:.4f} | {math.exp(-entry[key]):.3f} |" for name, key in rows.items() if key in entry
    ]
    return "\n".join([HELD_OUT, *lines, ""])


def _first_and_last(metrics: Entries, key: str) -> str:
    logged = [entry for entry in metrics if key in entry]
    if not logged:
        return "not measured"
    first, last = logged[0], logged[-1]
    return f"{first[key]:.4f} after step {first['step']}, {last[key]:.4f} after step {last['step']}"
