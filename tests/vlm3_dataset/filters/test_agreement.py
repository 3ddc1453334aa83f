"""Two readings of one print: the same value in any unit, or a dispute."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm3_dataset.filters.agreement import count_verdicts, verdict
from vlm3_dataset.schema import QA


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("24 Nm", "24 Nm"),
        ("24 Nm", "24,0 Nm"),
        ("24 Nm (18 ft-lb)", "24 Nm"),
        ("24 Nm", "18 ft-lb"),
        ("24", "24 Nm"),
        ("max. 2 mm", "2 mm"),
        ("0.50-0.55 mm", "0,50 to 0,55 mm"),
        ("1,200 rpm", "1200 rpm"),
        ("The M8 bolt takes 24 Nm", "24 Nm"),
        ("M10x1.5", "M10×1,5"),
        ("pin 14", "14"),
        ("KV381054S0", "kv381054s0"),
        ("11 12 1 726 337", "11121726337"),
        ("four bolts", "4"),
        ("see there", "see there"),
        ("With the eccentric.", "eccentric"),
        ("The cap (1).", "Cap"),
        ("4 GN/BR, to pin 7", "4 GN/BR, pin 7"),
        ("0.5 mm² green/brown (.5 GN/BR)", ".5 GN/BR"),
        ("Fuse 20 in the power distribution box, 30 amp.", "fuse 20, 30 A"),
        ("11 3 010", "Special Tool 113010"),
        ("The page does not state it; see Specifications.", ""),
        ("The page doesn't state it.", ""),
        ("The manual doesn’t give a torque.", "It isn't given."),
        ("greater than 1 MΩ", "> 1 MΩ"),
        ("Fill the pump before fitting the hose.", "Before fitting the hose, fill the pump."),
        ("4.75 l of SAE 10W-40", "4.75 l"),
        ("pins 3 and 5 of C101", "C101, pins 3, 5"),
        ("pin 3 of C101, pin 5 of C103", "C101, pin 3; C103 (pin 5)"),
        ("SAE 10W-40, 4.75 l", "4.75 l, 10W40"),
        ("It is held.", "They are held"),
        ("on the sump", "at the sump"),
        ("with a scraper", "using a scraper"),
        ("after 15 min", "15 minutes at most"),
    ],
)
def test_the_same_value(first, second):
    assert verdict(first, second) == "agrees"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("24 Nm", "25 Nm"),  # 4 % apart, and another torque
        ("39 Nm", "29 Nm"),
        ("24 Nm", "24 Nm + 90°"),
        ("24 Nm + 90°", "24 Nm"),
        ("24 Nm or 30 Nm", "24 Nm"),
        ("24 Nm", "24 ft-lb"),
        ("max. 2 mm", "min. 2 mm"),
        ("0.50-0.55 mm", "0.50 mm"),
        ("pin 14", "pin 15"),
        ("KV381054S0", "KV381052S0"),
        ("tool 11 2 000, 24 Nm", "24 Nm"),
        ("24 Nm", ""),
        ("24 Nm", "not printed here"),
        ("front axle circuit", "rear axle circuit"),
        ("in order of 10 through 1", "in order of 1 through 10"),
        ("first the cover, then the bolt", "first the bolt, then the cover"),
        ("4 GN/BU", "4 GN/BR"),
        ("5 BU", ".5 BU"),
        ("It is closed.", "opened"),
        ("replace it", "do not replace it"),
        ("21 ± 1 Nm", "21 + 1 Nm"),
        ("at least 5 mm", "at most 5 mm"),
        ("fuse 20", "fuse 21"),
        ("M51/M41", "M51/M20"),
        ("Insulator", "Support cup"),
        ("A new gasket", ""),
        ("SAE 10W-40, 4.75 l", "SAE 20W-50, 4.75 l"),
        ("DOT 4, 0.5 l", "DOT 3, 0.5 l"),
        ("M8, 22 Nm", "M10, 22 Nm"),
        ("195/65 R 14, 2.0 bar", "205/55 R 15, 2.0 bar"),
        ("M8 and M10, 22 Nm", "M8, 22 Nm"),
        ("pin 3 of C101, pin 5 of C103", "pin 5 of C101, pin 3 of C103"),
        ("Remove the cover before the bolts.", "Remove the bolts before the cover."),
        ("C101, pin 3, and C103, pin 5", "C101, pin 5, and C103, pin 3"),
        ("Pointing in", "Pointing out"),
        ("Slide the bush into the arm", "Slide the bush out of the arm"),
        ("Switch on the fan", "Switch off the fan"),
        ("With the fan switched on", "With the fan off"),
        ("At most 4 kilo-ohms", "At least 4 k-ohms"),
        ("At most 7", "At least 7"),
        ("Check B", "Check A"),
        ("Service I", "Service II"),
        ("used grease", "new grease"),
        ("Type plate", "Name plate"),
        ("Both rings", "One ring"),
        ("Terminal +", "Terminal -"),
        ("From the sump", "To the sump"),
    ],
)
def test_another_value_or_none(first, second):
    assert verdict(first, second) == "disputes"


@pytest.mark.parametrize(
    ("question", "first", "second", "said"),
    [
        ("How tight are the head bolts?", "25 Nm, oiled", "25 Nm, dry", "disputes"),
        ("How tight are the head bolts?", "25 Nm for the exhaust", "25 Nm for the gearbox", "disputes"),
        ("How tight are the head bolts?", "25 Nm, oiled", "25 Nm with oiled threads", "agrees"),
        ("How tight are the head bolts?", "25 Nm maximum", "at most 25 Nm", "agrees"),
        ("How tight are the head bolts?", "They take 25 Nm (18 ft-lb).", "25 Nm on the head bolts", "agrees"),
        ("Is it 25 Nm or 30 Nm?", "25 Nm", "25 Nm", "agrees"),
        (
            "What is new every 30,000 km?",
            "the air filter, every 30,000 km",
            "the oil filter, every 30,000 km",
            "disputes",
        ),
        ("What is new every 30,000 km?", "the air filter, every 30,000 km", "every 30,000 km", "disputes"),
        ("What is renewed when the pump leaks?", "the pump, 64 11 020", "the hose, 64 11 020", "disputes"),
        ("What is renewed when the pump leaks?", "the hose, 64 11 020", "Renew the hose (64 11 020)", "agrees"),
        ("What is new every 30,000 km?", "the air filter, every 30,000 km", "Every 30,000 km the air filter", "agrees"),
        ("What hangs on pin 4 of C101?", "the horn, on pin 4", "the heater, on pin 4", "disputes"),
        ("Where is it told?", "It is on page 31-16.", "See section 31-16.", "agrees"),
        ("What is joined to the horn?", "pin 4", "terminal 4", "agrees"),
    ],
)
def test_words_beside_equal_figures(question, first, second, said):
    assert verdict(first, second, question) == said
    assert verdict(second, first, question) == said


UNITS = st.sampled_from(["Nm", "mm", "bar", "°C", "V", ""])


@given(st.integers(1, 999), st.integers(1, 999), UNITS)
def test_one_unit_agrees_where_the_digits_do(one, other, unit):
    assert (verdict(f"{one} {unit}", f"{other} {unit}") == "agrees") is (one == other)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_has_a_verdict(first, second):
    assert verdict(first, second) in {"agrees", "disputes"}


def test_only_what_is_in_doubt_is_counted():
    pairs = [
        QA("q", "1", "1", "t", "claude", "m", "v", grounded, second)
        for grounded, second in [("unconfirmed", "agrees"), ("unconfirmed", "not asked"), ("verified", "not asked")]
    ]
    assert count_verdicts(pairs) == "1 agrees"
    assert count_verdicts(pairs[2:]) == ""
