"""A checkpoint to go on from exactly: with what the Trainer forgets between two lines of its log, and with a seal."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from accelerate import PartialState
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from finetune.errors import Stopped
from finetune.run import checkpoints
from vlm3_dataset.files import read_json, write_json

if TYPE_CHECKING:
    from finetune.watch.watched import WatchedTrainer


class WholeCheckpoints(TrainerCallback):
    """Completes each checkpoint, and takes up a training where one was saved, be it between two lines of the log."""

    def __init__(self, trainer: "WatchedTrainer") -> None:
        self.trainer = trainer

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:  # noqa: ARG002 - a callback's signature
        checkpoint = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        write_json(checkpoint / pending(args.process_index), self.trainer.unlogged())
        PartialState().wait_for_everyone()  # each process has written its part
        if state.is_world_process_zero:
            checkpoints.seal(checkpoint)

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if not state.global_step:
            return
        checkpoint = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        if held := read_json(checkpoint / pending(args.process_index)):
            self.trainer.take_up(held)
        if evaluation_is_missing(args, state):
            self.trainer.evaluate()
            if control.should_training_stop:  # stopped again; the checkpoint that it went on from is still the last
                raise Stopped(self.trainer.stop.agreed)


def pending(process: int) -> str:
    """The file in which a process keeps what it has not logged yet."""
    return f"unlogged_{process}.json"


def evaluation_is_missing(args: TrainingArguments, state: TrainerState) -> bool:
    """Was the run stopped at a step whose evaluation was due, and put off so that the step was saved in time?"""
    due = state.global_step % args.eval_steps == 0 or state.global_step >= state.max_steps
    done = any(entry["step"] == state.global_step and "eval_loss" in entry for entry in state.log_history)
    return args.eval_strategy == "steps" and due and not done
