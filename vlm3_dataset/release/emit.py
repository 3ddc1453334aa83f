"""Writes the data set. Same entries, same bytes; a reader finds a whole file or the one before it, at any moment."""

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from vlm3_dataset.files import fingerprint, read_json, sha256_of, write_bytes, write_json, writing
from vlm3_dataset.quality.split import Side
from vlm3_dataset.release.card import card
from vlm3_dataset.release.changes import Release, pairs_of, release
from vlm3_dataset.release.layout import CARD, CHANGELOG, PARQUET, RELEASE, RELEASED, parquet
from vlm3_dataset.release.rows import HUB_SPLIT, Entry, conversations, page_row, pair_rows

PAGES_A_GROUP, PAIRS_A_GROUP = 5, 5_000  # rows that a reader has to fetch together: about 3 MB


def emit(entries: Sequence[Entry], work: Path, output: Path) -> None:
    """Images first, then the rows that name them, then images of pages that no row names any more are removed."""
    entries = sorted(entries, key=lambda entry: entry.page.page_id)
    for entry in entries:
        if not _holds(output / entry.image, entry.page.sha256):
            write_bytes(output / entry.image, (work / entry.page.image).read_bytes())
    for side in ("train", "val"):
        rows = [row for entry in entries if entry.side == side for row in conversations(entry)]
        write_bytes(output / f"vlm_{side}.jsonl", "".join(_line(row) for row in rows).encode())
    _emit_hub(entries, work, output)
    _remove_images(output / "images", work / "pages", {Path(entry.image).name for entry in entries})


def sides_of(output: Path) -> dict[str, Side]:
    """The side of each group in the data set that lies there; nothing where none does."""
    found: dict[str, Side] = {}
    for side in ("train", "val"):
        path = output / f"vlm_{side}.jsonl"
        if path.is_file():
            with path.open(encoding="utf-8") as rows:
                found |= {json.loads(row)["metadata"]["group"]: side for row in rows}
    return found


def _emit_hub(entries: Sequence[Entry], work: Path, output: Path) -> None:
    """One Parquet file a config and split. The README comes last: it names the files, and carries their digest."""
    hub = output / "hub"
    written = []
    for side, split in HUB_SPLIT.items():
        mine = [entry for entry in entries if entry.side == side]
        if mine:
            pages = (page_row(entry, (work / entry.page.image).read_bytes()) for entry in mine)
            _write_parquet(hub / parquet("pages", split), pages, page_features())
            pairs = (row for entry in mine for row in pair_rows(entry))
            _write_parquet(hub / parquet("qa", split), pairs, pair_features())
            written += [parquet("pages", split), parquet("qa", split)]
    for name in set(PARQUET) - set(written):
        (hub / name).unlink(missing_ok=True)
    stored = read_json(output / RELEASED)
    last = Release(**stored) if stored else None
    now = release(last, pairs_of(entries), fingerprint(sorted(_page_columns() | _pair_columns())))
    write_json(output / RELEASE, now)
    write_bytes(hub / CHANGELOG, now.changelog.encode())
    digest = fingerprint({name: sha256_of(hub / name) for name in written})
    write_bytes(hub / CARD, card(entries, sorted(written), digest, now.version).encode())


def page_features() -> Any:
    """Columns of config `pages`."""
    from datasets import Features, Image, List

    return Features(_page_columns() | {"image": Image(), "qa": List(_pair_columns())})


def pair_features() -> Any:
    """Columns of config `qa`."""
    from datasets import Features

    return Features(_page_columns() | _pair_columns())


FEATURES = {"pages": page_features, "qa": pair_features}  # by config


def _page_columns() -> dict[str, Any]:
    from datasets import Value

    return {name: Value("string") for name in ("page_id", "section_name", "content_type", "source", "source_url")}


def _pair_columns() -> dict[str, Any]:
    from datasets import Value

    names = (
        "question",
        "answer",
        "question_type",
        "evidence",
        "labeler",
        "model",
        "prompt_version",
        "numbers_grounded",
        "second_reader",
        "reviewed",
    )
    return {name: Value("string") for name in names} | {"needs_image": Value("bool")}


def _write_parquet(path: Path, rows: Iterable[dict[str, Any]], features: Any) -> None:
    """Parquet that carries the features, so that images decode where they are loaded.

    A few pages at a time: all at once took 3.5 GB for 630 MB of images, and 3.8 seconds until a first row streamed.
    """
    from pyarrow import Table
    from pyarrow.parquet import ParquetWriter

    schema, rows = features.arrow_schema, iter(rows)
    rows_a_group = PAGES_A_GROUP if "image" in features else PAIRS_A_GROUP
    with writing(path) as file, ParquetWriter(file, schema) as writer:
        while group := [features.encode_example(row) for row in islice(rows, rows_a_group)]:
            writer.write_table(Table.from_pylist(group, schema))


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _holds(path: Path, digest: str) -> bool:
    return path.is_file() and sha256_of(path) == digest


def _remove_images(folder: Path, pages: Path, named: set[str]) -> None:
    """Removes images that an earlier run put there: those of a page we made. Anybody else's file stays."""
    for path in folder.glob("*"):
        if path.name not in named and (pages / f"{path.stem}.json").is_file():
            path.unlink()
