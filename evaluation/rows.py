"""Read and check the questions of a dataset's split, each with its page image, if it has one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from PIL import Image
from tqdm import tqdm

from evaluation.contamination import RowContent
from evaluation.scorers.numeric import LabelledValue, Options
from vlm3_dataset.errors import Misused
from vlm3_dataset.files import sha256
from vlm3_dataset.hub import reader
from vlm3_dataset.hub.format import NO_VALIDATION
from vlm3_dataset.hub.reader import Row, RowError, inside

SPLITS = ("val", "probes")
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}  # of the formats that every server takes as they are stored
# The fields of a row and of a question by which people say how an answer is graded; most rows have none.
GRADING = ("keywords", "critical", "labelled_values", "ordered", "forbidden", "allowed", "answerable")
Item = TypeVar("Item")


class DataError(ValueError):
    """The fault of a data folder, in one line."""


@dataclass(frozen=True, slots=True)
class Question:
    """One row: the question, its page, and the dataset's answer as the reference."""

    id: str  # page_id and the question's number on that page, from 1
    page_id: str  # or the thread that it was asked of
    folder: Path  # `image` is relative to it, and never leads out of it
    image: str | None  # None for a question about text: the model then sees no page
    image_sha256: str  # "" without a page
    text: str
    reference: str
    keywords: tuple[Any, ...] = ()  # terms as evaluation.scorers.keywords.present reads them; most rows have none
    critical: bool = False  # any wrong value, name, order, side or negation makes the score 0
    labelled_values: tuple[LabelledValue, ...] = ()  # which value belongs to which label
    ordered: tuple[Any, ...] = ()  # terms that must keep their order
    forbidden: tuple[Any, ...] = ()  # terms that a right answer does not have
    allowed: tuple[str, ...] = ()  # values that contradict nothing
    answerable: bool = True  # False where the right answer is that the page does not say

    @property
    def content(self) -> RowContent:
        """What a model could have learned of it, had it been a row of the training."""
        return RowContent(self.image_sha256, self.text, self.reference)

    @property
    def rules(self) -> Options:
        """The options for comparing an answer's numbers with the reference."""
        return {
            "question": self.text,
            "critical": self.critical,
            "labelled_values": self.labelled_values,
            "allowed": self.allowed,
        }


def grading(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return those fields of a row in JSON as a question has them: its lists as tuples."""
    return {name: _as_tuple(row[name]) for name in GRADING}


def _as_tuple(value: Any) -> Any:
    return tuple(map(_as_tuple, value)) if isinstance(value, list) else value


def spread_evenly(items: list[Item], limit: int | None) -> list[Item]:
    """Return at most `limit` items, spread evenly over a list."""
    if limit is None or limit >= len(items):
        return items
    return [items[(2 * index + 1) * len(items) // (2 * limit)] for index in range(limit)]


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield each row of a split with the number of its line. Raises DataError, with file and line, for a bad one."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield number, reader.parse(line)
            except RowError as error:
                raise DataError(f"{path.name} line {number}: {error}") from None


def read_questions(folder: Path, split: str, limit: int | None = None) -> list[Question]:
    """Return the questions of one split, in the order of the file.

    With a limit they are spread evenly over the file: the first rows would all be about the first few pages.
    Raises DataError, with file and line, for a malformed row or a missing image.
    """
    path = folder / f"vlm_{split}.jsonl"
    if not path.is_file():
        raise Misused(f"{folder} has no {path.name}; make one with `make all`, or name another folder with --data")
    questions: list[Question] = []
    asked: dict[str, int] = {}  # questions so far, by page
    hashes: dict[str | None, str] = {None: ""}  # by image
    for number, row in read_rows(path):
        try:
            if row.image not in hashes:
                hashes[row.image] = sha256(inside(folder, row.image).read_bytes())
        except RowError as error:
            raise DataError(f"{path.name} line {number}: {error}") from None
        except OSError as error:
            where = f"{path.name} line {number}: image {Path(row.image or '').name}"
            raise DataError(f"{where}: {error.strerror}") from None
        page_id = row.metadata.page_id
        asked[page_id] = asked.get(page_id, 0) + 1
        questions.append(
            Question(
                id=f"{page_id}/{asked[page_id]}",
                page_id=page_id,
                folder=folder,
                image=row.image,
                image_sha256=hashes[row.image],
                text=row.question,
                reference=row.answer,
                **grading(dict(row.metadata)),
            )
        )
    if not questions:
        raise DataError(f"{path.name} has no rows{f'; {NO_VALIDATION}' if split == 'val' else ''}")
    return spread_evenly(questions, limit)


def read_training(folder: Path) -> list[RowContent] | None:
    """Return the rows that a model was trained on; None where the data folder has none.

    A missing picture has no digest; the words of its rows are compared all the same. Raises DataError.
    """
    path = folder / "vlm_train.jsonl"
    if not path.is_file():
        return None
    hashes: dict[str | None, str] = {None: ""}  # a row without a page has words alone
    rows = []
    total = path.read_bytes().count(b"\n")
    for number, row in tqdm(read_rows(path), desc="training rows", total=total, unit="row", leave=False, delay=2):
        try:
            if row.image not in hashes:
                image = inside(folder, row.image)
                hashes[row.image] = sha256(image.read_bytes()) if image.is_file() else ""
        except RowError as error:
            raise DataError(f"{path.name} line {number}: {error}") from None
        rows.append(RowContent(hashes[row.image], row.question, row.answer))
    return rows


class OnPage(Protocol):
    """Anything about a page."""

    @property
    def folder(self) -> Path: ...

    @property
    def image(self) -> str: ...


def open_page(question: OnPage) -> Image.Image:
    """Return the page of a question, as training sees it. Raises DataError where it cannot be read."""
    try:
        return reader.open_page(inside(question.folder, question.image))
    except RowError as error:
        raise DataError(f"{question.image}: {error}") from None


def page_size(question: OnPage) -> tuple[int, int]:
    """Return width and height of a question's page as stored, without decoding it. Raises DataError."""
    try:
        return reader.page_size(inside(question.folder, question.image))
    except RowError as error:
        raise DataError(f"{question.image}: {error}") from None
