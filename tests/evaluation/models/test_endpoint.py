"""Answers from a server that speaks OpenAI's chat completions, here a stand-in on loopback."""

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent import futures
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from PIL import Image

from evaluation.__main__ import main
from evaluation.models import endpoint
from evaluation.models.answers import Settings
from evaluation.models.endpoint import ServedModel
from evaluation.rows import read_questions
from tests.evaluation.conftest import ROWS, sideways
from tests.evaluation.openai import serving
from vlm3_dataset.errors import Misused

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
    return {row["question"]: row for row in map(json.loads, (run / "answers.jsonl").open("rb"))}


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


@pytest.mark.parametrize("key", ["sk-123\n", "sk-123\r\n", " sk-123 "])
def test_blanks_and_line_ends_around_a_key_are_no_part_of_it(key: str, server, data: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", key)
    assert ask(server, data, tmp_path, "--limit", "1") == 0
    assert server.keys == {"Bearer sk-123"}


@pytest.mark.parametrize("key", ["\u201csk-123\u201d", "sk-\n123", "sk-123\x7f"])
def test_a_key_that_no_header_can_carry_is_one_line_without_it(
    key: str, server, *, data: Path, tmp_path: Path, monkeypatch, capsys
):
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(SystemExit) as end:
        ask(server, data, tmp_path, "--limit", "1")
    error = capsys.readouterr().err.splitlines()[-1]
    assert (end.value.code, server.requests) == (2, [])
    assert error.startswith("vlm3-evaluate: OPENAI_API_KEY has a character that no key has")
    assert "123" not in error


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
    with pytest.raises(Misused):
        ServedModel.at(url, "m", Settings())


def test_name_address_and_length_decide_the_key(data: Path):
    (asked, *_) = read_questions(data, "val")
    served = ServedModel("http://h/v1", "m", Settings())
    others = [
        replace(served, url="http://g/v1"),
        replace(served, name="n"),
        replace(served, settings=Settings(max_new_tokens=8)),
    ]
    assert len({one.key(asked) for one in (served, *others)}) == 4
    assert served.key(asked) == replace(served, settings=Settings(dtype="float32")).key(asked)


def test_a_wrong_key_does_not_wait_for_what_is_on_its_way(data: Path, tmp_path: Path, capsys):
    """The first question is refused; the others hang as long as the run does not end."""
    ended = threading.Event()

    def hang(question: str, *_) -> str:
        assert ended.wait(60)
        return REFERENCES[question]

    with serving(hang) as server:
        server.refuses = lambda question: (401, {}, b"") if question == ROWS[0][1] else None
        with pytest.raises(SystemExit):
            ask(server, data, tmp_path)
        ended.set()
    assert "401 Unauthorized" in capsys.readouterr().err.splitlines()[-1]


def test_who_stops_a_run_does_not_wait_for_a_server_that_hangs(data: Path, tmp_path: Path):
    stopped = threading.Event()
    with serving(lambda *_: str(stopped.wait(60))) as server:
        where = ["--endpoint", server.url, "--data", str(data), "--run", str(tmp_path), "--batch", "2"]
        command = [sys.executable, "-m", "evaluation", "answer", "--model", "m", *where]
        running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        while len(server.requests) < 2:
            assert running.poll() is None
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
        assert not stopped.is_set()
        stopped.set()
    assert running.returncode == 1
    assert "stopped; the same command goes on from" in said.splitlines()[-1]
    assert len(server.requests) == 2


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


def completion(message: dict, finish: str = "stop") -> bytes:
    return json.dumps({"choices": [{"message": message, "finish_reason": finish}], "usage": {}}).encode()


def event(text: str, **more: object) -> str:
    return "data: " + json.dumps({"choices": [{"delta": {"content": text}} | more]}) + "\n\n"


STREAM = (event("24 ") + event("Nm", finish_reason="stop") + "data: [DONE]\n\n").encode()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (completion({"content": "<think>24 or 37 Nm?</think>\n42 Nm"}), "42 Nm"),
        (completion({"content": "24 or 37 Nm?</think>42 Nm"}), "42 Nm"),
        (completion({"content": "[THINK]24?[/THINK]42 Nm"}), "42 Nm"),
        (completion({"content": "<|channel|>analysis<|message|>24?<|end|><|channel|>final<|message|>42 Nm"}), "42 Nm"),
        (completion({"content": "42 Nm", "reasoning_content": "24 Nm?"}), "42 Nm"),
        (completion({"content": "42 Nm<|im_end|>"}), "42 Nm"),
        (completion({"content": [{"type": "text", "text": "42 "}, {"type": "text", "text": "Nm"}]}), "42 Nm"),
        (completion({"content": [{"type": "reasoning", "text": "24?"}, {"type": "text", "text": "42 Nm"}]}), "42 Nm"),
        (completion({"content": None, "refusal": "I cannot help."}), "I cannot help."),
        (completion({"content": None}), ""),
        (completion({"content": ""}), ""),
        (STREAM, "24 Nm"),
        (b"\n" + STREAM, "24 Nm"),
        (b": ping\n\n" + STREAM, "24 Nm"),
        (b"event: message\r\n" + STREAM.replace(b"\n", b"\r\n"), "24 Nm"),
        (STREAM.replace(b"data: [DONE]", b""), "24 Nm"),
        (STREAM.replace(b"content", b"refusal"), "24 Nm"),
        ((event("24 Nm") + "data: [DONE]").encode(), "24 Nm"),
        (STREAM.replace(b"24 ", "24\u2028".encode()), "24\u2028Nm"),
    ],
)
def test_only_the_answer_is_read_whatever_form_it_has(body: bytes, text: str, server, data: Path, tmp_path: Path):
    server.faults[:] = [(200, {"content-type": "text/event-stream" if body == STREAM else "application/json"}, body)]
    assert ask(server, data, tmp_path, "--limit", "1") == 0
    assert [one["text"] for one in answers(tmp_path).values()] == [text]
    assert len(server.requests) == 1


def test_reasoning_without_an_answer_is_an_error_that_says_what_to_do(server, data: Path, tmp_path: Path, capsys):
    server.faults[:] = [(200, {}, completion({"content": None, "reasoning_content": "24?"}, "length"))] * 100
    with pytest.raises(SystemExit):
        ask(server, data, tmp_path, "--limit", "1")
    assert "only reasoned and gave no answer, cut off: raise --max-new-tokens" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
def test_a_stream_of_reasoning_is_no_blank_answer(name: str, server, data: Path, tmp_path: Path, capsys):
    thought = json.dumps({"choices": [{"delta": {name: "24?"}, "finish_reason": "length"}]})
    server.faults[:] = [(200, {}, f"data: {thought}\n\n".encode())] * 100
    with pytest.raises(SystemExit):
        ask(server, data, tmp_path, "--limit", "1")
    assert "only reasoned and gave no answer, cut off" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, event("tighten to 2").encode()),
        ({}, (event("tighten to 2") + 'data: {"error": {"message": "CUDA"}}\n\n').encode()),
        ({}, STREAM[:-60]),
        ({}, b": ping\n\n"),
        ({}, completion({"content": "tighten to 2"}, "abort")),
        ({}, event("tighten to 2", finish_reason="error").encode()),
        ({}, b'{"choices": [{"message": null}]}'),
        ({}, b'{"choices": [{"message": {"content": ["24 Nm"]}}]}'),
        ({}, b'{"choices": null}'),
        ({}, b'{"choices": ' + b"[" * 100_000),
        ({"content-encoding": "gzip"}, b"no gzip"),
    ],
)
def test_half_a_reply_is_no_answer_and_is_asked_for_again(headers, body, server, data: Path, tmp_path: Path):
    server.faults[:] = [(200, headers, body)]
    assert ask(server, data, tmp_path, "--limit", "1") == 0
    assert len(server.requests) == 2
    assert [one["text"] for one in answers(tmp_path).values()] == [read_questions(data, "val", 1)[0].reference]


@pytest.mark.parametrize(
    ("fault", "said"),
    [((400, {}, b'{"error": {"message": "image too small"}}'), "image too small"), ((500, {}, b"CUDA error"), "CUDA")],
)
def test_a_question_that_always_fails_is_an_error_of_that_question(fault, said, data, tmp_path, capsys):
    """The others are answered and stored; the next run asks that one again, and no other."""
    bad = ROWS[0][1]
    with serving(lambda question, *_: REFERENCES[question]) as server:
        server.refuses = lambda question: fault if question == bad else None
        with pytest.raises(SystemExit) as end:
            ask(server, data, tmp_path)
        assert end.value.code == 1
        error = capsys.readouterr().err.splitlines()[-1]
        assert f"1 of {len(ROWS)} questions have no answer" in error
        assert said in error
        assert "11-1/1" not in answers(tmp_path)
        assert len(answers(tmp_path)) == len(ROWS) - 1
        with pytest.raises(SystemExit):
            ask(server, data, tmp_path)
        assert f"1 of {len(ROWS)} questions have no answer" in capsys.readouterr().err.splitlines()[-1]
        server.refuses, asked = None, len(server.requests)
        assert ask(server, data, tmp_path) == 0
        assert (len(server.requests) - asked, len(answers(tmp_path))) == (1, len(ROWS))


def test_a_server_that_fails_every_question_ends_the_run_after_a_few(server, data: Path, tmp_path: Path, capsys):
    server.faults[:] = [(400, {}, b'{"error": {"message": "does not take image input"}}')] * 100
    with pytest.raises(SystemExit):
        ask(server, data, tmp_path, "--batch", "1")
    assert "gave no answer to" in (error := capsys.readouterr().err.splitlines()[-1])
    assert "does not take image input" in error
    assert len(server.requests) == endpoint.FAILURES_AT_START


def test_who_waits_for_a_silent_server_is_told_every_two_minutes(server, data: Path):
    """The clock is injected: what waits says three times that nothing came, and then waits in earnest."""
    questions, told, silent = read_questions(data, "val", 1), [], iter([True, True, True])

    def wait(pending, *, timeout: float, return_when: str):
        assert timeout == 120
        return (set(), pending) if next(silent, False) else futures.wait(pending, return_when=return_when)

    served = ServedModel.at(server.url, "m", Settings())
    client = endpoint.Client(wait=wait, tell=told.append)
    (((_, reply),),) = client.answer(served, questions, {one.id for one in questions}, 1)
    assert reply.text == questions[0].reference
    assert [line.split(" has ")[1].split(";")[0] for line in told] == [
        f"not answered for {minutes} minutes" for minutes in (2, 4, 6)
    ]


def test_a_server_that_really_hangs_is_told_while_it_hangs_and_given_up(data: Path, monkeypatch):
    """Nothing is injected: the two minutes and the ten are shortened, and the clock runs."""
    monkeypatch.setattr(endpoint, "NOTICE_AFTER", 0.2)
    monkeypatch.setattr(endpoint, "TIMEOUT", httpx.Timeout(1.1, connect=10))
    (question, *_), told, ended = read_questions(data, "val", 1), [], threading.Event()
    with serving(lambda *_: str(ended.wait(60))) as server:
        start = time.monotonic()
        client = endpoint.Client(tell=lambda line: told.append((time.monotonic() - start, line)), works=True)
        served = ServedModel.at(server.url, "m", Settings())
        (((_, reply),),) = client.answer(served, [question], {question.id}, 1)
        took = time.monotonic() - start
        ended.set()
    assert "no answer for 10 minutes" in reply.error
    assert 1.1 <= took < 10
    assert len(told) >= 3
    assert 0.2 <= told[0][0] < 1.1
    assert all("has not answered for" in line for _, line in told)
    assert len(server.requests) == 1


def test_a_server_that_hangs_costs_its_question_and_not_the_run(
    server, data: Path, tmp_path: Path, monkeypatch, capsys
):
    def hang(*_: object, **__: object) -> None:
        raise httpx.ReadTimeout("timed out")

    monkeypatch.setattr(httpx.Client, "post", hang)
    with pytest.raises(SystemExit):
        ask(server, data, tmp_path, "--limit", "1")
    assert "no answer for 10 minutes" in capsys.readouterr().err


def test_a_large_page_is_sent_at_the_size_that_training_used(data: Path, tmp_path: Path):
    folder, sizes = shutil.copytree(data, tmp_path / "data"), []
    Image.new("L", (1400, 1120), 240).save(folder / "images" / "11-1.jpg")
    (question, *_) = read_questions(folder, "val")
    with serving(lambda _, page, __: str(sizes.append(page.size))) as server:
        served = ServedModel.at(server.url, "m", Settings(max_pixels=28 * 28 * 500))
        list(endpoint.Client().answer(served, [question], {question.id}, 1))
    ((width, height),) = sizes
    assert (width % 28, height % 28) == (0, 0)
    assert 0.9 * 500 < width * height / 784 <= 500
    assert width / height == pytest.approx(1.25, rel=0.05)
