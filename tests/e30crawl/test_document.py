"""Addresses on a page are those that a browser would follow, and its numbers those that it prints in full."""

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e30crawl.parsers.document import parse, words
from e30crawl.parsers.numbers import count, counts, join_thousands, total

HREFS = st.text("abz09._-~/?#&=:;%@+!*'(),[] \\\"|é", max_size=40)
BASES = st.sampled_from(
    [
        "https://board.example/forums/showthread.php?t=1",
        "http://127.0.0.1:8000/",
        "http://board.example:80/a/b/?q",
        "http://board.example",
    ]
)
WHOLE = st.builds(
    "{}{}{}".format,
    st.sampled_from(["http://", "https://", "//", "/", "HTTP://"]),
    st.sampled_from(["a.b", "A.b:8", ""]),
    HREFS,
)


@given(BASES, HREFS | WHOLE | st.from_regex(r"[\w-]+\.php(\?[a-z]=\d+)?(#\w+)?", fullmatch=True))
def test_an_address_is_joined_as_the_standard_library_joins_it(base, href):
    found = parse("<p>", base).address(href)
    try:
        joined = urljoin(base, href.strip())
    except ValueError:
        joined = ""
    if found is not None:
        assert found == joined
    elif joined.startswith(("http://", "https://")):
        assert not href.strip() or "[" in joined or "]" in joined  # nothing, or a broken host


@pytest.mark.parametrize(
    "href", [None, "", "javascript:void(0)", "data:image/png;base64,x", "mailto:a@b.c", "http://["]
)
def test_what_is_no_address(href):
    assert parse("<p>", "https://board.example/").address(href) is None


def test_a_base_counts_in_the_head_only():
    page = '<html><head>{}</head><body>{}<a href="x.php">'
    base = '<base href="https://other.example/sub/">'
    assert parse(page.format(base, ""), "https://board.example/a").address("x.php") == "https://other.example/sub/x.php"
    assert parse(page.format("", base), "https://board.example/a").address("x.php") == "https://board.example/x.php"


@pytest.mark.parametrize(
    ("text", "first", "all_of_them"),
    [
        ("Views: 18,350", 18350, [18350]),
        ("Hits: 8.340", 8340, [8340]),
        ("Page 3 of 1,203", 3, [3, 1203]),
        ("10K views", None, []),
        ("1.2K", None, []),
        ("1.5m posts, 12 threads", None, [12]),
        ("25 km", 25, [25]),
        ("5M3", 5, [5, 3]),
        ("none", None, []),
        (None, None, []),
    ],
)
def test_a_rounded_number_is_no_count(text, first, all_of_them):
    assert (count(text), counts(text)) == (first, all_of_them)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Page 3 sur 1\u00a0203", [3, 1203]),
        ("Страница 3 из 1\u202f203", [3, 1203]),
        ("1&nbsp;234&nbsp;567", [1234567]),
        ("٣٬١٢٣", [3123]),
        ("12&nbsp; 345, E30&nbsp;1 and 5\u00a06789", [12, 345, 30, 1, 5, 6789]),
    ],
)
def test_a_hard_space_parts_thousands(text, numbers):
    assert counts(words(parse(f"<p>{text}</p>", "https://board.example/").root)) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("3 z 1 203", [3, 1203]), ("21 till 40 av 1 234 567", [21, 40, 1234567]), ("1 2034 56", [1, 2034, 56])],
)
def test_a_plain_space_parts_thousands_where_nothing_stands_side_by_side(text, numbers):
    assert counts(join_thousands(text)) == numbers


@pytest.mark.parametrize(
    ("texts", "named", "number"),
    [([], 2, 2), ([None, "none"], 0, 0), (["and 12 others", "3"], 2, 17), (["and 1.2K others"], 3, None)],
)
def test_a_total_with_a_rounded_part_is_unknown(texts, named, number):
    assert total(texts, named) == number


def test_any_other_hard_space_is_a_space():
    assert words(parse("<p>\u00a0a\u00a0b \u202f 5\u00a0x\n\u00a0</p>", "https://board.example/").root) == "a b 5 x"
