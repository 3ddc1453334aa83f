"""The validation tells kinds of answers apart, counts each token once, and leaves the training as it was."""

import signal
from pathlib import Path
from typing import Any

import pytest

from finetune.errors import RunError
from finetune.rows import as_dataset, example


@pytest.mark.parametrize(
    ("answer", "digits"),
    [
        ("Tighten to 25 Nm.", ["25"]),
        ("0.05 to 1,5 mm", ["0.05", "1,5"]),
        ("M10 bolts, 3/4 turn", ["10", "3/4"]),
        ("none", []),
    ],
)
def test_tokens_that_print_a_number(processor: Any, answer: str, digits: list[str]) -> None:
    from finetune.answers import number_tokens

    ids = processor.tokenizer(f"{answer}<|im_end|>\n", add_special_tokens=False)["input_ids"]
    mask = number_tokens(answer, processor.tokenizer)
    assert len(mask) == len(ids)
    found = "".join(
        processor.tokenizer.decode([token]) if number else "|" for token, number in zip(ids, mask, strict=True)
    )
    assert [part.strip() for part in found.split("|") if part.strip()] == digits


def test_the_mean_is_over_tokens_whatever_the_batches(trainer: Any, data: Any) -> None:
    import torch

    from finetune.validation import validate

    rows = data.val + data.train
    dataset = as_dataset(rows)
    figures = []
    for size in (1, 3):
        trainer.args.per_device_eval_batch_size = size
        figures.append(validate(trainer, dataset, [[row] for row in rows]))
    assert figures[0] == pytest.approx(figures[1], rel=1e-2)  # in 4 bits padding moves the last digits
    alone = []
    with torch.no_grad():
        for one in dataset:
            outputs = trainer.scored(trainer.data_collator([one]))
            alone.append(outputs.log_probs[outputs.label_mask])
    assert figures[0]["eval_loss"] == pytest.approx(-torch.cat(alone).mean().item(), rel=1e-5)
    assert figures[0]["eval_loss/procedure"] == figures[0]["eval_loss"]
    assert 0 < figures[0]["eval_loss/numbers"] != figures[0]["eval_loss"]


def test_questions_that_share_a_page_have_the_losses_of_questions_alone(trainer: Any, data: Any) -> None:
    from finetune.packing.collator import SharedPages
    from finetune.packing.draws import page_example
    from finetune.validation import validate

    groups = [data.train[:4], data.val[:3]]
    separate = validate(trainer, [example(row) for group in groups for row in group], [[r] for g in groups for r in g])
    trainer.data_collator = SharedPages(trainer.processing_class)
    shared = validate(trainer, [page_example(group) for group in groups], groups)
    assert shared.keys() == separate.keys()
    assert shared == pytest.approx(separate, rel=1e-2)  # bfloat16


def test_a_loss_that_is_no_number_names_its_question(trainer: Any, data: Any) -> None:
    trainer.model.get_base_model().lm_head.weight.data.fill_(float("nan"))
    with pytest.raises(RunError, match=f"validation loss is not a number: page 21-04, '{data.val[0].question[:-1]}"):
        trainer.evaluate()


def test_an_evaluation_moves_no_random_number(trainer: Any) -> None:
    import torch

    before = torch.get_rng_state()
    trainer.evaluate()
    assert (torch.get_rng_state() == before).all()


def test_a_signal_breaks_an_evaluation_off_and_the_step_is_saved(trainer: Any) -> None:
    from finetune.callbacks.whole import evaluation_is_missing

    trainer.args.eval_steps = 1
    trainer.model.register_forward_pre_hook(
        lambda model, _args: None if model.training else setattr(trainer.stop, "received", signal.SIGTERM)
    )
    trainer.train()
    assert trainer.state.global_step == 1
    assert trainer.stop.agreed == signal.SIGTERM
    assert (Path(trainer.args.output_dir) / "checkpoint-1" / "sealed.json").exists()
    assert not any("eval_loss" in entry for entry in trainer.state.log_history)
    assert evaluation_is_missing(trainer.args, trainer.state)
