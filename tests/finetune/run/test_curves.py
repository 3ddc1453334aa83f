"""The picture of a run is drawn from whatever was logged."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure
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


def test_a_panel_without_figures_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: drawn.append(figure))
    draw_curves([METRICS[0], METRICS[2]], tmp_path / "curves.png", best=4)
    losses, types, *_, speed, memory = drawn[0].axes
    assert [line.get_label() for line in losses.lines] == ["training", "adapter taken here"]
    for empty in (types, speed):
        assert [text.get_text() for text in empty.texts] == ["not measured"]
    assert not memory.texts
