"""Write CSV and JSON files for people to look into. No code reads them back."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vlm3_dataset.files import write_csv, write_json
from vlm3_dataset.schema import Class, Dropped, Page, Source
from vlm3_dataset.table import Row, page_of, qa_of


def files(work: Path, sources: Iterable[Source]) -> None:
    write_csv(work / "inventory.csv", sources, Source)


def pages(work: Path, rows: Iterable[Row]) -> None:
    write_csv(work / "inventory_prepared.csv", map(page_of, rows), Page)


def classes(work: Path, rows: Iterable[Row]) -> None:
    found = (Class(row["page_id"], row["content_type"], row["ask"], row["why_not"]) for row in rows)
    write_csv(work / "classified" / "pages.csv", found, Class)


def raw(work: Path, rows: Iterable[Row]) -> None:
    """Write one file per labelled page: its class, and its pairs."""
    for row in rows:
        said = row["labels"]
        named = {name: said[name] for name in ("section", "language", "names", "resolved", "problem")}
        pairs = [qa_of(pair) for pair in row["pairs"]]
        _write(work, "qa_raw", row, content_type=said["content_type"], pairs=pairs, **named)


def filtered(work: Path, rows: Iterable[Row]) -> None:
    """Write two files per page: the pairs that pass the rules, and those left without duplicates; both with drops."""
    for row in rows:
        passed = [pair for pair in row["pairs"] if pair["like"] or not pair["reason"]]
        broken = [pair for pair in row["pairs"] if pair["reason"] and not pair["like"]]
        unique = [pair for pair in passed if not pair["like"]]
        repeated = [pair for pair in passed if pair["like"]]
        for stage, kept, dropped in (("qa_filtered", passed, broken), ("qa_unique", unique, repeated)):
            gone = [Dropped(qa_of(pair), pair["reason"], pair["like"]) for pair in dropped]
            _write(work, stage, row, pairs=[qa_of(pair) for pair in kept], dropped=gone)


def _write(work: Path, stage: str, row: Row, **said: Any) -> None:
    write_json(work / stage / f"{row['page_id']}.json", {"sha256": row["sha256"]} | said)
