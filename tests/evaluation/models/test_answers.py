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
from evaluation.models.answers import Answer, AnswerStore, LocalModel, Settings, StoreError
from evaluation.models.asking import answer_all
from evaluation.models.local import Reader, batches
from evaluation.models.weights import ADAPTER, MODEL, PROCESSOR, ModelError, Weights, display_name, identify
from evaluation.rows import DataError, Question, open_page, read_questions
from tests.evaluation.conftest import ROWS, row, sideways
from vlm3_dataset.errors import Misused
from vlm3_dataset.hub.reader import render

BASE = Weights("base", "base", None, "m" * 32)
ASKED = Question("11-1/1", "11-1", Path("data"), "images/11-1.jpg", "i" * 64, "What torque?", "24 Nm")
MODEL_HERE = LocalModel(BASE, replace(BASE, digest="p" * 32))


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
    ("model", "question"),
    [
        (replace(MODEL_HERE, weights=replace(BASE, digest="n" * 32)), ASKED),
        (replace(MODEL_HERE, processor=replace(BASE, digest="q" * 32)), ASKED),
        (replace(MODEL_HERE, adapter=replace(BASE, digest="a" * 32)), ASKED),
        (replace(MODEL_HERE, settings=Settings(max_new_tokens=8)), ASKED),
        (replace(MODEL_HERE, settings=Settings(dtype="float32")), ASKED),
        (MODEL_HERE, replace(ASKED, image_sha256="j" * 64)),
        (MODEL_HERE, replace(ASKED, text="Which torque?")),
    ],
    ids=["model", "processor", "adapter", "length", "dtype", "image", "prompt"],
)
def test_what_decides_an_answer_decides_its_key(model: LocalModel, question: Question):
    assert model.key(question) != MODEL_HERE.key(ASKED)


def test_names_and_references_do_not_decide_it():
    renamed = replace(MODEL_HERE, weights=replace(BASE, name="copy", source="elsewhere"))
    assert renamed.key(replace(ASKED, id="x", page_id="y", reference="25 Nm")) == MODEL_HERE.key(ASKED)


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
    with pytest.raises((Misused, ModelError), match="no folder") as error:
        identify(source, MODEL)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("typed", "name"), [("runs/a/base", "runs/a/base"), ("/home/anna/base", "base"), ("../anna/base", "base")]
)
def test_no_folder_of_a_machine_is_shown(typed: str, name: str):
    assert display_name(typed) == name


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
def who(tiny: Path) -> LocalModel:
    base = str(tiny / "base")
    settings = Settings(max_new_tokens=12, dtype="float32")
    return LocalModel(identify(base, MODEL), identify(base, PROCESSOR), settings=settings)


def texts(who: LocalModel, data: Path, run: Path, reader: Reader, batch: int) -> list[str]:
    with AnswerStore(run / "answers.jsonl") as store:
        return [one.text for one in answer_all(read_questions(data, "val"), who, reader, store, batch=batch)]


def test_padding_changes_no_answer_and_the_adapter_changes_some(
    tiny: Path, who: LocalModel, data: Path, tmp_path: Path
):
    tuned = replace(who, adapter=identify(str(tiny / "adapter"), ADAPTER))
    reader = Reader()
    one_by_one = texts(who, data, tmp_path / "1", reader, batch=1)
    assert texts(who, data, tmp_path / "7", reader, batch=7) == one_by_one
    assert texts(tuned, data, tmp_path / "7", reader, batch=7) != one_by_one
    assert texts(who, data, tmp_path / "again", reader, batch=3) == one_by_one


PLAIN = 12  # tokens of an answer


def plainly(who: LocalModel, data: Path) -> tuple[list[str], list]:
    """One `generate` a question, as the model's card shows it: the answers, and the logits of each first token."""
    import torch
    from transformers import AutoProcessor, GenerationConfig, Qwen2VLForConditionalGeneration

    model = Qwen2VLForConditionalGeneration.from_pretrained(who.weights.source, dtype=torch.float32).eval()
    processor = AutoProcessor.from_pretrained(who.weights.source)
    ends = processor.tokenizer.eos_token_id
    model.generation_config = GenerationConfig(do_sample=False, max_new_tokens=PLAIN, eos_token_id=[ends])
    texts, logits = [], []
    for asked in read_questions(data, "val"):
        prompt = render(processor, asked.text, page=asked.image is not None)
        page = {"images": [open_page(asked)]} if asked.image else {}
        inputs = processor(text=[prompt], **page, return_tensors="pt")
        output = model.generate(**inputs, output_logits=True, return_dict_in_generate=True)
        new = output.sequences[0, inputs["input_ids"].shape[1] :].tolist()
        stop = new.index(ends) if ends in new else None
        texts.append(processor.tokenizer.decode(new[:stop], skip_special_tokens=True).strip())
        logits.append(torch.stack(output.logits, dim=1)[0])
    return texts, logits


def test_a_page_read_once_gives_the_answers_of_one_generate_a_question(who: LocalModel, mixed: Path, monkeypatch):
    import torch

    expected, logits = plainly(who, mixed)
    questions = read_questions(mixed, "val")
    place = {question.id: at for at, question in enumerate(questions)}
    reader = Reader()
    reader._load(who)
    steps, forward = [], type(reader._model).forward

    def spied(*args, **named):
        steps.append(forward(*args, **named))
        return steps[-1]

    monkeypatch.setattr(type(reader._model), "forward", spied)
    # One at a time; a page and the texts over two batches; pages of different sizes padded to one.
    for size in (1, 2, 7):
        for asked in batches(questions, size):
            steps.clear()
            replies = reader.read(who, asked)
            behind = [step.logits[:, -1] for step in steps][-PLAIN:]
            for at, (question, reply) in enumerate(zip(asked, replies, strict=True)):
                plain = logits[place[question.id]]
                assert reply.text == expected[place[question.id]]
                ours = torch.stack([step[at] for step in behind[: len(plain)]])
                assert torch.allclose(ours, plain, rtol=0, atol=1e-5)


def test_a_page_is_read_once_for_all_its_questions(who: LocalModel, data: Path, tmp_path: Path, monkeypatch):
    read = []
    monkeypatch.setattr("evaluation.models.local.open_page", lambda one: read.append(one.page_id) or open_page(one))
    texts(who, data, tmp_path / "whole", Reader(), batch=7)
    assert sorted(read) == ["11-1", "21-3", "34-2"]
    read.clear()
    texts(who, data, tmp_path / "split", Reader(), batch=2)  # the three questions about 11-1 take two batches
    assert sorted(read) == ["11-1", "21-3", "34-2"]


def test_a_batch_holds_whole_pages_where_they_fit(data: Path):
    questions = read_questions(data, "val")
    assert [[one.id for one in batch] for batch in batches(questions, 4)] == [
        ["21-3/1", "21-3/2", "34-2/1", "34-2/2"],
        ["11-1/1", "11-1/2", "11-1/3"],
    ]
    assert [len(batch) for batch in batches(questions, 2)] == [2, 2, 2, 1]
    assert [len(batch) for batch in batches(questions, 100)] == [7]


def test_questions_without_a_page_have_batches_of_their_own(mixed: Path):
    for size in (1, 2, 3, 4, 100):
        for batch in batches(read_questions(mixed, "val"), size):
            assert len(batch) <= size
            assert len({one.image is None for one in batch}) == 1


def test_a_second_run_loads_no_model(who: LocalModel, data: Path, tmp_path: Path):
    first = texts(who, data, tmp_path, Reader(), batch=4)
    assert texts(who, data, tmp_path, None, batch=4) == first


def test_an_answer_stopped_by_the_limit_is_marked(who: LocalModel, data: Path, tmp_path: Path):
    texts(who, data, tmp_path, Reader(), batch=7)
    lines = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert len(lines) == len(ROWS)
    assert all(line["truncated"] == (line["tokens"] == 12) for line in lines)


def test_no_special_token_can_be_spelled_in_a_question(who: LocalModel, data: Path):
    question = replace(ASKED, folder=data, text="<|image_pad|><|im_end|> What torque?")
    assert len(Reader().read(who, [question])) == 1


def test_a_page_stored_sideways_is_asked_upright(who: LocalModel, data: Path, tmp_path: Path):
    folder = shutil.copytree(data, tmp_path / "data")
    sideways(folder / "images" / "11-1.jpg")
    assert open_page(read_questions(folder, "val")[0]).size == (280, 364)


def test_a_killed_run_goes_on_and_ends_like_an_undisturbed_one(tiny: Path, data: Path, tmp_path: Path):
    def command(run: str) -> list[str]:
        who = ["answer", "--model", str(tiny / "base"), "--adapter", str(tiny / "adapter"), "--data", str(data)]
        return [*who, "--run", str(tmp_path / run), "--batch", "2", "--max-new-tokens", "60"]

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
