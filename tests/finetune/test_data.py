"""Every row is either trained on or named with the reason why it is not."""

import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from datasets import Dataset, Features, Image, List, Value

from finetune.data import Data, read_dataset, summary
from tests.finetune.conftest import draw, line, write_lines
from vlm3_dataset.errors import UserError

GOOD = line("21-01", "How tight?", "24 Nm")
TURNS = GOOD["conversations"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    draw(tmp_path / "images" / "21-01.jpg", (120, 80), "24 Nm")
    draw(tmp_path / "images" / "strip.jpg", (900, 4), "")
    whole = (tmp_path / "images" / "21-01.jpg").read_bytes()
    (tmp_path / "images" / "torn.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "images" / "page.jpg").write_text("<html>Please log in</html>", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (line("21-01", " ", "24 Nm"), "empty question or answer"),
        (line("21-01", "How tight?", ""), "empty question or answer"),
        (line("21-01", "What is <|image_pad|>?", "24 Nm"), "special token <|image_pad|>"),
        (line("21-01", "How tight?", "24 Nm<|im_end|>"), "special token <|im_end|>"),
        (GOOD | {"image": "images/gone.jpg"}, "image is missing"),
        (GOOD | {"image": ""}, "image cannot be read"),
        (GOOD | {"image": None, "metadata": {"page_id": "21-01", "needs_image": True}}, "needs its page"),
        (GOOD | {"image": "images/torn.jpg"}, "image cannot be read"),
        (GOOD | {"image": "images/page.jpg"}, "image cannot be read"),
        (GOOD | {"image": "images/strip.jpg"}, "image is a strip"),
        (GOOD | {"image": "images"}, "image cannot be read"),
        (GOOD | {"image": "../other/21-01.jpg"}, "leads out of the data folder"),
        (GOOD | {"image": "/etc/hostname"}, "leads out of the data folder"),
        (GOOD | {"image": "images/21\0.jpg"}, "leads nowhere"),
        (GOOD | {"conversations": TURNS[:1]}, "not one question and one answer"),
        (GOOD | {"conversations": TURNS[::-1]}, "not one question and one answer"),
        (GOOD | {"conversations": TURNS * 2}, "not one question and one answer"),
        (GOOD | {"metadata": {}}, "metadata.page_id"),
        ({"image": "images/21-01.jpg"}, "conversations"),
        ([1, 2], "not a row"),
    ],
)
def test_a_bad_row_is_left_out_with_its_reason(folder: Path, row: Any, reason: str) -> None:
    write_lines(folder, "train", [GOOD, row])
    data = read_dataset(str(folder))
    assert [found.answer for found in data.train] == ["24 Nm"]
    assert [one.where for one in data.left_out] == ["vlm_train.jsonl line 2"]
    assert reason in data.left_out[0].reason


def test_a_page_stored_sideways_is_trained_upright(folder: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    PIL.Image.new("L", (60, 40)).save(folder / "images" / "21-01.jpg", exif=exif)
    write_lines(folder, "train", [GOOD])
    (row,) = read_dataset(str(folder)).train
    assert row.image.size == row.image.load().size == (40, 60)


def test_a_broken_line_costs_only_itself(folder: Path) -> None:
    write_lines(folder, "train", [GOOD])
    with (folder / "vlm_train.jsonl").open("ab") as file:
        file.write(b'{"image": "images/21-\xff\n')
    data = read_dataset(str(folder))
    assert (len(data.train), len(data.left_out)) == (1, 1)


def test_reasons_are_counted_with_their_first_place(folder: Path) -> None:
    write_lines(folder, "train", [GOOD, *[GOOD | {"image": "images/gone.jpg"}] * 3])
    _, unvalidated, reason = summary(read_dataset(str(folder)))
    assert unvalidated.startswith("no pair validates: make some with `emit --val-share 0.1`")
    assert reason == "left out 3 x image is missing (first: vlm_train.jsonl line 2)"


def test_no_row_at_all_is_one_clear_line(folder: Path) -> None:
    write_lines(folder, "train", [GOOD | {"image": "images/gone.jpg"}])
    with pytest.raises(UserError, match=r"no row to train on \(1 left out; the first: .* line 1: image is missing\)"):
        read_dataset(str(folder))


@pytest.mark.parametrize("source", ["nowhere", "no where/at/all", "some-owner/some-set"])
def test_a_missing_data_set_is_one_clear_line(source: str) -> None:
    with pytest.raises(UserError, match=source) as error:
        read_dataset(source)
    assert "\n" not in str(error.value)


PAIR = {"question": Value("string"), "answer": Value("string")}
FEATURES = Features({"page_id": Value("string"), "image": Image(), "qa": List(PAIR)})


def test_the_jsonl_itself_may_be_named(training_data: Path, data: Data) -> None:
    assert read_dataset(str(training_data / "vlm_train.jsonl")) == data


def test_a_null_in_parquet_is_a_row_without_a_page_unless_its_question_needs_one(data: Data, tmp_path: Path) -> None:
    good = BytesIO()
    data.train[0].image.load().save(good, "PNG")
    picture = {"bytes": good.getvalue(), "path": None}
    pair = {"question": "Torque of the bolt?", "answer": "24 Nm", "needs_image": False}
    rows = [
        {"page_id": "good", "image": picture, "qa": [pair], "source": "clutch.pdf"},
        {"page_id": "thread", "image": None, "qa": [pair], "source": "forum"},
        {"page_id": "sheet", "image": None, "qa": [pair, pair | {"needs_image": True}], "source": "techspec.html"},
        {"page_id": "torn", "image": {"bytes": b"", "path": None}, "qa": [pair], "source": "clutch.pdf"},
        {"page_id": "no pairs", "image": picture, "qa": None, "source": "clutch.pdf"},
        {"page_id": "gaps", "image": picture, "qa": [None, pair | {"answer": None}], "source": "clutch.pdf"},
        {"page_id": None, "image": picture, "qa": [pair], "source": "clutch.pdf"},
    ]
    pairs = List(PAIR | {"needs_image": Value("bool")})
    features = Features(FEATURES | {"qa": pairs, "source": Value("string")})
    Dataset.from_list(rows, features=features).to_parquet(tmp_path / "train-00000-of-00001.parquet")
    read = read_dataset(str(tmp_path))
    told = [(row.page_id, row.source, row.image is not None) for row in read.train]
    assert told == [("good", "manual", True), ("thread", "forum", False), ("sheet", "text", False)]
    assert [(left.where, left.reason) for left in read.left_out] == [
        ("train page sheet question 2", "the question needs its page, and there is no image"),
        ("train page torn question 1", "image cannot be read (UnidentifiedImageError)"),
        ("train page gaps question 1", "empty question or answer"),
        ("train page gaps question 2", "empty question or answer"),
        ("train page None question 1", "metadata.page_id: Field required"),
    ]


@pytest.mark.parametrize(
    ("image", "source", "kind"),
    [
        (None, "forum", "forum"),
        (None, "techspec.html", "text"),
        (None, None, "text"),
        ("images/21-01.jpg", "clutch.pdf", "manual"),
        ("images/21-01.jpg", "forum", "forum"),
    ],
)
def test_a_row_knows_of_which_kind_its_source_is(
    folder: Path, image: str | None, source: str | None, kind: str
) -> None:
    metadata = {"page_id": "post-7", "source": source, "url": "https://forum.example/t/7"}
    write_lines(folder, "train", [GOOD | {"image": image, "metadata": metadata}])
    data = read_dataset(str(folder))
    assert [(row.source, row.image is None) for row in data.train] == [(kind, image is None)]
    assert ("without a page" in summary(data)[0]) is (image is None)


def test_parquet_gives_the_same_rows_as_the_lines(training_data: Path, data: Data, tmp_path: Path) -> None:
    for split, rows in (("train", data.train), ("validation", data.val)):
        found: dict[str, dict[str, Any]] = {}
        for row in rows:
            image = {"bytes": (training_data / "images" / f"{row.page_id}.jpg").read_bytes(), "path": None}
            page = found.setdefault(row.page_id, {"page_id": row.page_id, "image": image, "qa": []})
            page["qa"].append({"question": row.question, "answer": row.answer})
        table = Dataset.from_list(list(found.values()), features=FEATURES)
        table.to_parquet(tmp_path / f"{split}-00000-of-00001.parquet")
    read = read_dataset(str(tmp_path))
    for ours, theirs in ((read.train, data.train), (read.val, data.val)):
        assert [(row.page_id, row.image.size, row.question) for row in ours] == [
            (row.page_id, row.image.size, row.question) for row in theirs
        ]
        assert ours[-1].image.load().tobytes() == theirs[-1].image.load().tobytes()


def test_a_row_knows_the_type_of_its_page_and_the_data_set_its_version(training_data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(training_data, tmp_path / "data")
    assert read_dataset(str(copy)).version == ""
    (copy / "release.json").write_text('{"version": "1.2.0"}', encoding="utf-8")
    data = read_dataset(str(copy))
    assert data.version == "1.2.0"
    assert {row.content_type for row in data.train} == {"procedure"}
