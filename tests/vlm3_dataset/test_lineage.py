"""A page that is scanned again, renamed or moved keeps what people decided about it, and its side."""

import json
import shutil
import tracemalloc

import pytest

from tests.vlm3_dataset import prepared
from tests.vlm3_dataset.review.test_app import TOKEN, client, take_back
from tests.vlm3_dataset.test_splitting import STAGES, sides, table
from vlm3_dataset import files
from vlm3_dataset.filters.likeness import COMMON
from vlm3_dataset.lineage import Old, heirs, sides_before
from vlm3_dataset.review import log
from vlm3_dataset.review.decisions import Decision
from vlm3_dataset.review.outcome import is_behind
from vlm3_dataset.review.pairs import load
from vlm3_dataset.schema import Page, Reading, Segment

SHELF = {name: [*table(name), (f"Sump plug of the {name * 3} engine", "25 Nm")] for name in "abcdefghijkl"}
AGAIN = [("Printed in Germany", "page"), *SHELF["a"]]  # other bytes, and a line more


@pytest.fixture(scope="module")
def emitted(tmp_path_factory):
    """Twelve tables and the dataset that was made of them."""
    place = tmp_path_factory.mktemp("emitted")
    prepared.prepare(place / "work", SHELF, dict.fromkeys(SHELF, "Clutch"))
    prepared.run(place, *STAGES)
    return place


@pytest.fixture
def place(emitted, tmp_path):
    """A copy of it for each test."""
    return shutil.copytree(emitted, tmp_path, dirs_exist_ok=True)


def decide(place, page_id, verdict, at="2026-11-28T12:00:00.000000+00:00"):
    pair = next(pair for pair in load(place / "work") if pair.page.page_id == page_id)
    log.append(place / "work", Decision(pair.subject, verdict, "Ann", at))
    prepared.run(place, "emit")
    return pair.qa.answer


def shelve(place, pages, section="Clutch"):
    prepared.prepare(place / "work", pages, dict.fromkeys(pages, section))
    prepared.run(place, *STAGES)


def answers(place, page_id):
    found = []
    for side in ("train", "val"):
        for line in (place / f"training_data/vlm_{side}.jsonl").open():
            row = json.loads(line)
            if row["metadata"]["page_id"] == page_id:
                found.append(row["conversations"][1]["content"])
    return found


@pytest.mark.parametrize(("page_id", "rows", "section"), [
    ("a", AGAIN, "Clutch"),  # a better scan under the old name
    ("a", SHELF["a"], "Clutch and gearbox"),  # its folder has another name, and so has every question
    ("x", SHELF["a"], "Clutch"),  # moved
    ("x", AGAIN, "Clutch and gearbox"),  # all of it at once: known by its words
])  # fmt: skip
def test_a_rejected_pair_stays_rejected(place, capsys, page_id, rows, section):
    rejected = decide(place, "a", "reject")
    assert rejected not in answers(place, "a")
    rest = {name: table for name, table in SHELF.items() if name != "a"}
    for _ in range(2):  # and the next emit, which finds the new name in the dataset, forgets nothing
        capsys.readouterr()
        shelve(place, rest | {page_id: rows}, section)
        assert rejected not in answers(place, page_id)
        assert len(answers(place, page_id)) == 4
        assert "1 decisions carried over" in capsys.readouterr().out
    prepared.run(place, "status")
    assert "1 rejected" in (said := capsys.readouterr().out)
    assert "void" not in said


def test_what_is_taken_back_is_taken_back_everywhere(place):
    rejected = decide(place, "a", "reject")
    about = log.read(place / "work")[0][0].pair
    shelve(place, SHELF | {"a": AGAIN})
    assert rejected not in answers(place, "a")
    log.append(place / "work", Decision(about, "undo", "Ann", "2026-11-28T13:00:00.000000+00:00"))
    prepared.run(place, "emit")
    assert rejected in answers(place, "a")


def test_what_was_carried_over_is_taken_back_beside_the_new_page(place):
    rejected = decide(place, "a", "reject")
    shelve(place, SHELF | {"a": AGAIN})
    browser = client(place / "work", "Ann")
    page = browser.get("/", params={"token": TOKEN, "decided": "reject"})
    assert f'<p class="answer">{rejected}</p>' in page.text
    take_back(browser, page)
    assert "No pair passes these filters" in browser.get("/", params={"decided": "reject"}).text
    assert is_behind(place / "work", place / "training_data")
    prepared.run(place, "emit")
    for once_more in (AGAIN, [("Second edition", "page"), *AGAIN]):
        shelve(place, SHELF | {"a": once_more})
        assert rejected in answers(place, "a")
        assert not is_behind(place / "work", place / "training_data")


def test_a_decision_about_the_new_page_goes_before(place):
    rejected = decide(place, "a", "reject")
    shelve(place, SHELF | {"a": AGAIN})
    assert decide(place, "a", "accept", at="2026-11-28T13:00:00.000000+00:00") == rejected
    assert rejected in answers(place, "a")


def test_a_page_of_the_validation_side_stays_there_under_another_name(place, capsys):
    (page_id,) = (name for name, side in sides(place).items() if side == "val")
    rest = {name: rows for name, rows in SHELF.items() if name != page_id}
    shelve(place, rest | {"x": [("Printed in Germany", "page"), *SHELF[page_id]]})
    assert {name for name, side in sides(place).items() if side == "val"} == {"x"}
    assert "1 pages known again under other names" in capsys.readouterr().out


def test_a_new_group_whose_pages_come_from_both_sides_trains():
    page = Page("x", "x.jpg", 1, "image", "", "", "new")
    old = [Old("a", "one", "train", ""), Old("b", "two", "val", "")]
    pages = [page, Page("y", "y.jpg", 1, "image", "", "", "new")]
    assert sides_before(pages, old, {"a": "x", "b": "y"}) == {"one": "train", "two": "val", "new": "train"}


def test_a_page_whose_group_has_another_name_keeps_its_side():
    old = [Old("a", "book-199x", "val", None), Old("b", "book-199x", "val", None)]
    pages = [Page(name, "book.pdf", 1, "pdf", "", "", group) for name, group in (("a", "book-0x"), ("b", "book-1x"))]
    assert sides_before(pages, old, {}) == {"book-199x": "val", "book-0x": "val", "book-1x": "val"}


def read_as(work, **texts):
    for page_id, text in texts.items():
        reading = Reading("posts", (Segment(text, (0, 0, 100, 10)),))
        files.write_json(work / "readings" / f"{page_id}.json", files.fields(reading))


def told(start, count):
    return " ".join(f"word{number}" for number in range(start, start + count))


def test_pages_are_matched_by_half_of_their_words_and_the_likest_first(tmp_path):
    read_as(tmp_path, a=told(0, 40), b=told(100, 40), short="Fuse 11", usual=told(300, 40))
    read_as(tmp_path, x=told(10, 40), y=told(2, 40), z=told(125, 40), w="Fuse 11")
    running = {f"p{number}": told(300, 41) for number in range(COMMON)}
    read_as(tmp_path, **running)
    pages = [Page(name, "", 1, "thread", "", "", name, sha256=name) for name in ("x", "y", "z", "w", *running)]
    assert heirs(pages, dict.fromkeys(("a", "b", "short", "usual"), ""), (), tmp_path) == {"a": "y"}


def test_of_new_pages_only_one_is_held_in_memory(tmp_path):
    read_as(tmp_path, a=told(0, 40), x=told(0, 41))
    threads = {f"t{number}": told(1_000 + 3_000 * number, 3_000) for number in range(100)}
    read_as(tmp_path, **threads)
    pages = [Page(name, "", 1, "thread", "", "", name, sha256=name) for name in (*threads, "x")]
    tracemalloc.start()
    assert heirs(pages, {"a": ""}, (), tmp_path) == {"a": "x"}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000  # the trigrams of all are 70 MB
