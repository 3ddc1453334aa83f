"""Something validates wherever it can, and where it cannot everybody says how it could."""

import json

import pytest

from evaluation.rows import DataError, read_questions
from finetune import data as training
from tests.vlm3_dataset import prepared
from vlm3_dataset import __main__ as command
from vlm3_dataset.hub.format import NO_VALIDATION
from vlm3_dataset.splitting import warning
from vlm3_dataset.vlm3_dataset import NoDataset, Vlm3

PARTS = ("Flywheel", "Clutch", "Brake", "Hub")
STAGES = ("classify", "generate", "filter", "emit")


def table(name):
    """Other parts and values for each name, so that no two pages are alike."""
    return [(f"{part} bolt {name * 2}", f"{n + 11 * (ord(name) - 96)} Nm") for n, part in enumerate(PARTS)]


def sides(place):
    found = {}
    for side in ("train", "val"):
        for line in (place / f"training_data/vlm_{side}.jsonl").open():
            found[json.loads(line)["metadata"]["page_id"]] = side
    return found


def test_of_ten_groups_one_validates_and_what_is_named_does_instead(tmp_path, capsys):
    prepared.prepare(tmp_path / "work", {name: table(name) for name in "abcdefghij"})
    prepared.run(tmp_path, *STAGES)
    found = sides(tmp_path)
    assert sorted(found.values()) == ["train"] * (len(found) - 1) + ["val"], found
    folders = ["--work", str(tmp_path / "work"), "--output", str(tmp_path / "training_data")]
    capsys.readouterr()
    command.main(["emit", "--labeler", "rules", *folders, "--val", "c.jpg", "--val", "d"])
    assert {page for page, side in sides(tmp_path).items() if side == "val"} == {"c", "d"}
    command.main(["emit", "--labeler", "rules", *folders])
    assert {page for page, side in sides(tmp_path).items() if side == "val"} == {"c", "d"}
    assert "20% of the pairs validate, as groups are whole" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        command.main(["emit", "--labeler", "rules", *folders, "--val", "z*"])
    assert ended.value.code == 2
    assert "--val z* fits none of 10 pages" in capsys.readouterr().err


def test_what_cannot_be_split_is_told_by_all_who_read_it(tmp_path, capsys):
    prepared.prepare(tmp_path / "work", {"a": table("a")})
    prepared.run(tmp_path, *STAGES)
    data = tmp_path / "training_data"
    assert NO_VALIDATION in capsys.readouterr().out
    assert NO_VALIDATION in (data / "hub/README.md").read_text()
    assert NO_VALIDATION in training.summary(training.read_dataset(str(data)))
    with pytest.raises(DataError, match=NO_VALIDATION):
        read_questions(data, "val")
    builder = Vlm3(data_dir=data, cache_dir=tmp_path / "cache")
    builder.download_and_prepare()
    with pytest.raises(NoDataset, match=NO_VALIDATION):
        builder.as_dataset(split="validation")
    assert builder.as_dataset(split="train").num_rows == 1


@pytest.mark.parametrize(("val", "share", "named", "said"), [
    (10, None, False, ""),
    (4, None, False, "--val-share"),
    (4, None, True, ""),
    (30, 0.3, False, ""),
    (10, 0.3, False, "--val GLOB"),
    (0, None, True, NO_VALIDATION),
])  # fmt: skip
def test_a_warning_names_a_way_on(val, share, named, said):
    text = warning(val, 100, share=share, is_named=named)
    assert said in text
    assert bool(said) == bool(text)
