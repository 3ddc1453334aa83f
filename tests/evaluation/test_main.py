import json
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation.__main__ import main

RUN = ["run", "--base", "b", "--adapter", "a", "--data", "d", "--run", "r"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "COMMAND"),
        (["judge"], "judge"),
        (["run"], "--base"),
        ([*RUN, "--split", "probes"], "--split"),
        ([*RUN, "--limit", "0"], "0 is less than 1"),
        ([*RUN, "--limit", "many"], "'many' is no whole number"),
        ([*RUN, "--seed", "-1"], "-1"),
        ([*RUN, "--dtype", "int8"], "--dtype"),
        ([*RUN, "--judge", "claude"], "'claude' is not built yet"),
        ([*RUN, "--jugde", "none"], "--jugde"),
    ],
)
def test_a_typing_error_is_one_line_and_exit_2(argv: list[str], said: str, capsys):
    with pytest.raises(SystemExit) as end:
        main(argv)
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_data_or_a_model_that_is_not_there_is_one_line_and_exit_1(data: Path, tmp_path: Path, capsys):
    for argv, said in (
        (["--model", "b", "--data", str(tmp_path)], "vlm_val.jsonl"),
        (["--model", str(tmp_path / "no"), "--data", str(data)], "no folder"),
        (["--model", str(tmp_path), "--data", str(data)], "holds none of"),
        (["--model", str(tmp_path), "--adapter", "no", "--data", str(data)], "no folder with an adapter"),
    ):
        with pytest.raises(SystemExit) as end:
            main(["answer", *argv, "--run", str(tmp_path / "run")])
        assert end.value.code == 1
        error = capsys.readouterr().err
        assert said in error
        assert error.count("\n") == 1


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
    who = ["--base", str(tiny / "base"), "--adapter", str(tiny / "adapter"), "--max-new-tokens", "16"]
    argv = ["run", *who, "--data", str(data), "--judge", "none", "--run", str(tmp_path)]
    assert main(argv) == 0
    names = ("answers.jsonl", "results.jsonl", "summary.json", "comparison.md", "report.html")
    first = {name: (tmp_path / name).read_bytes() for name in names}
    figures = json.loads(first["summary.json"])
    numeric, keywords = figures["metrics"]
    assert (figures["tiny"], figures["valid"], figures["data"]["questions"]) == (True, True, 7)
    assert (numeric["n"], numeric["not_applicable"], keywords["n"], keywords["not_applicable"]) == (5, 2, 0, 7)
    rows = [json.loads(line) for line in first["results.jsonl"].splitlines()]
    assert len({row["id"] for row in rows}) == 7
    assert all(row["before"]["scores"].keys() == row["after"]["scores"].keys() for row in rows)
    assert "report.html" in capsys.readouterr().out

    monkeypatch.setattr("evaluation.generate.Reader.read", lambda *_: pytest.fail("the model was asked again"))
    assert main(argv) == 0
    assert {name: (tmp_path / name).read_bytes() for name in names} == first
