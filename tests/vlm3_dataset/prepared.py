"""A work folder as `prepare` leaves it, drawn and read by ourselves: no OCR, so the stages after it take a second."""

from pathlib import Path

import pytest

from tests.vlm3_dataset.shelves import fill, scan
from vlm3_dataset import __main__ as command
from vlm3_dataset import files, table
from vlm3_dataset.files import sha256, write_json
from vlm3_dataset.schema import Page, Reading, Segment


def prepare(work: Path, pages: dict[str, list[tuple[str, str]]], sections: dict[str, str] | None = None) -> None:
    """Pages by id, each a table of two columns that stands in the reading where `scan` draws it."""
    made = []
    for page_id, rows in pages.items():
        image = scan(rows)
        section = (sections or {}).get(page_id, f"Section of {page_id}")
        path, group = f"pages/{page_id}.jpg", f"{page_id}-0x"
        made.append(
            Page(
                page_id, f"{page_id}.jpg", 1, "image", "21", section, group, path, sha256(image), width=900, height=500
            )
        )
        fill(work, {path: image})
        reading = Reading("text layer", tuple(piece for number, row in enumerate(rows) for piece in _row(number, row)))
        write_json(work / "readings" / f"{page_id}.json", files.fields(reading))
    save(work, made)


def save(work: Path, pages: list[Page]) -> None:
    """The rows of pages of which no step has said anything yet, and no others."""
    table.save(work, table.dataset(map(files.fields, pages)), is_all=True)


class NoVectors:
    """For tables in which nothing needs a vector: the model takes 10 seconds to load, and would be asked nothing."""

    origin = "nothing"

    def __init__(self, name: str) -> None:
        pass

    def __call__(self, texts):
        raise AssertionError(f"these questions need vectors: {texts}")


def run(place: Path, *stages: str) -> None:
    """Runs stages on `place`/work to `place`/training_data with the extractive labeler."""
    folders = ["--work", str(place / "work"), "--output", str(place / "training_data")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vlm3_dataset.filters.embedding.Embedder", NoVectors)
        for stage in stages:
            command.main([stage, "--labeler", "extractive", *folders])


def _row(number: int, row: tuple[str, str]) -> list[Segment]:
    top = 80 + 60 * number
    return [
        Segment(text, (left, top, left + 14 * len(text), top + 30)) for left, text in zip((60, 600), row, strict=True)
    ]
