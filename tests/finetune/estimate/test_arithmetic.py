"""The arithmetic gives the 7B's published sizes, and the tiny model's own."""

from dataclasses import replace
from typing import Any

import pytest

from finetune import config
from finetune.estimate.arithmetic import Shape, flops, layer_bytes, memory, tower_flops
from finetune.examples import RowTokens, example, measure

AGAIN = {1: "all", 2: "half", None: "none"}  # every so many layers
RECOMPUTED, HALF, ONCE = (config.read(["--gradient-checkpointing", again]) for again in AGAIN.values())


def test_the_7b_has_the_sizes_it_is_known_by(seven: Shape) -> None:
    assert 2 * seven.language_weights / 1e9 == pytest.approx(13.05, abs=0.005)
    assert 2 * seven.tower_layers * seven.tower_block_weights / 1e9 == pytest.approx(1.26, abs=0.005)
    assert seven.adapter_weights(64) == 161_480_704
    every = seven.language_weights + seven.tower_weights + 2 * seven.vocabulary * seven.hidden
    assert every / 1e9 == pytest.approx(8.29, abs=0.005)  # the model card's 8.29 B


@pytest.mark.parametrize(("image", "apart", "together"), [(1000, 520, 84), (1500, 782, 112), (2500, 1355, 174)])
def test_ten_questions_apart_and_together(image: int, apart: float, together: float, seven: Shape) -> None:
    """TFLOP of a page with ten questions of 80 tokens, against an estimate made apart, without adapter."""
    one, ten = RowTokens(image, 30, (80,), 40), RowTokens(image, 30, (80,) * 10, 400)
    adapter = 4 * 2 * seven.adapter_weights(64)
    assert 10 * (flops(seven, one, RECOMPUTED) - adapter * one.total) / 1e12 == pytest.approx(apart, rel=0.02)
    assert (flops(seven, ten, RECOMPUTED) - adapter * ten.total) / 1e12 == pytest.approx(together, rel=0.03)


def test_a_frozen_weight_costs_a_pass_forward_and_a_pass_back(seven: Shape) -> None:
    row = RowTokens(1500, 30, (80,), 40)
    forward, needed, done = (
        flops(seven, row, chosen, backward=backward) - tower_flops(seven, row.image)
        for chosen, backward in [(RECOMPUTED, False), (ONCE, True), (RECOMPUTED, True)]
    )
    assert 2 < needed / forward < 2.2  # the adapter and the attention need a second pass back
    assert done - needed == pytest.approx(forward)
    half = flops(seven, row, HALF) - tower_flops(seven, row.image)
    assert half == pytest.approx((done + needed) / 2)


def test_a_question_sees_what_is_shared_and_itself() -> None:
    """Counted one by one in the mask that training uses; the arithmetic takes half for a triangle."""
    import torch

    from finetune.packing.attention import visible

    row = RowTokens(image=40, prefix=10, questions=(8, 5), scored=6)
    segments = torch.tensor([[0] * 50 + [1] * 8 + [2] * 5])
    assert float(visible(segments).sum()) - row.total / 2 == row.pairs


def test_sizes_are_those_of_the_weights(base: str) -> None:
    from transformers import Qwen2VLForConditionalGeneration

    model = Qwen2VLForConditionalGeneration.from_pretrained(base)
    shape = Shape.of(model.config)

    def count(part: Any, *, matrices: bool = True) -> int:
        return sum(weight.numel() for weight in part.parameters() if weight.dim() > 1 or not matrices)

    assert count(model.model.language_model.layers) == shape.language_weights
    assert count(model.model.visual) == shape.tower_weights
    assert model.model.language_model.embed_tokens.weight.shape == (shape.vocabulary, shape.hidden)
    assert shape.tied == (model.lm_head.weight is model.model.language_model.embed_tokens.weight)


def test_where_the_memory_goes(seven: Shape) -> None:
    row = RowTokens(2500, 30, (80,) * 4, 160)
    parts = {name: size / 1e9 for name, size in memory(seven, [row], RECOMPUTED).items()}
    assert parts["language model"] == pytest.approx(3.37, abs=0.01)
    assert parts["embedding and head"] == pytest.approx(2.18, abs=0.01)
    assert parts["vision tower"] == pytest.approx(1.35, abs=0.01)
    assert parts["adapter, gradients, Adam"] == pytest.approx(2.58, abs=0.01)
    assert parts["a tile of logits"] == pytest.approx(160 * 32768 * 2 / 1e9)
    assert 12 < sum(parts.values()) < 13
    in_bf16 = memory(seven, [row], config.read(["--bits", "16"]))
    assert in_bf16["language model"] / 1e9 == pytest.approx(13.05, abs=0.01)
    half, kept = (memory(seven, [row], chosen)["activations"] / 1e9 for chosen in (HALF, ONCE))
    assert kept > 5 * parts["activations"]
    assert half == pytest.approx((kept + parts["activations"]) / 2, rel=0.05)


@pytest.mark.parametrize("again", AGAIN, ids=AGAIN.values())
@pytest.mark.parametrize("has_page", [True, False])
def test_torch_counts_the_same_operations(
    *, has_page: bool, again: int | None, base: str, processor: Any, data: Any, settings: Any, monkeypatch: Any
) -> None:
    """An independent count: torch's own, of each matrix product that a forward and backward pass makes."""
    import torch
    from peft import get_peft_model
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode
    from transformers import Qwen2VLForConditionalGeneration
    from trl.trainer.utils import add_fused_lm_head

    from finetune.packing import attention
    from finetune.packing.collator import SharedRows
    from finetune.training import lora

    monkeypatch.setattr("finetune.packing.collator.ALIGNED_TO", 1)  # no padding: the forecast leaves it out
    chosen = settings("--lora-dropout", "0", "--attention", "sdpa", "--gradient-checkpointing", AGAIN[again])
    rows = [row if has_page else replace(row, image=None) for row in data.train[4:8]]
    model = Qwen2VLForConditionalGeneration.from_pretrained(base, attn_implementation=attention.IMPLEMENTATION).float()
    model.model.visual.forward = torch.no_grad()(model.model.visual.forward)
    adapted = get_peft_model(model, lora(chosen)).train()
    adapted.enable_input_require_grads()
    if again:
        adapted.gradient_checkpointing_enable({"use_reentrant": False}, every_n_layers=again)
    add_fused_lm_head(model, outputs=("log_probs",))
    batch = SharedRows(processor)([example(rows)])
    del batch["index"]
    batch["shared"] = attention.WAYS["sdpa"](batch.pop("segments"))
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counted:
        (-adapted(**batch, use_cache=False, fused_lm_head=True).log_probs.sum()).backward()
    row = RowTokens.of(measure(rows, processor, chosen))
    shape, shared = Shape.of(model.config), row.image + row.prefix
    told = flops(shape, row, chosen)
    passes = 3 + (1 / again if again else 0)
    hidden = 4.0 * shared**2 / 2 * shape.hidden * shape.layers * passes  # of a causal product torch counts all
    assert told + hidden == pytest.approx(counted.get_total_flops(), rel=0.03)


@pytest.fixture
def as_on_a_gpu(bfloat16: None, monkeypatch: Any) -> None:
    """Dropout, autocast and FlashAttention keep for the backward pass what they do on CUDA."""
    import torch

    class Flash(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, query: Any, key: Any, value: Any) -> Any:
            output = torch.zeros_like(query)
            ctx.save_for_backward(query, key, value, output)
            return output

    def dropout(states: Any, share: float, training: bool, inplace: bool) -> Any:
        return torch.native_dropout(states, share, training)[0]

    autocast = torch.is_autocast_enabled
    monkeypatch.setattr("torch.is_autocast_enabled", lambda device="cpu": autocast(device))
    monkeypatch.setattr("torch.nn.functional.dropout", dropout)
    monkeypatch.setattr(
        "finetune.packing.attention.varlen_attn",
        lambda query, key, value, *_, **__: Flash.apply(query, key, value),
    )


@pytest.mark.usefixtures("as_on_a_gpu")
@pytest.mark.parametrize("bits", [4, 16])
@pytest.mark.parametrize("way", ["varlen", "sdpa"])
def test_torch_keeps_the_same_bytes(
    *, way: str, bits: int, base: str, processor: Any, data: Any, settings: Any, monkeypatch: Any
) -> None:
    """An independent count: what a layer saves for its backward pass, each storage once, but for the weights."""
    from torch.autograd.graph import saved_tensors_hooks

    from finetune.model import load_model
    from finetune.packing import attention
    from finetune.training import build

    monkeypatch.setattr("finetune.packing.collator.ALIGNED_TO", 1)
    chosen = settings("--attention", "sdpa", "--bits", str(bits))
    trainer = build(chosen, load_model(base, chosen), processor, data)
    trainer.attention = attention.WAYS[way]
    layer = trainer.model.train().get_base_model().model.language_model.layers[1]
    weights = {weight.untyped_storage().data_ptr() for weight in trainer.model.parameters()}
    forward, kept = layer.forward, {}

    def keep(saved: Any) -> Any:
        if (storage := saved.untyped_storage()).data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes(), saved
        return saved

    def counted(*args: Any, **kwargs: Any) -> Any:
        with saved_tensors_hooks(keep, lambda saved: saved):
            return forward(*args, **kwargs)

    monkeypatch.setattr(layer, "forward", counted)
    trainer.forward(trainer.data_collator([example(data.train[4:8])]))
    rows = [RowTokens.of(measure(data.train[4:8], processor, chosen))]
    shape, chosen = Shape.of(trainer.model.config), replace(chosen, attention=way)
    told = layer_bytes(shape, rows, chosen) + memory(shape, rows, chosen)["attention mask"]
    assert told == pytest.approx(sum(size for size, _ in kept.values()), rel=0.03)
