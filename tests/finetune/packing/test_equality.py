"""A question that shares its page is answered and learned from exactly as if it were asked alone.

The largest relative differences seen: 1.8e-7 in a token's log-probability, 1.3e-6 in an adapter weight's gradient.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image, ImageDraw

TOLERANCE = 1e-5


def page(width: int, height: int, questions: int) -> dict[str, Any]:
    """A drawn page; its questions and answers differ in length."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).text((5, 5), f"Torque {width} Nm", fill="black")
    return {
        "image": image,
        "questions": [f"What is value {n} of 21-0{n}? " + "value " * (n % 3) for n in range(questions)],
        "answers": [f"{20 + n} Nm" + " of value" * (n % 4) for n in range(questions)],
        "index": 0,
    }


def text(questions: int) -> dict[str, Any]:
    """Questions without a page."""
    return page(28, 28, questions) | {"image": None}


PAGES = {
    "one question": [page(150, 210, 1)],
    "two questions": [page(150, 210, 2)],
    "five questions": [page(210, 112, 5)],
    "twelve questions": [page(84, 140, 12)],
    "two pages": [page(150, 210, 5), page(84, 56, 2)],
    "texts": [text(7)],
    "one text": [text(1)],
    "a page and texts": [page(150, 210, 5), text(6)],
    "texts and a page": [text(3), page(84, 56, 2), text(9)],
}


@pytest.fixture(scope="module", params=["float32", "nf4"])
def model(request: pytest.FixtureRequest, base: str) -> Any:
    """The tiny model, computing in float32, with an adapter that is not zero, as a fresh one would be."""
    import torch
    from peft import get_peft_model
    from transformers import Qwen2VLForConditionalGeneration

    from finetune import config
    from finetune.model import quantization
    from finetune.packing import attention
    from finetune.training import lora

    torch.set_num_threads(1)
    torch.manual_seed(0)
    how = {"dtype": torch.float32, "attn_implementation": attention.IMPLEMENTATION}
    if request.param == "nf4":
        how["quantization_config"] = quantization()
        how["quantization_config"].bnb_4bit_compute_dtype = torch.float32
    loaded = Qwen2VLForConditionalGeneration.from_pretrained(base, **how)
    adapted = get_peft_model(loaded, lora(config.read(["--model", "tiny", "--lora-dropout", "0"])))
    for name, weight in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.05)
    adapted.enable_input_require_grads()
    return adapted.train()


@pytest.fixture
def shared(model: Any, processor: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Log-probabilities of the answers' tokens, all questions of a page in one row."""
    from finetune.packing.attention import WAYS
    from finetune.packing.collator import SharedRows
    from tests.finetune.varlen import varlen_attn

    monkeypatch.setattr("finetune.packing.attention.varlen_attn", varlen_attn)

    def forward(pages: Sequence[dict[str, Any]], way: str = "sdpa") -> Any:
        batch = SharedRows(processor)(pages)
        del batch["index"]
        return _answers(model, batch.pop("labels"), shared=WAYS[way](batch.pop("segments")), **batch)

    return forward


@pytest.fixture(scope="module")
def separate(model: Any, processor: Any) -> Callable[[str], tuple[Any, dict[str, Any]]]:
    """Log-probabilities and gradients of some pages from a row for each question, as TRL makes them.

    The model finds the positions by itself, and keeps what the backward pass needs: nothing is computed again.
    """
    import torch

    from finetune.packing.collator import SeparateRows

    @cache
    def computed(name: str) -> tuple[Any, dict[str, Any]]:
        model.gradient_checkpointing_disable()
        found = []
        for one in PAGES[name]:
            for question, answer in zip(one["questions"], one["answers"], strict=True):
                batch = SeparateRows(processor)([one | {"questions": [question], "answers": [answer]}])
                del batch["index"]
                found.append(_answers(model, batch.pop("labels"), **batch))
        log_probs = torch.cat(found)
        return log_probs.detach(), _gradients(model, log_probs)

    return computed


def _answers(model: Any, labels: Any, **inputs: Any) -> Any:
    import torch

    logits = model(**inputs, use_cache=False).logits[:, :-1]
    scored = labels[:, 1:] != -100
    return torch.log_softmax(logits[scored], -1).gather(1, labels[:, 1:][scored][:, None])[:, 0]


def _gradients(model: Any, log_probs: Any) -> dict[str, Any]:
    model.zero_grad(set_to_none=True)
    log_probs.mean().backward()
    return {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}


@pytest.mark.parametrize(
    ("way", "checkpointing"), [("sdpa", None), ("sdpa", 2), ("sdpa", 1), ("varlen", 1), ("varlen", 2)]
)
@pytest.mark.parametrize("pages", PAGES)
def test_log_probabilities_and_gradients_are_those_of_separate_rows(
    *, pages: str, way: str, checkpointing: int | None, model: Any, shared: Any, separate: Any
) -> None:
    many, expected = separate(pages)
    if checkpointing:
        model.gradient_checkpointing_enable({"use_reentrant": False}, every_n_layers=checkpointing)
    else:
        model.gradient_checkpointing_disable()
    one = shared(PAGES[pages], way)
    log_probs = ((one - many).abs() / many.abs()).max().item()
    found = _gradients(model, one)
    assert found.keys() == expected.keys()
    assert all("lora_" in name for name in found)
    gradients = max(((found[name] - grad).norm() / grad.norm()).item() for name, grad in expected.items())
    assert max(log_probs, gradients) <= TOLERANCE


@pytest.mark.parametrize("way", ["sdpa", "varlen"])
@pytest.mark.parametrize("first", [page(150, 210, 5), text(5)], ids=["page", "text"])
def test_a_question_moves_no_other(way: str, first: dict[str, Any], shared: Any) -> None:
    import torch

    other = first | {"questions": [*first["questions"][:2], "Which oil?", *first["questions"][3:]]}
    with torch.no_grad():
        before, after = shared([first], way), shared([other], way)
        ends = [0]
        for count in range(1, 6):
            part = {"questions": first["questions"][:count], "answers": first["answers"][:count]}
            ends.append(len(shared([first | part], way)))
    moved = [(before[a:b] - after[a:b]).abs().max().item() for a, b in pairwise(ends)]
    assert moved[2] > 1e-3
    assert max(moved[:2] + moved[3:]) < 1e-5


@pytest.mark.parametrize("way", ["sdpa", "varlen"])
def test_padding_changes_nothing(way: str, shared: Any) -> None:
    import torch

    small, large = text(2), page(210, 210, 5)
    with torch.no_grad():
        alone, together = shared([small], way), shared([small, large], way)
    assert torch.allclose(alone, together[: len(alone)], rtol=TOLERANCE, atol=TOLERANCE)
