"""The heading of a page, and what is none."""

import pytest

from vlm3_dataset.schema import Reading, Segment
from vlm3_dataset.sources.pages.headings import heading


def line(text, top, height=20, score=1.0, left=60):
    return Segment(text, (left, top, left + 10 * len(text), top + height), score)


TABLE = [line("Oil drain plug", 300), line("25 Nm", 300, left=600), line("Flywheel bolt", 340), line("Hub nut", 380)]


@pytest.mark.parametrize(("first", "found"), [
    (line("Clutch release system", 60, 34), "Clutch release system"),
    (line("TECHNICAL DATA:", 60, 30), "TECHNICAL DATA"),
    (line("Clutch release system", 60), ""),
    (line("Clutch re1ease system", 60, 34, score=0.8), ""),
    (line("Tighten to 25 Nm", 60, 34), ""),
    (line("21-03", 60, 34), ""),
    (line("G5 - 1", 60, 34), ""),
])  # fmt: skip
def test_a_heading_is_large_alone_and_of_words(first, found):
    assert heading(Reading("text layer", (first, *TABLE))) == found


def test_two_columns_have_no_heading():
    columns = (line("Clutch", 60, 34), line("Brakes", 60, 34, left=600), *TABLE)
    assert heading(Reading("text layer", columns)) == ""


def test_a_page_about_several_things_has_no_section_of_its_own():
    several = (line("Engine", 60, 34), *TABLE, line("Brakes", 500, 33))
    assert heading(Reading("html", several)) == ""
    assert heading(Reading("html", (line("Technical data", 20, 44), *several))) == "Technical data"


def test_an_empty_page():
    assert heading(Reading("html", ())) == ""
