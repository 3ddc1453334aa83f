"""A page's id, section and group follow from its path alone, and stay what they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm3_dataset.sources import ids

TITLES = {"00": "Maintenance", "11": "Engine", "12": "Engine Electrical Equipment", "13": "Fuel System", "21": "Clutch"}


@pytest.mark.parametrize(
    ("path", "page_id"),
    [
        ("21 - Clutch/21-03.jpg", "21-03"),
        ("12 - Engine Electrical Equipment/12-107_1.jpg", "12-107_1"),
        ("11 - Engine/11-52a.jpg", "11-52a"),
        ("11 - Engine/11-00-index-a.jpg", "11-00-index-a"),
        ("00 - Maintenance/00-01.jpg", "00-01"),
        ("00 - Torque Specs/00-01.jpg", "torque-00-01"),
        ("00 - Torque Specs/11-01.jpg", "torque-11-01"),
        ("1990 BMW M3 Electrical Troubleshooting Manual/0670-01.jpg", "etm-0670-01"),
        ("1990 BMW M3 Electrical Troubleshooting Manual/00-03.jpg", "etm-00-03"),
        ("Bosch Motronic ML 3-1/05-06.png", "ml31-05-06"),
        ("M3-techspec.html", "techspec-m3"),
        ("scans/21-03.jpg", "scans-21-03"),
        ("clutch/scans/01.jpg", "clutch-scans-01"),
        ("page one.tif", "page-one"),
        ("page one.BMP", "page-one-bmp"),
    ],
)
def test_page_id(path, page_id):
    assert ids.page_id(path) == page_id


def test_a_name_without_a_latin_letter_gets_a_digest():
    assert ids.page_id("写真/頁.jpg").startswith("file-")
    assert ids.page_id("写真/頁.jpg") != ids.page_id("写真/紙.jpg")


def test_pages_of_a_document_are_numbered():
    assert ids.page_id("Getrag265:5_Rebuild_ShiftBMW.pdf", 20, 25) == "getrag-p20"
    assert ids.page_id("manual.pdf", 3, 200) == "manual-p03"


@given(st.text(min_size=1))
def test_a_slug_is_always_safe_as_a_file_name(text):
    made = ids.slug(text)
    assert made
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
    assert ids.slug(made) == made


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("21 - Clutch/21-03.jpg", ("21", "Clutch")),
        ("00 - Torque Specs/11-01.jpg", ("11", "Engine")),
        ("00 - Torque Specs/99-01.jpg", ("99", "Torque Specs")),
        ("1990 BMW M3 Electrical Troubleshooting Manual/1364-00.jpg", ("13", "Fuel System")),
        (
            "1990 BMW M3 Electrical Troubleshooting Manual/0670-01.jpg",
            ("", "1990 BMW M3 Electrical Troubleshooting Manual"),
        ),
        ("Bosch Motronic ML 3-1/05-06.png", ("", "Bosch Motronic ML 3-1")),
        ("Torque Specs (print)/page 3.jpg", ("", "Torque Specs")),
        ("21 - Clutch/scans/21-03.jpg", ("21", "Clutch")),
        ("Getrag265:5_Rebuild_ShiftBMW.pdf", ("", "Getrag 265")),
        ("Phone/21-03.jpg", ("", "")),
        ("M3 manual/flatbed/IMG_0012.jpg", ("", "")),
        ("M3-techspec.html", ("", "")),
    ],
)
def test_section(path, section):
    assert ids.section(path, TITLES) == section


def test_the_shelf_names_its_own_sections_and_a_book_does_not():
    paths = ["21 - Clutch/21-01.jpg", "00 - Torque Specs/00-01.jpg", "00 - Maintenance/00-01.jpg", "loose.pdf"]
    assert ids.section_titles(paths) == {"00": "Maintenance", "21": "Clutch"}


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("11 - Engine/11-50.jpg", "11 - Engine/11-55a.jpg", True),
        ("12 - Engine Electrical Equipment/12-107_1.jpg", "12 - Engine Electrical Equipment/12-103.jpg", True),
        ("11 - Engine/11-50.jpg", "11 - Engine/11-60.jpg", False),
        ("11 - Engine/11-01.jpg", "00 - Torque Specs/11-01.jpg", False),
        ("scan001.jpg", "scan002.jpg", True),
        ("IMG_0012.jpg", "IMG_0019.jpg", True),
        ("IMG_0012.jpg", "IMG_0029.jpg", False),
    ],
)
def test_neighbours_stay_together(one, other, together):
    assert (ids.group(one) == ids.group(other)) is together


def test_a_book_in_one_file_is_many_groups_whatever_its_name_ends_in():
    pages = (1, 9, 10, 155)
    assert [ids.group("e30_manual_1990.pdf", number, 200) for number in pages] == [
        "e30_manual_1990-0x", "e30_manual_1990-0x", "e30_manual_1990-1x", "e30_manual_1990-15x",
    ]  # fmt: skip
    assert ids.group("Getrag 265.pdf", 20, 25) == "getrag-265-2x"
