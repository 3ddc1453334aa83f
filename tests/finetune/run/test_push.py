"""`--push` on a finished run, against a stand-in of the Hub: one private commit, or one line why not."""

import os
from collections.abc import Callable, Iterator
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from finetune.config import Settings
from finetune.run import runs
from tests.finetune.starts import Start
from tests.forks import forking
from tests.vlm3_dataset.hub import stand_in

WEIGHTS = bytes(range(256)) * 40


Push = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[stand_in.Hub, Callable[..., Start]]]:
    """The stand-in, and starts of the command that know no other Hub."""
    env = {name: told for name, told in os.environ.items() if not name.startswith("HF_")}
    with stand_in.serving() as hub, TemporaryDirectory() as home:
        env |= {"HF_ENDPOINT": hub.url, "HF_HOME": home, "HF_HUB_DISABLE_XET": "1"}
        with forking("finetune.__main__", "finetune.run.push", "huggingface_hub.hf_api", env=env) as forks:
            yield hub, lambda flags, log, more: Start(forks, flags, log, env | more)


@pytest.fixture
def hub(served: Any) -> stand_in.Hub:
    served[0].reset()
    served[0].repos.clear()
    return served[0]


@pytest.fixture
def push(served: Any, hub: stand_in.Hub, finished: Settings) -> Push:
    """Pushes the finished run. Returns the exit code and all that was said."""

    def push(token: str, repo: str = "shop/adapter", **env: str) -> tuple[int, str]:
        flags = ["--resume", "--name", finished.name, "--output", finished.output, "--push", repo]
        env |= {"HF_TOKEN": token} if token else {}
        one = served[1](flags, finished.folder.with_name("log"), env)
        return one.code(), one.said()

    return push


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


def test_one_private_commit_and_no_second(hub: stand_in.Hub, push: Push) -> None:
    code, said = push(hub.token)
    assert code == 0, said
    repo = hub.repos["models/shop/adapter"]
    assert repo.private
    files = repo.files()
    assert files["adapter_model.safetensors"] == WEIGHTS
    assert files["README.md"] == b"README.md\n"
    assert set(files) - {".gitattributes"} == {
        "README.md", "adapter_config.json", "adapter_model.safetensors", "config.yaml", "data.json", "metrics.jsonl",
    }  # fmt: skip
    assert len(repo.commits) == 2  # the first is the repository's own
    code, again = push(hub.token)
    assert code == 0, again
    assert len(repo.commits) == 2
    assert not hub.unknown
    assert hub.token not in said + again


def test_of_several_processes_the_first_sends(hub: stand_in.Hub, push: Push) -> None:
    assert push(hub.token, RANK="1")[0] == 0
    assert not hub.repos


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
    hub: stand_in.Hub, finished: Settings, push: Push, token: str, repo: str, faults: dict[str, Any], named: str
) -> None:
    hub.faults.update(faults)
    code, said = push(token, repo)
    assert code == 1, said
    *_, sending, error = said.splitlines()
    assert sending == f"sending {finished.folder} to {repo}"
    assert error.startswith("vlm3-finetune: not pushed: ")
    assert named in error
    assert f"stays in {finished.folder}" in error
    assert not token or token not in said
    assert (finished.folder / "adapter" / "adapter_model.safetensors").read_bytes() == WEIGHTS


def test_a_break_is_mended_by_the_same_command(hub: stand_in.Hub, push: Push) -> None:
    hub.faults["put"] = [403]  # an outage, 503, is tried again for 23 s before it is given up
    assert push(hub.token)[0] == 1
    assert len(hub.repos["models/shop/adapter"].commits) == 1  # nothing half
    hub.reset()
    assert push(hub.token)[0] == 0
    assert hub.repos["models/shop/adapter"].files()["adapter_model.safetensors"] == WEIGHTS
