"""The process that talks to the stand-in of the Hub, a step at a time.

The libraries read HF_ENDPOINT when they are imported, so all that talks to the stand-in happens in a process of its
own. It imports once and forks for every step: a test can kill a step and go on with the next.
"""

import json
import os
import subprocess
import sys
import traceback
from pathlib import Path


class Client:
    """The process whose steps talk to the stand-in. A step that is killed gives None."""

    def __init__(self, url: str, home: Path):
        env = {name: told for name, told in os.environ.items() if not name.startswith("HF_")}
        env |= {"HF_ENDPOINT": url, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
        command = [sys.executable, "-m", __name__]
        root = Path(__file__).resolve().parents[2]
        self.process = subprocess.Popen(
            command, env=env, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, step, **told):
        self.process.stdin.write(json.dumps({"step": step, "told": told}) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def finish(self):
        return json.loads(self.process.stdout.readline())

    def do(self, step, **told):
        self.start(step, **told)
        return self.finish()


# What follows runs in that process.


def loopback_only(event, told):
    if event == "socket.connect" and told[1][0] != "127.0.0.1":
        raise OSError(f"nothing may connect to {told[1][0]}")


def published(hub, repo, tag, private=True):
    from vlm3_dataset.hub.publish import publish

    return publish(Path(hub), repo, tag=tag, private=private)


def loaded(repo, config, tag, cache):
    from datasets import load_dataset

    splits = load_dataset(repo, config, revision=tag, cache_dir=cache)
    return {split: [plain(row) for row in splits[split]] for split in splits}


def streamed(repo, tag):
    from datasets import load_dataset

    return plain(next(iter(load_dataset(repo, revision=tag, split="train", streaming=True))))


def plain(row):
    return row | ({"image": row["image"].size} if "image" in row else {})


def outcome(asked, printed):
    """What a step gave, and what it printed meanwhile."""
    from vlm3_dataset.errors import UserError

    os.environ["HF_TOKEN"] = asked["told"].pop("token")
    os.dup2(printed.fileno(), 1)
    os.dup2(printed.fileno(), 2)
    try:
        told = {"result": {"publish": published, "load": loaded, "stream": streamed}[asked["step"]](**asked["told"])}
    except UserError as error:
        told = {"error": str(error)}
    except Exception:  # noqa: BLE001 - the test that asked for the step shows it
        told = {"crash": traceback.format_exc()}
    printed.seek(0)
    return told | {"printed": printed.read()}


def client_main():
    import tempfile

    import datasets  # noqa: F401 - once, before the steps fork
    import scipy.io  # noqa: F401 - `datasets` does when it first loads one
    from huggingface_hub import HfApi  # noqa: F401

    import vlm3_dataset.hub.publish  # noqa: F401

    sys.addaudithook(loopback_only)
    for line in sys.stdin:
        read, write = os.pipe()
        if not (pid := os.fork()):
            with tempfile.TemporaryFile("w+") as printed:
                os.write(write, json.dumps(outcome(json.loads(line), printed)).encode())
            os._exit(0)
        os.close(write)
        print(pid, flush=True)
        with open(read, "rb") as answer:  # noqa: PTH123 - a pipe has no path
            print((answer.read() or b"null").decode(), flush=True)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    client_main()
