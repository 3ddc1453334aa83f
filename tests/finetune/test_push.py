"""`--push` on a finished run, against a stand-in of the Hub: one private commit, or one line why not."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from finetune import runs
from finetune.config import Settings
from tests.finetune.starts import ROOT
from tests.vlm3_dataset import hub as stand_in

WEIGHTS = bytes(range(256)) * 40


@pytest.fixture
def hub() -> Iterator[stand_in.Hub]:
    with stand_in.serving() as hub:
        yield hub


@pytest.fixture
def finished(settings: Callable[..., Settings], data: Any) -> Settings:
    """A run that needs no more training."""
    chosen = settings("--name", "done")
    runs.start(chosen, runs.describe(data))
    (chosen.folder / "adapter").mkdir()
    (chosen.folder / "adapter" / "adapter_model.safetensors").write_bytes(WEIGHTS)
    for name in ("adapter/adapter_config.json", "README.md", "metrics.jsonl", "checkpoint-8"):
        (chosen.folder / name).write_text(f"{name}\n", encoding="utf-8")
    return chosen


def push(hub: stand_in.Hub, run: Settings, token: str, repo: str = "shop/adapter") -> subprocess.CompletedProcess[str]:
    env = {name: told for name, told in os.environ.items() if not name.startswith("HF_")}
    env |= {"HF_ENDPOINT": hub.url, "HF_HOME": str(run.folder.parent / "home"), "HF_HUB_DISABLE_XET": "1"}
    command = [sys.executable, "-m", "finetune", "--resume", "--name", run.name, "--output", run.output, "--push", repo]
    env |= {"HF_TOKEN": token} if token else {}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_one_private_commit_and_no_second(hub: stand_in.Hub, finished: Settings) -> None:
    done = push(hub, finished, hub.token)
    assert done.returncode == 0, done.stderr
    repo = hub.repos["models/shop/adapter"]
    assert repo.private
    files = repo.files()
    assert files["adapter_model.safetensors"] == WEIGHTS
    assert files["README.md"] == b"README.md\n"
    assert set(files) - {".gitattributes"} == {
        "README.md", "adapter_config.json", "adapter_model.safetensors", "config.yaml", "data.json", "metrics.jsonl",
    }  # fmt: skip
    assert len(repo.commits) == 2  # the first is the repository's own
    again = push(hub, finished, hub.token)
    assert again.returncode == 0, again.stderr
    assert len(repo.commits) == 2
    assert not hub.unknown
    assert hub.token not in done.stdout + done.stderr + again.stdout + again.stderr


@pytest.mark.parametrize(
    ("token", "repo", "faults", "named"),
    [
        ("", "shop/adapter", {}, "no token: set HF_TOKEN"),
        ("hf_made_up_and_unknown", "shop/adapter", {}, "does not know the token"),
        ("hf_made_up_and_may_write", "other/adapter", {}, "may not do this"),
        ("hf_made_up_and_may_write", "shop/adapter", {"commit": [503] * 9}, "out of order"),
        ("hf_made_up_and_may_write", "shop/adapter", {"commit": ["torn"] * 9}, "the line to the Hub broke"),
    ],
)
def test_what_keeps_it_from_arriving_is_one_line(  # noqa: PLR0917 - fixtures and a table
    hub: stand_in.Hub, finished: Settings, token: str, repo: str, faults: dict[str, Any], named: str
) -> None:
    hub.faults.update(faults)
    done = push(hub, finished, token, repo)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert named in done.stderr
    assert f"stays in {finished.folder}" in done.stderr
    assert not token or token not in done.stdout + done.stderr
    assert (finished.folder / "adapter" / "adapter_model.safetensors").read_bytes() == WEIGHTS


def test_a_break_is_mended_by_the_same_command(hub: stand_in.Hub, finished: Settings) -> None:
    hub.faults["put"] = [503] * 9
    assert push(hub, finished, hub.token).returncode == 1
    assert len(hub.repos["models/shop/adapter"].commits) == 1  # nothing half
    hub.reset()
    assert push(hub, finished, hub.token).returncode == 0
    assert hub.repos["models/shop/adapter"].files()["adapter_model.safetensors"] == WEIGHTS
