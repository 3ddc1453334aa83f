"""The labeler by rules finds what a page prints, and leaves out what could be read two ways."""

from dataclasses import replace

import pytest

from vlm3_dataset.labelers.rules import rules
from vlm3_dataset.labelers.rules.words import is_label, is_value
from vlm3_dataset.schema import Page, Reading, Segment

PAGE = Page("21-03", "21 - Clutch/21-03.jpg", 1, "image", "21", "Clutch", "21-0x")
COLUMNS = (40, 100, 580, 820, 930, 1000)  # pixels, as on the torque tables


def printed(*rows, height=20, pitch=30):
    """A reading of rows given as `{column: text}` or `{column: (text, score)}`."""
    segments = []
    for number, row in enumerate(rows):
        for column, cell in row.items():
            text, score = cell if isinstance(cell, tuple) else (cell, 1.0)
            left, top = COLUMNS[column], 100 + number * pitch
            segments.append(Segment(text, (left, top, left + 9 * len(text), top + height), score))
    return Reading("text layer", tuple(segments))


def found(*rows):
    return [(fact.subject, fact.qualifiers, fact.value) for fact in rules.facts(printed(*rows))]


def test_a_plain_table_row():
    assert found({0: "Flywheel bolt", 4: "105 Nm"}) == [("Flywheel bolt", (), "105 Nm")]


def test_number_and_unit_in_two_columns_are_one_value():
    assert found({0: "Flywheel bolt", 4: "105", 5: "Nm"}) == [("Flywheel bolt", (), "105 Nm")]


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ({3: "20", 4: "±", 5: "5 Nm"}, "20 ± 5 Nm"),
        ({3: "20 ±", 4: "5", 5: "Nm"}, "20 ± 5 Nm"),
        ({3: "20", 4: "± 5 Nm"}, "20 ± 5 Nm"),
        ({3: "20", 4: "+ 5 Nm"}, "20 + 5 Nm"),
    ],
)
def test_a_tolerance_in_several_columns_is_one_value(cells, value):
    assert found({0: "1AZ", 1: "Shutoff valve", 2: "M51"} | cells) == [("Shutoff valve", ("M51",), value)]


def test_a_dash_between_two_numbers_is_an_empty_column():
    assert found({0: "1AZ", 1: "Cover", 2: "240", 3: "-", 4: "25 Nm"}) == [("Cover", ("240",), "25 Nm")]


def test_qualifiers_stand_between_label_and_value():
    assert found({0: "Oil drain plug", 2: "All", 3: "M12 x 1.5", 4: "25", 5: "Nm"}) == [
        ("Oil drain plug", ("All", "M12 x 1.5"), "25 Nm")
    ]


def test_a_row_that_starts_further_right_continues_the_subject():
    rows = ({0: "Oil drain plug", 3: "M12 x 1.5", 4: "25", 5: "Nm"}, {3: "M22 x 1.5", 4: "60", 5: "Nm"})
    assert found(*rows) == [
        ("Oil drain plug", ("M12 x 1.5",), "25 Nm"),
        ("Oil drain plug", ("M22 x 1.5",), "60 Nm"),
    ]


def test_an_item_number_opens_a_block_whose_rows_tell_of_its_subject():
    rows = (
        {0: "1AZ", 1: "Clutch to flywheel"},
        {2: "All", 3: "M8 8.8", 4: "24", 5: "Nm"},
        {2: "All", 3: "M8 10.9", 4: "34", 5: "Nm"},
        {0: "2AZ", 1: "Release arm", 2: "E30", 4: "10", 5: "Nm"},
    )
    assert found(*rows) == [
        ("Clutch to flywheel", ("All", "M8 8.8"), "24 Nm"),
        ("Clutch to flywheel", ("All", "M8 10.9"), "34 Nm"),
        ("Release arm", ("E30",), "10 Nm"),
    ]


def test_a_block_ends_at_the_next_heading():
    rows = ({0: "1AZ", 1: "Clutch to flywheel"}, {0: "21 51 Clutch hydraulics"}, {2: "All", 4: "24", 5: "Nm"})
    assert found(*rows) == []


@pytest.mark.parametrize(
    ("row", "fact"),
    [
        ({0: "Firing order: 1-3-4-2"}, ("Firing order", (), "1-3-4-2")),
        ({0: "Oil pressure:", 2: "4.0 bar"}, ("Oil pressure", (), "4.0 bar")),
        ({0: "EKP = Electric fuel pump"}, ("EKP", (), "Electric fuel pump")),
        ({0: "Maximum settling pressure = 4.0 bar (57 psi)."}, ("Maximum settling pressure", (), "4.0 bar (57 psi)")),
    ],
)
def test_label_lines(row, fact):
    assert found(row) == [fact]


def test_words_behind_a_colon_count_in_a_table_of_such_rows():
    table = [{0: "Engine:", 2: "S14 B23"}, {0: "Injection:", 2: "Motronic"}, {0: "Clutch:", 2: "Single plate"}]
    assert found(*table) == [("Engine", (), "S14 B23"), ("Injection", (), "Motronic"), ("Clutch", (), "Single plate")]
    assert found(*table[:2]) == []
    assert found(*table[:2], {1: "Clutch:", 2: "Single plate"}) == []


def test_a_value_that_goes_on_beside_other_words_is_left_out():
    rows = ({0: "Oil:", 2: "One brand: 75W80"}, {0: "from a forum", 2: "synthetic"}, {0: "Fuel:", 2: "98 octane"})
    reading = printed(*rows, {0: "Belt:", 2: "10 mm"}, {0: "Hose:", 2: "12 mm"}, pitch=22)
    assert [fact.subject for fact in rules.facts(reading)] == ["Fuel", "Belt", "Hose"]


def test_a_line_with_a_colon_inside_of_a_value_is_no_row_of_its_own():
    rows = ({0: "Bore:", 2: "93.4 mm"}, {0: "Grease brands:", 2: "Lubra: 2 kg, white"}, {2: "Sumpol: 5 kg, red"})
    table = printed(*rows, {0: "Hose:", 2: "12 mm"}, {0: "Belt:", 2: "10 mm"}, pitch=22)
    assert [fact.subject for fact in rules.facts(table)] == ["Bore", "Grease brands", "Hose", "Belt"]


def test_the_further_lines_of_a_value_belong_to_it():
    rows = (
        {0: "Bore:", 2: "93.4 mm"},
        {0: "Stroke:", 2: "84.0 mm"},
        {0: "Valves:", 2: "4 a cylinder,"},
        {2: "45° apart"},
    )
    reading = printed(*rows, pitch=22)
    assert [fact.value for fact in rules.facts(reading)] == ["93.4 mm", "84.0 mm", "4 a cylinder, 45° apart"]


def test_a_colon_in_a_numbered_table_ends_no_label():
    rows = ({0: "1AZ", 1: "Propeller shaft"}, {1: "Aluminium: flexible disk", 2: "E39", 4: "90 Nm"})
    assert found(*rows) == [("Aluminium: flexible disk", ("under Propeller shaft", "E39"), "90 Nm")]


def test_a_row_whose_type_stands_above_it_is_left_out():
    rows = ({0: "1AZ", 1: "Sender", 2: "A5S", 3: "M5", 4: "6 Nm"}, {3: "M8", 4: "23 Nm"}, {2: "A4S", 4: "8 Nm"})
    assert found(*rows) == [("Sender", ("A5S", "M5"), "6 Nm"), ("Sender", ("A4S",), "8 Nm")]


def test_a_note_in_a_block_belongs_to_the_rows_below_it():
    rows = ({0: "1AZ", 1: "Cover", 2: "All", 4: "20 Nm"}, {1: "Repair stage"}, {2: "All", 4: "25 Nm"})
    assert found(*rows) == [("Cover", ("All",), "20 Nm")]


def test_a_step_below_a_row_is_left_out_as_is_what_stands_below_a_name_that_is_no_label():
    """Its type and its screw stand above it."""
    step = {2: "M99", 4: "30 Nm"}
    indented = Segment("First mounting", (150, 130, 276, 150), 1.0), Segment("5 Nm", (930, 130, 966, 150), 1.0)
    block = printed({0: "1AZ", 1: "Cover to case", 2: "M98"}, {}, step)
    assert [fact.value for fact in rules.facts(replace(block, segments=(*block.segments, *indented)))] == ["30 Nm"]
    assert found({0: "1AZ", 1: "Cover to case (with paste on the", 2: "All"}, {1: "Height of stud", 4: "9 mm"}) == []


def test_the_second_line_of_a_name_goes_into_the_question():
    reading = printed({0: "1AZ", 1: "Fan to pump", 2: "All", 4: "40 Nm"}, {1: "Coupling nut (left-hand)"}, pitch=22)
    assert [one.qualifiers for one in rules.facts(reading)] == [("Coupling nut (left-hand)", "All")]
    block = printed(
        {0: "1AZ", 1: "Rod bolts", 2: "M98", 4: "5 Nm"}, {1: "Note: Oil and screw in"}, {}, {}, {}, pitch=22
    )
    further = Segment("M99", (580, 160, 607, 180), 1.0), Segment("6 Nm", (930, 160, 966, 180), 1.0)
    told = rules.facts(replace(block, segments=(*block.segments, *further)))
    assert [one.qualifiers for one in told] == [("Oil and screw in", "M98"), ("Oil and screw in", "M99")]


def test_a_second_line_that_says_too_much_leaves_its_row_out():
    for line in ("Tighten nut against the stop, then loosen it again by one turn and a half", "Preload to 27 mm", "*"):
        assert rules.facts(printed({0: "1AZ", 1: "Hub nut", 2: "All", 4: "9 Nm"}, {1: line}, pitch=22)) == []


def test_a_part_beside_an_item_with_a_value_is_not_under_it():
    item = {0: "1AZ", 1: "Bolt in upper arm", 2: "M98", 4: "10 Nm"}
    rows = item, {1: "Bolt in lower arm", 2: "M99", 4: "8 Nm"}, {1: "Lock nut", 2: "M99", 4: "6 Nm"}
    assert found(*rows)[1:] == [
        ("Bolt in lower arm", ("M99",), "8 Nm"),
        ("Lock nut", ("listed with Bolt in upper arm", "M99"), "6 Nm"),
    ]
    assert found({0: "1AZ", 1: "Pipe to arm"}, rows[2]) == [("Lock nut", ("under Pipe to arm", "M99"), "6 Nm")]


def test_a_part_below_a_version_or_without_a_type_is_left_out():
    item = {0: "1AZ", 1: "Shaft to flange"}
    version = {1: "Version with joint:", 2: "All", 3: "M8", 4: "32 Nm"}
    assert [value for *_, value in found(item, version, {1: "Finned nut", 2: "All", 4: "43 Nm"})] == ["32 Nm"]
    assert found({**item, 2: "All", 4: "9 Nm"}, {1: "Strap", 4: "8 Nm"}) == [("Shaft to flange", ("All",), "9 Nm")]


@pytest.mark.parametrize(
    ("above", "told"),
    [
        ({0: "99 88 Sump bolts - maximum torques"}, "Sump bolts - maximum torques"),
        ({0: "Part", 4: "Max."}, "Max"),
        ({0: "Engine S14"}, "Engine S14"),
        ({0: "Engine"}, None),
        ({0: "254 cc/min at 3 bar"}, None),
        ({0: "Max. values at 20 °C"}, "Max. values at 20 °C"),
    ],
)
def test_what_stands_above_a_row_and_limits_its_value_is_told_with_it(above, told):
    expected = (told,) if told else ()
    assert found(above, {0: "Sump bolt", 4: "9 Nm"}) == [("Sump bolt", expected, "9 Nm")]


@pytest.mark.parametrize("line", ["Max. oil temperature: 130 °C", "Min. height = 4.5 mm.", "Cars 318 i: 3 litres"])
def test_a_line_with_a_value_of_its_own_limits_no_row_below_it(line):
    rows = {0: line}, {0: "Sump bolt", 4: "9 Nm"}, {0: "Sump plug", 4: "8 Nm"}
    assert found(*rows)[-2:] == [("Sump bolt", (), "9 Nm"), ("Sump plug", (), "8 Nm")]


def test_a_limit_over_a_numbered_table_is_told_until_the_next_group():
    rows = [{0: "99 88 Maximum torques"}, {0: "1AZ", 1: "Sump bolt", 4: "9 Nm"}]
    rows += [{0: "99 89 Sump"}, {0: "1AZ", 1: "Sump plug", 4: "8 Nm"}]
    assert found(*rows) == [("Sump bolt", ("Maximum torques",), "9 Nm"), ("Sump plug", (), "8 Nm")]


def test_a_limit_or_a_car_of_one_item_is_not_told_with_the_next():
    item, other = {0: "1AZ", 1: "Sump bolt", 4: "9 Nm"}, {0: "2AZ", 1: "Sump plug", 4: "8 Nm"}
    for note in ({0: "Max. height of springs"}, {1: "Preload springs", 2: "M51"}, {0: "Engine S14"}):
        assert found(item, note, other) == [("Sump bolt", (), "9 Nm"), ("Sump plug", (), "8 Nm")]
    assert found({0: "Preload springs", 4: "M51"}, {0: "Sump plug", 4: "8 Nm"}) == []


def test_a_line_that_names_a_car_is_told_with_the_values_after_it():
    rows = {0: "Sump height: 9 mm"}, {0: "Cars 318 i:"}, {0: "Remove sump."}, {0: "Sump play: 2 mm"}
    assert found(*rows) == [("Sump height", (), "9 mm"), ("Sump play", ("Cars 318 i",), "2 mm")]
    assert found(*rows[:2], {0: "Cars 325 e:"}, rows[3]) == [("Sump height", (), "9 mm")]


def test_a_limit_in_half_a_sentence_leaves_the_rows_below_it_out():
    assert found({0: "Sump must be replaced, if minimum edge"}, {0: "Sump edge", 4: "9 mm"}) == []


def test_a_line_with_a_colon_tells_what_the_rows_below_it_are_about():
    rows = ({0: "Max. wear of the disc:"}, {0: "Front", 4: "0.5 mm"}, {0: "Rear", 4: "0.8 mm"})
    assert found(*rows) == [
        ("Front", ("Max. wear of the disc",), "0.5 mm"),
        ("Rear", ("Max. wear of the disc",), "0.8 mm"),
    ]


def test_an_item_number_that_the_text_layer_runs_into_its_subject():
    rows = ({0: "11AZ Cylinder head cover", 2: "All", 3: "M6", 4: "10 Nm"}, {2: "All", 3: "M7", 4: "15 Nm"})
    assert found(*rows) == [
        ("Cylinder head cover", ("All", "M6"), "10 Nm"),
        ("Cylinder head cover", ("All", "M7"), "15 Nm"),
    ]


def test_one_stage_is_not_asked_about_and_neither_is_half_a_list_of_engines():
    """Seen on real pages: the engine of a stage stands in a row above, the rest of a list in the line below."""
    stages = ({0: "2AZ", 1: "Cylinder head bolts", 2: "M20"}, {1: "torque", 4: "30 Nm"}, {1: "torque angle", 4: "90°"})
    assert found(*stages) == []
    assert found({0: "1AZ", 1: "Flywheel", 2: "M40/M42/", 4: "120 Nm"}, {2: "M51/M52"}) == []
    wrapped = printed({0: "1AZ", 1: "Flywheel", 2: "M60/M62 Manual", 4: "105 Nm"}, {2: "Transmission"}, pitch=22)
    assert rules.facts(wrapped) == []
    half, rest = printed({0: "1AZ", 1: "Sump", 2: "All", 3: "M9 x 1.5 und", 4: "41 Nm"}).segments, (850, 122, 880, 142)
    assert rules.facts(Reading("text layer", (*half, Segment("M11", rest)))) == []  # centred under it


@pytest.mark.parametrize(
    "rows",
    [
        [{0: "Installation: Press in piston with a piece of hard wood."}],  # an instruction, not an entry
        [{0: "Tightening torque: see Specifications"}],
        [{0: "Torque", 4: "24 Nm"}],  # of what?
        [{0: "Nominal value: 159 ± 0.5 mm"}],
        [{0: "Cars produced:", 2: "???"}],
        [{0: "and operational safety of: brakes"}],  # the middle of a sentence
        [{0: "Disconnect lines (3 = left, 4 = right)"}],
        [{0: "Clutch bolt", 4: ("24 Nm", 0.9)}],  # read, but not for sure
        [{0: "Clutch bolt", 3: "20 Nm", 4: "24 Nm"}],  # two values and no column heads
        [{0: "Clutch bolt", 4: "24 Nm"}, {0: "Clutch bolt", 4: "34 Nm"}],  # a contradiction
        [{0: "Nut, All", 4: "70 Nm"}, {0: "Nut, AIl", 4: "80 Nm"}],  # one subject, misread
        [{0: "Example: wear of the disc", 4: "1.5 mm"}],
        [{0: "Examples:"}, {0: "Actual gap", 4: "9.5 mm"}, {0: "Max. shim", 4: "4.1 mm"}],
        [{0: "Distance 2", 4: "5 mm"}],
        [{0: "1AZ", 1: "Oil pump to case", 2: "A4S", 4: '5/16"'}],  # a screw, whose torque stands below
        [{0: "For 80 A alternator", 4: "2.8 ohms"}],
        [{0: "Switch pressed", 4: "0 ohm"}],
        [{0: "Components must have room temperature:", 2: "20 °C"}],
        [{0: "Clutch gap", 4: "05 mm"}],  # lost its point
        [{0: "Mount the dial gage and measure tilt play.", 3: "A valve", 4: "0.50 mm"}],  # prose beside a table
        [{0: "Clutch pressure plate"}, {1: "Special version", 4: "24 Nm"}],  # hangs under a heading
        [{0: "FUSE DETAILS: FUSES 4, 5 AND 6"}],  # a heading
        [{0: "WIRING DIAGRAM FOR ABS - 325 iX: 34-34a"}],
        [{0: "Points:", 2: "Correct CO value to zero"}],  # two columns of prose
        [{0: "Gearbox oil: 75W80, GL-4"}, {0: "synthetic"}],  # goes on below
        [{0: "Step 2: 30 Nm (22 ft. lbs.)"}],
        [{0: "Distance for new condition: approx."}],
    ],
)
def test_what_could_be_read_two_ways_is_left_out(rows):
    assert found(*rows) == []


def test_questions_name_section_subject_and_qualifiers():
    reading = printed({0: "Oil drain plug", 3: "M12 x 1.5", 4: "25 Nm"}, {0: "Spark plug: Bosch X5 DC"})
    label, torque = sorted(rules.label(PAGE, reading), key=lambda qa: qa.question)
    assert torque.question == "In the section Clutch, what tightening torque is given for Oil drain plug (M12 x 1.5)?"
    assert (torque.answer, torque.question_type, torque.labeler) == ("25 Nm", "torque", "rules")
    assert torque.evidence == "Oil drain plug M12 x 1.5 25 Nm"
    assert label.question == "In the section Clutch, what entry is given for Spark plug?"


def test_a_letter_of_a_drawing_is_nothing_to_ask_for():
    """It is true all the same, and other readings of the page are compared with it."""
    marked = printed({0: '"K" Inlet side', 4: "5 mm"})
    assert (len(rules.facts(marked)), rules.label(PAGE, marked)) == (1, [])


def test_a_job_is_asked_for_its_title_and_for_its_number():
    asked = {qa.question: qa.answer for qa in rules.label(PAGE, printed({0: "21 99 000 REPLACING COVER"}))}
    assert asked == {
        "Which job has the number 21 99 000?": "REPLACING COVER",
        'What is the job number of "REPLACING COVER"?': "21 99 000",
    }


def test_a_number_over_two_jobs_is_not_asked_for_its_title():
    page = printed({0: "21 99 000 REPLACING COVER"}, {}, {}, {0: "21 99 000 REPLACING COVER (New Sump)"})
    assert not any("has the number" in qa.question for qa in rules.label(PAGE, page))


def test_over_a_group_the_page_has_no_title_of_its_own():
    reading = printed(
        {0: "21-9", 1: "Clutch"}, {0: "21 99 Clutch Cover"}, {0: "1AZ", 1: "Bolt of it", 2: "All", 4: "9 Nm"}
    )
    assert [(qa.question, qa.answer) for qa in rules.label(PAGE, reading)] == [
        ('In group 21 99, "Clutch Cover", what tightening torque is given for Bolt of it (All)?', "9 Nm"),
        ("What is the title of group 21 99?", "Clutch Cover"),
    ]


def test_without_a_heading_a_scan_needs_the_name_of_its_section():
    row = printed({0: "Flywheel bolt", 4: "105 Nm"})
    unnamed = replace(PAGE, source="Clutch.jpg", section="", section_name="Phone")
    assert rules.label(unnamed, replace(row, engine="rapidocr 3.10.0")) == []
    assert [qa.question for qa in rules.label(unnamed, row)] == ["What tightening torque is given for Flywheel bolt?"]


def test_a_value_in_two_units_or_stages_has_the_dimension_of_the_first():
    rows = ({0: "Lateral runout: 0.6 mm (0.024 in)"}, {0: "Head bolt", 4: "1st stage 30 Nm, 2nd stage 60 Nm, then 25°"})
    assert [qa.question_type for qa in rules.label(PAGE, printed(*rows))] == ["length", "torque"]


@pytest.mark.parametrize("text", ["24 Nm", '0.50 mm (0.020")', "37 - 0.1 mm", "22 to 26 Nm", "max. 0.5 mm"])
def test_values(text):
    assert is_value(text)


@pytest.mark.parametrize("text", ["M10x1.5", "tighten to 24 Nm with care", "10W-40", "page 11-3", "24", ""])
def test_no_values(text):
    assert not is_value(text)


@pytest.mark.parametrize("text", ["Oil drain plug", '"A" Intake valve', "Plug (all engines)", "3rd gear"])
def test_labels(text):
    assert is_label(text)


@pytest.mark.parametrize("text", ["", "M8", "the bolts", "Remove the cover.", "Bolt (left", "Plug and", "24 Nm bolt"])
def test_no_labels(text):
    assert not is_label(text)
