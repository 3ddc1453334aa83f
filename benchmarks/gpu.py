"""How fast does the 7B train on this GPU: TRL's stock way, one conversation a page, and ours with each choice?

The real shape of Qwen2-VL-7B with random weights (nothing is downloaded, and speed does not depend on the values), ten
questions of about 80 tokens to a page of 1,500, 1,000 and 2,500 image tokens. All sides train through their trainer,
data loading and optimiser included: stock with 4 rows of one question a step, a conversation and ours with one row of
ten. At the first size ours is measured in 4 and 16 bits, with gradient checkpointing of all layers, of half and of
none; the order is the way that the forecast calls fastest, the recipe and its two rivals in the same 4 bits with all
layers checkpointed, then the others. A way that fails is named, and the rest is measured in a new process, since an
error of a kernel can spoil the old one's CUDA for good. MFU counts what the model needs, `done` the second forward pass
of checkpointing too. Wanted: 6 times stock and under 24 GB with the recipe, 40 % MFU with the fastest. Without a CUDA
GPU it says so; `--tiny` runs the same code on the tiny model.
"""

import argparse
import gc
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
# One card, the first: TRL's own trainer refuses a process that sees several.
os.environ["CUDA_VISIBLE_DEVICES"] = os.environ.get("CUDA_VISIBLE_DEVICES", "0").partition(",")[0]

import torch
from _rivals import Conversations, stock_dataset
from PIL import Image
from transformers import (
    PrinterCallback,
    ProgressCallback,
    Qwen2VLConfig,
    Qwen2VLForConditionalGeneration,
    TrainerCallback,
    TrainerControl,
)
from transformers.utils import logging
from trl import SFTConfig, SFTTrainer

from finetune import config, model, tiny
from finetune.callbacks import Progress
from finetune.data import Data
from finetune.estimate import forecast, gpus
from finetune.estimate.arithmetic import RECOMPUTED, Shape, flops
from finetune.examples import PageImage, Row
from finetune.packing import attention
from finetune.training import build, lora, packed

STOCK, TURNS = "stock TRL", "conversation"
PAGES, QUESTIONS, ROWS = 8, 10, 4  # ROWS: of a step in the stock way, as in the plan's 4 x 4
BUDGET = 540  # seconds; what would begin after it is left out, and said
LONGEST = 90  # seconds that one measurement may take on a slow card, its model included
WANTED = {"ratio": 6.0, "mfu": 0.40, "gigabytes": 24.0}


@dataclass(frozen=True, slots=True)
class Way:
    """A way to train: TRL's stock rows, a conversation, or ours with an attention; by default as in the recipe."""

    side: str
    bits: int = 4
    again: str = "all"  # gradient checkpointing

    def __str__(self) -> str:
        return f"{self.side:12}  {self.bits:4}  {self.again:>5}"


@dataclass(frozen=True, slots=True)
class Scale:
    """What is measured: pages by their sides in tokens, steps that warm up and steps that are timed, settings."""

    sides: tuple[tuple[int, int], ...]
    warm: int
    timed: int
    flags: tuple[str, ...]


REAL = Scale(((30, 50), (25, 40), (50, 50)), 2, 4, ("--workers", "4"))
TINY = Scale(((8, 6),), 1, 1, ("--model", "tiny"))


@dataclass(frozen=True, slots=True)
class Measured:
    way: Way
    image: int
    seconds: float  # a question
    mfu: float | None
    done: float | None
    gigabytes: float | None

    def line(self) -> str:
        shares = [f"{share:7.1%}" if share is not None else "unknown" for share in (self.mfu, self.done)]
        memory = f"{self.gigabytes:9.1f}" if self.gigabytes is not None else "unknown".rjust(9)
        return f"{self.image:6,}  {self.way}  {1 / self.seconds:11.2f}  {'  '.join(shares)}  {memory}"


class Clock(TrainerCallback):
    """When each step ended, on the GPU too. After the deadline there is no further one."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.ends: list[float] = []

    def on_step_end(self, _args: Any, _state: Any, control: TrainerControl, **_: Any) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.ends.append(time.monotonic())
        control.should_training_stop |= self.ends[-1] > self.deadline


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tiny", action="store_true", help="the tiny model, on whatever is here: proves the path")
    small = parser.parse_args().tiny
    if not small and not torch.cuda.is_available():
        print("needs a CUDA GPU, and there is none here: nothing was measured (--tiny runs the same code on a CPU)")
        return
    deadline, scale = time.monotonic() + BUDGET, TINY if small else REAL
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    jobs = ordered(["sdpa"] if attention.varlen_lacks(device) else list(attention.WAYS), scale.sides)
    gpu = gpus.local_gpu()
    print(f"{gpu.name if gpu else 'CPU'}: {'tiny model, which says nothing of a GPU' if small else '7B'}")
    print(" image  side          bits  again  questions/s      MFU     done  memory GB")
    found = []
    for (sides, way), told in zip(jobs, measured(jobs, scale, gpu, deadline), strict=True):
        is_measured = isinstance(told, Measured)
        print(told.line() if is_measured else f"{sides[0] * sides[1]:6,}  {way}  left out: {told}", flush=True)
        found += [told] if is_measured else []
    conclude(found, small=small)


def ordered(attentions: Sequence[str], sizes: Sequence[tuple[int, int]]) -> list[tuple[tuple[int, int], Way]]:
    """Sizes and ways: at each size the fastest by the forecast, the recipe and its rivals; then all other choices."""

    def forecast_time(choice: tuple[int, str]) -> float:
        bits, again = choice
        return (2 + RECOMPUTED[again]) / forecast.UTILISATION[bits]

    best, *others = attentions  # the best stands first
    choices = sorted(product((4, 16), RECOMPUTED), key=forecast_time)
    fastest, *choices = (Way(best, *choice) for choice in choices)
    first = [fastest, Way(best), Way(STOCK), Way(TURNS)]
    jobs = [(sizes[0], way) for way in first]
    jobs += [(sizes[0], way) for way in choices if way not in first]
    jobs += [(size, way) for size in sizes[1:] for way in first]
    return jobs + [(size, Way(other)) for other in others for size in sizes]


def measured(
    jobs: Sequence[tuple[tuple[int, int], Way]], scale: Scale, gpu: gpus.Gpu | None, deadline: float
) -> Iterator[Measured | str]:
    """Yield what was measured of each job, or why not; after a failure the next one gets a new process."""
    context, worker = get_context("spawn" if gpu else "fork"), None
    try:
        for sides, way in jobs:
            if time.monotonic() > deadline - LONGEST:
                yield "no time is left"
                continue
            if worker is None:
                pipe, theirs = context.Pipe()
                worker = context.Process(target=work, args=(theirs,))
                worker.start()
                theirs.close()
            try:
                pipe.send((sides, way, scale, gpu, deadline))
                told = pipe.recv()
            except (EOFError, OSError):
                told = "its process was killed"
            if isinstance(told, str):
                worker.kill()
                worker.join()  # its memory of the card is free for the next one
                worker = None
            yield told
    finally:
        if worker:
            worker.kill()


def work(pipe: Connection) -> None:
    """Measures what comes through the pipe, one way after the other."""
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    if not torch.cuda.is_available():
        torch.set_num_threads(1)  # as a tiny run does
    while True:
        sides, way, scale, gpu, deadline = pipe.recv()
        try:
            told = measure(sides, way, scale, gpu, Clock(deadline)) or "no time is left"
        except Exception as error:  # noqa: BLE001 - of a kernel, a compiler, the memory
            told = f"{type(error).__name__}: {str(error).strip()}".partition("\n")[0]
        gc.collect()
        if gpu:
            torch.cuda.empty_cache()
        pipe.send(told)


def conclude(found: list[Measured], *, small: bool) -> None:
    """Each target and whether it was met, at every size; the shares that the forecast assumes; the ratio to stock."""
    times = {(one.way, one.image): one.seconds for one in found}
    ours = [one for one in found if one.way.side not in {STOCK, TURNS}]
    recipe = [one for one in ours if one.way == Way(ours[0].way.side)]
    ratios = [times[Way(STOCK), one.image] / one.seconds for one in recipe if (Way(STOCK), one.image) in times]
    if not small and ours:
        fastest = min((one for one in ours if one.image == ours[0].image), key=lambda one: one.seconds)
        print(f"recipe: times stock {_verdict(ratios, WANTED['ratio'], '.1f')}")
        print(f"recipe: GB {_verdict([one.gigabytes for one in recipe], WANTED['gigabytes'], '.1f', most=True)}")
        same = [one.mfu for one in ours if one.way == fastest.way and one.mfu is not None]
        print(f"fastest, {fastest.way.bits} bits, {fastest.way.again}: MFU {_verdict(same, WANTED['mfu'], '.1%')}")
        for bits, assumed in forecast.UTILISATION.items():
            if shares := [one.done for one in ours if one.way.bits == bits and one.done is not None]:
                print(f"share of the peak in {bits} bits: {median(shares):.0%}; the forecast assumes {assumed:.0%}")
    print(f"ratio: {median(ratios):.2f}" if ratios else "ratio: not measured")


def _verdict(values: list[float], wanted: float, form: str, *, most: bool = False) -> str:
    if not values:
        return "unknown"
    worst = max(values) if most else min(values)
    met = worst < wanted if most else worst >= wanted
    sign = "under" if most else "at least"
    return f"{worst:{form}} at worst, wanted {sign} {wanted:{form}}: {'met' if met else 'MISSED'}"


def measure(sides: tuple[int, int], way: Way, scale: Scale, gpu: gpus.Gpu | None, clock: Clock) -> Measured | None:
    """Builds model and trainer, and trains some steps. None where the time was too short for a figure."""
    with tempfile.TemporaryDirectory() as folder:
        data = drawn(sides)
        settings = settings_for(way, sides, scale, folder)
        processor = tiny.processor(data, settings)
        shape_config = tiny.config(processor) if settings.is_tiny else seven(processor)
        assemble = rival if way.side in {STOCK, TURNS} else build
        trainer = assemble(settings, random_model(shape_config, settings), processor, data)
        trainer.args.save_strategy = "no"
        for printing in (PrinterCallback, ProgressCallback, Progress):
            trainer.remove_callback(printing)
        trainer.add_callback(clock)
        if gpu:
            torch.cuda.reset_peak_memory_stats()
        trainer.train()
        gigabytes = torch.cuda.max_memory_allocated() / 1e9 if gpu else None
    steps = len(clock.ends) - scale.warm
    if steps < 1:
        return None
    seconds = (clock.ends[-1] - clock.ends[scale.warm - 1]) / steps / (ROWS if way.side == STOCK else QUESTIONS)
    rows = packed(data.train, processor, settings).packing.rows
    shape = Shape.of(shape_config)
    shares = []
    for again in ("none", settings.gradient_checkpointing):
        needed = replace(settings, gradient_checkpointing=again, packing="shared", attention="varlen")  # no mask
        work = sum(flops(shape, row, needed) for row in rows) / len(data.train)
        shares.append(work / seconds / (gpu.tflops * 1e12) if gpu and gpu.tflops else None)
    return Measured(way, sides[0] * sides[1], seconds, *shares, gigabytes)


def settings_for(way: Way, sides: tuple[int, int], scale: Scale, folder: str) -> config.Settings:
    pixels = str(sides[0] * sides[1] * 28 * 28)
    flags = [*scale.flags, "--output", folder, "--max-pixels", pixels, "--min-pixels", "3136", "--log-every", "50"]
    flags += ["--save-every", "50", "--accumulation", "1", "--max-steps", str(scale.warm + scale.timed)]
    flags += ["--bits", str(way.bits), "--gradient-checkpointing", way.again]
    if way.side == STOCK:
        return config.read([*flags, "--packing", "off", "--questions", "1", "--batch-size", str(ROWS)])
    attend = "sdpa" if way.side == TURNS else way.side
    return config.read([*flags, "--questions", str(QUESTIONS), "--batch-size", "1", "--attention", attend])


def rival(settings: config.Settings, base: Any, processor: Any, data: Data) -> SFTTrainer:
    """TRL's trainer as it comes; of its arguments only those are given that the rows or a fair race need.

    A row is one question, or where pages are shared a conversation: the page, and each question a further turn.
    """
    rows, collator = stock_dataset(data.train), None
    if settings.shares_pages:
        rows, collator = packed(data.train, processor, settings).as_dataset(), Conversations(processor)
    return SFTTrainer(
        base,
        args=SFTConfig(
            output_dir=str(settings.folder),
            max_length=None,
            max_steps=settings.max_steps,
            per_device_train_batch_size=settings.rows_per_pass,
            learning_rate=settings.learning_rate,
            dataloader_num_workers=settings.workers,
            remove_unused_columns=False,
            bf16=model.compute_dtype() == torch.bfloat16,
            use_cpu=not torch.cuda.is_available(),
            report_to="none",
        ),
        train_dataset=rows,
        data_collator=collator,
        processing_class=processor,
        peft_config=lora(settings),
    )


def random_model(shape_config: Qwen2VLConfig, settings: config.Settings) -> Any:
    """A model of this shape, loaded as a checkpoint is, with the loading's own quantisation.

    Weights of one shape share their numbers until they are quantised: 2.3 GB for the 7B, not 16.6.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    with torch.device("meta"):
        names = {
            name: weight.shape for name, weight in Qwen2VLForConditionalGeneration(shape_config).state_dict().items()
        }
    values = {shape: _values(shape, device) for shape in set(names.values())}
    loaded = Qwen2VLForConditionalGeneration.from_pretrained(
        None,
        config=shape_config,
        state_dict={name: values[shape] for name, shape in names.items()},
        dtype=model.compute_dtype(),
        attn_implementation=model.implementation(settings),
        quantization_config=model.quantization() if settings.bits == 4 else None,
        device_map={"": device},
    )
    held: set[int] = set()
    for weight in loaded.parameters():  # those of one shape that were not quantised share their memory
        if weight.untyped_storage().data_ptr() in held:
            weight.data = weight.data.clone()
        held.add(weight.untyped_storage().data_ptr())
    if faults := model.module_faults(loaded, settings.bits):
        raise SystemExit(f"the model is not what is measured: {faults[0]}")
    return loaded


def _values(shape: torch.Size, device: torch.device) -> torch.Tensor:
    if len(shape) == 1:
        return torch.ones(shape, dtype=torch.bfloat16, device=device)
    return torch.empty(shape, dtype=torch.bfloat16, device=device).normal_(std=0.02)


def seven(processor: Any) -> Qwen2VLConfig:
    """Qwen2-VL-7B-Instruct's config.json, with the token ids of a vocabulary learned here."""
    sizes = {
        "vocab_size": 152064,
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 28,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
        "rms_norm_eps": 1e-6,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]},
    }
    return tiny.config(processor, sizes, {"depth": 32, "embed_dim": 1280, "num_heads": 16})


def drawn(sides: tuple[int, int]) -> Data:
    """Pages of so many tokens a side, ten questions each; question and answer are about 80 tokens."""
    size = sides[0] * 28, sides[1] * 28
    rows = []
    for page in range(PAGES):
        image = Image.effect_noise(size, 60 + page).convert("RGB")
        for number in range(QUESTIONS):
            words = [f"{page * 31 + number * 7 + word:03d}" for word in range(34)]
            question, answer = f"Which of {' '.join(words[:22])}?", " ".join(words[22:])
            rows.append(Row(f"{page}", PageImage(image.copy, f"{page}", size), question, answer))
    return Data(rows, [], [])


if __name__ == "__main__":
    main()
