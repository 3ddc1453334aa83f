"""What a page of the manual gives, and by which words it is known."""

import pytest

from tests.vlm3_dataset.filters.confidence.test_confidence import told
from tests.vlm3_dataset.labelers.rules.test_facts import printed
from vlm3_dataset.filters.confidence import confidence, manual_facts
from vlm3_dataset.schema import Dropped, Page

PAGE = Page("99-3", "99-3.jpg", 1, "image", "99", "Heating", "g")


def of(*rows, pitch=30):
    return list(manual_facts.facts(PAGE, printed(*rows, pitch=pitch), ()))


def given(*rows):
    return [(one.named, one.quantity.text) for one in of(*rows)]


def level(found, statement, question="What do owners use?", title="Figures"):
    rated = confidence.weigh(*told(statement, question, title=title), manual_facts.by_dimension(found))
    return "differs" if isinstance(rated, Dropped) else rated.confidence


@pytest.mark.parametrize(
    ("label", "value", "each"),
    [
        ("Blower play (left / right):", "1.9 / 2.1 mm", [("Blower play, left", "1.9 mm"),
         ("Blower play, right", "2.1 mm")]),
        ("Spring length (inner / outer):", "31 mm / 44 mm", [("Spring length, inner", "31 mm"),
         ("Spring length, outer", "44 mm")]),
        ("Washer volume:", "3.5 litres (6.0 litres with headlamps)", [("Washer volume", "3.5 litres"),
         ("Washer volume with headlamps", "6.0 litres")]),
        ("Blower play (left / right):", "1.9 mm", [("Blower play (left / right)", "1.9 mm")]),
        # Two values that nothing parts.
        ("Blower play:", "1.9 / 2.1 mm", []),
        ("Washer volume:", "3.5 litres (approx. half)", []),
    ],
)  # fmt: skip
def test_a_cell_may_give_two_values(label, value, each):
    assert sorted(set(given({0: label, 4: value}))) == each


def test_a_note_that_says_how_is_no_part_of_the_name():
    found = of({0: "1AZ", 1: "Rocker bolts", 2: "All", 4: "17 Nm"}, {1: "Note: Oil and screw in"}, pitch=22)
    assert [one.named for one in found] == ["Rocker bolts, Oil and screw in, All"]
    assert level(found, "The rocker bolts take 17 Nm.") == "manual agrees"
    assert level(found, "The rocker bolts take 27 Nm.") == "differs"


@pytest.mark.parametrize(
    ("statement", "title", "expected"),
    [
        ("The bleeder screw takes 7 Nm.", "Heater smells", "manual agrees"),
        ("The bleeder screw takes 9 Nm.", "Heater smells", "differs"),
        ("The heater bleeder screw takes 9 Nm.", "Figures", "differs"),
        ("The bleeder screw takes 7 Nm.", "Brake pedal is soft", "one owner"),
        ("The bleeder screw takes 9 Nm.", "Brake pedal is soft", "one owner"),
    ],
)
def test_a_part_without_a_name_is_that_of_its_heading(statement, title, expected):
    rows = {0: "99-9", 1: "Climate"}, {0: "99 98 Heater"}, {0: "1AZ", 1: "Bleeder screw", 2: "All", 4: "7 Nm"}
    assert level(of(*rows), statement, title=title) == expected


def test_a_drain_plug_under_a_gearbox_is_called_so_without_its_oil():
    rows = {0: "98-7 Gearbox"}, {0: "Oil drain plug:", 4: "41 Nm"}
    assert level(of(*rows), "The gearbox drain plug takes 41 Nm.") == "manual agrees"
    assert level(of(*rows), "The gearbox drain plug takes 51 Nm.") == "differs"
    assert level(of(*rows), "The drain plug takes 41 Nm.") == "one owner"


def test_a_unit_that_names_another_one_is_read():
    found = of({0: "99-9", 1: "Blower"}, {0: "1AZ", 1: "Blower strap", 2: "All", 4: "8", 5: "Nm (ft. lbs.)"})
    assert [(one.named, one.quantity.text) for one in found] == [("Blower strap, All", "8 Nm")]
