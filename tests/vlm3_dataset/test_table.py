"""The dataset between two runs: rows by page, nulls for what no step has said, nothing half written."""

import os

import pytest

from vlm3_dataset import files, table
from vlm3_dataset.files import fields
from vlm3_dataset.schema import QA, Page, Source

QUESTION = QA("What torque?", "24 Nm", "24 Nm", "torque", "rules", None, "v")
PAIR = fields(QUESTION) | {"reason": "", "like": ""} | {"claims": []}


def page(page_id, **said):
    return fields(Page(page_id, f"{page_id}.jpg", 1, "image", "21", "Clutch", "g")) | said


def test_what_goes_in_comes_out_and_the_rest_is_null(tmp_path):
    labels = {"content_type": "table", "section": "", "language": "", "names": ["S14"]}
    labels |= {"resolved": False, "problem": ""}
    rows = [page("a", ask=True, labels=labels, pairs=[PAIR], kept=1), page("b", ask=False)]
    table.save(tmp_path, table.dataset(rows))
    one, other = table.load(tmp_path)
    assert (one["labels"], one["pairs"], one["kept"]) == (labels, [PAIR], 1)
    assert (table.page_of(one).page_id, table.qa_of(one["pairs"][0])) == ("a", QUESTION)
    assert (other["ask"], other["labels"], other["pairs"], other["kept"]) == (False, None, None, None)


def test_a_part_leaves_the_other_rows_in_their_places(tmp_path):
    table.save(tmp_path, table.dataset([page("a"), page("b"), page("c")]))
    table.save(tmp_path, table.dataset([page("b", ask=True)]))
    assert [(row["page_id"], row["ask"]) for row in table.load(tmp_path)] == [("a", None), ("b", True), ("c", None)]
    table.save(tmp_path, table.dataset([page("b")]), is_all=True)
    assert [row["page_id"] for row in table.load(tmp_path)] == ["b"]


def test_one_page_or_some_columns_are_read_alone(tmp_path):
    table.save(tmp_path, table.dataset([page("a"), page("b", ask=True)]))
    assert [row["ask"] for row in table.load(tmp_path, page_id="b")] == [True]
    assert table.load(tmp_path, "page_id", "kept") == [{"page_id": name, "kept": None} for name in "ab"]
    assert table.load(tmp_path, page_id="'or'1'='1") == []


def test_a_map_that_finds_nothing_on_the_first_pages_changes_no_type():
    pages = table.dataset([page(str(number)) for number in range(3)])
    none = pages.map(lambda _: {"pairs": [], "labels": None}, writer_batch_size=1)
    some = none.map(lambda row: {"pairs": [PAIR] if row["page_id"] == "2" else []}, writer_batch_size=1)
    assert none.features == some.features == table.features()
    assert some[2]["pairs"] == [PAIR]


def test_files_are_kept_with_their_reasons(tmp_path):
    sources = [Source("a.jpg", "jpeg", 7, "d"), Source("b.jpg", "", 0, "", "an empty file", "s14/7")]
    assert table.load_files(tmp_path) == []
    table.save_files(tmp_path, sources)
    assert table.load_files(tmp_path) == sources


@pytest.mark.parametrize("torn", [b"", b"PAR1", b"no table at all"])
def test_a_torn_file_is_one_line(tmp_path, torn):
    (tmp_path / table.PAGES).write_bytes(torn)
    with pytest.raises(OSError, match=r"pages\.parquet is damaged .*run prepare again") as raised:
        table.load(tmp_path)
    assert "\n" not in str(raised.value)


def test_what_a_killed_run_left_half_written_goes_and_nothing_else(tmp_path):
    dead, alive = 2**22 + 1, os.getpid()  # Linux gives out no such process id
    ours = [f"a/pages.parquet.{dead}{files.PART}", f"a/pages.parquet.{alive}{files.PART}"]
    theirs = [f"film.mkv.{dead}.part", "archive.7.part", f"notes{files.PART}", f"a/x.y{files.PART}"]
    for name in (*ours, *theirs):
        files.write_bytes(tmp_path / name, b"")
    files.sweep(tmp_path)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {ours[1], *theirs}


def test_a_file_half_written_has_the_name_that_is_swept(tmp_path, monkeypatch):
    monkeypatch.setattr(files.os, "getpid", lambda: 2**22 + 1)
    with pytest.raises(ZeroDivisionError), files.writing(tmp_path / "pages.parquet"):
        1 / 0  # noqa: B018 - the run dies
    assert list(tmp_path.iterdir())
    files.sweep(tmp_path)
    assert not list(tmp_path.iterdir())
