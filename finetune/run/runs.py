"""Manage the folder of a run: the settings and data it was started with, and its lock."""

import dataclasses
import fcntl
import os
import shutil
import time
from pathlib import Path
from typing import Any

from finetune.config import FINISHED, Settings, as_yaml, load_yaml
from finetune.data import Data
from finetune.run import checkpoints
from vlm3_dataset.errors import Misused, UserError
from vlm3_dataset.files import fingerprint, read_json, sweep, write_bytes, write_json

# These do not affect the weights, so a run may be moved, or continued with others.
WITHOUT_EFFECT = {"output", "name", "workers", "usd_per_hour", "report_to", "push", "auto", "preflight"}
CHOSEN_BY_AUTO = ("packing", "questions", "bits", "gradient_checkpointing", "accumulation")  # by `--auto`


def describe(data: Data) -> dict[str, Any]:
    """Return a run's data in figures. `digest` covers every question, answer and page byte for byte, in order."""
    rows = [
        [row.page_id, *((row.image.sha256, row.image.size) if row.image else ()), row.question, row.answer]
        for row in (*data.train, *data.val)
    ]
    return {
        "train_rows": len(data.train),
        "val_rows": len(data.val),
        "pages": data.pages,
        "left_out": len(data.left_out),
        "version": data.version,
        "digest": fingerprint(len(data.train), rows),
    }


def is_finished(folder: Path) -> bool:
    return (folder / FINISHED).is_file()


def recall_choice(settings: Settings) -> Settings:
    """Return the settings that `--auto` chose when the run began: on another GPU it might choose others."""
    if not settings.auto or not checkpoints.folders(settings.folder):
        return settings
    before = load_yaml(settings.folder / "config.yaml")
    return dataclasses.replace(settings, auto=False, **{name: before[name] for name in CHOSEN_BY_AUTO})


def check(settings: Settings, data: dict[str, Any]) -> None:
    """Check the folder. Raises UserError where it holds the progress of a run with other settings or data."""
    folder = settings.folder
    if not is_finished(folder) and not checkpoints.folders(folder):
        return
    before, now = load_yaml(folder / "config.yaml"), dataclasses.asdict(settings)
    changed = [f"{key} {before.get(key)} -> {value}" for key, value in now.items() if before.get(key) != value]
    changed = [line for line in changed if line.partition(" ")[0] not in WITHOUT_EFFECT]
    if (read_json(folder / "data.json") or {}).get("digest") != data["digest"]:
        changed.append("rows or pages of the data")
    if changed:
        raise Misused(f"{folder} was started otherwise: {', '.join(changed)}; remove it or choose another --name")


def lock(folder: Path, patience: float = 30.0) -> int:
    """Lock the folder against other trainings while this process, or the returned file descriptor, lives.

    It waits `patience` seconds for one that is ending: a stop takes a step and a save, and a worker notices a kill
    within 5 s. Raises UserError where one goes on. On a disk without locks nothing is locked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held, until = os.open(folder, os.O_RDONLY), time.monotonic() + patience
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(held)
                raise UserError(f"{folder} is being trained in; wait for that run to end, or end it") from None
            time.sleep(min(0.5, patience))
        except OSError:
            return held
        else:
            return held


def start(settings: Settings, data: dict[str, Any]) -> list[str]:
    """Prepare the folder: remove what a kill left half written, and write down settings and data.

    Returns a line for each checkpoint that was removed because it was not whole.
    """
    folder = settings.folder
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    torn = {path: fault for path in checkpoints.folders(folder) if (fault := checkpoints.fault(path))}
    for checkpoint in torn:
        shutil.rmtree(checkpoint)
    write_bytes(folder / "config.yaml", as_yaml(settings).encode())
    write_json(folder / "data.json", data)
    return [f"{path} is torn ({fault}) and was removed" for path, fault in torn.items()]
