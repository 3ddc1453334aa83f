"""SIGTERM and Ctrl-C: the present step is finished and saved, then the run ends. A spot machine gives 30 s to 2 min."""

import os
import signal
import sys
import time
from types import FrameType
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from finetune.watch.processes import highest
from finetune.watch.workers import SIGNALS

ECHO = 2.0  # seconds in which a second Ctrl-C is the first one again, passed on by a launcher


class StopOnSignal(TrainerCallback):
    """Listens while steps are taken, and stops all processes after the same step.

    A second Ctrl-C ends the program at once. The Trainer has no event for a training that failed: whoever trains calls
    `release` then, or the program no longer obeys either signal.
    """

    def __init__(self) -> None:
        self.received = 0
        self.agreed = 0  # the signal that stopped the training, the same in every process
        self._since = 0.0
        self._process = 0
        self._before: dict[int, Any] = {}

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        self._process = os.getpid()
        self._before = {number: signal.signal(number, self._receive) for number in SIGNALS}

    def on_train_end(self, *_: Any, **__: Any) -> None:
        self.release()

    def release(self) -> None:
        """Give both signals back to whom they were taken from."""
        while self._before:
            signal.signal(*self._before.popitem())

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:  # noqa: ARG002 - a callback's signature
        if self.asked():
            control.should_save = True
            control.should_training_stop = True
            control.should_evaluate = False  # it can take minutes; the resumed run makes up for it

    def asked(self) -> bool:
        """Has any process received a signal? All of them must ask at the same moment."""
        self.agreed = highest(self.received)
        return self.agreed > 0

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if os.getpid() != self._process:  # a fork, of `map(num_proc=2)` for one: its pool ends it so and waits for it
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        now = time.monotonic()
        if number == signal.SIGINT and self.received and now - self._since > ECHO:
            raise KeyboardInterrupt
        if not self.received:
            self._since = now
            sys.stderr.write(f"\n{signal.Signals(number).name}: saving after this step\n")
        self.received = self.received or number
