"""The folder that emit wrote, as a builder of `datasets`: the same rows as the Parquet, and never yesterday's."""

import signal
import subprocess
import sys

import datasets
import pytest

from tests.vlm3_dataset.hub.test_emit import entry, picture
from tests.vlm3_dataset.shelves import fill
from vlm3_dataset import Vlm3
from vlm3_dataset.hub import emit
from vlm3_dataset.hub.emitted import NoDataset

PAGES = [("21-03", "train", ("24 Nm", "34 Nm")), ("11-54", "train"), ("33-01", "val")]


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path, PAGES)


def write(place, pages):
    made = [entry(*page) for page in pages]
    fill(place / "work", {one.page.image: picture(one.page.page_id) for one in made})
    emit.emit(made, place / "work", place / "training_data")
    return place / "training_data"


def built(folder, config="pages", **options):
    builder = Vlm3(config_name=config, data_dir=folder, cache_dir=str(folder.parent / "cache"))
    builder.download_and_prepare(**options)
    return builder.as_dataset()


@pytest.mark.parametrize("config", ["pages", "qa"])
def test_the_rows_are_those_of_the_parquet(folder, config):
    ours = built(folder, config)
    theirs = datasets.load_dataset(str(folder / "hub"), config, cache_dir=str(folder.parent / "other"))
    assert ours.keys() == theirs.keys() == {"train", "validation"}
    for split, rows in theirs.items():
        assert ours[split].features == rows.features
        hidden = {"image": datasets.Image(decode=False)} if config == "pages" else {}
        assert list(recast(ours[split], hidden)) == list(recast(rows, hidden))


def recast(rows, columns):
    for name, feature in columns.items():
        rows = rows.cast_column(name, feature)
    return rows


def test_images_keep_their_bytes_and_decode(folder):
    page = built(folder)["validation"][0]
    assert page["image"].size == (300, 200)
    raw = built(folder)["validation"].cast_column("image", datasets.Image(decode=False))[0]["image"]["bytes"]
    assert raw == (folder / "images" / "33-01.jpg").read_bytes()


def test_a_folder_that_has_grown_gives_its_new_rows(folder):
    assert built(folder, "qa")["train"].num_rows == 3
    write(folder.parent, [*PAGES, ("12-01", "train", ("7 mm",))])
    assert built(folder, "qa")["train"].num_rows == 4


KILLED = """
import os, signal, sys
from vlm3_dataset import Vlm3
from vlm3_dataset.hub.emitted import Emitted
rows = Emitted.rows
def dies(self, lines):
    for number, page in enumerate(rows(self, lines)):
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        yield page
Emitted.rows = dies
Vlm3(data_dir=sys.argv[1], cache_dir=sys.argv[2]).download_and_prepare()
"""


def test_a_build_that_is_killed_leaves_nothing_in_the_next(folder, root):
    cache = folder.parent / "cache"
    ended = subprocess.run([sys.executable, "-c", KILLED, folder, cache], cwd=root, check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL
    (left,) = cache.rglob("*.incomplete")
    fill(left, {"vlm3_dataset-train-00007-of-00009.arrow": b"of a build with more processes"})
    assert built(folder)["train"]["page_id"] == ["11-54", "21-03"]
    assert sorted(path.name for path in cache.rglob("*.arrow")) == [
        "vlm3_dataset-train.arrow",
        "vlm3_dataset-validation.arrow",
    ]


def test_the_rows_are_those_that_a_build_gives(folder):
    for config in ("pages", "qa"):
        rows = Vlm3(config_name=config, data_dir=folder, cache_dir=str(folder.parent / "cache")).rows()
        hidden = {"image": datasets.Image(decode=False)} if config == "pages" else {}
        for split, found in built(folder, config).items():
            assert list(rows[split]) == list(recast(found, hidden))


def test_two_processes_make_the_same_rows(folder, monkeypatch):
    monkeypatch.setattr("vlm3_dataset.vlm3_dataset.A_SHARD", 1)
    assert (
        built(folder, "qa", num_proc=2)["train"]["question"]
        == built(write(folder.parent / "b", PAGES), "qa")["train"]["question"]
    )


def test_without_a_dataset(tmp_path):
    with pytest.raises(NoDataset, match=r"holds no vlm_train\.jsonl; make one with `emit`"):
        Vlm3(data_dir=tmp_path)


def test_the_second_builder_of_a_process_has_paths_that_a_worker_can_read_without_datasets(tmp_path):
    """`datasets` puts a class of its own in the place of `Path` in a builder's module, once the first has been made."""
    (tmp_path / "shelf").mkdir()
    for _ in range(2):
        table = Vlm3(shelf=tmp_path / "shelf", work=str(tmp_path), cache_dir=str(tmp_path / "cache")).table
        assert {type(table.shelf), type(table.work)} == {type(tmp_path)}
