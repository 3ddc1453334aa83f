"""What is not in the dataset is counted, each page and file once."""

from dataclasses import replace

import pytest

from tests.vlm3_dataset import prepared
from vlm3_dataset import __main__ as command
from vlm3_dataset import table
from vlm3_dataset.review.left_out import NOTHING_ASKED, left_out
from vlm3_dataset.schema import Source

TABLE = [(f"{part} bolt", f"{n + 11} Nm") for n, part in enumerate(("Flywheel", "Clutch", "Brake", "Hub"))]
PROSE = [("Take the wheel off and", "lay it on the floor"), ("Then look for", "oil beside the hub")]


def test_pages_without_a_pair_and_files_left_out_are_counted(tmp_path):
    work = tmp_path / "work"
    prepared.prepare(work, {"21-01": TABLE, "21-02": PROSE, "21-03": PROSE, "00-00-cover": PROSE, "broken": PROSE})
    pages = [table.page_of(row) for row in table.load(work)]
    pages[-1] = replace(pages[-1], reason="broken picture (cut after 999 bytes)", image="")
    prepared.save(work, pages)
    reasons = ["", "", "", "", "", "a repeat: the same bytes as 21-01.jpg", "a repeat: the same bytes as 21-02.jpg"]
    sources = [Source(f"{n}.jpg", "jpeg", 1, str(n), reason) for n, reason in enumerate(reasons)]
    table.save_files(work, sources)
    prepared.run(tmp_path, "classify", "generate", "filter", "emit")
    found = left_out(work, ["21-01"])
    assert (found.of_files, found.files) == (7, {"a repeat": 2})
    assert found.pages.pop(NOTHING_ASKED) == 2
    assert found.pages.total() == 2
    assert found.of_pages == 5
    text = (tmp_path / "training_data/report.html").read_text()
    assert "4 of 5 pages have no pair here" in text
    assert "2 of 7 files were not taken" in text
    assert "<p>Nothing.</p>" not in text


@pytest.mark.parametrize("html", ["picture", "text", "both"])
def test_an_html_page_is_one_page_of_the_dataset_whatever_it_became(tmp_path, html):
    work = tmp_path / "work"
    prepared.prepare(work, {"21-01": TABLE, "21-02": PROSE}, {"21-01": ""})
    prepared.save(work, [replace(table.page_of(row), origin="html") for row in table.load(work)])
    prepared.run(tmp_path, "classify", "generate", "filter")
    folders = ["--work", str(work), "--output", str(tmp_path / "data")]
    command.main(["emit", "--labeler", "rules", "--html", html, *folders])
    text = (tmp_path / "data/report.html").read_text()
    assert f"{8 if html == 'both' else 4} questions and answers about 1 pages" in text
    assert "1 of 2 pages have no pair here" in text
    assert ("<b>21-01</b> no section, " in text) == (html != "text")  # what became text is not shown
