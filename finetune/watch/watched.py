"""SFTTrainer that knows what its present step was made of, and can be stopped and taken up between any two steps."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from trl import SFTTrainer

from finetune.callbacks.stop import StopOnSignal
from finetune.errors import RunError
from finetune.examples import Row
from finetune.watch import workers
from finetune.watch.answers import count
from finetune.watch.clock import CLOCK, Clock
from finetune.watch.processes import totals
from finetune.watch.validation import validate


class WatchedTrainer(SFTTrainer):
    """Set `clock`, `stop` and `val_groups` before the training begins."""

    clock: Clock
    stop: StopOnSignal
    val_groups: Sequence[Sequence[Row]]  # the questions in each example of the validation, in order

    batches: Sequence[dict[str, Tensor]] = ()  # of the present step, in this process
    losses: Sequence[Tensor] = ()  # one a batch, each a share of the step's loss
    _seen: tuple[Tensor | int, Tensor | int] = (0, 0)  # questions and tokens since the last line of the log

    def train(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().train(*args, **kwargs)
        finally:
            self.stop.release()

    def get_train_dataloader(self) -> Any:
        loader = super().get_train_dataloader()
        loader.base_dataloader.multiprocessing_context = workers.of(self.args.dataloader_num_workers)
        return loader

    def get_batch_samples(self, epoch_iterator: Iterator, num_batches: int, device: torch.device) -> tuple[list, Any]:
        self.clock.begin(self.state.global_step)
        self.batches, items = super().get_batch_samples(epoch_iterator, num_batches, device)
        self.losses = []
        padding = self.processing_class.tokenizer.pad_token_id
        for batch in self.batches:
            questions, tokens = self._seen
            self._seen = (questions + count(batch["labels"]), tokens + (batch["input_ids"] != padding).sum())
        return self.batches, items

    def _run_epoch(self, **epoch: Any) -> None:
        # The Trainer looks for the last step only behind a step: a run that goes on from its last checkpoint, where
        # that stands in the middle of an epoch, would take one too many.
        if self.state.global_step < self.state.max_steps:
            super()._run_epoch(**epoch)

    def training_step(self, *args: Any, **kwargs: Any) -> Tensor:
        try:
            loss = super().training_step(*args, **kwargs)
        except torch.OutOfMemoryError:  # the self-check held the largest batch, but others may use the card as well
            raise RunError(
                f"after step {self.state.global_step}: the GPU's memory ran out; the same command goes on once it is"
                " free, or start anew with fewer --questions or a smaller --max-pixels"
            ) from None
        self.losses.append(loss)
        return loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        if "train_runtime" in logs:
            if self.stop.agreed:
                return  # the sum of a whole run, of which this is a part
            # TRL would add means over the steps since the last line, if no evaluation came after them in this start.
            self._metrics["train"].clear()
        if "loss" in logs:
            questions, tokens = totals([float(number) for number in self._seen])
            self._seen = (0, 0)
            logs |= self.clock.figures(self.state.global_step, self.state.max_steps, questions, tokens)
        super().log(logs, start_time)

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """The losses on the validation rows, logged; nothing where a signal broke it off.

        It leaves the random state as it was: a run that makes up for an evaluation later takes the same steps.
        """
        began = time.monotonic()
        devices = [self.args.device] if self.args.device.type == "cuda" else []
        with torch.random.fork_rng(devices), torch.no_grad():
            figures = validate(self, self.eval_dataset, self.val_groups)
        seconds = time.monotonic() - began
        self.clock.leave_out(seconds)
        if figures is None:
            self.control.should_save = self.control.should_training_stop = True
            return {}
        self.log(figures | {f"{CLOCK}eval_s": round(seconds, 4)})
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, figures)
        return figures

    def unlogged(self) -> dict[str, Any]:
        """What this process would forget if it ended now: its part of the next line of the log."""
        return {
            "loss": self._tr_loss.item(),
            "since_step": self._globalstep_last_logged,
            "total": self._total_loss_scalar,
            "metrics": self._metrics["train"],
        }

    def take_up(self, held: dict[str, Any]) -> None:
        """Goes on with a line of the log that an earlier start began."""
        self._tr_loss += held["loss"]
        self._globalstep_last_logged = held["since_step"]
        self._total_loss_scalar = held["total"]
        self._metrics["train"].update(held["metrics"])
