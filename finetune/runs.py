"""The folder of a run: what it was started with, whether it is finished, where it can go on."""

import dataclasses
import json
import re
import shutil
from pathlib import Path
from typing import Any

from finetune.config import Settings, as_yaml, load_yaml
from finetune.errors import RunError
from finetune.pages import Data
from vlm3_dataset.files import fingerprint, read_json, sweep, write_bytes, write_json

# These decide nothing about the weights, so a run may be moved, or go on with other ones.
FREE = {"output", "name", "workers"}


def describe(data: Data) -> dict[str, Any]:
    """The data of a run in figures. `digest` stands for every question, answer and page, to its last byte, in order."""
    rows = [[row.page_id, row.image_sha256, row.size, row.question, row.answer] for row in (*data.train, *data.val)]
    return {
        "train_rows": len(data.train),
        "val_rows": len(data.val),
        "pages": len({row.page_id for row in (*data.train, *data.val)}),
        "left_out": len(data.left_out),
        "digest": fingerprint(len(data.train), rows),
    }


def is_finished(folder: Path) -> bool:
    """The card is written last."""
    return (folder / "README.md").is_file()


def check(settings: Settings, data: dict[str, Any]) -> None:
    """Raises RunError where the folder holds the progress of a run with other settings or other data."""
    folder = settings.folder
    if not is_finished(folder) and not _checkpoints(folder):
        return
    before, now = load_yaml(folder / "config.yaml"), dataclasses.asdict(settings)
    changed = [f"{key} {before.get(key)} -> {value}" for key, value in now.items() if before.get(key) != value]
    changed = [line for line in changed if line.partition(" ")[0] not in FREE]
    if (read_json(folder / "data.json") or {}).get("digest") != data["digest"]:
        changed.append("rows or pages of the data")
    if changed:
        raise RunError(f"{folder} was started otherwise: {', '.join(changed)}; remove it or choose another --name")


def start(settings: Settings, data: dict[str, Any]) -> None:
    """Makes the folder ready: what a kill left half written goes, settings and data are written down."""
    folder = settings.folder
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    for checkpoint in _checkpoints(folder):
        if not _is_whole(checkpoint):
            shutil.rmtree(checkpoint)
    write_bytes(folder / "config.yaml", as_yaml(settings).encode())
    write_json(folder / "data.json", data)


def last_checkpoint(folder: Path) -> Path | None:
    """Where a started run can go on, or None for a run that begins."""
    return next((checkpoint for checkpoint in reversed(_checkpoints(folder)) if _is_whole(checkpoint)), None)


def _checkpoints(folder: Path) -> list[Path]:
    """The checkpoints, whole or torn, in the order of their steps."""
    steps = {path: re.fullmatch(r"checkpoint-(\d+)", path.name) for path in folder.glob("checkpoint-*")}
    return sorted((path for path, step in steps.items() if step), key=lambda path: int(steps[path][1]))


def _is_whole(checkpoint: Path) -> bool:
    """Trainer writes the state last, so the rest is there once this can be read."""
    try:
        json.loads((checkpoint / "trainer_state.json").read_bytes())
    except (OSError, ValueError):
        return False
    return True
