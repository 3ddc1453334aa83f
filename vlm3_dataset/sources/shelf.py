"""List the pages of a shelf and of archived boards as a table, before any page is made."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from vlm3_dataset import table
from vlm3_dataset.files import fields, fingerprint
from vlm3_dataset.schema import Source
from vlm3_dataset.sources import archive, inventory
from vlm3_dataset.sources.limits import DEFAULT, Limits
from vlm3_dataset.sources.pages import prepare

NOWHERE = Path("/nonexistent")  # stands for a shelf or an archive that was not named


@dataclass(frozen=True)
class SourcePages:
    """A row has the fields of `Page`, and of its file `kind`, `file_sha256` and `listed_under`, the heading of the
    index page that lists it; the columns of the steps are null. What inventory leaves out has no row.

    `shelf` or `archive` may be None. `work` keeps whose an id is, and how many pages a file has; `passwords` are tried
    on locked PDFs.
    """

    shelf: Path | None
    archive: Path | None
    work: Path | None = None
    passwords: tuple[str, ...] = field(default=(), repr=False)
    limits: Limits = DEFAULT

    def digest(self) -> str:
        """Return the digest of every file, taken or not.

        Raises:
            NoSources: the shelf or the archive is not there.
            BrokenExport: a file of the archive is missing or cut.
        """
        return fingerprint(self.files)

    def features(self) -> Any:
        return table.features()

    def splits(self) -> dict[str, list[prepare.Task]]:
        folders = (self.shelf or NOWHERE, self.archive or NOWHERE, self.work)
        return {"train": prepare.tasks(self.files, *folders, passwords=self.passwords, limits=self.limits)}

    def rows(self, units: list[prepare.Task]) -> Iterator[dict[str, Any]]:
        for task in units:
            file = {"kind": task.kind, "file_sha256": task.sha256, "listed_under": task.listed_under}
            yield dict.fromkeys(self.features()) | fields(task.page) | file

    @cached_property
    def files(self) -> list[Source]:
        """Every file, hashed once: for the digest, and for what is built under it.

        Raises:
            NoSources: the shelf or the archive is not there.
            BrokenExport: a file of the archive is missing or cut.
        """
        if self.shelf is not None and not self.shelf.is_dir():
            raise archive.NoSources(f"{self.shelf}/ is not there; name the folder that your scans lie in")
        return inventory.scan(self.shelf or NOWHERE, archive.named_boards(self.archive))
