"""Pages of a shelf and of archived boards as a table: what there is to read, before any page is made."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from vlm3_dataset.files import fields as values
from vlm3_dataset.files import fingerprint
from vlm3_dataset.schema import Page, Source
from vlm3_dataset.sources import archive, inventory, prepare

NOWHERE = Path("/nonexistent")  # in the place of a shelf or an archive that was not named


@dataclass(frozen=True)
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
        return fingerprint(self._sources)

    def features(self) -> Any:
        from datasets import Features, Value

        columns = {each.name: Value("int64" if each.type is int else "string") for each in fields(Page)}
        return Features(columns | dict.fromkeys(("kind", "file_sha256", "listed_under"), Value("string")))

    def splits(self) -> dict[str, list[dict[str, Any]]]:
        planned = prepare.plan(self._sources, self.shelf or NOWHERE, self.archive or NOWHERE, self.passwords)
        tasks, _ = prepare.identified(planned)
        rows = [
            values(task.page) | {"kind": task.kind, "file_sha256": task.sha256, "listed_under": task.listed_under}
            for task in tasks
        ]
        return {"train": rows}

    def rows(self, units: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        yield from units

    @cached_property
    def _sources(self) -> list[Source]:
        """Every file, hashed once: for the digest, and for what is built under it."""
        if self.shelf is not None and not self.shelf.is_dir():
            raise archive.NoSources(f"{self.shelf}/ is not there; name the folder that your scans lie in")
        return inventory.scan(self.shelf or NOWHERE, archive.named_boards(self.archive))
