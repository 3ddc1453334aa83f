"""A step that is not a number, or a loss that ran away, ends the run unsaved, with the question that did it."""

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
def test_the_question_that_is_not_a_number_is_named(trainer: Any, harm: Callable[..., Any], what: str) -> None:
    trainer.args.max_steps = 12  # every row is seen
    trainer.args.save_steps = trainer.state.save_steps = 1
    spoil(trainer, harm)
    with pytest.raises(UserError, match=f"the {what} is not a number: page 21-02, .*{SPOILED[:-1]}") as told:
        trainer.train()
    if what == "loss":
        assert str(told.value).count("What is value") == 1  # of the questions that share its page, it alone
    saved = sorted(Path(trainer.args.output_dir).glob("checkpoint-*"))
    assert {int(path.name.partition("-")[2]) for path in saved} <= set(range(trainer.state.global_step + 1))
    weights = [weight for weight in trainer.model.parameters() if weight.requires_grad]
    assert all(weight.isfinite().all() for weight in weights), "the step was taken"


def test_weights_that_are_not_a_number_are_not_blamed_on_a_row(trainer: Any) -> None:
    next(weight for weight in trainer.model.parameters() if weight.requires_grad).data.fill_(float("nan"))
    with pytest.raises(UserError, match=r"each of \d rows does it, so it is the weights"):
        trainer.train()


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
    with pytest.raises(
        UserError, match=r"after step 6: the loss runs away .* no row does it alone; most is lost on page"
    ):
        trainer.train()
