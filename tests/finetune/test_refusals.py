"""What a user can get wrong before a training is refused in one line that names it and the way out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from finetune import config, model
from finetune.__main__ import run
from tests.finetune.conftest import draw, line, write_lines
from vlm3_dataset.errors import UserError


def no_lines(folder: Path) -> list[dict[str, Any]]:
    return []


def no_image(folder: Path) -> list[dict[str, Any]]:
    return [line("21-09", "What?", "9 Nm")]


def torn_image(folder: Path) -> list[dict[str, Any]]:
    page = folder / "images" / "21-09.jpg"
    draw(page, (300, 400), "Torque")
    page.write_bytes(page.read_bytes()[:900])
    return [line("21-09", "What?", "9 Nm")]


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (no_lines, r"has no row to train on \(0 left out\)"),
        (no_image, r"1 left out; the first: vlm_train.jsonl line 1: .*image"),
        (torn_image, r"1 left out; the first: vlm_train.jsonl line 1: .*image"),
    ],
)
def test_data_that_cannot_be_trained_on(
    lines: Callable[[Path], list[dict[str, Any]]], named: str, tmp_path: Path
) -> None:
    write_lines(tmp_path, "train", lines(tmp_path))
    _refused(lambda: run(config.read(["--model", "tiny", "--data", str(tmp_path), "--output", str(tmp_path)])), named)


def test_no_gpu(training_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    _refused(lambda: run(config.read(["--data", str(training_data)])), r"needs a CUDA GPU .* --model tiny .*")


@pytest.mark.parametrize(
    ("written", "named"), [({"model_type": "llama"}, "is a llama and no Qwen2-VL"), ({}, "cannot")]
)
def test_a_wrong_base_model(written: dict[str, str], named: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(written), encoding="utf-8")
    _refused(lambda: model.require_qwen2vl(str(tmp_path)), named)


@pytest.mark.parametrize(("bits", "way_out"), [("16", "--bits 4, or a larger GPU"), ("4", "try a larger GPU")])
def test_too_little_memory_for_the_weights(bits: str, way_out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from transformers import Qwen2VLForConditionalGeneration

    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.\nA second line.")

    monkeypatch.setattr(Qwen2VLForConditionalGeneration, "from_pretrained", full)
    _refused(lambda: model.load_model("the/model", config.read(["--bits", bits])), f"memory does not hold .*{way_out}")


def _refused(call: Callable[[], Any], named: str) -> None:
    with pytest.raises(UserError, match=named) as error:
        call()
    assert "\n" not in str(error.value)
