"""The log on the disk: what was promised is there after a SIGKILL, and two people's logs lie side by side."""

import signal
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vlm3_dataset.review.test_decisions import decision
from vlm3_dataset.review import log

WRITER = """
import sys
from pathlib import Path
from tests.vlm3_dataset.review.test_decisions import decision
from vlm3_dataset.review import log
for number in range(10_000):
    log.append(Path(sys.argv[1]), decision(second=number % 60))
    print(number, flush=True)
"""


def test_what_is_written_is_read(tmp_path):
    made = [decision("accept", second=1), decision("undo", second=2)]
    for each in made:
        log.append(tmp_path, each)
    assert log.read(tmp_path) == [made]
    assert log.read(tmp_path / "nowhere") == []


def test_a_colleagues_file_is_used_as_it_lies_there(tmp_path):
    log.append(tmp_path, decision("accept", second=1))
    log.append(tmp_path / "other", decision("reject", reviewer="Bert B.", second=2))
    (tmp_path / "other/decisions/bert-b.jsonl").rename(tmp_path / "decisions/from-bert.jsonl")
    assert [each.verdict for each in log.standing_in(tmp_path).values()] == ["reject"]


@settings(deadline=None, max_examples=40)  # each waits for the disk six times
@given(cut=st.integers(2, 200))
def test_a_torn_line_is_not_read_and_the_next_one_stands_by_itself(tmp_path_factory, cut):
    work = tmp_path_factory.mktemp("torn")
    log.append(work, decision("accept", second=1))
    log.append(work, decision("reject", second=2))
    path = work / "decisions/anna.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    assert log.read(work) == [[decision("accept", second=1)]]
    log.append(work, decision("edit", second=3))
    assert log.read(work) == [[decision("accept", second=1), decision("edit", second=3)]]


def test_a_last_line_that_an_editor_left_without_its_end_counts_and_stays(tmp_path):
    log.append(tmp_path, decision("accept", second=1))
    path = tmp_path / "decisions/anna.jsonl"
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    assert log.read(tmp_path) == [[decision("accept", second=1)]]
    log.append(tmp_path, decision("edit", second=3))
    assert log.read(tmp_path) == [[decision("accept", second=1), decision("edit", second=3)]]


def test_a_line_that_is_no_decision_is_named(tmp_path):
    log.append(tmp_path, decision())
    with (tmp_path / "decisions/anna.jsonl").open("a") as file:
        file.write('{"verdict": "perhaps"}\n')
    with pytest.raises(log.Damaged, match=r"anna\.jsonl, line 2 is no decision"):
        log.read(tmp_path)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/", "..", "", "a\0b", "x" * 5_000, "Zoë"])
def test_no_reviewers_name_leads_out_of_the_folder(tmp_path, name):
    log.append(tmp_path / "work", decision(reviewer=name))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.parent for path in files] == [tmp_path / "work" / "decisions"]
    assert log.read(tmp_path / "work")[0][0].reviewer == name


def test_two_who_write_at_once_lose_no_line(tmp_path):
    """One reviewer with two windows of `review`."""
    writer = WRITER.replace("10_000", "200")
    both = [subprocess.Popen([sys.executable, "-c", writer, str(tmp_path)], stdout=subprocess.DEVNULL) for _ in "ab"]
    assert [process.wait() for process in both] == [0, 0]
    assert [len(found) for found in log.read(tmp_path)] == [400]


def test_after_a_sigkill_every_promised_decision_is_there(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE)
    promised = [process.stdout.readline() for _ in range(50)]
    process.send_signal(signal.SIGKILL)
    promised += process.stdout.readlines()
    process.wait()
    (found,) = log.read(tmp_path)
    assert len(promised) <= len(found) <= len(promised) + 1
    log.append(tmp_path, decision("edit", second=3))
    assert log.read(tmp_path)[0] == [*found, decision("edit", second=3)]
