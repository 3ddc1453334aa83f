import json
from itertools import pairwise

import pytest

from vlm3_dataset.identifiers import answers, asked_kind, figures, find, same
from vlm3_dataset.quantities import find as quantities


def found(text, question=""):
    return [f"{one.kind} {one.value}" for one in find(text, question)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Special Tool 11 3 010", ["tool 113010"]),
        ("Special Tools 11 2 030 and 00 5 500", ["tool 112030", "tool 005500"]),
        ("Special tool 113010 is needed", ["tool 113010"]),
        ("special tool 11 3 O1O", ["tool 113010"]),
        ("see 51 71 412", ["job 5171412"]),
        ("procedure 12 31 691.", ["job 1231691"]),
        ("see 11 78 B 000", ["job 1178B000"]),
        ("0 261 200 071", ["part 0261200071"]),
        ("part number 0261200071", ["part 0261200071"]),
        ("connector B090001.16", ["part B09000116"]),
        ("Three Bond 12 07**", ["product 1207"]),
        ("Three Bond 1207", ["product 1207"]),
        ("Loctite No. 573", ["product 573"]),
        ("DIN 934", ["product 934"]),
        ("page 3450-1", ["page 3450-1"]),
        ("PAGE 3450-01", ["page 3450-1"]),
        ("on pages 17-4 and 17-4.1", ["page 17-4", "page 17-4-1"]),
        ("page 34-10a of", ["page 34-10A"]),
        ("subsection 11 62", ["group 1162"]),
        ("Gr. 12/32/64", ["group 12", "group 32", "group 64"]),
        ("See Group 17", ["group 17"]),
        ("F23", ["fuse 23"]),
        ("fuses 23 and 24", ["fuse 23", "fuse 24"]),
        ("Fuse No. 7", ["fuse 7"]),
        ("pins 3, 4 and 12", ["pin 3", "pin 4", "pin 12"]),
        ("terminals 15, 30 and 58K", ["terminal 15", "terminal 30", "terminal 58K"]),
        ("from B+ to D−", ["terminal B+", "terminal D-"]),
        ("Terminal W, terminals L and DF", ["terminal W", "terminal L", "terminal DF"]),
        ("TERMINAL TO BATTERY, terminal I mean, the A- or C-pillar, A - B, V-belt", []),
        ("C302, splice S204, ground G200", ["connector C302", "splice S204", "ground G200"]),
        ("connector C1O3", ["connector C103"]),
        ("1 C204", ["pin 1", "connector C204"]),
        ("K3 HIGH BEAM RELAY", ["relay K3"]),
        ("plug (2), nut (4)", ["component 2", "component 4"]),
        ("screws (1 ... 3)", ["component 1", "component 3"]),
        ("Components 24 (upper plate), 25 (spring), and 27 (clip)", ["component 24", "component 25", "component 27"]),
        ("Number 2 is the ring, 3 is the washer", ["component 2", "component 3"]),
        ("item 4AZ", ["component 4"]),
        ("in order of 10 through 1", ["component 10", "component 1"]),
        ("cylinder no. 4", ["cylinder 4"]),
        ("1st and 2nd gear", ["ordinal 1", "ordinal 2"]),
        ("Step 2", ["step 2"]),
        ("1. Clean it. 2. Oil it.", ["mark 1", "mark 2"]),
        ("S14 engine", ["type S14"]),
        ("S38 B 36", ["type S38B36"]),
        ("M51/M41", ["type M51", "type M41"]),
        ("Getrag 265", ["type 265"]),
        ("Getrag 240, 260 and 280", ["type 240", "type 260", "type 280"]),
        ("260/280", ["type 260", "type 280"]),
        ("A 4 S 310 R", ["type A4S310R"]),
        ("4 HP-22 H", ["type 4HP22H"]),
        ("ZF S-5-16/S 5 D 310 Z", ["type S516", "type S5D310Z"]),
        ("E30 M3 and 320is", ["type E30", "type M3", "type 320IS"]),
        ("325 iX", ["type 325IX"]),
        ("M14x1.5 12.9", ["strength 12.9"]),
        ("M 5 x 15", ["screw length 15"]),
        ("1.5 GN", ["wire size 1.5", "colour GN"]),
        ("pin 1 red/white", ["pin 1", "colour RD/WT"]),
        (".5 GN/BR", ["wire size 0.5", "colour GN/BR"]),
        ("4 GN/8R", ["wire size 4", "colour GN/BR"]),
        ("0.75 GR", ["wire size 0.75", "colour GY"]),
        ("0.5 mm² green/brown", ["wire size 0.5", "colour GN/BR"]),
        ("BK/YL", ["colour BK/YL"]),
        ("since 1988 models", ["date 1988"]),
        ("20/10/97", ["date 20-10-97"]),
        ("24 Nm (18 ft-lb)", []),
        ("8 x 60 mm", []),
        ("M8", []),  # a thread is a quantity
        ("8 10 12 mm", []),
        ("0.5 to 1.0 mm", []),
        ("10 or 12 bolts", []),
        ("", []),
    ],
)
def test_identifiers_have_one_kind_and_one_spelling(text, named):
    assert found(text) == named


@pytest.mark.parametrize(
    ("question", "answer", "named"),
    [
        ("Which fuse protects it?", "20", ["fuse 20"]),
        ("On which pin of C204 does the feed arrive?", "7", ["pin 7"]),
        ("What are the fuse numbers?", "20 and 21", ["fuse 20", "fuse 21"]),
        ("Which terminal is it?", "It is 30.", ["terminal 30"]),
        ("What type of bolt is it?", "5 k", []),
        ("How many pins?", "14", []),
        ("Which pin carries 12 V?", "Pin 3, 12 V", ["pin 3"]),
        ("Which pin is the lamp on?", "371", []),  # no plug has so many
        ("What is the size of the wire?", "2.5", ["wire size 2.5"]),
    ],
)
def test_a_bare_number_is_what_was_asked_for(question, answer, named):
    assert found(answer, question) == named


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Which special tool fits the hub?", "tool"),
        ("Name the tool for the hub.", "tool"),
        ("What is the number of the tool for the hub?", "tool"),
        ("Which job covers the hub?", "job"),
        ("What procedure number has the hub?", "job"),
        ("For which engine is it valid?", "type"),
        ("Which engine types use it?", "type"),
        ("What type of transmission has it?", "type"),
        ("What is the size of the red wire?", "wire size"),
        ("Which wire color leads there?", "colour"),
        ("What colour wire is it?", "colour"),
        ("What terminal designation has it?", "terminal"),
        ("Which bolts come first?", "component"),
        ("What fuse rating has the horn?", None),
        ("What are the gear ratios?", None),
        ("What cylinder head bolts have M10?", None),
        ("At what engine speed does it open?", None),
        ("What types of seal are there?", None),
        ("What is pin 5 for?", None),
    ],
)
def test_what_a_question_asks_for(question, kind):
    assert asked_kind(question) == kind


@pytest.mark.parametrize(
    ("kind", "asked", "answered"),
    [
        ("tool", "tool", True),
        ("part", "tool", True),
        ("job", "tool", False),
        ("tool", "job", False),
        ("component", "pin", False),
        ("ordinal", "gear", True),
        ("connector", "component", True),
        ("type", "component", False),
    ],
)
def test_which_kinds_answer_a_question(kind, asked, answered):
    assert answers(kind, asked) == answered


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("11 3 010", "Special Tool 113010", True),
        ("Special Tool 12 31 000", "12 31 000", True),
        ("fuse 3", "F03", True),
        ("step 3", "(3) cap", True),
        ("page 21-03", "21-3", True),
        ("2nd gear", "gear 2", True),
        ("fuse 3", "pin 3", False),
        ("C204", "S204", False),
        (".5 BU", "5 BU", False),
        ("11 3 010", "11 3 020", False),
    ],
)
def test_the_same_name_in_two_spellings(one, other, equal):
    assert same(find(one)[0], find(other)[0]) == equal


def test_places_are_those_of_the_text():
    text = "Fuse 20 (30 A): wire <b>4</b> GN/BR, 10¹/₂ in"
    assert all(text[one.start : one.end] == one.text for one in find(text))
    assert [one.text for one in find("at G200 and C\u00ad204")] == ["G200", "C\u00ad204"]


@pytest.mark.parametrize(
    "text", ["4 HP-22 H", "0.75 GR", "page 34-10a of", "Fuse 20, 30 A", "M10x25 8.8, 49 Nm", "11 3 010"]
)
def test_nothing_is_read_twice(text):
    said = figures(text)
    every = sorted([*said.quantities, *said.identifiers, *said.counts], key=lambda one: one.start)
    assert all(one.end <= other.start for one, other in pairwise(every))


def test_digits_that_nobody_knows():
    text = "The ratio is 3.64, tightened to 24 Nm with tool 11 3 010."
    assert "".join(text[at] for at in figures(text).nobodys) == "364"


@pytest.mark.real
def test_nearly_every_digit_of_real_answers_is_known(shared):
    rows = [json.loads(line) for line in (shared / "cases" / "real_rows.jsonl").read_text("utf-8").splitlines()]
    digits = sum(char.isdigit() for row in rows for char in row["answer"])
    unknown = sum(len(figures(row["answer"], row["question"]).nobodys) for row in rows)
    alone = sum(char.isdigit() for row in rows for one in quantities(row["answer"]) for char in one.text)
    assert digits == 1828
    assert alone < 0.35 * digits  # what quantities know by themselves
    assert unknown < 0.03 * digits
