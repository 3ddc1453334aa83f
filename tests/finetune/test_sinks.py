"""Metrics also go where they were asked to go, if that is installed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from finetune.config import Settings
from finetune.errors import RunError
from finetune.watch import sinks

WRITER = """
scalars = {}

class SummaryWriter:
    def __init__(self, log_dir=None):
        scalars["log_dir"] = log_dir

    def add_scalar(self, name, value, step):
        scalars.setdefault(name, []).append(step)

    def add_text(self, *_):
        pass

    def flush(self):
        pass

    def close(self):
        pass
"""


@pytest.mark.parametrize("sink", ["tensorboard", "trackio", "wandb"])
def test_what_is_not_installed_is_one_line(settings: Callable[..., Settings], sink: str) -> None:
    with pytest.raises(RunError, match=f"--report-to {sink} needs .* pip install {sink}"):
        sinks.require(settings("--report-to", sink))
    sinks.require(settings())


def test_metrics_reach_the_sink(
    settings: Callable[..., Settings], trainer: Any, data: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from finetune.trainer import build

    (tmp_path / "tensorboardX.py").write_text(WRITER, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", "")
    monkeypatch.delenv("TENSORBOARD_LOGGING_DIR")
    chosen = settings("--max-steps", "2", "--eval-every", "2", "--batch-size", "2", "--report-to", "tensorboard")
    sinks.require(chosen)
    build(chosen, trainer.model.unload(), trainer.processing_class, data).train()
    from tensorboardX import scalars

    assert scalars["log_dir"] == str(chosen.folder / "tensorboard")
    assert scalars["train/loss"] == [1, 2]
    assert scalars["eval/loss"] == scalars["eval/loss/numbers"] == [2]
    assert scalars["train/clock/questions_per_second"] == [1, 2]
