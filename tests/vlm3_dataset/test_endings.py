"""Every run says where its results lie and what comes next."""

from pathlib import Path

import pytest

from vlm3_dataset.endings import STAGES, command, ending


def test_folders_that_are_not_the_usual_ones_are_named():
    assert command("emit", work=Path("work"), output=Path("my out")) == "vlm3 emit --output 'my out'"


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_leads_to_the_next(stage):
    text = ending(stage, Path("w"), Path("out"))
    following = (*STAGES, "review")[STAGES.index(stage) + 1]
    assert f"vlm3 {following} --work w" in text.partition("\nNext\n")[2]
    assert "w/inventory.csv" in text
    assert ("out/report.html" in text) == (stage == "emit")
