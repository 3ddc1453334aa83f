"""What TRL is corrected in: the loss, the precision of the adapter, the frozen tower, the log."""

import json
from typing import Any

import pytest

from finetune.errors import RunError
from finetune.examples import page_example
from finetune.trainer import arguments


def test_only_the_answers_are_scored(trainer: Any, data: Any, processor: Any) -> None:
    pages = [data.train[0:2], data.train[4:7]]  # of different sizes: padded
    batch = trainer.data_collator([page_example(page) for page in pages])
    for ids, labels, page in zip(batch["input_ids"], batch["labels"], pages, strict=True):
        scored = labels != -100
        assert processor.tokenizer.decode(labels[scored]) == "".join(f"{row.answer}<|im_end|>\n" for row in page)
        assert (ids[scored] == labels[scored]).all()


def test_the_adapter_learns_in_float32_and_the_tower_has_no_graph(trainer: Any, data: Any) -> None:
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
    pages = [page_example(data.train[0:2]), page_example(data.train[4:7])]
    batch = trainer.data_collator(pages)
    trainer.compute_loss(trainer.model.train(), trainer._prepare_inputs(batch))
    alone = [trainer.data_collator([page])["segments"] for page in pages]
    assert trainer._total_train_tokens == sum(int((segments >= 0).sum()) for segments in alone)


@pytest.mark.parametrize(("name", "value"), [("max_length", None), ("report_to", []), ("bf16", True)])
def test_arguments_that_must_not_drift(settings: Any, name: str, value: Any) -> None:
    assert getattr(arguments(settings(), validate=True), name) == value


def test_memory_that_runs_out_on_the_way_is_one_line(trainer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.\nA second line.")

    monkeypatch.setattr(trainer, "compute_loss", full)
    with pytest.raises(RunError, match=r"^after step 0: the GPU's memory ran out; .*--max-pixels$"):
        trainer.train()
