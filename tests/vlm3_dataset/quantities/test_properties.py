"""What holds for any text: what is printed is read back, every place is its text, and the work is bounded."""

import re
import sys
from decimal import Decimal
from itertools import pairwise
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vlm3_dataset.labelers.rules.found import only
from vlm3_dataset import quantities
from vlm3_dataset.quantities import UNITS, find, numbers
from vlm3_dataset.quantities.folding import fold

decimals = st.decimals(min_value="0.01", max_value="999", places=2).filter(lambda value: value > 0)
# Printed "hundredths of a mm": "5 1/100 mm" are 5.01 mm, as any reader takes it; 4.7 K is a resistor.
units = st.sampled_from(sorted(UNITS.keys() - {"1/100 mm", "K"}))
PRINTS = [
    "{0} {unit}",
    "{0}-{1} {unit}",
    "{0} to {1} {unit}",
    "{0} {unit} to {1} {unit}",
    "{0}÷{1} {unit}",
    "between {0} and {1} {unit}",
    "zwischen {0} und {1} {unit}",
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
