"""A whole run in a process of its own, whose every connection is written down."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation.judge import prompts

WATCH = """
import os, sys

def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        with open(os.environ["WATCHED"], "a") as file:
            file.write(f"{event} {args[1] if event == 'socket.connect' else args[0]}\\n")

sys.addaudithook(watch)
"""


@pytest.fixture
def watched(tmp_path: Path, root: Path) -> dict[str, str]:
    """An environment in which every address that Python looks up or connects to is written to WATCHED.

    It has what DeepEval would like to find: a key of its cloud and an .env file.
    """
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    (tmp_path / ".env").write_text("CONFIDENT_API_KEY=secret\nANTHROPIC_BASE_URL=http://192.0.2.1\n")
    unset = {name: value for name, value in os.environ.items() if not name.startswith("DEEPEVAL")}
    return unset | {
        "CONFIDENT_API_KEY": "secret",
        "HOME": str(tmp_path),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": f"{tmp_path}:{root}",
        "WATCHED": str(tmp_path / "addresses"),
    }


def test_a_whole_run_connects_to_the_judge_and_nowhere_else(tiny: Path, mixed: Path, server, watched, root: Path):
    """Three of the ten questions are about threads; one has a letter that some take for the end of a line."""
    folder = Path(watched["HOME"])
    data = shutil.copytree(mixed, folder / "data")
    lines = (data / "vlm_val.jsonl").read_text().replace("Which sealant", "Which\u2028sealant")
    (data / "vlm_val.jsonl").write_text(lines)
    base = str(tiny / "base")
    who = ["--baseline", base, "--tuned", base, "--adapter", str(tiny / "adapter"), "--max-new-tokens", "16"]
    asks = ["--judge", "claude", "--judge-model", "claude-haiku-5-5", "--judge-url", server.url]
    command = [sys.executable, "-m", "evaluation", "run", *who, *asks, "--data", str(data), "--run", "run"]
    done = subprocess.run(command, cwd=folder, env=watched, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    addresses = set((folder / "addresses").read_text().splitlines())
    port = server.url.rpartition(":")[2]
    assert f"socket.connect ('127.0.0.1', {port})" in addresses
    assert all("127.0.0.1" in address for address in addresses)

    figures = json.loads((folder / "run" / "summary.json").read_text())
    judged = [row for row in figures["metrics"] if row["metric"] in {"AnswerRelevancy", "Faithfulness"}]
    assert [(row["n"], row["errors"], row["not_applicable"]) for row in judged] == [(7, 0, 0), (7, 0, 0)]
    assert figures["judge"] == "claude-haiku-5-5"
    assert figures["provenance"]["judge"]["prompts"] == prompts.digest()
    assert figures["not_judged"] == []

    deepeval = [str(Path(sys.executable).with_name("deepeval")), "test", "run", str(root / "evaluation")]
    quiet = watched | {"DEEPEVAL_TELEMETRY_OPT_OUT": "1", "DEEPEVAL_DISABLE_DOTENV": "1", "EVAL_RUN": "run"}
    quiet.pop("CONFIDENT_API_KEY")
    ended = subprocess.run(deepeval, cwd=folder, env=quiet, capture_output=True, text=True, check=False)
    right = sum(json.loads(line)["outcome"] in {"right", "fixed"} for line in (folder / "run" / "results.jsonl").open())
    assert f"{10 - right} failed" in ended.stdout, ended.stdout + ended.stderr
    assert ended.returncode == 1
    assert all("127.0.0.1" in address for address in (folder / "addresses").read_text().splitlines())
