"""A run goes on only as what it began as, and from a checkpoint that is whole."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from finetune import pages, runs
from finetune.config import Settings
from finetune.errors import RunError
from tests.finetune.conftest import draw


@pytest.fixture
def begun(settings: Callable[..., Settings], data: Any) -> Settings:
    """A run that was stopped after its second checkpoint was begun."""
    chosen = settings("--name", "begun")
    runs.start(chosen, runs.describe(data))
    for step, state in ((9, "{}"), (10, '{"global_step": 1')):
        checkpoint = chosen.folder / f"checkpoint-{step}"
        checkpoint.mkdir()
        (checkpoint / "trainer_state.json").write_text(state, encoding="utf-8")
    (chosen.folder / f"metrics.jsonl.{2**22 + 1}.part").touch()  # Linux gives out no such process id: it is dead
    return chosen


def test_a_torn_checkpoint_is_not_gone_on_from(begun: Settings, data: Any) -> None:
    assert runs.last_checkpoint(begun.folder) == begun.folder / "checkpoint-9"
    runs.start(begun, runs.describe(data))
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
    with pytest.raises(RunError, match=changed):
        runs.check(again, runs.describe(data))


def test_other_data_are_named(begun: Settings, data: Any) -> None:
    with pytest.raises(RunError, match="rows or pages of the data"):
        runs.check(begun, runs.describe(data) | {"digest": "other"})


def test_a_page_that_was_drawn_again_is_noticed(training_data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(training_data, tmp_path / "data")
    first, again = (runs.describe(pages.read(str(folder))) for folder in (training_data, copy))
    assert first == again
    draw(copy / "images" / "21-04.jpg", (300, 400), "Torque 32 Nm")  # of the same size
    assert runs.describe(pages.read(str(copy)))["digest"] != first["digest"]


def test_a_folder_without_progress_may_begin_anew(settings: Callable[..., Settings], data: Any) -> None:
    runs.start(settings(), runs.describe(data))
    runs.check(settings("--seed", "1"), runs.describe(data))
    assert runs.last_checkpoint(settings().folder) is None


def test_order_is_by_step_and_not_by_name(tmp_path: Path) -> None:
    for step in (8, 16, 4):
        (tmp_path / f"checkpoint-{step}").mkdir()
        (tmp_path / f"checkpoint-{step}" / "trainer_state.json").write_text("{}", encoding="utf-8")
    assert runs.last_checkpoint(tmp_path) == tmp_path / "checkpoint-16"
