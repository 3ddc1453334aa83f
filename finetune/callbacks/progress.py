"""What somebody sees who watches: the bar, and a line for each line of the log."""

from typing import Any

from transformers import ProgressCallback, TrainerControl, TrainerState, TrainingArguments

from finetune.watch.clock import CLOCK, duration


class Progress(ProgressCallback):
    """The trainer's bar, with a short line in place of each printed dictionary."""

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        super().on_train_begin(args, state, control)
        if self.training_bar is not None:  # steps of an earlier start took none of this one's time
            self.training_bar.initial = self.training_bar.n = self.current_step = state.global_step

    def on_log(
        self,
        args: TrainingArguments,  # noqa: ARG002 - a callback's signature
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002 - a callback's signature
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        if self.training_bar is not None and logs and (told := line(logs)):
            self.training_bar.write(f"step {state.global_step} of {state.max_steps}: {told}")


def line(logs: dict[str, float]) -> str:
    """A line of the log for people; empty for one that says nothing about the weights."""
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
