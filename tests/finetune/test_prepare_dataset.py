"""What training will see can be read before it is paid for."""

from pathlib import Path

import pytest

from finetune import prepare_dataset


def test_it_shows_rows_tokens_and_one_row(
    training_data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["prepare_dataset", "--model", "tiny", "--data", str(training_data)])
    prepare_dataset.main()
    shown = capsys.readouterr().out
    assert shown.startswith("12 training and 4 validation rows about 4 pages\n")
    assert "largest row, page 21-02, 640 x 480 pixels" in shown
    assert "<|vision_start|>[54 image tokens]<|vision_end|>What is value 0 of 21-02?" in shown


def test_a_missing_folder_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["prepare_dataset", "--model", "tiny", "--data", "nowhere"])
    with pytest.raises(SystemExit) as stop:
        prepare_dataset.main()
    assert stop.value.code == 1
    error = capsys.readouterr().err
    assert error.startswith("python -m finetune.prepare_dataset: nowhere holds")
    assert error.count("\n") == 1
