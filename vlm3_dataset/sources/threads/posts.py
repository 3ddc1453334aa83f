r"""Read posts that another program exported, one JSON object a line, as threads.

    {"thread_id": 1330282, "text": "It was the reference sensor.", "author": "redwood", "date": "2013-05-25"}

Needed are `thread_id` (a number, or any text that tells threads apart) and `text`. What else a line has is taken:
`title`, `forum`, `board` and `thread_url` (of the thread: its first line that has one counts), `post_id`, `number`
(its place in the thread; without one the order of the file counts), `author`, `date` (ISO 8601, or seconds since 1970),
`url`, `quotes` (`[{"post_id": 7, "author": "marten"}]`), `images` (addresses) and `kind` ("poll", "deleted"). Quoted
words are lines that begin with "> ", or stand in `[quote=marten;7]...[/quote]`. Lines of one thread may stand anywhere
in the file.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vlm3_dataset.errors import Misused
from vlm3_dataset.files import sha256, sha256_of
from vlm3_dataset.sources.threads.rebuild import at_offset, features, thread_row

# The two ends of a box in BB code; whose words it has, and of which post, where it says so.
QUOTE_MARK = re.compile(
    r"\[quote(?:=\"?(?P<author>[^\];\",]{1,100}+)(?P<rest>[^\]]{0,200}+))?\]|(?P<end>\[/quote\])", re.IGNORECASE
)
DEEPEST = 9  # levels of quotes in quotes that are told apart
POST_OF_BOX = re.compile(r"(?:;|post: ?)(\d+)")
OTHER_MARKS = re.compile(
    r"\[/?(?:b|i|u|s|color|size|font|center|left|right|url|email|list|indent|img|code)\b[^\]]{0,500}\]", re.IGNORECASE
)
ITEM = re.compile(r"\[\*\]")
LONE = re.compile("[\ud800-\udfff]")  # half of a pair, which JSON can spell and UTF-8 cannot
NUMBER = re.compile(r"\d{1,18}", re.ASCII)
LARGEST = 10**18  # a larger number is a name: columns have 64 bits
ISO = re.compile(r"\d{4}(?:-\d\d){0,2}(?:[T ].{1,40})?", re.ASCII)
SECONDS = re.compile(r"\d{9,10}", re.ASCII)
LATEST = 2**32  # of them: in the year 2106
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
                posts = [_told(at_offset(file, offset), str(self.file)) for offset in unit.posts]
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
    except (ValueError, RecursionError):
        post = None
    if not isinstance(post, dict):
        raise BadPosts(f"{where}: no JSON object; a post is one line, as in vlm3_dataset/sources/threads/posts.py")
    told = _told(post, where)
    return told["board"] or board, told["thread_id"]


def _told(post: dict[str, Any], where: str) -> dict[str, Any]:
    """Return what a line tells, each field read for what it is; None for one that it leaves out. Raises BadPosts."""
    try:
        told = {"thread_id": _number(post.get("thread_id")), "text": _words(post.get("text"))}
    except ValueError:
        raise BadPosts(f"{where}: a post needs thread_id (a number or text) and text") from None
    for field, (read, wanted) in FIELDS.items():
        try:
            told[field] = _field(post, field, read)
        except ValueError:
            said = json.dumps(post[field])[:60]
            raise BadPosts(f"{where}: {field} is {said}; it must be {wanted}, or left out") from None
    return told


def _field(told: dict[str, Any], name: str, read: Callable[[Any], Any]) -> Any:
    return None if told.get(name) in (None, "") else read(told[name])


# Each of these returns a value read for what it is, and raises ValueError for one that is something else.


def _words(value: Any) -> str:
    if isinstance(value, str):
        return LONE.sub("\ufffd", value)
    raise ValueError


def _text(value: Any) -> str:
    return str(value) if type(value) is int else _words(value)


def _number(name: Any) -> int:
    """Return a number for any id of a thread or a post: itself, or 48 bits of its digest."""
    try:
        return _whole(name)
    except ValueError:
        if not (text := _text(name)):
            raise
        return int(sha256(text.encode())[:12], 16)


def _whole(value: Any) -> int:
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return int(value)
    if type(value) is int and abs(value) < LARGEST:
        return value
    raise ValueError


def _date(value: Any) -> str:
    """Return a date as ISO 8601 has it; a number that may be one is that of seconds since 1970."""
    if isinstance(value, str) and ISO.fullmatch(value):
        return value
    if type(value) in {int, float} or (isinstance(value, str) and SECONDS.fullmatch(value)):
        seconds = float(value) if isinstance(value, str) else value
        if 0 < seconds < LATEST:
            return datetime.fromtimestamp(seconds, UTC).isoformat()
    raise ValueError


def _quotes(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError
    return [{"post_id": _field(each, "post_id", _number), "author": _field(each, "author", _text)} for each in value]


def _images(value: Any) -> list[dict[str, Any]]:
    shown = [
        each if isinstance(each, dict) else {"url": each} for each in (value if isinstance(value, list) else [value])
    ]
    return [{"url": _words(each.get("url")), "name": _field(each, "name", _text)} for each in shown]


# How a field is read, and what it must be.
FIELDS: dict[str, tuple[Callable[[Any], Any], str]] = {
    **dict.fromkeys(("board", "title", "forum", "thread_url", "author", "url", "kind"), (_text, "text")),
    "post_id": (_number, "a number or text"),
    "number": (_whole, "a whole number"),
    "date": (_date, "a date such as 2013-05-25"),
    "quotes": (_quotes, 'a list such as [{"post_id": 7, "author": "marten"}]'),
    "images": (_images, "a list of addresses"),
}


def _post(post: dict[str, Any], place: int) -> dict[str, Any]:
    words, quotes = _unboxed(post["text"])
    return post | {
        "number": place if post["number"] is None else post["number"],
        "text": words,
        "quotes": post["quotes"] or quotes,
        "images": post["images"] or [],
        "attachments": [],
        "links": [],
        "embeds": [],
    }


def _unboxed(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Return a post with its quote boxes as lines behind "> ", one for each level, and whom they quote."""
    quotes: list[dict[str, Any]] = []
    found, at, level = [], 0, 0
    for mark in _pairs(text):
        found += _lines(text[at : mark.start()], level)
        level += -1 if mark["end"] else 1
        if mark["author"]:
            post = POST_OF_BOX.search(mark["rest"])
            quotes.append({"post_id": int(post[1]) if post else None, "author": mark["author"].strip()})
        if level == 1 and not mark["end"]:
            found.append("\n")
        at = mark.end()
    found.append(text[at:])
    return OTHER_MARKS.sub("", ITEM.sub("\n- ", "".join(found))).strip(), quotes


def _pairs(text: str) -> list[re.Match[str]]:
    """Return the marks at which boxes begin and end; one that has no other is part of the words."""
    begun: list[re.Match[str]] = []
    paired = []
    for mark in QUOTE_MARK.finditer(text):
        if not mark["end"]:
            begun.append(mark)
        elif begun:
            paired += begun.pop(), mark
    return sorted(paired, key=re.Match.start)


def _lines(words: str, level: int) -> list[str]:
    """Return the words of a box as lines behind "> "; those of the post itself as they are."""
    if not level:
        return [words]
    before = "> " * min(level, DEEPEST)
    return [f"{before}{line}\n" for line in words.strip().splitlines()]
