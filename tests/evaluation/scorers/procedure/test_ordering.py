"""Which of two opposites comes first: the leads of a battery, the wheels of an axle."""

import pytest

from evaluation.scorers.identifiers import score

OFF = "First take off the negative lead, then the positive lead."
TWO_DEEDS = "First drain the sump, then unscrew the strainer."
ON = "Connect the plus lead first and the earth lead last."


@pytest.mark.parametrize(
    ("reference", "answer", "passes"),
    [
        (OFF, "The minus cable comes off before the plus cable.", True),
        (OFF, "Earth lead first, then the positive one.", True),
        (OFF, "Take off the positive lead after the negative lead.", True),
        (OFF, "Before the plus cable, the minus cable is taken off.", True),
        (OFF, "Undo minus first, then plus. Put plus back on first, then minus.", True),
        (OFF, "First take off the positive lead, then the negative lead.", False),
        (OFF, "The plus cable comes off before the minus cable.", False),
        (OFF, "The minus cable comes off last.", False),
        (ON, "Connect earth last, after plus.", True),
        (ON, "The earth lead goes on first, the plus lead last.", False),
        (ON, "Start with the earth lead and finish with the plus lead.", False),
        (ON, "Start with plus and finish with earth.", True),
        (ON, "Clamp the earth lead; after that the plus lead.", False),
        (ON, "Clamp the plus lead; after that the earth lead.", True),
        (ON, "Anschließen: zuerst Minus, dann Plus", False),
        (ON, "Once positive is connected, connect negative.", True),
        ("Take off the earth lead first.", "The earth lead comes off last.", False),
        ("Take off the earth lead first.", "The earth lead comes off first. Put it back on last.", True),
        ("Fill the rear tank first, then the front tank.", "Fill the front tank first, then the rear tank.", False),
        ("Fill the rear tank first, then the front tank.", "Rear tank, then front tank", True),
        ("Pull fuse 12 first, then relay K4.", "Pull relay K4 first, then fuse 12.", False),
        ("Pull fuse 12 first, then relay K4.", "Relay K4 before fuse 12", False),
        ("Pull fuse 12 first, then relay K4.", "1. Relay K4\n2. Fuse 12", False),
        ("Pull fuse 12 first, then relay K4.", "1. Fuse 12\n2. Relay K4", True),
        ("Pull fuse 12 first, then relay K4.", "Relay K4 after fuse 12", True),
        (TWO_DEEDS, "Take the strainer out, then empty the sump.", False),
        (TWO_DEEDS, "The strainer comes off first, then the sump is emptied.", False),
        (TWO_DEEDS, "Before emptying the sump, take out the strainer.", False),
        (TWO_DEEDS, "1. Take out the strainer\n2. Empty the sump", False),
        (TWO_DEEDS, "1. Empty the sump\n2. Take out the strainer", True),
        (TWO_DEEDS, "Empty the sump, then take out the strainer.", True),
        (TWO_DEEDS, "Take the strainer out after emptying the sump.", True),
        (TWO_DEEDS, "Empty the sump at its strainer, then take out the strainer.", True),
        ("Open connector C3 before connector C8.", "Open C8 and then C3.", False),
        ("Open connector C3 before connector C8.", "C3, then C8", True),
        ("Drain the sump first, then the radiator.", "The radiator is drained before the sump.", False),
        ("Drain the sump first, then the radiator.", "First drain the sump, afterwards the radiator.", True),
        ("First remove the wheel, then the caliper.", "To get at the caliper remove the wheel first.", True),
        ("First remove the wheel, then the caliper.", "To get at the wheel remove the caliper first.", False),
        ("First remove the wheel, then the caliper.", "To get at the caliper, remove the wheel first.", True),
    ],
)
def test_the_other_order_is_wrong(reference: str, answer: str, passes: bool):
    assert (score(reference, answer) == 1) is passes


@pytest.mark.parametrize(
    ("question", "reference", "answer", "passes"),
    [
        ("Which cable is disconnected first?", "The negative cable.", "The ground cable.", True),
        ("Which cable is disconnected first?", "The negative cable.", "Negative first, positive second", True),
        ("Which cable is disconnected first?", "The negative cable.", "Positive first, negative second", False),
        ("Which cable is disconnected first?", "The negative cable.", "The positive one, then the negative.", False),
        ("Which cable is disconnected first?", "The negative cable.", "Positive, negative", False),
        ("Which cable is connected last?", "The negative cable.", "The earth strap", True),
        ("Which cable is connected last?", "The negative cable.", "Plus goes on after minus.", False),
        ("Which tank is filled first?", "The rear one.", "The front tank, then the rear tank", False),
        ("Which tank is filled first?", "The rear one.", "The rear tank, then the front tank", True),
    ],
)
def test_a_question_for_the_first_tells_the_order(question: str, reference: str, answer: str, passes: bool):
    assert (score(reference, answer, question=question) == 1) is passes


@pytest.mark.parametrize(
    ("answer", "passes"),
    [
        ("Plus, then minus", True),
        ("plus -> minus", True),
        ("The plus lead goes on before minus.", True),
        ("Negative, then positive", False),
        ("Minus first", False),
    ],
)
def test_a_question_tells_that_poles_are_leads(answer: str, passes: bool):
    question = "In which order are the battery leads connected?"
    assert (score("Positive, then negative", answer, question=question) == 1) is passes
