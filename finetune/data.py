"""Read a dataset from a folder or the hub into rows, and list those that are left out, with reasons."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from PIL import Image
from pydantic import ValidationError
from tqdm import tqdm

from finetune.examples import PageImage, Row
from vlm3_dataset.errors import Misused, UserError
from vlm3_dataset.files import read_json, sha256
from vlm3_dataset.hub import reader
from vlm3_dataset.hub.format import CONFIGS, NO_VALIDATION, RELEASE
from vlm3_dataset.hub.reader import RowError

if TYPE_CHECKING:
    from datasets import Dataset

BY_PAGE = tuple(name for name in CONFIGS if name != "qa")  # configs with a row a page or a thread
ROLES = {"user": "question", "assistant": "answer"}  # of a pair, by who says it
MAX_ASPECT = 200  # Qwen2-VL's image processor refuses a longer strip


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is left out of training, and why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Data:
    """The rows of both splits, what was left out of them, and the version that the dataset gives itself."""

    train: list[Row]
    val: list[Row]
    left_out: list[LeftOut]
    version: str = ""

    @property
    def pages(self) -> int:
        """The number of pages; one that stands under two ids counts once."""
        return len({row.image.sha256 for row in self.train + self.val if row.image})


def read_dataset(source: str, revision: str | None = None) -> Data:
    """Read a dataset.

    Args:
        source: a folder with `vlm_train.jsonl` and perhaps `vlm_val.jsonl`, or the JSONL file to train on, the latter
            beside it; a folder of Parquet with a row per page (`page_id`, `image`, `qa`: a list of `question` and
            `answer`), or `owner/name` of such a one on the hub. Of a dataset that emit wrote, pages, sheets and
            threads are taken.
        revision: branch, tag or commit on the hub.

    Raises UserError where there is no such dataset, or where no row of it can be trained on.
    """
    lines = Path(source) if source.endswith(".jsonl") else Path(source, "vlm_train.jsonl")
    if lines.is_file():
        found = {"train": _from_lines(lines), "val": _from_lines(lines.with_name("vlm_val.jsonl"))}
        version = str((read_json(lines.with_name(RELEASE)) or {}).get("version", ""))
    else:
        found, version = _from_tables(source, revision)
    train, val = ([row for row in rows if isinstance(row, Row)] for rows in found.values())
    left_out = [row for rows in found.values() for row in rows if isinstance(row, LeftOut)]
    if not train:
        why = f"; the first: {left_out[0].where}: {left_out[0].reason}" if left_out else ""
        raise UserError(f"{source} has no row to train on ({len(left_out)} left out{why})")
    return Data(train, val, left_out, version)


def summary(data: Data) -> list[str]:
    """Return lines about the rows that training sees, and the reasons for those left out, with count and place."""
    texts = sum(row.image is None for row in data.train + data.val)
    beside = f", {texts} of them without a page" if texts else ""
    lines = [f"{len(data.train)} training and {len(data.val)} validation rows about {data.pages} pages{beside}"]
    lines += [] if data.val else [NO_VALIDATION]
    counts = Counter(one.reason for one in data.left_out)
    first = {one.reason: one.where for one in reversed(data.left_out)}
    return lines + [f"left out {count} x {reason} (first: {first[reason]})" for reason, count in counts.most_common()]


def _from_lines(path: Path) -> list[Row | LeftOut]:
    if not path.is_file():
        return []
    found: list[Row | LeftOut] = []
    opened = cache(lambda page: _page(partial(reader.open_page, page), page.read_bytes))  # once for all its questions
    for number, line in enumerate(_bar(path.read_bytes().splitlines()), 1):
        where = f"{path.name} line {number}"
        try:
            row = reader.parse(line)
            page = None if row.image is None else reader.inside(path.parent, row.image)
        except RowError as error:
            found.append(LeftOut(where, str(error)))
        else:
            found.append(_checked(where, row, page and partial(opened, page)))
    return found


def _from_tables(source: str, revision: str | None) -> tuple[dict[str, list[Row | LeftOut]], str]:
    folder = Path(source)
    if not (folder.is_dir() and any(folder.rglob("*.parquet"))) and not re.fullmatch(r"[\w.-]+/[\w.-]+", source):
        raise Misused(f"{source} holds neither vlm_train.jsonl nor Parquet; make one with `make all`")
    from datasets import get_dataset_config_names, load_dataset
    from datasets.exceptions import DatasetGenerationError

    try:
        there = get_dataset_config_names(source, revision=revision)
        configs = [name for name in BY_PAGE if name in there] or [None]  # None: Parquet that somebody else wrote
        loaded = [load_dataset(source, name, revision=revision) for name in configs]
    except (OSError, ValueError, RuntimeError, httpx.HTTPError, DatasetGenerationError) as error:
        raise UserError(f"cannot load {source}, here or from the hub: {' '.join(str(error).split())}") from None
    tables = [splits["train"] for splits in loaded if "train" in splits]
    needed = {"page_id", "qa", *(["image"] if configs[0] in {None, "pages"} else [])}
    missing = needed - set(tables[0].column_names) if tables else {"split train"}
    if missing:
        raise UserError(f"{source} is no dataset of pages: it lacks {', '.join(sorted(missing))}")
    found: dict[str, list[Row | LeftOut]] = {"train": [], "val": []}
    for splits in loaded:
        for split, name in (("train", "train"), ("val", "validation" if "validation" in splits else "val")):
            found[split] += _from_table(splits[name], split) if name in splits else ()
    # The version by the dataset's card, and the hub's commit.
    info = tables[0].info
    commits = {found for url in info.download_checksums or () for found in re.findall(r"@([0-9a-f]{40})/", url)}
    version = str(info.version or "")
    return found, " ".join([*([version] if version not in {"", "0.0.0"} else []), *sorted(commits)])


def _from_table(table: "Dataset", split: str) -> Iterator[Row | LeftOut]:
    import pyarrow.compute as pc
    from datasets import Image as Picture

    given, pages = [False] * len(table), table
    if "image" in table.column_names:
        table = table.cast_column("image", Picture(decode=False))
        cells, pages = table.data.column("image"), table.remove_columns("image")
        given = pc.or_(*(pc.is_valid(pc.struct_field(cells, part)) for part in ("bytes", "path"))).to_pylist()
    for index, page in enumerate(_bar(pages)):
        read = partial(_bytes, table, index)  # a page stays in the table's file until it is needed
        opened = cache(partial(_page, partial(_open, read), read))
        of_page = {name: page[name] for name in ("page_id", "content_type", "source") if page.get(name)}
        for number, pair in enumerate(page["qa"] or (), 1):
            where = f"{split} page {page['page_id']} question {number}"
            told = pair or {}  # a list may hold nulls
            turns = [{"role": role, "content": told.get(part) or ""} for role, part in ROLES.items()]
            metadata = of_page | {"needs_image": told.get("needs_image")}
            try:
                row = reader.Row.model_validate({"image": None, "conversations": turns, "metadata": metadata})
            except ValidationError as error:
                yield LeftOut(where, reader.why(error))
            else:
                yield _checked(where, row, opened if given[index] else None)


def _bytes(table: "Dataset", index: int) -> bytes:
    return table[index]["image"].get("bytes") or b""


def _open(read: Callable[[], bytes]) -> Image.Image:
    return reader.open_page(BytesIO(read()))


def _checked(where: str, row: reader.Row, page: Callable[[], PageImage | str] | None) -> Row | LeftOut:
    """Return a row with its page, which is opened last, or why it is left out."""
    told = row.metadata
    if not row.question or not row.answer:
        return LeftOut(where, "empty question or answer")
    if token := reader.special_token(row.question) or reader.special_token(row.answer):
        return LeftOut(where, f"text holds the special token {token}")
    if page is None and told.needs_image:
        return LeftOut(where, "the question needs its page, and there is no image")
    image = page and page()
    if isinstance(image, str):
        return LeftOut(where, image)
    # The dataset names a manual's file as its source, or `forum` for a thread.
    source = "forum" if told.source == "forum" else "manual" if image else "text"
    return Row(told.page_id, image, row.question, row.answer, told.content_type, source)


def _page(load: Callable[[], Image.Image], read: Callable[[], bytes]) -> PageImage | str:
    """Return a page, or why it cannot be used.

    It is decoded in full, because only that detects a torn file: 20 ms each, once, before hours of training.
    """
    try:
        size = load().size
    except RowError as error:
        return str(error)
    return PageImage(load, sha256(read()), size) if max(size) <= MAX_ASPECT * min(size) else "image is a strip"


def _bar(rows: Iterable[Any]) -> Iterable[Any]:
    return tqdm(rows, desc="opening pages", unit="row", delay=2, leave=False)
