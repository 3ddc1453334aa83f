"""Derive a page's stable id, its main group and its split group from its path. Pure.

The rules come from the seed's names: `21 - Clutch/21-03.jpg` is page 21-3 of the repair manual; `00 - Torque
Specs/11-01.jpg` is group 11 of another book; 46 base names stand in two or three folders, so the folder decides.
"""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from vlm3_dataset.files import sha256

MANUAL_PAGE = re.compile(r"(\d\d)-(\d+|[a-z])")
SECTION_FOLDER = re.compile(r"(\d\d) - (.+)")
SUBGROUP_PAGE = re.compile(r"(\d\d)\d\d[A-Za-z]?-\d")
PAGE_NUMBER = re.compile(r"(?:^|\D)(\d+)(?:[a-z]|_\d+)?$")

# Short prefixes for books that are known; any other folder or document gets a slug of its own name.
BOOKS = (
    (re.compile(r"torque specs", re.IGNORECASE), "torque"),
    (re.compile(r"electrical troubleshooting manual", re.IGNORECASE), "etm"),
    (re.compile(r"motronic ml 3[-.]1", re.IGNORECASE), "ml31"),
    (re.compile(r"^getrag ?265", re.IGNORECASE), "getrag"),
)
DOCUMENTS = {"torque": "Torque Specs", "etm": "Electrical Troubleshooting Manual", "ml31": "Motronic ML 3-1"}
DOCUMENTS |= {"getrag": "Getrag 265"}
ASIDE = re.compile(r" *\([^()]*\)$")  # `Torque Specs (print)`
RARE = frozenset({".avif", ".bmp", ".gif", ".heic", ".heif", ".jp2", ".webp"})
TECHSPEC = re.compile(r"^(.+)-techspec$", re.IGNORECASE)


def slug(text: str) -> str:
    """Return a text in lower-case ASCII with single hyphens; a name without any ASCII becomes its digest."""
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    short = re.sub(r"[^a-z0-9_]+", "-", ascii_).strip("-")[:60].rstrip("-")
    return short or f"file-{sha256(text.encode())[:8]}"


def board_name(board: str) -> str:
    """Return a board's name as ids of threads and names of groups have it: fit for file names, and no other board's.

    In posts that others exported it may be anything.
    """
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", board)[:40]
    return name if name == board else f"{name}-{sha256(board.encode())[:6]}"


def page_id(path: str, number: int = 1, pages: int = 1, tag: str = "") -> str:
    """Return the id of page `number` of a file with `pages` pages, from its path on the shelf.

    `tag` keeps it apart from a file whose path gives the same.
    """
    file = PurePosixPath(path)
    rare = f"-{file.suffix[1:].lower()}" if file.suffix.lower() in RARE else ""  # scans had ids before there were tags
    spec_sheet = TECHSPEC.match(file.stem)
    name = f"techspec-{slug(spec_sheet[1])}" if spec_sheet else f"{_prefix(file)}{slug(file.stem)}{rare}"
    end = f"-{tag}" if tag else ""
    return f"{name}{end}" if pages == 1 else f"{_book(file.stem) or name}{end}-p{number:02d}"


def section(path: str, titles: dict[str, str]) -> tuple[str, str]:
    """Return the main group (two digits) and its name; "" where the path does not say.

    A name comes from a folder `21 - Clutch` or of a known book, or is that of a known document. What else folders and
    files are called says how pages came here (`Phone`, `flatbed`), and would stand in every question about them.
    """
    file = PurePosixPath(path)
    folders = [ASIDE.sub("", name) for name in file.parent.parts[::-1]]
    folder = next((name for name in folders if SECTION_FOLDER.fullmatch(name) or _book(name)), "")
    named, page = SECTION_FOLDER.fullmatch(folder), MANUAL_PAGE.match(file.stem)
    if match := SUBGROUP_PAGE.match(file.stem):  # 1364-00 is of group 13; 0670 and 7000 belong to no main group
        number = match[1] if match[1] in titles else ""
    elif named and page:
        number = page[1]
    else:
        number = named[1] if named and not _book(named[2]) else ""
    own = named[2] if named else folder or DOCUMENTS.get(_book(file.stem), "")
    return number, own if named and number == named[1] else titles.get(number, own)


def section_titles(paths: Iterable[str]) -> dict[str, str]:
    """Return the names that the shelf's own folders give the main groups: `21 - Clutch` names group 21."""
    titles: dict[str, str] = {}
    for path in sorted(paths):
        named = SECTION_FOLDER.fullmatch(_folder(PurePosixPath(path)))
        if named and not _book(named[2]):
            titles.setdefault(named[1], named[2])
    return titles


def group(path: str, number: int = 1, pages: int = 1) -> str:
    """Return the name of the group that the split keeps together: ten neighbouring pages of one document.

    A job runs over neighbouring pages (11-50 to 11-55a are one), so a page alone would leak its job. Digits at the end
    of a name number the pages of a document that has a file for each; of others they may be a year.
    """
    file = PurePosixPath(path)
    if pages == 1 and (match := PAGE_NUMBER.search(file.stem)):
        before = file.stem[: match.start(1)].rstrip("-_ ")
        return f"{_prefix(file)}{f'{slug(before)}-' if before else ''}{int(match[1]) // 10}x"
    return f"{page_id(path)}-{number // 10}x"


def _folder(file: PurePosixPath) -> str:
    return file.parent.name


def _book(text: str) -> str:
    return next((prefix for pattern, prefix in BOOKS if pattern.search(text)), "")


def _prefix(file: PurePosixPath) -> str:
    """Return the prefix of a page's id; "" for the repair manual itself, in the folder of its own number."""
    folder = _folder(file)
    if book := _book(folder):
        return f"{book}-"
    named, page = SECTION_FOLDER.fullmatch(folder), MANUAL_PAGE.match(file.stem)
    if not folder or (named and page and named[1] == page[1]):
        return ""
    return f"{slug('-'.join(file.parent.parts))}-"  # all folders: two books may both keep their pages in `scans`
