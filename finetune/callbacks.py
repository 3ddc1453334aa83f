"""Add what happens beside the steps: stopping on a signal, writing metrics, showing progress."""
# ruff: noqa: ARG002 - a callback's signature

import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from accelerate.utils import gather_object
from transformers import ProgressCallback, TrainerCallback, TrainerControl, TrainerState

from finetune.clock import CLOCK, duration
from finetune.signals import SIGNALS
from vlm3_dataset.files import write_bytes

SAME_CTRL_C = 2.0  # seconds in which a second Ctrl-C is taken for the first one, passed on by a launcher


class StopOnSignal(TrainerCallback):
    """Stops all processes after the same step once a signal has come. A spot machine gives 30 s to 2 min.

    It is a context, which takes both signals and gives them back. A second Ctrl-C ends the program at once.
    """

    def __init__(self) -> None:
        self.received = 0
        self.agreed = 0  # the signal that stopped the training, the same in every process
        self._since = 0.0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        self._before = {number: signal.signal(number, self._receive) for number in SIGNALS}

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

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
