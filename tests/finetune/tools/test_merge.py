"""A merged model answers as base and adapter did, or is not there."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from finetune.tools import merge, trained
from vlm3_dataset.errors import UserError


def test_its_files_are_those_of_a_base_model(merged: Path, base: str, adapter: Path) -> None:
    import torch

    before, after = (load_file(Path(folder) / "model.safetensors") for folder in (base, merged))
    assert {name: weight.shape for name, weight in after.items()} == {name: w.shape for name, w in before.items()}
    assert {weight.dtype for weight in after.values()} == {torch.bfloat16}
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert len(changed) == 4 * 7  # the linear maps of the language model's layers
    assert all("visual" not in name and "embed" not in name for name in changed)
    saved = [(folder / "processor_config.json").read_bytes() for folder in (merged, adapter)]
    assert saved[0] == saved[1]
    assert {path.name for path in merged.parent.iterdir()} == {"model"}


def test_its_weights_are_base_and_adapter(merged: Path, base: str, adapter: Path) -> None:
    """One map computed by hand, in float32, from the three files."""
    import torch

    name = "language_model.layers.1.mlp.down_proj"
    lora = load_file(adapter / "adapter_model.safetensors")
    a, b = (lora[f"base_model.model.model.{name}.lora_{side}.weight"] for side in "AB")
    (key,) = [key for key in load_file(merged / "model.safetensors") if key.endswith("layers.1.mlp.down_proj.weight")]
    before, after = (load_file(Path(folder) / "model.safetensors")[key].float() for folder in (base, merged))
    torch.testing.assert_close(after, before + 2 * b @ a, rtol=2**-7, atol=1e-3)


def test_what_it_says(adapter: Path, tmp_path: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--adapter", str(adapter), "--output", str(tmp_path / "made")]
    monkeypatch.setattr("sys.argv", ["merge", *flags])
    merge.main()
    shown = capsys.readouterr().out
    assert "the adapter moves them by up to" in shown
    with pytest.raises(SystemExit) as stop:
        merge.main()
    assert stop.value.code == 2
    assert "made is already there" in capsys.readouterr().err


def test_a_merge_that_changes_the_answers_leaves_nothing(adapter: Path, tmp_path: Path, monkeypatch: Any) -> None:
    from peft import LoraModel

    monkeypatch.setattr(LoraModel, "merge_and_unload", lambda self, **_: self.unload())
    with pytest.raises(UserError, match="not base and adapter"):
        merge.merge(adapter, tmp_path / "made")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(("apart", "sound"), [(0.1, True), (0.16, False), (float("nan"), False)])
def test_the_tolerance_is_a_few_steps_of_bfloat16(apart: float, *, sound: bool) -> None:
    if sound:
        assert "allowed are 0.156" in merge.compared(largest=10.0, apart=apart, moved=1.0)
        return
    with pytest.raises(UserError, match="nothing was written"):
        merge.compared(largest=10.0, apart=apart, moved=1.0)


def test_a_comparison_that_proves_little_says_so() -> None:
    assert merge.compared(largest=10.0, apart=0.1, moved=0.1).endswith("that proves little: evaluate")


def test_too_little_room_is_said_before_anything_is_loaded(adapter: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1e6))
    monkeypatch.setattr(trained, "load_model", None)
    with pytest.raises(UserError, match=r"needs .* GB of disk, and 0\.0 GB are free"):
        merge.merge(adapter, tmp_path / "deep" / "made")


@pytest.mark.parametrize("torn", ["adapter_config.json", "adapter_model.safetensors", "processor_config.json"])
def test_a_torn_file_is_one_line(torn: str, adapter: Path, base: str, tmp_path: Path) -> None:
    copy = shutil.copytree(adapter, tmp_path / "adapter")
    (copy / torn).write_bytes((copy / torn).read_bytes()[:20])
    with pytest.raises(UserError) as refused:
        merge.merge(copy, tmp_path / "made", None if torn == "adapter_config.json" else base)
    assert "\n" not in str(refused.value)


def test_no_adapter_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"adapter_config\.json: No such file"):
        merge.merge(tmp_path, tmp_path / "made")


def test_a_base_moved_with_its_run_is_found(adapter: Path, base: str, tmp_path: Path) -> None:
    copy = shutil.copytree(adapter, tmp_path / "adapter")
    assert trained.base_of(copy) == base
    (tmp_path / "base").mkdir()
    assert trained.base_of(copy) == str(tmp_path / "base")


@pytest.mark.parametrize("layer", [None, 7])
def test_an_adapter_that_can_be_loaded_in_part_only_is_refused(
    layer: int | None, base: str, adapter: Path, tmp_path: Path
) -> None:
    own = shutil.copytree(adapter, tmp_path / "own")
    name = "base_model.model.model.language_model.layers.{}.mlp.down_proj.lora_A.weight"
    weights = load_file(own / "adapter_model.safetensors")
    moved = weights.pop(name.format(0))
    weights |= {} if layer is None else {name.format(layer): moved}
    save_file(weights, own / "adapter_model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"cannot lay .* of its weights are missing or fit nowhere"):
        trained.load_model(base, own)
