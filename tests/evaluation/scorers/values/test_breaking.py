"""The value at which something breaks is no setting."""

import pytest

from evaluation.scorers.numeric import score

QUESTION = "What is the torque?"


@pytest.mark.parametrize(
    "answer",
    [
        "Above 24 Nm the stud snaps.",
        "The stud breaks at 24 Nm.",
        "The stud snaps at 24 Nm, so stay well below.",
        "The studs snap at 24 Nm.",
        "The studs will snap at 24 Nm.",
        "The stud shears off at 24 Nm.",
        "The bolt fails at 24 Nm.",
        "24 Nm strips the thread.",
        "24 Nm will strip the thread.",
        "24 Nm is the breaking torque of the stud.",
        "Its breaking torque: 24 Nm",
        "The yield point is reached at 24 Nm.",
        "At 24 Nm the thread strips.",
        "At 24 Nm and more the thread may strip.",
        "If you tighten to 24 Nm it will break.",
        "Anything over 24 Nm damages the housing.",
        "From 24 Nm on the bolt stretches for good.",
        "24 Nm is what it takes to snap the stud.",
        "It takes 24 Nm to break the bolt loose.",
        "Stay below 24 Nm.",
    ],
)
def test_a_limit_at_which_something_breaks_is_no_setting(answer: str):
    assert score("24 Nm", answer, question=QUESTION) == 0


@pytest.mark.parametrize(
    "answer",
    [
        "Tighten to 24 Nm; at 40 Nm the stud snaps.",
        "24 Nm. Above that the stud snaps.",
        "24 Nm, no more, or the stud snaps.",
        "Tighten to 24 Nm so that the thread does not strip.",
        "Never exceed 24 Nm, or the stud will break.",
        "24 Nm. The bolt will break if it is tighter.",
        "24 Nm must not be exceeded because the thread would strip.",
        "The thread does not strip at 24 Nm.",
        "The gasket strip seats at 24 Nm.",
        "At 24 Nm the gasket seals and nothing breaks.",
        "Tighten in steps to 24 Nm to avoid damage.",
        "Break the bolt loose, then tighten the new one to 24 Nm.",
        "Use 24 Nm; the old bolts snapped easily.",
    ],
)
def test_a_setting_beside_what_breaks_is_one(answer: str):
    assert score("24 Nm", answer, question=QUESTION) == 1


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("A 55 W bulb would melt the lens.", 0),
        ("55 W bulbs can easily crack the glass.", 0),
        ("55 W; a stronger bulb would melt the lens.", 1),
        ("Fit a 55 W bulb. Others would melt the lens.", 1),
        ("55 W or the lens will melt", 1),
        ("55 W because more would melt the lens", 1),
    ],
)
def test_a_thing_of_a_size_may_be_what_breaks_another(answer: str, expected: int):
    assert score("55 W", answer, question="Which bulb?") == expected


def test_a_question_or_a_reference_may_be_about_what_breaks():
    assert score("40 Nm", "The stud snaps at 40 Nm.", question="When does the stud snap?") == 1
    assert score("The stud snaps at 40 Nm.", "40 Nm", question="What about 30 Nm?") == 1


def test_a_labelled_value_may_be_a_limit_too():
    labelled = [("front", "10 Nm"), ("rear", "20 Nm")]
    assert (
        score("front 10 Nm, rear 20 Nm", "front 10 Nm; the rear stud snaps at 20 Nm", labelled_values=labelled) == 1 / 2
    )


@pytest.mark.parametrize(
    ("reference", "answer", "points"),
    [
        ("Replace pads below 3.0 mm.", "The pads must be at least 3.0 mm thick.", 1),
        ("Replace pads below 3.0 mm.", "If they are thinner than 3.0 mm the pads must be replaced.", 1),
        ("The pads must be at least 3.0 mm.", "Below 3.0 mm they must be replaced.", 1),
        ("The pads must be at least 3.0 mm.", "As soon as they're thinner than 3.0 mm they're scrap.", 1),
        ("The pads must be at least 3.0 mm.", "Above 3.0 mm they must be replaced.", 0),
        ("Pads thinner than 3.0 mm must be replaced.", "at least 3.0 mm", 1),
        ("Pads thinner than 3.0 mm must be replaced.", "They go in the bin once they are over 3.0 mm.", 0),
        ("Replace pads below 3.0 mm.", "The pads must be at most 3.0 mm thick.", 0),
        ("Replace pads below 3.0 mm.", "If they are thicker than 3.0 mm the pads must be replaced.", 0),
        ("The play may be 0.4 mm at most.", "Renew the joint when the play is more than 0.4 mm.", 1),
        ("The play may be 0.4 mm at most.", "Renew the joint when the play is less than 0.4 mm.", 0),
        ("Grind it to 22.0 mm; scrap it below 21.5 mm.", "At least 22.0 mm after grinding, scrap below 21.5 mm.", 1),
        ("Grind it to 22.0 mm; scrap it below 21.5 mm.", "Grind it to 21.5 mm, and scrap it below 22.0 mm.", 0),
    ],
)
def test_a_part_that_is_replaced_beyond_a_value_must_not_pass_it(reference: str, answer: str, points: float):
    assert score(reference, answer) == points
