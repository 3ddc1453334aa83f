"""A checkpoint counts only when every byte of it is what was sealed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from finetune.run import checkpoints

FILES = ("adapter_model.safetensors", "optimizer.pt", "rng_state.pth", "scheduler.pt", "trainer_state.json")


def write(folder: Path, step: int, files: tuple[str, ...] = FILES, *, sealed: bool = True) -> Path:
    checkpoint = folder / f"checkpoint-{step}"
    checkpoint.mkdir()
    for name in files:
        (checkpoint / name).write_bytes(f"{name} of step {step}".encode())
    if sealed:
        checkpoints.seal(checkpoint)
    return checkpoint


def delete(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[5] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", [*FILES, checkpoints.SEAL])
@pytest.mark.parametrize("damage", [delete, cut, empty, flip])
def test_a_damaged_one_is_noticed_and_the_one_before_is_whole(
    name: str, damage: Callable[[Path], None], tmp_path: Path
) -> None:
    before, last = write(tmp_path, 50), write(tmp_path, 100)
    assert not checkpoints.fault(last)
    damage(last / name)
    assert checkpoints.fault(last)
    assert not checkpoints.fault(before)


@pytest.mark.parametrize("stage", range(len(FILES) + 1))
def test_one_that_was_being_written_is_torn_at_every_stage(stage: int, tmp_path: Path) -> None:
    before = write(tmp_path, 50)
    torn = write(tmp_path, 100, FILES[:stage], sealed=False)
    assert checkpoints.fault(torn) == "it was not written to its end"
    assert not checkpoints.fault(before)


def test_order_is_by_step_and_not_by_name(tmp_path: Path) -> None:
    for step in (8, 16, 4):
        write(tmp_path, step)
    assert [path.name for path in checkpoints.folders(tmp_path)] == ["checkpoint-4", "checkpoint-8", "checkpoint-16"]
    assert checkpoints.folders(tmp_path / "nowhere") == []
