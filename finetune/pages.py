"""Reads a data set, from a folder or from the hub, into rows; says which were left out and why."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from PIL import Image, ImageOps
from pydantic import BaseModel, ValidationError
from tqdm import tqdm

from finetune.errors import RunError
from finetune.rows import Row, special_token

if TYPE_CHECKING:
    from datasets import Dataset

Opener = Callable[[], Image.Image]

MAX_ASPECT = 200  # Qwen2-VL's image processor refuses a longer strip


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that training will not see."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Data:
    """The rows of both splits, and what was left out of them."""

    train: list[Row]
    val: list[Row]
    left_out: list[LeftOut]


@dataclass(frozen=True, slots=True)
class Asked:
    """A pair as it was found, its page not yet opened."""

    where: str
    page_id: str
    image: Opener
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class _File:
    """A page in a file of its own."""

    path: Path

    def __call__(self) -> Image.Image:
        return _decoded(self.path)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A page in a row of a table: its bytes stay in the table's file until they are needed."""

    table: "Dataset"
    index: int

    def __call__(self) -> Image.Image:
        return _decoded(BytesIO(self.table[self.index]["image"]["bytes"]))


class _Turn(BaseModel):
    role: str
    content: str


class _Metadata(BaseModel):
    page_id: str


class _Line(BaseModel):
    image: str
    conversations: list[_Turn]
    metadata: _Metadata


class _Pair(BaseModel):
    question: str
    answer: str


def read(source: str, revision: str | None = None) -> Data:
    """Reads a data set.

    Args:
        source: a folder with `vlm_train.jsonl` and perhaps `vlm_val.jsonl`, a folder of Parquet with a row per page
            (`page_id`, `image`, `qa`: a list of `question` and `answer`), or `owner/name` of such a one on the hub.
        revision: branch, tag or commit on the hub.

    Raises RunError where there is no such data set, or where no row of it can be trained on.
    """
    folder = Path(source)
    if (folder / "vlm_train.jsonl").is_file():
        found = {split: list(_from_lines(folder, split)) for split in ("train", "val")}
    else:
        found = _from_tables(source, revision)
    sizes = cache(_size)
    everything = tqdm(found["train"] + found["val"], desc="opening pages", unit="row", delay=2, leave=False)
    checked = [_checked(asked, sizes) for asked in everything]
    train = [row for row in checked[: len(found["train"])] if isinstance(row, Row)]
    val = [row for row in checked[len(found["train"]) :] if isinstance(row, Row)]
    left_out = [row for row in checked if isinstance(row, LeftOut)]
    if not train:
        why = f"; the first: {left_out[0].where}: {left_out[0].reason}" if left_out else ""
        raise RunError(f"{source} has no row to train on ({len(left_out)} left out{why})")
    return Data(train, val, left_out)


def summary(data: Data) -> list[str]:
    """What training will see, and of what was left out the reasons, each with its count and first place."""
    pages = len({row.page_id for row in data.train + data.val})
    lines = [f"{len(data.train)} training and {len(data.val)} validation rows about {pages} pages"]
    counts = Counter(one.reason for one in data.left_out)
    first = {one.reason: one.where for one in reversed(data.left_out)}
    return lines + [f"left out {count} x {reason} (first: {first[reason]})" for reason, count in counts.most_common()]


def _from_lines(folder: Path, split: str) -> Iterator[Asked | LeftOut]:
    path = folder / f"vlm_{split}.jsonl"
    if not path.is_file():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            yield _from_line(folder, f"{path.name} line {number}", line)


def _from_line(folder: Path, where: str, line: bytes) -> Asked | LeftOut:
    try:
        found = _Line.model_validate_json(line)
    except ValidationError as error:
        return LeftOut(where, _first(error))
    if [turn.role for turn in found.conversations] != ["user", "assistant"]:
        return LeftOut(where, "not one question and one answer")
    path = (folder / found.image).resolve()
    if not path.is_relative_to(folder.resolve()):
        return LeftOut(where, "image path leads out of the data folder")
    question, answer = found.conversations
    return Asked(where, found.metadata.page_id, _File(path), question.content, answer.content)


def _from_tables(source: str, revision: str | None) -> dict[str, list[Asked | LeftOut]]:
    folder = Path(source)
    if not (folder.is_dir() and any(folder.rglob("*.parquet"))) and not re.fullmatch(r"[\w.-]+/[\w.-]+", source):
        raise RunError(f"{source} holds neither vlm_train.jsonl nor Parquet; make one with `make all`")
    from datasets import Image as Picture
    from datasets import load_dataset
    from datasets.exceptions import DatasetGenerationError

    try:
        splits = load_dataset(source, revision=revision)
    except (OSError, ValueError, RuntimeError, httpx.HTTPError, DatasetGenerationError) as error:
        raise RunError(f"cannot load {source}, here or from the hub: {' '.join(str(error).split())}") from None
    missing = {"page_id", "image", "qa"} - set(splits["train"].column_names) if "train" in splits else {"split train"}
    if missing:
        raise RunError(f"{source} is no data set of pages: it lacks {', '.join(sorted(missing))}")
    names = {"train": "train", "val": "validation" if "validation" in splits else "val"}
    found = {}
    for split, name in names.items():
        table = splits[name].cast_column("image", Picture(decode=False)) if name in splits else None
        found[split] = list(_from_table(table, split)) if table is not None else []
    return found


def _from_table(table: "Dataset", split: str) -> Iterator[Asked | LeftOut]:
    for index, page in enumerate(table.remove_columns("image")):
        for number, pair in enumerate(page["qa"], 1):
            where = f"{split} page {page['page_id']} question {number}"
            try:
                found = _Pair.model_validate(pair)
            except ValidationError as error:
                yield LeftOut(where, _first(error))
            else:
                yield Asked(where, page["page_id"], _Cell(table, index), found.question, found.answer)


def _checked(asked: Asked | LeftOut, size_of: Callable[[Opener], tuple[int, int] | str]) -> Row | LeftOut:
    if isinstance(asked, LeftOut):
        return asked
    if not asked.question.strip() or not asked.answer.strip():
        return LeftOut(asked.where, "empty question or answer")
    if token := special_token(asked.question) or special_token(asked.answer):
        return LeftOut(asked.where, f"text holds the special token {token}")
    size = size_of(asked.image)
    if isinstance(size, str):
        return LeftOut(asked.where, size)
    return Row(asked.page_id, asked.image, size, asked.question.strip(), asked.answer.strip())


def _size(image: Opener) -> tuple[int, int] | str:
    """Width and height of a page, or why it cannot be used.

    The whole page is decoded, since a torn file is noticed by nothing less: 20 ms each, once, before hours of training.
    """
    try:
        width, height = image().size
    except FileNotFoundError:
        return "image is missing"
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:  # what Pillow raises on bad files
        return f"image cannot be read ({type(error).__name__})"
    return (width, height) if max(width, height) <= MAX_ASPECT * min(width, height) else "image is a strip"


def _decoded(source: Path | BytesIO) -> Image.Image:
    with Image.open(source) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def _first(error: ValidationError) -> str:
    wrong = error.errors()[0]
    where = ".".join(str(part) for part in wrong["loc"])
    return f"{where}: {wrong['msg']}" if where else f"not a row: {wrong['msg']}"
