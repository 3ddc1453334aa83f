"""metrics.jsonl: the trainer's log as a file."""

import json
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from vlm3_dataset.files import write_bytes


class Metrics(TrainerCallback):
    """Keeps metrics.jsonl equal to the trainer's log, which a checkpoint carries: no line is lost, none is twice."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        self.on_log(args, state, control)

    def on_log(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:  # noqa: ARG002 - a callback's signature
        if state.is_world_process_zero:
            write_bytes(self.path, "".join(f"{json.dumps(entry)}\n" for entry in state.log_history).encode())
