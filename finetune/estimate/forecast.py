"""Before a run: what it will cost on this GPU and with this data, and a clear no where it cannot fit.

The figures are arithmetic (see `arithmetic`), the share of a GPU's peak that is reached is assumed, and both are said.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from finetune.config import Settings
from finetune.errors import RunError
from finetune.estimate.arithmetic import Plan, RowTokens, Shape, flops, memory
from finetune.estimate.gpus import PLANNED, Gpu, here, large_enough
from finetune.examples import dealt
from finetune.lengths import PageLength, measure_pages
from finetune.tools.trained import one_line
from vlm3_dataset.hub.reader import PIXELS_PER_TOKEN

if TYPE_CHECKING:
    from finetune.data import Data

# Of the peak, counting the second forward pass: an assumption, until `benchmarks/gpu.py` has run on the card.
UTILISATION = 0.4
QUESTIONS = (1, 2, 4, 8)  # the table's lines; `all` is added
TIGHT = 0.85  # of a GPU's memory: above it the forecast warns


@dataclass(frozen=True, slots=True)
class Pages:
    """Tokens of both splits."""

    train: Sequence[PageLength]
    val: Sequence[PageLength]

    @classmethod
    def of(cls, data: "Data", processor: Any, settings: Settings) -> "Pages":
        return cls(measure_pages(data.train, processor, settings), measure_pages(data.val, processor, settings))

    @property
    def most(self) -> int:
        """Questions of the page that has most."""
        return max(len(page.questions) for page in self.train)


@dataclass(frozen=True, slots=True)
class Cost:
    """A run with so many questions to a row. `hours` is None where the GPU's speed is not known."""

    questions: int
    in_step: int  # questions of a step, of a page that has enough of them
    rows: int
    steps: int
    petaflop: float
    hours: float | None
    parts: dict[str, float]  # gigabytes, by what they hold

    @property
    def gigabytes(self) -> float:
        return sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Machine:
    """What a run has: a card for each process (None where there is no CUDA), and the price of all of it together."""

    gpu: Gpu | None
    processes: int = 1
    usd_per_hour: float | None = None


def before(settings: Settings, data: "Data", processor: Any, base: str) -> list[str]:
    """What a run says before its model is loaded. Raises RunError where a step would not fit into the GPU."""
    from accelerate import PartialState

    pages, shape = Pages.of(data, processor, settings), shape_of(base)
    machine = Machine(here(), PartialState().num_processes, settings.usd_per_hour)
    require_fit(settings, pages, shape, machine.gpu)
    return report(settings, pages, shape, machine)


def cost(settings: Settings, pages: Pages, shape: Shape, gpu: Gpu | None, processes: int = 1) -> Cost:
    """What a run of these settings takes, the losses on the validation rows included. Hours are of all GPUs at once."""
    questions = questions_a_row(settings)
    rows, val = rows_of(pages.train, questions), rows_of(pages.val, questions)
    passes = -(-len(rows) // (settings.rows_per_pass * processes))
    in_epoch = -(-passes // max(1, settings.accumulation // processes))
    steps = settings.max_steps or math.ceil(settings.epochs * in_epoch)
    rank, again = settings.lora_rank, settings.gradient_checkpointing
    epoch = sum(flops(shape, row, rank, again=again) for row in rows)
    once = sum(flops(shape, row, rank, backward=False) for row in val)
    work = epoch * steps / in_epoch + once * (steps // settings.eval_every)
    hours = work / (gpu.tflops * 1e12 * UTILISATION * processes) / 3600 if gpu and gpu.tflops else None
    plan = Plan(settings.bits, rank, settings.rows_per_pass, again)
    parts = {name: size / 1e9 for name, size in memory(shape, rows, plan).items()}
    return Cost(questions, settings.step, len(rows), steps, work / 1e15, hours, parts)


def report(settings: Settings, pages: Pages, shape: Shape, machine: Machine) -> list[str]:
    """The forecast as lines; without a GPU it is that of the planned one, and says so."""
    card = machine.gpu or (None if settings.is_tiny else PLANNED)
    chosen = cost(settings, pages, shape, card, machine.processes)
    choices = sorted({*(count for count in QUESTIONS if count < pages.most), pages.most, chosen.questions})
    others = {count: replace(settings, packing="shared", questions=count) for count in choices}
    others[chosen.questions] = settings
    costs = [cost(others[count], pages, shape, card, machine.processes) for count in choices]
    lines = [_title(machine, card), *_table(costs, chosen, pages.most, card, machine.usd_per_hour)]
    if card:
        parts = ", ".join(f"{name} {size:.1f}" for name, size in chosen.parts.items())
        lines.append(f"memory of this run, about {chosen.gigabytes:.1f} of {card.gigabytes:.0f} GB: {parts}")
        if chosen.gigabytes > TIGHT * card.gigabytes:
            lines.append("that is tight; the self-check measures it before the first step")
    return lines


def require_fit(settings: Settings, pages: Pages, shape: Shape, gpu: Gpu | None) -> None:
    """Raises RunError where a step needs more than the GPU has; the one line names what would make it fit."""
    if gpu is None:
        return
    if not gpu.bf16:
        raise RunError(f"{gpu.name} does not compute in bfloat16; use a card that does (Ampere or newer: A10, A100...)")
    need = cost(settings, pages, shape, gpu).gigabytes
    if need <= gpu.gigabytes:
        return
    cures = {}
    for flags, other, fewer in _cures(settings, pages):
        if cost(other, fewer, shape, gpu).gigabytes <= gpu.gigabytes:
            cures.setdefault(flags.partition(" ")[0], flags)
    larger = large_enough(need / TIGHT) or "a larger GPU"
    what = f"it would with {' or '.join(cures.values())}" if cures else f"no one setting mends that; take {larger}"
    raise RunError(f"{gpu.name} has {gpu.gigabytes:.3g} GB and a step needs about {need:.3g}: will not fit; {what}")


def shape_of(path: str) -> Shape:
    """The sizes of the base model, from its `config.json`. Raises RunError where that is of no Qwen2-VL."""
    from transformers import AutoConfig

    with one_line(f"{path} is no Qwen2-VL whose sizes can be read"):
        return Shape.of(AutoConfig.from_pretrained(path))


def questions_a_row(settings: Settings) -> int:
    """At most; a row for each question is, in tokens, a page that is shared by one."""
    return settings.questions if settings.shares_pages else 1


def rows_of(pages: Sequence[PageLength], most: int) -> list[RowTokens]:
    """The rows of an epoch: a page's questions dealt out evenly, at most so many to a row."""
    rows = []
    for page in pages:
        parts = dealt(len(page.questions), most)
        for part in range(parts):
            scored = sum(page.answers[part::parts])
            rows.append(RowTokens(page.image, page.prefix, page.questions[part::parts], scored))
    return rows


def _cures(settings: Settings, pages: Pages) -> Iterator[tuple[str, Settings, Pages]]:
    """What could make a step smaller, the least harmful first; of each kind one may be named."""
    if settings.bits == 16:
        yield "--bits 4", replace(settings, bits=4), pages
    if not settings.gradient_checkpointing:
        yield "--gradient-checkpointing", replace(settings, gradient_checkpointing=True), pages
    if not settings.shares_pages:
        yield "--packing shared", replace(settings, packing="shared"), pages
    for name, value in (("batch_size", settings.batch_size), ("questions", settings.questions)):
        for less in (count for count in range(value - 1, 0, -1) if value % count == 0):
            more = settings.accumulation * value // less  # the step stays as it is
            flags = f"--{name.replace('_', '-')} {less} --accumulation {more}"
            yield flags, replace(settings, accumulation=more, **{name: less}), pages
    for tokens in (2000, 1500, 1000, 750, 500):
        pixels = tokens * PIXELS_PER_TOKEN
        if settings.min_pixels <= pixels < settings.max_pixels:
            smaller = [replace(page, image=min(page.image, tokens)) for page in pages.train]
            yield f"--max-pixels {pixels}", replace(settings, max_pixels=pixels), Pages(smaller, pages.val)


def _table(costs: list[Cost], chosen: Cost, most: int, card: Gpu | None, usd_per_hour: float | None) -> list[str]:
    """A line for each cost; what is not known has no column."""
    columns = {
        "questions a row": [f"all ({one.questions})" if one.questions == most else f"{one.questions}" for one in costs],
        "in a step": [f"{one.in_step:,}" for one in costs],
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
    mark = 1 + costs.index(chosen)
    return [*lines[:mark], f"{lines[mark]}  <- this run", *lines[mark + 1 :]]


def _title(machine: Machine, card: Gpu | None) -> str:
    if card is None:
        return "forecast: the tiny model is for a CPU, of which nothing is foretold; rows and steps hold anyhow"
    if card.tflops is None:
        return f"forecast for {card.name}: its speed is not in finetune/estimate/gpus.py, so no hours"
    absent = "" if machine.gpu else "no GPU here; "
    times = f"{machine.processes} x " if machine.processes > 1 else ""
    speed = f"{UTILISATION:.0%} of {card.tflops:.0f} TFLOPS (assumed)"
    return f"forecast, {absent}{times}{card.name} with {card.gigabytes:.0f} GB at {speed}:"
