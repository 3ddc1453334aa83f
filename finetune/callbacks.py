"""Add what happens beside the steps: stopping on a signal, guarding the loss, writing metrics, showing progress."""
# ruff: noqa: ARG002 - a callback's signature

import json
import signal
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from accelerate.utils import gather_object
from torch import Tensor
from transformers import ProgressCallback, TrainerCallback, TrainerControl, TrainerState

from finetune.clock import CLOCK, duration
from finetune.packing.collator import INDEX
from finetune.packing.sampler import PackedRows
from finetune.signals import SIGNALS
from vlm3_dataset.errors import UserError
from vlm3_dataset.files import write_bytes

SAME_CTRL_C = 2.0  # seconds in which a second Ctrl-C is taken for the first one, passed on by a launcher

# A run whose loss is twice that of the model it began with knows less than before it was trained. Single steps of 16
# answers scatter by half of their mean, lines of the log by less, so three lines above twice the start are not noise.
RUNAWAY_TIMES, RUNAWAY_LINES = 2.0, 3


class StopOnSignal(TrainerCallback):
    """Stops all processes after the same step once a signal has come. A spot machine gives 30 s to 2 min.

    A second Ctrl-C ends the program at once. The Trainer has no event for a training that failed, so the caller must
    call `release` then; otherwise the program no longer obeys either signal.
    """

    def __init__(self) -> None:
        self.received = 0
        self.agreed = 0  # the signal that stopped the training, the same in every process
        self._since = 0.0
        self._before: dict[int, Any] = {}

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        self._before = {number: signal.signal(number, self._receive) for number in SIGNALS}

    def release(self) -> None:
        """Give both signals back to whom they were taken from."""
        while self._before:
            signal.signal(*self._before.popitem())

    def on_step_end(self, args: Any, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if self.asked():
            control.should_save = True
            control.should_training_stop = True
            control.should_evaluate = False  # it can take minutes; the resumed run does it

    def asked(self) -> bool:
        """Return whether any process has received a signal. All processes must call this at the same time."""
        self.agreed = max(gather_object([self.received]))
        return self.agreed > 0

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if number == signal.SIGINT and self.received and now - self._since > SAME_CTRL_C:
            raise KeyboardInterrupt
        if not self.received:
            self._since = now
            sys.stderr.write(f"\n{signal.Signals(number).name}: saving after this step\n")
        self.received = self.received or number


@dataclass(slots=True)
class Step:
    """The batches of the present step, in this process."""

    batches: Sequence[dict[str, Tensor]] = ()
    losses: list[Tensor] = field(default_factory=list)  # one per batch, each a share of the step's loss


class Guard(TrainerCallback):
    """Ends the run before the optimiser takes a step that is not a number, or once the loss has run away."""

    def __init__(self, step: Step, rows: PackedRows) -> None:
        self.step, self.rows = step, rows

    def on_pre_optimizer_step(self, args: Any, state: TrainerState, control: Any, *, model: Any, **_: Any) -> None:
        """Raise UserError, which names the pages of the step, where a loss or the gradient is not a number."""
        gradients = [weight.grad for weight in model.parameters() if weight.grad is not None]
        losses = torch.stack([loss.detach() for loss in self.step.losses]).isfinite()
        sound = bool((losses.all() & torch.nn.utils.get_total_norm(gradients).isfinite()).item())
        if all(gather_object([sound])):
            return
        bad = [batch for batch, is_sound in zip(self.step.batches, losses.tolist(), strict=True) if not is_sound]
        what = "loss" if any(gather_object([bool(bad)])) else "gradient"
        batches = bad if what == "loss" else self.step.batches
        rows = [self.rows[number] for batch in batches for number in batch[INDEX].tolist()]
        pages = dict.fromkeys(gather_object([row.page_id for questions in rows for row in questions]))
        # `global_step` counts finished steps.
        raise UserError(
            f"after step {state.global_step}: the {what} is not a number, in a row of page {' or '.join(pages)};"
            " nothing was saved since"
        )

    def on_log(self, args: Any, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Raise UserError once the loss has run away."""
        losses = [entry["loss"] for entry in state.log_history if "loss" in entry]
        if "loss" in state.log_history[-1] and runs_away(losses):
            times = f"{losses[-1]:.4g}, it began at {losses[0]:.4g}"
            raise UserError(f"after step {state.global_step}: the loss runs away ({times}); lower --learning-rate")


def runs_away(losses: Sequence[float]) -> bool:
    """Return whether the last lines of the log are all above twice the first ones."""
    if len(losses) < 2 * RUNAWAY_LINES:
        return False
    return min(losses[-RUNAWAY_LINES:]) > RUNAWAY_TIMES * statistics.median(losses[:RUNAWAY_LINES])


class Metrics(TrainerCallback):
    """Keeps metrics.jsonl equal to the trainer's log, which a checkpoint carries: no line is lost or doubled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def on_train_begin(self, args: Any, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        self.on_log(args, state, control)

    def on_log(self, args: Any, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if state.is_world_process_zero:  # sorted as in the checkpoint's own file, so that a resumed run writes the same
            lines = [json.dumps(entry, sort_keys=True) for entry in state.log_history]
            write_bytes(self.path, "".join(f"{line}\n" for line in lines).encode())


class Progress(ProgressCallback):
    """The trainer's bar, with a short line in place of each printed dictionary."""

    def on_train_begin(self, args: Any, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        super().on_train_begin(args, state, control)
        if self.training_bar is not None:  # steps of an earlier start must not count into this one's speed
            self.training_bar.initial = self.training_bar.n = self.current_step = state.global_step

    def on_log(self, args: Any, state: TrainerState, control: TrainerControl, logs: Any = None, **_: Any) -> None:
        if self.training_bar is not None and logs and (told := line(logs)):
            self.training_bar.write(f"step {state.global_step} of {state.max_steps}: {told}")


def line(logs: dict[str, float]) -> str:
    """Return a line of the log for people; "" for one that says nothing about the weights."""
    names = [name for name in logs if name in ("loss", "grad_norm", "learning_rate") or name.startswith("eval_loss")]
    told = [f"{name} {logs[name]:.4g}" for name in names]
    clock = {name.removeprefix(CLOCK): value for name, value in logs.items() if name.startswith(CLOCK)}
    if "elapsed_s" in clock:
        told += [
            f"{clock['questions_per_second']:.3g} Q&A/s, {clock['tokens_per_second']:,.0f} tokens/s",
            f"{clock['memory_gb']:.1f} GB",
            f"{duration(clock['elapsed_s'])} gone, {duration(clock['remaining_s'])} to go",
        ]
    if "usd" in clock:
        told.append(f"${clock['usd']:.2f} spent, ${clock['usd_left']:.2f} to go")
    return ", ".join(told)
