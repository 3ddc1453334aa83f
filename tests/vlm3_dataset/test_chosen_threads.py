"""From a board to chosen threads: each with its reason or its score, the best first, the same bytes every time."""

import csv
import json

import pytest

from tests.vlm3_dataset.test_threads import export, post
from vlm3_dataset import threads
from vlm3_dataset.files import read_csv
from vlm3_dataset.sources.conversation import load_thread
from vlm3_dataset.sources.readings import load_reading
from vlm3_dataset.threads import EVERY, NoiseCount, ThreadSelection

ASKS = "It cranks but will not start, no spark at any plug. What would you check?"
TALKS = {
    1: (
        "No spark",
        [("ann", ASKS), ("bob", "The sensor, 960 ohm."), ("ann", "It was the sensor, 12 14 1 708 620. Runs now.")],
    ),
    2: (
        "Chip opinions",
        [
            ("ann", "Which chip would you take for a stock engine?"),
            ("bob", "I would take the second one, it pulls better from below."),
        ],
    ),
    3: ("FS: wheels", [("cyd", "Four wheels, $400 shipped, PayPal."), ("bob", "Still available?")]),
    4: (
        "Idle hunts",
        [("dan", "My idle hunts when it is warm, any ideas?"), ("ann", "bump"), ("bob", "Call me, 0171 2345678.")],
    ),
}


@pytest.fixture
def archive(tmp_path):
    posts = [
        post(100 * thread + n, thread, n, author=who, text=text)
        for thread, (_, said) in TALKS.items()
        for n, (who, text) in enumerate(said, 1)
    ]
    return export(tmp_path / "archive", posts, {thread: title for thread, (title, _) in TALKS.items()})


def chosen(archive, tmp_path, selection=EVERY, posts=None):
    pages, _ = threads.prepare(archive, posts, tmp_path / "work", selection)
    return [page.title for page in pages]


def test_the_best_come_first_and_noise_not_at_all(archive, tmp_path):
    assert chosen(archive, tmp_path) == ["No spark", "Chip opinions", "Idle hunts"]


@pytest.mark.parametrize(
    ("selection", "titles"),
    [
        (ThreadSelection(limit=1), ["No spark"]),
        (ThreadSelection(min_score=0.3), ["No spark"]),
        (ThreadSelection(forums=("Electr*",)), []),
    ],
)
def test_they_can_be_chosen_from(archive, tmp_path, selection, titles):
    assert chosen(archive, tmp_path, selection) == titles


def test_forums_are_named_by_their_titles(archive, tmp_path):
    lines = "".join(
        json.dumps({"thread_id": n, "forum": forum, "title": forum, "text": text, "author": who}) + "\n"
        for n, forum in ((7, "Engine: S14"), (8, "Chassis"))
        for who, text in (("eve", ASKS), ("flo", "The sensor at the bell housing."))
    )
    (tmp_path / "old.jsonl").write_text(lines)
    assert chosen(tmp_path / "none", tmp_path, ThreadSelection(forums=("engine*",)), tmp_path / "old.jsonl") == [
        "Engine: S14"
    ]


def test_every_thread_and_post_is_accounted_for(archive, tmp_path):
    _, said = threads.prepare(archive, None, tmp_path / "work", EVERY)
    assert said == "4 threads, 3 asked about (left out: 1 for sale or wanted)"
    with (tmp_path / "work" / "threads.csv").open(newline="") as lines:
        reasons = {row["page_id"]: row["reason"] for row in csv.DictReader(lines)}
    assert reasons == dict.fromkeys(("thread-e30-1", "thread-e30-2", "thread-e30-4"), "") | {
        "thread-e30-3": "for sale or wanted"
    }
    counts = read_csv(tmp_path / "work" / "noise.csv", NoiseCount)
    assert sum(one.count for one in counts if one.what == "post") == 10
    assert sum(one.count for one in counts if one.what == "thread") == 4


def test_what_lies_there_names_nobody(archive, tmp_path):
    chosen(archive, tmp_path)
    found = load_thread(tmp_path / "work", "thread-e30-4")
    assert [(one.number, one.author, one.text) for one in found.posts] == [
        (1, "Owner 1", "My idle hunts when it is warm, any ideas?"),
        (3, "Owner 3", "Call me, [telephone]."),
    ]
    assert [one.text for one in load_reading(tmp_path / "work", "thread-e30-4").segments] == [
        one.text for one in found.posts
    ]


def test_twice_the_same_bytes(archive, tmp_path):
    def everything():
        chosen(archive, tmp_path)
        return {path: path.read_bytes() for path in (tmp_path / "work").rglob("*") if path.is_file()}

    first = everything()
    assert everything() == first


def test_without_a_board_there_is_nothing(tmp_path):
    assert chosen(tmp_path / "none", tmp_path) == []


def test_many_are_sifted_on_all_cores_and_stay_in_their_order(archive, tmp_path, monkeypatch):
    alone = chosen(archive, tmp_path)
    listed = (tmp_path / "work" / "threads.csv").read_bytes()
    monkeypatch.setattr(threads, "A_SHARD", 1)
    assert chosen(archive, tmp_path) == alone
    assert (tmp_path / "work" / "threads.csv").read_bytes() == listed
