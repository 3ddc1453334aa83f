"""A step that is not a number, or a loss that ran away, ends the run unsaved, and the pages of its rows are named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vlm3_dataset.errors import UserError

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


@pytest.mark.parametrize(
    ("losses", "away"),
    [
        ([], False),
        ([2.0], False),
        ([2.0, 1.9, 2.1, 1.0, 0.8, 0.9], False),
        ([2.0, 1.9, 2.1, 9.0, 9.5, 9.1], True),
        ([2.0, 1.9, 2.1, 0.5, 9.0, 0.6, 9.0], False),  # single bad lines pass
        ([2.0, 1.9, 2.1, 0.5, 3.0, 3.2, 3.1], False),  # worse than it was, better than twice the start
        ([2.0, 1.9, 2.1, 0.5, 9.0, 9.2, 9.1], True),
    ],
)
def test_when_a_loss_has_run_away(losses: list[float], away: bool) -> None:
    from finetune.callbacks import runs_away

    assert runs_away(losses) is away


def test_a_loss_that_ran_away_stops_the_run(trainer: Any) -> None:
    from transformers import TrainerCallback

    class Spoil(TrainerCallback):
        """After three steps the model becomes sure of what is wrong."""

        def on_step_begin(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
            if state.global_step == 3:
                trainer.model.get_base_model().lm_head.weight.data *= 100

    trainer.args.max_steps = 12
    trainer.add_callback(Spoil)
    with pytest.raises(UserError, match=r"after step 6: the loss runs away .*; lower --learning-rate"):
        trainer.train()
