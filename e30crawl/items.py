"""Make what the spider yields: one item for a response, then a row for every forum, thread and post it shows.

The rows have the fields of `forums.jsonl`, `threads.jsonl` and `posts.jsonl`, which `e30crawl export` writes. A file
that a post shows is fetched after it, so a feed says "not fetched" where the export says what became of the file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import InitVar, dataclass
from typing import Any

from e30crawl.frontier.records import Claim, FetchResult, PageRef
from e30crawl.links import is_fetchable, media_key, place_of
from e30crawl.parsers.page import PARSER_VERSION
from e30crawl.parsers.records import Media, Page, Post, PostKind, Quote, fields

NOT_FETCHED: Mapping[str, Any] = {"sha256": None, "file": None, "outcome": "not fetched"}


@dataclass
class PageItem:
    """A page as received, and what it leads to.

    Once it is committed it has no `body`, `page` and `links` any more: they are on disk and in the frontier. They are
    no fields, or whoever asks for those by name (a CSV feed, an ItemAdapter) would stumble over them.
    """

    claim: Claim
    result: FetchResult  # its sha256 is empty until the bytes are on disk
    fetched_at: str  # UTC, ISO 8601
    body: InitVar[bytes]
    page: InitVar[Page]  # without its posts
    links: InitVar[tuple[PageRef, ...]]

    def __post_init__(self, body: bytes, page: Page, links: tuple[PageRef, ...]) -> None:
        self.body, self.page, self.links = body, page, links


@dataclass
class MediaItem:
    """An image or an attachment as received. Once it is committed it has no `body` any more."""

    claim: Claim
    result: FetchResult
    fetched_at: str
    body: InitVar[bytes]

    def __post_init__(self, body: bytes) -> None:
        self.body = body


@dataclass(slots=True)
class ForumItem:
    board: str
    forum_id: int
    title: str
    url: str | None
    parent_id: int | None
    description: str | None
    threads: int | None
    posts: int | None
    fetched_at: str
    parser_version: str = PARSER_VERSION


@dataclass(slots=True)
class ThreadItem:
    board: str
    thread_id: int
    title: str
    url: str | None
    forum_id: int | None
    starter: str | None
    sticky: bool
    closed: bool
    moved: bool
    prefix: str | None
    replies: int | None
    views: int | None
    last_post: str | None  # the date as printed
    fetched_at: str
    parser_version: str = PARSER_VERSION


@dataclass(slots=True)
class PostItem:
    board: str
    forum_id: int | None
    thread_id: int | None
    post_id: int | None
    number: int | None
    author: str | None
    author_id: int | None
    date: str | None  # UTC, ISO 8601
    date_text: str | None  # as printed
    text: str
    quotes: tuple[Quote, ...]
    images: list[dict[str, Any]]  # url, name, sha256, file, outcome
    attachments: list[dict[str, Any]]  # likewise
    edited: str | None
    kind: PostKind
    embeds: tuple[str, ...]
    links: tuple[Media, ...]
    reactions: int | None
    date_reason: str | None
    url: str
    fetched_at: str
    parser_version: str = PARSER_VERSION


Row = ForumItem | ThreadItem | PostItem


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a page comes from and when, as its rows say of themselves."""

    board: str
    claim: Claim
    fetched_at: str


def rows_of(page: Page, origin: Origin) -> Iterator[Row]:
    """Yield the forums, threads and posts of one page, as a crawl sees them: their files are not fetched so far."""
    at: dict[str, Any] = {"board": origin.board, "fetched_at": origin.fetched_at}
    for forum in page.forums:
        yield ForumItem(**fields(forum), **at)
    for thread in page.threads:
        yield ThreadItem(**{**fields(thread), "forum_id": thread.forum_id or page.forum_id}, **at)
    for post in page.posts:
        if post.post_id or (post.kind is PostKind.POLL and page.number == 1):  # which stands on every page
            yield post_row(post, page, origin, {})


def post_row(post: Post, page: Page, origin: Origin, files: Mapping[str, Mapping[str, Any]]) -> PostItem:
    """Return a post as a row; `files` says what became of its files, by media_key."""
    forum_id, thread_id = place_of(page, origin.claim)

    def media_fields(media: Media) -> dict[str, Any]:
        url = media.url if is_fetchable(media.url) else media.url[:100]
        return {"url": url, "name": media.name, **files.get(media_key(media.url, origin.claim.url), NOT_FETCHED)}

    columns = fields(post)
    columns["images"] = [media_fields(media) for media in post.images]
    columns["attachments"] = [media_fields(media) for media in post.attachments]
    anchor = "post-" if page.generation in {"xf1", "xf2"} else "post"
    url = f"{origin.claim.url}#{anchor}{post.post_id}" if post.post_id else origin.claim.url
    return PostItem(origin.board, forum_id, thread_id, **columns, url=url, fetched_at=origin.fetched_at)
