"""Legends, fuses, pins and places are asked about item by item, where the page tells which is which."""

import pytest

from tests.vlm3_dataset.sheet import column, reading, row
from vlm3_dataset.labelers.rules import rules
from vlm3_dataset.labelers.rules.words import CAR
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
        ([FUSES], {f"{WITHIN}what is the rating of fuse 1?": "7.5A", f"{WITHIN}what is the rating of fuse 2?": "15A",
                   f"{WITHIN}what does fuse 1 protect?": "Heated lever"}),
        ([column(40, 100, "FUSE 21", "7.5 AMP")], {f"{WITHIN}what is the rating of fuse 21?": "7.5 AMP"}),
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


def test_a_car_that_one_cell_names_is_named_with_every_cell_of_its_row():
    pin = row(160, {40: "8", 200: ".5", 400: "BK", 600: "Sump lamp (S14)"})
    fuse = row(170, {40: "3", 160: "10A", 300: "Sump lamp (318is)."})
    assert asked(PINS, pin).keys() - asked(PINS).keys() == {
        f"{WITHIN}what is the {name} of pin 8 (S14)?" for name in ("wire size", "wire color", "circuit")
    }
    assert asked(FUSES, fuse)[f"{WITHIN}what is the rating of fuse 3 (318is)?"] == "10A"


def test_a_fuse_of_no_named_page_is_left_out():
    """Two pages of one manual give two ratings for the same number."""
    assert rules.label(PAGE, reading(FUSES, column(40, 300, "FUSE 21", "7.5 AMP"))) == []


@pytest.mark.parametrize("text", ["318is", "(325)", "325 iX", "BMW 320", "S14", "S38 B 35", "E30", "M3"])
def test_cars_and_engines(text):
    assert CAR.search(text)


@pytest.mark.parametrize("text", ["S104", "325", "N88 11 067", "BMW # 32 42 1 316 785", "M12 x 1.5 bolt", "1.5"])
def test_no_cars(text):
    assert not CAR.search(text)


def test_the_further_line_of_a_cell_is_not_cut_off():
    found = asked(PINS, row(146, {600: "and its relay"}))
    assert f"{WITHIN}what is the circuit of pin 7?" not in found
    assert found[f"{WITHIN}what is the wire color of pin 7?"] == "BK/YL"


def test_a_number_is_asked_for_only_where_there_is_one():
    table = [
        *row(80, {40: "Splice", 200: "Harness", 400: "Page Number"}),
        *row(110, {40: "S901", 200: "LAMPS", 400: "9990-2"}),
        *row(140, {40: "S902", 200: "FAN", 400: "NOT DRAWN"}),
    ]
    assert asked(table) == {
        f"{WITHIN}what is the harness of splice S901?": "LAMPS",
        f"{WITHIN}what is the page number of splice S901?": "9990-2",
        f"{WITHIN}what is the harness of splice S902?": "FAN",
    }
