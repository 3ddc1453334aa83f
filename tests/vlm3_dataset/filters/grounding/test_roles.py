"""What a thing is worked on with, or where, is no answer to what is worked on, though one sentence has both."""

import pytest

from tests.vlm3_dataset.filters.grounding.test_grounding import judged

LINES = """Grease drum bearing with Longtime 3.

Press in the sleeve with a mandrel.

Coat the wedge with tallow.

Drain the sump into a bucket.

Lift the pawl out of the notch.

Pull the hook off the mast with claw 31 4 250.

Engage the latch in the rail prior to installation of the boom.

The block must rest on the cradle.

Hang the load from the beam.

When the rope is frayed, renew the reel.

Suspend the crate from the davit on a chain.

Screw the eye in the gib to the stop.

Lubricate the cam before fitting the lever.

Pull the tar gauge out of the tar kettle housing.

Apply lanolin to the lips of the gasket with a brush.
"""


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("What is greased with Longtime 3?", "The drum bearing", []),
        ("What is greased?", "", ["Longtime 3"]),
        ("Which bearing is greased?", "", ["Longtime"]),
        ("With what is the sleeve pressed in?", "A mandrel", []),
        ("What is pressed in?", "", ["The mandrel"]),
        ("What is pressed in with a mandrel?", "The sleeve", []),
        ("What is pressed in with the sleeve?", "", ["A mandrel"]),
        ("Which tool is used to press in the sleeve?", "A mandrel", []),
        ("Which tool is used for the mandrel?", "", ["The sleeve"]),
        ("With which tool is it pressed in?", "", ["The sleeve"]),
        ("Where is the wedge coated?", "", ["With tallow"]),
        ("What is coated with the wedge?", "", ["Tallow"]),
        ("What should the wedge be coated with?", "Tallow", []),
        ("How is the wedge coated?", "With tallow", []),
        ("Which part is coated with tallow?", "The wedge", []),
        ("What is drained?", "", ["The bucket"]),
        ("Where is it drained?", "", ["The sump"]),
        ("Where is the sump drained?", "Into a bucket", []),
        ("What is drained into the sump?", "", ["The bucket"]),
        ("What is the sump drained into?", "A bucket", []),
        ("What is lifted out of the pawl?", "", ["The notch"]),
        ("What is lifted?", "", ["The notch"]),
        ("What is the pawl lifted out of?", "The notch", []),
        ("From where is the pawl lifted?", "Out of the notch", []),
        ("With what is the mast pulled off?", "", ["The hook"]),
        ("What is pulled off with claw 31 4 250?", "The hook", []),
        ("Which tool pulls off the hook?", "", ["The mast"]),
        ("What is installed prior to engaging the latch?", "", ["The boom"]),
        ("What is engaged before the boom is installed?", "The latch", []),
        ("In what is the latch engaged?", "The rail", ["The boom"]),
        ("When is the latch engaged?", "Prior to installation of the boom", ["In the rail"]),
        ("What must rest on the block?", "", ["The cradle"]),
        ("What must the block rest on?", "The cradle", []),
        ("What must the cradle rest on?", "", ["The block"]),
        ("What hangs from the load?", "", ["The beam"]),
        ("From what is the load hung?", "The beam", []),
        ("What is renewed?", "", ["The rope"]),
        ("What is done when the reel is frayed?", "", ["Renew the rope"]),
        ("What is renewed when the rope is frayed?", "The reel", []),
        ("On what is the crate suspended?", "A chain", ["The davit"]),
        ("What is suspended from the crate?", "", ["The davit"]),
        ("From what is the davit suspended?", "", ["The crate"]),
        ("Into what is the gib screwed?", "", ["The eye"]),
        ("How far is the eye screwed in?", "To the stop", []),
        ("What is lubricated before the cam is fitted?", "", ["The lever"]),
        ("What is lubricated before the lever is fitted?", "The cam", []),
        ("What is pulled out of the tar gauge?", "", ["The kettle housing"]),
        ("What is pulled out of the tar kettle housing?", "The gauge", []),
        ("With what is lanolin applied?", "A brush", ["The lips of the gasket"]),
        ("To what is lanolin applied?", "The lips of the gasket", ["A brush"]),
        ("What is applied to the lips of the gasket?", "Lanolin", ["A brush"]),
    ],
)
def test_a_word_of_another_part_of_the_sentence_is_no_answer(question, right, wrong):
    assert not right or judged(question, right, LINES).numbers_grounded == "verified"
    assert [answer for answer in wrong if judged(question, answer, LINES).numbers_grounded == "verified"] == []


def test_a_line_that_breaks_off_before_what_is_asked_does_not_answer():
    page = "Spread the jaws apart at bottom and lift off\nfrom above."
    assert judged("From where are the jaws lifted off?", "From above", page).numbers_grounded == "verified"
    assert judged("From where are the jaws lifted off?", "From the bottom", page).numbers_grounded != "verified"


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("On what is the winch motor undone?", "The bed", "The tackle motor"),
        ("What is pulled off toward the wall?", "The gaff", "The sheave wear gauge plug"),
        ("What runs on the spindle?", "", "Roller bearings"),
        ("What is the tightening torque of the nut of the winch motor?", "21 to 24 Nm", "21 Nm"),
    ],
)
def test_a_sentence_beside_another_that_has_more_of_the_question_is_no_answer(question, right, wrong):
    page = """FITTING WINCH MOTOR
ON THE WALL
Undo winch motor on the bed.

Undo lid on the tackle motor.

Pull off sheave wear gauge plug.
Pull off gaff toward wall.

Note:
Spindle runs on roller bearings.

Put up winch with mounted motor.
Tightening torque of nut:
21 to 24 Nm.
"""
    assert not right or judged(question, right, page).numbers_grounded == "verified"
    assert judged(question, wrong, page).numbers_grounded != "verified"
