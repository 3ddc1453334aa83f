"""The best adapter is kept whatever is killed when, and is what a run leaves."""

from pathlib import Path

import pytest

from finetune.run import adapter


class Processor:
    """Stands for what is saved beside an adapter."""

    def save_pretrained(self, folder: Path) -> None:
        (folder / "processor").touch()


class Model:
    """Stands for an adapter: PEFT writes a card of its own."""

    def __init__(self, weights: str) -> None:
        self.weights = weights

    def save_pretrained(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "README.md").touch()
        (folder / self.weights).touch()


def keep(run: Path, *evaluations: tuple[int, float]) -> None:
    for step, loss in evaluations:
        adapter.keep_if_best(Model(f"weights of {step}"), Processor(), run, step, loss)


@pytest.mark.parametrize(
    ("evaluations", "best"),
    [
        ([(250, 2.0)], 250),
        ([(250, 2.0), (500, 1.0), (750, 1.5)], 500),
        ([(250, 1.0), (500, 1.0)], 250),  # of equals the first, so that a repeated evaluation changes nothing
        ([(250, 2.0), (500, 1.0), (250, 2.0), (500, 1.0), (750, 3.0)], 500),  # killed after 500, gone on from the start
    ],
)
def test_the_best_is_what_a_run_leaves(evaluations: list[tuple[int, float]], best: int, tmp_path: Path) -> None:
    keep(tmp_path, *evaluations)
    measured = adapter.finish(Model("last weights"), Processor(), tmp_path)
    assert measured["step"] == best
    adapter.clear(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"adapter"}
    assert {path.name for path in (tmp_path / "adapter").iterdir()} == {
        f"weights of {best}", "processor", adapter.MEASURED,
    }  # fmt: skip


def test_a_kill_between_two_leaves_the_better(tmp_path: Path) -> None:
    keep(tmp_path, (250, 2.0))
    adapter.save(Model("new"), Processor(), tmp_path / "best-500", {"step": 500, "eval_loss": 1.0})
    (tmp_path / "best-750.unfinished").mkdir()  # killed while it was written
    assert adapter.best(tmp_path) == tmp_path / "best-500"


def test_without_validation_the_last_is_left(tmp_path: Path) -> None:
    assert adapter.finish(Model("last weights"), Processor(), tmp_path) is None
    assert (tmp_path / "adapter" / "last weights").is_file()


def test_it_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[Path] = []
    monkeypatch.setattr("os.fsync", lambda file: flushed.append(Path(f"/proc/self/fd/{file}").readlink()))
    adapter.finish(Model("last weights"), Processor(), tmp_path)
    assert {path.name for path in flushed} == {"last weights", "processor"}
    assert {path.parent.name for path in flushed} == {"adapter.unfinished"}
