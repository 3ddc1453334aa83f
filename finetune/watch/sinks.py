"""Where the metrics may go besides metrics.jsonl; none of these is a dependency."""

import os
from importlib.util import find_spec

from finetune.config import Settings
from finetune.errors import RunError

PACKAGES = {"tensorboard": ("tensorboard", "tensorboardX"), "trackio": ("trackio",), "wandb": ("wandb",)}


def require(settings: Settings) -> None:
    """Raises RunError where the sink that was asked for is not installed, before anything is loaded for it."""
    sink = settings.report_to
    if sink is None:
        return
    if not any(find_spec(package) for package in PACKAGES[sink]):
        raise RunError(f"--report-to {sink} needs a package that is not installed: pip install {PACKAGES[sink][0]}")
    # else a folder named after date and host, a new one for each start
    os.environ.setdefault("TENSORBOARD_LOGGING_DIR", str(settings.folder / "tensorboard"))
