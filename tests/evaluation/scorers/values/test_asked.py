"""A value of the opposite event, of another part, or of each turn only, is not the value that is asked for."""

import pytest

from evaluation.scorers.numeric import score

FAN = "At what temperature does the fan switch on?"
TORQUE = "How tight is the axle nut?"
WEAR = "What is the minimum thickness of the disc?"
DISC = "How thick must the disc be?"
FILL = "How much oil goes in?"


@pytest.mark.parametrize(
    ("question", "reference", "answer", "passes"),
    [
        (FAN, "81 to 86 °C", "It switches off at 81 to 86 °C.", False),
        (FAN, "81 to 86 °C", "It switches on at 81 to 86 °C.", True),
        (FAN, "81 to 86 °C", "81 to 86 °C; below it switches off", True),
        ("When does the valve open?", "1.4 bar", "It closes at 1.4 bar.", False),
        ("When does the valve open?", "1.4 bar", "It opens at 1.4 bar and then closes again.", True),
        ("When is the stop light switch unplugged?", "From 1988 on", "Beginning with 1988 models", True),
        ("When does it start to open?", "80 °C", "At 80 °C it is fully open.", False),
        ("When does it start to open?", "80 °C", "It begins opening at 80 °C and is fully open at 95 °C.", True),
        (WEAR, "8.4 mm", "8.4 mm is the thickness of a new disc.", False),
        (WEAR, "8.4 mm", "A new disc measures 8.4 mm.", False),
        (WEAR, "8.4 mm", "8.4 mm when new", False),
        ("How much goes in with the cooler?", "6.5 litres", "6.5 litres, to which the cooler adds its own", False),
        ("How much goes in with the cooler?", "6.5 litres", "6.5 litres without the cooler", False),
        ("How much goes in with the cooler?", "6.5 litres", "6.5 litres, 6 litres without the cooler", False),
        ("How much goes in with the cooler?", "6.5 litres", "6.5 litres with it", True),
        ("What is the minimum permissible thickness?", "8.4 mm", "not more than 8.4 mm", False),
        ("What is the minimum permissible thickness?", "8.4 mm", "not less than 8.4 mm", True),
        (WEAR, "8.4 mm", "A factory-fresh disc measures 8.4 mm.", False),
        (WEAR, "8.4 mm", "8.4 mm; below that fit a new disc", True),
        ("What is the thickness of a new disc?", "8.4 mm", "A new disc measures 8.4 mm.", True),
        ("How often is the belt changed?", "Every 2 years", "Only once, after 2 years", False),
        ("How often is the belt changed?", "Every 2 years", "once every 2 years", True),
        (TORQUE, "210 Nm", "210 Nm is what the wheel bolts get.", False),
        (TORQUE, "210 Nm", "210 Nm is what the axle nut gets.", True),
        (TORQUE, "210 Nm", "210 Nm, split evenly over the two nuts", False),
        (TORQUE, "210 Nm", "210 Nm per turn, two turns", False),
        (TORQUE, "210 Nm", "210 Nm for each stage, with three stages", False),
        (TORQUE, "210 Nm", "210 Nm for each of the two nuts", True),
        (TORQUE, "210 Nm", "210 Nm, in one turn", True),
        (TORQUE, "210 Nm per stage", "210 Nm per stage", True),
        ("How tight is each stage?", "210 Nm", "210 Nm per stage", True),
        (DISC, "At least 8.4 mm", "It may be machined down by 8.4 mm.", False),
        (DISC, "At least 8.4 mm", "8.4 mm may be worn off.", False),
        ("", "30 Nm, then 90°", "30 Nm, then back by 90°", False),
        (DISC, "At least 8.4 mm", "It may be machined down to 8.4 mm.", True),
        ("How much may be machined off?", "8.4 mm", "It may be machined down by 8.4 mm.", True),
        (FILL, "3.75 l with the filter, 3.5 l without it", "3.75 l with the filter, 3.5 l more without it", False),
        (FILL, "3.75 l with the filter, 3.5 l without it", "3.75 l with the filter, without it 3.5 l", True),
        ("", "30 Nm, then 90°", "30 Nm, then 90° in each of two passes", False),
        ("", "30 Nm, then 90° twice", "30 Nm, then 90° in each of two passes", True),
        ("", "First 50 Nm, then 80 Nm", "To 80 Nm in two steps: first 50 Nm, then 80 Nm", True),
        ("", "At most 8 s; then let it cool for 3 minutes.", "8 s at most; you need not wait the 3 minutes.", False),
    ],
)
def test_a_value_is_of_what_is_asked(question: str, reference: str, answer: str, passes: bool):
    assert (score(reference, answer, question=question) == 1) is passes


LOADS = "Front 1.9 bar, rear 2.2 bar; fully loaded front 2.2 bar, rear 2.7 bar"


@pytest.mark.parametrize(
    ("answer", "passes"),
    [
        ("Rear 2.2 bar, front 1.9 bar; with a full load 2.7 bar at the rear, 2.2 bar at the front", True),
        ("Fully loaded: front 2.2 bar, rear 2.7 bar. Otherwise front 1.9 bar, rear 2.2 bar.", True),
        ("Fully loaded: front 1.9 bar, rear 2.2 bar. Otherwise front 2.2 bar, rear 2.7 bar.", False),
        ("Front 2.2 bar, rear 1.9 bar; fully loaded front 2.7 bar, rear 2.2 bar", False),
    ],
)
def test_each_group_of_values_has_its_own_labels(answer: str, passes: bool):
    assert (score(LOADS, answer) == 1) is passes


def test_a_long_row_of_digits_is_read_in_time():
    assert score("42 Nm", "42" * 5_000) == 0  # cubic where a number may begin within another
