r"""Read posts that another program exported, one JSON object a line, as threads.

    {"thread_id": 1330282, "text": "It was the reference sensor.", "author": "redwood", "date": "2013-05-25"}

Needed are `thread_id` (a number, or any text that tells threads apart) and `text`. What else a line has is taken:
`title`, `forum`, `board` and `thread_url` (of the thread: its first line that has one counts), `post_id`, `number`
(its place in the thread; without one the order of the file counts), `author`, `date` (ISO 8601), `url`, `quotes`
(`[{"post_id": 7, "author": "marten"}]`) and `images` (addresses). Quoted words are lines that begin with "> ", or
stand in `[quote=marten;7]...[/quote]`. Lines of one thread may stand anywhere in the file.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vlm3_dataset.errors import Misused
from vlm3_dataset.files import sha256, sha256_of
from vlm3_dataset.sources.threads import at_offset, features, thread_row

# The innermost box of a post in BB code; whose it is, and which post, where it says so.
QUOTE_BOX = re.compile(
    r"\[quote(?:=\"?(?P<author>[^\];\",]+)(?P<rest>[^\]]*))?\](?P<words>(?:(?!\[quote).)*?)\[/quote\]",
    re.IGNORECASE | re.DOTALL,
)
POST_OF_BOX = re.compile(r"(?:;|post: ?)(\d+)")
OTHER_MARKS = re.compile(
    r"\[/?(?:b|i|u|s|color|size|font|center|left|right|url|email|list|indent|img|code)\b[^\]]*\]", re.IGNORECASE
)
ITEM = re.compile(r"\[\*\]")
# How `thread_row` calls what the thread's lines tell of it.
OF_THE_THREAD = {"title": "title", "forum": "forum", "thread_url": "url"}


class BadPosts(Misused):
    """A line of a file of posts is not a post."""


@dataclass(frozen=True, slots=True)
class StoredPosts:
    """Where the posts of one thread begin in their file, in bytes."""

    board: str
    thread_id: int
    posts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SourcePosts:
    """The threads of a file of posts as a table, in the columns of an archive's."""

    file: Path

    def digest(self) -> str:
        """Return the digest of the file. Raises BadPosts."""
        try:
            return sha256_of(self.file)
        except OSError as error:
            raise BadPosts(f"{self.file} cannot be read ({error.strerror}); mend --posts") from error

    def features(self) -> Any:
        return features()

    def splits(self) -> dict[str, list[StoredPosts]]:
        return {"train": find_posts(self.file)}

    def rows(self, units: list[StoredPosts]) -> Iterator[dict[str, Any]]:
        with self.file.open("rb") as file:
            for unit in units:
                posts = [at_offset(file, offset) for offset in unit.posts]
                told = {
                    ours: next((post[theirs] for post in posts if post.get(theirs)), None)
                    for theirs, ours in OF_THE_THREAD.items()
                }
                numbered = [_post(post, place) for place, post in enumerate(posts, 1)]
                yield thread_row(unit.board, unit.thread_id, told, numbered)


def find_posts(path: Path) -> list[StoredPosts]:
    """Return the threads of a file of posts, as it names them first. Raises BadPosts for a line that is none."""
    found: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    offset = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    found[_named(line, f"{path}, line {number}", path.stem)].append(offset)
                offset += len(line)
    except OSError as error:
        raise BadPosts(f"{path} cannot be read ({error.strerror}); mend --posts") from error
    return [StoredPosts(*thread, tuple(posts)) for thread, posts in found.items()]


def _named(line: bytes, where: str, board: str) -> tuple[str, int]:
    """Return the board and the thread of a line."""
    try:
        post = json.loads(line)
    except ValueError:
        raise BadPosts(f"{where}: no JSON object; a post is one line, as in vlm3_dataset/sources/posts.py") from None
    thread = post.get("thread_id") if isinstance(post, dict) else None
    if isinstance(thread, bool) or not isinstance(thread, int | str) or not isinstance(post.get("text"), str):
        raise BadPosts(f"{where}: a post needs thread_id (a number or text) and text")
    return str(post.get("board") or board), _number(thread)


def _number(name: int | str) -> int:
    """Return a number for any id of a thread or a post: itself, or 48 bits of its digest."""
    if isinstance(name, int) or re.fullmatch(r"\d{1,18}", name):
        return int(name)
    return int(sha256(name.encode())[:12], 16)


def _post(post: dict[str, Any], place: int) -> dict[str, Any]:
    words, quotes = _unboxed(post["text"])
    told = [each for each in post.get("quotes") or () if isinstance(each, dict)]
    post_id = post.get("post_id")
    return post | {
        "post_id": None if post_id is None else _number(post_id),
        "number": post["number"] if isinstance(post.get("number"), int) else place,
        "text": words,
        "quotes": [
            {"post_id": each.get("post_id") and _number(each["post_id"]), "author": each.get("author")}
            for each in (told or quotes)
        ],
        "images": [
            each if isinstance(each, dict) else {"url": str(each), "name": None} for each in post.get("images") or ()
        ],
        "attachments": [],
        "links": [],
        "embeds": [],
    }


def _unboxed(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Return a post with its quote boxes as lines behind "> ", one for each level, and whom they quote."""
    quotes: list[dict[str, Any]] = []

    def lines(box: re.Match[str]) -> str:
        if box["author"]:
            post = POST_OF_BOX.search(box["rest"])
            quotes.append({"post_id": int(post[1]) if post else None, "author": box["author"].strip()})
        return "\n" + "\n".join(f"> {line}" for line in box["words"].strip().splitlines()) + "\n"

    while (unboxed := QUOTE_BOX.sub(lines, text)) != text:
        text = unboxed
    return OTHER_MARKS.sub("", ITEM.sub("\n- ", text)).strip(), quotes
