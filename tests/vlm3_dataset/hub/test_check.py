"""What `publish` looks at before anything leaves: every fault of a finished dataset is named, and stops it."""

from dataclasses import replace

import pytest
from PIL import Image

from tests.vlm3_dataset.hub.test_emit import contents, entry, picture
from tests.vlm3_dataset.shelves import fill
from vlm3_dataset.files import fingerprint, sha256
from vlm3_dataset.hub import emit
from vlm3_dataset.hub.check import Unpublishable, check

FIRST = (("21-03", "train", ("24 Nm", "34 Nm")), ("11-54", "train"), ("33-01", "val"))
SECOND = (*FIRST[:2], ("33-01", "val", ("25 Nm",)), ("41-07", "train"))


def release(folder, pages, name="first"):
    """Writes a dataset and gives the folder that goes to the Hub."""
    made = [entry(*each) for each in pages]
    fill(folder / "work", {one.page.image: picture(one.page.page_id) for one in made})
    emit.emit(made, folder / "work", folder / name)
    return folder / name / "hub"


def test_check_says_what_would_go(tmp_path):
    summary = check(release(tmp_path, FIRST))
    assert summary.rows == {"pages/train": 2, "pages/validation": 1, "qa/train": 3, "qa/validation": 1}
    assert [file.name for file in summary.files][:3] == ["README.md", "CHANGELOG.md", "pages/train.parquet"]
    assert str(summary).startswith("version 1.0.0, 9 files, 0.1 MB; rows: pages/train 2, pages/validation 1, qa/")


@pytest.mark.parametrize("name", ["page_id", "source", "labeler", "prompt_version"])
def test_a_row_without_provenance_stays_here(tmp_path, name):
    folder = release(tmp_path, FIRST)
    made = [entry(*each) for each in FIRST]
    one = made[0]
    pages = {"page_id", "source"}
    changed = (
        replace(one, page=replace(one.page, **{name: " "}))
        if name in pages
        else replace(one, pairs=(one.pairs[0], replace(one.pairs[1], **{name: ""})))
    )
    emit.emit([changed, *made[1:]], tmp_path / "work", tmp_path / "first")
    with pytest.raises(Unpublishable, match=rf"{'pages' if name in pages else 'qa'}/train.parquet, row \d: no {name};"):
        check(folder)


def test_a_page_on_both_sides_stays_here(tmp_path):
    with pytest.raises(Unpublishable, match=r"validation.parquet, row 0: page 11-54 stands in pages/train.parquet too"):
        check(release(tmp_path, (*FIRST, ("11-54", "val"))))


def test_an_image_that_cannot_be_read_stays_here(tmp_path, monkeypatch):
    folder = release(tmp_path, FIRST)
    monkeypatch.setattr(emit, "thumbnail", lambda image, box: Image.new("RGB", (8, 8)))
    made = [entry(*each) for each in FIRST]
    for data, said in ((picture("21-03")[:900], "page 21-03: image cannot be read"), (b"", "image cannot be read")):
        (tmp_path / "work" / made[0].page.image).write_bytes(data)
        (tmp_path / "first" / made[0].image).unlink()
        emit.emit(made, tmp_path / "work", tmp_path / "first")
        with pytest.raises(Unpublishable, match=said):
            check(folder)


def test_a_folder_that_emit_did_not_finish_stays_here(tmp_path):
    folder, other = release(tmp_path, FIRST), release(tmp_path, SECOND, "other")
    good = contents(folder)

    def with_files(files):
        for path in [path for path in folder.rglob("*") if path.is_file()]:
            path.unlink()
        fill(folder, {name: data for name, data in files.items() if data is not None})
        with pytest.raises(Unpublishable) as refused:
            check(folder)
        assert "\n" not in str(refused.value)
        return str(refused.value)

    theirs = contents(other)
    assert "README.md is missing; run emit" in with_files({})
    assert "written for other" in with_files(good | {"qa/train.parquet": theirs["qa/train.parquet"]})
    assert "does not load" in with_files(good | {"pages/train.parquet": None})
    broken = good | {"qa/train.parquet": b"PAR1"}
    digests = [
        fingerprint({name: sha256(data) for name, data in files.items() if name.endswith(".parquet")}).encode()
        for files in (good, broken)
    ]
    broken["README.md"] = good["README.md"].replace(*digests)
    assert "config qa of" in with_files(broken)
    shows_nothing = {name: data for name, data in good.items() if not name.startswith("examples/")}
    assert "does not load" in with_files(shows_nothing | {"README.md": b"no card"})
    assert "notes.txt is not of emit's making" in with_files(good | {"notes.txt": b"mine"})
    card = good["README.md"].replace(b"  - split: validation\n    path: qa/validation.parquet\n", b"")
    assert "names other files than there are" in with_files(good | {"README.md": card})


def test_configs_that_disagree_stay_here(tmp_path, monkeypatch):
    built = emit._built

    def spoil(change):
        def spoiled(config, output):
            yield from ((split, change(rows) if config == "qa" else rows) for split, rows in built(config, output))

        monkeypatch.setattr(emit, "_built", spoiled)

    spoil(lambda rows: [row | {"answer": "25 Nm"} for row in rows])
    with pytest.raises(Unpublishable, match=r"qa/train.parquet, row 0: not the pair that pages/train.parquet has"):
        check(release(tmp_path, FIRST))
    spoil(lambda rows: list(rows)[:2])
    with pytest.raises(Unpublishable, match=r"qa/train.parquet, row 2: not the pair"):
        check(release(tmp_path, FIRST))
