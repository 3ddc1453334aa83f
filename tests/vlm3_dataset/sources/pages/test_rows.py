"""Pieces of a page come back in the rows they were printed in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm3_dataset.schema import Segment
from vlm3_dataset.sources.pages.rows import gap, lines, rows


def cell(text, left, top, height=16):
    return Segment(text, (left, top, left + 8 * len(text), top + height))


def test_a_slight_skew_keeps_a_row_together():
    page = [cell("Nm", 900, 106), cell("Oil drain plug", 40, 100), cell("25", 800, 104), cell("Flywheel", 40, 131)]
    assert lines(page) == "Oil drain plug 25 Nm\nFlywheel"


@pytest.mark.parametrize("slope", [-0.012, -0.008, 0.0, 0.008, 0.012])
def test_a_page_that_leans_keeps_its_rows(slope):
    page = [
        cell(text, left, 100 + 24 * row + slope * left)
        for row in range(12)
        for text, left in ((f"Part {row}", 40), ("All", 500), ("M8", 800), (f"{row} Nm", 1000))
    ]
    assert [len(row) for row in rows(page)] == [4] * 12


def test_close_lines_stay_two():
    page = [cell("seal faulty", 440, 169), cell("Clutch was overheated", 440, 184)]
    assert lines(page) == "seal faulty\nClutch was overheated"


def test_the_gap_between_two_rows():
    above, below = rows([cell("a", 0, 100), cell("b", 0, 130)])
    assert gap(above, below) == 14


def test_an_empty_page_has_no_rows():
    assert rows([]) == []


boxes = st.tuples(st.integers(0, 1000), st.integers(0, 800)).map(lambda at: cell("word", *at))


@given(st.lists(boxes, max_size=40))
def test_no_word_is_lost_and_order_does_not_matter(page):
    made = rows(page)
    assert sorted(s.box for row in made for s in row) == sorted(s.box for s in page)
    assert made == rows(reversed(page))
