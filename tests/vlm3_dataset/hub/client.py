"""Steps that talk to the stand-in of the Hub, each in a process that a test can kill.

The libraries read HF_ENDPOINT when they are imported, so what starts the steps has imported them with it.
"""

import json
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.forks import Forked, Forks, forking

# `datasets` imports SciPy's when it first loads one.
IMPORTED = (
    "datasets",
    "huggingface_hub.hf_api",
    "scipy.io",
    "tests.vlm3_dataset.hub.client",
    "vlm3_dataset.hub.publish",
)


@dataclass
class Step:
    """A step that has begun."""

    process: Forked
    said: Path

    def finish(self) -> dict[str, Any] | None:
        """Wait for its end. Returns what it gave and printed; None of a step that was killed."""
        code = self.process.wait()
        assert code in (0, -9), self.said.read_text()
        if code:
            return None
        return json.loads(self.said.with_suffix(".json").read_text()) | {"printed": self.said.read_text()}


class Client:
    """Starts the steps."""

    def __init__(self, forks: Forks, env: Mapping[str, str], home: Path) -> None:
        self._forks, self._env, self._home = forks, env, home

    def start(self, step: str, *, token: str, **told: object) -> Step:
        said = self._home / "said"
        words = ["step", said.with_suffix(".json"), step, json.dumps(told)]
        with said.open("w") as file:
            env = {**self._env, "HF_TOKEN": token}
            return Step(self._forks.start(f"{__name__}:main", words, env=env, stdout=file), said)

    def do(self, step: str, **told: Any) -> dict[str, Any] | None:
        return self.start(step, **told).finish()


@contextmanager
def talking(url: str, home: Path) -> Iterator[Client]:
    """A client of the Hub at `url`, which keeps its files in `home`."""
    env = {name: told for name, told in os.environ.items() if not name.startswith("HF_")}
    env |= {"HF_ENDPOINT": url, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    with forking(*IMPORTED, env=env) as forks:
        yield Client(forks, env, home)


# What follows runs in those processes.


def published(hub, repo, tag, private=True):
    from vlm3_dataset.hub.check import check
    from vlm3_dataset.hub.publish import publish

    return publish(Path(hub), check(Path(hub)), repo, tag=tag, private=private)


def loaded(repo, config, tag, cache):
    from datasets import load_dataset

    splits = load_dataset(repo, config, revision=tag, cache_dir=cache)
    return {split: [plain(row) for row in splits[split]] for split in splits}


def streamed(repo, tag):
    from datasets import load_dataset

    return plain(next(iter(load_dataset(repo, revision=tag, split="train", streaming=True))))


def plain(row):
    return row | ({"image": row["image"].size} if "image" in row else {})


def loopback_only(event, told):
    if event == "socket.connect" and told[1][0] != "127.0.0.1":
        raise OSError(f"nothing may connect to {told[1][0]}")


def main():
    from vlm3_dataset.errors import UserError

    sys.addaudithook(loopback_only)
    _, answer, step, told = sys.argv
    try:
        given = {"result": {"publish": published, "load": loaded, "stream": streamed}[step](**json.loads(told))}
    except UserError as error:
        given = {"error": str(error)}
    except Exception:  # noqa: BLE001 - the test that asked for the step shows it
        given = {"crash": traceback.format_exc()}
    Path(answer).write_text(json.dumps(given))
