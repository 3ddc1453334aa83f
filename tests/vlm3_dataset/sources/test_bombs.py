"""A file that lies or explodes costs its own page, and the rest of the shelf comes out as it would without it."""

import json

import pytest

from tests.vlm3_dataset.shelves import TABLE, fill, text_pdf
from tests.vlm3_dataset.sources import bombs
from vlm3_dataset.sources import inventory
from vlm3_dataset.sources.limits import Limits
from vlm3_dataset.sources.pages import page_counts, prepare

LIMITS = Limits(seconds=3)
GOOD = {"a.pdf": text_pdf(), "z.pdf": text_pdf([TABLE, TABLE])}
BAD = {
    "count.pdf": (bombs.count_lies, "Invalid number of pages"),
    "form.pdf": (bombs.form_bomb, "took more than 3 s; "),
    "content.pdf": (bombs.endless_content, "took more than 3 s; "),
    "word.html": (bombs.endless_word, ""),
}


def run(shelf, work, limits=LIMITS):
    tasks = prepare.tasks(inventory.scan(shelf), shelf, shelf / "none", work, limits=limits)
    return prepare.make(tasks, work, limits)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    bad = {name: make() for name, (make, _) in BAD.items()}  # here, or whoever collects tests waits for a gigabyte
    return fill(tmp_path_factory.mktemp("bombs") / "shelf", GOOD | bad)


@pytest.fixture(scope="module")
def made(shelf):
    return run(shelf, shelf.parent / "work")


def test_each_costs_one_page_with_a_reason_and_the_others_are_made(made):
    reasons = {page.source: page.reason for page in made}
    assert [page.source for page in made if not page.reason] == ["a.pdf", "z.pdf", "z.pdf"]
    for name, (_, reason) in BAD.items():
        assert reasons[name]
        assert reason in reasons[name]
        assert "\n" not in reasons[name]


@pytest.mark.usefixtures("one_worker")
def test_one_worker_makes_the_same(shelf, made, tmp_path):
    assert run(shelf, tmp_path / "work") == made


def test_a_second_run_waits_for_no_bomb_again(shelf, made, monkeypatch):
    for place in (prepare, page_counts):
        again = pytest.fail
        monkeypatch.setattr(place, "each", lambda _, items, *__, again=again: again(f"{items}") if items else ())
    # What only cannot be opened is looked into again, as a password may have come; it takes no time.
    monkeypatch.setattr(page_counts, "SEVERAL", frozenset({"html", "pdf"}))
    sources = [one for one in inventory.scan(shelf) if one.path != "count.pdf"]
    work = shelf.parent / "work"
    tasks = prepare.tasks(sources, shelf, shelf / "none", work, limits=LIMITS)
    second = prepare.make(tasks, work, LIMITS)
    assert second == [page for page in made if page.source != "count.pdf"]


def test_more_time_is_a_reason_to_try_again(shelf, made, tmp_path):
    record = json.loads((shelf.parent / "work" / "pages" / "form.json").read_text())
    (task,) = prepare.plan([s for s in inventory.scan(shelf) if s.path == "form.pdf"], shelf, shelf / "none")
    assert record["made_from"] == task.lost_under(LIMITS) != task.lost_under(Limits(seconds=4))
    assert record["made_from"] != task.made_from
