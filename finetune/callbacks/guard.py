"""Stops a training that no longer learns, before it saves what it has become, and names the row that did it."""

import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from finetune.errors import RunError
from finetune.examples import Row
from finetune.watch.blame import suspects
from finetune.watch.processes import gathered, highest

if TYPE_CHECKING:
    from finetune.watch.watched import WatchedTrainer

# A run whose loss is twice that of the model it began with knows less than before it was trained. Single steps of 16
# answers scatter by half of their mean and lines of the log by less, so three lines above twice the start are no noise.
TIMES, LINES = 2.0, 3


class Guard(TrainerCallback):
    """Raises RunError before the optimiser takes a step that is not a number, or once the loss has run away."""

    def __init__(self, trainer: "WatchedTrainer", rows: Sequence[Row]) -> None:
        self.trainer = trainer
        self.rows = rows

    def on_pre_optimizer_step(
        self,
        args: TrainingArguments,  # noqa: ARG002 - a callback's signature
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002 - a callback's signature
        **_: Any,
    ) -> None:
        gradients = [weight.grad for weight in self.trainer.model.parameters() if weight.grad is not None]
        losses = torch.stack([loss.detach() for loss in self.trainer.losses])
        sound = bool((losses.isfinite().all() & torch.nn.utils.get_total_norm(gradients).isfinite()).item())
        if highest(not sound):
            bad = [batch for batch, loss in zip(self.trainer.batches, losses, strict=True) if not loss.isfinite()]
            what = "loss" if highest(len(bad)) else "gradient"
            self._stop(state, f"the {what} is not a number", bad if what == "loss" else self.trainer.batches)

    def on_log(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:  # noqa: ARG002 - a callback's signature
        losses = [entry["loss"] for entry in state.log_history if "loss" in entry]
        if "loss" in state.log_history[-1] and runs_away(losses):
            times = f"{losses[-1]:.4g}, it began at {losses[0]:.4g}"
            self._stop(state, f"the loss runs away ({times}); lower --learning-rate", self.trainer.batches)

    def _stop(self, state: TrainerState, why: str, batches: Sequence[dict[str, torch.Tensor]]) -> NoReturn:
        for weight in self.trainer.model.parameters():
            weight.grad = None
        found = gathered(suspects(self.trainer, self.rows, batches))
        guilty = [one for one in found if one.is_guilty]
        if guilty and len(guilty) == len(found) > 1:
            named = f"each of {len(found)} rows does it, so it is the weights; the first is {guilty[0]}"
        elif guilty:
            named = "; ".join(map(str, guilty))
        else:
            named = f"no row does it alone; most is lost on {max(found, key=lambda one: one.worst)}"
        # `global_step` counts finished steps, and a line is written after its step.
        raise RunError(f"after step {state.global_step}: {why}: {named}; nothing was saved since")


def runs_away(losses: Sequence[float]) -> bool:
    """Are the last lines of the log all above twice the loss that the first ones began with?"""
    if len(losses) < 2 * LINES:
        return False
    return min(losses[-LINES:]) > TIMES * statistics.median(losses[:LINES])
