"""The sample forum as records, read from forum.toml; the skins turn them into pages."""

import math
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

CONTENT = Path(__file__).with_name("forum.toml")


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    id: int | None = None  # None for guests, who have no page of their own
    title: str = "Guest"
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    name: str
    attachment: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    id: int
    number: int
    by: Member
    at: datetime  # UTC
    text: str  # BB code
    attachments: tuple[File, ...] = ()
    edited: datetime | None = None
    likes: tuple[str, ...] = ()  # the names of those who like it, on boards that can say so


@dataclass(frozen=True, slots=True)
class Thread:
    id: int
    forum: int
    title: str
    views: int
    posts: tuple[Post, ...]
    sticky: bool = False
    closed: bool = False
    prefix: str | None = None  # a label before the title, on boards that have labels

    @property
    def slug(self) -> str:
        return slug(self.title)


@dataclass(frozen=True, slots=True)
class Forum:
    id: int
    title: str
    description: str
    parent: int | None = None
    members_only: bool = False

    @property
    def is_category(self) -> bool:
        """A heading that holds forums and no threads."""
        return self.parent is None

    @property
    def slug(self) -> str:
        return slug(self.title)


def slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


@dataclass(frozen=True)
class Board:
    title: str
    timezone: int
    now: datetime
    posts_per_page: int
    threads_per_page: int
    forums: dict[int, Forum]
    threads: dict[int, Thread]
    files: dict[str, File]

    @classmethod
    def load(cls, path: Path = CONTENT) -> Self:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        files = {key: File(**file) for key, file in content["files"].items()}
        members = {name: Member(name, **member) for name, member in content["members"].items()}
        return cls(
            title=content["title"],
            timezone=content["timezone"],
            now=content["now"].replace(tzinfo=UTC),
            posts_per_page=content["posts_per_page"],
            threads_per_page=content["threads_per_page"],
            forums={forum["id"]: Forum(**forum) for forum in content["forum"]},
            threads={thread["id"]: _thread(thread, members, files) for thread in content["thread"]},
            files=files,
        )

    def children(self, forum: Forum | None) -> list[Forum]:
        """The forums right below this one; below None, the categories."""
        parent = forum.id if forum else None
        return [each for each in self.forums.values() if each.parent == parent]

    def path(self, forum: Forum) -> list[Forum]:
        """From the category down to the forum."""
        above = self.path(self.forums[forum.parent]) if forum.parent else []
        return [*above, forum]

    def listed(self, forum: Forum, number: int) -> list[Thread]:
        """What page `number` of a forum lists: the sticky threads on every page, then the others, newest first."""
        stickies = [thread for thread in self.threads_of(forum) if thread.sticky]
        others = self.normal(forum)
        first = (number - 1) * self.threads_per_page
        return stickies + others[first : first + self.threads_per_page]

    def normal(self, forum: Forum) -> list[Thread]:
        return [thread for thread in self.threads_of(forum) if not thread.sticky]

    def threads_of(self, forum: Forum) -> list[Thread]:
        """Sticky or not, the latest post first."""
        threads = [thread for thread in self.threads.values() if thread.forum == forum.id]
        return sorted(threads, key=lambda thread: thread.posts[-1].at, reverse=True)

    def forum_pages(self, forum: Forum) -> int:
        return max(1, math.ceil(len(self.normal(forum)) / self.threads_per_page))

    def thread_pages(self, thread: Thread) -> int:
        return math.ceil(len(thread.posts) / self.posts_per_page)

    def posts_on(self, thread: Thread, number: int) -> tuple[Post, ...]:
        first = (number - 1) * self.posts_per_page
        return thread.posts[first : first + self.posts_per_page]

    def find(self, post_id: int) -> tuple[Thread, Post] | None:
        """Return a post and the thread it stands in."""
        posts = ((thread, post) for thread in self.threads.values() for post in thread.posts)
        return next(((thread, post) for thread, post in posts if post.id == post_id), None)

    def page_of(self, post: Post) -> int:
        """Return the page of its thread that shows a post."""
        return math.ceil(post.number / self.posts_per_page)

    def posts_in(self, forum: Forum) -> int:
        return sum(len(thread.posts) for thread in self.threads_of(forum))

    def local(self, at: datetime) -> datetime:
        """The time as the board's clock shows it."""
        return at + timedelta(hours=self.timezone)

    def photo(self, key: str) -> str:
        """Where an inline picture lies below the board's address."""
        return f"photos/{self.files[key].name}"


def _thread(thread: dict[str, Any], members: dict[str, Member], files: dict[str, File]) -> Thread:
    posts = tuple(
        Post(
            id=post["id"],
            number=number,
            by=members.get(post["by"]) or Member(post["by"]),
            at=post["at"].replace(tzinfo=UTC),
            text=post["text"].strip(),
            attachments=tuple(files[key] for key in post.get("attachments", ())),
            edited=post["edited"].replace(tzinfo=UTC) if "edited" in post else None,
            likes=tuple(post.get("likes", ())),
        )
        for number, post in enumerate(thread["post"], start=1)
    )
    known = {name: value for name, value in thread.items() if name != "post"}
    return Thread(**known, posts=posts)
