"""The picture of a run is drawn from whatever was logged."""

from pathlib import Path

import pytest
from PIL import Image

from finetune.run.curves import draw_curves

METRICS = [
    {"step": 1, "loss": 5.0, "grad_norm": 2.0, "clock/memory_gb": 3.0},
    {"step": 4, "eval_loss": 3.0, "eval_loss/numbers": 2.0, "eval_loss/procedure": 3.0},
    {"step": 9, "loss": 4.5, "learning_rate": 1e-4},
]


@pytest.mark.parametrize("metrics", [METRICS, METRICS[:1], []])
@pytest.mark.parametrize("best", [None, 4])
def test_curves_are_drawn_from_whatever_was_logged(
    metrics: list[dict[str, float]], best: int | None, tmp_path: Path
) -> None:
    draw_curves(metrics, tmp_path / "curves.png", best)
    with Image.open(tmp_path / "curves.png") as image:
        assert image.width > 1000
