"""Write the dataset. Equal entries give equal bytes; at any moment a reader finds a whole file, old or new."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from vlm3_dataset.files import fingerprint, read_json, sha256_of, write_bytes, write_json, writing
from vlm3_dataset.hub.card import card, pointer, shown
from vlm3_dataset.hub.changelog import Release, release
from vlm3_dataset.hub.format import (
    CARD,
    CHANGELOG,
    CONFIGS,
    PARQUET,
    RELEASE,
    RELEASED,
    Entry,
    conversations,
    example,
    features,
    parquet,
)
from vlm3_dataset.hub.provenance import UNKNOWN, Provenance
from vlm3_dataset.hub.reader import thumbnail
from vlm3_dataset.pictures import encoded

EXAMPLE_EDGE = 480  # pixels
PAGES_A_GROUP, PAIRS_A_GROUP = 5, 5_000  # rows of a row group, which a reader fetches together: about 3 MB


def emit(entries: Sequence[Entry], work: Path, output: Path, provenance: Provenance = UNKNOWN) -> None:
    """Write images first, then the rows that name them; then remove images of pages that no row names any more."""
    entries = sorted(entries, key=lambda entry: (entry.config, entry.page.page_id))
    for entry in tqdm(entries, "emit", unit="page", delay=2, leave=False):
        if entry.image and not _holds(output / entry.image, entry.page.sha256):
            write_bytes(output / entry.image, (work / entry.page.image).read_bytes())
    for side in ("train", "val"):
        rows = (row for entry in entries if entry.side == side for row in conversations(entry))
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        write_bytes(output / f"vlm_{side}.jsonl", "".join(lines).encode())
    _emit_hub(entries, output, provenance)
    in_use = {Path(entry.image).name for entry in entries if entry.image}
    for path in (output / "images").glob("*"):  # an earlier run has put them there; other files stay
        if path.name not in in_use and (work / "pages" / f"{path.stem}.json").is_file():
            path.unlink()


def _emit_hub(entries: Sequence[Entry], output: Path, provenance: Provenance) -> None:
    """Write one Parquet file per config and split from the builder's own rows, so that both hold the same.

    The README comes last: it names the files, and carries their digest.
    """
    hub = output / "hub"
    written = []
    with tqdm(total=len(entries), desc="Parquet", unit="page", delay=2, leave=False) as bar:
        for config in CONFIGS:
            for split, rows in _built(config, output):
                counted = rows if config == "qa" else _ticking(rows, bar)  # qa has the pairs of all entries once more
                _write_parquet(hub / parquet(config, split), counted, features(config))
                written.append(parquet(config, split))
    for name in set(PARQUET) - set(written):
        (hub / name).unlink(missing_ok=True)
    stored = read_json(output / RELEASED)
    last = Release(**stored) if stored else None
    now = release(last, entries)
    write_json(output / RELEASE, now)
    write_bytes(hub / CHANGELOG, now.changelog.encode())
    examples = {example(entry.page.page_id): output / entry.image for entry in shown(entries)}
    for name, image in examples.items():
        small = thumbnail(image, (EXAMPLE_EDGE, EXAMPLE_EDGE))
        write_bytes(hub / name, encoded(small, "JPEG", quality=75))
    digest = fingerprint({name: sha256_of(hub / name) for name in written})
    write_bytes(output / CARD, pointer(sorted(written), digest, now.version).encode())
    write_bytes(hub / CARD, card(entries, sorted(written), digest, now.version, provenance).encode())
    for path in hub.glob(example("*")):
        if path.relative_to(hub).as_posix() not in examples:
            path.unlink()


def _built(config: str, output: Path) -> Iterator[tuple[str, Iterable[dict[str, Any]]]]:
    """Yield each split with its rows, read one at a time. The builder's folder holds its locks, and no cache."""
    from vlm3_dataset.vlm3_dataset import Vlm3

    with TemporaryDirectory(prefix="vlm3-emit-") as locks:
        yield from Vlm3(config_name=config, data_dir=output, cache_dir=locks).rows().items()


def _ticking(rows: Iterable[dict[str, Any]], bar: tqdm) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield row
        bar.update()


def _write_parquet(path: Path, rows: Iterable[dict[str, Any]], columns: Any) -> None:
    """Write Parquet that carries the features, so that images decode where they are loaded.

    A few pages at a time: all at once took 3.5 GB for 630 MB of images, and 3.8 seconds until a first row streamed.
    """
    from pyarrow import Table
    from pyarrow.parquet import ParquetWriter

    schema, rows = columns.arrow_schema, iter(rows)
    rows_a_group = PAGES_A_GROUP if "image" in columns else PAIRS_A_GROUP
    with writing(path) as file, ParquetWriter(file, schema) as writer:
        while group := [columns.encode_example(row) for row in islice(rows, rows_a_group)]:
            writer.write_table(Table.from_pylist(group, schema))


def _holds(path: Path, digest: str) -> bool:
    return path.is_file() and sha256_of(path) == digest
