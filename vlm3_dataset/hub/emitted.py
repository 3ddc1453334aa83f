"""The folder that emit wrote, as tables: a row a page with its pairs, or a row a pair."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from vlm3_dataset.errors import UserError
from vlm3_dataset.files import sha256
from vlm3_dataset.hub.format import HUB_SPLIT, features

PAGES_A_SHARD = 100  # what one process takes at a time


class NoDataset(UserError):
    """There is nothing to build from."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """`config` is `pages` or `qa`. A shard is the lines of whole pages, a hundred pages together."""

    folder: Path
    config: str

    def digest(self) -> str:
        """Of the rows, and of the images by name and size, so that asking for the cache reads no 0.6 GB.

        Raises:
            NoDataset: the folder holds no vlm_train.jsonl.
        """
        try:
            rows = [(self.folder / f"vlm_{side}.jsonl").read_bytes() for side in HUB_SPLIT]
        except FileNotFoundError as error:
            missing = Path(error.filename).name
            raise NoDataset(f"{self.folder}/ holds no {missing}; make one with `emit`") from None
        images = "".join(f"{path.name}{path.stat().st_size}" for path in sorted((self.folder / "images").glob("*")))
        return sha256(b"\0".join([*rows, images.encode()]))[:16]

    def features(self) -> Any:
        return features(self.config)

    def splits(self) -> dict[str, list[list[str]]]:
        files = {split: self.folder / f"vlm_{side}.jsonl" for side, split in HUB_SPLIT.items()}
        return {split: _shards(path) for split, path in files.items()}

    def rows(self, shard: list[str]) -> Iterator[dict[str, Any]]:
        if self.config == "qa":
            yield from map(_pair, map(json.loads, shard))
            return
        names = self.features().keys() - {"image", "qa"}
        for image, rows in groupby(map(json.loads, shard), key=lambda row: row["image"]):
            pairs = [_pair(row) for row in rows]
            # The image as it lies there: handed over as a picture it would be written anew, and as PNG.
            picture = {"bytes": (self.folder / image).read_bytes(), "path": Path(image).name}
            qa = [{name: value for name, value in pair.items() if name not in names} for pair in pairs]
            yield {name: pairs[0][name] for name in names} | {"image": picture, "qa": qa}


def _pair(row: dict[str, Any]) -> dict[str, Any]:
    asked, answered = row["conversations"]
    fields = {name: value for name, value in row["metadata"].items() if name != "group"}
    return fields | {"question": asked["content"], "answer": answered["content"]}


def _shards(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8") as file:
        pages = [list(lines) for _, lines in groupby(file, key=lambda line: json.loads(line)["image"])]
    return [
        list(chain.from_iterable(pages[start : start + PAGES_A_SHARD])) for start in range(0, len(pages), PAGES_A_SHARD)
    ]
