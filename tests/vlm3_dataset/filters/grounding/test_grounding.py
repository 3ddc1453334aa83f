"""What the page verifies: all of an answer in one passage that is about what is asked, and nothing else."""

import pytest

from tests.vlm3_dataset.labelers.rules.printed import printed
from vlm3_dataset.filters.grounding.grounding import grounded
from vlm3_dataset.language.wording import words
from vlm3_dataset.schema import QA

TABLE = """23 - 5 Manual transmission | Type | Screw | Measure | Unit
11AZ | Plug in rear casing section | All | M20 | 60 | Nm
| | 240 | M16 | 40 | Nm
| | 260/280 | M22 | 62 | Nm
12AZ | Sealing caps | 240/260/280 | M6 | 10 | Nm
13AZ | Reversing bolt to lever | ZF S-5-16 | | 43 | Nm
14AZ | Clamping claws to rear case | ZF S-5-16 | | 33 | Nm
"""
COLUMNS = """Joint | Bolt | Thread | Plain | Greased
Arm to hub | all | M12 | 81 Nm | 72 Nm
Link to arm | all | M8 | 23 Nm | 20 Nm
"""
CHAPTERS = """Work               | Manual | Values | Hints
Grease the hub     | Gr. 41 | Gr. 47 | by hand
"""
WORN = """Joint         | Used  | Fresh
Pump to block | 34 Nm | 31 Nm
Cover to case |       | 8 Nm
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

ROWS = """31 - 6 Steering | Type | Screw | Measure | Unit
1AZ | Rack on subframe | All | M8 | 37 | Nm
| | 190/195 | M12 | 58 | Nm
2AZ | Pinion cap | All | M6 8.8 | 19 | Nm
| | All | M6 10.9 | 26 | Nm
3AZ | Hose on pump | M30 | M10 | 44 | Nm
4AZ | Bracket on wing | S41/S43 | M14 | 71 | Nm
"""
STEPS = """Fitting the ballast plate
31-9 | THE BALLAST PLATE
Replace sleeve (4) in the ram bore.
Check bushes (6), replacing if necessary.
Bolt (7) = 9 x 75 mm.
Tighten the clamp of the ballast plate evenly.
Tightening torque: 17 + 3 Nm (12 + 2 ft. lbs.).
Unhook the spring and swing it to the bulkhead.
Do not kink the lever.
Drain the reservoir into a can.
Reservoir*.
Coat the flange with Curil No. 482 by hand. Keep the flange dry for 25 minutes.
Tool: claw 31 4 250 for the hub.
Only screws of class DIN 21, sheet 64, and nuts of DIN 87 suit the yoke.
Lift out the grille (11 and 12).
Take off the yoke of the ram.
Do not wash the hood.
Painting:
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
    ("question", "right", "wrong"),
    [
        (
            "What screws hold the hose on the pump?",
            "M10 screws with a torque specification of 44 Nm, for type M30",
            ["M10 screws without 44 Nm", "M10 screws with 44 ft-lb", "M12 screws with 44 Nm", "M30 screws with 44 Nm"],
        ),
        ("What screws hold the hose on the pump?", "M10 tightened to 44 Nm", ["M10 loosened to 44 Nm"]),
        (
            "Which part has M12 screws?",
            "The rack on the subframe (1AZ) has M12 screws with 58 Nm.",
            ["The rack (1AZ), M12 screws with 37 Nm", "The pinion cap (2AZ), M12 screws with 58 Nm"],
        ),
        ("How tight is the pinion cap with 10.9 screws?", "26 Nm", ["19 Nm", "37 Nm"]),
        ("What is the torque of the hose on the pump?", "44 Nm for M30", ["44 Nm for M39", "44 Nm for M85"]),
        ("What bolt size has the bracket on the wing?", "M14", ["M10", "S41"]),
        ("Which types have the bracket on the wing?", "S41 and S43", ["S43 and S41", "S41 and S47"]),
    ],
)
def test_a_row_says_what_goes_without_saying_and_what_it_goes_on_with(question, right, wrong):
    assert judged(question, right, ROWS).numbers_grounded == "verified"
    assert [answer for answer in wrong if judged(question, answer, ROWS).numbers_grounded == "verified"] == []


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        (
            "What is done with the sleeve and the bushes?",
            "Replace sleeve (4) in the ram bore and check bushes (6), replacing if necessary.",
            [
                "Replace sleeve (6) in the ram bore and check bushes (4), replacing if necessary.",
                "Replace sleeve (4) in the ram bore and check bushes (4), replacing if necessary.",
                "Replace sleeve (4) in the ram bore and check bushes (7), replacing if necessary.",
                "Check sleeve (4) in the ram bore and replace bushes (6), if necessary.",
                "Replace sleeve (4) and bushes (6).",
            ],
        ),
        (
            "How is the clamp of the ballast plate tightened?",
            "Evenly; the tightening torque is 17 + 3 Nm (12 + 2 ft. lbs.).",
            ["Evenly, with 17 ± 3 Nm.", "Evenly, with 17 + 3 ft-lb.", "Evenly, with 17 + 8 Nm.", "Evenly, with 9 mm."],
        ),
        (
            "What is done with the spring?",
            "Unhook it, then swing it to the bulkhead. Do not kink the lever.",
            ["Unhook it, then swing it to the bulkhead. Kink the lever.", "Swing it, then unhook it to the bulkhead."],
        ),
        (
            "With what is the flange coated?",
            "Curil No. 482 by hand; keep the flange dry for 25 minutes.",
            [
                "Curil No. 428 by hand; keep the flange dry for 25 minutes.",
                "Curil No. 482; keep it dry for 25 seconds.",
            ],
        ),
    ],
)
def test_sentences_that_follow_each_other_verify_who_quotes_them_whole(question, right, wrong):
    assert judged(question, right, STEPS).numbers_grounded == "verified"
    assert [answer for answer in wrong if judged(question, answer, STEPS).numbers_grounded == "verified"] == []


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("Which tool is for the hub?", "Claw 31 4 250 is required", "Claw 31 4 250 is not required"),
        ("What suits the yoke?", "DIN 21, sheet 64, and DIN 87", "DIN 87, sheet 64, and DIN 21"),
        ("Which parts of the grille are lifted out?", "11 and 12", "11 or 12"),
        ("What important note is given about kinks of the lever?", "Do not kink the lever", "Kink the lever"),
        ("What is the torque of the clamp?", "", "31-9"),
        ("What is done with the yoke?", "Take off the yoke", "Take off the yoke while painting"),
        ("What is done about the reservoir?", "", "Drain it into a can; see the reservoir specification"),
    ],
)
def test_a_passage_does_not_verify_what_it_denies_or_leaves_to_another(question, right, wrong):
    assert not right or judged(question, right, STEPS).numbers_grounded == "verified"
    assert judged(question, wrong, STEPS).numbers_grounded != "verified"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the lowest torque of the hose on the pump?", "44 Nm"),
        ("What bolt size has the hose on the pump?", "M30"),
    ],
)
def test_a_row_alone_does_not_tell_an_extreme_nor_an_engine_a_size(question, answer):
    assert judged(question, answer, ROWS).numbers_grounded == "unconfirmed"


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


@pytest.mark.parametrize(
    ("page", "question", "answer"),
    [
        (
            "Car with automatic gearbox:\nHighest towing speed: 45 km/h.",
            "What is the highest towing speed with a manual gearbox?",
            "45 km/h",
        ),
        (
            "Undo stud (2) and crank the idler\n(5) with a torque of approx. 8 Nm (6 ft.lbs.)\nTighten studs (2).",
            "To what torque are the studs (2) tightened?",
            "Approx. 8 Nm (6 ft.lbs.)",
        ),
    ],
)
def test_a_value_of_another_case_or_part_is_not_verified(page, question, answer):
    assert judged(question, answer, page).numbers_grounded == "unconfirmed"


def test_an_order_by_itself_can_be_wrong():
    assert (
        judged("How is it taken apart?", "Lift off the clip, then the yoke.", STEPS).numbers_grounded == "unconfirmed"
    )


def test_a_number_that_two_drawings_give_to_two_parts_names_neither():
    question, legend = "What is part 3 in the drawing?", "1 Ring\n2 Plate\n3 Grommet\n"
    assert judged(question, "Grommet", legend).numbers_grounded == "verified"
    both = [judged(question, part, f"{legend}\n\nTake off spacer (3).") for part in ("Grommet", "Spacer")]
    assert {each.numbers_grounded for each in both} == {"none"}


def test_what_the_head_of_a_page_asks_for_a_line_below_does_not_answer():
    page = "36 52 640 SEALING\nTHE RAM\nPosition of the ram\n\nTake off the ram housing - 36 52 075.\n"
    question = "What is the job number for sealing the ram?"
    said = [judged(question, f"The job number is {one}.", page).numbers_grounded for one in ("36 52 640", "36 52 075")]
    assert said == ["verified", "unconfirmed"]


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("What is joined to terminal 15?", "the lead 15/green", "the lead 15/grey"),
        ("How far is the screw turned?", "half a turn more", "half a turn less"),
        ("Where does the strap go?", "To B+ of the starter", "To B- of the starter"),
    ],
)
def test_a_colour_a_comparison_and_a_pole_must_be_printed(question, right, wrong):
    lines = (
        "Join the lead 15/green to terminal 15.",
        "Turn the screw half a turn more.",
        "The strap goes to B + of the starter.",
    )
    page = "\n\n".join(lines)
    said = [judged(question, one, page).numbers_grounded for one in (right, wrong)]
    assert said == ["verified", "unconfirmed"]


@pytest.mark.parametrize("title", ["Removing and installing pawl", "THE PAWL", "Loosen the pawl"])
def test_a_title_without_a_stop_is_no_part_of_the_sentence_below_it(title):
    page = f"{title}\nPull the ratchet off with Special Tool 31 4 250 and loosen the screws."
    question = "What is pulled off with the special tool?"
    said = [judged(question, answer, page).numbers_grounded for answer in ("The ratchet", "The pawl")]
    assert said == ["verified", "none"]


def test_a_line_that_had_no_room_for_the_next_word_goes_on_below():
    page = "Pull the ratchet off the mast of the old winch with\nSpecial Tool 31 4 250 and loosen all of the screws."
    assert judged("With what is the ratchet pulled off?", "Special Tool 31 4 250", page).numbers_grounded == "verified"


@pytest.mark.parametrize(
    ("page", "question", "right", "wrong"),
    [
        (  # the way back
            "Lay the drain line from the oil cooler to the sump.",
            "How is the drain line laid?",
            "From the oil cooler to the sump.",
            "From the sump to the oil cooler.",
        ),
        (
            "Air flows from the filter to the throttle.",
            "Where does the air flow to?",
            "To the throttle.",
            "To the filter.",
        ),
        (  # a comparison the other way round
            "The inner spring is stiffer than the outer spring.",
            "Which spring is stiffer?",
            "The inner spring is stiffer than the outer spring.",
            "The outer spring is stiffer than the inner spring.",
        ),
        (  # the other column
            COLUMNS,
            "What is the torque of arm to hub when plain?",
            "81 Nm",
            "72 Nm",
        ),
        (
            COLUMNS,
            "What size has the bolt of arm to hub when greased?",
            "M12",
            "81 Nm",
        ),
        (
            WORN,
            "What is the torque of cover to case when fresh?",
            "8 Nm",
            "34 Nm",
        ),
        (  # another column of names
            CHAPTERS,
            "Which chapter of the values belongs to greasing the hub?",
            "Gr. 47",
            "Gr. 41",
        ),
        (  # a heading above the one that leads to it
            "Car with manual gearbox:\nHighest towing speed: 45 km/h.\nFilling: 2 l.",
            "What is the highest towing speed with the manual gearbox?",
            "45 km/h",
            "54 km/h",
        ),
        (  # switched on, and turned in
            "Switch the blower off. Turn the collar so that its lip points out.",
            "What is done with the blower?",
            "Switch it off",
            "Switch it on",
        ),
        (
            "Switch the blower off. Fit the collar with its lip pointing out.",
            "How is the collar fitted?",
            "With its lip pointing out",
            "With its lip pointing in",
        ),
        (  # 8 Nm is no item of a list, and the line below is another step
            "Undo stud (2) and crank the idler\n(5) with a torque of approx. 8 Nm (6 ft.lbs.)\nTighten studs (2).",
            "With what torque is the idler (5) cranked?",
            "Approx. 8 Nm (6 ft.lbs.)",
            "9 Nm",
        ),
        (  # with a value in it
            "The upper stud is 12 mm longer than the lower stud.",
            "By how much do the studs differ?",
            "The upper stud is 12 mm longer than the lower stud.",
            "The lower stud is 12 mm longer than the upper stud.",
        ),
        (
            "Pour 5 cm3 of oil from the jug into the pump.",
            "How much oil is poured from the jug into the pump?",
            "5 cm3",
            "6 cm3",
        ),
        (  # the other end of what is allowed
            "Thickness of the lining is at least 3.5 mm.",
            "What is the minimum thickness of the lining?",
            "3.5 mm",
            "at most 3.5 mm",
        ),
    ],
)
def test_what_is_printed_the_other_way_round_verifies_nothing(page, question, right, wrong):
    assert [judged(question, one, page).numbers_grounded == "verified" for one in (right, wrong)] == [True, False]


@pytest.mark.parametrize(
    ("printed", "question", "wrong"),
    [
        (
            WORN,
            "What is the used torque of cover to case?",
            "8 Nm",
        ),
        (
            "The upper stud is 12 mm longer than the lower stud.",
            "How much longer is the lower stud than the upper stud?",
            "12 mm",
        ),
        (
            "Pour 5 cm3 of oil from the jug into the pump.",
            "How much oil is poured from the pump into the jug?",
            "5 cm3",
        ),
        ("Thickness of the lining is at least 3.5 mm.", "What is the maximum thickness of the lining?", "3.5 mm"),
        ("Play of the shaft is at most 3.5 mm.", "What is the minimum play of the shaft?", "3.5 mm"),
        (
            "Play of the shaft is at least 0.2 mm and at most\n3.5 mm.",
            "What is the maximum play of the shaft?",
            "0.2 mm",
        ),
        (
            "The chamfered edge of the ring points to the piston, the plain\nedge points to the cover.",
            "To what does the plain edge of the ring point?",
            "The piston.",
        ),
    ],
)
def test_the_other_end_of_a_range_or_of_a_part_is_no_answer(printed, question, wrong):
    """Nor where a line breaks before the right one, so that the line alone has all of the answer."""
    assert judged(question, wrong, printed).numbers_grounded != "verified"


def test_a_word_beside_a_value_must_be_printed():
    page = "Renew the seal.\n\nTighten the cylinder head bolts dry to 25 Nm.\n"
    said = {
        answer: judged("How tight are the cylinder head bolts?", answer, page).numbers_grounded
        for answer in (
            "25 Nm", "25 Nm, dry", "The cylinder head bolts are tightened dry to 25 Nm.",
            "25 Nm, oiled", "25 Nm, greased", "25 Nm for the gearbox", "25 Nm per stage", "25 Nm twice",
            "25 Nm; renew bolts", "After renewing the seal, 25 Nm", "25 Nm, dry, 2 passes",
        )
    }  # fmt: skip
    assert [answer for answer, grounding in said.items() if grounding == "verified"] == list(said)[:3]
    oiled = "How tight are the oiled cylinder head bolts?"
    assert judged(oiled, "25 Nm", page).numbers_grounded == "unconfirmed"


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("To which gearbox does the torque of the plug of 40 Nm apply?", "Getrag 240", "verified"),
        ("Which gearbox has a reversing bolt of 43 Nm?", "ZF S-5-16 gearbox", "verified"),
        ("Which gearbox has a reversing bolt of 43 Nm?", "Getrag S-5-16", "unconfirmed"),
        ("How tight are the sealing caps?", "10 Nm for 240/260/280 models", "verified"),
        ("How tight are the sealing caps?", "10 Nm in the tightening process", "verified"),
        ("What is splice S219 in?", "Instrument panel, page 8000-4", "verified"),
    ],
)
def test_what_only_says_of_what_kind_a_name_is_need_not_be_printed(question, answer, said):
    assert judged(question, answer).numbers_grounded == said


@pytest.mark.parametrize(
    ("page", "question", "right", "wrong"),
    [
        (
            "Pin 3 of C101 is connected with pin 5 of C103.",
            "With what is pin 3 of C101 connected?",
            "Pin 5 of C103",
            "Pin 3 of C103",
        ),
        (
            "Pin 3 of C101 is connected with pin 5 of C103.",
            "What is connected with pin 5 of C103?",
            "Pin 3 of C101",
            "Pin 5 of C101",
        ),
        (
            "Pins 3 and 4 of C101 go to C103, pin 5.",
            "What goes to pin 5 of C103?",
            "Pins 3 and 4 of C101",
            "Pins 3 and 5 of C101",
        ),
        (
            "Join terminal 30 of relay K2 to terminal 87 of relay K7.",
            "What is terminal 30 of K2 joined to?",
            "terminal 87 of relay K7",
            "terminal 87 of relay K2",
        ),
        (
            "Join terminal 30 of relay K2 to terminal 87 of relay K7.",
            "To what is terminal 30 of relay K2 joined?",
            "Terminal 87 of K7",
            "Terminal 87 of K2",
        ),
    ],
)
def test_a_pin_is_that_of_its_connector(page, question, right, wrong):
    assert judged(question, right, page).numbers_grounded == "verified"
    assert judged(question, wrong, page).numbers_grounded != "verified"


CLUTCH = """Removing the clutch
Remove the cover.
Unscrew the bolts.
30 12 081
Pull off the flange.
Drain the oil.
"""
NUMBERED = "1. Remove the cover.\n2. Unscrew the bolts.\n3. Pull off the flange.\n4. Drain the oil.\n"
SENTENCE = "Remove the cover, then unscrew the bolts and pull off the flange. Drain the oil.\n"
PUMP = "Before installing the pump, fill it with oil. Lock the shaft.\n"


@pytest.mark.parametrize(
    ("page", "question", "right"),
    [
        (CLUTCH, "Which step comes after removing the cover?", "Unscrew the bolts"),
        (CLUTCH, "After the bolts are unscrewed, what is done next?", "Pull off the flange"),
        (CLUTCH, "What must be done before draining the oil?", "Pull off the flange"),
        (CLUTCH, "What follows the removal of the cover?", "The bolts are unscrewed."),
        (CLUTCH, "After removing the cover, which step follows?", "Unscrew the bolts"),
        (CLUTCH, "Which step comes after painting the hood?", ""),
        (CLUTCH.replace("cover", "cover of the pump"), "What is done after removing the cover of the sump?", ""),
        (CLUTCH.replace("cover", "front cover"), "What is done after removing the rear cover?", ""),
        (CLUTCH + "Remove the cover.\nLock the shaft.\n", "What is done after removing the cover?", ""),
        (NUMBERED, "What is done before step 3?", "Unscrew the bolts"),
        (NUMBERED, "Which step follows step 2?", "Pull off the flange"),
        (SENTENCE, "What is done after the cover is removed?", "Unscrew the bolts"),
        (PUMP, "What must be done before installing the pump?", "Fill it with oil"),
        (PUMP, "What must be done after installing the pump?", "Lock the shaft"),
    ],
)
def test_the_step_before_or_after_another_is_the_one_beside_it(page, question, right):
    steps = (
        "Remove the cover",
        "Unscrew the bolts",
        "Pull off the flange",
        "Drain the oil",
        "Fill it with oil",
        "Lock the shaft",
    )
    assert not right or judged(question, right, page).numbers_grounded == "verified"
    others = [step for step in steps if words(step) != words(right)]
    assert [step for step in others if judged(question, step, page).numbers_grounded == "verified"] == []


@pytest.mark.parametrize("contact", ["Pin 5 of C101", "Pin 3 of C103"])
def test_a_question_about_a_pin_of_another_connector_is_not_answered(contact):
    page = "Pin 3 of C101 is connected with pin 5 of C103."
    for answer in ("Pin 3 of C103", "Pin 5 of C103", "Pin 3 of C101"):
        question = f"With what is {contact[0].lower()}{contact[1:]} connected?"
        assert judged(question, answer, page).numbers_grounded != "verified"


def test_where_it_is_printed_is_told():
    assert judged("How tight are the clamping claws?", "33 Nm", TABLE).place.count(" ") == 3
    assert judged("What is it?", "a hammer", TABLE, evidence="Sealing caps 240/260/280").place
    assert judged("What is it?", "a hammer", TABLE, evidence="with a hammer").place == ""


def test_two_columns_of_text_are_no_row():
    lines = [f"Loosen the nut of part {word}.     | Tighten the other one again." for word in "abcdefg"]
    page = "\n".join([*lines, "Torque of the nut is given below. | The bolt takes 24 Nm in all."])
    assert judged("What is the torque of the nut?", "24 Nm", page).numbers_grounded == "unconfirmed"
    assert judged("What does the bolt take?", "24 Nm", page).numbers_grounded == "verified"
