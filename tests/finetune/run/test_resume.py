"""A run that is stopped or killed, however often, ends as one that was not: same weights, same lines of the log."""

import json
import os
import random
import re
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from finetune.run.checkpoints import SEAL
from tests.finetune.starts import Start

pytestmark = pytest.mark.slow

STEPS = 13  # of a run: five that are killed soon after a step's line, and the sixth, must all find some left
WEIGHTS = Path("adapter/adapter_model.safetensors")

Starter = Callable[[list[str], Path], Start]


@pytest.fixture(scope="module")
def flags(mixed_data: Path) -> list[str]:
    """Steps with pages and without; a line of the log is two of them, so that a stop can fall between."""
    sizes = ["--max-steps", str(STEPS), "--save-every", "2", "--eval-every", "3", "--batch-size", "2"]
    sizes += ["--log-every", "2"]
    return ["--model", "tiny", "--data", str(mixed_data), "--accumulation", "1", *sizes]


@pytest.fixture(scope="module")
def undisturbed(start: Starter, flags: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nobody stopped."""
    output = tmp_path_factory.mktemp("undisturbed")
    one = start([*flags, "--output", str(output), "--name", "run"], output / "log")
    assert one.code() == 0, one.said()
    return output / "run"


def log_of(folder: Path) -> list[dict[str, Any]]:
    """The lines of metrics.jsonl without what a clock decides."""
    entries = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{k: v for k, v in one.items() if not k.startswith("clock/")} for one in entries]


def assert_equal_runs(one: Path, other: Path) -> None:
    assert log_of(one) == log_of(other)
    assert (one / WEIGHTS).read_bytes() == (other / WEIGHTS).read_bytes()
    assert (one / "adapter" / "measured.json").read_bytes() == (other / "adapter" / "measured.json").read_bytes()


def kill_while_saving(run: Start, folder: Path, after: float) -> int:
    """SIGKILL some seconds after a new checkpoint's folder appeared, if it has no seal by then."""
    before = set(folder.glob("checkpoint-*"))
    run.wait_for(lambda: any(not (new / SEAL).exists() for new in set(folder.glob("checkpoint-*")) - before))
    time.sleep(after)
    return run.kill(signal.SIGKILL)


def kill_while_training(run: Start, after: float) -> int:
    """SIGKILL some seconds after the first line about a step of this start, which is when another step has begun."""
    run.wait_for(lambda: f" of {STEPS}: loss" in run.said())
    time.sleep(after)
    return run.kill(signal.SIGKILL)


def test_five_kills_change_nothing(start: Starter, flags: list[str], undisturbed: Path, tmp_path: Path) -> None:
    command, folder = [*flags, "--output", str(tmp_path), "--name", "run"], tmp_path / "run"
    draw = random.Random(5)
    for kill in range(5):
        run = start(command if kill == 0 else ["--resume", "--output", str(tmp_path)], tmp_path / "log")
        if kill % 2:
            code = kill_while_saving(run, folder, draw.uniform(0, 0.02))
        else:
            code = kill_while_training(run, draw.uniform(0, 0.2))  # a step takes 0.1 to 0.3 s
        assert code == -signal.SIGKILL, run.said()
    assert not (folder / "README.md").exists(), "the kills came too late to prove anything"
    last = start(["--resume", "--output", str(tmp_path)], tmp_path / "log")
    assert last.code() == 0, last.said()
    assert_equal_runs(folder, undisturbed)


def stop(run: Start, folder: Path, step: int, number: signal.Signals) -> Path:
    """Send a signal once the line of a step is out, which is when the next step begins; return what was saved."""
    run.wait_for(lambda: f"step {step} of {STEPS}" in run.said())
    assert run.kill(number) == 128 + number, run.said()
    assert f"stopped by {number.name}" in run.said()
    assert "Traceback" not in run.said()
    saved = max(folder.glob("checkpoint-*"), key=lambda path: int(path.name.partition("-")[2]))
    assert (saved / SEAL).exists()
    return saved


def test_a_stop_saves_and_changes_nothing(start: Starter, flags: list[str], undisturbed: Path, tmp_path: Path) -> None:
    """A run is stopped by SIGTERM, goes on, is stopped by SIGINT, and goes on to its end."""
    folder, resume = tmp_path / "run", ["--resume", "--output", str(tmp_path)]
    run = start([*flags, "--output", str(tmp_path), "--name", "run"], tmp_path / "log")
    saved = stop(run, folder, 2, signal.SIGTERM)
    assert saved.name == "checkpoint-3"  # whose evaluation is due
    assert log_of(folder)[-1]["step"] == 2  # neither a line nor an evaluation of step 3 yet
    run = start(resume, tmp_path / "log")
    later = stop(run, folder, 4, signal.SIGINT)
    assert f"going on from {saved}" in run.said()
    last = start(resume, tmp_path / "log")
    assert last.code() == 0, last.said()
    assert f"going on from {later}" in last.said()
    assert_equal_runs(folder, undisturbed)


@pytest.mark.parametrize("harm", ["a killed worker", "a page that is gone"])
def test_what_a_worker_meets_is_one_line_and_the_same_command_goes_on(
    harm: str, start: Starter, flags: list[str], undisturbed: Path, tmp_path: Path
) -> None:
    place = flags.index("--data") + 1
    data = shutil.copytree(flags[place], tmp_path / "data")
    images = data / "images"
    command = [*flags, "--workers", "1", "--output", str(tmp_path), "--name", "run"]
    command[place] = str(data)
    run = start(command, tmp_path / "log")
    run.wait_for(lambda: f" of {STEPS}: loss" in run.said())
    if harm == "a killed worker":  # as the kernel kills one where memory runs out
        children = Path(f"/proc/{run.process.pid}/task/{run.process.pid}/children").read_text("utf-8")
        for worker in children.split():
            os.kill(int(worker), signal.SIGKILL)
        named = "a loader's worker was killed"
    else:
        images.rename(tmp_path / "elsewhere")
        named = r"page 21-0\d: image is missing"
    assert run.code() == 1, run.said()
    assert re.search(rf"vlm3-finetune: after step [1-9]\d*: {named}; the same command goes on", run.said())
    assert "Traceback" not in run.said()
    if not images.exists():
        (tmp_path / "elsewhere").rename(images)
    again = start(command, tmp_path / "log")
    assert again.code() == 0, again.said()
    assert_equal_runs(tmp_path / "run", undisturbed)


def test_a_kill_after_the_last_step_changes_nothing(start: Starter, undisturbed: Path, tmp_path: Path) -> None:
    """The last checkpoint stands in the middle of an epoch; adapter and card are not written yet."""
    folder = shutil.copytree(undisturbed, tmp_path / "run")
    (folder / "README.md").unlink()
    shutil.rmtree(folder / "adapter")
    again = start(["--resume", "--output", str(tmp_path)], tmp_path / "log")
    assert again.code() == 0, again.said()
    assert_equal_runs(folder, undisturbed)
