"""HTML pages as sheets: their words and tables, and nothing that loads."""

import pytest
from lxml import html

from vlm3_dataset.shelf import documents, web
from vlm3_dataset.shelf.images import Unreadable
from vlm3_dataset.shelf.rows import lines


def test_html_is_laid_out_with_its_spans_and_without_its_scripts():
    page = b"""<html><head><title>x</title><script>alert(1)</script><style>p{}</style></head><body>
    <table><tr><td>Bore:</td><td colspan="2">93.4 mm</td></tr>
    <tr><td colspan="NaN">Stroke:</td><td>84 mm</td></tr></table>
    <img src="http://127.0.0.1:9/never.png"><p>end</p></body></html>"""
    text = lines(documents.sheet(web.lay_out(page), 1).text)
    assert "Bore: 93.4 mm" in text
    assert "Stroke: 84 mm" in text
    assert "alert" not in text


def test_a_long_html_page_becomes_several_sheets():
    rows = b"".join(b"<tr><td>Bolt %d</td><td>%d Nm</td></tr>" % (n, n) for n in range(200))
    assert documents.count(web.lay_out(b"<table>" + rows + b"</table>")) > 2


@pytest.mark.parametrize("page", [b"", b"<html></html>", b"<body><script>only()</script></body>"])
def test_html_without_text_is_refused(page):
    with pytest.raises(Unreadable, match="without text"):
        web.lay_out(page)


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
    table = html.fragment_fromstring(f"<table>{rows}</table>")
    web.merge_empty_columns(table)
    assert [cell.text_content() for cell in table.iter("td")] == cells


def test_a_merged_heading_spans_what_is_left():
    rows = "<tr><td colspan=4>Engine</td></tr><tr><td>Bore</td><td colspan=2>93 mm</td><td></td></tr>"
    table = html.fragment_fromstring(f"<table>{rows}</table>")
    web.merge_empty_columns(table)
    assert [cell.get("colspan") for cell in table.iter("td")] == ["2", "1", "1"]
