"""Rebuild the threads of an archived board from its exports, each with its posts in order.

    for thread in threads(find_threads(Path("forum_archive/e30"))): ...

A first pass notes where the posts of each thread stand, and the second reads one thread at a time: a board of 600,000
posts would take 2 GB as objects, and takes 60 MB as places in its file.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

from vlm3_dataset.files import fingerprint, sha256_of
from vlm3_dataset.sources.archive import BrokenExport, export_rows, named_boards

THREAD = ("forum_id", "title", "prefix", "starter", "sticky", "closed", "moved", "replies", "views", "url")
POST = (
    "post_id", "number", "kind", "author", "author_id", "date", "date_text", "date_reason", "text", "edited",
    "reactions", "url",
)  # fmt: skip
FILE = ("url", "name", "sha256", "file", "outcome")
EXPORTS = ("threads.jsonl", "posts.jsonl")


@dataclass(frozen=True, slots=True)
class StoredThread:
    """Where a thread stands in the exports of its board: offsets in bytes, of its own row and of each of its posts."""

    board: Path
    thread_id: int
    row: int | None  # None where no list has named it
    posts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SourceThreads:
    """The threads of every board of an archive as a table."""

    archive: Path

    def digest(self) -> str:
        """Return the digest of the exports, byte for byte. Raises NoSources."""
        boards = named_boards(self.archive)
        return fingerprint([[board.name, *(sha256_of(board / name) for name in EXPORTS)] for board in boards])

    def features(self) -> Any:
        return features()

    def splits(self) -> dict[str, list[StoredThread]]:
        return {"train": [thread for board in named_boards(self.archive) for thread in find_threads(board)]}

    def rows(self, units: list[StoredThread]) -> Iterator[dict[str, Any]]:
        return threads(units)


def features() -> Any:
    """Return the columns of a thread's row, wherever it comes from."""
    from datasets import Features, List, Value

    text, number, truth = Value("string"), Value("int64"), Value("bool")
    kinds = dict.fromkeys(("sticky", "closed", "moved"), truth)
    kinds |= dict.fromkeys(("forum_id", "replies", "views", "post_id", "number", "author_id", "reactions"), number)
    files = List(dict.fromkeys(FILE, text))
    post = {name: kinds.get(name, text) for name in POST} | {"images": files, "attachments": files}
    post |= {"links": List({"url": text, "name": text}), "embeds": List(text)}
    post |= {"quotes": List({"post_id": number, "author": text})}
    thread = {name: kinds.get(name, text) for name in ("forum", *THREAD)}
    return Features({"board": text, "thread_id": number, **thread, "posts": List(post)})


def find_threads(board: Path) -> list[StoredThread]:
    """Return the threads of a board that have posts, by their ids.

    Raises:
        BrokenExport: a file of the export is missing or cut.
    """
    rows = {row["thread_id"]: offset for offset, row in export_rows(board / "threads.jsonl")}
    posts: defaultdict[int, list[int]] = defaultdict(list)
    for offset, post in export_rows(board / "posts.jsonl"):
        if post["thread_id"] is not None:
            posts[post["thread_id"]].append(offset)
    return [StoredThread(board, thread, rows.get(thread), tuple(posts[thread])) for thread in sorted(posts)]


def threads(stored: Iterable[StoredThread]) -> Iterator[dict[str, Any]]:
    """Yield a row for each thread: what its list says of it, and its posts as the thread shows them.

    A field that an earlier export did not have is None, or empty.

    Raises:
        BrokenExport: a file of the export is missing or has changed since its threads were found.
    """
    files: dict[Path, BinaryIO] = {}
    try:
        for thread in stored:
            rows, posts = (_opened(thread.board / name, files) for name in EXPORTS)
            listed = {} if thread.row is None else at_offset(rows, thread.row)
            listed["forum"] = _forums(thread.board).get(listed.get("forum_id"))
            yield thread_row(
                thread.board.name, thread.thread_id, listed, [at_offset(posts, offset) for offset in thread.posts]
            )
    finally:
        for file in files.values():
            file.close()


def thread_row(board: str, thread_id: int, listed: Mapping[str, Any], posts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one thread with its posts in order; a field that nobody told is None, or empty."""
    fields = {name: listed.get(name) for name in ("forum", *THREAD)}
    return {"board": board, "thread_id": thread_id, **fields, "posts": list(map(_post, _in_order(posts)))}


@cache
def _forums(board: Path) -> dict[int, str]:
    """Return the titles of a board's forums; none for an export of a version that did not write them."""
    path = board / "forums.jsonl"
    return {row["forum_id"]: row["title"] for _, row in export_rows(path)} if path.exists() else {}


def _post(row: dict[str, Any]) -> dict[str, Any]:
    post = {name: row.get(name) for name in POST}
    for name in ("images", "attachments"):
        post[name] = [{field: file.get(field) for field in FILE} for file in row.get(name) or ()]
    post["links"] = [{"url": link["url"], "name": link.get("name")} for link in row.get("links") or ()]
    post["quotes"] = [
        {"post_id": each.get("post_id"), "author": each.get("author")} for each in row.get("quotes") or ()
    ]
    return post | {"embeds": list(row.get("embeds") or ())}


def _in_order(posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort posts by number. One without, a poll or a remark on the post above it, stays behind that post."""
    places = list(accumulate(posts, lambda last, post: post.get("number") or last, initial=0))[1:]
    return [post for _, post in sorted(zip(places, posts, strict=True), key=itemgetter(0))]


def _opened(path: Path, files: dict[Path, BinaryIO]) -> BinaryIO:
    try:
        return files.get(path) or files.setdefault(path, path.open("rb"))
    except OSError as error:
        raise BrokenExport.at(path) from error


def at_offset(file: BinaryIO, offset: int) -> dict[str, Any]:
    """Return the row that begins at a byte of an export. Raises BrokenExport."""
    file.seek(offset)
    try:
        return json.loads(file.readline())
    except ValueError as error:
        raise BrokenExport.at(Path(file.name)) from error
