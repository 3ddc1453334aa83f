"""What a machine lacks is one line with its remedy, before the model is downloaded.

The lacks are planted for real where that can be done, in a mount namespace: 64 MB of /dev/shm as in a container, small
disks, no C compiler on the path, no headers. Only a GPU is made up.
"""

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from finetune import config, preflight
from finetune.__main__ import run
from finetune.config import Settings
from finetune.estimate.gpus import Gpu
from finetune.examples import PageImage, Row
from tests.finetune import hub
from tests.forks import ROOT
from vlm3_dataset.errors import Misused, UserError

pytestmark = pytest.mark.slow

# In the namespace: a small /dev/shm, 1 GB for the hub's cache and 2 GB for the run, and an empty folder of headers.
MOUNTS = 'for one in {}; do mount -t tmpfs -o size="${{one#*:}}" none "${{one%%:*}}" || exit 9; done; exec "$0" "$@"'
PROBE = (
    "import json, sys; from tests.finetune.test_preflight import lines_of; print(json.dumps(lines_of(*sys.argv[1:])))"
)
A100 = "NVIDIA A100-SXM4-80GB"


def lines_of(gpu: str, *flags: str) -> list[str]:
    """The lines of this machine if it had this GPU, or none."""
    card = replace(Gpu.of(gpu, 85), bf16="T4" not in gpu) if gpu else None
    rows = [Row("p", PageImage(None, "p", (1800, 1365)), "q", "a")]
    with patch.object(preflight, "local_gpu", lambda: card):
        return [preflight.line(one) for one in preflight.check(config.read(flags), rows)]


def inside(mounts: Sequence[str], env: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python's `command` in a namespace with these mounts, as `place:size`."""
    namespace = ["unshare", "--mount", "--map-root-user", "bash", "-c", MOUNTS.format(" ".join(mounts))]
    given = os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"} | env
    return subprocess.run(
        [*namespace, sys.executable, *command], cwd=ROOT, env=given, capture_output=True, text=True, check=False
    )


def test_a_slim_container_is_told_all_that_it_lacks(training_data: Path, tmp_path: Path) -> None:
    """By the command itself: what the machine lacks, and what was named wrong."""
    headers = sysconfig.get_paths()["include"]
    done = inside(
        ("/dev/shm:64m", f"{headers}:1m", f"{tmp_path}:1g"),
        {"PATH": _path_without_compilers(tmp_path.parent), "CC": "", "HF_HOME": str(tmp_path)},
        *("-m", "finetune", "--preflight", "--data", str(training_data), "--output", str(tmp_path), "--workers", "8"),
        *("--report-to", "wandb", "--mix", "forums=2", "--sft", "weight_dekay=0.01"),
    )
    named = [
        "GPU: Qwen/Qwen2-VL-7B-Instruct needs a CUDA GPU and there is none here; check the driver with nvidia-smi",
        "C compiler for Triton: gcc or clang is not there; apt-get install gcc, or name one in CC",
        f"Python's headers for Triton: {headers}/Python.h is not there; apt-get install python3-dev",
        "shared memory: /dev/shm has 67 MB free, 8 workers send up to 125 MB; docker run --shm-size 1g (or --ipc=host)",
        f"disk for the model: {tmp_path} has 1.1 GB free, 16.6 GB are needed; make room, or set HF_HOME to a larger",
        f"disk for checkpoints: {tmp_path} has 1.1 GB free, 24.4 GB are needed; make room, or choose another --output",
        "--report-to: wandb is not installed; pip install wandb",
        "--mix: no row is of source forums; the data have manual",
        "--sft weight_dekay: there is no such option; see SFTConfig in the library's manual",
        "cannot load Qwen/Qwen2-VL-7B-Instruct; see `hf download",
    ]
    lacks = [line.removeprefix("LACKING ") for line in done.stdout.splitlines() if line.startswith("LACKING")]
    assert [line[: len(begin)] for line, begin in zip(lacks, named, strict=True)] == named
    *_, last = done.stderr.splitlines()
    assert last.startswith(f"vlm3-finetune: {named[0]}")
    assert last.endswith(" (and 9 more: see --preflight)")
    assert done.returncode == 1


def test_without_a_gpu_the_forecast_is_shown_too(training_data: Path, tokenizer_file: Path, tmp_path: Path) -> None:
    model = tmp_path / "seven"
    model.mkdir()
    hub.write(model, tokenizer_file, hub.SEVEN)
    flags = ["--preflight", "--data", str(training_data), "--output", str(tmp_path), "--model", str(model)]
    done = subprocess.run(
        [sys.executable, "-m", "finetune", *flags], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "forecast, no GPU here; A100 with 80 GB at 30%" in done.stdout
    assert "ok      processes: 4 passes of a step for 1 processes" in done.stdout
    assert done.stderr.splitlines()[-1].startswith(f"vlm3-finetune: GPU: {model} needs a CUDA GPU")
    assert done.returncode == 1


def test_a_wrong_option_ends_a_preflight_with_2(settings: Callable[..., Settings]) -> None:
    with pytest.raises(Misused, match=r"^--lora rank: there is no such option;"):
        run(settings("--preflight", "--lora", "rank=8"))


@pytest.mark.parametrize(
    ("gpu", "env", "named"),
    [
        ("", {}, "GPU: Qwen/Qwen2-VL-7B-Instruct needs a CUDA GPU and there is none here; check the driver"),
        ("Tesla T4", {}, "bfloat16: Tesla T4 does not compute in it; take a card that does"),
        (A100, {"CC": "/opt/none/gcc"}, "C compiler for Triton: /opt/none/gcc is not there; apt-get install gcc"),
    ],
)
def test_one_thing_is_lacking(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, gpu: str, env: dict[str, str], named: str
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    told = lines_of(gpu, "--output", str(tmp_path), "--workers", "0")
    assert any(line.startswith(f"LACKING {named}") for line in told), told


def test_room_for_the_run_alone(tmp_path: Path) -> None:
    output, cache = tmp_path / "runs", tmp_path / "cache"
    output.mkdir(), cache.mkdir()

    def told(*flags: str) -> list[str]:
        probe = ["-c", PROBE, "", "--output", str(output), "--workers", "0", *flags]
        return json.loads(inside((f"{output}:2g",), {"HF_HOME": str(cache)}, *probe).stdout.splitlines()[-1])

    assert any("disk for checkpoints" in line and "2.1 GB free, 7.8 GB are needed" in line for line in told())
    assert any(line.startswith("ok      disk for checkpoints") for line in told("--lora-rank", "16"))


@pytest.mark.parametrize(("there", "needed"), [(1, "5.8"), (3, "1.9"), (4, "1.9")])
def test_a_resumed_run_needs_room_for_what_it_has_not_written(there: int, needed: str, tmp_path: Path) -> None:
    for step in range(there):
        file = tmp_path / "lora_qwen2vl" / f"checkpoint-{step}" / "optimizer.pt"
        file.parent.mkdir(parents=True)
        with file.open("wb") as sparse:
            sparse.truncate(64 * 30_300_000)
    told = lines_of("", "--output", str(tmp_path), "--model", str(tmp_path), "--workers", "0")
    assert any("disk for checkpoints" in line and f"free, {needed} GB are needed" in line for line in told), told


@pytest.mark.parametrize(
    ("passes", "processes", "remedy"),
    [
        (4, 1, ""),
        (4, 2, ""),
        (4, 8, "start 4, or take --accumulation 8 (a step of 2 times the questions)"),
        (3, 2, "start 1, or take --accumulation 4 (a step of 1.33 times the questions)"),
        (6, 4, "start 3, or take --accumulation 8 (a step of 1.33 times the questions)"),
    ],
)
def test_processes_that_cannot_share_a_step_are_told_what_can(passes: int, processes: int, remedy: str) -> None:
    assert str(preflight.passes(passes, processes)).partition("; ")[2] == remedy


def test_a_source_that_no_row_has_is_named(settings: Callable[..., Settings], data: Any) -> None:
    findings = preflight.check(settings("--mix", "manual=1", "forums=2"), data.train)
    with pytest.raises(Misused, match=r"^--mix: no row is of source forums; the data have manual$"):
        preflight.require(findings)


def test_the_first_lack_stops_a_run_and_the_others_are_counted() -> None:
    sound, bad = "a: is there", UserError("b: is not there; get one")
    preflight.require([sound])
    with pytest.raises(UserError, match=r"^b: is not there; get one$"):
        preflight.require([sound, bad])
    with pytest.raises(UserError, match=r"get one \(and 1 more: see --preflight\)$"):
        preflight.require([bad, sound, bad])


def _path_without_compilers(folder: Path) -> str:
    """A folder of links to what the namespace itself needs."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    for name in ("bash", "mount", "unshare"):
        link = programs / name
        if not link.exists():
            link.symlink_to(f"/usr/bin/{name}")
    return str(programs)
