"""Keeps the adapter that did best on the validation rows."""

from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from finetune.run import adapter


class KeepBest(TrainerCallback):
    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002 - a callback's signature
        **context: Any,
    ) -> None:
        if state.is_world_process_zero:
            model, processor, loss = context["model"], context["processing_class"], context["metrics"]["eval_loss"]
            adapter.keep_if_best(model, processor, Path(args.output_dir), state.global_step, loss)
