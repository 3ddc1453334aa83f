"""The card says what is in the dataset and how it came to be, and nothing in it is more than words."""

import io
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from PIL import Image

from tests.vlm3_dataset.hub.test_emit import entry, picture
from tests.vlm3_dataset.shelves import fill
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.hub import emit as writer
from vlm3_dataset.hub.card import EXAMPLES, card, plain, shown
from vlm3_dataset.hub.check import Unpublishable, check
from vlm3_dataset.hub.provenance import UNKNOWN, Provenance, fold, paid

EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](http://evil.example/x.png)",
    "[24 Nm](http://evil.example)",
    "http://evil.example and www.evil.example, me@evil.example",
    "| a | b |\n|---|---|\n# Title",
    "`code` **bold** _it_ ~~x~~ $$y$$ &lt;b&gt;",
    "![a page](examples/../../etc.jpg)",
]


def rendered(text):
    """As the Hub renders it: CommonMark with GitHub's tables and links."""
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)


@pytest.mark.parametrize("text", EVIL)
def test_words_of_a_page_stay_words(text):
    html = rendered(f"- on the page: {plain(text)}\n")
    assert html.startswith("<ul>\n<li>on the page: ")
    assert html.count("<") == 4  # the list and its item, and nothing else
    assert "http://" not in plain(text)
    assert "www." not in plain(text)


@given(st.text(max_size=60))
def test_any_words_are_one_cell_of_a_table(text):
    html = rendered(f"| a | b |\n|---|---|\n| {plain(text)} | 1 |\n")
    assert html.count("<td>") == 2
    assert html.count("<tr>") == 2


def made(entries, how=UNKNOWN):
    return card(entries, [], "d", "1.0.0", how)


def doubtful(one, second):
    pairs = tuple(
        replace(qa, numbers_grounded="unconfirmed", second_reader=second, labeler="claude") for qa in one.pairs
    )
    return replace(one, pairs=pairs)


def test_it_counts_by_section_type_and_source():
    text = made([entry("21-03", "train", ("24 Nm", "34 Nm")), entry("33-01", "val", section="Axle")])
    for row in ("| Clutch | 2 |", "| Axle | 1 |", "| torque | 3 |", "| specification | 3 |", "| s | 3 |"):
        assert row in text
    assert "Of 3 pairs `place` says where the page prints it" in text


def test_a_long_table_ends_with_the_rest():
    text = made([entry(f"21-{n:02d}", "train", section=f"Section {n:02d}") for n in range(40)])
    assert "| Section 24 | 1 |\n| 15 others | 15 |" in text


def test_what_was_dropped_and_paid_stands_in_it(tmp_path):
    store = Store(tmp_path / "labels.sqlite")
    store.put("a", "21-03", "claude-2", {"model": "claude-haiku-5-5"}, 0.25)
    store.put("b", "21-03", "reader-1", {"model": "claude-haiku-5-5"}, 0.01)
    store.close()
    how = Provenance(Counter({"no evidence": 7}), paid(tmp_path))
    text = made([entry("21-03", "train")], how)
    assert "- 1 answers of claude-haiku-5-5 to prompt claude-2: $0.25" in text
    assert "- 1 answers of claude-haiku-5-5 to prompt reader-1: $0.01" in text
    assert "| no evidence | 7 |" in text


@pytest.mark.parametrize(
    ("reason", "like", "folded"),
    [
        ("the question has 3 characters", "", "the question has N characters"),
        ("as on 21-09", "21-09", "as on some page"),
        ("a second reader says: 25 Nm", "", "a second reader says"),
    ],
)
def test_reasons_are_told_without_their_particulars(reason, like, folded):
    assert fold(reason, like) == folded


def test_what_is_in_doubt_is_said():
    text = made([doubtful(entry("21-03", "train"), "disputes"), doubtful(entry("21-04", "train"), "agrees")])
    assert "the numbers of 2 pairs were not found" in text
    assert "something else than page or posts say in 1 of them" in text
    assert "no rule knows whether the words around them are right" in text


def test_examples_are_a_draw_that_a_new_page_does_not_reorder():
    entries = [replace(entry(f"21-{n:02d}", "train"), content_type=("wiring", "table")[n % 2]) for n in range(30)]
    first = [one.page.page_id for one in shown(entries)]
    assert len(first) == EXAMPLES
    assert {one.content_type for one in shown(entries)[:2]} == {"wiring", "table"}
    assert [one.page.page_id for one in shown(entries[::-1])] == first


@pytest.fixture
def hub(tmp_path):
    entries = [entry(page_id, "train") for page_id in ("21-03", "21-04", "21-05", "21-06", "21-07")]
    fill(tmp_path / "work", {one.page.image: picture(one.page.page_id) for one in entries})
    fill(tmp_path / "out/hub/examples", {"gone.jpg": b"of a page that is no more"})
    writer.emit(entries, tmp_path / "work", tmp_path / "out")
    return tmp_path / "out/hub"


def test_small_pictures_travel_with_the_card(hub):
    pictures = sorted((hub / "examples").iterdir())
    assert len(pictures) == EXAMPLES
    for path in pictures:
        assert f"![a page](examples/{path.name})" in (hub / "README.md").read_text()
        assert max(Image.open(io.BytesIO(path.read_bytes())).size) <= writer.EXAMPLE_EDGE
    assert {f"examples/{path.name}" for path in pictures} <= {file.name for file in check(hub).files}


def test_a_picture_that_is_lost_or_nobodys_stops_it(hub):
    fill(hub / "examples", {"mine.jpg": picture("x")})
    with pytest.raises(Unpublishable, match=r"mine\.jpg is not of emit's making"):
        check(hub)
    (hub / "examples/mine.jpg").unlink()
    next((hub / "examples").iterdir()).unlink()
    with pytest.raises(Unpublishable, match=r"\.jpg: image is missing; run emit again"):
        check(hub)
