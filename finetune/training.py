"""Assemble a training from the settings: its rows, the options of TRL and PEFT, the trainer and its callbacks."""

import os
from collections.abc import Sequence
from typing import Any

import torch
from accelerate import PartialState
from peft import LoraConfig
from transformers import Qwen2VLForConditionalGeneration
from trl import SFTConfig

from finetune import diagnostics, tiny
from finetune.callbacks import Metrics, Progress
from finetune.clock import Clock
from finetune.config import Settings, options
from finetune.data import Data
from finetune.errors import one_line
from finetune.examples import Row, measure
from finetune.model import compute_dtype, implementation
from finetune.packing import attention
from finetune.packing.collator import SeparateRows, SharedRows
from finetune.packing.deal import accumulation_of, packing_of
from finetune.packing.sampler import EpochOrder, PackedRows
from finetune.trainer import AnswerTrainer
from vlm3_dataset.errors import Misused

# `all-linear` would put adapters into the vision tower too. Rank 64 on these is 161.5 M parameters of the 7B.
LORA_TARGETS = r"model\.language_model\.layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj)"


def packed(rows: Sequence[Row], processor: Any, settings: Settings) -> PackedRows:
    """Return the rows of a training, packed by the settings."""
    return PackedRows(rows, packing_of(measure(rows, processor, settings), settings))


def build(settings: Settings, model: Any, processor: Any, data: Data) -> AnswerTrainer:
    """Return a trainer for these rows, which writes into the run's folder.

    Raises UserError where this machine cannot attend as asked, or an option cannot be set.
    """
    train, val = (packed(rows, processor, settings) for rows in (data.train, data.val))
    # else a folder named after date and host, a new one for each start
    os.environ.setdefault("TENSORBOARD_LOGGING_DIR", str(settings.folder / "tensorboard"))
    metrics = settings.folder / "metrics.jsonl"
    return AnswerTrainer(
        model,
        train=train,
        val=val,
        order=EpochOrder(train.packing.sources, settings.seed, settings.weights),
        way=attention.choose(settings.attention, model.device) if settings.shares_pages else "sdpa",
        clock=Clock(metrics, settings.usd_per_hour),
        callbacks=[Metrics(metrics), Progress()],
        args=arguments(settings, accumulation_of(train.packing, settings), validate=bool(data.val)),
        data_collator=(SharedRows if settings.shares_pages else SeparateRows)(processor),
        processing_class=processor,
        peft_config=lora(settings),
    )


def arguments(settings: Settings, accumulation: int, *, validate: bool) -> SFTConfig:
    """Return TRL's arguments for these settings. Raises UserError for an option that TRL or the run does not allow."""
    own = _own_arguments(settings, accumulation, validate=validate)
    made = options(SFTConfig, "--sft", settings.sft, own, lr_scheduler_type="cosine", logging_first_step=True)
    # The Trainer sets it for these schedulers, which it steps with an evaluation's loss: one that a stop broke off has
    # none, and the one that a resumed run does in its place, before its first step, would not count.
    if made.metric_for_best_model:
        raise Misused(
            f"--sft lr_scheduler_type={made.lr_scheduler_type.value} is led by the evaluations, which a stop may break"
            " off; take one that follows the steps, such as linear"
        )
    # Without a launcher the Trainer counts all cards of the machine, to spread a batch over them, and TRL refuses more
    # than one. The model is on one card, and each further card has a process of its own.
    made._n_gpu = min(made.n_gpu, 1)
    return made


def _own_arguments(settings: Settings, accumulation: int, *, validate: bool) -> dict[str, Any]:
    return {
        "output_dir": str(settings.folder),
        "max_length": None,  # a row cut before its answer would silently give loss 0; pages are bounded by pixels
        "num_train_epochs": settings.epochs,
        "max_steps": settings.max_steps or -1,
        "per_device_train_batch_size": settings.rows_per_pass,
        "per_device_eval_batch_size": settings.rows_per_pass,
        "gradient_accumulation_steps": accumulation // PartialState().num_processes,
        "learning_rate": settings.learning_rate,
        "warmup_steps": settings.warmup,  # below 1 it is a share of the steps
        "gradient_checkpointing": settings.gradient_checkpointing != "none",
        # TRL's `selective`, which keeps the attention's outputs, saves 1 % of a step here and nothing with `varlen`,
        # whose kernel it does not know; every second layer saves 14 %.
        "gradient_checkpointing_kwargs": {
            "use_reentrant": False,
            "every_n_layers": 2 if settings.gradient_checkpointing == "half" else 1,
        },
        "bf16": compute_dtype() == torch.bfloat16,
        "seed": settings.seed,
        "dataloader_num_workers": settings.workers,
        "dataloader_persistent_workers": False,  # they would keep the rows of the first epoch
        "remove_unused_columns": False,
        "ddp_find_unused_parameters": False,  # every row has an answer: each adapter weight is used, with a page or not
        "logging_steps": settings.log_every,
        "logging_nan_inf_filter": False,  # it would show the last good loss in place of a NaN
        "save_steps": settings.save_every,
        "save_total_limit": 3,  # the best, and two to go on from: one that a kill leaves torn, and the one before it
        "eval_strategy": "steps" if validate else "no",
        "eval_steps": settings.eval_every,
        # `evaluate` notes the best step. `load_best_model_at_end` is refused with a checkpoint between two evaluations;
        # one of 120 pages takes as long as 30 steps, and at each save it would add 60 %.
        "load_best_model_at_end": False,
        "metric_for_best_model": None,
        "use_cpu": not torch.cuda.is_available(),
        "report_to": settings.report_to or "none",
        "run_name": settings.name,
        "project": "vlm3",
    }


def lora(settings: Settings) -> LoraConfig:
    """Return PEFT's options for these settings. Raises UserError for one that PEFT or the run does not allow."""
    own = {
        "r": settings.lora_rank,
        "lora_alpha": settings.lora_alpha,
        "lora_dropout": settings.lora_dropout,
        "task_type": "CAUSAL_LM",
        "bias": "none",  # others train the base's own weights, which an adapter does not hold
        "init_lora_weights": True,  # others change them
    }
    return options(LoraConfig, "--lora", settings.lora, own, target_modules=LORA_TARGETS)


def try_options(settings: Settings, data: Data) -> None:
    """Try options of TRL and PEFT on the tiny model. Raises UserError for what a trainer or the self-check refuses."""
    if settings.sft or settings.lora:
        processor = tiny.processor(data, settings)
        model = Qwen2VLForConditionalGeneration(tiny.config(processor)).to(PartialState().device)
        model.set_attn_implementation(implementation(settings))
        with one_line("--sft or --lora has a wrong value", Misused):
            trainer = build(settings, model, processor, data)
            trainer.create_optimizer_and_scheduler(1)
            diagnostics.check(trainer, settings)
