"""Running text is asked for what it gives, in its own words, and not where it needs others to be understood."""

from dataclasses import replace

import pytest

from tests.vlm3_dataset.sheet import column, reading
from vlm3_dataset.labelers.rules import rules
from vlm3_dataset.schema import Page

PAGE = Page("11-90", "11 - Engine/11-90.jpg", 1, "image", "11", "Engine", "11-9x")
JOB = column(40, 20, "11 99 000 REPLACING OIL COVER")
WITHIN = 'In job 11 99 000, "REPLACING OIL COVER",'


def asked(*lines, score=1.0):
    found = rules.label(PAGE, reading(JOB, column(40, 80, *lines, score=score)))
    return {qa.question.removeprefix(WITHIN).strip(): qa.answer for qa in found if qa.question.startswith(WITHIN)}


@pytest.mark.parametrize(
    ("lines", "question", "answer"),
    [
        (("Pour 3 to 4 liters (6 to 8 pints)", "of clean oil into the sump."),
         'which value belongs in "Pour … of clean oil into the sump."?', "3 to 4 liters (6 to 8 pints)"),
        (("Wait until the oil has cooled to max. 40 °C.",),
         'which value belongs in "Wait until the oil has cooled to …."?', "max. 40 °C"),
        (("Pull out the sender with Special Tool 11 9 990.",),
         "what is special tool 11 9 990 used for?", "Pull out the sender"),
        (("Hold the cover with Special Tool 11 9 990", "while turning the nut."),
         'which special tool belongs in "Hold the cover with … while turning the nut."?', "11 9 990"),
        (("Check the sender for leaks - see 11 99 010.",),
         'which job is referred to for "Check the sender for leaks"?', "11 99 010"),
        (("1. Drain the old oil.", "2. Remove both covers and clean", "   the sump."),
         "what is step 2?", "Remove both covers and clean the sump."),
        (("Cleaning Sump:", "1. Drain the old oil.", "2. Remove both covers."),
         'under "Cleaning Sump", what is step 2?', "Remove both covers."),
        (("Drain the old oil.", "Engine M 99:", "Hold the cover with Special Tool 11 9 990."),
         'under "Engine M 99", what is special tool 11 9 990 used for?', "Hold the cover"),
        (("Zenit Senders:", "Pull out the sender with Special Tool 11 9 990."),
         'under "Zenit Senders", what is special tool 11 9 990 used for?', "Pull out the sender"),
        (("Drain the old oil.", "Testing Sender on Bench", "(11 99 020):", "Check the plug for dirt - see 11 99 010."),
         'under "Testing Sender on Bench (11 99 020)", which job is referred to for "Check the plug for dirt"?',
         "11 99 010"),
        (("Check the following parts:", "Pull out the sender with Special Tool 11 9 990."),
         "what is special tool 11 9 990 used for?", "Pull out the sender"),
        (("These values are:", "Pull out the sender with Special Tool 11 9 990."),
         "what is special tool 11 9 990 used for?", "Pull out the sender"),
        (("Turn the lever of the tensioner with a", "torque of approx. 9 Nm (6.6 ft. lbs.)", "Tighten nuts (1)."),
         'which value belongs in "Turn the lever of the tensioner with a torque of …"?', "approx. 9 Nm (6.6 ft. lbs.)"),
        (("Bench Test:", "Caution!", "The oil is hot."), 'under "Bench Test", which caution is given?',
         "The oil is hot."),
        (("Caution!", "The oil is hot.", "Wear gloves."), "which caution is given?", "The oil is hot. Wear gloves."),
        (("Caution!", "The oil is hot.", "Remove the cover if it spills."),
         "which caution is given?", "The oil is hot. Remove the cover if it spills."),
    ],
)  # fmt: skip
def test_questions(lines, question, answer):
    assert asked(*(line.strip() for line in lines))[question] == answer


@pytest.mark.parametrize(
    "lines",
    [
        ("Tighten to 24 Nm.",),  # what?
        ("The gap of this cover is measured as 0.5 mm there.",),  # of which?
        ("Example: a worn cover of 5 mm would need a gasket.",),
        ("Heat the cover to 80 C before pulling the sender out.",),  # 8 °C, as OCR reads it
        ("The gap of cover and sump is 05 mm all around.",),
        ("The gap of cover and sump is 0.7 1.7 mm all around.",),
        ("The gap of cover and sump is 0.5 mm or 0.7 mm wide.",),  # which of the two?
        ("Mount the cover with the gap of 0.5 mm and",),
        ("Remove old cover - see 11 99 000.",),  # the job itself
        ("1. Cover", "2. Sender", "3. Gasket"),
        ("1. Drain the oil.", "", "", "1. Remove the cover.", "2. Drain the oil."),  # two lists
        ("1. measured at the sump.", "2. Measured at the cover."),
        ("Caution!", "The oil is hot.", "Remove the cover."),  # the work goes on
        ("Important!", "Tightening torque = 24 Nm (18 ft. lbs.).", "Don't kink the pipe."),  # of which part?
        ("1. Mark must be in the middle.", "2. Gap must be located at the cover."),  # what is to be found
    ],
)
def test_what_could_be_read_two_ways_is_left_out(lines):
    assert asked(*lines) == {}


def test_what_was_not_read_for_sure_is_left_out():
    assert asked("Pull out the sender with Special Tool 11 9 990.", score=0.9) == {}


def test_a_page_number_does_not_tell_what_steps_do():
    steps = column(40, 80, "1. Drain the old oil.", "2. Remove both covers.")
    assert rules.label(PAGE, reading(column(600, 20, "11-90"), steps)) == []


@pytest.mark.parametrize(
    ("headings", "is_asked"),
    [
        (["Cars with Second Sender:"], True),
        (["Cars with Second Sender:", "Covers of the Old Version with Three Sleeves:"], False),
    ],
)
def test_no_question_is_longer_than_the_filter_lets_through(headings, is_asked):
    place = ["at the rear of the oil sump and there"] * 3
    found = asked(*headings, "Hold the cover with Special Tool 11 9 990", *place, "while turning the nut.")
    assert ("11 9 990" in found.values()) == is_asked


@pytest.mark.parametrize(
    ("heading", "questions"),
    [
        ("Bench Test:", []),
        ("Road Test:", ['under "Road Test", which job is referred to for "Check the plug for dirt"?']),
    ],
)
def test_a_subheading_that_a_job_has_twice_tells_nothing_apart(heading, questions):
    blocks = ["Bench Test:", "Turn the lever.", "", heading, "Check the plug for dirt - see 11 99 010."]
    assert list(asked(*blocks)) == questions


@pytest.mark.parametrize(("engine", "count"), [("rapidocr 3.10.0", 0), ("text layer", 1)])
def test_a_word_that_looks_like_a_more_frequent_one_is_misread(engine, count):
    lines = ["Clean the stem.", "Hold the stem.", "Grease the sten with Special Tool 11 9 990 by hand."]
    printed = replace(reading(JOB, column(40, 80, *lines)), engine=engine)
    assert sum("sten" in qa.question for qa in rules.label(PAGE, printed)) == count


def test_a_sign_that_was_not_read_leaves_a_gap():
    assert asked("Place Special Tool 11 9 990 in the stand  pull out the seal!") == {}
