"""Write the forecast as lines for people: these settings, the three best ones, memory and checkpoints."""

from finetune.config import Settings
from finetune.estimate.forecast import TIGHT, UTILISATION, Cost, Forecast, Machine, flags
from finetune.estimate.gpus import Gpu

SHOWN = 3


def report(told: Forecast) -> list[str]:
    """Return the forecast as lines, with the first of the best; without a GPU for a planned one, and it says so."""
    run, best, card = told.run, told.best, told.machine.card(told.run.settings)
    lines = [_title(told.machine, card, run.settings), *_table([run, *best[:SHOWN]], card, told.machine.usd_per_hour)]
    if card is None:
        return lines
    if best:
        lines.append(f"the best is {flags(best[0])}, which --auto takes")
    parts = ", ".join(f"{name} {size:.1f}" for name, size in run.parts.items())
    lines.append(f"memory of this run, about {run.gigabytes:.1f} of {card.gigabytes:.0f} GB: {parts}")
    lines.append(f"checkpoints: {run.saves} of {run.checkpoint:.1f} GB, three of them kept")
    if run.gigabytes > TIGHT * card.gigabytes:
        lines.append("that is tight; the self-check measures it before the first step")
    return lines


def _table(costs: list[Cost], card: Gpu | None, usd_per_hour: float | None) -> list[str]:
    """Return a line for each cost, first this run's; unknown figures have no column."""
    asked = [one.settings for one in costs]
    columns = {
        "questions a row": [f"{one.questions if one.shares_pages else 1}" for one in asked],
        "bits": [f"{one.bits}" for one in asked],
        "checkpointing": [one.gradient_checkpointing for one in asked],
        "in a step": [f"{one.in_step:.1f}" for one in costs],
        "rows": [f"{one.rows:,}" for one in costs],
        "steps": [f"{one.steps:,}" for one in costs],
    }
    if card:
        columns["PFLOP"] = [f"{one.petaflop:,.4g}" for one in costs]
        columns["memory GB"] = [f"{one.gigabytes:.1f}" for one in costs]
    hours = [one.hours for one in costs if one.hours is not None]
    if hours:
        columns["hours"] = [f"{time:.2f}" for time in hours]
    if hours and usd_per_hour:
        columns["USD"] = [f"{time * usd_per_hour:.2f}" for time in hours]
    widths = [max(map(len, [name, *values])) for name, values in columns.items()]
    rows = [columns.keys(), *zip(*columns.values(), strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return [lines[0], f"{lines[1]}  <- this run", *lines[2:]]


def _title(machine: Machine, card: Gpu | None, settings: Settings) -> str:
    if card is None:
        return "forecast: no hours and no memory for the tiny model, which is for a CPU; rows and steps are as shown"
    if card.tflops is None:
        return f"forecast for {card.name}: its speed is not in finetune/estimate/gpus.py, so no hours"
    absent = "" if machine.gpu else "no GPU here; "
    times = f"{machine.processes} x " if machine.processes > 1 else ""
    share = f"{UTILISATION[settings.bits]:.0%} ({settings.bits} bits; Qwen's own measurement on an A100)"
    return f"forecast, {absent}{times}{card.name} with {card.gigabytes:.0f} GB at {share} of {card.tflops:.0f} TFLOPS:"
