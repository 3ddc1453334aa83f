"""What running text gives, and of what."""

import pytest

from tests.vlm3_dataset.filters.confidence.test_stages import level
from tests.vlm3_dataset.labelers.rules.test_facts import printed
from vlm3_dataset.filters.confidence import text_values
from vlm3_dataset.labelers.rules.outline import outline
from vlm3_dataset.labelers.rules.prose import text_columns

JOB = {0: "99 34 004 ADJUSTING BLOWER CLEARANCE"}


def given(*rows):
    segments = printed(JOB, {}, *rows, pitch=22).segments
    found = text_values.text_values(text_columns(segments), outline(segments))
    return [(one.label, one.quantity.text, one.is_firm) for one in found]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # Of what the job measures, each under its condition.
        (({0: "Nominal value: 0.7 to 0.9 mm."},), [("Blower clearance", "0.7 to 0.9 mm", True)]),
        (({0: "Nominal values:"}, {0: "0.7 mm - cold*"}, {0: "0.8 mm - warm*"}),
         [("Blower clearance, cold", "0.7 mm", True), ("Blower clearance, warm", "0.8 mm", True)]),
        (({0: "Nominal value: 8 bar."},), []),  # a clearance is no pressure
        # Of what the line above names.
        (({0: "Tightening torque for blower plugs:"}, {0: "17 ± 2 Nm (12.5 ± 1.5 ft. lbs.)."}),
         [("Tightening torque for blower plugs", "17 ± 2 Nm", True)]),
        (({0: "Check length of belt spring (3)."}, {0: "Nominal value: 77 mm."}),
         [("length of belt spring", "77 mm", True)]),
        # Of what the sentence itself sets.
        (({0: "Tighten stop screw (18) with a torque of 5 to 8 Nm."},), [("stop screw", "5 to 8 Nm", True)]),
        (({0: "Adjust blower push rod to 97.5 mm."},), [("blower push rod", "97.5 mm", True)]),
        # Of what the work before it unscrews: it may only confirm.
        (({0: "Unscrew blower plugs with Special Tool 99 1 160."}, {0: "Tightening torque: 17 Nm."}),
         [("blower plugs", "17 Nm", False)]),
        (({0: "Unscrew nuts and take off blower case."}, {0: "Tightening torque: 17 Nm."}),
         [("blower case nuts", "17 Nm", False)]),
        # Where that is more than one thing, whoever names all of the line above may mean it.
        (({0: "Unscrew blower plugs."}, {0: "Unscrew belt cover."}, {0: "Tightening torque: 17 Nm."}),
         [("Unscrew belt cover", "17 Nm", False)]),
        (({0: "Example: clearance = 0.4 mm."},), []),
    ],
)  # fmt: skip
def test_a_value_is_of_what_its_text_names(rows, expected):
    assert given(*rows) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("The blower plugs take 17 Nm.", "manual agrees"),
        ("The blower plugs take 27 Nm.", "one owner"),
        ("The belt plugs take 17 Nm.", "one owner"),
    ],
)
def test_what_is_named_further_up_may_only_confirm(statement, expected):
    rows = JOB, {0: "Unscrew blower plugs with Special Tool 99 1 160."}, {0: "Tightening torque: 17 Nm."}
    assert level(statement, rows=rows) == expected


def test_what_only_a_line_above_names_keeps_a_value_from_being_called_wrong():
    table = {0: "Sprocket to blower pump:", 4: "22 Nm"}
    job = {0: "Push on sprocket with mounted blower pump."}, {0: "Tightening torque of nut:"}, {0: "25 to 30 Nm."}
    said = "The sprocket nut takes 28 Nm."
    assert level(said, "Blower pump sprocket?", (JOB, {}, table)) == "differs"
    assert level(said, "Blower pump sprocket?", (JOB, {}, table, {}, *job)) == "one owner"


def test_nuts_are_everywhere():
    assert level("The nuts take 17 Nm.", rows=(JOB, {}, {0: "Unscrew nuts."}, {0: "Tightening torque: 17 Nm."})) == (
        "one owner"
    )
