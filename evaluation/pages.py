"""Find pages by page_id: in the rows of a dataset, and among the prepared pages of its work folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evaluation.rows import DataError, read_rows
from vlm3_dataset import table
from vlm3_dataset.files import sha256
from vlm3_dataset.hub.reader import RowError, inside
from vlm3_dataset.schema import Page, Segment
from vlm3_dataset.table import page_of

SIDES = ("train", "val")


@dataclass(frozen=True, slots=True)
class PageFile:
    """A page's image: `name` is relative to `folder`."""

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        """Return the path. Raises DataError for a name that leads out of the folder."""
        try:
            return inside(self.folder, self.name)
        except RowError as error:
            raise DataError(f"{self.name}: {error}") from None

    def sha256(self) -> str:
        return sha256(self.path.read_bytes())


def find_pages(data: Path, work: Path) -> dict[str, PageFile]:
    """Return every page of a dataset and its work folder. Raises DataError for a malformed file."""
    prepared = {page.page_id: PageFile(work, page.image) for page in _prepared_pages(work)}
    splits = [path for side in SIDES if (path := data / f"vlm_{side}.jsonl").is_file()]
    rows = [row for path in splits for _, row in read_rows(path)]
    return prepared | {row.metadata.page_id: PageFile(data, row.image) for row in rows if row.image is not None}


def page_readings(work: Path) -> Callable[[str], tuple[Segment, ...]]:
    """Return a function from a picture's digest to what its page prints and where; () for a page without a reading."""
    from vlm3_dataset.sources.pages.readings import load_reading

    ids = {page.sha256: page.page_id for page in _prepared_pages(work)}
    return lambda digest: load_reading(work, ids[digest]).segments if digest in ids else ()


def _prepared_pages(work: Path) -> list[Page]:
    """Return the pages of a work folder that have a picture; none where there is no such folder."""
    try:
        return [page_of(row) for row in table.load(work, *Page.__dataclass_fields__) if row["image"]]
    except (OSError, TypeError) as error:
        raise DataError(str(error)) from None
