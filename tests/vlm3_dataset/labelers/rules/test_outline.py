"""Jobs and their titles are told from the print around them, and text from the job of another column."""

import pytest

from tests.vlm3_dataset.sheet import column, row
from vlm3_dataset.labelers.rules.outline import outline


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
        ([column(40, 60, "11 99 000 REPLACING COVER", "- Sump Removed -")],
         [("job", "11 99 000", "REPLACING COVER – Sump Removed –")]),
        ([column(40, 60, "11 99 000 REPLACING COVER", "(Removed)")],
         [("job", "11 99 000", "REPLACING COVER (Removed)")]),
        ([column(40, 60, "11 99 000 REPLACING COVER"), column(40, 82, "- Sump Removed -", score=0.9)],
         [("job", "11 99 000", "REPLACING COVER")]),
        ([column(40, 60, "11 99 000 REPLACING COVER"), column(40, 82, "- Steel Sump -", score=0.9)], [("", "", "")]),
        ([column(40, 60, "11 99 000 REPLACING COVER", "- 1977 Cars -")],
         [("job", "11 99 000", "REPLACING COVER – 1977 Cars –")]),
        ([column(40, 60, "11 99 000 REPLACING COVER", "- Sump Removed and", "Emptied -")],
         [("job", "11 99 000", "REPLACING COVER – Sump Removed and Emptied –")]),
        ([column(140, 60, "11 99 000 REPLACING COVER", "- Sump Removed"), column(40, 104, "Drain oil.")],
         [("job", "11 99 000", "REPLACING COVER")]),
        ([column(40, 60, "11 99 000 REPLACING COVER", "- Steel Sump")], [("", "", "")]),  # and what else?
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


OIL = row(20, {40: "1199-2", 110: "OIL SUPPLY", 220: "S99 ENGINE"})


@pytest.mark.parametrize(
    ("parts", "title", "evidence"),
    [
        ([OIL, column(120, 46, "PIPE DIAGRAM")], "OIL SUPPLY S99 ENGINE PIPE DIAGRAM",
         "1199-2 OIL SUPPLY S99 ENGINE PIPE DIAGRAM"),
        ([row(20, {40: "S99 ENGINE", 150: "OIL SUPPLY", 260: "1199-3"}), column(150, 46, "PIPE DIAGRAM")],
         "S99 ENGINE OIL SUPPLY PIPE DIAGRAM", "S99 ENGINE OIL SUPPLY 1199-3 PIPE DIAGRAM"),
        ([column(40, 20, "1199-4 OIL SUPPLY"), column(110, 46, "PIPE DETAILS: PIPE 7")],
         "OIL SUPPLY PIPE DETAILS: PIPE 7", "1199-4 OIL SUPPLY PIPE DETAILS: PIPE 7"),
        ([column(40, 20, "1199-4 OIL SUPPLY"), column(110, 46, "PIPE DIAGRAM", score=0.9)], "", "1199-4 OIL SUPPLY"),
        ([column(40, 20, "1199-4 OIL SUPPLY"), column(110, 80, "SUMP")], "OIL SUPPLY", "1199-4 OIL SUPPLY"),
        ([row(20, {40: "11-9", 90: "Oil", 400: "Screw", 500: "Unit"})], "", "11-9"),  # no word of four letters
        ([row(20, {40: "11-9", 90: "Lubrication", 400: "Screw", 500: "Unit"})], "Lubrication", "11-9 Lubrication"),
        ([row(20, {40: "PIPES", 300: "11-9", 400: "Pipe Code", 500: "0 999 001"})], "", "11-9"),  # on both sides
        ([row(20, {300: "11-9", 400: "Pipe Code", 500: "0 999 001"})], "", "11-9"),  # a list of codes
        ([column(300, 20, "11-9"), column(40, 60, "Test 4 – OIL SUMP"), column(40, 400, "Test 5 – OIL PUMP")],
         "", "11-9"),  # a heading of half the page
        ([column(300, 20, "11-9"), column(40, 60, "Test 4 – OIL SUMP"), column(40, 400, "Oil sump 5")],
         "Test 4 – OIL SUMP", "11-9 Test 4 – OIL SUMP"),
        ([column(300, 20, "11-9"), column(40, 60, "OIL SUPPLY", "– Steel Sump –")],
         "OIL SUPPLY – Steel Sump –", "11-9 OIL SUPPLY – Steel Sump –"),
    ],
)  # fmt: skip
def test_the_title_of_a_page_is_whole_or_none(parts, title, evidence):
    (found,) = outline([piece for part in parts for piece in part]).found
    assert (found.title, found.evidence) == (title, evidence)


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


OPENED = [*column(40, 60, "11 99 000 REPLACING COVER"), *column(40, 104, "BMW 999 i:", "Unscrew cover.")]
BLOCK = column(40, 60, "11 99 000 REPLACING COVER", "", "Unscrew.", "Engine M 9:", "Hold.")
PARTS = column(40, 60, "11 99 000 REPLACING COVER", "", "Unscrew.", "", "Steel Sumps:", "Hold.")
RIGHT = column(640, 60, "Cars with Oil Cooler:", "Unscrew cooler.", "", "Refit cover.")


@pytest.mark.parametrize(
    ("parts", "box", "condition"),
    [
        (OPENED, (40, 126, 200, 142), "BMW 999 i"),
        (OPENED, (40, 400, 200, 416), "BMW 999 i"),  # it opens the job
        (column(40, 60, "11-90", "BMW 999 e: 999 i", "Unscrew cover."), (640, 200, 700, 216), "BMW 999 e: 999 i"),
        (column(40, 60, "11-90", "Unscrew.", "", "Cars with Cooler:", "", "Oil: 9 liters"), (40, 170, 200, 186),
         "Cars with Cooler"),
        ([*OPENED, *RIGHT], (640, 82, 700, 98), "BMW 999 i, Cars with Oil Cooler"),
        ([*OPENED, *RIGHT], (640, 126, 700, 142), "BMW 999 i"),
        ([*OPENED, *column(40, 300, "BMW 777:", "Unscrew nut.")], (40, 500, 200, 516), "BMW 777"),
        ([*OPENED, *column(40, 300, "11 99 010 CHECKING SENDER")], (40, 400, 200, 416), ""),
        (BLOCK, (40, 148, 90, 164), "Engine M 9"),
        (BLOCK, (40, 400, 90, 416), ""),
        (column(40, 60, "11 99 000 REPLACING COVER", "", "Version with 9", "Pipes:", "Hold."), (40, 148, 90, 164),
         "Version with 9 Pipes"),
        (column(40, 60, "11 99 000 REPLACING COVER", "", "Gauge Test (M 09):", "Hold."), (40, 126, 90, 142), ""),
        (PARTS, (40, 400, 90, 416), "Steel Sumps"),  # also beyond its block
        ([*PARTS, *column(640, 20, "11-9", "Sumps (Cast):", "Hold.")], (640, 400, 690, 416), "Sumps (Cast)"),
        (column(40, 60, "11 99 000 REPLACING COVER", "", "Test Conditions:", "Hold."), (40, 400, 90, 416), ""),
        (column(40, 60, "11 99 000 REPLACING COVER", "", "Procedures:", "Hold."), (40, 400, 90, 416), ""),
    ],
)  # fmt: skip
def test_a_line_that_names_a_model_limits_what_stands_below_it(parts, box, condition):
    assert outline(parts).above(box).condition == condition


def test_nothing_stands_under_a_condition_that_was_not_read_for_sure():
    doubtful = column(40, 104, "BMW 999 i:", score=0.9)
    page = outline([*column(40, 60, "11 99 000 REPLACING COVER"), *doubtful, *column(40, 126, "Unscrew cover.")])
    assert page.above((40, 126, 200, 142)) is None
