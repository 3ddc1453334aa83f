"""Read an archive of e30crawl: the pictures of a board's posts, and the words around them."""

import json
import re
import shlex
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tqdm import tqdm

from vlm3_dataset.errors import Misused, UserError
from vlm3_dataset.schema import Source
from vlm3_dataset.sources.kinds import HEAD, IMAGES, sniff
from vlm3_dataset.sources.privacy.anonymise import pseudonyms, scrub

SHA256 = re.compile(r"[0-9a-f]{64}")
DEFAULT = Path("forum_archive")  # where e30crawl puts boards, unless it is told otherwise
CONTEXT_LIMIT = 2_000  # characters; a longer post says little more about its picture


class BrokenExport(UserError):
    """A file of an export that cannot be read."""

    @classmethod
    def at(cls, path: Path) -> Self:
        return cls(f"{path} is missing or cut; run e30crawl export {path.parent.name} again")


class NoSources(Misused):
    """A shelf or an archive that was named does not exist."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture of a post, and what the thread says around it (with the people taken out)."""

    source: Source
    post_id: int
    thread_id: int
    context: str
    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The first post that shows a stored picture, as the board has it."""

    digest: str
    post_id: int
    thread_id: int
    text: str
    url: str


def boards(archive: Path) -> list[Path]:
    """Return the exported boards of an archive folder: those that have a posts.jsonl."""
    return sorted(path.parent for path in archive.glob("*/posts.jsonl")) if archive.is_dir() else []


def to_export(archive: Path) -> str:
    """Return in one line which boards have pages but no posts.jsonl, and what to do; "" where each has one.

    A crawl writes that file when it is complete, so a board whose crawl was stopped has none.
    """
    folders = (pages.parent for pages in sorted(archive.glob("*/raw")))
    if not (left := [folder for folder in folders if not (folder / "posts.jsonl").is_file()]):
        return ""
    where = "" if archive == DEFAULT else f" --archive {shlex.quote(str(archive))}"
    commands = "; ".join(f"e30crawl export {shlex.quote(folder.name)}{where}" for folder in left)
    return f"left out for want of a posts.jsonl: {', '.join(map(str, left))}; run {commands}"


def named_boards(archive: Path | None) -> list[Path]:
    """Return the boards of an archive that was named, and so must exist. Raises NoSources."""
    if archive is None:
        return []
    if found := boards(archive):
        return found
    raise NoSources(f"{archive}/ holds no board with a posts.jsonl; run e30crawl export, or name another folder")


def export_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of an export's file, each with the byte at which it begins. Raises BrokenExport."""
    offset = 0
    how = {"unit": "B", "unit_scale": True, "delay": 2, "leave": False}
    try:
        with path.open("rb") as file, tqdm(total=path.stat().st_size, desc=f"read {path.name}", **how) as bar:
            for line in file:
                yield offset, json.loads(line.decode())
                offset += len(line)
                bar.update(len(line))
    except (OSError, ValueError) as error:
        raise BrokenExport.at(path) from error


def stored(board: Path) -> list[Source]:
    """Return the stored pictures of a board's posts, in order of the export, each once.

    Raises:
        BrokenExport: a file of the export is missing or cut.
    """
    return [_source(board, shown.digest, shown.post_id) for shown in _shown(board)]


def pictures(board: Path) -> list[Picture]:
    """Return the same pictures with the words around them.

    Of the board only the threads that have a picture are kept in memory, and of these their questions and people.

    Raises:
        BrokenExport: a file of the export is missing or cut.
    """
    every = list(_shown(board))
    threads = {shown.thread_id for shown in every}
    listed = (row for _, row in export_rows(board / "threads.jsonl") if row["thread_id"] in threads)
    titles = {row["thread_id"]: row.get("title") or "" for row in listed}
    questions: dict[int, tuple[int, str]] = {}
    people: defaultdict[int, dict[str, None]] = defaultdict(dict)  # in the order in which they write
    for _, post in export_rows(board / "posts.jsonl"):
        if (thread := post["thread_id"]) in threads:
            if post["post_id"] is not None:  # a poll has none, and stands before the opening post
                questions.setdefault(thread, (post["post_id"], post["text"]))
            names = (post.get("author"), *(quote.get("author") for quote in post.get("quotes", ())))
            people[thread] |= dict.fromkeys(filter(None, names))
    found = []
    for shown in every:
        thread, (asked, question) = shown.thread_id, questions.get(shown.thread_id, (shown.post_id, ""))
        words = [f"Thread: {titles.get(thread, '')}", f"Question: {question}", f"Post: {shown.text}"]
        if asked == shown.post_id:
            del words[1]
        context = scrub("\n".join(words), pseudonyms(people[thread]))[:CONTEXT_LIMIT]
        source = _source(board, shown.digest, shown.post_id)
        found.append(Picture(source, shown.post_id, thread, context, shown.url))
    return found


def media_file(board: Path, digest: str) -> Path | None:
    """Return the stored file, media/ab/<sha256>.<ext>. The digest is checked first, as it becomes part of a path."""
    if not SHA256.fullmatch(digest):
        return None
    return next((board / "media" / digest[:2]).glob(f"{digest}.*"), None)


def _shown(board: Path) -> Iterator[Shown]:
    seen: set[str] = set()
    for _, post in export_rows(board / "posts.jsonl"):
        for media in (*post.get("images", ()), *post.get("attachments", ())):
            digest = media.get("sha256")
            if digest and digest not in seen:
                seen.add(digest)
                yield Shown(digest, post["post_id"], post["thread_id"], post["text"], post.get("url") or "")


def _source(board: Path, digest: str, post_id: int) -> Source:
    path = media_file(board, digest)
    post = f"{board.name}/{post_id}"
    if path is None:
        missing = "the archive names this picture but has no such file; run e30crawl again"
        return Source(f"{board.name}/media/{digest[:12]}", "", 0, digest, missing, post)
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD))
    reason = "" if kind in IMAGES else "an attachment that is not a picture"
    return Source(path.relative_to(board.parent).as_posix(), kind, path.stat().st_size, digest, reason, post)
