"""Check that this machine has what a training needs, before the model is downloaded.

Each thing that is missing is one line with its remedy. `--preflight` prints them all and trains nothing.
"""

import json
import os
import shutil
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from finetune.config import Settings
from finetune.estimate.gpus import local_gpu
from finetune.examples import Row, image_tokens
from vlm3_dataset.errors import Misused, UserError

SHARED_MEMORY = "/dev/shm"  # noqa: S108 - where torch shares what workers send
TOKEN_BYTES = 4 * 1176 * 4  # bytes of a page's token between processes: four patches of 1,176 float32 values
PREFETCHED = 2  # batches that each worker may have ready, torch's default
DOWNLOAD = 16.6e9  # bytes of Qwen2-VL-7B on the hub
# Bytes of a checkpoint for each rank of the adapter: its weights and Adam's states in float32.
CHECKPOINT_PER_RANK = 30.3e6
KEPT_CHECKPOINTS = 4  # checkpoints at once: three are kept while a fourth is written

Finding = str | UserError  # of one check: what there is, or the error that a run without it ends with


def check(settings: Settings, rows: Sequence[Row]) -> list[Finding]:
    """Return the findings of everything that can be checked without a model."""
    findings = [] if settings.is_tiny else _hardware(settings.model)
    findings += [_shared_memory(settings, rows), *_disks(settings)]
    if sink := settings.report_to:
        there = find_spec(sink)
        told = f"--report-to: {sink} is {'' if there else 'not '}installed"
        findings.append(_finding(told, there, f"pip install {sink}"))
    sources = sorted({row.source for row in rows})
    for source in sorted(settings.weights.keys() - set(sources)):
        findings.append(Misused(f"--mix: no row is of source {source}; the data have {', '.join(sources)}"))
    return findings


def line(finding: Finding) -> str:
    return f"LACKING {finding}" if isinstance(finding, UserError) else f"ok      {finding}"


@contextmanager
def noting(findings: list[Finding]) -> Iterator[None]:
    """Add the error that ends a check to the findings."""
    try:
        yield
    except UserError as error:
        findings.append(error)


def require(findings: Sequence[Finding]) -> None:
    """Require all findings to be good. Raises the first that is not, and says how many more there are."""
    if lacks := [one for one in findings if isinstance(one, UserError)]:
        more = f" (and {len(lacks) - 1} more: see --preflight)" if lacks[1:] else ""
        raise type(lacks[0])(f"{lacks[0]}{more}")


def passes(accumulation: int, processes: int) -> Finding:
    """Check that the passes of a step divide evenly among the processes; otherwise the step would differ."""
    fewer = max(one for one in range(1, processes + 1) if accumulation % one == 0)
    more = -(-accumulation // processes) * processes
    larger = f"a step of {more / accumulation:.3g} times the questions"
    told = f"processes: {accumulation} passes of a step for {processes} processes"
    return _finding(told, fewer == processes, f"start {fewer}, or take --accumulation {more} ({larger})")


def _hardware(model: str) -> list[Finding]:
    """Check the card, and what Triton needs to build the launcher of TRL's fused head: a compiler, and Python.h."""
    if gpu := local_gpu():
        told = f"bfloat16: {gpu.name} {'computes' if gpu.bf16 else 'does not compute'} in it"
        remedy = "take a card that does (Ampere or newer: A10, A100...)"
        findings = [f"GPU: {gpu.name} with {gpu.gigabytes:.0f} GB", _finding(told, gpu.bf16, remedy)]
    else:
        remedy = "check the driver with nvidia-smi, or use --model tiny to prove the path"
        findings = [UserError(f"GPU: {model} needs a CUDA GPU and there is none here; {remedy}")]
    compiler = os.environ.get("CC") or shutil.which("gcc") or shutil.which("clang") or "gcc or clang"
    header = Path(sysconfig.get_paths()["include"], "Python.h")
    for what, found, there, remedy in (
        ("C compiler for Triton", compiler, shutil.which(compiler), "apt-get install gcc, or name one in CC"),
        ("Python's headers for Triton", header, header.is_file(), "apt-get install python3-dev"),
    ):
        findings.append(_finding(f"{what}: {found}{'' if there else ' is not there'}", there, remedy))
    return findings


def _shared_memory(settings: Settings, rows: Sequence[Row]) -> Finding:
    """Check /dev/shm, through which the workers' batches pass: a container has 64 MB of it by default."""
    free = shutil.disk_usage(SHARED_MEMORY).free
    if not settings.workers:  # a page's tokens are counted by transformers, 10 s of imports
        return f"shared memory: {SHARED_MEMORY} has {_size(free)} free, there are no workers to need it"
    largest = max((image_tokens(row.image.size, settings) for row in rows if row.image), default=0) * TOKEN_BYTES
    batch = largest * settings.rows_per_pass
    need = batch * (PREFETCHED * settings.workers + 1)
    told = f"shared memory: {SHARED_MEMORY} has {_size(free)} free, {settings.workers} workers send up to {_size(need)}"
    fewer = max(0, int((free / batch - 1) // PREFETCHED)) if batch else 0
    remedy = f"docker run --shm-size {-(-need // 10**9)}g (or --ipc=host), or --workers {fewer}"
    return _finding(told, need <= free, remedy)


def _disks(settings: Settings) -> list[Finding]:
    """Check the room for the download and for the run, added up where they are on one disk."""
    from huggingface_hub import constants

    download = 0.0 if settings.is_tiny or Path(settings.model).is_dir() or _cached(settings.model) else DOWNLOAD
    one, there = CHECKPOINT_PER_RANK * settings.lora_rank, settings.folder.glob("checkpoint-*/*")
    run = max(one, one * KEPT_CHECKPOINTS - sum(file.stat().st_size for file in there))  # of a resumed run some exist
    cache, output = existing_parent(Path(constants.HF_HUB_CACHE)), existing_parent(settings.folder)
    shared = cache.stat().st_dev == output.stat().st_dev
    found = []
    for what, path, need, flag in (
        ("disk for the model", cache, download, "set HF_HOME to a larger disk"),
        ("disk for checkpoints", output, run + download * shared, "choose another --output"),
    ):
        free = shutil.disk_usage(path).free
        told = f"{what}: {path} has {_size(free)} free, {_size(need)} are needed"
        found.append(_finding(told, need <= free, f"make room, or {flag}"))
    return found


def _cached(model: str) -> bool:
    """Return whether the model's index and all of its shards are in the hub's cache."""
    from huggingface_hub import try_to_load_from_cache

    index = try_to_load_from_cache(model, "model.safetensors.index.json")
    if not isinstance(index, str):
        return isinstance(try_to_load_from_cache(model, "model.safetensors"), str)
    shards = set(json.loads(Path(index).read_bytes())["weight_map"].values())
    return all(isinstance(try_to_load_from_cache(model, shard), str) for shard in shards)


def existing_parent(path: Path) -> Path:
    """Return the folder itself, or the nearest one above it that is there: the disk that it will lie on."""
    return next(one for one in (path, *path.absolute().parents) if one.exists())


def _finding(told: str, enough: object, remedy: str) -> Finding:
    return told if enough else UserError(f"{told}; {remedy}")


def _size(number: float) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"
