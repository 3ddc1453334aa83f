"""Draw curves.png: losses, learning rate, gradient norm, speed and memory over a run's steps."""

from pathlib import Path

from finetune.clock import CLOCK, Entries
from finetune.validation import LOSS, NUMBERS
from vlm3_dataset.files import writing

# Labels, and colours that colour-blind readers tell apart too (Okabe and Ito, 2008).
BLUE = "#0072B2"
LOSSES = {
    "loss": ("training", BLUE),
    LOSS: ("validation", "#D55E00"),
    NUMBERS: ("validation, numbers alone", "#009E73"),
}


def draw_curves(metrics: Entries, path: Path, best: float | None = None) -> None:
    """Write a PNG of six panels; `best` is the step whose adapter was taken."""
    from matplotlib.figure import Figure

    kinds = {key for entry in metrics for key in entry if key.startswith(f"{LOSS}/")} - LOSSES.keys()
    panels = {
        "loss (nats per token)": LOSSES,
        "validation loss by content type": {kind: (kind.partition("/")[2], None) for kind in sorted(kinds)},
        "learning rate": {"learning_rate": ("", BLUE)},
        "gradient norm": {"grad_norm": ("", BLUE)},
        "questions per second": {f"{CLOCK}questions_per_second": ("", BLUE)},
        "peak memory (GB)": {f"{CLOCK}memory_gb": ("", BLUE)},
    }
    figure = Figure(figsize=(15, 7.5), layout="constrained")
    grid = figure.subplots(2, 3)
    for axes, (title, lines) in zip(grid.flat, panels.items(), strict=True):
        for key, (label, colour) in lines.items():
            if points := [(entry["step"], entry[key]) for entry in metrics if key in entry]:
                mark = "o" if len(points) < 80 else ""
                axes.plot(*zip(*points, strict=True), label=label, color=colour, marker=mark, markersize=3.5)
        if best is not None and "loss" in title and axes.lines:
            axes.axvline(best, color="grey", linestyle=":", linewidth=1, label="adapter taken here")
        axes.set_title(title, loc="left", fontsize="medium")
        axes.set_xlabel("step")
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.ticklabel_format(axis="y", scilimits=(-3, 5))
        if not axes.lines:
            axes.text(0.5, 0.5, "not measured", ha="center", va="center", color="grey", transform=axes.transAxes)
        elif "loss" in title:
            axes.legend(frameon=False, fontsize="small")
        else:
            axes.set_ylim(0, axes.get_ylim()[1] * 1.05)
    with writing(path) as file:
        figure.savefig(file, format="png", dpi=110)
