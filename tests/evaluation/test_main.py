import json
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from safetensors.torch import load_file, save_file

from evaluation.__main__ import main

LORA = "base_model.model.model.language_model.layers.{}.self_attn.o_proj.lora_A.weight"
RUN = ["run", "--baseline", "b", "--tuned", "b", "--adapter", "a", "--data", "d", "--run", "r"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "COMMAND"),
        (["judge"], "judge"),
        (["run"], "--baseline"),
        (["run", "--baseline", "b"], "--tuned"),
        ([*RUN, "--split", "train"], "--split"),
        ([*RUN, "--limit", "0"], "0 is less than 1"),
        ([*RUN, "--limit", "many"], "'many' is no whole number"),
        ([*RUN, "--endpoint", "http://127.0.0.1/v1"], "--adapter needs the weights"),
        ([*RUN, "--seed", "-1"], "-1"),
        ([*RUN, "--dtype", "int8"], "--dtype"),
        ([*RUN, "--judge", "gpt"], "--judge"),
        ([*RUN, "--max-usd", "nan"], "--max-usd"),
        ([*RUN, "--jugde", "none"], "--jugde"),
    ],
)
def test_a_typing_error_is_one_line_and_exit_2(argv: list[str], said: str, capsys):
    with pytest.raises(SystemExit) as end:
        main(argv)
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.startswith("vlm3-evaluate")
    assert error.endswith(" --help)\n")
    assert error.count("\n") == 1


def test_data_or_a_model_that_is_not_there_is_one_line_and_exit_2(data: Path, tmp_path: Path, capsys):
    for argv, said in (
        (["--model", "b", "--data", str(tmp_path)], "vlm_val.jsonl"),
        (["--model", str(tmp_path / "no"), "--data", str(data)], "no folder"),
        (["--model", str(tmp_path), "--data", str(data)], "holds none of"),
        (["--model", str(tmp_path), "--adapter", "no", "--data", str(data)], "no folder with an adapter"),
    ):
        with pytest.raises(SystemExit) as end:
            main(["answer", *argv, "--run", str(tmp_path / "run")])
        assert end.value.code == 2
        error = capsys.readouterr().err
        assert error.startswith("vlm3-evaluate: ")
        assert said in error
        assert error.count("\n") == 1


@pytest.fixture
def own_copy(tiny: Path, data: Path, tmp_path: Path) -> Path:
    """A folder with base/, adapter/ and data/ that a test may break."""
    folder = shutil.copytree(tiny, tmp_path / "own")
    shutil.copytree(data, folder / "data")
    return folder


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("base/config.json", None),
        ("base/config.json", b"[1]"),
        ("base/config.json", b'{"a": "\xff"}'),
        ("base/model.safetensors", None),
        ("base/generation_config.json", b"[1]"),
        ("base/tokenizer.json", b"{}"),
        ("base/chat_template.jinja", None),
        ("adapter/adapter_model.safetensors", None),
        ("adapter/adapter_config.json", b"{}"),
        ("data/vlm_val.jsonl", b'{"image": "\xff"}\n'),
        ("data/images/11-1.jpg", None),
        ("data/images/11-1.jpg", b"<html>Please log in</html>"),
    ],
)
def test_torn_and_foreign_files_are_one_line(name: str, content: bytes | None, own_copy: Path, tmp_path: Path, capsys):
    whole = (own_copy / name).read_bytes()
    (own_copy / name).write_bytes(whole[: len(whole) // 2] if content is None else content)
    who = ["--model", str(own_copy / "base"), "--adapter", str(own_copy / "adapter"), "--max-new-tokens", "1"]
    with pytest.raises(SystemExit) as end:
        main(["answer", *who, "--data", str(own_copy / "data"), "--run", str(tmp_path / "run")])
    assert end.value.code == 1
    *bar, error = capsys.readouterr().err.splitlines()
    assert error.startswith("vlm3-evaluate: ")
    assert all("answer" in line for line in bar if line.strip())


@pytest.mark.parametrize(
    ("file", "changed", "said"),
    [
        ("base/model", {"lm_head.weight": None}, "the model lacks 1 of its weights, lm_head.weight for one"),
        ("adapter/adapter_model", {LORA.format(0): None}, "the adapter lacks 1 of its weights"),
        ("adapter/adapter_model", {LORA.format(0): LORA.format(7)}, "the adapter lacks 1 of its weights"),
        ("adapter/adapter_model", {"": LORA.format(7)}, "the adapter has no place for 1 of its weights"),
    ],
)
def test_what_can_be_loaded_in_part_only_is_one_line(
    file: str, changed: dict, said: str, own_copy: Path, *, tmp_path: Path, capsys
):
    """`changed`: weights by name, with their new name or None; under "" a copy of any is added."""
    path = own_copy / f"{file}.safetensors"
    weights = load_file(path)
    for old, new in changed.items():
        moved = weights.pop(old) if old else next(iter(weights.values())).clone()
        weights |= {new: moved} if new else {}
    save_file(weights, path, metadata={"format": "pt"})
    who = ["--model", str(own_copy / "base"), "--adapter", str(own_copy / "adapter"), "--max-new-tokens", "1"]
    with pytest.raises(SystemExit) as end:
        main(["answer", *who, "--data", str(own_copy / "data"), "--run", str(tmp_path / "run")])
    assert end.value.code == 1
    *bar, error = capsys.readouterr().err.splitlines()
    assert said in error
    assert all("answer" in line for line in bar if line.strip())
    assert not (tmp_path / "run" / "answers.jsonl").read_bytes()


def test_a_line_that_breaks_while_loading_is_one_line(tiny: Path, data: Path, tmp_path: Path, capsys, monkeypatch):
    def breaks(*_, **__):
        raise httpx.ReadTimeout("")

    for place, model in (
        ("transformers.AutoModelForImageTextToText.from_pretrained", str(tiny / "base")),
        ("huggingface_hub.hf_hub_download", "owner/name"),
    ):
        monkeypatch.setattr(place, breaks)
        with pytest.raises(SystemExit) as end:
            main(["answer", "--model", model, "--data", str(data), "--run", str(tmp_path / "run")])
        assert end.value.code == 1
        assert "(ReadTimeout: )" in capsys.readouterr().err.splitlines()[-1]


def test_the_judge_that_was_named_is_the_one_that_counts(monkeypatch):
    seen = {}
    monkeypatch.setattr("evaluation.run.run", lambda *_, **named: seen.update(named) or {"conclusions": [], "valid": 1})
    main([*RUN, "--seed", "7", "--judge", "none"])
    assert seen == {"seed": 7, "judge": None}
    main([*RUN, "--judge", "replay", "--judge-model", "claude-opus-5-5", "--send", "batch", "--max-usd", "7"])
    judge = seen["judge"]
    assert (judge.model.name, judge.cache, judge.how, judge.max_usd, judge.replay) == (
        "claude-opus-5-5", Path("r/judge"), "batch", 7.0, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no key for the judge"),
        (["--judge-url", "http://127.0.0.1:9", "--judge-model", "qwen"], "give one with --price"),
    ],
)
def test_a_judge_that_cannot_be_asked_is_one_line(words: list[str], said: str, capsys, monkeypatch):
    for name in ("API_KEY", "AUTH_TOKEN", "BASE_URL"):
        monkeypatch.delenv(f"ANTHROPIC_{name}", raising=False)
    with pytest.raises(SystemExit):
        main([*RUN, "--judge", "claude", *words])
    assert said in capsys.readouterr().err


def test_help_imports_nothing_heavy():
    probe = (
        "import sys; from evaluation.__main__ import main\n"
        "try: main(['run', '--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('torch', 'transformers', 'deepeval', 'peft', 'numpy') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout
    assert "--adapter" in out
    assert out.splitlines()[-1] == "[]"


def test_a_run_writes_its_results_and_a_second_one_the_same(
    tiny: Path, data: Path, tmp_path: Path, capsys, monkeypatch
):
    base = str(tiny / "base")
    who = ["--baseline", base, "--tuned", base, "--adapter", str(tiny / "adapter"), "--max-new-tokens", "16"]
    argv = ["run", *who, "--data", str(data), "--judge", "none", "--run", str(tmp_path)]
    assert main(argv) == 0
    names = ("answers.jsonl", "results.jsonl", "summary.json", "comparison.md", "report.html")
    first = {name: (tmp_path / name).read_bytes() for name in names}
    figures = json.loads(first["summary.json"])
    numeric, _, keywords = figures["metrics"]
    assert (figures["tiny"], figures["valid"], figures["data"]["questions"]) == (True, True, 7)
    assert figures["judge"] == "none"
    assert (numeric["n"], numeric["not_applicable"], keywords["n"], keywords["not_applicable"]) == (5, 2, 0, 7)
    rows = [json.loads(line) for line in first["results.jsonl"].splitlines()]
    assert len({row["id"] for row in rows}) == 7
    assert all(row["before"]["scores"].keys() == row["after"]["scores"].keys() for row in rows)
    assert "report.html" in capsys.readouterr().out

    monkeypatch.setattr("evaluation.models.local.Reader.answer", lambda *_: pytest.fail("the model was asked again"))
    assert main(argv) == 0
    assert {name: (tmp_path / name).read_bytes() for name in names} == first
