"""Start the console commands; if an extra was not installed, say in one line which one is missing."""

import sys
from importlib import import_module

from vlm3_dataset.arguments import fail

PACKAGES = ("e30crawl", "vlm3_dataset", "finetune", "evaluation")


def vlm3() -> None:
    start("vlm3", "vlm3_dataset", "dataset")


def vlm3_finetune() -> None:
    start("vlm3-finetune", "finetune", "finetune")


def vlm3_evaluate() -> None:
    start("vlm3-evaluate", "evaluation", "evaluation")


def start(command: str, package: str, extra: str) -> None:
    """Run a package's command line. It needs the libraries of its own extra only.

    Raises:
        SystemExit: with the command's own exit code, or with 1 and one line where a library is not installed.
    """
    try:
        sys.exit(import_module(f"{package}.__main__").main())
    except ModuleNotFoundError as error:
        if (library := (error.name or "").partition(".")[0]) in PACKAGES:
            raise  # a bug of ours, which no extra would mend
        fail(command, f"{library} is not installed; pip install 'vlm3[{extra}]' brings what {command} needs")
