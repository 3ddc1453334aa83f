"""Train a LoRA adapter for Qwen2-VL: `vlm3-finetune`, or `accelerate launch finetune` with a process per GPU."""

import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if not __package__:
    # `accelerate launch finetune` runs this folder as a script and puts the folder itself first on the path, where our
    # `model.py` or `trainer.py` could shadow a library's module. What belongs there is the folder's parent.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from finetune import config, preflight
from finetune.clock import read_metrics
from finetune.data import Data, read_dataset, summary
from finetune.errors import Stopped
from finetune.run import checkpoints, runs
from vlm3_dataset.arguments import fail
from vlm3_dataset.errors import UserError
from vlm3_dataset.files import write_bytes


def main() -> None:
    """Run the command line. Raises SystemExit: 1 and 2 for a UserError, 128 and the signal where one ended the run."""
    settings = config.read(sys.argv[1:], config.PROG, __doc__)
    try:
        run(settings)
    except UserError as error:
        fail(config.PROG, str(error), error.code)
    except Stopped as stopped:
        say(str(stopped))
        raise SystemExit(stopped.code) from None
    except KeyboardInterrupt:
        say("stopped by SIGINT; the same command goes on from the last checkpoint")
        raise SystemExit(130) from None


def run(settings: config.Settings) -> None:
    """Train from the data to the adapter. Continues a run that was stopped; a finished run is left unchanged."""
    data = read_dataset(settings.data, settings.revision)
    say(*summary(data))
    settings = runs.recall_choice(settings)
    figures = runs.describe(data)
    runs.check(settings, figures)
    if runs.is_finished(settings.folder) and not settings.preflight:
        say(f"already finished: {settings.folder}; remove it or choose another --name to train again")
        publish(settings)
        return
    findings = preflight.check(settings, data.train)
    if settings.preflight:
        say(*map(preflight.line, findings))
    else:
        preflight.require(findings)
    say("loading the libraries and the model")
    settings = planned(settings, data, findings)
    if not settings.preflight:
        train(settings, data, figures)
        publish(settings)


def publish(settings: config.Settings) -> None:
    from finetune.run.push import push

    if settings.push and is_first():
        say(f"sending {settings.folder} to {settings.push}")
        say(f"pushed to {settings.push} as commit {push(settings.folder, settings.push)}")


def train(settings: config.Settings, data: Data, figures: dict[str, Any]) -> None:
    """Train from the last whole checkpoint, or from the start; `figures` are written down with the run.

    Raises:
        Stopped: a signal ended it, after the step was saved; it has the exit code.
        UserError: the model cannot be loaded, the self-check finds a difference, or a step cannot be taken.
    """
    from accelerate import PartialState
    from transformers import set_seed

    from finetune import diagnostics, model, tiny, training

    state = PartialState()
    folder = settings.folder
    base = str(folder / "base") if settings.is_tiny else settings.model
    with state.main_process_first():
        if state.is_main_process:
            runs.lock(folder)
            say(*runs.start(settings, figures))
            if settings.is_tiny and not checkpoints.folders(folder):
                tiny.build(folder / "base", data, settings)
    checkpoint = next(reversed(checkpoints.folders(folder)), None)  # those that were torn are gone

    set_seed(settings.seed)
    processor = model.load_processor(base, settings)
    trainer = training.build(settings, model.load_model(base, settings), processor, data)
    say(*diagnostics.check(trainer, settings))
    if checkpoint:
        say(f"going on from {checkpoint}")
    with trainer.stop:
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    if trainer.stop.agreed:
        raise Stopped(trainer.stop.agreed)
    if state.is_main_process:
        finish(settings, figures, trainer)


def planned(settings: config.Settings, data: Data, findings: Sequence[preflight.Finding]) -> config.Settings:
    """Print the forecast of the run and return its settings, with `--auto` the cheapest.

    Raises UserError for the first thing that is lacking, of the findings or of its own, which `--preflight` prints.
    """
    import torch
    from accelerate import PartialState

    from finetune import training
    from finetune.estimate import forecast, report

    if settings.is_tiny:
        # Beside other work on two cores the whole run took 25 s of CPU time with one thread and 55 s with two.
        torch.set_num_threads(1)
    PartialState(cpu=not torch.cuda.is_available())  # without `cpu` it sees one process where there is no GPU
    more: list[preflight.Finding] = []
    with preflight.noting(more):
        training.try_options(settings, data)
    with preflight.noting(more):
        told, *_ = forecast.of_run(settings, data)
        if settings.auto:
            say(f"--auto takes {forecast.flags(told.run)}")
        say(*report.report(told))
        more.append(preflight.passes(told.run.accumulation, told.machine.processes))
        forecast.require_fit(told)
    if settings.preflight:
        say(*map(preflight.line, more))
    preflight.require([*findings, *more])
    return dataclasses.replace(told.run.settings, attention=settings.attention)  # of a resumed run: `auto` on any card


def finish(settings: config.Settings, figures: dict[str, Any], trainer: Any) -> None:
    """Write adapter, curves and card of a completed training; the card last, as its presence marks the run finished."""
    from finetune.packing import deal
    from finetune.run import card, curves

    folder = settings.folder
    measured = checkpoints.leave_adapter(trainer.model, trainer.processing_class, folder, trainer.state)
    metrics = read_metrics(folder / "metrics.jsonl")
    curves.draw_curves(metrics, folder / "curves.png", best=measured and measured["step"])
    packing = trainer.train_rows.packing
    in_step = deal.in_pass(packing, settings) * deal.accumulation_of(packing, settings)
    write_bytes(folder / config.FINISHED, card.card(settings, figures, metrics, measured, in_step).encode())
    say(*([card.TINY_WARNING] if settings.is_tiny else []))
    say(f"adapter: {folder / checkpoints.ADAPTER}, curves: {folder / 'curves.png'}")


def say(*lines: str) -> None:
    """Print lines once, however many processes train."""
    if is_first():
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()


def is_first() -> bool:
    """Return whether this is the only process, or the first of several."""
    return os.environ.get("RANK", "0") == "0"


if __name__ == "__main__":
    main()
