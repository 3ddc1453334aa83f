"""Define what a forum page says, as plain records.

Null is honest: a field that the page does not print is None, never a guess. `date_text` keeps a date as printed,
because zone and order of day and month belong to the board and can be learned later.
"""

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Any, Self


class PageKind(StrEnum):
    FORUMS = "forums"  # forum home or a forum that only holds sub-forums
    THREADS = "threads"  # a forum's thread list (it may carry sub-forums too)
    POSTS = "posts"  # one page of a thread
    NOTICE = "notice"  # the board's last word instead of content: members only, no permission, does not exist
    PASSING = "passing"  # what stands in a page's place for a while: closed, overloaded, an error, a rate limit
    CHALLENGE = "challenge"  # a gatekeeper that wants a browser or a person (Cloudflare, DDoS-Guard, Sucuri)
    UNKNOWN = "unknown"  # a page this project does not read


READABLE = (PageKind.FORUMS, PageKind.THREADS, PageKind.POSTS)
UNREAD = (PageKind.UNKNOWN, PageKind.PASSING, PageKind.CHALLENGE)


class PostKind(StrEnum):
    POST = "post"
    DELETED = "deleted"  # only the note that it was deleted is shown
    IGNORED = "ignored"  # hidden by the reader's own list
    POLL = "poll"  # the question and its options, which have no number and on most boards no id
    COMMENT = "comment"  # a remark on the post above it (vBulletin 5), with an id and without a number


@dataclass(frozen=True, slots=True)
class Forum:
    forum_id: int
    title: str
    url: str | None
    parent_id: int | None = None
    description: str | None = None
    threads: int | None = None
    posts: int | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    thread_id: int
    title: str
    url: str | None
    forum_id: int | None = None
    starter: str | None = None
    sticky: bool = False
    closed: bool = False
    moved: bool = False
    prefix: str | None = None  # the label before the title, as printed
    replies: int | None = None
    views: int | None = None
    last_post: str | None = None  # the date as printed


@dataclass(frozen=True, slots=True)
class Quote:
    """A post quoted inside another; either side may be unknown."""

    post_id: int | None
    author: str | None


@dataclass(frozen=True, slots=True)
class Media:
    """An inline image, an attachment or a link: its full-size address, and the name the board prints for it."""

    url: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    post_id: int | None  # None in views that hide it, whose posts are told apart by nothing else
    number: int | None = None
    author: str | None = None
    author_id: int | None = None
    date: str | None = None  # UTC, ISO 8601 (a bare day where the board prints no time)
    date_text: str | None = None
    text: str = ""  # clean; quoted lines start with "> "
    quotes: tuple[Quote, ...] = ()
    images: tuple[Media, ...] = ()
    attachments: tuple[Media, ...] = ()
    edited: str | None = None  # the note as printed
    kind: PostKind = PostKind.POST
    embeds: tuple[str, ...] = ()  # addresses of videos and other frames
    links: tuple[Media, ...] = ()  # what else the text links to, by whole address and as printed; not fetched
    reactions: int | None = None  # likes or thanks, where the board counts them
    date_reason: str | None = None  # why `date` is None


@dataclass(frozen=True, slots=True)
class Page:
    """One page, read. `number` of `last` is its place in the pager (1 of 1 without one)."""

    kind: PageKind
    generation: str  # "vb2", "vb3", "vb4", "vb5", "xf1", "xf2", "lofi" or "unknown"
    title: str | None = None
    forum_id: int | None = None
    thread_id: int | None = None
    number: int = 1
    last: int = 1
    results: tuple[int, int, int] | None = None  # "Showing results 21 to 40 of 368", where the page says so
    without_limit: str | None = None  # what asks for all of a list that shows only the newer threads: `daysprune=-1`
    single: bool = False  # showpost: one post out of its thread, which is there as well
    cut_short: bool = False  # its end is missing
    reason: str | None = None  # why it is not read, where kind is UNKNOWN
    software: str | None = None  # the name of a board software that is not read, such as "phpBB"
    notice: str | None = None  # the board's words, where kind is NOTICE, PASSING or CHALLENGE
    logged_out: bool = False  # the notice asks us to log in
    forums: tuple[Forum, ...] = ()
    threads: tuple[Thread, ...] = ()
    posts: tuple[Post, ...] = ()
    encoding: str = "utf-8"  # Python's name of the codec that gave the text
    charset_doubt: str | None = None  # how the declared charset contradicts the bytes, in one line
    day_first: bool | None = None  # what the page's dates prove; None where none has a part above 12
    utc_offset: int | None = None  # minutes east of UTC, as the footer says

    @classmethod
    def of_list(
        cls,
        generation: str,
        title: str | None,
        forum_id: int | None,
        place: tuple[int, int],
        *,
        forums: tuple[Forum, ...],
        threads: tuple[Thread, ...] | None,
    ) -> Self:
        """Return a list of threads, or of forums where there is no place for threads (None), or neither."""
        number, last = place
        if threads is not None:
            kind = PageKind.THREADS
            return cls(kind, generation, title, forum_id, None, number, last, forums=forums, threads=threads)
        if forums:
            return cls(PageKind.FORUMS, generation, title, forum_id, forums=forums)
        return cls(PageKind.UNKNOWN, generation, title)

    @property
    def records(self) -> int:
        """Return how many records it shows of what it is about: posts, threads or forums."""
        return len(self.posts) or len(self.threads) or len(self.forums)


@dataclass(frozen=True, slots=True)
class Selectors:
    """Where a board's skin has moved things to, in XPath. The first group begins at the page, the second at a post."""

    post: str | None = None  # the element of each post
    thread: str | None = None  # the links to threads on a list
    forum: str | None = None  # the links to forums
    pages: str | None = None  # a text such as `Page 3 of 12`
    post_id: str | None = None
    number: str | None = None
    author: str | None = None
    date: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody who knows a board says of its pages. All but the zone wins over what they say themselves."""

    timezone: tzinfo | None = None  # of the dates that a guest is shown, where pages do not state theirs
    day_first: bool | None = None
    charset: str | None = None
    selectors: Selectors | None = None
    day_first_elsewhere: bool | None = None  # what the board's other pages prove, for a page that proves nothing


def fields(record: Any) -> dict[str, Any]:
    """Return a record's fields by name, its own records as they are: json takes this very function as `default`.

    dataclasses.asdict copies whatever it meets, and takes 260 µs for a page of twenty posts with json; this takes 85.
    """
    return {name: getattr(record, name) for name in record.__slots__}
