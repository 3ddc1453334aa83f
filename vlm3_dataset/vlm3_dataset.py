"""Build both ends of the pipeline with `datasets`: the sources that pages are made from, and the emitted dataset.

    from vlm3_dataset import Vlm3
    sources = Vlm3(shelf="data_src", archive="forum_archive")             # a row a page, before it is read
    threads = Vlm3(config_name="threads", archive="forum_archive")        # a row a thread with its posts
    threads = Vlm3(config_name="threads", posts="old_board.jsonl")        # the same, of posts that others exported
    dataset = Vlm3(data_dir="training_data")                              # a row a page with its pairs
    dataset.download_and_prepare()
    pages = dataset.as_dataset(split="train")

Emit itself writes the Parquet files from this builder's rows, so the Hub has the same ones for `load_dataset`, which
takes no builder by name. build.py has what happens between the two ends.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import datasets

from vlm3_dataset.files import local_path, sha256
from vlm3_dataset.hub.emitted import Emitted, NoDataset
from vlm3_dataset.hub.format import NO_VALIDATION
from vlm3_dataset.sources.limits import DEFAULT, Limits
from vlm3_dataset.sources.shelf import SourcePages
from vlm3_dataset.sources.threads.posts import SourcePosts
from vlm3_dataset.sources.threads.rebuild import SourceThreads

A_SHARD = 100  # units that one process takes at a time


class Table(Protocol):
    """A source of rows, in units that stay together: a page, a thread. Units are pickled."""

    def digest(self) -> str:
        """Return a digest of the content, for the cache's key."""

    def features(self) -> datasets.Features: ...

    def splits(self) -> dict[str, list[Any]]:
        """Return the units of each split."""

    def rows(self, units: list[Any]) -> Iterator[dict[str, Any]]: ...


class Vlm3(datasets.GeneratorBasedBuilder):
    """Build from sources (`shelf`, `archive`, `posts`): config `pages`, a row a page, or `threads`, a row a thread with
    its posts; or from an emitted dataset (`data_dir`): the same with their pairs, `sheets`, or `qa`, a row a pair.

    `work` keeps the ids of pages for good; `passwords` are tried on locked PDFs, and `limits` hold each that is opened.

    The content's digest is part of the cache's key: without it a folder that has grown gives its old rows.

    Raises:
        NoDataset: nothing to build from was named, `data_dir` holds no vlm_train.jsonl, or nothing to validate with
            where that is asked for.
        NoSources: the shelf or the archive is not there.
        BrokenExport: a file of the archive is missing or cut.
        BadPosts: a line of `posts` is no post.
    """

    VERSION = datasets.Version("1.1.0")
    BUILDER_CONFIGS = (
        datasets.BuilderConfig("pages", VERSION, description="a row a page, of an emitted dataset with its pairs"),
        datasets.BuilderConfig("sheets", VERSION, description="a row an HTML page of an emitted dataset told as text"),
        datasets.BuilderConfig("qa", VERSION, description="a row a pair of an emitted dataset"),
        datasets.BuilderConfig(
            "threads", VERSION, description="a row a thread with its posts, of an emitted dataset with its pairs"
        ),
    )
    DEFAULT_CONFIG_NAME = "pages"

    def __init__(
        self,
        *args: Any,
        data_dir: str | Path | None = None,
        shelf: str | Path | None = None,
        archive: str | Path | None = None,
        posts: str | Path | None = None,
        work: str | Path | None = None,
        passwords: tuple[str, ...] = (),
        limits: Limits = DEFAULT,
        **kwargs: Any,
    ) -> None:
        config = kwargs.get("config_name") or self.DEFAULT_CONFIG_NAME
        data, others, *places = map(local_path, (data_dir, posts, shelf, archive, work))
        self.table = _table(config, data, others, SourcePages(*places, passwords, limits))
        if data_dir is not None:
            kwargs["data_dir"] = str(data_dir)
        kwargs.setdefault("hash", sha256(f"{type(self.table).__name__} {self.table.digest()}".encode())[:16])
        super().__init__(*args, **kwargs)

    def rows(self) -> dict[str, Iterator[dict[str, Any]]]:
        """Return the rows of each split as they are read, images undecoded, for a pass that needs no cache.

        `as_streaming_dataset` gives the same, but imports torch: 0.2 GB and some seconds for a package that needs none.
        """
        return {
            each.name: (row for _, row in self._generate_examples(**each.gen_kwargs))
            for each in self._split_generators(None)
        }

    def as_dataset(self, split: Any = None, **kwargs: Any) -> Any:
        """Do as `datasets` does; for an empty side of an emitted dataset, raise an error that says how to go on.

        Sources are read into memory, so that `map` keeps no cache of them: it would not see that pictures have gone
        from the work folder, or that answers have come.
        """
        if self.config.data_dir and split == "validation" and split not in (self.info.splits or ()):
            raise NoDataset(f"{self.config.data_dir}/: {NO_VALIDATION}")
        in_memory = isinstance(self.table, SourcePages)
        return super().as_dataset(split, **{"in_memory": in_memory} | kwargs)

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(features=self.table.features())

    def _download_and_prepare(self, *args: Any, **kwargs: Any) -> None:
        """Build under a lock, and remove what a killed build left: it would be moved into the finished folder."""
        shutil.rmtree(self._output_dir)
        Path(self._output_dir).mkdir()
        super()._download_and_prepare(*args, **kwargs)

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:  # noqa: ARG002 - datasets calls it so
        return [
            datasets.SplitGenerator(
                name, {"shards": [units[start : start + A_SHARD] for start in range(0, len(units), A_SHARD)]}
            )
            for name, units in self.table.splits().items()
            if units
        ]

    def _generate_examples(self, shards: list[Any]) -> Iterator[tuple[datasets.builder.Key, dict[str, Any]]]:
        for number, shard in enumerate(shards):
            for row, example in enumerate(self.table.rows(shard)):
                yield datasets.builder.Key(number, row), example


def _table(config: str, data_dir: Path | None, posts: Path | None, sources: SourcePages) -> Table:
    match config, data_dir, sources.shelf, sources.archive, posts:
        case (("pages" | "sheets" | "threads" | "qa"), folder, None, None, None) if folder:
            return Emitted(folder, config)
        case "threads", None, None, archive, None if archive:
            return SourceThreads(archive)
        case "threads", None, None, None, file if file:
            return SourcePosts(file)
        case "pages", None, shelf, archive, None if shelf or archive:
            return sources
    raise NoDataset(
        f"config {config}: name a data_dir, a shelf or an archive (pages), or an archive or posts (threads)"
    )
