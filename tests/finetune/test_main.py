"""The command as it is typed, from data to adapter. How it is stopped and goes on is `test_resume`'s."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import finetune
from tests.finetune.starts import Start

pytestmark = pytest.mark.slow

ROOT = Path(finetune.__file__).parents[1]
# `accelerate launch --cpu --num_processes 2` starts one process (accelerate 1.15), so torch's own launcher it is.
HERE = ["--rdzv_backend", "c10d", "--rdzv_endpoint", "127.0.0.1:0", "--local_addr", "127.0.0.1"]
TOLD = ["--quiet", "--config_file", "finetune/accelerate.yaml", "finetune"]
LAUNCH = [str(Path(sys.executable).with_name("accelerate")), "launch", *TOLD]
# The same command by accelerate's other name, which does not import its six other commands first: 13 s instead of 20.
LAUNCH_ALONE = [str(Path(sys.executable).with_name("accelerate-launch")), *TOLD]
TWO = [str(Path(sys.executable).with_name("torchrun")), "--nproc_per_node", "2", *HERE]
NEAR = {"GLOO_SOCKET_IFNAME": "lo"}  # two processes talk over the loopback device


def _flags(training_data: Path, output: Path) -> list[str]:
    flags = ["--model", "tiny", "--name", "tiny", "--max-steps", "6", "--save-every", "2", "--eval-every", "2"]
    flags += ["--questions", "2", "--accumulation", "2"]
    return [*flags, "--data", str(training_data), "--output", str(output)]


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, env=os.environ | NEAR, capture_output=True, text=True, check=False)


def _environments(processes: int) -> list[dict[str, str]]:
    """What torchrun tells each of the processes of a run on this machine, by its environment."""
    port = random.randint(20_000, 32_000)  # below those that Linux gives to whoever connects
    same = {"WORLD_SIZE": processes, "LOCAL_WORLD_SIZE": processes, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    each = [same | {"RANK": rank, "LOCAL_RANK": rank, "OMP_NUM_THREADS": 1} for rank in range(processes)]
    return [{name: str(told) for name, told in one.items()} | NEAR for one in each]


def _by_processes(start: Callable[..., Start], processes: int, folder: Path, flags: list[str]) -> str:
    """Run a training by so many processes. Returns what they said."""
    logs = [folder / f"{processes}-{rank}" for rank in range(processes)]
    runs = [start(flags, log, os.environ | env) for log, env in zip(logs, _environments(processes), strict=True)]
    for run in runs:
        assert run.code() == 0, run.said()
    return "".join(run.said() for run in runs)


@pytest.fixture(scope="module")
def undisturbed(training_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run by `accelerate launch finetune`, from the repository's root, as the README types it."""
    output = tmp_path_factory.mktemp("undisturbed")
    done = _run(*LAUNCH, *_flags(training_data, output))
    assert done.returncode == 0, done.stderr
    assert "not passed" not in done.stderr
    *_, warning, last = done.stdout.splitlines()
    assert "knows nothing" in warning
    assert last.startswith(f"adapter: {output / 'tiny' / 'adapter'}")
    return output / "tiny"


def _metrics(folder: Path) -> list[dict[str, Any]]:
    """The lines of metrics.jsonl without what a clock decides."""
    entries = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{key: value for key, value in one.items() if not key.startswith("clock/")} for one in entries]


def test_a_run_leaves_what_it_should(undisturbed: Path) -> None:
    left = {path.name for path in undisturbed.iterdir() if not path.name.startswith("checkpoint-")}
    assert left == {"README.md", "adapter", "base", "config.yaml", "curves.png", "data.json", "metrics.jsonl"}
    losses = [one["loss"] for one in _metrics(undisturbed) if "loss" in one]
    assert len(losses) == 6
    assert losses[-1] < losses[0]


def test_under_the_launcher_an_error_is_the_only_line(tmp_path: Path) -> None:
    done = _run(*LAUNCH_ALONE, "--data", str(tmp_path / "nowhere"))
    assert done.returncode == 1  # the launcher knows no other
    assert done.stderr.startswith("vlm3-finetune: ")
    assert done.stderr.count("\n") == 1


def test_the_adapter_loads_on_its_base(undisturbed: Path) -> None:
    from peft import PeftModel
    from transformers import AutoProcessor, Qwen2VLForConditionalGeneration

    adapter = undisturbed / "adapter"
    named = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"]
    model = PeftModel.from_pretrained(Qwen2VLForConditionalGeneration.from_pretrained(named), adapter)
    trained = [weight for name, weight in model.named_parameters() if "lora_B" in name]
    assert all(weight.abs().sum() > 0 for weight in trained)
    assert AutoProcessor.from_pretrained(adapter).image_processor.size["longest_edge"] == 50176


def test_torchrun_tells_its_processes_what_the_tests_tell_them(tmp_path: Path) -> None:
    done = _run(*TWO, "--no_python", "sh", "-c", f"env > {tmp_path}/$RANK")
    assert done.returncode == 0, done.stderr
    for rank, expected in enumerate(_environments(2)):
        told = dict(
            line.split("=", 1) for line in (tmp_path / f"{rank}").read_text("utf-8").splitlines() if "=" in line
        )
        assert told.pop("MASTER_PORT").isdigit()
        del expected["MASTER_PORT"]
        assert told.items() >= expected.items()


def test_two_processes_take_the_steps_of_one(
    start: Callable[..., Start], undisturbed: Path, training_data: Path, tmp_path: Path
) -> None:
    said = _by_processes(start, 2, tmp_path, _flags(training_data, tmp_path))
    assert said.count("self-check passed") == 1
    assert (tmp_path / "tiny" / "checkpoint-6" / "rng_state_1.pth").exists()  # of the second process
    one, two = ([line for line in _metrics(folder) if "loss" in line] for folder in (undisturbed, tmp_path / "tiny"))
    assert [line["loss"] for line in two[:2]] == pytest.approx([line["loss"] for line in one[:2]])
    for key in ("loss", "grad_norm"):  # each process draws its own dropout; without it they are equal to the last bit
        assert [line[key] for line in two] == pytest.approx([line[key] for line in one], rel=0.02)


@pytest.mark.parametrize(
    ("passes", "line"),
    [
        (2, "ok      processes: 2 passes of a step for 2 processes"),
        (3, "LACKING processes: 3 passes of a step for 2 processes; start 1, or take --accumulation 4"),
    ],
)
def test_a_preflight_counts_the_processes(
    start: Callable[..., Start], training_data: Path, tmp_path: Path, passes: int, line: str
) -> None:
    flags = [*_flags(training_data, tmp_path), "--preflight", "--accumulation", str(passes)]
    logs = [tmp_path / f"{rank}" for rank in range(2)]
    runs = [start(flags, log, os.environ | env) for log, env in zip(logs, _environments(2), strict=True)]
    assert [run.code() for run in runs] == [int(line.startswith("LACKING"))] * 2
    assert runs[0].said().count(line) == 1


def test_two_processes_of_which_one_has_no_page_take_the_steps_of_one(
    start: Callable[..., Start], mixed_data: Path, tmp_path: Path
) -> None:
    """Without dropout they are equal: a step of one row each, and three in four of the rows have no page."""
    flags = ["--model", "tiny", "--data", str(mixed_data), "--output", str(tmp_path), "--max-steps", "5"]
    flags += ["--questions", "4", "--accumulation", "2", "--lora-dropout", "0", "--eval-every", "5"]
    flags += ["--mix", "manual=1", "forum=2"]
    for name, processes in (("one", 1), ("two", 2)):
        _by_processes(start, processes, tmp_path, [*flags, "--name", name])
    one, both = (_metrics(tmp_path / name) for name in ("one", "two"))
    assert [line.keys() for line in both] == [line.keys() for line in one]
    assert "eval_loss/source/forum" in one[-1]
    for alone, shared in zip(one, both, strict=True):  # not the accuracy, a mean of each process's mean
        for name in alone:
            if name in {"loss", "grad_norm"} or name.startswith("eval_loss"):
                assert shared[name] == pytest.approx(alone[name], rel=1e-4), name


def test_nothing_is_reported_to_the_hub() -> None:
    code = "import finetune, huggingface_hub.constants as hub; print(hub.HF_HUB_DISABLE_TELEMETRY)"
    bare = {"PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=bare, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_a_finished_run_is_left_as_it_is(undisturbed: Path, training_data: Path) -> None:
    before = (undisturbed / "README.md").stat().st_mtime_ns
    done = _run(sys.executable, "-m", "finetune", *_flags(training_data, undisturbed.parent))
    assert "already finished" in done.stdout
    assert (undisturbed / "README.md").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("flags", "named"),
    [(["--seed", "1"], "seed 42 -> 1"), (["--data", "nowhere"], "nowhere"), (["--modle", "tiny"], "--modle")],
)
def test_an_error_is_one_line(flags: list[str], named: str, undisturbed: Path, training_data: Path) -> None:
    done = _run(sys.executable, "finetune", *_flags(training_data, undisturbed.parent), *flags)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert named in done.stderr
