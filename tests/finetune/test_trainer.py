"""What TRL is corrected in: the loss, the precision of the adapter, the frozen tower, the log."""

import json
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from safetensors.torch import load_file

from finetune.examples import example
from finetune.model import load_model
from finetune.run import checkpoints
from finetune.training import arguments, build, lora, packed
from vlm3_dataset.errors import UserError

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

    cards = SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: True), bfloat16=torch.bfloat16)
    monkeypatch.setattr("finetune.training.torch", cards)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    monkeypatch.setattr("transformers.training_args.is_torch_bf16_gpu_available", lambda: True)
    assert arguments(settings(), 4, validate=True).n_gpu == 1


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
        (["--lora", "r=8"], "--lora r is decided by the run"),
        (["--lora", "rank=8"], "--lora rank: there is no such option"),
    ],
)
def test_an_option_that_is_not_open_is_one_line(settings: Any, flags: list[str], named: str) -> None:
    with pytest.raises(UserError, match=named):
        arguments(settings(*flags), 4, validate=True), lora(settings(*flags))


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
    from finetune import validation

    begun, sealed = [], []
    batches, seal = validation.batches, checkpoints.seal

    def interrupted(*others: Any) -> Any:
        begun.append(trainer.state.global_step)
        trainer.stop.received = signal.SIGTERM
        return batches(*others)

    monkeypatch.setattr(validation, "batches", interrupted)
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
    trainer.args.save_steps = 1
    trainer.train()
    trainer._resumed = False
    trainer.train(resume_from_checkpoint=f"{trainer.args.output_dir}/checkpoint-1")
    assert not sent


def test_a_resumed_process_loads_the_adapter_onto_its_own_device(trainer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from peft import PeftModel

    devices: list[Any] = []
    load = PeftModel.load_adapter

    def loaded(*others: Any, torch_device: str | None = None, **named: Any) -> Any:
        devices.append(torch_device)
        return load(*others, torch_device=torch_device, **named)

    monkeypatch.setattr(PeftModel, "load_adapter", loaded)
    trainer.args.save_steps = 1
    trainer.train()
    trainer._resumed = False
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


@pytest.fixture(scope="module")
def stock(base: str, processor: Any, data: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, list[bool]]:
    """TRL's own trainer after a step, and whether a graph went through the tower."""
    import torch
    from trl import SFTConfig, SFTTrainer

    from finetune import config
    from finetune.packing.collator import SeparateRows

    settings = config.read(["--model", "tiny", "--packing", "off"])
    rows = packed(data.train[:2], processor, settings)
    separate = SeparateRows(processor)

    def collate(examples: list[Any]) -> dict[str, Any]:
        return {name: value for name, value in separate(examples).items() if name != "index"}

    folder = str(tmp_path_factory.mktemp("stock"))
    how = {"max_length": None, "max_steps": 1, "use_cpu": True, "bf16": True, "report_to": "none", "logging_steps": 1}
    torch.set_num_threads(1)
    trainer = SFTTrainer(
        load_model(base, settings),
        args=SFTConfig(output_dir=folder, remove_unused_columns=False, **how),
        train_dataset=rows.as_dataset(),
        data_collator=collate,
        processing_class=processor,
        peft_config=lora(settings),
    )
    graphs: list[bool] = []
    block = trainer.model.get_base_model().model.visual.blocks[0]
    block.register_forward_hook(lambda _module, _inputs, output: graphs.append(output.requires_grad))
    trainer.train()
    return trainer, graphs


def test_each_repair_is_still_needed(stock: tuple[Any, list[bool]]) -> None:
    """One that fails here is mended by the library: take its override out of `trainer`."""
    import torch
    from torch.utils.data import RandomSampler

    trainer, graphs = stock
    trained = [weight for weight in trainer.model.parameters() if weight.requires_grad]
    assert {weight.dtype for weight in trained} == {torch.bfloat16}  # the cast to float32 in __init__
    assert any(graphs)  # the tower without a graph in __init__
    assert any("num_tokens" in entry for entry in trainer.state.log_history)  # log
    assert isinstance(trainer._get_train_sampler(), RandomSampler)  # _get_train_sampler
    assert trainer.get_train_dataloader().device  # get_train_dataloader
