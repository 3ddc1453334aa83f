"""The tiny model is small, says so, and is the same each time."""

from pathlib import Path

import pytest
from safetensors import safe_open

from finetune import config, tiny
from finetune.data import Data
from finetune.tiny import SPECIAL_TOKENS
from vlm3_dataset.hub.reader import special_token


def test_equal_data_and_seed_give_equal_bytes(
    base: str, data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)  # cards whose random state is nothing to it
    tiny.build(tmp_path / "again", data, config.read(["--model", "tiny"]))
    first = {path.name: path.read_bytes() for path in Path(base).iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == first


def test_another_seed_gives_other_weights(base: str, data: Data, tmp_path: Path) -> None:
    tiny.build(tmp_path / "other", data, config.read(["--model", "tiny", "--seed", "7"]))
    weights = "model.safetensors"
    assert (tmp_path / "other" / weights).read_bytes() != (Path(base) / weights).read_bytes()


def test_it_is_small_and_says_what_it_is(base: str) -> None:
    from transformers import AutoConfig

    with safe_open(Path(base) / "model.safetensors", "pt") as file:
        weights = sum(file.get_tensor(name).numel() for name in file.keys())  # noqa: SIM118 - not a dictionary
    assert 1e6 < weights < 3e6
    assert AutoConfig.from_pretrained(base).vlm3_tiny is True


def test_its_processor_is_qwens(processor: object) -> None:
    from transformers import Qwen2Tokenizer, Qwen2VLImageProcessor, Qwen2VLProcessor

    assert isinstance(processor, Qwen2VLProcessor)
    assert isinstance(processor.tokenizer, Qwen2Tokenizer)
    assert isinstance(processor.image_processor, Qwen2VLImageProcessor)
    for token in SPECIAL_TOKENS:
        assert len(processor.tokenizer(token)["input_ids"]) == 1
        assert special_token(f"What is {token}?") == token
    text = "Ventilspiel 0,25 mm ± 0.05 µm"
    assert processor.tokenizer.decode(processor.tokenizer(text)["input_ids"]) == text
