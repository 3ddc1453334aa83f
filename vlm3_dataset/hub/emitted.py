"""Read the folder that emit wrote as tables: one row per page with its pairs, or one row per pair."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from vlm3_dataset.errors import Misused
from vlm3_dataset.files import sha256
from vlm3_dataset.hub.format import HUB_SPLIT, UNSAID, features


class NoDataset(Misused):
    """The folder holds no dataset to build from."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """`config` is one of `CONFIGS`. A unit is the lines of one page or thread."""

    folder: Path
    config: str

    def digest(self) -> str:
        """Return a digest of the rows, and of the images by name and size: reading their bytes would be 0.6 GB.

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
        return {split: _pages(self.folder / f"vlm_{side}.jsonl", self.config) for side, split in HUB_SPLIT.items()}

    def rows(self, units: list[list[str]]) -> Iterator[dict[str, Any]]:
        names = self.features().keys() - {"image", "qa"}
        for lines in units:
            rows = [json.loads(line) for line in lines]
            pairs = [_pair(row) for row in rows]
            if self.config == "qa":
                yield from pairs
                continue
            qa = [{name: value for name, value in pair.items() if name not in names} for pair in pairs]
            row = {name: pairs[0][name] for name in names} | {"qa": qa}
            if self.config == "pages":  # the file's own bytes: a decoded picture would be encoded again, as PNG
                image = self.folder / rows[0]["image"]
                row["image"] = {"bytes": image.read_bytes(), "path": image.name}
            yield row


def _pair(row: dict[str, Any]) -> dict[str, Any]:
    asked, answered = row["conversations"]
    fields = {name: value for name, value in row["metadata"].items() if name != "group"}
    return UNSAID | fields | {"question": asked["content"], "answer": answered["content"]}


def _pages(path: Path, config: str) -> list[list[str]]:
    with path.open(encoding="utf-8") as file:
        grouped = [(key, list(lines)) for key, lines in groupby(file, key=_place)]
        return [lines for (place, _), lines in grouped if config in {place, "qa"}]


def _place(line: str) -> tuple[str, str]:
    """Return the config that has a line's page, and the page."""
    row = json.loads(line)
    about = row["metadata"]
    return "pages" if row["image"] else "threads" if about["source"] == "forum" else "sheets", about["page_id"]
