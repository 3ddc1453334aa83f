"""What kind of page this is, from its words alone."""

import pytest

from tests.vlm3_dataset.labelers.rules.test_facts import PAGE, printed
from vlm3_dataset.labelers.classify import classify
from vlm3_dataset.schema import Page, Reading


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("procedure", ["Remove the clutch housing.", "Disconnect the battery.", "Tighten the bolts crosswise."]),
        ("table", ["Condition and cause of a clutch that slips", "Correction: see the list behind the page"]),
        ("wiring", ["Fuse 1 relay K6 ground G200 splice S103 connector C101 terminal 15"]),
        ("other", ["The clutch has a single dry plate and is released hydraulically"]),
        ("diagram", ["M 88 11 076"]),
        ("flowchart", ["Check the fuse", "Yes", "Check the relay", "No", "Replace it", "NO"]),
        ("pinout", [f"Pin {number} carries a signal" for number in range(1, 8)]),
        ("specification", ["Bolt one long M8: 24 Nm", "Flywheel bolt new: 105 Nm", "Release arm pin: 10 Nm"]),
    ],
)
def test_content_type(kind, words):
    made = classify(PAGE, printed(*({0: line} for line in words)))
    assert (made.content_type, made.ask) == (kind, True)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("21-00-index-a.jpg", "index"), ("00-00-cover.jpg", "cover"), ("00-00-foreword.jpg", "cover")],
)
def test_front_matter_is_not_asked_about(name, kind):
    page = Page("x", f"21 - Clutch/{name}", 1, "image", "21", "Clutch", "g")
    made = classify(page, printed({0: "Clutch Removing and Installing 21-3"}))
    assert (made.content_type, made.ask) == (kind, False)
    assert made.reason


@pytest.mark.parametrize("name", ["valve-cover.jpg", "head cover.jpg", "discover.html", "M3 gasket covers.pdf"])
def test_a_part_is_no_front_matter(name):
    page = Page("x", name, 1, "image", "", "s", "g")
    assert classify(page, printed({0: "Check the contents of the coolant tank before the engine is started"})).ask


def test_a_page_without_a_picture_says_why():
    page = Page("x", "a.jpg", 1, "image", "", "", "g", reason="broken picture; scan it again")
    assert classify(page, Reading("", ())).reason == "broken picture; scan it again"


def test_a_blank_page_is_not_asked_about_and_only_one_without_words_is_looked_at():
    made = classify(PAGE, Reading("rapidocr", ()), lambda: True)
    assert (made.content_type, made.ask, made.reason) == ("blank", False, "a blank page")
    assert classify(PAGE, Reading("rapidocr", ()), lambda: False).ask
    assert classify(PAGE, printed({0: "Oil pump"}), lambda: pytest.fail("looked at")).ask
