import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.__main__ import main
from evaluation.answers import Answer, Answerer, AnswerStore, Settings, StoreError
from evaluation.generate import Reader, Reply, answer_all
from evaluation.rows import DataError, Question, read_questions
from evaluation.weights import ADAPTER, MODEL, PROCESSOR, ModelError, Weights, identify, shown
from tests.evaluation.conftest import ROWS, row, sideways

BASE = Weights("base", "base", None, "m" * 32)
ASKED = Question("11-1/1", "11-1", "images/11-1.jpg", "i" * 64, "What torque?", "24 Nm")
ANSWERER = Answerer(BASE, replace(BASE, digest="p" * 32))


def answer(key: str, text: str = "24 Nm") -> Answer:
    return Answer(key, "11-1/1", "base", text, 3, truncated=False)


# the store


def test_what_was_stored_is_found_again(tmp_path: Path):
    path = tmp_path / "run" / "answers.jsonl"
    with AnswerStore(path) as store:
        store.add([answer("a", "24 Nm\nin two lines"), answer("b", "24 N·m")])
    with AnswerStore(path) as store:
        assert store.get("a") == answer("a", "24 Nm\nin two lines")
        assert store.get("b").text == "24 N·m"
        assert store.get("c") is None


def test_an_answer_is_stored_once(tmp_path: Path):
    with AnswerStore(tmp_path / "answers.jsonl") as store:
        store.add([answer("a"), answer("a")])
        store.add([answer("a")])
    assert (tmp_path / "answers.jsonl").read_text().count("\n") == 1


@pytest.mark.parametrize("torn", ['{"key": "b", "qu', "{", '{"key": "b", "text": "24 N\u00b7'.encode()[:-1]])
def test_a_torn_last_line_is_cut_off(tmp_path: Path, torn: str | bytes):
    path = tmp_path / "answers.jsonl"
    with AnswerStore(path) as store:
        store.add([answer("a")])
    whole = path.read_bytes()
    path.write_bytes(whole + (torn if isinstance(torn, bytes) else torn.encode()))
    with AnswerStore(path) as store:
        store.add([answer("b")])
    assert path.read_bytes().startswith(whole)
    with AnswerStore(path) as store:
        assert (store.get("a"), store.get("b")) == (answer("a"), answer("b"))


def test_a_foreign_line_is_named_and_not_dropped(tmp_path: Path):
    path = tmp_path / "answers.jsonl"
    path.write_text('{"hello": 1}\n')
    with pytest.raises(StoreError, match="line 1 is no answer"), AnswerStore(path):
        pass
    assert path.read_text() == '{"hello": 1}\n'


def test_two_runs_do_not_write_into_one_file(tmp_path: Path):
    path = tmp_path / "answers.jsonl"
    with AnswerStore(path), pytest.raises(StoreError, match="another run"), AnswerStore(path):
        pass


# the key


@pytest.mark.parametrize(
    ("answerer", "question"),
    [
        (replace(ANSWERER, model=replace(BASE, digest="n" * 32)), ASKED),
        (replace(ANSWERER, processor=replace(BASE, digest="q" * 32)), ASKED),
        (replace(ANSWERER, adapter=replace(BASE, digest="a" * 32)), ASKED),
        (replace(ANSWERER, settings=Settings(max_new_tokens=8)), ASKED),
        (replace(ANSWERER, settings=Settings(dtype="float32")), ASKED),
        (ANSWERER, replace(ASKED, image_sha256="j" * 64)),
        (ANSWERER, replace(ASKED, text="Which torque?")),
    ],
    ids=["model", "processor", "adapter", "length", "dtype", "image", "prompt"],
)
def test_what_decides_an_answer_decides_its_key(answerer: Answerer, question: Question):
    assert answerer.key(question) != ANSWERER.key(ASKED)


def test_names_and_references_do_not_decide_it():
    renamed = replace(ANSWERER, model=replace(BASE, name="copy", source="elsewhere"))
    assert renamed.key(replace(ASKED, id="x", page_id="y", reference="25 Nm")) == ANSWERER.key(ASKED)


# who answers


def test_a_model_is_its_bytes(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
        (tmp_path / name / "model.safetensors").write_bytes(b"weights")
    one, two = (identify(str(tmp_path / name), MODEL) for name in ("one", "two"))
    assert one.digest == two.digest
    (tmp_path / "two" / "model.safetensors").write_bytes(b"weightz")
    assert identify(str(tmp_path / "two"), MODEL).digest != one.digest


def test_a_tiny_model_says_so(tmp_path: Path):
    (tmp_path / "config.json").write_text('{"vlm3_tiny": true}')
    assert identify(str(tmp_path), MODEL).tiny


@pytest.mark.parametrize("source", ["no-such-folder", "./no/folder", "/no/such/folder", "owner/none", "ow ner/none"])
def test_a_model_that_is_nowhere_is_one_line(source: str):
    with pytest.raises(ModelError, match="no folder") as error:
        identify(source, MODEL)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("typed", "name"), [("runs/a/base", "runs/a/base"), ("/home/anna/base", "base"), ("../anna/base", "base")]
)
def test_no_folder_of_a_machine_is_shown(typed: str, name: str):
    assert shown(typed) == name


# the questions


def test_questions_carry_their_page_and_their_number_on_it(data: Path):
    questions = read_questions(data, "val")
    assert [question.id for question in questions] == [
        "11-1/1",
        "11-1/2",
        "11-1/3",
        "21-3/1",
        "21-3/2",
        "34-2/1",
        "34-2/2",
    ]
    assert questions[3].reference == "24 Nm"


def test_a_limit_spreads_over_the_pages(data: Path):
    assert [question.page_id for question in read_questions(data, "val", 3)] == ["11-1", "21-3", "34-2"]


@pytest.mark.parametrize("image", ["../secret.jpg", "/etc/hostname", "images/../../secret.jpg", "images/link.jpg"])
def test_an_image_outside_the_data_folder_is_refused(tmp_path: Path, image: str):
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    folder = tmp_path / "data"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "vlm_val.jsonl").write_text(json.dumps(row("p", "q", "a") | {"image": image}))
    with pytest.raises(DataError, match=r"line 1: .* leads out of the data folder"):
        read_questions(folder, "val")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{}", "line 1: image: Field required"),
        ("not json", "line 1: not a row: Invalid JSON"),
        (json.dumps(row("gone", "q", "a")), "line 1: image gone.jpg: No such file"),
        ("", "has no rows"),
    ],
)
def test_a_row_that_does_not_fit_is_named(tmp_path: Path, line: str, message: str):
    (tmp_path / "vlm_val.jsonl").write_text(line)
    with pytest.raises(DataError, match=message):
        read_questions(tmp_path, "val")


# the generation


@pytest.fixture
def who(tiny: Path) -> Answerer:
    base = str(tiny / "base")
    settings = Settings(max_new_tokens=12, dtype="float32")
    return Answerer(identify(base, MODEL), identify(base, PROCESSOR), settings=settings)


def texts(who: Answerer, data: Path, run: Path, reader: Reader, batch: int) -> list[str]:
    with AnswerStore(run / "answers.jsonl") as store:
        return [one.text for one in answer_all(read_questions(data, "val"), who, reader, store, data=data, batch=batch)]


def test_padding_changes_no_answer_and_the_adapter_changes_some(tiny: Path, who: Answerer, data: Path, tmp_path: Path):
    tuned = replace(who, adapter=identify(str(tiny / "adapter"), ADAPTER))
    reader = Reader()
    one_by_one = texts(who, data, tmp_path / "1", reader, batch=1)
    assert texts(who, data, tmp_path / "7", reader, batch=7) == one_by_one
    assert texts(tuned, data, tmp_path / "7", reader, batch=7) != one_by_one
    assert texts(who, data, tmp_path / "again", reader, batch=3) == one_by_one


def test_a_second_run_loads_no_model(who: Answerer, data: Path, tmp_path: Path):
    first = texts(who, data, tmp_path, Reader(), batch=4)
    assert texts(who, data, tmp_path, None, batch=4) == first


def test_an_answer_stopped_by_the_limit_is_marked(who: Answerer, data: Path, tmp_path: Path):
    texts(who, data, tmp_path, Reader(), batch=7)
    lines = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert len(lines) == len(ROWS)
    assert all(line["truncated"] == (line["tokens"] == 12) for line in lines)


def test_no_special_token_can_be_spelled_in_a_question(who: Answerer, data: Path):
    from PIL import Image

    question = replace(ASKED, text="<|image_pad|><|im_end|> What torque?")
    page = Image.open(data / "images" / "11-1.jpg").convert("RGB")
    assert len(Reader().read(who, [page], [question])) == 1


def test_a_page_stored_sideways_is_asked_upright(who: Answerer, data: Path, tmp_path: Path):
    class Watcher:
        def read(self, _, pages, questions):
            sizes.extend(page.size for page in pages)
            return [Reply("", 0, truncated=False) for _ in questions]

    folder, sizes = shutil.copytree(data, tmp_path / "data"), []
    sideways(folder / "images" / "11-1.jpg")
    texts(who, folder, tmp_path / "run", Watcher(), batch=7)
    assert sizes.count((280, 364)) == 3


def test_a_killed_run_goes_on_and_ends_like_an_undisturbed_one(tiny: Path, data: Path, tmp_path: Path):
    def command(run: str) -> list[str]:
        who = ["answer", "--model", str(tiny / "base"), "--adapter", str(tiny / "adapter"), "--data", str(data)]
        return [*who, "--run", str(tmp_path / run), "--batch", "2", "--max-new-tokens", "150"]

    killed = subprocess.Popen([sys.executable, "-m", "evaluation", *command("killed")], stderr=subprocess.DEVNULL)
    path = tmp_path / "killed" / "answers.jsonl"
    while killed.poll() is None and not (path.exists() and path.stat().st_size):
        time.sleep(0.002)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    left = path.read_bytes()
    assert 0 < left.count(b"\n") < len(ROWS), "not killed between the first answer and the last"
    os.truncate(path, len(left) - 20)  # the write of a batch, cut in two

    assert main(command("killed")) == main(command("whole")) == 0
    assert path.read_bytes() == (tmp_path / "whole" / "answers.jsonl").read_bytes()
