"""TRL's SFTTrainer with its repairs, its arguments, and what watches over it.

Imports torch and TRL (20 s on two cores): import it where a training begins, not before.
"""

from collections.abc import Sequence
from typing import Any

import torch
from accelerate import PartialState
from transformers import ProgressCallback, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl import SFTConfig

from finetune.callbacks.best import KeepBest
from finetune.callbacks.guard import Guard
from finetune.callbacks.metrics import Metrics
from finetune.callbacks.progress import Progress
from finetune.callbacks.stop import StopOnSignal
from finetune.callbacks.whole import WholeCheckpoints
from finetune.config import Settings
from finetune.data import Data
from finetune.errors import RunError
from finetune.examples import Row, as_dataset
from finetune.model import lora
from finetune.packing import attention
from finetune.packing.collator import SharedPages
from finetune.packing.sampler import EpochOrder, PageRows
from finetune.watch.clock import Clock
from finetune.watch.watched import WatchedTrainer


class AnswerTrainer(WatchedTrainer):
    """SFTTrainer for a frozen vision tower and an adapter in float32; it scores the answers only.

    Args:
        model: the base model.
        way: how batches with `segments` attend, a name of `packing.attention.WAYS`.
        drawn: rows that are drawn anew in each epoch.
        others: SFTTrainer's own.
    """

    def __init__(self, model: Any, way: str = "sdpa", drawn: PageRows | None = None, **others: Any) -> None:
        # With gradient checkpointing PEFT hooks the tower's embedding as well, and the backward pass runs through the
        # frozen tower for nothing: some 41 instead of 14 TFLOP for a page of 1,500 tokens (estimate).
        visual = model.model.visual
        visual.forward = torch.no_grad()(visual.forward)
        super().__init__(model, **others)
        self.way, self.attention = way, attention.WAYS[way]
        self.order = EpochOrder(len(self.train_dataset), self.args.seed)
        self.add_callback(Epochs(self.order, *([drawn] if drawn else [])))
        # TRL casts the adapter of a quantised model to bfloat16, and Adam's states with it: at half of a cosine from
        # 2e-4 some 95 % of the weights no longer move in a step, and a resumed run, which PEFT loads as float32, is
        # another run. In float32 resuming is exact.
        for weight in self.model.parameters():
            if weight.requires_grad:
                weight.data = weight.data.float()

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        return super().compute_loss(model, self.model_inputs(inputs), return_outputs, num_items_in_batch)

    def model_inputs(self, batch: dict[str, Any]) -> dict[str, Any]:
        """What the model takes of a batch: where pages are shared, the attention over them in place of `segments`."""
        inputs = dict(batch)
        if "segments" in inputs:
            inputs["shared"] = self.attention(inputs.pop("segments"))
        return inputs

    def forward(self, batch: dict[str, Any]) -> Any:
        """The model's outputs for a collated batch, as in training: `log_probs` and `label_mask` of each token."""
        with self.accelerator.autocast():
            inputs = self.model_inputs(self._prepare_inputs(batch))
            return self.model(**inputs, use_cache=False, fused_lm_head=True)

    def _get_train_sampler(self, train_dataset: Any = None) -> EpochOrder:  # noqa: ARG002 - there is only the one
        return self.order

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        # TRL counts tokens from the start of the process: in a resumed run the figure would be wrong.
        for metrics in self._metrics.values():
            metrics.pop("num_tokens", None)
        super().log(logs, start_time)

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """Nothing: a run writes its own card, last of all, and its presence says that the run is finished."""


class Epochs(TrainerCallback):
    """Tells what is drawn anew in each epoch which one it is, also where a run goes on in the middle of one."""

    def __init__(self, *drawn: EpochOrder | PageRows) -> None:
        self.drawn = drawn

    def on_epoch_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:  # noqa: ARG002 - a callback's signature
        for one in self.drawn:
            one.epoch = int(state.epoch or 0)


def build(settings: Settings, model: Any, processor: Any, data: Data) -> AnswerTrainer:
    """A trainer for these rows; it writes into the run's folder.

    Raises RunError where this machine cannot attend as asked, or the accumulation cannot be shared.
    """
    if settings.shares_pages:
        way = attention.choose(settings.attention, model.device)
        train, val = (PageRows(rows, settings.questions, settings.seed) for rows in (data.train, data.val))
        rows = {"train_dataset": train.as_dataset(), "eval_dataset": val.as_dataset() if data.val else None}
        how = {"way": way, "data_collator": SharedPages(processor), "drawn": train}
    else:
        val = [[row] for row in data.val]
        rows = {"train_dataset": as_dataset(data.train), "eval_dataset": as_dataset(data.val) if data.val else None}
        how = {}
    trainer = AnswerTrainer(
        model,
        args=arguments(settings, validate=bool(data.val)),
        processing_class=processor,
        peft_config=lora(settings),
        **rows,
        **how,
    )
    watch(trainer, settings, data.train, val)
    return trainer


def watch(
    trainer: WatchedTrainer, settings: Settings, rows: Sequence[Row], val_groups: Sequence[Sequence[Row]]
) -> None:
    """Adds what happens beside the steps.

    A step that spoils the run is found out before anything is written of it, and a checkpoint is sealed last.
    """
    metrics = settings.folder / "metrics.jsonl"
    trainer.clock = Clock(metrics, settings.usd_per_hour)
    trainer.stop = StopOnSignal()
    trainer.val_groups = val_groups
    trainer.remove_callback(ProgressCallback)
    for callback in (trainer.stop, Metrics(metrics), Progress(), Guard(trainer, rows), KeepBest()):
        trainer.add_callback(callback)
    trainer.add_callback(WholeCheckpoints(trainer))


def arguments(settings: Settings, *, validate: bool) -> SFTConfig:
    """TRL's arguments for these settings.

    Raises RunError where the accumulation cannot be shared evenly between the processes: a step would be another one.
    """
    processes = PartialState().num_processes
    if settings.accumulation % processes:
        raise RunError(f"--accumulation {settings.accumulation} cannot be shared between {processes} processes")
    return SFTConfig(
        output_dir=str(settings.folder),
        max_length=None,  # a cut between page and answer would be silent: loss 0. Pages are bounded by their pixels
        completion_only_loss=True,
        num_train_epochs=settings.epochs,
        max_steps=settings.max_steps or -1,
        per_device_train_batch_size=settings.rows_per_pass,
        per_device_eval_batch_size=settings.rows_per_pass,
        gradient_accumulation_steps=settings.accumulation // processes,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=settings.warmup,  # below 1 it is a share of the steps
        gradient_checkpointing=settings.gradient_checkpointing,
        gradient_checkpointing_kwargs={"use_reentrant": False},
        bf16=True,
        seed=settings.seed,
        dataloader_num_workers=settings.workers,
        remove_unused_columns=False,
        ddp_find_unused_parameters=False,  # every row has a page and an answer: each adapter weight is used
        logging_steps=settings.log_every,
        logging_first_step=True,
        logging_nan_inf_filter=False,  # it would show the last good loss in place of a NaN
        save_steps=settings.save_every,
        save_total_limit=2,
        eval_strategy="steps" if validate else "no",
        eval_steps=settings.eval_every,
        use_cpu=not torch.cuda.is_available(),
        report_to=settings.report_to or "none",
        run_name=settings.name,
        project="vlm3",
    )
