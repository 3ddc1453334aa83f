"""What each stage has done and has still to do, read from its files."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from vlm3_dataset import files
from vlm3_dataset.labels.store import Store


def table(work: Path, output: Path) -> str:
    """The state of a work folder, a row a stage."""
    sources, pages, classes = (
        _rows(work / name) for name in ("inventory.csv", "inventory_prepared.csv", "classified/pages.csv")
    )
    taken = sum(not row["reason"] for row in sources)
    good = sum(not row["reason"] for row in pages)
    asked = {row["page_id"] for row in classes if row["ask"] == "True"}
    to_ask = {row["page_id"]: row["sha256"] for row in pages if row["page_id"] in asked}
    known = {row["page_id"] for row in pages}
    sources_done = {row["source"] for row in pages} & {row["path"] for row in sources if not row["reason"]}
    lines = [
        _line("stage", "done", "to do", "left out"),
        _line("inventory", f"{len(sources)} files", "", f"{len(sources) - taken}"),
        _line("prepare", f"{good} pages", f"{_left(taken, len(sources_done))} files", f"{len(pages) - good}"),
        _line(
            "classify", f"{len(classes)} pages", f"{_left(len(known), len(classes))}", f"{len(classes) - len(to_ask)}"
        ),
    ]
    for stage, folder in (("generate", "qa_raw"), ("filter", "qa_filtered"), ("unique", "qa_unique")):
        records = [record for page_id, digest in to_ask.items() if (record := _record(work, folder, page_id, digest))]
        pairs = sum(len(record["pairs"]) for record in records)
        dropped = sum(len(record.get("dropped", ())) for record in records)
        lines.append(_line(stage, f"{pairs} pairs", f"{len(to_ask) - len(records)} pages", f"{dropped or ''}"))
    rows = {side: _count(output / f"vlm_{side}.jsonl") for side in ("train", "val")}
    lines.append(_line("emit", f"{rows['train']} + {rows['val']} rows", "", ""))
    return "\n".join([*lines, *_reasons(work, to_ask), *_paid(work)])


def _reasons(work: Path, to_ask: dict[str, str]) -> Iterator[str]:
    """Why pairs were dropped, most frequent first; numbers inside a reason are folded so that it counts once."""
    counts: Counter[str] = Counter()
    for folder in ("qa_filtered", "qa_unique"):
        for page_id, digest in to_ask.items():
            record = _record(work, folder, page_id, digest) or {"dropped": []}
            counts.update(_fold(dropped["reason"]) for dropped in record["dropped"])
    if counts:
        yield "\ndropped pairs"
        yield from (f"  {count:6d}  {reason}" for reason, count in counts.most_common())


def _paid(work: Path) -> Iterator[str]:
    if (work / "labels.sqlite").exists():
        store = Store(work / "labels.sqlite")
        yield f"\n{store.count()} answers paid for, ${store.spent():.2f}"
        store.close()


def _fold(reason: str) -> str:
    return " ".join("N" if any(sign.isdigit() for sign in word) else word for word in reason.split())


def _left(all_: int, done: int) -> int:
    return max(0, all_ - done)


def _line(*cells: str) -> str:
    return f"{cells[0]:<10}{cells[1]:>16}{cells[2]:>14}{cells[3]:>10}"


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _record(work: Path, folder: str, page_id: str, digest: str) -> dict | None:
    """A stage's record of a page, if it tells of the page's picture of today."""
    record = files.read_json(work / folder / f"{page_id}.json")
    return record if record and record["sha256"] == digest else None


def _count(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(1 for _ in file)
