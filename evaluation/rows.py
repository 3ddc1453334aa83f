"""The questions of a data set's split: each checked at the door, each with the page image it is about."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

SPLITS = ("val",)


class DataError(ValueError):
    """What is wrong with the data folder, in one line."""


@dataclass(frozen=True, slots=True)
class Question:
    """One row: what is asked about which page, and what the data set says is right."""

    id: str  # page_id and the question's number on that page, from 1
    page_id: str
    image: str  # relative to the data folder
    image_sha256: str
    text: str
    reference: str
    keywords: tuple[Any, ...] = ()  # terms as evaluation.keywords.present reads them; most rows have none


class _Turn(BaseModel):
    role: Literal["user", "assistant"]
    content: str


class _Metadata(BaseModel):
    page_id: str
    keywords: list[str | dict[str, Any]] = []


class _Row(BaseModel):
    image: str
    conversations: tuple[_Turn, _Turn]
    metadata: _Metadata


def inside(folder: Path, name: str) -> Path:
    """The file `name` of a folder. Raises DataError for a path that leads out of it, by dots, root or link."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise DataError(f"{name!r} leads out of the data folder")
    return path


def read_questions(folder: Path, split: str, limit: int | None = None) -> list[Question]:
    """The questions of one split, in the order of the file.

    With a limit, rows spread evenly over the file: the first rows would all be about the first few pages.
    Raises DataError, naming file and line, for a row that does not fit and for an image that is not there.
    """
    path = folder / f"vlm_{split}.jsonl"
    if not path.is_file():
        raise DataError(f"{folder} has no {path.name}; make one with `make all`, or name another folder with --data")
    questions: list[Question] = []
    asked: dict[str, int] = {}  # questions so far, by page
    hashes: dict[str, str] = {}  # by image
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = _Row.model_validate_json(line)
                if row.image not in hashes:
                    hashes[row.image] = hashlib.sha256(inside(folder, row.image).read_bytes()).hexdigest()
            except (ValidationError, DataError, OSError) as error:
                raise DataError(f"{path.name} line {number}: {_reason(error)}") from None
            page_id = row.metadata.page_id
            asked[page_id] = asked.get(page_id, 0) + 1
            questions.append(_question(row, f"{page_id}/{asked[page_id]}", hashes[row.image]))
    if not questions:
        raise DataError(f"{path.name} has no rows")
    return _spread(questions, limit)


def _reason(error: ValidationError | DataError | OSError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'row'}: {first['msg']}"
    return f"image {Path(error.filename).name}: {error.strerror}" if isinstance(error, OSError) else str(error)


def _question(row: _Row, name: str, image_sha256: str) -> Question:
    user, assistant = row.conversations
    return Question(
        id=name,
        page_id=row.metadata.page_id,
        image=row.image,
        image_sha256=image_sha256,
        text=user.content.strip(),
        reference=assistant.content.strip(),
        keywords=tuple(row.metadata.keywords),
    )


def _spread(questions: list[Question], limit: int | None) -> list[Question]:
    if limit is None or limit >= len(questions):
        return questions
    return [questions[(2 * index + 1) * len(questions) // (2 * limit)] for index in range(limit)]
