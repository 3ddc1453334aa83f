"""From a board to chosen threads: each with its reason or its score, the best first, the same bytes every time."""

import csv
import json
import re
import signal
import subprocess
import sys
import time

import pytest

from tests.vlm3_dataset.boards import boards
from tests.vlm3_dataset.sources.pages.test_prepare import alive, contents
from tests.vlm3_dataset.sources.threads.test_rebuild import export, post
from vlm3_dataset import files, threads
from vlm3_dataset.files import read_csv
from vlm3_dataset.sources.limits import Limits, Lost
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.threads.conversation import NoThread, load_thread
from vlm3_dataset.sources.threads.worth import resolution
from vlm3_dataset.threads import ALL_THREADS, NoiseCount, ThreadSelection

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


def chosen(archive, tmp_path, selection=ALL_THREADS, posts=None):
    pages, _ = threads.prepare(archive, posts, tmp_path / "work", selection)
    return [page.title for page in pages]


def test_the_best_come_first_and_noise_not_at_all(archive, tmp_path):
    assert chosen(archive, tmp_path) == ["No spark", "Chip opinions", "Idle hunts"]


@pytest.mark.parametrize(
    ("selection", "titles"),
    [
        (ThreadSelection(limit=1), ["No spark"]),
        (ThreadSelection(min_score=0.3), ["No spark"]),
    ],
)
def test_they_can_be_chosen_from(archive, tmp_path, selection, titles):
    assert chosen(archive, tmp_path, selection) == titles


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (ThreadSelection(forums=("*", "Brakes*")), "--forums 'Brakes*' fits no forum; no thread names its forum"),
        (ThreadSelection(min_score=2), "--min-score 2 leaves none of 3 threads; the best has 0.42"),
    ],
)
def test_a_choice_that_fits_nothing_says_what_there_is(archive, tmp_path, selection, message):
    with pytest.raises(threads.NoSuchThread, match=re.escape(message)):
        chosen(archive, tmp_path, selection)


def test_a_forum_that_is_not_there_is_answered_with_those_that_are(tmp_path):
    made, old = boards(tmp_path, 2)
    with pytest.raises(threads.NoSuchThread, match=r"--forums 'nosuch\*' fits no forum; there are Engine\Z"):
        chosen(made, tmp_path, ThreadSelection(forums=("nosuch*",)), old)


def test_what_is_not_chosen_is_counted(archive, tmp_path):
    _, said = threads.prepare(archive, None, tmp_path / "work", ThreadSelection(limit=1))
    assert said == "4 threads, 1 asked about (left out: 1 for sale or wanted, 2 not chosen)"


def test_a_thread_with_a_poll_keeps_its_question_and_its_solution(tmp_path):
    title, said = TALKS[1]
    posts = [post(None, 1, None, kind="poll", text="Sensor: 3\nRelay: 1")]
    posts += [post(100 + n, 1, n, author=who, text=text) for n, (who, text) in enumerate(said, 1)]
    chosen(export(tmp_path / "polled", posts, {1: title}), tmp_path)
    thread = load_thread(tmp_path / "work", "thread-e30-1")
    assert thread.posts[0].text == ASKS
    assert resolution(thread).text.startswith("It was the sensor")


def test_a_thread_of_the_archive_and_of_the_posts_is_asked_about_once(archive, tmp_path):
    lines = "".join(
        json.dumps({"thread_id": n, "board": "e30", "title": TALKS[n][0], "text": text, "author": who}) + "\n"
        for n in (1, 3)
        for who, text in TALKS[n][1]
    )
    (tmp_path / "old.jsonl").write_text(lines)
    pages, said = threads.prepare(archive, tmp_path / "old.jsonl", tmp_path / "work", ALL_THREADS)
    assert [page.page_id for page in pages] == ["thread-e30-1", "thread-e30-2", "thread-e30-4"]
    assert said == "6 threads, 3 asked about (left out: 2 for sale or wanted, 1 the archive has it, too)"


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
    _, said = threads.prepare(archive, None, tmp_path / "work", ALL_THREADS)
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


def test_what_has_gone_is_told_and_made_again(archive, tmp_path):
    chosen(archive, tmp_path)
    before, lost = contents(tmp_path / "work"), tmp_path / "work" / "threads" / "thread-e30-4.json"
    lost.unlink()
    (tmp_path / "work" / "readings" / "thread-e30-1.json").unlink()
    with pytest.raises(NoThread, match=r"thread-e30-4\.json has gone; run the stage prepare again"):
        load_thread(tmp_path / "work", "thread-e30-4")
    chosen(archive, tmp_path)
    assert contents(tmp_path / "work") == before


def test_without_a_board_there_is_nothing(tmp_path):
    assert chosen(tmp_path / "none", tmp_path) == []


def test_many_are_cleaned_on_all_cores_and_stay_in_their_order(archive, tmp_path, monkeypatch):
    alone = chosen(archive, tmp_path)
    listed = (tmp_path / "work" / "threads.csv").read_bytes()
    monkeypatch.setattr(threads, "A_SHARD", 1)
    assert chosen(archive, tmp_path) == alone
    assert (tmp_path / "work" / "threads.csv").read_bytes() == listed


DIES = """
import multiprocessing, os, signal, sys
from pathlib import Path
from vlm3_dataset import threads

at, archive, posts, work = int(sys.argv[1]), *map(Path, sys.argv[2:])
threads.A_SHARD = 2
in_order = threads._in_order

def dying(shards):
    for number, shard in enumerate(shards):
        if number == at:
            print(*[child.pid for child in multiprocessing.active_children()], flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        yield shard

threads._in_order = lambda shards: in_order(dying(shards))
threads.prepare(archive, posts, work, threads.ALL_THREADS)
"""


def test_killed_while_it_cleans_it_leaves_no_process_and_ends_with_the_same_bytes(tmp_path, root):
    archive, posts = boards(tmp_path, 20)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    wanted = threads.prepare(archive, posts, whole, ALL_THREADS)
    for at in ("0", "7"):
        command = [sys.executable, "-c", DIES, at, archive, posts, killed]
        died = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        assert died.returncode == -signal.SIGKILL
        workers = list(map(int, died.stdout.split()))
        assert workers
        deadline = time.monotonic() + 60
        while any(map(alive, workers)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(map(alive, workers))
        assert list(killed.glob("threads.jsonl.*"))
        files.sweep(killed)
    assert threads.prepare(archive, posts, killed, ALL_THREADS) == wanted
    assert contents(killed) == contents(whole)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (-signal.SIGKILL, "its process was killed, for want of memory perhaps; free some and run prepare again"),
        (-signal.SIGPROF, "took more than 600 s; look at the longest of their posts"),
    ],
)
def test_threads_over_which_a_process_dies_are_named(tmp_path, monkeypatch, code, said):
    archive, _ = boards(tmp_path, 20)
    monkeypatch.setattr(threads, "A_SHARD", 7)
    monkeypatch.setattr(threads, "each", lambda _, items, *__: ((item, Lost(code)) for item in items))
    with pytest.raises(threads.NotCleaned, match=f"threads 1 to 7: {said}"):
        threads.prepare(archive, None, tmp_path / "work", ALL_THREADS)


def test_few_threads_have_the_limits_of_many(tmp_path, monkeypatch):
    long = [post(n, n, 1, author="ann", text=" ".join([ASKS] * 300)) for n in range(1, 5)]
    archive = export(tmp_path / "archive", long, dict.fromkeys(range(1, 5), "No spark"))
    monkeypatch.setattr(threads, "SHARD_LIMITS", Limits(seconds=0.001))
    with pytest.raises(threads.NotCleaned, match=r"threads 1 to 4: (took more than|no end after)"):
        chosen(archive, tmp_path)
