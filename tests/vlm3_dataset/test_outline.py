"""Jobs and their titles are told from the print around them, and text from the job of another column."""

import pytest

from tests.vlm3_dataset.sheet import column, row
from vlm3_dataset.labelers.outline import outline


def told(*parts):
    found = outline([piece for part in parts for piece in part]).found
    return [(one.kind, one.number, one.title) for one in found]


TWO = row(60, {40: "11 99 000", 160: "REMOVING AND INSTALLING", 640: "11 99 010", 760: "CHECKING SENDER"})


@pytest.mark.parametrize(
    ("parts", "headings"),
    [
        ([column(600, 20, "11-90"), TWO, column(160, 82, "OIL COVER")],
         [("page", "11-90", ""), ("job", "11 99 000", "REMOVING AND INSTALLING OIL COVER"),
          ("job", "11 99 010", "CHECKING SENDER")]),
        ([column(40, 60, "11 99 000 REPLACING COVER")], [("job", "11 99 000", "REPLACING COVER")]),
        ([column(40, 60, "11 99 Oil Cover and Sender")], [("group", "11 99", "Oil Cover and Sender")]),
        ([row(20, {40: "OIL DISTRIBUTION", 900: "1199-3"})], [("page", "1199-3", "OIL DISTRIBUTION")]),
        ([column(600, 20, "11-90"), column(40, 60, "LAYOUT OF OIL", "PIPES")],
         [("page", "11-90", "LAYOUT OF OIL PIPES")]),
        ([column(600, 20, "11-90"), column(520, 60, "LAYOUT OF OIL PIPES"), row(100, {40: "Pipe", 700: "Place"})],
         [("page", "11-90", "LAYOUT OF OIL PIPES")]),
        ([column(600, 20, "11-90"), column(720, 60, "Further Information"), row(100, {40: "Job", 680: "Data"})],
         [("page", "11-90", "")]),  # it heads the right columns of a table
        ([column(600, 20, "11-90"), column(40, 60, "Loosen the bolts")], [("page", "11-90", "")]),
        ([column(40, 60, "11 99 000 REMOVING AND INSTALLING")], [("", "", "")]),  # of what?
        ([column(40, 60, "11 99 000 REPLACING COVER", score=0.9)], [("", "", "")]),
    ],
)  # fmt: skip
def test_headings(parts, headings):
    assert told(*parts) == headings


@pytest.mark.parametrize(
    ("box", "number"),
    [
        ((40, 300, 300, 316), "11 99 000"),
        ((640, 300, 900, 316), "11 99 010"),
        ((640, 30, 900, 46), "11 99 000"),  # the left job goes on at the head of the right column
        ((40, 30, 300, 46), "11-90"),  # what goes on from the page before
    ],
)
def test_text_belongs_to_the_lowest_heading_above_it_in_its_half(box, number):
    page = outline([*column(600, 2, "11-90"), *TWO, *column(160, 82, "OIL COVER")])
    assert page.above(box).number == number


def test_a_job_that_was_not_read_for_sure_keeps_its_text():
    doubtful = column(640, 60, "11 99 010 CHECKING SENDER", score=0.9)
    page = outline([*column(600, 2, "11-90"), *column(40, 60, "11 99 000 REPLACING COVER"), *doubtful])
    assert page.above((640, 300, 900, 316)).number == "11-90"
