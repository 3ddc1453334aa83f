"""Report what each stage has done and has still to do, read from its files."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from vlm3_dataset import table
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.prices import Model, money
from vlm3_dataset.endings import command
from vlm3_dataset.filters import agreement
from vlm3_dataset.hub.provenance import fold
from vlm3_dataset.review import log
from vlm3_dataset.review.decided import tally
from vlm3_dataset.review.outcome import is_behind
from vlm3_dataset.review.pairs import load
from vlm3_dataset.schema import Page
from vlm3_dataset.table import Row, page_of, qa_of

# What a stage's figures count: what is done, and what is to do.
UNITS = {
    "inventory": ("files", ""),
    "prepare": ("pages", "files"),
    "classify": ("pages", ""),
    "generate": ("pairs", "pages"),
    "filter": ("pairs", "pages"),
    "unique": ("pairs", "pages"),
    "emit": ("rows", ""),
}


def summary(work: Path, output: Path, model: Model) -> str:
    """Return the state of a work folder, one row per stage, and the past and expected cost of Claude if asked."""
    pages = table.load(work)
    every = stages(work, output, pages)
    lines = [f"{'stage':<10}{'done':>16}{'to do':>14}{'left out':>10}"]
    for stage, (done, to_do) in UNITS.items():
        figures = every[stage]
        count = f"{figures['train']} + {figures['val']}" if stage == "emit" else figures["done"]
        rest = f"{figures['to_do']} {to_do}".strip() if "to_do" in figures else ""
        out = figures.get("left_out", "")
        lines.append(f"{stage:<10}{f'{count} {done}':>16}{rest:>14}{out:>10}")
    if standing := log.standing_in(work):
        lines.append(f"review    {tally(load(work), standing)}")
    if is_behind(work, output):
        lines.append("          decided since the last emit; it wins at the next one")
    asked = [row for row in pages if row["ask"]]
    pairs = [pair for row in asked if row["kept"] is not None for pair in row["pairs"]]
    if counted := agreement.count_verdicts(qa_of(pair) for pair in pairs if not pair["reason"] or pair["like"]):
        lines.append(f"\nsecond reader of the pairs that stay: {counted}")
    if reasons := dropped(pages):
        lines += ["\ndropped pairs", *(f"  {count:6d}  {reason}" for reason, count in reasons.most_common())]
    return "\n".join([*lines, *_paid(work, list(map(page_of, asked)), model), *_further(work, output)])


def as_json(work: Path, output: Path) -> str:
    """Return the same figures as JSON: `stages` by name, and how many pairs were `dropped` for which reason."""
    pages = table.load(work)
    figures = {"stages": stages(work, output, pages), "dropped": dict(dropped(pages).most_common())}
    return json.dumps(figures, ensure_ascii=False, indent=2)


def stages(work: Path, output: Path, pages: list[Row]) -> dict[str, dict[str, int]]:
    """Return what each stage has done, has to do and has left out, counted in `UNITS`."""
    sources = table.load_files(work)
    taken = {source.path for source in sources if not source.reason}
    good = sum(not row["reason"] for row in pages)
    classified = [row for row in pages if row["ask"] is not None]
    asked = [row for row in classified if row["ask"]]
    prepared = taken & {row["source"] for row in pages}
    labelled, filtered = ([row for row in asked if row[name] is not None] for name in ("labels", "kept"))
    pairs = [pair for row in filtered for pair in row["pairs"]]
    broken = sum(bool(pair["reason"] and not pair["like"]) for pair in pairs)
    repeated = sum(bool(pair["like"]) for pair in pairs)
    unfiltered = len(asked) - len(filtered)
    return {
        "inventory": {"done": len(sources), "left_out": len(sources) - len(taken)},
        "prepare": {"done": good, "to_do": len(taken - prepared), "left_out": len(pages) - good},
        "classify": {
            "done": len(classified),
            "to_do": len(pages) - len(classified),
            "left_out": len(classified) - len(asked),
        },
        "generate": {"done": sum(len(row["pairs"]) for row in labelled), "to_do": len(asked) - len(labelled)},
        "filter": {"done": len(pairs) - broken, "to_do": unfiltered, "left_out": broken},
        "unique": {"done": len(pairs) - broken - repeated, "to_do": unfiltered, "left_out": repeated},
        "emit": {side: _count(output / f"vlm_{side}.jsonl") for side in ("train", "val")},
    }


def dropped(pages: list[Row]) -> Counter[str]:
    """Return how many pairs were dropped for which reason."""
    pairs = [pair for row in pages if row["ask"] and row["kept"] is not None for pair in row["pairs"]]
    return Counter(fold(pair["reason"], pair["like"]) for pair in pairs if pair["reason"])


def _further(work: Path, output: Path) -> Iterator[str]:
    """Yield what to do next."""
    folders = {"work": work, "output": output}
    if not (work / table.PAGES).exists():
        yield f"\nNext: {command('all', **folders)} --data-src FOLDER"
    elif unfinished(work):
        yield f"\nNext: {command('quick', **folders)}"
    elif is_behind(work, output) or not (output / "vlm_train.jsonl").exists():
        yield f"\nNext: {command('emit', **folders)}"
    else:
        yield f"\nThe dataset lies in {output}/ (report.html tells what it is made of)"
        yield f"Next: {command('review', work=work)}"


def unfinished(work: Path) -> str:
    """Return in words what is still to do; "" where all is done, or nothing was begun."""
    pages = table.load(work, "ask", "labels", "kept")
    asked = [row for row in pages if row["ask"]]
    for stage, column, rows in (("classify", "ask", pages), ("generate", "labels", asked), ("filter", "kept", asked)):
        if left := sum(row[column] is None for row in rows):
            return f"{left} of {len(rows)} pages have not been through {stage}"
    return ""


def _paid(work: Path, pages: list[Page], model: Model) -> Iterator[str]:
    if not (work / "labels.sqlite").exists():
        return
    from vlm3_dataset.labelers.claude.label import to_ask

    store = Store(work / "labels.sqlite")
    kinds = list(to_ask(pages, work, model, store))
    total, answered = (sum(kind[at] for kind in kinds) for at in (1, 2))
    yield f"\n{store.count()} answers paid for, {money(store.spent())}; {answered} of {total} requests are answered"
    if sent := len(store.on_its_way()):
        yield f"{sent} requests are on their way as batches"
    yield from (f"still to ask about {kind}: {rest}" for kind, *_, rest in kinds if rest.requests)
    store.close()


def _count(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(1 for _ in file)
