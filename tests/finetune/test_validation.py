"""The validation tells kinds of answers apart, counts each token once, and leaves the training as it was."""

import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finetune.examples import Row, example
from finetune.packing.collator import SeparateRows
from vlm3_dataset.errors import UserError


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
    from finetune.validation import number_tokens

    ids = processor.tokenizer(f"{answer}<|im_end|>\n", add_special_tokens=False)["input_ids"]
    mask = number_tokens(answer, processor.tokenizer)
    assert len(mask) == len(ids)
    found = "".join(
        processor.tokenizer.decode([token]) if number else "|" for token, number in zip(ids, mask, strict=True)
    )
    assert [part.strip() for part in found.split("|") if part.strip()] == digits


@pytest.fixture
def validated(trainer: Any) -> Callable[..., dict[str, float]]:
    """The figures of rows as they are grouped, by batches of this size, or of questions that stand alone."""
    import torch

    from finetune.validation import means, measure

    def figures(groups: list[list[Row]], *, size: int = 2, share: bool = True) -> dict[str, float]:
        rows = groups if share else [[row] for group in groups for row in group]
        collate = trainer.data_collator if share else SeparateRows(trainer.processing_class)
        examples = [example(row, index) for index, row in enumerate(rows)]
        parts: list[Any] = []
        trainer.model.eval()
        with torch.no_grad():
            for start in range(0, len(rows), size):
                batch = collate(examples[start : start + size])
                asked = rows[start : start + size]
                for row in measure(asked, batch["labels"], trainer.forward(batch), trainer.processing_class):
                    parts += row
        return means(parts)

    return figures


def test_the_mean_is_over_tokens_whatever_the_rows_and_batches(
    trainer: Any, data: Any, validated: Callable[..., dict[str, float]]
) -> None:
    import torch

    forum = [replace(row, image=None, source="forum", content_type="thread") for row in data.val[:3]]
    groups = [data.train[:4], forum, data.train[4:6], data.val[:3]]
    figures = validated(groups, size=1)
    with torch.no_grad():
        outputs = [trainer.forward(trainer.data_collator([example(group)])) for group in groups]
    alone = [-one.log_probs[one.label_mask] for one in outputs]
    assert figures["eval_loss"] == pytest.approx(torch.cat(alone).mean().item(), rel=1e-5)
    assert figures["eval_loss/source/forum"] == figures["eval_loss/thread"]
    assert figures["eval_loss/source/forum"] == pytest.approx(alone[1].mean().item(), rel=1e-5)
    assert figures["eval_loss/source/manual"] == figures["eval_loss/procedure"]
    assert 0 < figures["eval_loss/numbers"] != figures["eval_loss"]
    for other in (validated(groups, size=3), validated(groups, share=False)):
        assert other.keys() == figures.keys()
        assert other == pytest.approx(figures, rel=1e-5)


def test_one_source_alone_has_no_figure_of_its_own(data: Any, validated: Callable[..., dict[str, float]]) -> None:
    assert not any("source" in name for name in validated([data.val]))


def test_a_loss_that_is_no_number_names_its_question(trainer: Any) -> None:
    trainer.model.get_base_model().lm_head.weight.data.fill_(float("nan"))
    with pytest.raises(UserError, match=r"validation loss is not a number: page 21-04, 'What is value \d of 21-04"):
        trainer.evaluate()


def test_an_evaluation_moves_no_random_number(trainer: Any) -> None:
    import torch

    before = torch.get_rng_state()
    trainer.evaluate()
    assert (torch.get_rng_state() == before).all()


def test_a_signal_breaks_an_evaluation_off_and_the_step_is_saved(trainer: Any) -> None:
    trainer.args.eval_steps = trainer.args.per_device_eval_batch_size = 1  # two batches
    trainer.model.register_forward_pre_hook(
        lambda model, _args: None if model.training else setattr(trainer.stop, "received", signal.SIGTERM)
    )
    trainer.train()
    assert trainer.state.global_step == 1
    assert trainer.stop.agreed == signal.SIGTERM
    assert (Path(trainer.args.output_dir) / "checkpoint-1" / "sealed.json").exists()
    assert not any("eval_loss" in entry for entry in trainer.state.log_history)
