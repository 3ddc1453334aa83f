"""The self-check passes a sound trainer, leaves no trace in it, and names what is wrong with any other."""

from dataclasses import replace
from typing import Any

import pytest

from finetune import selfcheck
from finetune.errors import RunError
from finetune.lengths import measure
from finetune.rows import page_example


def test_a_sound_trainer_passes_and_stays_as_it_was(trainer: Any, data: Any, settings: Any) -> None:
    import torch

    trained = {name: weight for name, weight in trainer.model.named_parameters() if weight.requires_grad}
    before = {name: weight.detach().clone() for name, weight in trained.items()}
    random = torch.get_rng_state()
    checked = selfcheck.check(trainer, data.train, settings())
    assert checked.adapter_weights == sum(weight.numel() for weight in before.values())
    assert checked.largest == max(measure(data.train, trainer.processing_class, settings()), key=lambda one: one.total)
    assert torch.equal(torch.get_rng_state(), random)
    assert all(weight.grad is None for weight in trainer.model.parameters())
    assert all(torch.equal(weight, before[name]) for name, weight in trained.items())


def test_a_graph_through_the_tower_is_found(trainer: Any, data: Any, settings: Any) -> None:
    visual = trainer.model.get_base_model().model.visual
    visual.forward = visual.forward.__wrapped__.__get__(visual)
    with pytest.raises(RunError, match="through the frozen vision tower"):
        selfcheck.check(trainer, data.train, settings())


def test_a_weight_that_should_not_learn_is_found(trainer: Any, data: Any, settings: Any) -> None:
    trainer.model.get_base_model().lm_head.weight.requires_grad_(requires_grad=True)
    with pytest.raises(RunError, match=r"lm_head\.weight is trained"):
        selfcheck.check(trainer, data.train, settings())


def test_an_adapter_weight_without_a_gradient_is_found(trainer: Any, data: Any, settings: Any) -> None:
    layer = trainer.model.get_base_model().model.language_model.layers[0].mlp.up_proj
    layer.scaling["default"] = float("nan")
    with pytest.raises(RunError, match="no usable gradient"):
        selfcheck.check(trainer, data.train, settings())


def test_ignored_bounds_on_pixels_are_found(trainer: Any, data: Any, settings: Any) -> None:
    with pytest.raises(RunError, match="tokens and should have"):
        selfcheck.check(trainer, data.train, settings("--max-pixels", "7840"))


@pytest.mark.parametrize("part", ["image", "words", "answer"])
def test_a_row_of_another_length_is_found(part: str, trainer: Any, data: Any, settings: Any) -> None:
    row = data.train[0]
    (length,) = measure([row], trainer.processing_class, settings())
    batch = trainer.data_collator([page_example([row])])
    selfcheck.check_row(batch, row, length, limit=10_000)
    with pytest.raises(RunError, match="and should have"):
        selfcheck.check_row(batch, row, replace(length, **{part: getattr(length, part) + 1}), limit=10_000)


def test_a_row_longer_than_the_model_is_refused(trainer: Any, data: Any, settings: Any) -> None:
    row = data.train[0]
    (length,) = measure([row], trainer.processing_class, settings())
    with pytest.raises(RunError, match="lower --max-pixels"):
        selfcheck.check_row(trainer.data_collator([page_example([row])]), row, length, limit=length.total - 1)
