"""The command in a process that has imported everything and forks for each run: a test can kill one and go on.

A run can be told to die by SIGKILL at its n-th file: written and flushed, but not yet in its place.
"""

import gc
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Stages:
    def __init__(self, place: Path):
        command = [sys.executable, "-m", "tests.vlm3_dataset.stages"]
        self.place = place
        with (place / "stderr").open("w") as err:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, text=True
            )

    def start(self, *argv, die_at=0, env=()):
        """Begins a run in `place` and returns its process id."""
        told = {"argv": argv, "die_at": die_at, "env": dict(env), "place": str(self.place)}
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def finish(self):
        """Its exit code, or minus the signal that ended it."""
        return int(self.process.stdout.readline())

    def run(self, *argv, **told):
        self.start(*argv, **told)
        return self.finish()

    def files(self):
        """How many files the last run that came to its end has written."""
        return int((self.place / "files").read_text())

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(30) == 0


def main():
    import sentence_transformers  # noqa: F401 - imported once for all runs

    import vlm3_dataset.vlm3_dataset  # noqa: F401
    from vlm3_dataset import __main__, build  # noqa: F401
    from vlm3_dataset.claude import batches, live  # noqa: F401
    from vlm3_dataset.filters import embedding  # noqa: F401

    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(run(json.loads(line)))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def run(told):
    from vlm3_dataset import __main__ as command

    os.chdir(told["place"])
    os.environ.update(told["env"])
    os.dup2(2, 1)  # what the stages say is no answer to the test
    count, fsync = 0, os.fsync

    def counted(file):
        nonlocal count
        count += 1
        fsync(file)
        if count == told["die_at"]:
            os.kill(os.getpid(), signal.SIGKILL)

    os.fsync = counted
    try:
        command.main(told["argv"])
    except SystemExit as ended:
        return ended.code or 0
    Path("files").write_text(str(count))
    return 0


if __name__ == "__main__":
    main()
