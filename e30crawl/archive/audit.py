"""Find what an archive lacks, by the board's own counters.

A board says which threads there are, how many pages and replies each has, which posts a page shows. Where the archive
has fewer, something was lost: on the way, or by a parser that did not understand.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby, islice
from pathlib import Path

import sqlalchemy as sa

from e30crawl.archive.blobs import BlobStore, DamagedError
from e30crawl.archive.rows import Board, StoredPage, read_again
from e30crawl.archive.stored import media_rows, stored_pages
from e30crawl.frontier.records import ELSEWHERE, NOT_READ, State, Step
from e30crawl.frontier.schema import opened, pages
from e30crawl.links import is_fetchable, media_key
from e30crawl.parallel import in_order
from e30crawl.parsers.records import UNREAD, Page, PageKind, PostKind, Thread
from e30crawl.responses import in_words

SHOWN = 10  # numbers of missing pages
_NOTES = (PostKind.DELETED, PostKind.IGNORED)
_DAMAGED = Page(PageKind.UNKNOWN, "unknown")
SESSION = re.compile(r"[?&;/](?:s|sid|phpsessid|jsessionid)=[0-9a-f]{8,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AuditedPage:
    """One stored page as it reads today. `damage` says why its bytes are not what they were."""

    raw: StoredPage
    page: Page = _DAMAGED  # without its posts, of which kinds and numbers are enough
    posts: tuple[tuple[PostKind, int | None], ...] = ()
    files: tuple[str, ...] = ()  # keys
    damage: str | None = None

    @property
    def subject_id(self) -> int | None:
        """Return the id of the thread or forum that the page belongs to.

        A thread that was merged shows the other thread's posts under the listed address, so the claim's id comes first.
        """
        page, claim = self.page, self.raw.claim
        thread = page.kind is PageKind.POSTS
        return (claim.thread_id or page.thread_id) if thread else (page.forum_id or claim.forum_id)


def audit_page(board: Board, raw: StoredPage) -> AuditedPage:
    """Return a stored page as it reads today; called in processes of its own."""
    try:
        page = read_again(board, raw, BlobStore(board.folder).get_page(raw.sha256))
    except DamagedError as error:
        return AuditedPage(raw, damage=str(error))
    media = (each.url for post in page.posts for each in (*post.images, *post.attachments))
    files = tuple(media_key(url, raw.claim.url) for url in media if is_fetchable(url))
    posts = tuple((post.kind, post.number) for post in page.posts if post.kind is not PostKind.POLL)
    return AuditedPage(raw, replace(page, posts=()), posts, files)


def _counted_threads(threads: Iterable[Thread]) -> list[Thread]:
    """Return the threads that a list counts: neither sticky nor moved."""
    return [each for each in threads if not (each.sticky or each.moved)]


@dataclass(slots=True)
class PageSequence:
    """The pages of a thread, or of a forum's list, added in their order."""

    numbers: set[int] = field(default_factory=set)
    last: int = 1
    shown: int = 0
    total: int | None = None
    threads: set[int] = field(default_factory=set)
    gaps: int = 0  # numbers that no post has: of posts that were deleted, or lost
    highest: int | None = None
    unnumbered: int = 0  # notes that stand for a post: of having been deleted, or ignored

    def add(self, seen: AuditedPage) -> None:
        page = seen.page
        self.numbers.add(page.number)
        self.last = max(self.last, page.last)
        # Boards do not count what is only a note of having been deleted among the replies.
        self.shown += sum(kind is not PostKind.DELETED for kind, _ in seen.posts)
        self.unnumbered += sum(kind in _NOTES and number is None for kind, number in seen.posts)
        self.threads.update(each.thread_id for each in _counted_threads(page.threads))
        if page.results:
            self.total = max(self.total or 0, page.results[2])
        for number in sorted(number for _, number in seen.posts if number is not None):
            if self.highest is not None and number > self.highest:
                self.gaps += number - self.highest - 1
            self.highest = max(number, self.highest or number)

    @property
    def missing(self) -> list[int]:
        """Return the first numbers that no page has, up to SHOWN + 1: a page may say it is one of 2,000,000,000."""
        return list(islice((each for each in range(1, self.last + 1) if each not in self.numbers), SHOWN + 1))


@dataclass(slots=True)
class Audit:
    """What is missing or damaged, by groups that belong together, and how much was looked at."""

    findings: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)

    def find(self, group: str, what: str) -> None:
        self.findings[group].append(what)


def audit(folder: Path, url: str = "") -> Audit:
    """Read everything that the archive holds, pages on all cores, and return what is missing or damaged.

    Raises OSError and Frontier.Error.
    """
    board, result = Board.at(folder, url), Audit()
    with opened(folder, url) as connection:
        _check_states(connection, result)
        stored = (raw for raw in stored_pages(connection, bar="verify pages") if not raw.old)
        files = compare(in_order(partial(audit_page, board), stored), result)
        _check_files(connection, BlobStore(folder), files, result)
    return result


def _check_states(connection: sa.Connection, result: Audit) -> None:
    query = sa.select(pages.c.url, pages.c.state, pages.c.step, pages.c.reason, pages.c.sha256)
    for row in connection.execute(query.execution_options(yield_per=1000)):
        if SESSION.search(row.url):
            result.find("addresses with a session id", row.url)
        if row.state == State.PENDING:
            if row.sha256 is None:
                result.find("not fetched so far", f"{row.url}: {row.reason}" if row.reason else row.url)
        elif (row.reason or "").startswith(NOT_READ):  # given up, or left as it was before
            result.find("pages not read", f"{row.url}: {row.reason.removeprefix(f'{NOT_READ}: ')}")
        elif row.step != Step.MEDIA and row.state == State.FAILED and not (row.reason or "").startswith(ELSEWHERE):
            result.find("pages given up", f"{row.url}: {row.reason}")


def compare(seen: Iterable[AuditedPage], result: Audit) -> set[str]:
    """Find what pages lack of what they say of each other, and return the keys of all files that posts show.

    Lists come first and then thread by thread, so that only one thread at a time is in memory, with what lists say of
    each.
    """
    # Of threads those stay whose addresses did not tell their ids.
    threads: defaultdict[int, PageSequence] = defaultdict(PageSequence)
    forums: defaultdict[int, PageSequence] = defaultdict(PageSequence)
    listed: dict[int, Thread] = {}
    files: set[str] = set()
    for thread_id, group in groupby(seen, key=lambda page: page.raw.claim.thread_id):
        kinds = set()
        for each in group:
            page = each.page
            kinds.add(page.kind)
            files.update(each.files)
            _check_page(each, result)
            if each.subject_id is not None and page.kind in (PageKind.POSTS, PageKind.THREADS):
                (threads if page.kind is PageKind.POSTS else forums)[each.subject_id].add(each)
            listed.update((thread.thread_id, thread) for thread in page.threads if not thread.moved)
        if thread_id is not None:
            _check_thread(thread_id, threads.pop(thread_id, None), listed.pop(thread_id, None), kinds, result)
    for thread_id in sorted(threads.keys() | listed.keys()):
        _check_thread(thread_id, threads.get(thread_id), listed.get(thread_id), set(), result)
    for forum_id, pages_of in sorted(forums.items()):
        _check_pages("forum", forum_id, pages_of, result)
        if not pages_of.missing and pages_of.total and len(pages_of.threads) < pages_of.total:
            finding = f"forum {forum_id}: {len(pages_of.threads)} of {pages_of.total} threads"
            result.find("forums with threads missing", finding)
    result.counts["forums"] = len(forums)
    return files


def _check_page(seen: AuditedPage, result: Audit) -> None:
    """Note what a page lacks of what it says of itself."""
    page, url = seen.page, seen.raw.claim.url
    if seen.damage:
        result.find("pages that are damaged", f"{url}: {seen.damage}")
    elif page.kind in UNREAD:
        result.find("pages not read", f"{url}: {in_words(page)}")
    if page.charset_doubt:
        result.find("pages whose charset is in doubt", f"{url}: {page.charset_doubt}")
    if page.results and page.kind in (PageKind.POSTS, PageKind.THREADS):
        first, last, _ = page.results
        rows = len(seen.posts) if page.kind is PageKind.POSTS else len(_counted_threads(page.threads))
        if rows < last - first + 1:
            finding = f"says it shows {first} to {last}, and {rows} can be read"
            result.find("pages with fewer rows than they say", f"{url}: {finding}")


def _check_thread(
    thread_id: int, pages_of: PageSequence | None, listed: Thread | None, kinds: set[str], result: Audit
) -> None:
    """Note what a thread lacks of what its list says. `kinds` are those of the pages that came for it."""
    posts = listed.replies + 1 if listed and listed.replies is not None else None
    if pages_of is not None:
        lost = max(pages_of.gaps - pages_of.unnumbered, 0)
        result.counts.update({"threads": 1, "posts": pages_of.shown, "numbers without a post": lost})
        _check_pages("thread", thread_id, pages_of, result)
        if posts and not pages_of.missing and pages_of.shown < posts:
            finding = f"thread {thread_id}: {pages_of.shown} of {posts} posts"
            result.find("threads with fewer posts than replies", finding)
    elif kinds == {PageKind.NOTICE}:
        result.counts["threads that the board does not show"] += 1
    elif listed is not None:
        group = "threads without a page that can be read" if kinds else "threads missing whole"
        result.find(group, f"thread {thread_id}: {posts} posts" if posts else f"thread {thread_id}")


def _check_pages(name: str, id_: int, pages_of: PageSequence, result: Audit) -> None:
    if missing := pages_of.missing:
        shown = ", ".join(map(str, missing[:SHOWN])) + (", ..." if len(missing) > SHOWN else "")
        result.find(f"{name}s with pages missing", f"{name} {id_}: {shown} of {pages_of.last} pages")


def _check_files(connection: sa.Connection, store: BlobStore, wanted: set[str], result: Audit) -> None:
    for row in media_rows(connection, "verify files"):
        wanted.discard(row.key)
        if row.state != State.DONE:
            continue
        result.counts["files"] += 1
        try:
            store.get_media(row.sha256, row.suffix)
        except DamagedError as error:
            result.find("files that are damaged", f"{row.url}: {error}")
    for key in sorted(wanted):
        result.find("files that posts show and nobody looked for", key)
