"""What ends a run on its way is one line, and the pages of its rows are named: no number, or no page any more."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vlm3_dataset.errors import UserError
from vlm3_dataset.hub.reader import RowError

SPOILED = "What is value 2 of 21-02?"


def spoil(trainer: Any, harm: Callable[[Any, Any], Any]) -> None:
    """Harms the hidden states of one question and its answer, forwards or backwards, as a faulty kernel would."""
    import torch

    wanted = torch.tensor(trainer.processing_class.tokenizer(SPOILED, add_special_tokens=False)["input_ids"])
    opening, answer = 11, 5  # tokens from the question to its answer in the tiny vocabulary, and of the answer
    model = trainer.model.get_base_model().model
    places: list[Any] = []

    def look(_module: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        found = (kwargs["input_ids"].unfold(1, len(wanted), 1) == wanted).all(2)
        places[:] = [torch.zeros_like(kwargs["input_ids"], dtype=torch.bool)]
        for row, start in found.nonzero().tolist():
            places[0][row, start : start + len(wanted) + opening + answer] = True

    trainer.model.register_forward_pre_hook(look, with_kwargs=True)
    model.language_model.norm.register_forward_hook(lambda _module, _args, output: harm(output, places[0][..., None]))


def with_nan(hidden: Any, places: Any) -> Any:
    return hidden.masked_fill(places, float("nan"))


def with_nan_gradient(hidden: Any, places: Any) -> Any:
    if hidden.requires_grad:
        hidden.register_hook(lambda gradient: gradient.masked_fill(places, float("nan")))
    return hidden


@pytest.mark.parametrize(("harm", "what"), [(with_nan, "loss"), (with_nan_gradient, "gradient")])
def test_the_page_of_a_row_that_is_not_a_number_is_named(trainer: Any, harm: Callable[..., Any], what: str) -> None:
    trainer.args.max_steps = 12  # every row is seen
    trainer.args.save_steps = trainer.state.save_steps = 1
    spoil(trainer, harm)
    with pytest.raises(UserError, match=f"the {what} is not a number, in a row of page .*21-02.*; nothing was saved"):
        trainer.train()
    saved = sorted(Path(trainer.args.output_dir).glob("checkpoint-*"))
    assert {int(path.name.partition("-")[2]) for path in saved} <= set(range(trainer.state.global_step + 1))
    weights = [weight for weight in trainer.model.parameters() if weight.requires_grad]
    assert all(weight.isfinite().all() for weight in weights), "the step was taken"


def test_of_several_passes_the_one_that_is_not_a_number_is_named(
    base: str, processor: Any, data: Any, settings: Callable[..., Any]
) -> None:
    from finetune.model import load_model
    from finetune.training import build

    chosen = settings("--max-steps", "4", "--questions", "4", "--batch-size", "1", "--accumulation", "3")
    made = build(chosen, load_model(base, chosen), processor, data)
    spoil(made, with_nan)
    with pytest.raises(UserError, match=r"after step 0: the loss is not a number, in a row of page 21-02;"):
        made.train()


def test_a_page_that_is_gone_is_named(base: str, processor: Any, data: Any, settings: Callable[..., Any]) -> None:
    from finetune.model import load_model
    from finetune.training import build

    def gone() -> None:
        raise RowError("image is missing")

    lost = [replace(row, image=replace(row.image, load=gone)) if row.page_id == "21-02" else row for row in data.train]
    chosen = settings("--questions", "4", "--batch-size", "1", "--accumulation", "3")
    made = build(chosen, load_model(base, chosen), processor, replace(data, train=lost))
    with pytest.raises(UserError, match=r"^after step 0: page 21-02: image is missing; the same command goes on once"):
        made.train()
