"""Legends, fuses, pins and places are asked about item by item, where the page tells which is which."""

import pytest

from tests.vlm3_dataset.sheet import column, reading, row
from vlm3_dataset.labelers import rules
from vlm3_dataset.schema import Page

PAGE = Page("etm-9990-00", "ETM/9990-00.jpg", 1, "image", "", "", "etm")
TITLE = row(20, {40: "OIL SUPPLY", 900: "9990-0"})
WITHIN = 'On page 9990-0, "OIL SUPPLY", '


def asked(*parts):
    found = {qa.question: qa.answer for qa in rules.label(PAGE, reading(TITLE, *parts))}
    found.pop("What is the title of page 9990-0?", None)
    return found


LEGEND = column(40, 100, "1 Oil sump", "2 Oil pump", "3 Oil filter")
NUMBERED = ((1, "sump"), (2, "pump"), (3, "filter"))
FUSES = [
    *row(80, {40: "FUSE", 160: "SIZE", 300: "CIRCUIT NAME"}),
    *row(110, {40: "1", 160: "7.5A", 300: "Heated lever."}),
    *row(140, {40: "2", 160: "15A", 300: "Oil pump;"}),
]
PINS = [
    *row(80, {40: "Pin", 200: "Wire", 400: "Wire", 600: "Circuit"}),
    *row(100, {200: "Size", 400: "Color"}),
    *row(130, {40: "7", 200: ".5", 400: "BK/YL", 600: "Oil pump"}),
]
PIN = (("wire size", ".5"), ("wire color", "BK/YL"), ("circuit", "Oil pump"))
SPLICES = [
    *row(80, {40: "SPLICE", 200: "HARNESS", 500: "SPLICE", 700: "HARNESS"}),
    *row(110, {40: "S901", 200: "MAIN", 500: "S902", 700: "SUMP"}),
]


@pytest.mark.parametrize(
    ("parts", "questions"),
    [
        ([LEGEND], {f"{WITHIN}what is number {n} in the legend?": f"Oil {name}" for n, name in NUMBERED}),
        ([column(40, 100, "OT = Oil temperature")], {f'{WITHIN}what does "OT" stand for?': "Oil temperature"}),
        ([FUSES], {"What is the rating of fuse 1?": "7.5A", "What is the rating of fuse 2?": "15A",
                   "What does fuse 1 protect?": "Heated lever"}),
        ([column(40, 100, "FUSE 21", "7.5 AMP")], {"What is the rating of fuse 21?": "7.5 AMP"}),
        ([row(100, {40: "G901", 120: "(LOCATED UNDER THE SUMP)"})], {"Where is G901 located?": "UNDER THE SUMP"}),
        ([PINS], {f"{WITHIN}what is the {name} of pin 7?": value for name, value in PIN}),
        ([SPLICES], {f"{WITHIN}what is the harness of splice S90{n}?": name for n, name in ((1, "MAIN"), (2, "SUMP"))}),
    ],
)  # fmt: skip
def test_questions(parts, questions):
    assert asked(*parts) == questions


@pytest.mark.parametrize(
    "parts",
    [
        [LEGEND[:2]],
        [LEGEND[:1], LEGEND[2:], column(40, 200, "9 Oil lever")],  # a number was not read
        [column(40, 100, "1 Remove sump", "2 Remove pump", "3 Remove filter")],  # steps
        [LEGEND, column(500, 100, "1 Water pump", "2 Water pipe", "3 Water hose")],  # two legends
        [LEGEND, column(500, 100, "1 Water pump (gray).", "2 Pipe, see 9", "3 Hose;")],  # however they end
        [LEGEND, column(500, 100, "1 = Pump", "2 = Pipe", "3 = Hose")],
        [LEGEND, column(500, 300, "Unscrew nut (3).")],  # another drawing's
        [FUSES[3:]],  # not said to be fuses
    ],
)
def test_what_could_be_read_two_ways_is_left_out(parts):
    assert asked(*parts) == {}


def test_a_number_above_those_of_another_drawing_is_asked_for():
    assert list(asked(LEGEND, column(500, 300, "Unscrew nuts (1 and 2)."))) == [
        f"{WITHIN}what is number 3 in the legend?"
    ]


def test_the_further_line_of_a_cell_is_not_cut_off():
    found = asked(PINS, row(146, {600: "and its relay"}))
    assert f"{WITHIN}what is the circuit of pin 7?" not in found
    assert found[f"{WITHIN}what is the wire color of pin 7?"] == "BK/YL"
