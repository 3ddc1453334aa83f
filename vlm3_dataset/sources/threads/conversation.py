"""Turn a thread's row into a conversation: who answers whom, without quoted words, and anonymous.

anonymised(conversation(row))
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from vlm3_dataset.errors import UserError
from vlm3_dataset.files import read_json
from vlm3_dataset.schema import Post, Thread
from vlm3_dataset.sources import ids
from vlm3_dataset.sources.privacy.anonymise import folded, pseudonyms, scrub

# At most five lines below one of dashes. Each line is matched one way only: a post of 4,000 characters took a minute.
SIGNATURE_MARK = re.compile(r"\n(?:--|__{1,}|—{2,}|={3,}|\*{3,}|-{3,})\s*\n(?:[^\n]*\n){0,4}[^\n]*\Z")
# "Originally posted by X", "X wrote:" over quoted lines; `quotes` already says whom a post quotes.
ATTRIBUTION = re.compile(r"(?im)^(?:originally posted by .{1,60}|.{1,40} (?:wrote|said|schrieb):?)\s*$\n?(?=\s*>)")
QUOTED = re.compile(r"(?m)^>.*\n?")
BLANKS = re.compile(r"\n{3,}")
FOLDER = "threads"  # in the work folder: a file for each chosen thread
TIMES = 3  # posts of one author that end in the same line: it is his signature


class NoThread(UserError):
    """The words of a chosen thread have gone from the work folder."""


def conversation(row: Mapping[str, Any]) -> Thread:
    """Return a row of the config `threads` as a thread, its authors still under the names that the board prints."""
    shown = _question_first(row["posts"])
    numbers = {post["post_id"]: number for number, post in enumerate(shown, 1) if post["post_id"] is not None}
    last: dict[str, int] = {}
    posts = []
    people: dict[str, None] = {}
    for number, post in enumerate(shown, 1):
        author = " ".join((post["author"] or "").split()) or f"guest of post {number}"
        quotes = {  # by the id of the quoted post, else the last post of whoever is quoted
            numbers.get(quote["post_id"]) or last.get(" ".join((quote["author"] or "").split()), 0)
            for quote in post["quotes"]
        } - {0, number}
        people |= dict.fromkeys([author, *(quote["author"] for quote in post["quotes"] if quote["author"])])
        last[author] = number
        posts.append(
            Post(
                number,
                author,
                (post["date"] or "")[:10],
                own_words(post["text"] or ""),
                tuple(sorted(quotes)),
                post["url"] or "",
                sum(len(post[name]) for name in ("images", "attachments", "links", "embeds")),
                post["kind"] or "post",
            )
        )
    return Thread(
        ids.board_name(row["board"]),
        row["thread_id"],
        row["forum"] or "",
        " ".join((row["title"] or "").split()),
        row["url"] or next((post.url for post in posts if post.url), ""),
        tuple(_without_signatures(posts)),
        tuple(people),
    )


def own_words(text: str) -> str:
    """Return what a post's author wrote himself, without what he quotes."""
    if ">" in text:
        text = QUOTED.sub("", ATTRIBUTION.sub("", text))
    return BLANKS.sub("\n\n", text).strip()


def anonymised(thread: Thread) -> Thread:
    """Return the thread with pseudonyms for its authors, and without what could lead to anybody."""
    names = pseudonyms(thread.people)
    posts = (replace(post, author=names[folded(post.author)], text=scrub(post.text, names)) for post in thread.posts)
    return replace(thread, title=scrub(thread.title, names), posts=tuple(posts))


def load_thread(work: Path, page_id: str) -> Thread:
    """Return a chosen thread as `prepare` left it, without noise and people.

    Raises:
        NoThread: its file has gone.
    """
    path = work / FOLDER / f"{page_id}.json"
    if (stored := read_json(path)) is None:
        raise NoThread(f"{path} has gone; run the stage prepare again, which makes it")
    return thread_from(stored)


def thread_from(stored: Mapping[str, Any]) -> Thread:
    """Return a thread that was read back from JSON."""
    posts = (Post(**post | {"quotes": tuple(post["quotes"])}) for post in stored["posts"])
    return Thread(**{**stored, "posts": tuple(posts), "people": tuple(stored["people"])})


def _question_first(posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return posts with a poll, which boards show above them all, behind the opening post, and as its author's."""
    opening = next((post for post in posts if post["kind"] != "poll"), None)
    if opening is None:
        return posts
    signed = [post | {"author": opening["author"]} if post["kind"] == "poll" else post for post in posts]
    return [opening, *(post for post in signed if post is not opening)]


def _without_signatures(posts: Iterable[Post]) -> list[Post]:
    """Return posts without signatures: what follows a line of dashes, and a last line that an author repeats."""
    posts = [replace(post, text=SIGNATURE_MARK.sub("", post.text)) for post in posts]
    ends: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for post in posts:
        ends[post.author][_last_line(post.text)] += 1
    return [
        replace(post, text=post.text.removesuffix(line).rstrip())
        if (line := _last_line(post.text)) and ends[post.author][line] >= TIMES
        else post
        for post in posts
    ]


def _last_line(text: str) -> str:
    return text.rpartition("\n")[2]
