"""What counts as a quantity in workshop text, where it stands, and when two are the same."""

import re
import sys
from decimal import Decimal
from itertools import pairwise
from types import ModuleType

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from vlm3_dataset import quantities
from vlm3_dataset.quantities import DIMENSIONS, UNITS, Quantity, agree, converts, find, numbers, same
from vlm3_dataset.quantities.folding import fold


def said(quantity: Quantity) -> tuple:
    """A quantity without its place."""
    return quantity.kind, quantity.side, tuple(map(str, quantity.values)), quantity.unit


def only(text: str) -> Quantity:
    (quantity,) = find(text)
    return quantity


# --- what is read ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("65 Nm", "65", "Nm"),
        ("65Nm", "65", "Nm"),
        ("65 N·m", "65", "Nm"),
        ("65 N.m", "65", "Nm"),
        ("65 Newton-metres", "65", "Nm"),
        ("47 lb-ft", "47", "ft-lb"),
        ("47 ft.lbs.", "47", "ft-lb"),
        ("47 foot pounds", "47", "ft-lb"),
        ("89 in. lbs", "89", "in-lb"),
        ("4.8 mkp", "4.8", "kgm"),
        ("2,5 bar", "2.5", "bar"),
        ("300 mBar", "300", "mbar"),
        ("36 lb/sq.in.", "36", "psi"),
        ("2.5 kg/cm²", "2.5", "kg/cm2"),
        ("0,05 mm", "0.05", "mm"),
        (".05mm", ".05", "mm"),
        ("19-mm spanner", "19", "mm"),
        ("250 µm", "250", "µm"),
        ('0.020"', "0.020", "in"),
        ("0.020 in. thick", "0.020", "in"),
        ("3/16 in drill", "0.1875", "in"),
        ("7/100 mm", "0.07", "mm"),
        ("2½ turns", "2.5", "turn"),
        ("2 1/2 turns", "2.5", "turn"),
        ("two and a half turns", "2.5", "turn"),
        ("half a turn", "0.5", "turn"),
        ("three-quarters of a turn", "0.75", "turn"),
        ("forty-five degrees", "45", "°"),
        ("a hundred and twenty Nm", "120", "Nm"),
        ("45° V", "45", "°"),
        ("95 °C", "95", "°C"),
        ("95 degrees Celsius", "95", "°C"),
        ("-18 °C", "-18", "°C"),
        ("minus 18 °C", "-18", "°C"),
        ("+ 35 C = hot", "35", "°C"),
        ("6.750 U/min", "6750", "rpm"),
        ("6,750 1/min", "6750", "rpm"),
        ("6 750 min⁻¹", "6750", "rpm"),
        ("1.200 miles", "1200", "mile"),
        ("1,25 l oil", "1.25", "litre"),
        ("5 imp. pints", "5", "imp pint"),
        ("5 qts", "5", "US quart"),
        ("7.5 amp", "7.5", "A"),
        ("7.5A fuse", "7.5", "A"),
        ("12 V supply", "12", "V"),
        ("1.4 kW", "1.4", "kW"),
        ("2.3 kohm", "2.3", "kΩ"),
        ("254.4 cc/min", "254.4", "cc/min"),
        ("235 km/h", "235", "km/h"),
        (r"$65\,\text{N}\cdot\text{m}$", "65", "Nm"),
        ("**65** Nm", "65", "Nm"),
        ("| 65 | Nm |", "65", "Nm"),
        ("６５ Nm", "65", "Nm"),
        ("65&nbsp;Nm", "65", "Nm"),
        ("<b>65</b> Nm", "65", "Nm"),
        ("65¹ Nm", "65", "Nm"),
        ("drain plug -25 Nm", "25", "Nm"),
    ],
)
def test_a_value_is_read_however_it_is_printed(text, value, unit):
    assert said(only(text)) == ("value", "", (str(Decimal(value)),), unit)


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("0,10–0,15 mm", "range", "0.10 0.15"),
        ("0.15 - 0.10 mm", "range", "0.10 0.15"),
        ("2.8...3.2 bar", "range", "2.8 3.2"),
        ("between 40 and 45 Nm", "range", "40 45"),
        ("from 40 Nm up to 45 Nm", "range", "40 45"),
        ("min. 40 Nm, max. 45 Nm", "range", "40 45"),
        ("40 Nm min / 45 Nm max", "range", "40 45"),
        ("at least 40 Nm and at most 45 Nm", "range", "40 45"),
        ("two to three turns", "range", "2 3"),
        ("-5...+5 deg", "range", "-5 5"),
        ("-10 °C to -5 °C", "range", "-10 -5"),
        ("40 ± 3 Nm", "tolerance", "40 3 3"),
        ("880 (+/- 50) rpm", "tolerance", "880 50 50"),
        ("875 gr. +- 25 gr.", "tolerance", "875 25 25"),
        ("40 Nm ± 10 %", "tolerance", "40 4 4"),
        ("0.8 mm plus or minus 50 µm", "tolerance", "0.8 0.05 0.05"),
        ("40 +0.5/-0.2 mm", "tolerance", "40 0.5 0.2"),
        ("40 mm -0.2/+0.5", "tolerance", "40 0.5 0.2"),
        ("40 +0.5 -0.2 mm", "tolerance", "40 0.5 0.2"),
        ("40 +2/0 Nm", "tolerance", "40 2 0"),
        ("37 - 0.1 mm", "tolerance", "37 0 0.1"),
        ("50 + 2 Nm", "tolerance", "50 2 0"),
        ("M14 x 1.5", "thread", "14 1.5"),
        ("M8", "thread", "8"),
        ("M12×1,75", "thread", "12 1.75"),
        ("M 12 x 1.75", "thread", "12 1.75"),
        ("M12-1.75", "thread", "12 1.75"),
        ("40 Nm, tolerance ± 3 Nm", "tolerance", "40 3 3"),
        ("SAE 15W-50", "code", "15 50"),
        ("75W80", "code", "75 80"),
        ("SAE 90", "code", "90"),
        ("DOT 5.1", "code", "5.1"),
        ("205/55 VR 15", "code", "205 55 15"),
        ("1-5-3-6-2-4", "code", "1 5 3 6 2 4"),
    ],
)
def test_kinds(text, kind, values):
    quantity = only(text)
    assert quantity.kind == kind
    assert [str(value.normalize() + 0) for value in quantity.values] == [
        str(Decimal(value).normalize() + 0) for value in values.split()
    ]


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("max. 0.2 mm", "max"),
        ("maximum permissible wear: 0.2 mm", "max"),
        ("0.2 mm (max.)", "max"),
        ("do not exceed 0.2 mm", "max"),
        ("must not exceed a total of 0.2 mm", "max"),
        ("no more than 0.2 mm", "max"),
        ("≤ 0.2 mm", "max"),
        ("0.2 mm or less", "max"),
        ("min 0.2 mm", "min"),
        ("not less than 0.2 mm", "min"),
        ("if it exceeds 0.2 mm", "min"),
        ("> 0.2 mm", "min"),
    ],
)
def test_bounds(text, side):
    assert said(only(text)) == ("bound", side, ("0.2",), "mm")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("40, 60 and 80 Nm", "40 Nm|60 Nm|80 Nm"),
        ("22, 24, 26 or 28 Nm", "22 Nm|24 Nm|26 Nm|28 Nm"),
        ("40, 60, 80 Nm", "40 Nm|60 Nm|80 Nm"),
        ("2.0 / 2.3 bar", "2.0 bar|2.3 bar"),
        ("4345 x 1680 x 1370 mm", "4345 mm|1680 mm|1370 mm"),
        ("20 Nm + 90°", "20 Nm|90 °"),
        ("60° + 60° + 30°", "60 °|60 °|30 °"),
        ("24 Nm/18 ft-lb", "24 Nm|18 ft-lb"),
        ("M10x60 mm", "10 |60 mm"),
        ("M6/M8 bolts", "6 |8 "),
        ("In 1989, 24 Nm", "24 Nm"),
        ("steps 1, 2 and 24 Nm", "24 Nm"),
        ("bolts 1 and 2 to 24 Nm", "24 Nm"),
        ("pins 3, 4 and 12 V", "12 V"),
        ("min. 900 cm3/30 s, min. 12 V", "900 cc|30 s|12 V"),
    ],
)
def test_one_unit_serves_a_list_and_nothing_else(text, expected):
    assert "|".join(f"{quantity.values[0]} {quantity.unit}" for quantity in find(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "E30 M3 S14 320is",
        "M20 engine and M30/M60",
        "E34 M5, 528e-M5",
        "page 11-3, Fig. 12, step 1, item 4",
        "control unit 0 261 200 071",
        "Special Tool 11 2 010",
        "0261200071",
        "12 bolts in total",
        "5 in total",
        "pin 18 A diagnosis lead",
        "ratio 3.25",
        "07/85 - 12/90",
        "1st, 2nd and 3rd",
        "",
        "one in four",
        'set it to "24" exactly',
    ],
)
def test_what_is_no_quantity(text):
    assert find(text) == ()


def test_a_comma_before_three_digits_keeps_both_readings():
    assert same(only("1,500 mm"), only("1.5 mm"))
    assert same(only("1,500 mm"), only("1500 mm"))
    assert not same(only("1.500 mm"), only("1500 mm"))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("not 28 Nm but 24 Nm", "24"),
        ("24 Nm, never 28 Nm", "24"),
        ("24 Nm instead of the old value of 28 Nm", "24"),
        ("neither 28 nor 30 Nm", ""),
        ("it isn't 28 Nm (21 ft-lb)", ""),
        ("28 Nm is wrong, 24 Nm is right", "24"),
        ("do not reuse the bolts; 24 Nm", "24"),
        ("do not grease the threads before tightening to 24 Nm", "24"),
    ],
)
def test_rejected_values_are_marked(text, kept):
    assert " ".join(str(quantity.values[0]) for quantity in find(text) if not quantity.negated) == kept


def test_numbers_without_a_unit_are_told_apart():
    found = numbers("Step 2: fit eight bolts (3) at a ratio of 10.5, see page 11-3.")
    assert [(str(number.values[0]), number.dimension, number.unit) for number in found] == [
        ("2", "label", ""),
        ("8", "count", "bolt"),
        ("3", "label", ""),
        ("10.5", "number", ""),
        ("11", "label", ""),
        ("3", "label", ""),
    ]


# --- when two are the same ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("65 Nm", "65.0 Nm"),
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


# --- properties -----------------------------------------------------------------------------------------------------

decimals = st.decimals(min_value="0.01", max_value="999", places=2).filter(lambda value: value > 0)
units = st.sampled_from(sorted(UNITS))
PRINTS = [
    "{0} {unit}",
    "{0}-{1} {unit}",
    "{0} to {1} {unit}",
    "{0} {unit} to {1} {unit}",
    "between {0} and {1} {unit}",
    "{0} ± {1} {unit}",
    "max. {0} {unit}",
    "at least {0} {unit}",
]


@settings(deadline=None)
@given(low=decimals, more=st.integers(1, 300), unit=units, print_=st.sampled_from(PRINTS), comma=st.booleans())
def test_what_is_printed_is_read_back(low, more, unit, print_, comma):
    high = low + (low * more / 100).quantize(low) + Decimal("0.01")
    if "±" in print_:
        low, high = high, low
    one, other = (str(value).replace(".", ",") if comma else str(value) for value in (low, high))
    quantity = only(print_.format(one, other, unit=unit))
    kind, values = quantity.kind, quantity.values
    assert quantity.unit == unit
    if kind == "tolerance":
        assert values == (low, high, high)
    else:
        assert values == ((low, high) if kind == "range" else (low,))
        assert kind == ("range" if "{1}" in print_ else "bound" if quantity.side else "value")


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_raises_and_every_place_is_its_text(text):
    for quantity in (*find(text), *numbers(text)):
        assert text[quantity.start : quantity.end] == quantity.text


WORDS = (
    "1",
    "23",
    "0,5",
    "1.500",
    "to",
    "and",
    "Nm",
    "mm",
    "°C",
    "in",
    "max.",
    "not",
    "M10x1.5",
    "eight",
    "\\text{Nm}",
)
SCRAPS = st.sampled_from([*'½±+-–/x,.()°"\n', *WORDS])


@settings(deadline=None)
@given(st.lists(SCRAPS, max_size=40).map(" ".join))
def test_no_jumble_of_workshop_scraps_raises_either(text):
    found = find(text)
    assert all(text[quantity.start : quantity.end] == quantity.text for quantity in found)
    assert [quantity.start for quantity in found] == sorted(quantity.start for quantity in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@settings(deadline=None)
@given(st.text(max_size=200))
def test_folding_keeps_the_place_of_every_character(text):
    folded = fold(text)
    assert len(folded.text) == len(folded.lower) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))


@settings(deadline=None)
@given(
    value=decimals,
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


# --- bounded work ---------------------------------------------------------------------------------------------------

MODULES = [module for name, module in sys.modules.items() if name.startswith(f"{quantities.__name__}.")]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rsplit(".", 1)[-1])
def test_every_pattern_looks_at_a_bounded_stretch_of_text(module: ModuleType):
    """With one pass over the text, this is why no text can make the search slow: no pattern has an open end."""
    for name, pattern in vars(module).items():
        if isinstance(pattern, re.Pattern):
            width = re._parser.parse(pattern.pattern, pattern.flags).getwidth()[1]
            assert width < 700, name


@pytest.mark.parametrize(
    "scrap",
    [
        "1",
        "1,",
        "1 ",
        "1/",
        "1-",
        "½",
        "24 Nm, ",
        "one ",
        "max ",
        "1 to ",
        "20 and ",
        "m10x",
        "not ",
        "(",
        "\\text{",
        "±1",
        "a b ",
    ],
)
def test_twice_the_text_is_twice_the_work(scrap):
    def calls(text: str) -> int:
        count = 0

        def tally(_frame, event, _argument):
            nonlocal count
            count += event in {"call", "c_call"}

        sys.setprofile(tally)
        try:
            find(text)
        finally:
            sys.setprofile(None)
        return count

    calls(scrap * 100)  # fills the caches
    assert calls(scrap * 800) < 2.2 * calls(scrap * 400) + 100


@pytest.mark.real
def test_the_real_torque_tables_are_read(shared):
    pymupdf = pytest.importorskip("pymupdf")
    with pymupdf.open(shared / "data_src" / "00 - Torque Specs" / "BMW_Torque_Specs.pdf") as document:
        text = "\n".join(page.get_text() for page in document)
    printed = len(re.findall(r"^\d+(?:[.,]\d+)?\s*\n\s*(?:Nm|°)\s*$", text, re.MULTILINE))
    found = [quantity for quantity in find(text) if quantity.unit in {"Nm", "°"}]
    assert printed > 500
    assert len(found) >= printed
