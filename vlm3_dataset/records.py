"""What a stage leaves of a page: <work>/<stage>/<page_id>.json, which tells of one picture of that page."""

from pathlib import Path
from typing import Any

from vlm3_dataset.files import read_json, write_json


def path(work: Path, stage: str, page_id: str) -> Path:
    return work / stage / f"{page_id}.json"


def load(work: Path, stage: str, page_id: str, sha256: str) -> dict[str, Any] | None:
    """The record, or None where there is none of the page's picture of today, whose digest is given."""
    record = read_json(path(work, stage, page_id))
    return record if record and record["sha256"] == sha256 else None


def save(work: Path, stage: str, page_id: str, sha256: str, **fields: Any) -> None:
    write_json(path(work, stage, page_id), {"sha256": sha256} | fields)
