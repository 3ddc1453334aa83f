"""Each rule with what it must drop and what it must keep."""

from dataclasses import replace

import pytest

from tests.vlm3_dataset.labelers.rules.printed import printed
from vlm3_dataset.filters import rules
from vlm3_dataset.filters.grounding.grounding import ground
from vlm3_dataset.labelers import imported
from vlm3_dataset.schema import QA, Dropped

PAGE = """21-3 Clutch
Clutch cover bolt M8 8.8 24 Nm (18 ft-lb)
Wear limit of the 2nd baulk ring 0,5 mm (0.020 in)
Tightening torque * See Specifications
"""
CHOICE = "Is the left or the right shaft longer?"
WHOLE_CHOICE = "Is the left shaft or the right one longer?"


def qa(
    question="What is the tightening torque of the clutch cover bolt?", answer="24 Nm", evidence="bolt M8 8.8 24 Nm"
):
    return QA(question, answer, evidence, "torque", "claude", "m", "v")


def not_said(answer):
    return replace(qa(answer=answer), question_type="not on the page")


def differing(answer):
    evidence = "Pump cover 21.5 Nm ... bolt M6 24 Nm ... bolt M8 34 Nm"
    return qa("What is the difference between the torques of the bolts?", answer, evidence)


def tighter(answer):
    return replace(differing(answer), question="How much tighter is the M8 bolt than the other one?")


def fed(answer):
    return qa("How are terminals 10 and 28 wired without a catalyst?", answer, "without catalyst open to ground")


@pytest.mark.parametrize(
    ("check", "bad", "good"),
    [
        (rules.meta, qa(answer="The image does not show a torque."), qa(answer="Not specified for turbo models")),
        (rules.meta, qa(answer="As an AI I read pages"), qa()),
        (rules.meta, qa(answer="The page does not give a torque."), not_said("The page does not give a torque.")),
        (rules.meta, not_said("I cannot say it."), not_said("The torque is not shown on the page.")),
        (rules.meta, not_said("The figure cannot be read."), not_said("It cannot be determined from the page.")),
        (rules.meta, qa(answer="This cannot be determined."), qa(answer="Renew it if the wear cannot be determined.")),
        (rules.meta, qa(answer="It cannot be seen in the image."), qa(answer="The leak cannot be seen from below.")),
        (
            rules.meta,
            qa(answer="Two digits cannot be made out."),
            qa(answer="A fault that cannot be read is not stored."),
        ),
        (rules.deictic, qa(question="What does the table above say?"), qa(question="In Table 3, what is the limit?")),
        (rules.meta, qa(answer="The last digit cannot be read."), qa(answer="The seal cannot be reused.")),
        (rules.meta, qa(answer="I'm sorry, the scan is too dark"), qa(answer="Not visible from below: feel for it")),
        (rules.deictic, qa(question="What does the table show?"), qa(question="What does the table of torques give?")),
        (rules.deictic, qa(question="Which bolt is in the picture?"), qa(question="What is C in the figure 3?")),
        (rules.deictic, qa(question="What is shown on this page?"), qa(question="What is on page 21-3?")),
        (rules.deictic, qa(question="What does the drawing label?"), qa(question="What is in the picture marked 4 C?")),
        (rules.deictic, qa(question="What is in the diagram?"), qa(question="What is in the diagram labelled 61 09?")),
        (
            rules.deictic,
            qa(question="Which part is in the drawing?"),
            qa(question="Where is X9 according to the drawing?"),
        ),
        (rules.deictic, qa(question="What is the limit in this table?"), qa(question="What takes 7 Nm in this table?")),
        (
            rules.deictic,
            qa(question="What is shown at the top of this page?"),
            qa(question="Which bearing shells are shown at the top of this page?"),
        ),
        (rules.deictic, qa(question="How do the brakes work in what this page shows?"), qa()),
        (rules.leak, qa(question="Is the torque of the bolt 24 Nm?"), qa(question="Is it more than 240 Nm or less?")),
        (rules.leak, qa(CHOICE, "shaft"), qa(CHOICE, "right")),
        (rules.leak, qa("Is the pump of the left shaft longer?", "left"), qa(CHOICE, "left")),
        (rules.leak, qa("Which shaft of the right side is longer?", "right"), qa(WHOLE_CHOICE, "left shaft")),
        (rules.evidence, qa(evidence="Flywheel bolts are torqued to 105 Nm each"), qa()),
        (rules.evidence, qa(evidence=""), qa(evidence="Clutch cover bolt M8 8,8 24 Nrn")),
        (rules.numbers, qa(answer="29 Nm"), qa()),
        (rules.numbers, qa(answer="43-58 Nm", evidence="43 - 85 Nm"), qa(answer="43-58 Nm", evidence="43 - 58 Nm")),
        (rules.numbers, qa(answer="0,55", evidence="limit 0.5 mm"), qa(answer="0,50", evidence="limit 0.5 mm")),
        (rules.numbers, qa(answer="1200 km", evidence="1,300 km"), qa(answer="12000 km", evidence="12,000 km")),
        (rules.numbers, fed("Terminal 12 is open."), fed("Terminal 10 is open, terminal 28 to ground.")),
        (rules.numbers, differing("34 Nm and 24 Nm, which is 12 Nm"), differing("34 Nm and 24 Nm, which is 10 Nm")),
        (rules.numbers, differing("10 Nm"), differing("By 2.5 Nm: 24 Nm less 21.5 Nm")),
        (rules.numbers, tighter("13 Nm more, 34 Nm to 24 Nm"), tighter("10 Nm more, 34 Nm to 24 Nm")),
        (rules.numbers, differing("10 Nm, as 36 is less 26"), qa()),
        (rules.numbers, replace(differing("34 and 24, so 10"), question="How tight are the bolts?"), qa()),
        (rules.language, qa(question="Qual è la coppia di serraggio della vite?"), qa()),
        (rules.language, qa(question="Wie ist das Anzugsmoment der Schraube?"), qa(question="Clutch: torque of it?")),
        (rules.language, qa(question="Quel est le couple de la vis?"), qa(question="Is the Le Mans clutch the same?")),
        (rules.language, qa(answer="Die Schraube mit 24 Nm für das Lager"), qa(answer="24 Nm, see die mark")),
        (rules.language, qa(answer="Was ist die Ursache?"), qa(answer="The die was worn.")),
        (rules.language, qa(answer="La vis est dans le pour"), qa(answer="Pour it in; comment on it")),
        (rules.both_units, qa(answer="3.26 mm (0.1263 in)"), qa(answer="2.63 mm (0.1035 in)")),
        (rules.both_units, qa(answer="24 Nm (20 ft-lb)"), qa(answer="24 Nm (18 ft-lb)")),
    ],
)
def test_a_rule_drops_the_bad_and_keeps_the_good(check, bad, good):
    assert check(bad, printed(PAGE))
    assert check(good, printed(PAGE)) is None


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (qa(answer=""), qa()),
        (qa(question="Torque?"), qa()),
        (qa(answer="x" * 601), qa(answer="x" * 600)),
        (qa(question="1234567890 ?!"), qa()),
    ],
)
def test_a_pair_has_words_and_is_not_too_long(bad, good):
    assert rules.form(bad)
    assert rules.form(good) is None


def test_an_invented_torque_on_a_page_that_points_elsewhere():
    page = printed("Tighten the bolts to the specified torque. * See Specifications")
    assert rules.elsewhere(qa(), page)
    assert rules.elsewhere(qa(answer="See Specifications"), page) is None
    assert rules.elsewhere(qa(), printed(PAGE)) is None


@pytest.mark.parametrize("page", ["Torque: 95 ± 4 Nm (68 ± 3 ft. lbs.)", "Torque: 95 ± 4 Nm (68 ± 3 ft.\nlbs.)"])
def test_a_conversion_that_the_page_prints_so_may_stay(page: str):
    pair = qa(answer="95 ± 4 Nm (68 ± 3 ft. lbs.)", evidence="Torque: 95 ± 4 Nm (68 ± 3 ft. lbs.)")
    assert rules.both_units(pair, printed(page)) is None
    assert rules.both_units(pair, printed("Torque: 95 ± 4 Nm (70 ± 3 ft. lbs.)"))


def test_a_page_nobody_could_read_refutes_nothing():
    assert rules.evidence(qa(), printed("")) is None


def test_the_first_reason_is_given_and_a_good_pair_has_none():
    assert rules.refuse(qa(answer=""), printed(PAGE)) == "the answer has 0 characters"
    assert rules.refuse(qa(), printed(PAGE)) is None


FAN = "Trying the fan motor\nFan motor runs at l2 V of term, 15\nTorque * See Specifications"
MISREAD, LAYER = printed(FAN, "rapidocr 3.10.0"), printed(FAN)


def brought(question, answer, page):
    """A pair without evidence, as the importer hands it on."""
    asked = QA(question, answer, "", "t", "imported", None, "pairs.jsonl")
    return imported.with_evidence([asked], page.reading.segments)[0]


def test_what_ocr_misread_in_evidence_that_nobody_quoted_drops_no_pair():
    question, answer = "At how many volts does the fan motor run?", "Fan motor runs at 12 V of term. 15"
    pair = brought(question, answer, MISREAD)
    assert "l2 V" in pair.evidence
    assert ground(pair, MISREAD).numbers_grounded == "unconfirmed"
    assert isinstance(ground(brought(question, answer, LAYER), LAYER), Dropped)
    assert isinstance(ground(replace(pair, evidence="Fan motor runs at l2 V"), MISREAD), Dropped)  # somebody quotes it


def test_a_voltage_that_ocr_does_not_see_may_be_printed():
    pair = brought("What does the fan motor need?", "9 V", MISREAD)
    assert ground(pair, MISREAD).numbers_grounded == "unconfirmed"
    assert isinstance(ground(pair, LAYER), Dropped)


def test_a_title_and_the_number_beside_it_may_stand_in_two_columns():
    left = ["21-9", *["Turn the old bearing by hand."] * 6]
    right = ["TRYING THE RELEASE BEARING", *["Hold the new one to the ear."] * 6]
    page = printed("\n".join(f"{one:<40}|{other}" for one, other in zip(left, right, strict=True)))
    assert len(page.columns) == 2
    title = replace(qa("What is the title of page 21-9?", right[0]), evidence=f"21-9 {right[0]}")
    assert rules.refuse(title, page) is None
    assert rules.refuse(replace(title, evidence="21-9 FITTING THE CLUTCH"), page)
