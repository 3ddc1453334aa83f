"""What the page verifies: all of an answer in one passage that is about what is asked, and nothing else."""

import pytest

from tests.vlm3_dataset.printed import printed
from vlm3_dataset.filters.grounding import grounded
from vlm3_dataset.schema import QA

TABLE = """23 - 5 Manual transmission | Type | Screw | Measure | Unit
11AZ | Plug in rear casing section | All | M20 | 60 | Nm
| | 240 | M16 | 40 | Nm
| | 260/280 | M22 | 62 | Nm
12AZ | Sealing caps | 240/260/280 | M6 | 10 | Nm
13AZ | Reversing bolt to lever | ZF S-5-16 | | 43 | Nm
14AZ | Clamping claws to rear case | ZF S-5-16 | | 33 | Nm
"""
TEXT = """Checking the brake force regulator
Connect one high pressure meter in front axle brake circuit.
Connect second high pressure meter in rear wheel bleeder screw.
Up to a pressure of 25 bar (355 psi) both meters
should display the same value.
Do not reuse the seal of the regulator.
Bolt (1) = 8 x 60 mm.
Unscrew cylinder head bolts in order of 10 through 1.
Tighten cylinder head bolts in three steps in order of 1 through 10.
Tightening torque: M 8 = 21 + 1 Nm (15 + 0.7 ft. lbs.)
Coat sealing surfaces with Three Bond 12 07.
Mount Special Tool 23 0 090 on Special Tool 00 1 490.
Knob is opened when turned by more than 20 degrees.
Wear limit of the clutch disc max. 0.5 mm.
The page of the switch: see Specifications.
S219 | INSTRUMENT PANEL | 8000-4
S223 | CRUISE CONTROL | 8000-5
Fuse 20 protects the heater with 30 A.
Fuse 21 protects the horn with 15 A.
The heater wire is .5 GN/BR.
The horn wire is 1.5 GN/BU.
"""


def judged(question, answer, page=TABLE + TEXT, engine="rapidocr 3.10.0", **told):
    qa = QA(question, answer, told.get("evidence", ""), "t", told.get("labeler", "claude"), "m", "v")
    return grounded(qa, printed(page, engine))


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("How tight are the clamping claws on the rear case?", "33 Nm", ["43 Nm", "34 Nm", "33 ft-lb"]),
        ("What is the torque of the plug in the rear casing section of the 240 gearbox?", "40 Nm", ["60 Nm", "62 Nm"]),
        ("To which gearboxes does the torque of the sealing caps apply?", "240, 260 and 280", ["ZF S-5-16"]),
        (
            "Where is the second high pressure meter connected?",
            "in rear wheel bleeder screw",
            ["in front axle circuit"],
        ),
        ("In which brake circuit is one high pressure meter connected?", "front axle", ["rear axle"]),
        ("Up to what pressure should both meters display the same value?", "25 bar (355 psi)", ["35 bar", "25 psi"]),
        ("What size is bolt (1)?", "8 x 60 mm", ["8 x 50 mm", "6 x 80 mm"]),
        ("In what order are the cylinder head bolts unscrewed?", "10 through 1", ["1 through 10"]),
        ("In what order are the cylinder head bolts tightened?", "1 through 10", ["10 through 1"]),
        ("What is the torque of M8?", "21 + 1 Nm (15 + 0.7 ft. lbs.)", ["21 ± 1 Nm", "21 - 1 Nm", "22 + 1 Nm"]),
        ("With what are the sealing surfaces coated?", "Three Bond 1207", ["Three Bond 1217", "Loctite 573"]),
        ("On which tool is Special Tool 23 0 090 mounted?", "Special Tool 00 1 490", ["Special Tool 00 1 940"]),
        ("How far is the knob turned when it is opened?", "by more than 20 degrees", ["by less than 20 degrees"]),
        ("What is the wear limit of the clutch disc?", "max. 0.5 mm", ["min. 0.5 mm", "max. 0.6 mm"]),
        ("In which harness is splice S219?", "Instrument panel", ["Cruise control", "Main"]),
        ("On which page is splice S223?", "8000-5", ["8000-4"]),
        ("Which fuse protects the heater?", "Fuse 20", ["Fuse 21", "20 A"]),
        ("What protects the horn?", "Fuse 21, 15 A", ["Fuse 21, 30 A", "Fuse 20, 15 A"]),
        ("What wire has the heater?", ".5 GN/BR", ["5 GN/BR", ".5 GN/BU", "1.5 GN/BU"]),
        ("What must be done with the seal of the regulator?", "do not reuse", ["reuse"]),
    ],
)
def test_a_passage_verifies_the_right_answer_and_no_other(question, right, wrong):
    assert judged(question, right).numbers_grounded == "verified"
    assert [judged(question, answer).numbers_grounded != "verified" for answer in wrong] == [True] * len(wrong)


@pytest.mark.parametrize(
    ("answer", "labeler", "engine", "said"),
    [
        ("33 Nm", "claude", "rapidocr 3.10.0", "verified"),
        ("33 Nm", "rules", "text layer", "verified"),
        ("33 Nm", "rules", "rapidocr 3.10.0", "unconfirmed"),  # a reader does not confirm itself
        ("by hand", "claude", "text layer", "none"),
        ("on the left", "claude", "text layer", "unconfirmed"),
    ],
)
def test_what_is_not_verified_is_in_doubt_or_has_nothing_exact(answer, labeler, engine, said):
    assert judged("How tight are the clamping claws?", answer, TABLE, engine, labeler=labeler).numbers_grounded == said


def test_where_it_is_printed_is_told():
    assert judged("How tight are the clamping claws?", "33 Nm", TABLE).place.count(" ") == 3
    assert judged("What is it?", "a hammer", TABLE, evidence="Sealing caps 240/260/280").place
    assert judged("What is it?", "a hammer", TABLE, evidence="with a hammer").place == ""


def test_two_columns_of_text_are_no_row():
    lines = [f"Loosen the nut of part {word}.     | Tighten the other one again." for word in "abcdefg"]
    page = "\n".join([*lines, "Torque of the nut is given below. | The bolt takes 24 Nm in all."])
    assert judged("What is the torque of the nut?", "24 Nm", page).numbers_grounded == "unconfirmed"
    assert judged("What does the bolt take?", "24 Nm", page).numbers_grounded == "verified"
