"""When two quantities are the same, and when a book would print them as one."""

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.vlm3_dataset.labelers.rules.found import only
from vlm3_dataset.quantities import DIMENSIONS, UNITS, Quantity, agree, converts, find, once_each, same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("65 Nm", "65.0 Nm"),
        ("65 ± 6 Nm", "48 ± 4 ft-lb"),
        ("65 Nm", "48 ft-lb"),
        ("65 Nm", "6.6 kgm"),
        ("3.5 bar", "51 psi"),
        ("3.5 bar", "350 kPa"),
        ("0.5 mm", "0.020 in"),
        ("100 °C", "212 °F"),
        ("-40 °C", "-40 °F"),
        ("2302 cc", "2.3 l"),
        ("1/3 turn", "120°"),
        ("147 kW", "197 bhp"),
        ("40 ± 3 Nm", "37-43 Nm"),
        ("37 - 0.1 mm", "36.9-37 mm"),
        ("40 - 0.5 mm", "0.5-40 mm"),
        ("max. 65 Nm", "not more than 48 ft-lb"),
        ("SAE 10W40", "10W-40"),
        ("12 daNm", "120 Nm"),
        ("60 kgf·cm", "5.9 Nm"),
        ("∞ Ω", "∞ kΩ"),
        ("a quarter of an hour", "15 min"),
    ],
)
def test_same(one, other):
    assert same(only(one), only(other))
    assert same(only(other), only(one))
    assert agree(only(one), only(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("65 Nm", "65 ft-lb"),
        ("65 Nm", "66 Nm"),
        ("65 Nm", "47 ft-lb"),
        ("5 Nm", "4 ft-lb"),
        ("65 Nm", "65 mm"),
        ("90°", "90 °C"),
        ("40 ± 3 Nm", "40 Nm"),
        ("max. 65 Nm", "min. 65 Nm"),
        ("max. 65 Nm", "65 Nm"),
        ("M10", "M10x1.5"),
        ("10W-40", "10W-50"),
        ("24 Nm", "20 ft-lb"),
        ("-0.1 mm", "0.1 mm"),
        ("± 0.1 mm", "0.1 mm"),
        ("∞ Ω", "1 kΩ"),
        ("2.5 mm²", "2.5 mm"),
    ],
)
def test_not_same(one, other):
    assert not same(only(one), only(other))


@pytest.mark.parametrize(
    ("pair", "agrees"),
    [
        ('3.90 mm (0.153")', True),  # cut, not rounded
        ("1,000 km (600 miles)", True),
        ("5 Nm (4 ft-lb)", True),
        ("10-11 bar (142-156 psi)", True),
        ("24 Nm (20 ft-lb)", False),
        ('0.80 mm (0.025")', False),
        ("100 Nm (80 ft-lb)", False),
    ],
)
def test_agree_takes_the_pairs_that_books_print(pair, agrees):
    assert agree(*find(pair)) is agrees


def test_converts_looks_one_way():
    assert converts(only("1.5 bar"), only("22 psi"))
    assert not converts(only("18 ft-lb"), only("25 Nm"))
    assert same(only("18 ft-lb"), only("25 Nm"))


def test_a_comma_before_three_digits_keeps_both_readings():
    assert same(only("1,500 mm"), only("1.5 mm"))
    assert same(only("1,500 mm"), only("1500 mm"))
    assert not same(only("1.500 mm"), only("1500 mm"))


@settings(deadline=None)
@given(
    value=st.decimals(min_value="0.01", max_value="999", places=2),
    dimension=st.sampled_from([name for name, names in DIMENSIONS.items() if len(names) > 1]),
    data=st.data(),
)
def test_a_conversion_printed_finely_enough_is_the_same_quantity(value, dimension, data):
    one, other = (UNITS[data.draw(st.sampled_from(DIMENSIONS[dimension]))] for _ in range(2))
    converted = (value * one.factor + one.offset - other.offset) / other.factor
    assume(one != other and Decimal("0.001") < abs(converted) < 10**6)
    printed = round(converted, 4)
    a, b = (
        Quantity("value", dimension, unit.name, (amount,), 0, 0, "")
        for unit, amount in ((one, value), (other, printed))
    )
    assume(abs(printed / converted - 1) < Decimal("0.05"))
    assert same(a, b)
    assert same(b, a)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("24 Nm (18 ft-lb), then 60 Nm (44 ft-lb)", ["24 Nm", "60 Nm"]),
        ("24 Nm, 24 Nm", ["24 Nm", "24 Nm"]),
        ("24 Nm, 30 ft-lb", ["24 Nm", "30 ft-lb"]),
        ("none", []),
    ],
)
def test_a_value_in_two_units_is_kept_once(text, kept):
    assert [one.text for one in once_each(find(text))] == kept
