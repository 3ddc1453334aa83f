"""What an index page calls the pages it lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm3_dataset.schema import Source
from vlm3_dataset.sources.titles import listed, parsed, titles_and_headings


def page(*lines):
    return "<!DOCTYPE html><html><body>{}</body></html>".format("\n".join(lines)).encode()


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ('├── <a href="./25-01.jpg" target="_blank">25-01</a><i>Shift lever</i></br>', "Shift lever"),
        ('<a href="25-01.jpg">25-01.jpg</a> - Shift lever<br>', "Shift lever"),
        ('<li><a href="25-01.jpg">Shift lever</a></li>', "Shift lever"),
        ('<tr><td><a href="25-01.jpg">25-01</a></td></tr>', None),
        ('<a href="25-01.jpg">25-01</a><!-- note -->: Shift <b>lever</b>', "Shift lever"),
        ('<a href="25-01.jpg">25-01</a><br>Shift lever', None),
        ('<a href="25-01.jpg">25-01</a>' + "word " * 100, None),
    ],
)
def test_one_line(line, title):
    assert dict(listed(parsed(page(line)), "25/index.html")) == ({"25/25-01.jpg": title} if title else {})


def test_ditto_marks():
    lines = [
        '<a href="1.jpg">1</a><i>Quick tests - Idle speed</i><br>',
        '<a href="2.jpg">2</a><i>&quot;</i><br>',
        '<a href="3.jpg">3</a><i>&quot; - Injector pulse</i><br>',
        '<a href="4.jpg">4</a><i>"</i><br>',
    ]
    assert list(dict(listed(parsed(page(*lines)), "index.html")).values()) == [
        "Quick tests - Idle speed",
        "Quick tests - Idle speed",
        "Quick tests - Injector pulse",
        "Quick tests - Injector pulse",
    ]


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("a.jpg", "b/a.jpg"),
        ("../c/a%20b.jpg", "c/a b.jpg"),
        ("../../etc/passwd", None),
        ("/etc/passwd", None),
        ("https://elsewhere.example/a.jpg", None),
        ("http://[x", None),
        ("//a\u2100b/a.jpg", None),
        ("#top", None),
        ("", None),
    ],
)
def test_links_stay_on_the_shelf(href, path):
    assert list(dict(listed(parsed(page(f'<a href="{href}">Title</a>')), "b/index.html"))) == ([path] if path else [])


def test_only_files_of_the_shelf_and_the_first_index_count(tmp_path):
    for name, word in (("a.html", "first"), ("b.html", "second")):
        lines = [f'<a href="{n}.jpg">{n}</a><i>{word} {n}</i><br>' for n in range(4)]
        (tmp_path / name).write_bytes(page(*lines))
    sources = [Source(f"{n}.jpg", "jpeg", 1, "x") for n in range(2)]
    sources += [Source(name, "html", 1, "x", "an index") for name in ("a.html", "b.html", "gone.html")]
    assert titles_and_headings(sources, tmp_path)[0] == {"0.jpg": "first 0", "1.jpg": "first 1"}


@given(st.binary(max_size=400))
def test_no_bytes_are_a_fault(data):
    list(listed(parsed(b"<html>" + data), "index.html"))


def test_an_index_page_names_the_section_of_what_it_lists(tmp_path):
    links = [f'<a href="{number}.jpg">{number}</a><br>' for number in range(4)]
    (tmp_path / "Phone").mkdir()
    (tmp_path / "Phone/index.html").write_bytes(page("<h1>Clutch </h1>", *links))
    sources = [Source("Phone/index.html", "html", 1, "", "an index"), Source("Phone/1.jpg", "jpeg", 1, "1")]
    assert titles_and_headings(sources, tmp_path)[1]["Phone/1.jpg"] == "Clutch"
