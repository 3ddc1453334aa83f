"""The dataset on disk: exact rows, whole files, the same bytes again, and it loads."""

import json
import shutil
from dataclasses import replace

import pytest
from datasets import load_dataset

from tests.vlm3_dataset.shelves import fill, scan
from vlm3_dataset.files import sha256
from vlm3_dataset.hub import emit as writer
from vlm3_dataset.hub.check import check
from vlm3_dataset.hub.format import Entry
from vlm3_dataset.schema import QA, Claim, Page

PLACE = "10,20.5,90,40 120,20,160,41"


def entry(page_id, side, answers=("24 Nm",), section="Clutch"):
    image = f"pages/{page_id}.jpg"
    page = Page(
        page_id, f"s/{page_id}.jpg", 1, "image", "21", section, f"{page_id}-0x", image, sha256(picture(page_id))
    )
    pairs = [
        QA(f"Torque {n} of {page_id}?", answer, answer, "torque", "rules", None, "rules-2", "verified", place=PLACE)
        for n, answer in enumerate(answers)
    ]
    return Entry(page, "specification", side, tuple(pairs))


def picture(page_id):
    return scan([(page_id, "24 Nm")], size=(300, 200))


@pytest.fixture
def entries(tmp_path):
    made = [entry("21-03", "train", ("24 Nm", "34 Nm")), entry("11-54", "train"), entry("33-01", "val")]
    fill(tmp_path / "work", {one.page.image: picture(one.page.page_id) for one in made})
    return made


def emit(entries, tmp_path, name="out"):
    writer.emit(entries, tmp_path / "work", tmp_path / name)
    return tmp_path / name


def rows(folder, side):
    return [json.loads(line) for line in (folder / f"vlm_{side}.jsonl").read_text().splitlines()]


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_row_is_exactly_that_of_the_design(entries, tmp_path):
    folder = emit(entries, tmp_path)
    row = rows(folder, "val")[0]
    assert row == {
        "image": "images/33-01.jpg",
        "conversations": [
            {"role": "user", "content": "Torque 0 of 33-01?"},
            {"role": "assistant", "content": "24 Nm"},
        ],
        "metadata": {
            "page_id": "33-01",
            "section_name": "Clutch",
            "content_type": "specification",
            "source": "s/33-01.jpg",
            "source_url": None,
            "question_type": "torque",
            "evidence": "24 Nm",
            "place": [[10, 20.5, 90, 40], [120, 20, 160, 41]],
            "labeler": "rules",
            "model": None,
            "prompt_version": "rules-2",
            "numbers_grounded": "verified",
            "second_reader": "not asked",
            "needs_image": False,
            "reviewed": "no",
            "group": "33-01-0x",
        },
    }
    assert [row["metadata"]["page_id"] for row in rows(folder, "train")] == ["11-54", "21-03", "21-03"]


def test_every_image_is_there_with_the_pages_own_bytes(entries, tmp_path):
    folder = emit(entries, tmp_path)
    for side in ("train", "val"):
        for row in rows(folder, side):
            assert (folder / row["image"]).read_bytes() == picture(row["metadata"]["page_id"])


def test_the_same_entries_give_the_same_bytes_in_any_order(entries, tmp_path):
    assert contents(emit(entries, tmp_path, "a")) == contents(emit(entries[::-1], tmp_path, "b"))


def test_what_no_row_names_any_more_is_removed(entries, tmp_path):
    emit(entries, tmp_path)
    fill(tmp_path / "work", {"pages/33-01.json": b"{}"})
    fill(tmp_path / "out", {"images/mine.jpg": b"not theirs"})
    folder = emit(entries[:2], tmp_path)
    assert (folder / "images/mine.jpg").read_bytes() == b"not theirs"
    (folder / "images/mine.jpg").unlink()
    assert sorted(path.name for path in (folder / "images").iterdir()) == ["11-54.jpg", "21-03.jpg"]
    assert rows(folder, "val") == []
    assert not (folder / "hub/pages/validation.parquet").exists()


def test_it_loads_as_from_the_hub(entries, tmp_path):
    from datasets import load_dataset

    hub = str(emit(entries, tmp_path) / "hub")
    pages = load_dataset(hub, cache_dir=tmp_path / "cache")
    assert {split: pages[split]["page_id"] for split in pages} == {
        "train": ["11-54", "21-03"],
        "validation": ["33-01"],
    }
    assert pages["train"][1]["image"].size == (300, 200)
    assert [pair["answer"] for pair in pages["train"][1]["qa"]] == ["24 Nm", "34 Nm"]
    pairs = load_dataset(hub, "qa", split="train", cache_dir=tmp_path / "cache")
    assert pairs["answer"] == ["24 Nm", "24 Nm", "34 Nm"]
    assert "image" not in pairs.column_names
    boxes = rows(tmp_path / "out", "train")[0]["metadata"]["place"]
    assert pairs[0]["place"] == pages["train"][0]["qa"][0]["place"] == boxes
    assert next(iter(load_dataset(hub, streaming=True, split="train")))["qa"][0]["place"] == boxes


def test_the_folder_around_loads_the_same(entries, tmp_path):
    from datasets import load_dataset

    folder = emit(entries, tmp_path)
    for config in ("pages", "qa"):
        around, hub = (
            load_dataset(str(each), config, cache_dir=tmp_path / "cache") for each in (folder, folder / "hub")
        )
        assert {split: around[split].to_list() for split in around} == {split: hub[split].to_list() for split in hub}
    emit([entry("21-03", "train", ("25 Nm", "34 Nm")), *entries[1:]], tmp_path)
    changed = load_dataset(str(folder), "qa", split="train", cache_dir=tmp_path / "cache")
    assert "25 Nm" in changed["answer"]


def test_a_changed_dataset_is_not_served_from_the_cache(entries, tmp_path):
    from datasets import load_dataset

    load_dataset(str(emit(entries, tmp_path) / "hub"), "qa", cache_dir=tmp_path / "cache")
    hub = str(emit([entry("21-03", "train", ("25 Nm",)), *entries[1:]], tmp_path) / "hub")
    assert "25 Nm" in load_dataset(hub, "qa", split="train", cache_dir=tmp_path / "cache")["answer"]


def test_the_card_counts_and_says_whose_it_is(entries, tmp_path):
    card = (emit(entries, tmp_path) / "hub/README.md").read_text()
    assert "| train | 2 | 3 |" in card
    assert "| validation | 1 | 1 |" in card
    assert "belong to their owners" in card
    assert "Anthropic's commercial terms" in card


def test_a_threads_pairs_are_rows_without_an_image(entries, tmp_path):
    page = Page("thread-b-7", "forum/b/7", 1, "thread", "", "Engine", "thread-b-7", sha256="f" * 64, source_url="u")
    claim = Claim("The sensor.", 3, "It was the sensor.", "first-hand", "u#3", "2013-05-25")
    qa = QA("What was it?", "The sensor.", claim.quote, "troubleshooting", "claude", "m", "threads-1", "quoted")
    told = Entry(page, "troubleshooting", "train", (replace(qa, claims=(claim,), confidence="one owner", owners=1),))
    folder = emit([told, *entries], tmp_path)
    row = rows(folder, "train")[-1]
    assert (row["image"], row["metadata"]["source"], row["metadata"]["source_url"]) == (None, "forum", "u")
    assert row["metadata"]["claims"][0] == {
        "statement": "The sensor.", "standing": "first-hand", "post_url": "u#3", "date": "2013-05-25",
        "quote": "It was the sensor.",
    }  # fmt: skip
    threads, pairs, pages = (load_dataset(str(folder), name) for name in ("threads", "qa", "pages"))
    assert threads["train"][0]["qa"][0]["confidence"] == "one owner"
    assert pages["train"][0]["qa"][0]["claims"] == []
    assert threads["train"][0]["qa"][0]["place"] == []
    assert len(pairs["train"]) == len(rows(folder, "train"))
    assert "| one owner | 1 |" in (folder / "hub" / "README.md").read_text()
    assert check(folder / "hub").rows["threads/train"] == 1


def test_threads_alone_are_a_dataset(tmp_path):
    page = Page("thread-b-7", "forum/b/7", 1, "thread", "", "Engine", "thread-b-7", sha256="f" * 64)
    claim = Claim("The sensor.", 3, "It was the sensor.", "first-hand")
    qa = QA("What was it?", "The sensor.", claim.quote, "troubleshooting", "claude", "m", "v", claims=(claim,))
    folder = emit([Entry(page, "troubleshooting", "train", (qa,))], tmp_path)
    assert check(folder / "hub").rows == {"qa/train": 1, "threads/train": 1}
    said = rows(folder, "train")[0]["metadata"]
    assert (said["confidence"], said["owners"], said["manual"]) == (None, None, None)  # nothing rates it
    assert "| unknown | 1 |" in (folder / "hub/README.md").read_text().split("| worth of what owners say | pairs |")[1]


def test_an_html_page_told_as_text_is_a_row_without_an_image_and_loads(entries, tmp_path):
    sheet = replace(
        entries[0].page, page_id="specs.text", origin="html", source="specs.html", image="", sha256="e" * 64
    )
    folder = emit([*entries, replace(entries[0], page=sheet)], tmp_path)
    row = next(row for row in rows(folder, "train") if row["metadata"]["page_id"] == "specs.text")
    assert (row["image"], row["metadata"]["source"]) == (None, "manual")
    assert "claims" not in row["metadata"]
    sheets, pairs = (load_dataset(str(folder / "hub"), name)["train"] for name in ("sheets", "qa"))
    assert [qa["question"] for qa in sheets[0]["qa"]] == [qa.question for qa in entries[0].pairs]
    assert set(sheets["source"]) == {"manual"}
    assert len(pairs) == len(rows(folder, "train"))
    assert check(folder / "hub").rows["sheets/train"] == 1
    card = (folder / "hub" / "README.md").read_text()
    assert "| text | 2 |" in card
    assert "config `sheets`" in card
    shutil.rmtree(folder)
    assert "sheets" not in (emit(entries, tmp_path) / "hub" / "README.md").read_text()
    assert not (folder / "hub" / "sheets").exists()
