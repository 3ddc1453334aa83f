"""Correct TRL's SFTTrainer where needed, and let a run be stopped and resumed at any step.

This imports torch and TRL (20 s on two cores), so import it where a training begins, not before. Each override says why
it exists; tests/finetune/test_trainer.py fails for one that the libraries have made superfluous.
"""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import gather_object
from torch import Tensor
from torch.nn.utils import get_total_norm
from tqdm import tqdm
from transformers import ProgressCallback, TrainerCallback
from trl import SFTTrainer

from finetune import validation
from finetune.callbacks import StopOnSignal
from finetune.clock import CLOCK, Clock
from finetune.errors import Stopped
from finetune.packing import attention
from finetune.packing.collator import INDEX
from finetune.packing.sampler import EpochOrder, PackedRows
from finetune.run import checkpoints
from finetune.signals import Workers
from vlm3_dataset.errors import UserError
from vlm3_dataset.files import read_json, write_json
from vlm3_dataset.hub.reader import RowError


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
        datasets = {"train_dataset": train.as_dataset(), "eval_dataset": val.as_dataset() if len(val) else None}
        super().__init__(model, **datasets, **others)
        # At each save PEFT would ask the hub whether the vocabulary of the base has grown. Here it never does.
        self.model.save_pretrained = partial(self.model.save_pretrained, save_embedding_layers=False)
        # Of a resumed run the Trainer names no device, and every process would load its 0.65 GB onto the first GPU.
        self.model.load_adapter = partial(self.model.load_adapter, torch_device=str(self.model.device))
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

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        # Who sees whom is worked out on the device. In a batch as a mask TRL would count its tokens by it.
        return super().compute_loss(model, self.model_inputs(inputs), return_outputs, num_items_in_batch)

    def _get_train_sampler(self, train_dataset: Any = None) -> EpochOrder:  # noqa: ARG002 - there is only the one
        # The Trainer's own draws from a generator whose state differs between one process and several.
        return self.order

    def get_train_dataloader(self) -> Any:
        loader = with_workers(super().get_train_dataloader())
        # All batches of a step are fetched before its first pass. On the GPU they would wait with 47 MB for each page
        # of 2,500 tokens; so each is sent there by its own pass.
        loader.device = None
        return loader

    def get_batch_samples(self, epoch_iterator: Iterator, num_batches: int, device: torch.device) -> tuple[list, Any]:
        # The only place that has all batches of a step.
        self.clock.begin(self.state.global_step)
        batches, items = super().get_batch_samples(epoch_iterator, num_batches, device)
        self._batches, self._losses = batches, []
        for batch in batches:
            questions = sum(len(self.train_rows[row]) for row in batch[INDEX].tolist())
            self._seen = self._seen[0] + questions, self._seen[1] + int(batch["attention_mask"].sum())
        return batches, items

    def _run_epoch(self, *, epoch: int, **others: Any) -> None:
        # accelerate tells the sampler, but not that of several processes which go on in the middle of an epoch.
        self.order.epoch = self.train_rows.epoch = epoch
        with self._told():
            if epoch == others["epochs_trained"]:
                self._resume()
            # The Trainer looks for the last step only behind a step: a run that goes on from its last checkpoint, where
            # that stands in the middle of an epoch, would take one too many.
            if self.state.global_step < self.state.max_steps:
                super()._run_epoch(epoch=epoch, **others)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what ends a training on its way, by no fault of the program, into a UserError."""
        again = "the same command goes on"
        try:
            yield
        except torch.OutOfMemoryError:  # the self-check tried the largest batch, but others may use the card too
            remedy = "start anew with fewer --questions or a smaller --max-pixels"
            why = f"the GPU's memory ran out; {again} once it is free, or {remedy}"
        except RowError as error:  # of a worker's, torch makes a paragraph that ends in it
            why = f"{str(error).rpartition('RowError: ')[2].strip()}; {again} once the page is as it was"
        except (RuntimeError, ConnectionError, EOFError) as error:  # of torch, or where a worker's data stop
            if isinstance(error, RuntimeError) and not str(error).startswith("DataLoader worker"):
                raise
            with suppress(RuntimeError):
                time.sleep(1)  # in which torch hears that the worker ended, and raises that too
            why = f"a loader's worker was killed; {again}, with fewer --workers if memory ran out"
        else:
            return
        raise UserError(f"after step {self.state.global_step}: {why}")

    def training_step(self, *args: Any, **kwargs: Any) -> Tensor:
        loss = super().training_step(*args, **kwargs)
        self._losses.append(loss.detach())
        if len(self._losses) == len(self._batches):
            self._require_numbers()
        return loss

    def _require_numbers(self) -> None:
        """Require a step's losses and gradient to be numbers, before it is taken. Raises UserError with the pages."""
        bad = [batch for batch, loss in zip(self._batches, self._losses, strict=True) if not loss.isfinite()]
        spoiled = any(gather_object([bool(bad)]))
        if not spoiled and get_total_norm([weight.grad for weight in self.trained_weights()]).isfinite():
            return
        what = "loss" if spoiled else "gradient"
        rows = [row for batch in (bad if spoiled else self._batches) for row in batch[INDEX].tolist()]
        pages = dict.fromkeys(gather_object([row.page_id for number in rows for row in self.train_rows[number]]))
        raise UserError(  # `global_step` counts finished steps
            f"after step {self.state.global_step}: the {what} is not a number, in a row of page {' or '.join(pages)};"
            " nothing was saved since"
        )

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        if "train_runtime" in logs:
            return  # the Trainer's summary, which is of this start alone
        # TRL counts tokens from the start of the process: in a resumed run the figure would be wrong.
        for metrics in self._metrics.values():
            metrics.pop("num_tokens", None)
        if "loss" in logs:
            questions, tokens = (sum(each) for each in zip(*gather_object([self._seen]), strict=True))
            self._seen = (0, 0)
            logs |= self.clock.figures(self.state.global_step, self.state.max_steps, questions, tokens)
        super().log(logs, start_time)

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Return the mean loss in nats per answer token, each token counting once; nothing if a signal broke it off.

        The Trainer's own loop averages the means of batches, so that a short answer weighs more in a small batch. The
        random state is kept, so that a run that does an evaluation later takes the same steps.

        Raises:
            UserError: the loss of a row is not a number; it names the rows.
        """
        began = time.monotonic()
        parts: list[validation.Part] = []
        self.model.eval()
        batches = with_workers(self.get_eval_dataloader())
        bar = tqdm(batches, "validation", disable=not self.is_world_process_zero(), delay=2, leave=False)
        with self.random_state_kept(), torch.no_grad():
            for batch in bar:
                if self.stop.asked():
                    self.control.should_save = self.control.should_training_stop = True
                    self.control.should_evaluate = False  # again at the epoch's end, and saved over the seal
                    return {}
                rows = [self.val_rows[index] for index in batch[INDEX].tolist()]
                measured = validation.measure(rows, batch["labels"], self.forward(batch), self.processing_class)
                # Without the rows that fill up the last batch of several processes.
                parts += chain(*self.accelerator.gather_for_metrics(measured, use_gather_object=True))
        if fault := next((part.question for part in parts if not math.isfinite(part.total)), ""):
            raise UserError(f"step {self.state.global_step}: the validation loss is not a number: {fault}")
        figures = validation.means(parts)
        seconds = time.monotonic() - began
        self.clock.paused += seconds
        self.log(figures | {f"{CLOCK}eval_s": round(seconds, 4)})
        # The Trainer would note a best step too, but keeps its checkpoint only where one is due by other reasons.
        if self.state.best_metric is None or figures[validation.LOSS] < self.state.best_metric:
            self.state.best_metric, self.state.best_global_step = figures[validation.LOSS], self.state.global_step
            self.control.should_save = True
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, figures)
        return figures

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Complete a checkpoint with the state that the Trainer forgets between two log lines, and seal it."""
        super()._save_checkpoint(model, trial)
        checkpoint = self._checkpoint(self.state.global_step)
        unlogged = {
            "loss": self._tr_loss.item(),
            "since_step": self._globalstep_last_logged,
            "metrics": self._metrics["train"],
        }
        write_json(checkpoint / f"unlogged_{self.args.process_index}.json", unlogged)
        PartialState().wait_for_everyone()  # each process has written its part
        if self.state.is_world_process_zero:
            checkpoints.seal(checkpoint)

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """Do nothing: a run writes its own card, last of all, and its presence marks the run finished."""

    def _resume(self) -> None:
        """Resume where an earlier start was stopped, also between two log lines or before an evaluation."""
        if not self.state.global_step:
            return
        if held := read_json(self._checkpoint(self.state.global_step) / f"unlogged_{self.args.process_index}.json"):
            self._tr_loss += held["loss"]
            self._globalstep_last_logged = held["since_step"]
            self._metrics["train"].update(held["metrics"])
        if self.state.best_global_step and not self._checkpoint(self.state.best_global_step).is_dir():
            self.state.best_global_step = self.state.best_metric = None  # it was torn, and removed at the start
        due = self.state.global_step % self.args.eval_steps == 0 or self.state.global_step >= self.state.max_steps
        done = any(one["step"] == self.state.global_step and "eval_loss" in one for one in self.state.log_history)
        if self.args.eval_strategy == "steps" and due and not done:
            self.evaluate()
            if self.control.should_training_stop:  # stopped again; the checkpoint it resumed from is still the last
                raise Stopped(self.stop.agreed)

    def _checkpoint(self, step: int) -> Path:
        return Path(self.args.output_dir) / f"checkpoint-{step}"


def with_workers(loader: Any) -> Any:
    """Have the workers of a loader of accelerate obey its process alone."""
    if loader.num_workers:
        loader.base_dataloader.multiprocessing_context = Workers()
    return loader
