"""The sample shelf is what its script says it is, and its table of facts is what its pages say."""

import csv
import re
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

from sample import shelf
from sample.press.layout import set_page
from sample.press.portable import text_and_scan
from sample.press.records import Column, Fact, Page, Specs, Table, Text
from sample.press.scan import scan_jpeg
from sample.press.units import bar, litres, mm, nm
from sample.shelf_pages import chassis, documents

FACTS = shelf.SHELF.with_name("shelf_facts.tsv")
SCANS = [*shelf.SCANS, shelf.PNG_COPY[0]]
NUMBER = re.compile(r"\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("render") / "shelf"
    shelf.main(["--output", str(output)])
    return output


@pytest.fixture(scope="module")
def table() -> list[dict[str, str]]:
    with FACTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_the_committed_shelf_has_the_files_of_a_fresh_one(rendered):
    assert below(shelf.SHELF) == below(rendered)


@pytest.mark.parametrize("path", SCANS)
def test_a_fresh_scan_has_the_committed_pixels(rendered, path):
    np.testing.assert_array_equal(pixels(rendered / path), pixels(shelf.SHELF / path))


def test_a_fresh_pdf_has_the_committed_text_and_pictures(rendered):
    with pymupdf.open(rendered / shelf.PDF) as fresh, pymupdf.open(shelf.SHELF / shelf.PDF) as committed:
        assert len(fresh) == len(committed) == 2
        for one, other in zip(fresh, committed, strict=True):
            assert one.get_text() == other.get_text()
            assert one.get_pixmap(dpi=72).samples == other.get_pixmap(dpi=72).samples


@pytest.mark.parametrize("path", [shelf.HTML, shelf.STRAY_FILE[0], "../shelf_facts.tsv"])
def test_a_fresh_text_has_the_committed_bytes(rendered, path):
    assert (rendered / path).read_bytes() == (shelf.SHELF / path).read_bytes()


def test_the_same_page_gives_the_same_bytes_twice():
    page = chassis.CLUTCH_INSTALLING
    assert scan_jpeg(page, 1) == scan_jpeg(page, 1) != scan_jpeg(page, 2)
    assert text_and_scan(documents.GEARBOX_TEXT, page, 1) == text_and_scan(documents.GEARBOX_TEXT, page, 1)


def test_the_shelf_is_small_enough_for_a_repository():
    assert sum((shelf.SHELF / path).stat().st_size for path in below(shelf.SHELF)) < 2.4e6


@pytest.mark.parametrize("path", shelf.SCANS)
def test_a_scan_is_a_grey_landscape_frame_with_ink_on_grey_paper(path):
    grey = pixels(shelf.SHELF / path)
    assert grey.shape == (910, 1200)
    assert 200 < np.median(grey) < 250
    assert np.percentile(grey, 0.5) < 60


def test_the_broken_scan_opens_and_fails_only_when_it_is_loaded():
    path = shelf.SHELF / shelf.BROKEN_SCAN[0]
    Image.open(path).verify()
    with Image.open(path) as image, pytest.raises(OSError, match="truncated"):
        image.load()


def test_one_base_name_stands_in_two_folders():
    names = [Path(path).name for path in shelf.SCANS]
    assert {name for name in names if names.count(name) > 1} == {"21-01.jpg"}


def test_the_pdf_has_a_page_of_text_and_a_page_that_is_a_picture():
    with pymupdf.open(shelf.SHELF / shelf.PDF) as document:
        assert [bool(page.get_text().strip()) for page in document] == [True, False]
        assert [len(page.get_images()) for page in document] == [0, 1]


def test_each_label_is_printed_once_and_the_demo_has_enough_of_them(table):
    labels = [row["label"].casefold() for row in table]
    assert len(labels) == len(set(labels)) >= 80
    assert {row["file"] for row in table} <= below(shelf.SHELF)


def test_cover_sparse_and_broken_page_state_no_fact(table):
    silent = {"00 - Maintenance/00-00-cover.jpg", "21 - Clutch/21-03.jpg", shelf.BROKEN_SCAN[0]}
    assert silent.isdisjoint(row["file"] for row in table)


def test_facts_of_pdf_text_and_html_stand_in_the_files(table):
    with pymupdf.open(shelf.SHELF / shelf.PDF) as document:
        texts = {(shelf.PDF, "1"): document[0].get_text(), (shelf.HTML, "1"): (shelf.SHELF / shelf.HTML).read_text()}
    for row in table:
        text = texts.get((row["file"], row["page"]))
        assert text is None or (row["label"] in text and row["value"] in text), row


@pytest.mark.parametrize(("metric", "imperial", "factor"), [("Nm", "ft-lb", 0.7376), ("mm", r'(?: in|")', 1 / 25.4)])
def test_metric_and_imperial_values_agree_to_the_last_printed_digit(table, metric, imperial, factor):
    pair = re.compile(rf"([\d.+ -]+) {metric} \(([\d.+ -]+?) ?{imperial}\)")
    pairs = [match for row in table for match in pair.finditer(row["value"])]
    assert len(pairs) > 25
    for match in pairs:
        for one, other in zip(NUMBER.findall(match[1]), NUMBER.findall(match[2]), strict=True):
            digits = len(other.partition(".")[2])
            assert float(other) == pytest.approx(float(one) * factor, abs=0.52 * 10**-digits), match[0]


@pytest.mark.parametrize("path", ["21 - Clutch/21-01.jpg", "Electrical Troubleshooting Manual/0670-01.jpg"])
def test_a_reader_finds_the_values_in_the_degraded_scan(table, path):
    from rapidocr import RapidOCR

    found = RapidOCR(params={"Global.log_level": "error"})(shelf.SHELF / path)
    text = squeezed("".join(found.txts))
    values = [row["value"] for row in table if row["file"] == path]
    assert sum(squeezed(value) in text for value in values) >= 0.9 * len(values)


def squeezed(text: str) -> str:
    """Without blanks, and with I for l, which Helvetica prints alike."""
    return re.sub(r"\s", "", text).replace("l", "I")


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (nm("25"), "25 Nm (18 ft-lb)"),
        (nm("50 + 2"), "50 + 2 Nm (37 + 1.5 ft-lb)"),
        (nm("105-120"), "105-120 Nm (77-89 ft-lb)"),
        (mm("37 - 0.1"), "37 - 0.1 mm (1.457 - 0.004 in)"),
        (mm("0.02-0.05", '"'), '0.02-0.05 mm (0.0008-0.0020")'),
        (bar("2.0"), "2.0 bar (29 psi)"),
        (litres("4.75"), "4.75 litres (5.0 US qt)"),
    ],
)
def test_units_print_both_values_in_the_manuals_notation(printed, expected):
    assert printed == expected


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (Text("\n".join(["line"] * 60)), "below"),
        (Text("unbreakable" * 9), "wider"),
        (Specs((Fact("Label", "a value that is far too long for it"),), tab=90), "does not fit"),
        (Table(("A", "B"), (150, 150), ()), "table is 300 points"),
    ],
)
def test_what_does_not_fit_is_an_error_and_never_cut_off(block, reason):
    page = Page("1-1", (Column(20, 200, (block,)),))
    with pymupdf.open() as document, pytest.raises(ValueError, match=reason):
        set_page(document, page)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SystemExit) as ended:
        shelf.main(["--output", str(tmp_path / "file")])
    assert ended.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1
