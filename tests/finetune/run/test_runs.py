"""A run goes on only as what it began as, and from a checkpoint that is whole."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from finetune.config import Settings
from finetune.data import read_dataset
from finetune.run import checkpoints, runs
from tests.finetune.conftest import draw
from vlm3_dataset.errors import UserError
from vlm3_dataset.files import PART


@pytest.fixture
def begun(settings: Callable[..., Settings], data: Any) -> Settings:
    """A run that was killed while it saved its second checkpoint."""
    chosen = settings("--name", "begun")
    runs.start(chosen, runs.describe(data))
    for step in (9, 10):
        checkpoint = chosen.folder / f"checkpoint-{step}"
        checkpoint.mkdir()
        (checkpoint / "trainer_state.json").write_text("{}", encoding="utf-8")
    checkpoints.seal(chosen.folder / "checkpoint-9")
    (chosen.folder / f"metrics.jsonl.{2**22 + 1}{PART}").touch()  # Linux gives out no such process id: it is dead
    return chosen


def test_a_torn_checkpoint_goes_and_is_named(begun: Settings, data: Any) -> None:
    told = runs.start(begun, runs.describe(data))
    assert told == [f"{begun.folder}/checkpoint-10 is torn (it was not written to its end) and was removed"]
    assert sorted(path.name for path in begun.folder.iterdir()) == ["checkpoint-9", "config.yaml", "data.json"]


@pytest.mark.parametrize(
    ("flags", "changed"),
    [
        ([], None),
        (["--workers", "3"], None),
        (["--lora-rank", "16"], "lora_rank 8 -> 16"),
        (["--max-steps", "3", "--seed", "1"], "max_steps None -> 3, seed 42 -> 1"),
    ],
)
def test_other_settings_are_named(
    begun: Settings, settings: Callable[..., Settings], data: Any, flags: list[str], changed: str | None
) -> None:
    again = settings("--name", "begun", *flags)
    if changed is None:
        runs.check(again, runs.describe(data))
        return
    with pytest.raises(UserError, match=changed):
        runs.check(again, runs.describe(data))


def test_other_data_are_named(begun: Settings, data: Any) -> None:
    with pytest.raises(UserError, match="rows or pages of the data"):
        runs.check(begun, runs.describe(data) | {"digest": "other"})


def test_a_page_that_was_drawn_again_is_noticed(training_data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(training_data, tmp_path / "data")
    first, again = (runs.describe(read_dataset(str(folder))) for folder in (training_data, copy))
    assert first == again
    draw(copy / "images" / "21-04.jpg", (300, 400), "Torque 32 Nm")  # of the same size
    assert runs.describe(read_dataset(str(copy)))["digest"] != first["digest"]


def test_a_folder_without_progress_may_begin_anew(settings: Callable[..., Settings], data: Any) -> None:
    runs.start(settings(), runs.describe(data))
    runs.check(settings("--seed", "1"), runs.describe(data))
    assert checkpoints.folders(settings().folder) == []


def test_one_folder_is_trained_in_once(tmp_path: Path) -> None:
    held = runs.lock(tmp_path / "run")
    with pytest.raises(UserError, match="is being trained in"):
        runs.lock(tmp_path / "run", patience=0)
    threading.Timer(0.2, os.close, [held]).start()
    os.close(runs.lock(tmp_path / "run"))  # it waits for one that is about to end


def test_what_auto_chose_holds_for_a_run_that_goes_on(
    begun: Settings, settings: Callable[..., Settings], data: Any
) -> None:
    asked = settings("--name", "begun", "--auto", "--questions", "2", "--bits", "16")
    assert runs.recall_choice(asked) == begun
    runs.check(runs.recall_choice(asked), runs.describe(data))
    fresh = settings("--name", "fresh", "--auto")
    assert runs.recall_choice(fresh) == fresh
