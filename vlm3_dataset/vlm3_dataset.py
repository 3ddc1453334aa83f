"""The data set as a builder of `datasets`, from the folder that emit wrote: JSONL and images.

    from vlm3_dataset import Vlm3
    builder = Vlm3(data_dir="training_data")
    builder.download_and_prepare()
    pages = builder.as_dataset(split="train")

Emit itself reads its pages through it, and writes what comes as Parquet: the Hub has the same rows, for `load_dataset`,
which takes no builder by name.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import datasets

from vlm3_dataset.errors import Mendable
from vlm3_dataset.files import sha256
from vlm3_dataset.release.features import features
from vlm3_dataset.release.layout import NO_VALIDATION
from vlm3_dataset.release.rows import HUB_SPLIT

PAGES_A_SHARD = 100  # what one process takes at a time


class NoDataSet(Mendable):
    """There is nothing to build from."""


class Vlm3(datasets.GeneratorBasedBuilder):
    """Config `pages`, a row a page with the list of its pairs; config `qa`, a row a pair without the image.

    The content's digest is part of the cache's key: without it a folder that has grown gives its old rows.

    Raises:
        NoDataSet: `data_dir` holds no vlm_train.jsonl, or nothing to validate with where that is asked for.
    """

    VERSION = datasets.Version("1.0.0")
    BUILDER_CONFIGS = (
        datasets.BuilderConfig("pages", VERSION, description="a row a page, with its pairs"),
        datasets.BuilderConfig("qa", VERSION, description="a row a pair"),
    )
    DEFAULT_CONFIG_NAME = "pages"

    def __init__(self, *args: Any, data_dir: str | Path, **kwargs: Any) -> None:
        self._folder = Path(data_dir)
        kwargs.setdefault("hash", _digest(self._folder))
        super().__init__(*args, data_dir=str(data_dir), **kwargs)

    def rows(self) -> dict[str, Iterator[dict[str, Any]]]:
        """The rows of each split as they are read, images undecoded, for a pass that needs no cache.

        `as_streaming_dataset` gives the same, but imports torch: 0.2 GB and some seconds for a package that needs none.
        """
        splits = self._split_generators(None)
        return {each.name: (row for _, row in self._generate_examples(**each.gen_kwargs)) for each in splits}

    def as_dataset(self, split: Any = None, **kwargs: Any) -> Any:
        """As `datasets` does; a side that holds nothing is told with a way on."""
        if split == HUB_SPLIT["val"] and split not in (self.info.splits or ()):
            raise NoDataSet(f"{self._folder}/: {NO_VALIDATION}")
        return super().as_dataset(split, **kwargs)

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(features=features(self.config.name))

    def _download_and_prepare(self, *args: Any, **kwargs: Any) -> None:
        """Under the build's lock: what a killed build left in the folder would be moved into the finished one."""
        shutil.rmtree(self._output_dir)
        Path(self._output_dir).mkdir()
        super()._download_and_prepare(*args, **kwargs)

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:  # noqa: ARG002 - datasets calls it so
        return [
            datasets.SplitGenerator(split, {"shards": _shards(self._folder / f"vlm_{side}.jsonl")})
            for side, split in HUB_SPLIT.items()
            if (self._folder / f"vlm_{side}.jsonl").stat().st_size
        ]

    def _generate_examples(self, shards: list[list[str]]) -> Iterator[tuple[datasets.builder.Key, dict[str, Any]]]:
        for number, shard in enumerate(shards):
            rows = self._pages(shard) if self.config.name == "pages" else map(_pair, map(json.loads, shard))
            for row, example in enumerate(rows):
                yield datasets.builder.Key(number, row), example

    def _pages(self, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The image as it lies there: handed over as a picture it would be written anew, and as PNG."""
        for image, rows in groupby(map(json.loads, lines), key=lambda row: row["image"]):
            pairs = [_pair(row) for row in rows]
            names = self.info.features.keys() - {"image", "qa"}
            picture = {"bytes": (self._folder / image).read_bytes(), "path": Path(image).name}
            qa = [{name: value for name, value in pair.items() if name not in names} for pair in pairs]
            yield {name: pairs[0][name] for name in names} | {"image": picture, "qa": qa}


def _pair(row: dict[str, Any]) -> dict[str, Any]:
    asked, answered = row["conversations"]
    fields = {name: value for name, value in row["metadata"].items() if name != "group"}
    return fields | {"question": asked["content"], "answer": answered["content"]}


def _shards(path: Path) -> list[list[str]]:
    """The rows of whole pages, a hundred pages together."""
    with path.open(encoding="utf-8") as file:
        pages = [list(lines) for _, lines in groupby(file, key=lambda line: json.loads(line)["image"])]
    return [
        list(chain.from_iterable(pages[start : start + PAGES_A_SHARD])) for start in range(0, len(pages), PAGES_A_SHARD)
    ]


def _digest(folder: Path) -> str:
    """Of the rows, and of the images by name and size, so that asking for the cache reads no 0.6 GB."""
    try:
        rows = [(folder / f"vlm_{side}.jsonl").read_bytes() for side in HUB_SPLIT]
    except FileNotFoundError as error:
        raise NoDataSet(f"{folder}/ holds no {Path(error.filename).name}; make one with `emit`") from None
    images = "".join(f"{path.name}{path.stat().st_size}" for path in sorted((folder / "images").glob("*")))
    return sha256(b"\0".join([*rows, images.encode()]))[:16]
