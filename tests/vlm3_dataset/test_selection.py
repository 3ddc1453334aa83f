"""A part of the shelf: by name, by number, and by a draw that is always the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm3_dataset.schema import Page
from vlm3_dataset.selection import ALL, NoSuchPage, PageSelection

PAGES = [
    Page(f"{section}-{number:02d}", f"{section} - Part/{section}-{number:02d}.jpg", 1, "image", section, "Part", "g")
    for section in ("11", "21")
    for number in range(20)
]


@pytest.mark.parametrize(
    ("selection", "count"),
    [
        (ALL, 40),
        (PageSelection(only="21 - Part/*"), 20),
        (PageSelection(only="*/11-0?.jpg"), 10),
        (PageSelection(only="21-*"), 20),
        (PageSelection(limit=3), 3),
        (PageSelection(sample=7), 7),
        (PageSelection(sample=70), 40),
        (PageSelection(only="21-*", sample=7, limit=2), 2),
    ],
)
def test_how_many(selection, count):
    assert len(selection.of(PAGES)) == count


def test_a_glob_that_fits_nothing_is_an_error():
    with pytest.raises(NoSuchPage, match=r"--only 'nothing/\*' fits none of 40 pages"):
        PageSelection(only="nothing/*").of(PAGES)


@given(st.integers(1, 40), st.integers(1, 40))
def test_a_larger_sample_holds_the_smaller_one_and_keeps_the_order(one, other):
    small, large = (PageSelection(sample=size).of(PAGES) for size in sorted((one, other)))
    assert set(small) <= set(large)
    assert large == [page for page in PAGES if page in large]


def test_a_sample_is_from_all_over_the_shelf():
    assert {page.section for page in PageSelection(sample=10).of(PAGES)} == {"11", "21"}


def test_limit_takes_the_first():
    assert PageSelection(limit=2).of(PAGES) == PAGES[:2]
