"""What training will see can be read, and looked at, before it is paid for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from finetune.data import Data
from finetune.examples import example
from finetune.packing.attention import visible
from finetune.packing.collator import SharedRows
from finetune.tools import picture, prepare

Shown = Callable[..., str]


@pytest.fixture
def shown(
    training_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shown:
    """What the command prints with these flags."""

    def run(*flags: str) -> str:
        line = ["--model", "tiny", "--data", str(training_data), "--output", str(tmp_path / "runs"), *flags]
        monkeypatch.setattr("sys.argv", ["prepare", *line])
        prepare.main()
        return capsys.readouterr().out

    return run


def test_it_shows_rows_tokens_cost_and_a_picture(shown: Shown, tmp_path: Path) -> None:
    lines = shown().splitlines()
    assert lines[0] == "12 training and 4 validation rows about 4 pages"
    assert lines[1].startswith("3 rows of a page with up to 4 of its questions; truncated rows: 0")
    assert lines[5] == "pages reduced in size: 2 of 4, the most page 21-02, 2.47 times smaller a side"
    assert any(line.endswith("<- this run") for line in lines)
    path = tmp_path / "runs" / "lora_qwen2vl.row.png"
    assert lines[-1].startswith(
        "picture of the largest row that can be drawn (page 21-02, 640 x 480 pixels, 4 questions"
    )
    assert lines[-1].endswith(str(path))
    with Image.open(path) as image:
        assert min(image.size) > 800


def test_a_row_a_question(shown: Shown, tmp_path: Path) -> None:
    out = shown("--packing", "off", "--picture", str(tmp_path / "here.png"))
    assert "12 rows of one question; truncated rows: 0" in out
    assert "1 questions" in out
    assert (tmp_path / "here.png").is_file()


def test_the_words_are_those_of_the_tensors(processor: Any, data: Data) -> None:
    rows = data.train[4:8]
    batch = SharedRows(processor)([example(rows)])
    segments = batch["segments"][0][batch["segments"][0] >= 0]
    ids, labels = batch["input_ids"][0, : len(segments)], batch["labels"][0, : len(segments)]
    found = picture.pieces(ids.tolist(), labels.tolist(), segments.tolist(), processor)
    assert sum(piece.tokens for piece in found) == len(segments)
    assert [piece.words for piece in found if piece.kind == "scored"] == [f"{row.answer}<|im_end|>\n" for row in rows]
    before = "".join(piece.words for piece in found).partition(rows[0].answer)[0]
    assert before.endswith(f"{rows[0].question}<|im_end|>\n<|im_start|>assistant\n")
    (image,) = [piece for piece in found if piece.kind == "image"]
    assert image.words == f"[{image.tokens} image tokens]"
    relation = picture.relations(segments)
    assert np.array_equal(relation != picture.UNSEEN, visible(segments[None])[0, 0].numpy())
    assert (relation == picture.OWN).any()


def test_the_page_is_drawn_no_longer_than_the_words() -> None:
    import torch

    is_image = torch.tensor([False] * 4 + [True] * 60 + [False] * 2)
    kept = picture.shortened(is_image)
    assert kept.tolist() == [0, 1, 2, 3, 10, 20, 30, 40, 50, 60, 64, 65]
    assert picture.shortened(~is_image).tolist() == list(range(66))


def test_the_page_is_what_the_model_gets(processor: Any) -> None:
    """Four colours in the corners: a patch at another place, a turned page or a swapped colour would show."""
    colours = np.array([[[250, 20, 20], [20, 250, 20]], [[20, 20, 250], [250, 250, 20]]], dtype=np.uint8)
    drawn = Image.fromarray(colours.repeat(84, axis=0).repeat(56, axis=1))  # 112 x 168, which no rounding changes
    batch = processor.image_processor(images=[drawn], return_tensors="pt")
    seen = picture.page(batch["pixel_values"], batch["image_grid_thw"][0], processor)
    assert seen.shape == (168, 112, 3)
    assert np.abs(seen.astype(int) - np.asarray(drawn).astype(int)).max() <= 1


@pytest.mark.parametrize(
    ("flags", "named", "code"),
    [
        (["--data", "nowhere"], "nowhere holds", 2),
        (["--picture", "/proc/nowhere/row.png"], "cannot write the picture", 1),
    ],
)
def test_a_mistake_is_one_line(
    flags: list[str], named: str, code: int, shown: Shown, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        shown(*flags)
    assert stop.value.code == code
    error = capsys.readouterr().err
    assert error.startswith("python -m finetune.tools.prepare: ")
    assert named in error
    assert error.count("\n") == 1
