"""Sentences of a page go on where their column does, and end where they end."""

import pytest

from tests.vlm3_dataset.sheet import column, row
from vlm3_dataset.labelers.rules.prose import sentences, text_columns

LEFT = column(
    40, 200, "Loosen both clamps and pull", "the hose off its neck.", "Catch what runs out.", "Close the neck."
)
RIGHT = column(
    640, 200, "Push the sender in until", "its collar bears all round.", "Turn it to the left.", "Fit the plug."
)


def texts(*parts):
    return [one.text for part in parts for one in sentences(part)]


def test_two_columns_of_text_are_no_rows():
    assert texts(*text_columns([*LEFT, *RIGHT])) == [
        "Loosen both clamps and pull the hose off its neck.",
        "Catch what runs out.",
        "Close the neck.",
        "Push the sender in until its collar bears all round.",
        "Turn it to the left.",
        "Fit the plug.",
    ]


def test_a_table_is_no_two_columns():
    table = [cell for at in range(8) for cell in row(200 + 22 * at, {40: "The bolt of one part", 640: "24 Nm"})]
    assert text_columns(table) == [table]


def test_labels_and_what_they_are_of_are_no_two_columns():
    values = "Single plate dry clutch", "Two speed electrical fan", "Getrag 265 five speed", "Double roller chain drive"
    labels = "Kind of clutch used:", "Kind of cooling fan:", "Kind of gearbox used:", "Kind of timing drive:"
    table = [*column(40, 200, *labels), *column(640, 200, *values)]
    assert text_columns(table) == [table]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("Fill in approx. 2 liters.", "Wait."), [("Fill in approx. 2 liters.", "", ""), ("Wait.", "", "")]),
        (("1. Drain the oil and", "   close the plug.", "2. Fill."),
         [("Drain the oil and close the plug.", "1", ""), ("Fill.", "2", "")]),
        (("1. Drain the oil.", "If not, wait."), [("Drain the oil.", "1", ""), ("If not, wait.", "", "")]),
        (("Caution!", "The oil is hot."), [("The oil is hot.", "", "Caution!")]),
        (("Installation:", "Clean the neck."), [("Clean the neck.", "", "Installation:")]),
        (("First block.", "", "", "Second block"), [("First block.", "", ""), ("Second block", "", "")]),
    ],
)  # fmt: skip
def test_sentences(lines, said):
    found = list(sentences(column(40, 200, *(line.strip() for line in lines))))
    assert [(one.text, one.step, one.opened_by) for one in found] == said


@pytest.mark.parametrize(
    "part",
    [
        column(40, 200, "Pull off the con-", "nector of the sender."),
        [*column(40, 200, "Pull off the hose"), *column(40, 222, "of the radlator.", score=0.9)],
    ],
)
def test_what_may_be_misread_is_not_sure(part):
    assert [one.is_sure for one in sentences(part)] == [False]


@pytest.mark.parametrize(("top", "under"), [(230, "Front Sump"), (222, "")])
def test_a_heading_stands_apart_from_an_unfinished_line(top, under):
    part = [*column(40, 200, "2 marks of paint"), *column(40, top, "Front Sump:", "Pull off the hose.")]
    assert list(sentences(part))[-1].subheading == under


def test_under_a_heading_that_may_be_misread_nothing_is_sure():
    part = [*column(40, 200, "Steel Sump:", score=0.9), *column(40, 222, "Pull off the hose.")]
    assert [one.is_sure for one in sentences(part)] == [False, False]
