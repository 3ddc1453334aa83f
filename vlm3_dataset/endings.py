"""Write the last lines of a command: where its results are, and what to do next."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

PROG = "vlm3"
DEFAULTS = {"work": "work", "output": "training_data"}
STAGES = ("inventory", "prepare", "classify", "generate", "filter", "emit")


def ending(stage: str, work: Path, output: Path) -> str:
    """Return the last lines of a run whose last stage this was."""
    results = list(_results(stage, work, output))
    wide = max(len(place) for place, _ in results)
    lines = [f"  {place:<{wide}}  {what}" for place, what in results]
    return "\n".join(["", "Where it lies", *lines, "Next", *(f"  {line}" for line in _next(stage, work, output))])


def command(words: str, **folders: Path) -> str:
    """Return a command line for these folders; those that are the default are not named."""
    named = [(f"--{name}", str(place)) for name, place in folders.items() if str(place) != DEFAULTS[name]]
    return " ".join([PROG, words, *(shlex.join(each) for each in named)])


def _results(stage: str, work: Path, output: Path) -> Iterator[tuple[str, str]]:
    yield f"{work}/inventory.csv", "every file found, and why some were left out"
    if stage != "inventory":
        yield f"{work}/inventory_prepared.csv", "every page, and why some have no picture; images in pages/"
    if stage in STAGES[2:]:
        yield f"{work}/classified/pages.csv", "what kind of page each is, and whether it is asked about"
    if stage in STAGES[3:]:
        yield f"{work}/qa_raw/", "the pairs of each page"
    if stage in STAGES[4:]:
        yield f"{work}/qa_unique/", "those that stay, and in qa_filtered/ too, those dropped, with the reason"
    if stage == "emit":
        yield f"{output}/report.html", "what the dataset is made of and what was left out: open it in a browser"
        yield f"{output}/", "the dataset, for load_dataset and the training; hub/ is what would be published"


def _next(stage: str, work: Path, output: Path) -> Sequence[str]:
    if stage != "emit":
        return [command(STAGES[STAGES.index(stage) + 1], work=work, output=output)]
    return [
        command("review", work=work) + "  # look at pairs beside their pages; then emit again",
        f"vlm3-finetune --data {shlex.quote(str(output))}  # train on it",
        command("publish ORG/NAME --dry-run", work=work, output=output) + "  # look through it before others do",
    ]
