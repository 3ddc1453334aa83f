"""What TRL is corrected in: the loss, the precision of the adapter, the frozen tower, the log."""

import json
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from safetensors.torch import load_file

from finetune.examples import example
from finetune.model import load_model
from finetune.run import checkpoints
from finetune.training import arguments, build, lora, packed, try_options
from vlm3_dataset.errors import Misused, UserError

pytestmark = pytest.mark.usefixtures("bfloat16")  # what a GPU computes in


def test_only_the_answers_are_scored(trainer: Any, data: Any, processor: Any) -> None:
    pages = [data.train[0:2], data.train[4:7]]  # of different sizes: padded
    batch = trainer.data_collator([example(page) for page in pages])
    for ids, labels, page in zip(batch["input_ids"], batch["labels"], pages, strict=True):
        scored = labels != -100
        assert processor.tokenizer.decode(labels[scored]) == "".join(f"{row.answer}<|im_end|>\n" for row in page)
        assert (ids[scored] == labels[scored]).all()


def test_the_adapter_learns_in_float32_and_the_tower_has_no_graph(trainer: Any) -> None:
    import torch

    assert {weight.dtype for weight in trainer.model.parameters() if weight.requires_grad} == {torch.float32}
    graphs: list[bool] = []
    block = trainer.model.get_base_model().model.visual.blocks[0]
    block.register_forward_hook(lambda _module, _inputs, output: graphs.append(output.requires_grad))
    trainer.train()
    states = trainer.optimizer.optimizer.state.values()
    assert {state["exp_avg"].dtype for state in states} == {torch.float32}
    assert graphs
    assert not any(graphs)


def test_the_metrics_file_is_the_trainers_log(trainer: Any) -> None:
    trainer.train()
    lines = trainer.args.output_dir + "/metrics.jsonl"
    with open(lines, encoding="utf-8") as file:  # noqa: PTH123 - a path in TRL's hands is a string
        assert [json.loads(line) for line in file] == trainer.state.log_history
    assert {"loss", "eval_loss"} <= {key for entry in trainer.state.log_history for key in entry}


def test_tokens_are_counted_without_padding_and_mask(trainer: Any, data: Any) -> None:
    pages = [example(data.train[0:2]), example(data.train[4:7])]
    batch = trainer.data_collator(pages)
    trainer.compute_loss(trainer.model.train(), trainer._prepare_inputs(batch))
    alone = [trainer.data_collator([page])["segments"] for page in pages]
    assert trainer._total_train_tokens == sum(int((segments >= 0).sum()) for segments in alone)


@pytest.mark.parametrize(("name", "value"), [("max_length", None), ("report_to", []), ("bf16", True)])
def test_arguments_that_must_not_drift(settings: Any, name: str, value: Any) -> None:
    assert getattr(arguments(settings(), 4, validate=True), name) == value


def test_a_process_takes_one_of_the_cards_of_its_machine(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a launcher the Trainer would take both, and TRL refuses that."""
    import torch
    from trl import SFTConfig

    cards = SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: True), bfloat16=torch.bfloat16)
    monkeypatch.setattr("finetune.training.torch", cards)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    monkeypatch.setattr("transformers.training_args.is_torch_bf16_gpu_available", lambda: True)
    assert arguments(settings(), 4, validate=True).n_gpu == 1
    assert SFTConfig(output_dir="none").n_gpu == 2  # where this fails, the Trainer counts as we do


def test_options_of_trl_and_peft_pass_through(settings: Any) -> None:
    chosen = settings("--sft", "weight_decay=0.01", "lr_scheduler_type=linear", "--lora", "use_rslora=true")
    made = arguments(chosen, 4, validate=True)
    assert (made.weight_decay, made.lr_scheduler_type) == (0.01, "linear")
    assert lora(chosen).use_rslora is True


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--sft", "weight_dekay=0.01"], "--sft weight_dekay: there is no such option"),
        (["--sft", "max_length=100"], "--sft max_length is decided by the run"),
        (["--sft", "lr_scheduler_type=reduce_lr_on_plateau"], "=reduce_lr_on_plateau is led by the evaluations"),
        (["--sft", "lr_scheduler_type=greedy"], "=greedy is led by the evaluations"),
        (["--sft", "weight_decay=abc"], "--sft weight_decay: Input should be a valid number, .*, not 'abc'"),
        (["--sft", "optim=foo"], "--sft has a wrong value .*foo is not a valid OptimizerNames, please select one of"),
        (["--sft", "lr_scheduler_type=foo"], "--sft has a wrong value .*foo is not a valid SchedulerType"),
        (["--sft", "lr_scheduler_type=cosine_with_min_lr"], "--sft or --lora has a wrong value .*min_lr"),
        (["--sft", "padding_free=true"], "--sft or --lora has a wrong value .*Padding-free training"),
        (["--sft", "metric_for_best_model=loss"], "--sft metric_for_best_model is decided by the run"),
        (["--lora", "target_modules=foo"], "--sft or --lora has a wrong value .*Target modules foo not found"),
        (["--lora", "bias=foo"], "--lora bias is decided by the run"),
        (["--lora", "init_lora_weights=pissa"], "--lora init_lora_weights is decided by the run"),
        (["--lora", "r=8"], "--lora r is decided by the run"),
        (["--lora", "rank=8"], "--lora rank: there is no such option"),
    ],
)
def test_a_wrong_option_is_one_line_before_there_is_a_model(
    settings: Any, data: Any, flags: list[str], named: str
) -> None:
    with pytest.raises(Misused, match=named) as error:
        try_options(settings(*flags), data)
    assert "\n" not in str(error.value)


def test_an_adapter_that_the_self_check_would_refuse_is_refused_before_there_is_a_model(
    settings: Any, data: Any
) -> None:
    with pytest.raises(UserError, match=r"visual\.blocks\.0\..* gets no usable gradient"):
        try_options(settings("--lora", "target_modules=all-linear"), data)
    try_options(settings("--lora", "target_modules=[q_proj, v_proj]", "--sft", "max_grad_norm=0.5"), data)


def test_what_is_computed_again_changes_no_weight(settings: Any, base: str, processor: Any, data: Any) -> None:
    import torch
    from transformers import set_seed

    weights, again = {}, {}
    for which in ("all", "half", "none"):
        flags = ["--max-steps", "2", "--questions", "2", "--accumulation", "2", "--name", which]
        chosen = settings(*flags, "--gradient-checkpointing", which)
        set_seed(1)
        made = build(chosen, load_model(base, chosen), processor, data)
        made.train()
        layers = made.model.get_base_model().model.language_model.layers
        again[which] = sum(layer.gradient_checkpointing for layer in layers)
        weights[which] = made.trained_weights()
    assert again == {"all": 4, "half": 2, "none": 0}
    for other in ("half", "none"):
        assert all(map(torch.equal, weights["all"], weights[other]))


def test_memory_that_runs_out_on_the_way_is_one_line(trainer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.\nA second line.")

    monkeypatch.setattr(trainer, "compute_loss", full)
    with pytest.raises(UserError, match=r"^after step 0: the GPU's memory ran out; .*--max-pixels$"):
        trainer.train()


def test_an_evaluation_that_a_signal_breaks_off_is_saved_once(trainer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, sealed = [], []
    batches, seal = trainer.get_eval_dataloader, checkpoints.seal

    def interrupted() -> Any:
        begun.append(trainer.state.global_step)
        trainer.stop.received = signal.SIGTERM
        return batches()

    monkeypatch.setattr(trainer, "get_eval_dataloader", interrupted)
    monkeypatch.setattr(checkpoints, "seal", lambda checkpoint: (sealed.append(checkpoint.name), seal(checkpoint)))
    trainer.args.eval_steps = 1
    trainer.train()
    assert begun == [1]
    assert sealed == ["checkpoint-1"]


def test_the_batches_of_a_step_wait_in_the_memory_of_the_cpu(trainer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a resume, which makes a new loader, too."""
    from accelerate import data_loader

    sent: list[Any] = []
    monkeypatch.setattr(data_loader, "send_to_device", lambda batch, *_, **__: sent.append(batch) or batch)
    trainer.args.save_steps, trainer.args.eval_strategy = 1, "no"
    trainer.train()
    trainer.train(resume_from_checkpoint=f"{trainer.args.output_dir}/checkpoint-1")
    assert not sent


def test_a_resumed_process_loads_the_adapter_onto_its_own_device(trainer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from peft import peft_model

    devices: list[Any] = []
    load = peft_model.load_peft_weights

    def loaded(path: str, device: str, **named: Any) -> Any:
        devices.append(device)
        return load(path, device, **named)

    monkeypatch.setattr(peft_model, "load_peft_weights", loaded)
    trainer.args.save_steps = 1
    trainer.train()
    trainer.train(resume_from_checkpoint=f"{trainer.args.output_dir}/checkpoint-1")
    assert devices == [str(trainer.args.device)]


def test_a_save_asks_the_hub_nothing(trainer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("peft.utils.save_and_load.check_file_exists_on_hf_hub", lambda name, _: asked.append(name))
    trainer.model.peft_config["default"].base_model_name_or_path = "Qwen/Qwen2-VL-7B-Instruct"
    trainer.save_model(str(tmp_path / "checkpoint"))
    checkpoints.leave_adapter(trainer.model, trainer.processing_class, tmp_path, trainer.state)
    assert not asked
    saved, left = (load_file(tmp_path / name / "adapter_model.safetensors") for name in ("checkpoint", "adapter"))
    assert saved.keys() == left.keys()
    assert all("lora_" in name for name in saved)


@pytest.fixture
def stock(base: str, processor: Any, data: Any, tmp_path: Path) -> Callable[..., Any]:
    """Makes TRL's own trainer with the model and the rows of ours, and with these options."""
    import torch
    from trl import SFTConfig, SFTTrainer

    from finetune import config
    from finetune.packing.collator import SeparateRows

    settings = config.read(["--model", "tiny", "--packing", "off"])
    separate = SeparateRows(processor)
    torch.set_num_threads(1)

    def collate(examples: list[Any]) -> dict[str, Any]:
        return {name: value for name, value in separate(examples).items() if name != "index"}

    def make(val: Sequence[Any] = data.val[:1], **options: Any) -> Any:
        how = {"max_length": None, "max_steps": 1, "use_cpu": True, "bf16": True, "report_to": "none"} | options
        train, held_out = (packed(rows, processor, settings).as_dataset() for rows in (data.train[:4], val))
        return SFTTrainer(
            load_model(base, settings),
            args=SFTConfig(output_dir=str(tmp_path), remove_unused_columns=False, logging_first_step=False, **how),
            train_dataset=train,
            eval_dataset=held_out,
            data_collator=collate,
            processing_class=processor,
            peft_config=lora(settings),
        )

    return make


# Of each override what the libraries still do without it. Where one of these fails, take that override out.


def test_stock_init_trains_in_bfloat16_through_the_tower(stock: Callable[..., Any]) -> None:
    import torch

    trainer, graphs = stock(), []
    block = trainer.model.get_base_model().model.visual.blocks[0]
    block.register_forward_hook(lambda _module, _inputs, output: graphs.append(output.requires_grad))
    trainer.train()
    assert {weight.dtype for weight in trainer.model.parameters() if weight.requires_grad} == {torch.bfloat16}
    assert any(graphs)


def test_stock_save_pretrained_asks_the_hub(stock: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("peft.utils.save_and_load.check_file_exists_on_hf_hub", lambda name, _: asked.append(name))
    trainer = stock()
    trainer.model.peft_config["default"].base_model_name_or_path = "Qwen/Qwen2-VL-7B-Instruct"
    trainer.save_model()
    assert asked


def test_stock_compute_loss_lets_questions_of_a_row_see_each_other(
    stock: Callable[..., Any], data: Any, processor: Any
) -> None:
    import torch

    from finetune.packing.collator import SharedRows

    trainer = stock()
    trainer.model.eval()
    shared = SharedRows(processor)([example(data.train[:4])])
    with torch.no_grad():
        together = trainer.compute_loss(trainer.model, shared).item()
        alone = trainer.compute_loss(trainer.model, trainer.data_collator([example([row]) for row in data.train[:4]]))
    assert together != pytest.approx(alone.item(), rel=1e-4)


def test_stock_loaders_draw_by_chance_send_at_once_and_have_unprotected_workers(
    stock: Callable[..., Any], data: Any
) -> None:
    from multiprocessing import active_children

    from torch.utils.data import RandomSampler

    sizes = {"per_device_train_batch_size": 1, "per_device_eval_batch_size": 1}
    trainer = stock(val=data.val, dataloader_num_workers=1, **sizes)
    assert isinstance(trainer._get_train_sampler(), RandomSampler)
    for loader in (trainer.get_train_dataloader(), trainer.get_eval_dataloader()):
        assert loader.device
        batches = iter(loader)
        next(batches)
        (worker,) = active_children()
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{worker.pid}/status").read_text().splitlines())
        assert not int(status["SigBlk"], 16) & 1 << (signal.SIGTERM - 1)
        del batches
        worker.join()


def test_no_event_of_the_trainer_has_the_batches_of_a_step(stock: Callable[..., Any]) -> None:
    """What `get_batch_samples` and `training_step` keep."""
    from transformers import TrainerCallback

    class Seen(TrainerCallback):
        def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **others: Any) -> None:
            seen.update(others)

    seen: dict[str, Any] = {}
    trainer = stock()
    trainer.add_callback(Seen())
    trainer.train()
    known = {"model", "processing_class", "optimizer", "lr_scheduler", "train_dataloader", "eval_dataloader"}
    assert seen.keys() == known


def test_stock_training_step_takes_a_step_that_is_not_a_number(stock: Callable[..., Any]) -> None:
    trainer = stock()
    trainer.model.get_base_model().model.language_model.norm.weight.data.fill_(float("nan"))
    trainer.train()
    assert all(weight.isnan().any() for weight in trainer.model.parameters() if weight.requires_grad)


def test_stock_run_epoch_takes_a_step_too_many_and_gives_the_adapter_no_device(
    stock: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going on from the last checkpoint, in the middle of an epoch. `__init__` names the device."""
    from peft import PeftModel

    devices: list[Any] = []
    load = PeftModel.load_adapter
    monkeypatch.setattr(
        PeftModel,
        "load_adapter",
        lambda *given, **named: devices.append(named.get("torch_device")) or load(*given, **named),
    )
    how = {"per_device_train_batch_size": 1, "save_steps": 1}
    stock(**how).train()
    again = stock(**how)
    again.train(resume_from_checkpoint=str(tmp_path / "checkpoint-1"))
    assert again.state.global_step == 2
    assert devices == [None]


def test_stock_save_checkpoint_forgets_a_line_of_the_log_that_is_half_done(
    stock: Callable[..., Any], tmp_path: Path
) -> None:
    how = {"per_device_train_batch_size": 1, "save_steps": 1, "logging_steps": 2, "max_steps": 2}
    whole, again = stock(**how), stock(**how)
    whole.train()
    again.train(resume_from_checkpoint=str(tmp_path / "checkpoint-1"))
    told, half = (one.state.log_history[0] for one in (whole, again))
    assert half["loss"] != pytest.approx(told["loss"], rel=1e-3)
    assert half["num_tokens"] < told["num_tokens"]  # log
    assert "train_runtime" in again.state.log_history[-1]  # log
    assert (tmp_path / "README.md").is_file()  # create_model_card


def test_stock_evaluate_weighs_a_token_of_a_short_answer_more(stock: Callable[..., Any], data: Any) -> None:
    import torch

    rows = [data.val[0], replace(data.val[1], answer="Remove the pump, then the housing, then the seal.")]
    trainer = stock(val=rows, per_device_eval_batch_size=1)
    trainer.model.eval()
    with torch.no_grad():
        outputs = [
            trainer.model(**trainer.data_collator([example([row])]), use_cache=False, fused_lm_head=True)
            for row in rows
        ]
    means = [-one.log_probs.sum() / one.label_mask.sum() for one in outputs]
    of_tokens = -sum(one.log_probs.sum() for one in outputs) / sum(one.label_mask.sum() for one in outputs)
    found = trainer.evaluate()["eval_loss"]
    assert found == pytest.approx(sum(means).item() / 2, rel=1e-3) != pytest.approx(of_tokens.item(), rel=1e-3)


def test_stock_training_saves_no_best_step(stock: Callable[..., Any], tmp_path: Path) -> None:
    """What `evaluate` asks for."""
    how = {"eval_strategy": "steps", "eval_steps": 1, "metric_for_best_model": "loss", "save_steps": 3}
    trainer = stock(per_device_train_batch_size=1, max_steps=2, **how)
    trainer.evaluate = lambda **_: {"eval_loss": float(trainer.state.global_step)}
    trainer.train()
    assert trainer.state.best_global_step == 1
    assert [path.name for path in checkpoints.folders(tmp_path)] == ["checkpoint-2"]
