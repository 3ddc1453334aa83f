"""Correct TRL's SFTTrainer where needed, and let a run be stopped and resumed at any step.

This imports torch and TRL (20 s on two cores), so import it where a training begins, not before. Each override says why
it exists; tests/finetune/test_trainer.py fails for one that the libraries have made superfluous.
"""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import gather_object
from torch import Tensor
from transformers import ProgressCallback, TrainerCallback
from trl import SFTTrainer

from finetune import validation
from finetune.callbacks import StopOnSignal
from finetune.clock import CLOCK, Clock
from finetune.errors import Stopped
from finetune.examples import IGNORED
from finetune.packing import attention
from finetune.packing.collator import INDEX
from finetune.packing.sampler import EpochOrder, PackedRows
from finetune.run import checkpoints
from finetune.signals import obey_parent, signals_blocked
from vlm3_dataset.errors import UserError
from vlm3_dataset.files import read_json, write_json


class AnswerTrainer(SFTTrainer):
    """SFTTrainer for a frozen vision tower and an adapter in float32; it scores the answers only.

    Rows are drawn anew in each epoch, in the `order` of that epoch. `way` is how batches with `segments` attend, a name
    of `packing.attention.WAYS`. `others` are further arguments of SFTTrainer.
    """

    def __init__(
        self,
        model: Any,
        *,
        train: PackedRows,
        val: PackedRows,
        order: EpochOrder,
        way: str,
        clock: Clock,
        callbacks: Sequence[TrainerCallback],
        **others: Any,
    ) -> None:
        # With gradient checkpointing PEFT hooks the tower's embedding as well, and the backward pass runs through the
        # frozen tower for nothing: some 41 instead of 14 TFLOP for a page of 1,500 tokens (estimate).
        visual = model.model.visual
        visual.forward = torch.no_grad()(visual.forward)
        self.train_rows, self.val_rows, self.order = train, val, order
        self.way, self.attention = way, attention.WAYS[way]
        self.clock, self.stop = clock, StopOnSignal()
        self._batches: list[dict[str, Tensor]] = []  # of the present step, in this process
        self._losses: list[Tensor] = []  # one per batch, each a share of the step's loss
        self._seen = (0, 0)  # questions and tokens since the last line of the log
        self._resumed = False
        super().__init__(
            model, train_dataset=train.as_dataset(), eval_dataset=val.as_dataset() if len(val) else None, **others
        )
        # At each save PEFT would ask the hub whether the vocabulary of the base has grown. Here it never does.
        self.model.save_pretrained = partial(self.model.save_pretrained, save_embedding_layers=False)
        self.remove_callback(ProgressCallback)
        for callback in (self.stop, *callbacks):
            self.add_callback(callback)
        # TRL casts the adapter of a quantised model to bfloat16, and Adam's states with it: at half of a cosine from
        # 2e-4 some 95 % of the weights no longer move in a step, and a resumed run, which PEFT loads as float32, is
        # another run. In float32 resuming is exact.
        for weight in self.trained_weights():
            weight.data = weight.data.float()

    def trained_weights(self) -> list[Tensor]:
        return [weight for weight in self.model.parameters() if weight.requires_grad]

    def random_state_kept(self) -> AbstractContextManager[None]:
        """Return a context that leaves the random state as it was, on the CPU and on this process's own GPU."""
        return torch.random.fork_rng([self.args.device] if self.args.device.type == "cuda" else [])

    def forward(self, batch: dict[str, Any]) -> Any:
        """Return the model's outputs for a collated batch as in training: each token's `log_probs` and `label_mask`."""
        with self.accelerator.autocast():
            inputs = self.model_inputs(self._prepare_inputs(batch))
            return self.model(**inputs, use_cache=False, fused_lm_head=True)

    def model_inputs(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return a batch as the model's inputs; if rows are shared, their attention replaces `segments`."""
        inputs = {name: value for name, value in batch.items() if name != INDEX}
        if "segments" in inputs:
            inputs["shared"] = self.attention(inputs.pop("segments"))
        return inputs

    def train(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().train(*args, **kwargs)
        finally:  # the Trainer has no event for a training that failed
            self.stop.release()

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        # Who sees whom is worked out on the device. In a batch as a mask TRL would count its tokens by it.
        return super().compute_loss(model, self.model_inputs(inputs), return_outputs, num_items_in_batch)

    def _get_train_sampler(self, train_dataset: Any = None) -> EpochOrder:  # noqa: ARG002 - there is only the one
        # The Trainer's own draws from a generator whose state differs between one process and several.
        return self.order

    def get_train_dataloader(self) -> Any:
        loader = super().get_train_dataloader()
        # All batches of a step are fetched before its first pass. On the GPU they would wait with 47 MB for each page
        # of 2,500 tokens; so each is sent there by its own pass.
        loader.device = None
        seed = loader.base_dataloader.worker_init_fn
        loader.base_dataloader.worker_init_fn = lambda worker: (seed(worker), obey_parent())
        return loader

    def get_batch_samples(self, epoch_iterator: Iterator, num_batches: int, device: torch.device) -> tuple[list, Any]:
        # The only place that has all batches of a step, and where the loader forks its workers.
        self.clock.begin(self.state.global_step)
        with signals_blocked():
            batches, items = super().get_batch_samples(epoch_iterator, num_batches, device)
        self._batches, self._losses = batches, []
        padding = self.processing_class.tokenizer.pad_token_id
        for batch in batches:
            questions, tokens = self._seen
            self._seen = (questions + answers(batch["labels"]), tokens + int((batch["input_ids"] != padding).sum()))
        return batches, items

    def _run_epoch(self, *, epoch: int, **others: Any) -> None:
        # accelerate tells the sampler, but not that of several processes which go on in the middle of an epoch.
        self.order.epoch = self.train_rows.epoch = epoch
        if not self._resumed:
            self._resumed = True
            self._resume()
        # The Trainer looks for the last step only behind a step: a run that goes on from its last checkpoint, where
        # that stands in the middle of an epoch, would take one too many.
        if self.state.global_step < self.state.max_steps:
            super()._run_epoch(epoch=epoch, **others)

    def training_step(self, *args: Any, **kwargs: Any) -> Tensor:
        """Return the loss of one batch (a scalar). Raises UserError where the GPU's memory runs out."""
        try:
            loss = super().training_step(*args, **kwargs)
        except torch.OutOfMemoryError:  # the self-check tried the largest batch, but others may use the card too
            raise UserError(
                f"after step {self.state.global_step}: the GPU's memory ran out; the same command goes on once it is"
                " free, or start anew with fewer --questions or a smaller --max-pixels"
            ) from None
        self._losses.append(loss.detach())
        return loss

    def _get_grad_norm(self, model: Any, grad_norm: Any = None) -> float:
        """Return the norm of a step's gradient, before the step is taken.

        Raises UserError, which names the pages, where this norm or a loss of the step is not a number.
        """
        norm = super()._get_grad_norm(model, grad_norm)
        bad = [batch for batch, loss in zip(self._batches, self._losses, strict=True) if not loss.isfinite()]
        spoiled = any(gather_object([bool(bad)]))
        if math.isfinite(norm) and not spoiled:
            return norm
        what = "loss" if spoiled else "gradient"
        rows = [row for batch in (bad if spoiled else self._batches) for row in batch[INDEX].tolist()]
        pages = dict.fromkeys(gather_object([row.page_id for number in rows for row in self.train_rows[number]]))
        raise UserError(  # `global_step` counts finished steps
            f"after step {self.state.global_step}: the {what} is not a number, in a row of page {' or '.join(pages)};"
            " nothing was saved since"
        )

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        # TRL counts tokens from the start of the process: in a resumed run the figure would be wrong.
        for metrics in self._metrics.values():
            metrics.pop("num_tokens", None)
        if "train_runtime" in logs:
            if self.stop.agreed:
                return  # the Trainer's summary of a whole run, of which this start is a part
            # TRL would add means over the steps since the last line, if no evaluation came after them in this start.
            self._metrics["train"].clear()
        if "loss" in logs:
            questions, tokens = (sum(each) for each in zip(*gather_object([self._seen]), strict=True))
            self._seen = (0, 0)
            logs |= self.clock.figures(self.state.global_step, self.state.max_steps, questions, tokens)
        super().log(logs, start_time)

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Return the mean loss in nats per answer token, each token counting once; nothing if a signal broke it off.

        The Trainer's own loop averages the means of batches, so that a short answer weighs more in a small batch, and
        with several processes it counts rows twice that fill up the last batch. The random state is kept, so that a
        run that does an evaluation later takes the same steps.

        Raises:
            UserError: the loss of a row is not a number; it names the rows.
        """
        began = time.monotonic()
        tally = validation.Tally(self.processing_class.tokenizer)
        self.model.eval()
        size, workers = self.args.per_device_eval_batch_size, self.args.dataloader_num_workers
        with self.random_state_kept(), torch.no_grad():
            for batch in validation.batches(self.eval_dataset, self.data_collator, size, workers):
                if self.stop.asked():
                    self.clock.paused += time.monotonic() - began
                    self.control.should_save = self.control.should_training_stop = True
                    self.control.should_evaluate = False  # again at the epoch's end, and saved over the seal
                    return {}
                if batch is not None:
                    rows = [self.val_rows[index] for index in batch[INDEX].tolist()]
                    tally.add(rows, batch["labels"], self.forward(batch))
        figures = tally.figures()
        if fault := tally.fault():
            raise UserError(f"step {self.state.global_step}: the validation loss is not a number: {fault}")
        seconds = time.monotonic() - began
        self.clock.paused += seconds
        self.log(figures | {f"{CLOCK}eval_s": round(seconds, 4)})
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, figures)
        return figures

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:  # noqa: ARG002 - there is only the one
        # The Trainer names no device, and every process would load the adapter's 0.65 GB onto the first GPU.
        self.model.load_adapter(
            resume_from_checkpoint, self.model.active_adapter, is_trainable=True, torch_device=str(self.args.device)
        )

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Complete a checkpoint with the state that the Trainer forgets between two log lines, and seal it."""
        super()._save_checkpoint(model, trial)
        checkpoint = self._checkpoint(self.state.global_step)
        unlogged = {
            "loss": self._tr_loss.item(),
            "since_step": self._globalstep_last_logged,
            "total": self._total_loss_scalar,
            "metrics": self._metrics["train"],
        }
        write_json(checkpoint / f"unlogged_{self.args.process_index}.json", unlogged)
        PartialState().wait_for_everyone()  # each process has written its part
        if self.state.is_world_process_zero:
            checkpoints.seal(checkpoint)

    def _determine_best_metric(self, metrics: dict[str, float], trial: Any) -> bool:
        # The Trainer keeps the best checkpoint where there is one of that step: here there is one of each best step.
        better = bool(metrics) and super()._determine_best_metric(metrics, trial)
        self.control.should_save |= better
        return better

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """Do nothing: a run writes its own card, last of all, and its presence marks the run finished."""

    def _resume(self) -> None:
        """Resume where an earlier start was stopped, also between two log lines or before an evaluation."""
        if not self.state.global_step:
            return
        if held := read_json(self._checkpoint(self.state.global_step) / f"unlogged_{self.args.process_index}.json"):
            self._tr_loss += held["loss"]
            self._globalstep_last_logged = held["since_step"]
            self._total_loss_scalar = held["total"]
            self._metrics["train"].update(held["metrics"])
        if self.state.best_global_step and not self._checkpoint(self.state.best_global_step).is_dir():
            self.state.best_global_step = self.state.best_metric = None  # it was torn, and removed at the start
        due = self.state.global_step % self.args.eval_steps == 0 or self.state.global_step >= self.state.max_steps
        done = any(one["step"] == self.state.global_step and "eval_loss" in one for one in self.state.log_history)
        if self.args.eval_strategy == "steps" and due and not done:
            self._determine_best_metric(self.evaluate(), None)
            if self.control.should_training_stop:  # stopped again; the checkpoint it resumed from is still the last
                raise Stopped(self.stop.agreed)

    def _checkpoint(self, step: int) -> Path:
        return Path(self.args.output_dir) / f"checkpoint-{step}"


def answers(labels: Tensor) -> int:
    """Return how many answers a batch holds."""
    scored = labels != IGNORED
    return int((scored[:, 1:] & ~scored[:, :-1]).sum())
