"""The self-check passes a sound trainer, leaves no trace in it, and names what is wrong with any other."""

import re
from copy import copy
from dataclasses import replace
from subprocess import CalledProcessError
from typing import Any

import pytest

from finetune import diagnostics
from finetune.examples import RowTokens, example, measure
from finetune.model import load_model, load_processor
from finetune.packing.collator import SharedRows
from finetune.training import build, packed
from vlm3_dataset.errors import UserError
from vlm3_dataset.hub.reader import RowError

pytestmark = pytest.mark.usefixtures("bfloat16")  # what a GPU computes in


def test_a_sound_trainer_passes_and_stays_as_it_was(trainer: Any, settings: Any) -> None:
    import torch

    trained = {name: weight for name, weight in trainer.model.named_parameters() if weight.requires_grad}
    before = {name: weight.detach().clone() for name, weight in trained.items()}
    random = torch.get_rng_state()
    passed, largest, compared = diagnostics.check(trainer, settings("--questions", "2"))
    weights = sum(weight.numel() for weight in before.values())
    assert passed == f"self-check passed: {weights:,} adapter weights, each with a gradient"
    assert largest.startswith("largest row: page 21-02, ")
    assert compared.startswith("2 questions in one row with a page (sdpa attention) against a row each: log-prob")
    assert float(re.search("log-probabilities differ by (.*?),", compared).group(1)) < 1e-3
    assert torch.equal(torch.get_rng_state(), random)
    assert all(weight.grad is None for weight in trainer.model.parameters())
    assert all(torch.equal(weight, before[name]) for name, weight in trained.items())


def test_rows_are_compared_without_keeping_activations(
    trainer: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run keeps them all, and gets them back."""
    again: list[int] = []
    layers = trainer.model.get_base_model().model.language_model.layers

    def computed(*others: Any) -> Any:
        again.append(sum(layer.gradient_checkpointing for layer in layers))
        return compute(*others)

    compute = diagnostics._computed
    monkeypatch.setattr(diagnostics, "_computed", computed)
    trainer.args.gradient_checkpointing = False
    diagnostics.check(trainer, settings("--questions", "2", "--gradient-checkpointing", "none"))
    assert again == [4, 4, 4]
    assert not any(layer.gradient_checkpointing for layer in layers)


def test_other_cards_of_the_machine_are_left_alone(
    trainer: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To keep the random state of every card would start all of them, and torch warns of it in ten lines."""
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    diagnostics.check(trainer, settings("--questions", "2"))


def test_the_log_of_a_run_tells_no_peak_of_the_checks(
    trainer: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stood in for: a GPU's counter, which the comparison of rows raises last."""
    import torch

    class OnGpu:
        def __init__(self) -> None:
            self.args = copy(trainer.args)
            vars(self.args)["_setup_devices"] = torch.device("cuda")  # where the Trainer keeps its device

        def __getattr__(self, name: str) -> Any:
            return getattr(trainer, name)

    told: list[str] = []
    monkeypatch.setattr("torch.cuda.max_memory_allocated", lambda: 5_000_000_000)
    monkeypatch.setattr("torch.cuda.reset_peak_memory_stats", lambda: told.append("forgotten"))
    monkeypatch.setattr(diagnostics, "compare_rows", lambda *_: told.append("compared") or "")
    _, largest, _ = diagnostics.check(OnGpu(), settings("--questions", "2"))
    assert largest.endswith("peak memory 5.0 GB")
    assert told == ["forgotten", "compared", "forgotten"]


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
    *_, page, texts = diagnostics.check(mixed, chosen)
    assert page.startswith("2 questions in one row with a page")
    assert texts.startswith("4 questions in one row without a page")


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
    from finetune.packing.attention import SdpaAttention

    monkeypatch.setattr(trainer, "attention", lambda segments: SdpaAttention(segments.clamp(max=1)))
    with pytest.raises(UserError, match=r"against a row each: .* --packing off"):
        diagnostics.check(trainer, settings("--questions", "2"))


def test_a_gradient_that_goes_astray_is_found(trainer: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from finetune.packing.attention import SdpaAttention

    class Astray(SdpaAttention):
        def __call__(self, module: Any, query: Any, key: Any, value: Any, scaling: float | None) -> Any:
            return super().__call__(module, query, key.detach(), value, scaling)

    monkeypatch.setattr(trainer, "attention", Astray)
    with pytest.raises(UserError, match=r"no usable gradient|gradients differ by"):
        diagnostics.check(trainer, settings("--questions", "2"))


def test_a_kernel_that_fails_is_one_line(trainer: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Any) -> None:
        raise RuntimeError("no kernel image is available\nA second line.")

    monkeypatch.setattr(trainer, "way", "varlen")
    monkeypatch.setattr(trainer, "attention", fails)
    with pytest.raises(UserError, match=r"varlen attention fails here \(.*no kernel image is available\); .*sdpa$"):
        diagnostics.check(trainer, settings("--questions", "2"))


def test_positions_that_run_on_are_found(trainer: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from finetune.packing.collator import text_positions

    monkeypatch.setattr("finetune.packing.collator.text_positions", lambda *one: text_positions(*one) + 1)
    with pytest.raises(UserError, match="its positions change in a shared row"):
        diagnostics.check(trainer, settings("--questions", "2"))


def test_too_little_memory_says_what_to_change(trainer: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    def full(*_: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.00 GiB.\nA second line.")

    monkeypatch.setattr(diagnostics, "_backward", full)
    with pytest.raises(UserError, match=r"memory does not hold 2 x the largest row \(.*\); try .* or --max-pixels$"):
        diagnostics.check(trainer, settings("--questions", "2", "--batch-size", "2"))


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
    ("part", "error", "way_out"),
    [
        ("the loader", RowError("image is missing"), "mend the page"),
        ("TRL's fused head", RuntimeError("Failed to find C compiler.\nA second line."), "install a C compiler"),
        ("TRL's fused head", CalledProcessError(1, ["gcc", "main.c"]), "install a C compiler"),
        ("TRL's fused head", AssertionError("libcuda.so cannot found!\nA second line."), "install a C compiler"),
        ("varlen attention", RuntimeError("no kernel image is available"), "use --attention sdpa"),
    ],
)
def test_what_fails_is_told_apart(part: str, error: Exception, way_out: str) -> None:
    told = f"self-check: {part} fails here ({type(error).__name__}: {str(error).partition(chr(10))[0]}); {way_out}"
    with pytest.raises(UserError, match=re.escape(told)), diagnostics._part(part):
        raise error
