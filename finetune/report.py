"""What a run leaves for its reader: the curves and the card."""

import json
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

from finetune.config import Settings
from vlm3_dataset.files import write_bytes

TINY_WARNING = (
    "**The base model is tiny and its weights are random. This run proves that the path works from data to adapter;"
    " the model knows nothing, and its answers mean nothing.**"
)

LIBRARIES = ("torch", "transformers", "trl", "peft", "bitsandbytes", "accelerate")


def read_metrics(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]


def draw_curves(metrics: list[dict[str, float]], path: Path) -> None:
    """Loss on both splits, learning rate and gradient norm over the steps, as a PNG."""
    from matplotlib.figure import Figure

    panels = {
        "loss": {"loss": "training", "eval_loss": "validation"},
        "learning rate": {"learning_rate": "training"},
        "gradient norm": {"grad_norm": "training"},
    }
    figure = Figure(figsize=(12, 3.5), layout="constrained")
    for axes, (title, lines) in zip(figure.subplots(1, len(panels)), panels.items(), strict=True):
        for key, label in lines.items():
            points = [(entry["step"], entry[key]) for entry in metrics if key in entry]
            if points:
                axes.plot(*zip(*points, strict=True), marker=".", label=label)
        axes.set(title=title, xlabel="step")
    if figure.axes[0].lines:
        figure.axes[0].legend()
    image = BytesIO()
    figure.savefig(image, format="png", dpi=110)
    write_bytes(path, image.getvalue())


def write_card(settings: Settings, data: dict[str, Any], metrics: list[dict[str, float]]) -> None:
    """The run's README.md, written last: where it stands, the run is finished."""
    write_bytes(settings.folder / "README.md", card(settings, data, metrics).encode())


def card(settings: Settings, data: dict[str, Any], metrics: list[dict[str, float]]) -> str:
    """What this adapter is, what it was made from and what the losses were, as Markdown."""
    base = f"`{settings.folder.name}/base`, built for this run" if settings.is_tiny else f"`{settings.model}`"
    bits = "nf4 with double quantisation, computing in bfloat16" if settings.bits == 4 else "bfloat16"
    steps = max((int(entry["step"]) for entry in metrics), default=0)
    return f"""# {settings.name}
{f"{chr(10)}{TINY_WARNING}{chr(10)}" if settings.is_tiny else ""}
A LoRA adapter for {base}, trained to answer questions about pages. The loss is on the answers only.

| | |
|---|---|
| training | {data["train_rows"]} rows |
| validation | {data["val_rows"]} rows |
| pages | {data["pages"]}, of {settings.min_pixels} to {settings.max_pixels} pixels |
| left out | {data["left_out"]} rows |
| digest of the rows | `{data["digest"]}` |
| adapter | rank {settings.lora_rank}, alpha {settings.lora_alpha}, dropout {settings.lora_dropout} |
| adapted | the language model's linear layers, {bits} |
| frozen | vision tower and head, bfloat16 |
| steps | {steps} of {settings.step} questions |
| learning rate | {settings.learning_rate} at its peak, cosine, warm-up {settings.warmup} |
| seed | {settings.seed} |
| training loss | {_first_and_last(metrics, "loss")} |
| validation loss | {_first_and_last(metrics, "eval_loss")} |
| libraries | {", ".join(f"{name} {version(name)}" for name in LIBRARIES)} |

`config.yaml` repeats the run (`--config`), `metrics.jsonl` and `curves.png` show it. Serve the adapter with the
processor beside it in `adapter/`: it carries the bounds on a page's pixels that the adapter was trained with.
"""


def _first_and_last(metrics: list[dict[str, float]], key: str) -> str:
    logged = [entry for entry in metrics if key in entry]
    if not logged:
        return "not measured"
    first, last = logged[0], logged[-1]
    return f"{first[key]:.4f} after step {first['step']}, {last[key]:.4f} after step {last['step']}"
