"""Define what passes between the walk and the frontier: a page found, claimed, and what came of it.

Apart from the frontier itself: the processes that read pages need none of its SQLAlchemy.
"""

import copyreg
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import Literal

NOT_READ = "not read"  # begins the reason of a page whose answer was not the page that was asked for
ELSEWHERE = "a link to another site"  # begins the reason of a forum that is no page of the board: nothing is lost


class Step(StrEnum):
    """The four steps of a crawl; each page is fetched in one of them."""

    FORUMS = "forums"  # home, and the first page of every forum
    THREADS = "threads"  # the further pages of a forum's thread list
    POSTS = "posts"  # the pages of a thread
    MEDIA = "media"  # images and attachments


class State(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


Lost = Literal["failed", "unread"]  # pages that were given up; pages that came but could not be read


@dataclass(frozen=True, slots=True)
class PageRef:
    """An address worth visiting. Two addresses with the same `key` are the same page."""

    key: str
    url: str
    step: Step
    forum_id: int | None = None
    thread_id: int | None = None
    number: int = 1

    @property
    def host(self) -> str:
        """Return the host as the table of pages has it."""
        return self.url.split("/", 3)[2]


# By thousands from the processes that read: pickle asks a frozen dataclass field by field, and takes 4 times as long.
_values = attrgetter(*PageRef.__slots__)
copyreg.pickle(PageRef, lambda found: (PageRef, _values(found)))


@dataclass(frozen=True, slots=True)
class Claim(PageRef):
    """A page that this process is about to fetch."""

    id: int = 0
    tries: int = 0
    sha256: str | None = None  # of what it was when it was fetched before


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What came of a page: the kind of page it was, and where its bytes are."""

    kind: str
    sha256: str
    size: int
    suffix: str = ""
    content_type: str | None = None
    location: str | None = None  # where redirects ended, if anywhere else
    records: int = 0  # forums, threads or posts on the page
    note: str | None = None  # the board's words on a notice
    rendered: bool = False  # by a browser: its serialised page instead of the bytes that came


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list says of a thread, as far as it tells whether the thread has changed."""

    replies: int | None = None
    last_post: str | None = None  # as printed


@dataclass(frozen=True, slots=True)
class Changes:
    """What a list has to say that was not known: threads by id, and the list's own next page."""

    listed: dict[int, Listed] = field(default_factory=dict)
    grown: tuple[int, ...] = ()  # visit the last page known, which leads to the rest
    shrunk: tuple[int, ...] = ()  # posts are gone, and every page may have moved
    next_list: str | None = None  # key of the list's next page
    gone: tuple[int, ...] = ()  # no longer on the list: visit the first page once


NO_CHANGES = Changes()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which pages a run is about. Ids narrow it; until all of them are known, the lists that may name them belong."""

    steps: frozenset[Step] = frozenset(Step)
    forum_ids: frozenset[int] = frozenset()
    thread_ids: frozenset[int] = frozenset()


EVERYTHING = Scope()
