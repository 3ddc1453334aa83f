"""List every file of the shelf and every picture of the archive, each taken or left out with a reason."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset.files import sha256_of
from vlm3_dataset.schema import Source
from vlm3_dataset.sources import archive
from vlm3_dataset.sources.kinds import HEAD, is_office, is_site_index, sniff

READ = "JPEG, PNG, TIFF, WebP, AVIF, HEIC, JPEG 2000, GIF, BMP, PDF, HTML"
FOREIGN = f"not a kind of file this project reads ({READ})"
OFFICE = "a document of an office program, which is not read; save it as PDF"
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".webp", ".jp2", ".bmp", ".avif", ".heic", ".heif"}
)
LONGEST_INDEX = 2_000_000  # bytes that are read; the seed's largest index page has 40,000


def scan(shelf: Path, boards: Iterable[Path] = ()) -> list[Source]:
    """Look at every file below `shelf`, then at the pictures in the posts of each board, in a fixed order.

    Either may be missing: a shelf without a forum is a dataset, and so is a forum without a shelf.
    """
    paths = [*walk(shelf)] if shelf.is_dir() else []
    sources = [look(shelf, path) for path in tqdm(paths, "inventory", unit="file", delay=2, leave=False)]
    for board in boards:
        sources += archive.stored(board)
    first: dict[str, str] = {}  # the same page twice would stand on both sides of a split
    for place, source in enumerate(sources):
        known = source.path if source.reason else first.setdefault(source.sha256, source.path)
        if known != source.path:
            sources[place] = replace(source, reason=f"a repeat: the same bytes as {known}")
    return sources


def walk(folder: Path) -> Iterator[Path]:
    """Yield files and links below a folder, sorted, and folders that cannot be read.

    Linked folders are not entered, so a loop of links ends.
    """
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from walk(Path(entry.path))
        else:
            yield Path(entry.path)


def look(shelf: Path, path: Path) -> Source:
    """Return one file as a Source. A file that cannot be read is a row too, with the system's error as its reason."""
    relative = path.relative_to(shelf).as_posix()
    name = relative.encode("utf-8", "backslashreplace").decode()
    if name != relative:
        return Source(name, "", 0, "", "its name is not UTF-8; rename it")
    try:
        return _looked_into(path, name)
    except OSError as error:
        return Source(name, "", 0, "", f"cannot be read: {error.strerror}")


def _looked_into(path: Path, name: str) -> Source:
    if path.is_symlink():
        return Source(name, "", 0, "", "a link, not followed; put the file itself here")
    if any(part.startswith(".") for part in Path(name).parts):
        return Source(name, "", path.stat().st_size, "", "a hidden file")
    if path.is_dir():
        os.scandir(path).close()  # `walk` could not read it, and this raises why
    if not path.is_file():
        return Source(name, "", 0, "", "no regular file")
    with path.open("rb") as file:
        head = file.read(HEAD)
        kind = sniff(head)
        data = head + file.read(LONGEST_INDEX) if kind == "html" else head
    return Source(name, kind, path.stat().st_size, sha256_of(path), _refuse(path.suffix.lower(), kind, data))


def _refuse(suffix: str, kind: str, data: bytes) -> str:
    if not data:
        return "an empty file"
    if data.startswith(LFS_POINTER):
        return "a Git LFS pointer instead of the file; run git lfs pull"
    if kind == "html" and suffix in PICTURE_SUFFIXES:
        return "an HTML page under a picture's name, a login or error page perhaps; download the picture again"
    if not kind and is_office(suffix, data):
        return OFFICE
    if not kind:
        return FOREIGN
    if kind == "html" and is_site_index(data):
        return "an index of other pages, nothing to ask"
    return ""


def unread(sources: Iterable[Source]) -> Counter[str]:
    """Count the files of kinds that are not read, by the endings of their names."""
    return Counter(
        Path(source.path).suffix.lower() or "without an ending"
        for source in sources
        if source.reason in {FOREIGN, OFFICE}
    )
