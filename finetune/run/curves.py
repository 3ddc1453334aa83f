"""Draw curves.png: losses, learning rate, gradient norm, speed and memory over a run's steps."""

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from finetune.clock import CLOCK
from vlm3_dataset.files import write_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Entries = Sequence[dict[str, float]]

BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"  # Okabe and Ito (2008): distinct for colour-blind readers too
MANY = 80
NOISY = {"loss", "grad_norm", f"{CLOCK}questions_per_second"}
OVERALL = {"loss", "eval_loss", "eval_loss/numbers"}


def read_metrics(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]


def draw_curves(metrics: Entries, path: Path, best: float | None = None) -> None:
    """Write a PNG of six panels; `best` is the step whose adapter was taken."""
    from matplotlib.figure import Figure

    kinds = sorted({key for entry in metrics for key in entry if key.startswith("eval_loss/")} - OVERALL)
    panels = {
        "loss (nats per token)": [
            ("loss", "training", BLUE),
            ("eval_loss", "validation", ORANGE),
            ("eval_loss/numbers", "validation, numbers alone", GREEN),
        ],
        "validation loss by content type": [(kind, kind.partition("/")[2], None) for kind in kinds],
        "learning rate": [("learning_rate", "", BLUE)],
        "gradient norm": [("grad_norm", "", BLUE)],
        "questions per second": [(f"{CLOCK}questions_per_second", "", BLUE)],
        "peak memory (GB)": [(f"{CLOCK}memory_gb", "", BLUE)],
    }
    figure = Figure(figsize=(15, 7.5), layout="constrained")
    for axes, (title, lines) in zip(figure.subplots(2, 3).flat, panels.items(), strict=True):
        drawn = [(points, key, label, colour) for key, label, colour in lines if (points := _points(metrics, key))]
        for line in drawn:
            _line(axes, *line)
        _dress(axes, title)
    if best is not None:
        for axes in figure.axes[:2]:
            axes.axvline(best, color="grey", linestyle=":", linewidth=1)
        figure.axes[0].plot([], [], color="grey", linestyle=":", label="adapter taken here")
        figure.axes[0].legend(frameon=False, fontsize="small")
    image = BytesIO()
    figure.savefig(image, format="png", dpi=110)
    write_bytes(path, image.getvalue())


def _points(metrics: Entries, key: str) -> list[tuple[float, float]]:
    return [(entry["step"], entry[key]) for entry in metrics if key in entry]


def _line(axes: "Axes", points: list[tuple[float, float]], key: str, label: str, colour: str | None) -> None:
    """Draw a line: few points with marks, many as a running mean over a fortieth of them, with the points behind it."""
    steps, values = zip(*points, strict=True)
    if len(points) < MANY or key not in NOISY:
        axes.plot(steps, values, label=label, color=colour, marker="o" * (len(points) < MANY), markersize=3.5)
        return
    axes.plot(steps, values, color=colour, alpha=0.25, linewidth=1)
    half = len(points) // 80
    means = [fmean(values[max(0, at - half) : at + half + 1]) for at in range(len(values))]
    axes.plot(steps, means, label=label, color=colour)


def _dress(axes: "Axes", title: str) -> None:
    axes.set_title(title, loc="left", fontsize="medium")
    axes.set_xlabel("step")
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.ticklabel_format(axis="y", scilimits=(-3, 5))
    if "loss" not in title:
        axes.set_ylim(0, axes.get_ylim()[1] * 1.05)
    if any(line.get_label() and not line.get_label().startswith("_") for line in axes.lines):
        axes.legend(frameon=False, fontsize="small")
    if not axes.lines:
        axes.text(0.5, 0.5, "not measured", ha="center", va="center", color="grey", transform=axes.transAxes)
