"""Count the pages of each file of the shelf, opening files only in processes that may die of them.

The counts are kept in counted.json, so that a second run opens nothing, and never waits for a bomb again.
"""

import functools
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset.files import fingerprint, read_json, write_json
from vlm3_dataset.schema import Source
from vlm3_dataset.sources.limits import PASSING, Limits, Lost, why_not, workers
from vlm3_dataset.sources.pages import html, images, pdf
from vlm3_dataset.sources.pool import each

SEVERAL = frozenset({"pdf", "html", "tiff"})  # kinds of files that may have more than one page
VERSION = 1  # raise it when a file would be counted differently


@dataclass(frozen=True, slots=True)
class Extent:
    """The number of a file's pages. A file with a reason is left out, and counts as one page with that reason."""

    pages: int = 1
    reason: str = ""
    is_lost: bool = False  # to a limit, or a crash


def extents(
    sources: Iterable[Source], shelf: Path, work: Path | None, passwords: tuple[str, ...], limits: Limits
) -> dict[str, Extent]:
    """Return the extent of every file by its path; a locked file that no password opens has a reason."""
    several = [source for source in sources if source.kind in SEVERAL and not source.post]
    memory = work / "counted.json" if work else None
    stored = (read_json(memory) if memory else None) or {}
    keys = {
        source.path: [fingerprint(VERSION, source.sha256, *lost) for lost in ((), asdict(limits).values())]
        for source in several
    }
    known = {path: Extent(**stored[key]) for path, pair in keys.items() for key in pair if key in stored}
    rest = [source for source in several if source.path not in known]
    count = functools.partial(_count, shelf, passwords)
    for source, found in tqdm(each(count, rest, limits, workers()), "count", len(rest), unit="file", disable=not rest):
        if isinstance(found, Lost):
            known[source.path] = Extent(reason=found.reason(limits), is_lost=found.code not in PASSING)
        else:
            known[source.path] = found
    keep = {keys[path][one.is_lost]: asdict(one) for path, one in known.items() if one.is_lost or not one.reason}
    if memory and keep != stored:
        write_json(memory, dict(sorted(keep.items())))
    return known


def _count(shelf: Path, passwords: tuple[str, ...], source: Source) -> Extent:
    file = shelf / source.path
    try:
        if source.kind == "pdf":
            return Extent(pdf.count(file, passwords))
        if source.kind == "html":
            return Extent(pdf.count(html.lay_out(file.read_bytes())))
        return Extent(images.frames(file))
    except Exception as error:  # noqa: BLE001 - whatever a library raises over a broken file costs this file alone
        return Extent(reason=why_not(error, file))
