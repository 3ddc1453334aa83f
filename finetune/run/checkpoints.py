"""Seal checkpoints that are complete, tell those that are not, and take the best one's adapter in the end.

The Trainer writes a checkpoint's files in place, one after the other. When all are on the disk, a seal with the digest
of each is written beside them; a checkpoint without a seal, or with other digests, is not resumed from.
"""

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm3_dataset.files import read_json, sha256_of, write_json

if TYPE_CHECKING:
    from transformers import TrainerState

SEAL = "sealed.json"
ADAPTER = "adapter"


def folders(folder: Path) -> list[Path]:
    """Return the checkpoints of a run, complete or torn, in the order of their steps."""
    found = {path: re.fullmatch(r"checkpoint-(\d+)", path.name) for path in folder.glob("checkpoint-*")}
    return sorted((path for path, step in found.items() if step), key=lambda path: int(found[path][1]))


def seal(checkpoint: Path) -> None:
    """Mark a checkpoint as complete. Its files are on the disk before the seal, so it holds after a power cut too.

    SHA-256 ran at 1.8 GB a second; a rank-64 adapter with Adam's states is about 1 GB, once in `save_every` steps.
    """
    flush(checkpoint)
    write_json(
        checkpoint / SEAL, {path.relative_to(checkpoint).as_posix(): sha256_of(path) for path in _files(checkpoint)}
    )


def flush(folder: Path) -> None:
    """Flush every file below the folder to the disk."""
    for path in _files(folder):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def fault(checkpoint: Path) -> str:
    """Return in a few words why a checkpoint is not complete; "" where it is."""
    try:
        digests = read_json(checkpoint / SEAL)
    except ValueError:
        return f"{SEAL} is damaged"
    if not isinstance(digests, dict):
        return "it was not written to its end"
    for name, digest in digests.items():
        path = checkpoint / name
        if not path.is_file():
            return f"{name} is missing"
        if sha256_of(path) != digest:
            return f"{name} is damaged"
    return ""


def leave_adapter(model: Any, processor: Any, run: Path, state: "TrainerState") -> dict[str, float] | None:
    """Put adapter and processor in one folder, by rename: a server must use both.

    In three epochs a page is seen some 30 times, and the loss on held-out pages rises before the end: so the adapter is
    that of the checkpoint with the lowest one, or the model's own where none was measured. Returns its step and loss,
    which `measured.json` holds too.
    """
    best, measured = state.best_global_step, None
    if best:
        measured = {"step": best, "eval_loss": state.best_metric}
        model.load_adapter(str(run / f"checkpoint-{best}"), model.active_adapter)
    part = run / f"{ADAPTER}.unfinished"
    shutil.rmtree(part, ignore_errors=True)
    model.save_pretrained(part)
    (part / "README.md").unlink()  # PEFT's empty form; the run has its own card
    processor.save_pretrained(part)
    if measured:
        write_json(part / "measured.json", measured)
    flush(part)  # else a power cut can leave empty files beside a card that says that the run is finished
    shutil.rmtree(run / ADAPTER, ignore_errors=True)
    part.rename(run / ADAPTER)
    return measured


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SEAL)
