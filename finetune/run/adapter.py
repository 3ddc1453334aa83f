"""Save the best adapter of a run for serving, with its processor beside it.

In three epochs a page is seen some 30 times, and the loss on held-out pages rises before the end. So the Trainer keeps
the checkpoint with the lowest one; without validation rows the last adapter is taken.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.run.checkpoints import flush
from vlm3_dataset.files import write_json

if TYPE_CHECKING:
    from transformers import TrainerState

ADAPTER = "adapter"


def finish(model: Any, processor: Any, run: Path, state: "TrainerState") -> dict[str, float] | None:
    """Put adapter and processor in one folder, by rename: a server must use both.

    The adapter is that of the checkpoint with the lowest validation loss, or the model's own where none was measured.
    Returns its step and loss, which `measured.json` holds too.
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
