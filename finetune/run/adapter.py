"""The adapter as it is served: with the processor beside it, and of a run the best one, not the last.

In three epochs a page is seen some 30 times, and the loss on held-out pages turns upwards before the end. So at each
evaluation that is better than all before, the adapter is kept; without validation rows the last one is taken.
"""

import math
import shutil
from pathlib import Path
from typing import Any

from finetune.run.checkpoints import flush
from vlm3_dataset.files import read_json, write_json

ADAPTER = "adapter"
MEASURED = "measured.json"  # in a kept adapter: the step and its validation loss


def save(model: Any, processor: Any, folder: Path, measured: dict[str, float] | None = None) -> None:
    """Adapter and processor in one folder, by rename: what serves the one must use the other."""
    part = _part(folder)
    model.save_pretrained(part)
    (part / "README.md").unlink()  # PEFT's, a form to fill in; the run's own card says it
    processor.save_pretrained(part)
    if measured:
        write_json(part / MEASURED, measured)
    _replace(part, folder)


def keep_if_best(model: Any, processor: Any, run: Path, step: int, loss: float) -> None:
    """Keeps this step's adapter if its validation loss is below that of the one kept so far, which then goes."""
    before = best(run)
    if before and not loss < read_json(before / MEASURED)["eval_loss"]:
        return
    save(model, processor, run / f"best-{step}", {"step": step, "eval_loss": loss})
    if before and before.name != f"best-{step}":
        shutil.rmtree(before)


def best(run: Path) -> Path | None:
    """The kept adapter with the lowest loss: a kill can leave two."""
    kept = {path: read_json(path / MEASURED) for path in run.glob("best-*") if path.suffix != ".unfinished"}
    return min(kept, key=lambda path: kept[path]["eval_loss"] if kept[path] else math.inf, default=None)


def finish(model: Any, processor: Any, run: Path) -> dict[str, float] | None:
    """Puts the best adapter in its place, or the model's own where none was measured. Returns what was measured."""
    kept = best(run)
    if not kept:
        save(model, processor, run / ADAPTER)
        return None
    part = _part(run / ADAPTER)
    shutil.copytree(kept, part)
    _replace(part, run / ADAPTER)
    return read_json(kept / MEASURED)


def clear(run: Path) -> None:
    """Removes what was kept on the way, once the run is finished."""
    for folder in run.glob("best-*"):
        shutil.rmtree(folder)


def _part(folder: Path) -> Path:
    part = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(part, ignore_errors=True)
    return part


def _replace(part: Path, folder: Path) -> None:
    flush(part)  # else a power cut can leave empty files under a card that says that the run is finished
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
