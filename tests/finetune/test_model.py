"""The language model is quantised, the tower and the head are not, and only the language model gets an adapter."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from finetune import config, model
from finetune.training import LORA_TARGETS
from vlm3_dataset.errors import UserError


@pytest.mark.parametrize("bits", ["4", "16"])
def test_every_layer_has_the_intended_type(bits: str, base: str, settings: Callable[..., config.Settings]) -> None:
    from bitsandbytes.nn import Linear4bit

    loaded = model.load_model(base, settings("--bits", bits))
    kinds = {name: isinstance(module, Linear4bit) for name, module in loaded.named_modules() if hasattr(module, "bias")}
    assert kinds["model.language_model.layers.0.mlp.up_proj"] is (bits == "4")
    assert not kinds["lm_head"]
    assert not any(quantised for name, quantised in kinds.items() if "visual" in name)
    assert model.module_faults(loaded, int(bits)) == []
    assert model.module_faults(loaded, 20 - int(bits)) != []


@pytest.mark.parametrize(("gpu", "name"), [(True, "bfloat16"), (False, "float32")])
def test_it_computes_in_what_its_device_computes_in_fast(
    monkeypatch: pytest.MonkeyPatch, name: str, *, gpu: bool
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    wanted = getattr(torch, name)
    assert (model.compute_dtype(), model.quantization().bnb_4bit_compute_dtype) == (wanted, wanted)


def test_the_usual_skip_list_is_noticed(
    base: str, settings: Callable[..., config.Settings], monkeypatch: pytest.MonkeyPatch, bfloat16: None
) -> None:
    usual = model.quantization()
    usual.llm_int8_skip_modules = ["visual", "lm_head"]
    monkeypatch.setattr(model, "quantization", lambda: usual)
    with pytest.raises(UserError, match=r"model\.visual\.\S+ has 4 bits, not 16"):
        model.load_model(base, settings())


def test_the_adapter_sits_on_the_language_model_alone(trainer: Any) -> None:
    adapted = {name.partition(".lora_")[0] for name, _ in trainer.model.named_parameters() if "lora_" in name}
    assert len(adapted) == 4 * 7  # layers x linears
    assert all(".language_model.layers." in name for name in adapted)


@pytest.mark.parametrize(
    ("name", "adapted"),
    [
        ("model.language_model.layers.27.self_attn.o_proj", True),
        ("model.language_model.layers.0.mlp.gate_proj", True),
        ("model.visual.blocks.0.attn.qkv", False),
        ("model.visual.merger.mlp.0", False),
        ("lm_head", False),
    ],
)
def test_the_names_it_goes_by(name: str, adapted: bool) -> None:
    assert bool(re.fullmatch(LORA_TARGETS, name)) is adapted


def test_the_bounds_on_pixels_are_saved_with_the_processor(
    base: str, settings: Callable[..., config.Settings], tmp_path: Path
) -> None:
    from PIL import Image
    from transformers import AutoProcessor

    model.load_processor(base, settings("--max-pixels", "7840")).save_pretrained(tmp_path)
    again = AutoProcessor.from_pretrained(tmp_path)
    grid = again.image_processor(images=[Image.new("RGB", (1240, 1760))])["image_grid_thw"]
    assert int(grid[0].prod()) // 4 <= 10


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.safetensors", None),
        ("config.json", None),
        ("config.json", b"[1]"),
        ("tokenizer.json", b"{}"),
        ("tokenizer_config.json", b"[1]"),
        ("processor_config.json", b'{"a": "\xff"}'),
    ],
)
def test_torn_and_foreign_files_are_one_line(
    name: str, content: bytes | None, base: str, settings: Callable[..., config.Settings], tmp_path: Path
) -> None:
    shutil.copytree(base, tmp_path, dirs_exist_ok=True)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2] if content is None else content)
    load = model.load_model if name in ("model.safetensors", "config.json") else model.load_processor
    with pytest.raises(UserError, match="cannot load") as error:
        load(str(tmp_path), settings())
    assert "\n" not in str(error.value)


def test_a_line_that_breaks_while_loading_is_one_line(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise httpx.ReadTimeout("")

    monkeypatch.setattr("transformers.AutoProcessor.from_pretrained", breaks)
    with pytest.raises(UserError, match=r"cannot load .* \(ReadTimeout"):
        model.load_processor(base, config.read([]))


@pytest.mark.parametrize("load", [model.load_processor, model.load_model])
def test_missing_weights_are_one_line(load: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--model tiny") as error:
        load(str(tmp_path), config.read([]))
    assert "\n" not in str(error.value)
