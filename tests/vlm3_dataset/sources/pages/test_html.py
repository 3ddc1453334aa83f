"""HTML pages as sheets: their words and tables, and nothing that loads."""

import itertools

import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import fragment_fromstring

from vlm3_dataset.sources.pages import html, pdf
from vlm3_dataset.sources.pages.images import Unreadable
from vlm3_dataset.sources.pages.rows import lines


def test_html_is_laid_out_with_its_spans_and_without_its_scripts():
    page = b"""<html><head><title>x</title><script>alert(1)</script><style>p{}</style></head><body>
    <table><tr><td>Bore:</td><td colspan="2">93.4 mm</td></tr>
    <tr><td colspan="NaN">Stroke:</td><td>84 mm</td></tr></table>
    <img src="http://127.0.0.1:9/never.png"><p>end</p></body></html>"""
    text = lines(pdf.sheet(html.lay_out(page), 1).text)
    assert "Bore: 93.4 mm" in text
    assert "Stroke: 84 mm" in text
    assert "alert" not in text


def test_a_long_html_page_becomes_several_sheets():
    rows = b"".join(b"<tr><td>Bolt %d</td><td>%d Nm</td></tr>" % (n, n) for n in range(200))
    assert pdf.count(html.lay_out(b"<table>" + rows + b"</table>")) > 2


@pytest.mark.parametrize("page", [b"", b"<html></html>", b"<body><script>only()</script></body>"])
def test_html_without_text_is_refused(page):
    with pytest.raises(Unreadable, match="without text"):
        html.lay_out(page)


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ("<tr><td>Bore</td><td colspan=2>93 mm</td><td></td></tr>", ["Bore", "93 mm"]),
        ("<tr><td colspan=4>Engine</td></tr><tr><td>a</td><td>b</td><td></td><td></td></tr>", ["Engine", "a", "b"]),
        (
            "<tr><td>a</td><td></td><td>c</td></tr><tr><td>d</td><td>e</td><td>f</td></tr>",
            ["a", "", "c", "d", "e", "f"],
        ),
        ("<tr><td rowspan=2>a</td><td></td></tr>", ["a", ""]),
    ],
)
def test_columns_that_are_always_empty_go(rows, cells):
    table = fragment_fromstring(f"<table>{rows}</table>")
    html.merge_empty_columns(table)
    assert [cell.text_content() for cell in table.iter("td")] == cells


def test_a_merged_heading_spans_what_is_left():
    rows = "<tr><td colspan=4>Engine</td></tr><tr><td>Bore</td><td colspan=2>93 mm</td><td></td></tr>"
    table = fragment_fromstring(f"<table>{rows}</table>")
    html.merge_empty_columns(table)
    assert [cell.get("colspan") for cell in table.iter("td")] == ["2", "1", "1"]


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><td>" + "words " * 1_500 + "</td></tr></table>",
        "<table><tr><td>menu</td><td>" + "<p>A paragraph of a page.</p>" * 120 + "</td></tr></table>",
    ],
)
def test_a_cell_taller_than_a_sheet_flows_over_several(page):
    assert 1 < pdf.count(html.lay_out(page.encode())) < 20


blocks = st.sampled_from(
    ["<p>{}</p>", "<h2>{}</h2>", "<ul><li>{}</li></ul>", "{}<br>", "<table><tr><td>{}</td></tr></table>"]
)


@given(st.lists(st.tuples(blocks, st.integers(1, 60)), min_size=1, max_size=60))
@settings(deadline=None, max_examples=40)
def test_no_word_is_lost_between_sheets(page):
    """PyMuPDF's own page breaks lose the rows that cross them."""
    words = [f"w{number}" for number in range(sum(count for _, count in page))]
    rest = iter(words)
    source = "".join(block.format(" ".join(next(rest) for _ in range(count))) for block, count in page)
    laid_out = pymupdf.open("pdf", html.lay_out(f"<html>{source}</html>".encode()))
    shown = [word[4] for sheet in laid_out for word in sheet.get_text("words") if word[4].startswith("w")]
    assert sorted(shown) == sorted(words)


@given(st.lists(st.tuples(st.floats(0, 5_000), st.floats(1, 40)), min_size=1, max_size=80))
def test_cuts_cover_everything_and_a_sheet_is_never_longer_than_its_paper(lines):
    lines = [(40 + head, 40 + head + height) for head, height in lines]
    end = max(foot for _, foot in lines)
    made = html.cuts(lines, end)
    assert made == sorted(made)
    assert made[-1] >= end - 1e-6
    assert all(bottom - top <= html.HEIGHT - 2 * html.MARGIN + 1e-6 for top, bottom in itertools.pairwise(made))


def test_a_page_without_end_is_refused():
    with pytest.raises(Unreadable, match="more than 200 sheets"):
        html.lay_out(b"<p>line</p>" * 10_000)


def test_unknown_frames_are_taken_off_and_what_they_hold_stays():
    page = b"<body><main><section><form><p>Torque 24 Nm</p></form></section></main><nav>back</nav></body>"
    assert "Torque 24 Nm" in "".join(html.sanitised(page).itertext())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_letters_come_through_whatever_encoding_is_not_declared(encoding):
    page = "<html><body><p>45° ± 0,1 Öl</p></body></html>".encode(encoding)
    assert "45° ± 0,1 Öl" in "".join(html.sanitised(page).itertext())
