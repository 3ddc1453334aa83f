"""The self-check passes a sound trainer, leaves no trace in it, and names what is wrong with any other."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from finetune import selfcheck
from finetune.errors import RunError
from finetune.examples import page_example
from finetune.lengths import largest_row, measure
from finetune.packing.collator import SharedPages


def test_a_sound_trainer_passes_and_stays_as_it_was(trainer: Any, data: Any, settings: Any) -> None:
    import torch

    trained = {name: weight for name, weight in trainer.model.named_parameters() if weight.requires_grad}
    before = {name: weight.detach().clone() for name, weight in trained.items()}
    random = torch.get_rng_state()
    checked = selfcheck.check(trainer, data.train, settings("--questions", "2"))
    assert checked.adapter_weights == sum(weight.numel() for weight in before.values())
    assert checked.agreement.questions == 2
    assert checked.agreement.shared.log_probs < 1e-3
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


@pytest.mark.parametrize(("questions", "tokens"), [(1, 1), (3, 2), (4, 4), (9, 4)])
def test_the_largest_row_is_found(questions: int, tokens: int, data: Any, processor: Any, settings: Any) -> None:
    long = replace(data.train[5], question="What is " + "value " * 30 + "?")  # of the largest page
    rows = [*data.train[:5], long, *data.train[6:]]
    chosen = settings("--questions", str(questions))
    largest, length = largest_row(rows, processor, chosen)
    assert long in largest
    assert len(largest) == tokens
    batch = SharedPages(processor)([page_example(largest)])
    selfcheck.check_row(batch, largest[0], length, limit=10_000)


def test_questions_that_see_each_other_are_found(
    trainer: Any, data: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from finetune.packing.attention.sdpa import SdpaAttention

    monkeypatch.setattr(trainer, "attention", lambda segments: SdpaAttention(segments.clamp(max=1)))
    with pytest.raises(RunError, match=r"differ from a row each by .* --packing off"):
        selfcheck.check(trainer, data.train, settings("--questions", "2"))


def test_a_gradient_that_goes_astray_is_found(
    trainer: Any, data: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from finetune.packing.attention.sdpa import SdpaAttention

    class Astray(SdpaAttention):
        def __call__(self, module: Any, query: Any, key: Any, value: Any, scaling: float | None) -> Any:
            return super().__call__(module, query, key.detach(), value, scaling)

    monkeypatch.setattr(trainer, "attention", Astray)
    with pytest.raises(RunError, match=r"no usable gradient|in gradient"):
        selfcheck.check(trainer, data.train, settings("--questions", "2"))


def test_a_kernel_that_fails_is_one_line(
    trainer: Any, data: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Any) -> None:
        raise RuntimeError("no kernel image is available\nA second line.")

    monkeypatch.setattr(trainer, "way", "varlen")
    monkeypatch.setattr(trainer, "attention", fails)
    with pytest.raises(RunError, match=r"varlen attention fails here \(no kernel image is available\); .*sdpa$"):
        selfcheck.check(trainer, data.train, settings("--questions", "2"))


def test_positions_that_run_on_are_found(
    trainer: Any, data: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from finetune.packing.positions import question_positions

    monkeypatch.setattr("finetune.packing.collator.question_positions", lambda *one: question_positions(*one) + 1)
    with pytest.raises(RunError, match="its positions change in a shared row"):
        selfcheck.check(trainer, data.train, settings("--questions", "2"))


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--gradient-checkpointing", "false"], "--gradient-checkpointing true"),
        (["--batch-size", "2"], "--batch-size 1"),
        (["--bits", "16"], "--bits 4"),
        (["--packing", "shared"], "fewer --questions"),
        (["--questions", "1"], "try a smaller --max-pixels"),
    ],
)
def test_too_little_memory_says_what_to_change(
    *, flags: list[str], named: str, data: Any, processor: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    def full(*_: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.00 GiB.\nA second line.")

    monkeypatch.setattr(selfcheck, "module_faults", lambda *_: [])
    monkeypatch.setattr(selfcheck, "_backward", full)
    sound = SimpleNamespace(processing_class=processor, data_collator=SharedPages(processor), model=MagicMock())
    sound.model.config.get_text_config().max_position_embeddings = 10_000
    with pytest.raises(RunError, match="memory does not hold") as error:
        selfcheck.check(sound, data.train, settings(*flags))
    assert named in str(error.value)
    assert "\n" not in str(error.value)


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
