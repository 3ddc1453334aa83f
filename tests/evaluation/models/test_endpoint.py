"""Answers from a server that speaks OpenAI's chat completions, here a stand-in on loopback."""

import json
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.__main__ import main
from evaluation.models import endpoint
from evaluation.models.answers import Settings
from evaluation.models.endpoint import EndpointError, Served
from evaluation.rows import read_questions
from tests.evaluation.conftest import ROWS, sideways
from tests.evaluation.openai import serving

REFERENCES = {question: reference for _, question, reference in ROWS}


@pytest.fixture
def server():
    with serving(lambda question, *_: REFERENCES[question]) as standin:
        yield standin


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(endpoint, "LONGEST_WAIT", 0.01)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def ask(server, data: Path, run: Path, *more: str) -> int:
    return main(["answer", "--endpoint", server.url, "--model", "m", "--data", str(data), "--run", str(run), *more])


def answers(run: Path) -> dict[str, dict]:
    return {row["question"]: row for row in map(json.loads, (run / "answers.jsonl").read_text().splitlines())}


def test_every_question_is_asked_once_with_its_page_first(server, data: Path, tmp_path: Path):
    assert ask(server, data, tmp_path) == ask(server, data, tmp_path) == 0
    assert len(server.requests) == len(ROWS)
    found = answers(tmp_path)
    assert {one.id: one.reference for one in read_questions(data, "val")} == {k: v["text"] for k, v in found.items()}
    assert {body["temperature"] for body in server.requests} == {0}
    assert {body["model"] for body in server.requests} == {"m"}


def test_a_server_that_takes_no_temperature_is_asked_without(server, data: Path, tmp_path: Path):
    server.reasons = True
    assert ask(server, data, tmp_path, "--batch", "1") == 0
    assert {one["text"] for one in answers(tmp_path).values()} == {reference for *_, reference in ROWS}
    assert len(server.requests) == len(ROWS) + 2  # each of the two refusals is learned once


def test_an_answer_that_was_cut_off_says_so(server, data: Path, tmp_path: Path):
    ask(server, data, tmp_path, "--max-new-tokens", "2")
    found = answers(tmp_path)
    assert (found["11-1/1"]["text"], found["11-1/1"]["truncated"], found["11-1/1"]["tokens"]) == (
        "Tighten the",
        True,
        2,
    )
    assert not found["21-3/1"]["truncated"]


def test_faults_are_waited_out(server, data: Path, tmp_path: Path):
    server.faults[:] = [(429, {"retry-after": "30"}, b"{}"), (503, {}, b"busy"), (200, {}, b"<html>"), (500, {}, b"")]
    assert ask(server, data, tmp_path) == 0
    assert len(answers(tmp_path)) == len(ROWS)
    assert len(server.requests) == len(ROWS) + 4


@pytest.mark.parametrize(
    ("fault", "tries", "said"),
    [
        ((401, {}, b'{"error": {"message": "Incorrect API key sk-123"}}'), 1, "401 Incorrect API key ..."),
        ((404, {}, b'{"error": {"message": "no model\\nm"}}'), 1, "404 no model m"),
        ((503, {}, b""), endpoint.TRIES, "503 Service Unavailable"),
        ((200, {}, b'{"choices": []}'), endpoint.TRIES, "no chat completion"),
    ],
)
def test_what_cannot_be_waited_out_is_one_line(fault, tries, said, server, *, data, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-123")
    server.faults[:] = [fault] * 100
    with pytest.raises(SystemExit) as end:
        ask(server, data, tmp_path, "--limit", "1")
    error = capsys.readouterr().err.splitlines()[-1]
    assert end.value.code == 1
    assert said in error
    assert len(server.requests) == tries
    assert server.keys == {"Bearer sk-123"}
    assert "sk-123" not in error + "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())


def test_a_server_that_is_not_there_is_one_line(data: Path, tmp_path: Path, capsys):
    with serving(str) as gone:
        pass
    with pytest.raises(SystemExit):
        ask(gone, data, tmp_path, "--limit", "1")
    assert "ConnectError" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    "url", ["host", "ftp://host/v1", "http://me:secret@host/v1", "http://host/v1?key=1", "http://"]
)
def test_an_address_that_is_none_or_carries_a_secret_is_refused(url: str):
    with pytest.raises(EndpointError):
        Served.at(url, "m", Settings())


def test_name_address_and_length_decide_the_key(data: Path):
    (asked, *_) = read_questions(data, "val")
    served = Served("http://h/v1", "m", Settings())
    others = [
        replace(served, url="http://g/v1"),
        replace(served, model="n"),
        replace(served, settings=Settings(max_new_tokens=8)),
    ]
    assert len({one.key(asked) for one in (served, *others)}) == 4
    assert served.key(asked) == replace(served, settings=Settings(dtype="float32")).key(asked)


def test_a_page_stored_sideways_is_sent_upright(data: Path, tmp_path: Path):
    folder, sizes = shutil.copytree(data, tmp_path / "data"), []
    sideways(folder / "images" / "11-1.jpg")
    with serving(lambda _, page, __: str(sizes.append((page.size, page.getexif().get(0x0112))))) as server:
        ask(server, folder, tmp_path / "run")
    assert sizes.count(((280, 364), None)) == 3


def test_a_killed_run_asks_again_only_for_what_was_on_its_way(data: Path, tmp_path: Path):
    def slowly(question: str, *_) -> str:
        time.sleep(0.1)
        return REFERENCES[question]

    with serving(slowly) as server:
        where = ["--endpoint", server.url, "--data", str(data), "--run", str(tmp_path), "--batch", "2"]
        command = [sys.executable, "-m", "evaluation", "answer", "--model", "m", *where]
        killed = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        path = tmp_path / "answers.jsonl"
        while killed.poll() is None and not (path.exists() and path.stat().st_size):
            time.sleep(0.002)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        stored = path.read_bytes().count(b"\n")
        assert 0 < stored < len(ROWS), "not killed between the first answer and the last"
        time.sleep(0.3)  # what was on its way arrives at the stand-in
        asked = len(server.requests)
        assert ask(server, data, tmp_path, "--batch", "2") == 0
        assert len(server.requests) - asked == len(ROWS) - stored
    assert {key: row["text"] for key, row in answers(tmp_path).items()} == {
        one.id: one.reference for one in read_questions(data, "val")
    }
