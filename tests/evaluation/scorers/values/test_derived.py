"""A value from which an answer only reckons is not the one that it gives."""

import pytest

from evaluation.scorers.numeric import score

RANGE = "70 to 85 Ω"


@pytest.mark.parametrize(
    "answer",
    [
        "twice 47 Nm",
        "Double the usual 47 Nm.",
        "half of 47 Nm",
        "Half the torque of 47 Nm",
        "three times 47 Nm",
        "two and a half times the stated torque of 47 Nm",
        "two thirds of 47 Nm",
        "80 % of 47 Nm",
        "twice as much as 47 Nm",
        "das Dreifache von 47 Nm",
        "halb so viel wie 47 Nm",
        "47 Nm plus as much again",
        "47 Nm and the same again.",
        "47 Nm and half as much again",
        "47 Nm, then a bit more",
        "47 Nm times two",
        "47 Nm divided by 2",
        "47 Nm twice over",
        "Take 47 Nm, then double it.",
        "Go to 47 Nm and then add the same amount once more.",
        "anderthalbmal 47 Nm",
        "47 Nm, which must be doubled",
        "47 Nm is only a third of it.",
        "47 Nm more than the nut",
    ],
)
def test_a_multiple_or_a_part_of_a_value_is_another(answer: str):
    assert score("47 Nm", answer, question="What is the torque?") == 0


@pytest.mark.parametrize(
    "answer",
    [
        "Tighten twice to 47 Nm.",
        "The double nut takes 47 Nm.",
        "47 Nm, and the same again on the other side",
        "47 Nm. Check again after an hour.",
        "47 Nm, the same for both",
        "Half of the bolts are short; 47 Nm.",
        "Turn it three times, then tighten to 47 Nm.",
        "47 Nm and more than that breaks it.",
        "47 Nm, a third of the bolts at a time",
        "47 Nm; turn it on once more.",
        "47 Nm, and mark it with paint twice.",
    ],
)
def test_what_is_done_again_or_with_half_of_the_bolts_leaves_the_value(answer: str):
    assert score("47 Nm", answer, question="What is the torque?") == 1


def test_a_turn_that_is_done_twice_is_a_stage():
    assert score("First 20 Nm, then 2 x 90°", "20 Nm, then twice 90°") == 1


def test_what_is_filled_in_twice_adds_up():
    assert score("3.2 l", "Fill in 3.2 l twice.") == 0


@pytest.mark.parametrize(
    "answer",
    [
        "outside 70 to 85 Ω",
        "off the range of 70 to 85 Ω",
        "außerhalb von 70 bis 85 Ω",
        "It is right when it leaves the range of 70 to 85 Ω.",
        "It must not lie between 70 and 85 Ω.",
        "The reading should never be within 70 to 85 Ω.",
        "Do not replace it when it reads outside 70 to 85 Ω.",
    ],
)
def test_outside_a_range_is_not_in_it(answer: str):
    assert score(RANGE, answer) == 0


@pytest.mark.parametrize(
    "answer",
    [
        "never outside 70 to 85 Ω",
        "Read it off: 70 to 85 Ω",
        "The meter reads off 70 to 85 Ω.",
        "That leaves 70 to 85 Ω between the pins.",
        "It must not leave the range of 70 to 85 Ω.",
        "Replace it when it reads outside 70 to 85 Ω.",
        "Outside 70 to 85 Ω the sensor is faulty.",
        "If it is not between 70 and 85 Ω, renew the sensor.",
        "Der Wert darf nicht außerhalb von 70 bis 85 Ω liegen.",
    ],
)
def test_a_fault_outside_a_range_is_the_range(answer: str):
    assert score(RANGE, answer) == 1


@pytest.mark.parametrize(
    ("reference", "answer", "points"),
    [
        ("0.2 mm on each side", "0.2 mm altogether", 0),
        ("0.2 mm on each side", "0.2 mm in total for both sides", 0),
        ("0.2 mm on each side", "The total play of both sides is 0.2 mm.", 0),
        ("0.2 mm on each side", "0.2 mm to the left and to the right", 1),
        ("0.2 mm", "0.2 mm in total", 1),
        ("3 mm of tread", "3 mm of the tread are left", 1),
        ("3 mm of tread", "when 3 mm of tread have worn off", 0),
        ("0.2 mm on each side, 0.4 mm in total", "0.2 mm on each side, 0.4 mm in total", 1),
    ],
)
def test_what_each_has_is_not_what_all_have_together(reference: str, answer: str, points: float):
    assert score(reference, answer) == points
