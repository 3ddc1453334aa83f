"""Check a finished dataset before it is published: load it as its users will, every row and image."""

import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from vlm3_dataset.errors import UserError
from vlm3_dataset.files import fingerprint
from vlm3_dataset.hub.format import CARD, CHANGELOG, CONFIGS, PARQUET, features, parquet
from vlm3_dataset.hub.reader import RowError, open_page

EXAMPLE = re.compile(r"^!\[a page\]\((examples/[^/()\n]+\.jpg)\)$", re.MULTILINE)
PROVENANCE = ("page_id", "source", "labeler", "prompt_version")


class Unpublishable(UserError):
    """The reason why a dataset cannot be published. It contains no token and no address."""


@dataclass(frozen=True, slots=True)
class File:
    name: str  # path in the folder and in the repository
    size: int  # bytes
    sha256: str
    blob: str  # git's blob id; the Hub gives it for small files, and the SHA-256 for large ones


@dataclass(frozen=True, slots=True)
class Summary:
    """What would be published. `rows` are counted by `config/split`."""

    version: str
    files: tuple[File, ...]
    rows: dict[str, int]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    def __str__(self) -> str:
        rows = ", ".join(f"{name} {count:,}" for name, count in self.rows.items())
        return f"version {self.version}, {len(self.files)} files, {self.size / 1e6:,.1f} MB; rows: {rows}"


def check(hub: Path) -> Summary:
    """Load the folder as its users will, look at every row and every image, and return what would be published.

    Raises Unpublishable where emit did not finish, a file is missing, of another kind or not emit's, an image cannot be
    read, a row does not say where it comes from, the two configs disagree, or a page stands in two places.
    """
    files = _files(hub)
    digest = fingerprint({file.name: file.sha256 for file in files if file.name in PARQUET})
    rows: dict[str, int] = {}
    seen: dict[str, str] = {}
    with TemporaryDirectory(prefix="vlm3-publish-") as cache:
        there = [config for config in CONFIGS if any((hub / config).glob("*.parquet"))]
        loaded = {config: _load(hub, config, cache, digest) for config in there}
        named = {parquet(config, split) for config in there for split in loaded[config]}
        if named != {file.name for file in files} & set(PARQUET):
            raise Unpublishable(f"{hub / CARD} names other files than there are; run emit again")
        for split, pairs in loaded.get("qa", {}).items():
            parts = {config: loaded[config][split] for config in there[:-1] if split in loaded[config]}
            expected = chain.from_iterable(_pairs(part, config, split, seen) for config, part in parts.items())
            for number, (pair, row) in enumerate(zip_longest(expected, pairs)):
                where = f"{parquet('qa', split)}, row {number}"
                if row is not None:
                    _check_provenance(where, row, PROVENANCE)
                if pair != row:
                    raise Unpublishable(f"{where}: not the pair that {parquet('pages', split)} has; run emit again")
            rows |= {f"{config}/{split}": len(part) for config, part in (*parts.items(), ("qa", pairs))}
        version = str(next(iter(loaded["qa"].values())).info.version)
    return Summary(version, files, dict(sorted(rows.items())))


def _files(hub: Path) -> tuple[File, ...]:
    """Return the card, its pictures and the Parquet files; any other file was never checked, and is refused."""
    if not (hub / CARD).is_file():
        raise Unpublishable(f"{hub / CARD} is missing; run emit first")
    known = [CARD, CHANGELOG, *PARQUET, *_examples(hub)]
    for path in sorted(hub.rglob("*")):
        if not path.is_dir() and path.relative_to(hub).as_posix() not in known:
            raise Unpublishable(f"{path} is not of emit's making; move it away")
    return tuple(_file(hub, name) for name in known if (hub / name).is_file())


def _examples(hub: Path) -> list[str]:
    """Return the pictures that the card shows, after decoding each."""
    names = EXAMPLE.findall((hub / CARD).read_text(encoding="utf-8", errors="replace"))
    for name in names:
        try:
            open_page(hub / name)
        except RowError as error:
            raise Unpublishable(f"{hub / name}: {error}; run emit again") from None
    return names


def _file(hub: Path, name: str) -> File:
    size = (hub / name).stat().st_size
    sha256, blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with (hub / name).open("rb") as file:
        while part := file.read(2**20):
            sha256.update(part)
            blob.update(part)
    return File(name, size, sha256.hexdigest(), blob.hexdigest())


def _load(hub: Path, config: str, cache: str, digest: str) -> Any:
    """Load one config with emit's columns. The path is absolute so that it is not taken for a repository's name."""
    from datasets import disable_progress_bars, load_dataset, load_dataset_builder
    from datasets.exceptions import DatasetsError
    from pyarrow import ArrowException
    from yaml import YAMLError

    disable_progress_bars()
    folder = str(hub.resolve())
    try:
        said = load_dataset_builder(folder, config, cache_dir=cache).config.description
        loaded = load_dataset(folder, config, cache_dir=cache)
    except (
        DatasetsError,
        OSError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        YAMLError,
        ArrowException,
    ) as error:
        why = " ".join(str(error.__cause__ or error).split())[:200]
        raise Unpublishable(f"config {config} of {hub} does not load ({why}); run emit again") from None
    if said != f"content {digest}":  # emit writes the card last
        raise Unpublishable(f"{hub / CARD} was written for other Parquet files; run emit again")
    wanted = features(config)
    for split in loaded:
        if loaded[split].features != wanted:
            raise Unpublishable(f"{parquet(config, split)} has other columns than emit writes; run emit again")
    return loaded


def _pairs(pages: Any, config: str, split: str, seen: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the rows that config qa must have, checking on the way every page or thread that they belong to."""
    from datasets import Image

    undecoded = pages.cast_column("image", Image(decode=False)) if config == "pages" else pages
    for number, page in enumerate(tqdm(undecoded, f"check {split}", unit=config.rstrip("s"), delay=2, leave=False)):
        where = f"{parquet(config, split)}, row {number}"
        _check_provenance(where, page, ("page_id", "source"))
        name = page.pop("page_id")
        if name in seen:
            raise Unpublishable(f"{where}: page {name} stands in {seen[name]} too; run filter and emit again")
        seen[name] = parquet(config, split)
        image, pairs = page.pop("image", None), page.pop("qa")
        try:
            if config == "pages":
                open_page(io.BytesIO((image or {}).get("bytes") or b""))
        except RowError as error:
            raise Unpublishable(f"{where}: page {name}: {error}; run prepare and emit again") from None
        yield from ({"page_id": name} | page | pair for pair in pairs)


def _check_provenance(where: str, row: dict[str, Any], names: Iterable[str]) -> None:
    """Refuse a row that does not say where it comes from: it could be neither traced nor withdrawn."""
    if missing := [name for name in names if not (row[name] or "").strip()]:
        raise Unpublishable(f"{where}: no {' and no '.join(missing)}; run the stages from prepare again")
