"""The card says what the run was; that of a tiny run says first that it knows nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from finetune import config, report

DATA = {"train_rows": 12, "val_rows": 0, "pages": 3, "left_out": 2, "digest": "abc"}
METRICS = [{"step": 1, "loss": 5.0, "grad_norm": 2.0}, {"step": 9, "loss": 4.5, "learning_rate": 1e-4}]


def test_the_card_carries_the_figures() -> None:
    card = report.card(config.read([]), DATA, METRICS)
    for line in (
        "| training | 12 rows |",
        "| left out | 2 rows |",
        "| steps | 9 of 16 questions |",
        "| training loss | 5.0000 after step 1, 4.5000 after step 9 |",
        "| validation loss | not measured |",
    ):
        assert line in card
    assert "knows nothing" not in card


def test_a_tiny_card_begins_with_the_warning(settings: Callable[..., config.Settings]) -> None:
    title, _, warning = report.card(settings(), DATA, METRICS).splitlines()[:3]
    assert title == "# lora_qwen2vl"
    assert "knows nothing" in warning


@pytest.mark.parametrize("metrics", [METRICS, METRICS[:1], []])
def test_curves_are_drawn_from_whatever_was_logged(metrics: list[dict[str, float]], tmp_path: Path) -> None:
    report.draw_curves(metrics, tmp_path / "curves.png")
    with Image.open(tmp_path / "curves.png") as image:
        assert image.width > 1000
