"""Forecast a run's cost on this GPU with this data, find the cheapest settings, and refuse what cannot fit.

The figures are arithmetic (see `arithmetic`); the share of a GPU's peak that is reached was measured by others. The
report says both.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from finetune.config import Settings
from finetune.data import Data
from finetune.errors import one_line
from finetune.estimate.arithmetic import FLOAT32, RECOMPUTED, Shape, flops, memory
from finetune.estimate.gpus import PLANNED, Gpu, local_gpu
from finetune.examples import QuestionTokens, measure
from finetune.packing.deal import Packing, accumulation_of, in_pass, packing_of, row_count, times_in_epoch
from vlm3_dataset.errors import Misused, UserError

# Share of the peak by bits, counting the second forward pass, until `benchmarks/gpu.py` has run on the card. Qwen's own
# table (github.com/QwenLM/Qwen, "Profiling of Memory and Speed": 7B, A100, 2,048 tokens) has 7.0 s a step for Q-LoRA,
# which is 31 %, and 5.2 s for LoRA in bfloat16, which is 42 %: the difference is the dequantisation.
UTILISATION = {4: 0.30, 16: 0.40}
WRITTEN, HASHED = 1.0e9, 1.8e9  # bytes a second that a checkpoint is written (assumed) and hashed (measured on a CPU)
TIGHT = 0.85  # share of a GPU's memory above which the forecast warns and recommends no such setting
FEWEST_ROWS = 3  # of a recommended step: with fewer pages its questions are too much alike

Splits = tuple[Sequence[QuestionTokens], Sequence[QuestionTokens]]  # the questions to train on, and to validate on


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a run with certain settings. `hours` is None where the GPU's speed is not known."""

    settings: Settings
    accumulation: int  # passes of a step
    in_step: float  # questions of a step on average
    rows: int  # of an epoch
    steps: int
    petaflop: float
    hours: float | None
    checkpoint: float  # gigabytes
    saves: int  # checkpoints, without those of a best evaluation between them
    parts: dict[str, float]  # gigabytes, by what they hold

    @property
    def gigabytes(self) -> float:
        return sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Machine:
    """The hardware of a run: one card per process (None without CUDA), and the price of all of it together."""

    gpu: Gpu | None
    processes: int = 1
    usd_per_hour: float | None = None

    def card(self, settings: Settings) -> Gpu | None:
        """Return the card to forecast for: without one here the planned one, and none for the tiny model."""
        return self.gpu or (None if settings.is_tiny else PLANNED)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The cost of a run, with `--auto` of the best settings, and those that fit the machine, the fastest first."""

    run: Cost
    best: list[Cost]
    machine: Machine


def of_run(settings: Settings, data: Data) -> tuple[Forecast, Splits, Any]:
    """Return the forecast of a run on this machine, the tokens of its questions, and the processor that counted them.

    Its settings name the way to attend that `auto` chooses here. Raises UserError where the machine lacks the one asked
    for, where the model's parts cannot be loaded, or as `make_forecast` does.
    """
    from accelerate import PartialState

    from finetune.packing.attention import choose

    processor, shape = base_parts(settings, data)
    tokens = measure(data.train, processor, settings), measure(data.val, processor, settings)
    machine = Machine(local_gpu(), PartialState().num_processes, settings.usd_per_hour)
    if machine.gpu:  # the planned one attends by `varlen`
        settings = replace(settings, attention=choose(settings.attention, PartialState().device))
    return make_forecast(settings, tokens, shape, machine), tokens, processor


def make_forecast(settings: Settings, tokens: Splits, shape: Shape, machine: Machine) -> Forecast:
    """Return the forecast of a run. Raises UserError for `--auto` where there is nothing to choose from."""
    found = best(settings, tokens, shape, machine)
    if not settings.auto:
        return Forecast(cost(settings, packed(tokens, settings), shape, machine), found, machine)
    if settings.is_tiny:
        raise Misused("--auto needs a forecast, and there is none for the tiny model; leave it out")
    if not found:
        among = f" and divides among {machine.processes} processes" if machine.processes > 1 else ""
        raise UserError(f"--auto: no setting fits into this GPU with room to spare{among}; lower --max-pixels")
    return Forecast(found[0], found, machine)


def packed(tokens: Splits, settings: Settings) -> tuple[Packing, Packing]:
    train, val = tokens
    return packing_of(train, settings), packing_of(val, settings)


def cost(settings: Settings, packings: tuple[Packing, Packing], shape: Shape, machine: Machine) -> Cost:
    """Return the cost of a run with these settings and rows of both splits. Hours are of all GPUs at once."""
    (packing, val), gpu, processes = packings, machine.card(settings), machine.processes
    accumulation, rows = accumulation_of(packing, settings), packing.rows
    sources, weights = packing.sources, settings.weights
    in_epoch = sum(times_in_epoch(sources, weights).values())
    passes = -(-in_epoch // (settings.rows_per_pass * processes))
    steps_in_epoch = -(-passes // max(1, accumulation // processes))
    steps = settings.max_steps or math.ceil(settings.epochs * steps_in_epoch)
    epoch = sum(flops(shape, row, settings) * weights.get(source, 1) for row, source in zip(rows, sources, strict=True))
    once = sum(flops(shape, row, settings, backward=False) for row in val.rows)
    # The last step is evaluated and saved too, wherever it falls.
    evaluations, saves = (math.ceil(steps / every) for every in (settings.eval_every, settings.save_every))
    work = epoch * steps / steps_in_epoch + once * evaluations
    checkpoint = shape.adapter_weights(settings.lora_rank) * 3 * FLOAT32  # the adapter and Adam's two states
    saving = checkpoint * (1 / WRITTEN + 1 / HASHED) * saves
    hours = None
    if gpu and gpu.tflops:
        hours = (work / (gpu.tflops * 1e12 * UTILISATION[settings.bits] * processes) + saving) / 3600
    return Cost(
        settings=settings,
        accumulation=accumulation,
        in_step=in_pass(packing, settings) * accumulation,
        rows=in_epoch,
        steps=steps,
        petaflop=work / 1e15,
        hours=hours,
        checkpoint=checkpoint / 1e9,
        saves=saves,
        parts={name: size / 1e9 for name, size in memory(shape, rows, settings).items()},
    )


def best(settings: Settings, tokens: Splits, shape: Shape, machine: Machine) -> list[Cost]:
    """Return the settings that fit into the GPU with room to spare, the fastest first; without one, a planned GPU.

    Only settings that do not change a question's weight are varied: questions per row, bits of the frozen weights,
    checkpointing. A step keeps its number of questions, in at least three rows and in passes that divide among the
    processes. The tiny model gets no forecast.
    """
    if settings.is_tiny:
        return []
    found = []
    counts = Counter(one.page for one in tokens[0] if one.page).values()
    rows = {most: sum(row_count(count, most) for count in counts) for most in range(1, max(counts, default=1) + 1)}
    for most, number in rows.items():
        if rows.get(most - 1) == number:  # fewer questions to a row give as few rows
            continue
        other = replace(settings, packing="shared", accumulation=None, questions=most)
        packings = packed(tokens, other)
        passes = accumulation_of(packings[0], other)
        if passes * other.batch_size < FEWEST_ROWS or passes % machine.processes:
            continue
        for bits, checkpointing in product((4, 16), RECOMPUTED):
            one = replace(other, bits=bits, gradient_checkpointing=checkpointing)
            found.append(cost(one, packings, shape, machine))
    room = TIGHT * machine.card(settings).gigabytes
    fitting = [one for one in found if one.gigabytes <= room]
    return sorted(fitting, key=lambda one: one.hours or one.petaflop)


def base_parts(settings: Settings, data: Data) -> tuple[Any, Shape]:
    """Return processor and sizes of the model that a training with these settings would use."""
    from finetune import model, tiny

    if settings.is_tiny:
        processor = tiny.processor(data, settings)
        return processor, Shape.of(tiny.config(processor))
    found = model.require_qwen2vl(settings.model)
    with one_line(f"{settings.model} is no Qwen2-VL whose sizes can be read"):
        shape = Shape.of(found)
    return model.load_processor(settings.model, settings), shape


def require_fit(told: Forecast) -> None:
    """Check that a step fits. Raises UserError where it needs more than the GPU has, naming what would fit."""
    gpu, need = told.machine.gpu, told.run.gigabytes
    if gpu is None or need <= gpu.gigabytes:
        return
    smaller = "take a larger GPU, or lower --batch-size or --max-pixels"
    way = f"{flags(told.best[0])} would, which --auto takes" if told.best else smaller
    raise UserError(f"{gpu.name} has {gpu.gigabytes:.3g} GB and a step needs about {need:.3g}: will not fit; {way}")


def flags(one: Cost) -> str:
    """Return all that `--auto` can choose as flags, which give the same run behind any others of a command line."""
    chosen = one.settings
    rows = f"--packing {chosen.packing} --questions {chosen.questions} --accumulation {one.accumulation}"
    return f"{rows} --bits {chosen.bits} --gradient-checkpointing {chosen.gradient_checkpointing}"
