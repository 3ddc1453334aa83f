"""Pages of a shelf and of archived boards as a table: what there is to read, before any page is made."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from vlm3_dataset.files import fields as values
from vlm3_dataset.files import fingerprint
from vlm3_dataset.schema import Page, Source
from vlm3_dataset.sources import archive, identity, inventory, prepare, titles

PAGES_A_SHARD = 100
NOWHERE = Path("/nonexistent")  # in the place of a shelf or an archive that was not named


@dataclass(frozen=True, slots=True)
class SourcePages:
    """A row has the fields of `Page`, and of its file `kind`, `file_sha256` and `listed_under`, the heading of the
    index page that lists it. What inventory leaves out has no row.

    `shelf` or `archive` may be None, `passwords` are tried on locked PDFs.
    """

    shelf: Path | None
    archive: Path | None
    passwords: tuple[str, ...] = ()

    def digest(self) -> str:
        """Of every file, taken or not.

        Raises:
            NoSources: the shelf or the archive is not there.
            BrokenExport: a file of the archive is missing or cut.
        """
        return fingerprint(self._sources())

    def features(self) -> Any:
        from datasets import Features, Value

        columns = {each.name: Value("int64" if each.type is int else "string") for each in fields(Page)}
        return Features(columns | dict.fromkeys(("kind", "file_sha256", "listed_under"), Value("string")))

    def splits(self) -> dict[str, list[list[dict[str, Any]]]]:
        sources, shelf = self._sources(), self.shelf or NOWHERE
        tasks = prepare.plan(sources, shelf, self.archive or NOWHERE, self.passwords)
        pages, _ = identity.named([task.page for task in tasks], {task.page.source: task.sha256 for task in tasks})
        listed = titles.headings(sources, shelf)
        rows = [
            values(page) | {"kind": task.kind, "file_sha256": task.sha256, "listed_under": listed.get(page.source, "")}
            for page, task in zip(pages, tasks, strict=True)
        ]
        return {"train": [rows[start : start + PAGES_A_SHARD] for start in range(0, len(rows), PAGES_A_SHARD)]}

    def rows(self, shard: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        yield from shard

    def _sources(self) -> list[Source]:
        if self.shelf is not None and not self.shelf.is_dir():
            raise archive.NoSources(f"{self.shelf}/ is not there; name the folder that your scans lie in")
        return inventory.scan(self.shelf or NOWHERE, archive.named_boards(self.archive))
