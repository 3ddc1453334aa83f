"""The self-check passes a sound trainer, leaves no trace in it, and names what is wrong with any other."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from finetune import diagnostics
from finetune.examples import RowTokens, example, measure
from finetune.model import load_model, load_processor
from finetune.packing.collator import SharedRows
from finetune.training import build, packed
from vlm3_dataset.errors import UserError


def test_a_sound_trainer_passes_and_stays_as_it_was(trainer: Any, settings: Any) -> None:
    import torch

    trained = {name: weight for name, weight in trainer.model.named_parameters() if weight.requires_grad}
    before = {name: weight.detach().clone() for name, weight in trained.items()}
    random = torch.get_rng_state()
    checked = diagnostics.check(trainer, settings("--questions", "2"))
    assert checked.adapter_weights == sum(weight.numel() for weight in before.values())
    (agreement,) = checked.agreements
    assert (agreement.questions, agreement.has_page) == (2, True)
    assert agreement.shared.log_probs < 1e-3
    assert torch.equal(torch.get_rng_state(), random)
    assert all(weight.grad is None for weight in trainer.model.parameters())
    assert all(torch.equal(weight, before[name]) for name, weight in trained.items())


def test_a_graph_through_the_tower_is_found(trainer: Any, settings: Any) -> None:
    visual = trainer.model.get_base_model().model.visual
    visual.forward = visual.forward.__wrapped__.__get__(visual)
    with pytest.raises(UserError, match="through the frozen vision tower"):
        diagnostics.check(trainer, settings())


def test_a_weight_that_should_not_learn_is_found(trainer: Any, settings: Any) -> None:
    trainer.model.get_base_model().lm_head.weight.requires_grad_(requires_grad=True)
    with pytest.raises(UserError, match=r"lm_head\.weight is trained"):
        diagnostics.check(trainer, settings())


def test_an_adapter_weight_without_a_gradient_is_found(trainer: Any, settings: Any) -> None:
    layer = trainer.model.get_base_model().model.language_model.layers[0].mlp.up_proj
    layer.scaling["default"] = float("nan")
    with pytest.raises(UserError, match="no usable gradient"):
        diagnostics.check(trainer, settings())


def test_ignored_bounds_on_pixels_are_found(
    trainer: Any, base: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = load_processor(base, settings("--max-pixels", "7840"))
    monkeypatch.setattr(trainer, "data_collator", SharedRows(other))
    with pytest.raises(UserError, match="tokens and should have"):
        diagnostics.check(trainer, settings())


def test_rows_without_a_page_are_compared_too(base: str, processor: Any, data: Any, settings: Any) -> None:
    texts = [replace(row, image=None, source="forum") for row in data.val]
    chosen = settings("--questions", "2")
    mixed = build(chosen, load_model(base, chosen), processor, replace(data, train=[*data.train, *texts]))
    checked = diagnostics.check(mixed, chosen)
    assert [(one.questions, one.has_page) for one in checked.agreements] == [(2, True), (4, False)]
    assert "without a page" in diagnostics.summary(checked)[-1]


@pytest.mark.parametrize(("questions", "tokens"), [(1, 1), (3, 2), (4, 4), (9, 4)])
def test_the_largest_row_is_found(questions: int, tokens: int, data: Any, processor: Any, settings: Any) -> None:
    long = replace(data.train[5], question="What is " + "value " * 30 + "?")  # of the largest page
    rows = [*data.train[:5], long, *data.train[6:]]
    chosen = settings("--questions", str(questions))
    packing = packed(rows, processor, chosen).packing
    largest = [rows[number] for number in packing.largest()]
    length = packing.row(packing.largest())
    assert long in largest
    assert len(largest) == tokens
    batch = SharedRows(processor)([example(largest)])
    diagnostics.check_row(batch, largest[0], length, limit=10_000)


def test_questions_that_see_each_other_are_found(trainer: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from finetune.packing.attention.sdpa import SdpaAttention

    monkeypatch.setattr(trainer, "attention", lambda segments: SdpaAttention(segments.clamp(max=1)))
    with pytest.raises(UserError, match=r"differ from a row each by .* --packing off"):
        diagnostics.check(trainer, settings("--questions", "2"))


def test_a_gradient_that_goes_astray_is_found(trainer: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from finetune.packing.attention.sdpa import SdpaAttention

    class Astray(SdpaAttention):
        def __call__(self, module: Any, query: Any, key: Any, value: Any, scaling: float | None) -> Any:
            return super().__call__(module, query, key.detach(), value, scaling)

    monkeypatch.setattr(trainer, "attention", Astray)
    with pytest.raises(UserError, match=r"no usable gradient|in gradient"):
        diagnostics.check(trainer, settings("--questions", "2"))


def test_a_kernel_that_fails_is_one_line(trainer: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Any) -> None:
        raise RuntimeError("no kernel image is available\nA second line.")

    monkeypatch.setattr(trainer, "way", "varlen")
    monkeypatch.setattr(trainer, "attention", fails)
    with pytest.raises(UserError, match=r"varlen attention fails here \(.*no kernel image is available\); .*sdpa$"):
        diagnostics.check(trainer, settings("--questions", "2"))


def test_positions_that_run_on_are_found(trainer: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from finetune.packing.positions import question_positions

    monkeypatch.setattr("finetune.packing.collator.question_positions", lambda *one: question_positions(*one) + 1)
    with pytest.raises(UserError, match="its positions change in a shared row"):
        diagnostics.check(trainer, settings("--questions", "2"))


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--gradient-checkpointing", "none"], "--gradient-checkpointing all"),
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

    monkeypatch.setattr(diagnostics, "module_faults", lambda *_: [])
    monkeypatch.setattr(diagnostics, "_backward", full)
    sound = SimpleNamespace(
        processing_class=processor,
        data_collator=SharedRows(processor),
        model=MagicMock(),
        train_rows=packed(data.train, processor, settings(*flags)),
        args=SimpleNamespace(device=torch.device("cpu")),
        way="varlen",
    )
    sound.model.config.get_text_config().max_position_embeddings = 10_000
    with pytest.raises(UserError, match="memory does not hold") as error:
        diagnostics.check(sound, settings(*flags))
    assert named in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("part", ["image", "shared", "words", "answer"])
def test_a_row_of_another_length_is_found(part: str, data: Any, processor: Any, settings: Any) -> None:
    row = data.train[0]
    (tokens,) = measure([row], processor, settings())
    batch = SharedRows(processor)([example([row])])
    diagnostics.check_row(batch, row, RowTokens.of([tokens]), limit=10_000)
    other = RowTokens.of([replace(tokens, **{part: getattr(tokens, part) + 1})])
    with pytest.raises(UserError, match="and should have"):
        diagnostics.check_row(batch, row, other, limit=10_000)


def test_a_row_longer_than_the_model_is_refused(data: Any, processor: Any, settings: Any) -> None:
    row = data.train[0]
    length = RowTokens.of(measure([row], processor, settings()))
    with pytest.raises(UserError, match="lower --max-pixels"):
        diagnostics.check_row(SharedRows(processor)([example([row])]), row, length, limit=length.total - 1)


@pytest.mark.parametrize(
    ("part", "way_out"),
    [
        ("the loader", "mend the page"),
        ("TRL's fused head", "install a C compiler"),
        ("varlen attention", "use --attention sdpa"),
    ],
)
def test_what_fails_is_told_apart(part: str, way_out: str) -> None:
    def fails() -> None:
        raise RuntimeError("Failed to find C compiler.\nA second line.")

    with pytest.raises(UserError, match=rf"{part} fails here \(RuntimeError: Failed to find C compiler.\); {way_out}"):
        diagnostics._tried(part, fails)
