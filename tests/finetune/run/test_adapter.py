"""A run leaves the adapter of its lowest validation loss, whose checkpoint is kept till the end."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file
from transformers import TrainerState

from finetune.run import checkpoints
from vlm3_dataset.files import read_json

WEIGHTS = "adapter_model.safetensors"


class Processor:
    """Stands for what is saved beside an adapter."""

    def save_pretrained(self, folder: Path) -> None:
        (folder / "processor").touch()


class Model:
    """Stands for an adapter: PEFT writes a card of its own."""

    def save_pretrained(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "README.md").touch()
        (folder / "last weights").touch()


@pytest.fixture
def evaluated(trainer: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A training of five steps with an evaluation after each: the second is the best, the third as good."""
    losses = iter((2.0, 1.0, 1.0, 1.5, 1.2, 1.2))
    monkeypatch.setattr("finetune.validation.means", lambda _: {"eval_loss": next(losses)})
    trainer.args.max_steps, trainer.args.eval_steps, trainer.args.save_steps = 5, 1, 2
    trainer.train()
    return trainer


def test_the_best_is_what_a_run_leaves(evaluated: Any) -> None:
    run = Path(evaluated.args.output_dir)
    assert [path.name for path in checkpoints.folders(run)] == ["checkpoint-2", "checkpoint-4", "checkpoint-5"]
    measured = checkpoints.leave_adapter(evaluated.model, evaluated.processing_class, run, evaluated.state)
    assert measured == {"step": 2, "eval_loss": 1.0} == read_json(run / "adapter" / "measured.json")
    left, best, last = (load_file(run / name / WEIGHTS) for name in ("adapter", "checkpoint-2", "checkpoint-5"))
    assert all(weight.equal(best[name]) for name, weight in left.items())
    assert not all(weight.equal(last[name]) for name, weight in left.items())
    assert (run / "adapter" / "processor_config.json").is_file()


def test_a_best_one_that_was_torn_is_forgotten(evaluated: Any) -> None:
    run = Path(evaluated.args.output_dir)
    for step in (2, 5):
        shutil.rmtree(run / f"checkpoint-{step}")  # as `runs.start` removes it
    evaluated.train(resume_from_checkpoint=str(run / "checkpoint-4"))
    assert (evaluated.state.best_global_step, evaluated.state.best_metric) == (5, 1.2)


def test_without_validation_the_last_is_left(tmp_path: Path) -> None:
    assert checkpoints.leave_adapter(Model(), Processor(), tmp_path, TrainerState()) is None
    assert {path.name for path in (tmp_path / "adapter").iterdir()} == {"last weights", "processor"}


def test_it_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[Path] = []
    monkeypatch.setattr("os.fsync", lambda file: flushed.append(Path(f"/proc/self/fd/{file}").readlink()))
    checkpoints.leave_adapter(Model(), Processor(), tmp_path, TrainerState())
    assert {path.name for path in flushed} == {"last weights", "processor"}
    assert {path.parent.name for path in flushed} == {"adapter.unfinished"}
