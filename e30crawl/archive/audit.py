"""What an archive lacks, by the board's own counters.

A board says how many pages a thread has, which posts a page shows, how many replies a thread got. Where the archive has
fewer, something was lost: on the way, or by a parser that did not understand.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from e30crawl.archive.blobs import BlobStore, DamagedPageError, NotMediaError, extension
from e30crawl.archive.rows import Board, StoredPage, read_again
from e30crawl.archive.stored import media_rows, stored_pages
from e30crawl.frontier.records import State, Step
from e30crawl.frontier.schema import connect, pages
from e30crawl.links import is_fetchable, media_key
from e30crawl.parallel import in_order
from e30crawl.parsers.records import PageKind, PostKind

SESSION = re.compile(r"[?&;/](?:s|sid|phpsessid|jsessionid)=[0-9a-f]{8,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is missing or damaged. Findings of one `group` belong together."""

    group: str
    what: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A thread as a list shows it."""

    thread_id: int
    replies: int | None
    counts: bool  # among the threads that the list numbers: not sticky, not moved


@dataclass(frozen=True, slots=True)
class AuditedPage:
    """One stored page, as far as an audit asks. `damage` says why its bytes are not what they were."""

    raw: StoredPage
    kind: str = PageKind.UNKNOWN
    about: int | None = None  # id of the thread or forum
    number: int = 1
    last: int = 1
    results: tuple[int, int, int] | None = None
    posts: tuple[int | None, ...] = ()  # their numbers
    threads: tuple[Listed, ...] = ()
    files: tuple[str, ...] = ()  # keys
    damage: str | None = None
    kinds: Counter[PostKind] = field(default_factory=Counter)  # of its posts
    doubt: str | None = None  # of its charset


def look(board: Board, raw: StoredPage) -> AuditedPage:
    """Runs in processes of its own."""
    try:
        body = BlobStore(board.folder).get_page(raw.sha256)
        if hashlib.sha256(body).hexdigest() != raw.sha256:
            return AuditedPage(raw, damage="its bytes have changed")
        page = read_again(board, raw)
    except DamagedPageError as error:
        return AuditedPage(raw, damage=str(error))
    media = (each.url for post in page.posts for each in (*post.images, *post.attachments))
    thread = page.kind is PageKind.POSTS
    return AuditedPage(
        raw,
        page.kind,
        (page.thread_id or raw.claim.thread_id) if thread else (page.forum_id or raw.claim.forum_id),
        page.number,
        page.last,
        page.results,
        tuple(post.number for post in page.posts if post.kind is not PostKind.POLL),
        tuple(Listed(each.thread_id, each.replies, not (each.sticky or each.moved)) for each in page.threads),
        tuple(media_key(url, raw.claim.url) for url in media if is_fetchable(url)),
        kinds=Counter(post.kind for post in page.posts),
        doubt=page.charset_doubt,
    )


@dataclass(slots=True)
class Sequence:
    """The pages of a thread, or of a forum's list."""

    numbers: set[int] = field(default_factory=set)
    last: int = 1
    posts: set[int] = field(default_factory=set)
    shown: int = 0  # posts that count as replies
    hidden: int = 0  # posts without a number: deleted, ignored
    total: int | None = None
    threads: set[int] = field(default_factory=set)

    def add(self, page: AuditedPage) -> None:
        self.numbers.add(page.number)
        self.last = max(self.last, page.last)
        self.posts.update(number for number in page.posts if number is not None)
        self.shown += len(page.posts) - page.kinds[PostKind.DELETED]
        self.hidden += page.kinds[PostKind.DELETED] + page.kinds[PostKind.IGNORED]
        self.threads.update(each.thread_id for each in page.threads if each.counts)
        if page.results:
            self.total = max(self.total or 0, page.results[2])

    @property
    def missing(self) -> list[int]:
        return sorted(set(range(1, self.last + 1)) - self.numbers)

    @property
    def gaps(self) -> int:
        """Numbers that no post has: of posts that were deleted without a trace, or lost."""
        if not self.posts:
            return 0
        return max(max(self.posts) - min(self.posts) + 1 - len(self.posts) - self.hidden, 0)


@dataclass(slots=True)
class Audit:
    """Its findings, and what it has looked at."""

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def find(self, group: str, what: str) -> None:
        self.findings.append(Finding(group, what))


def audit(folder: Path, url: str = "") -> Audit:
    """Reads everything the archive holds, pages on all cores. Raises OSError and Frontier.Error."""
    board, engine, result = Board.at(folder, url), connect(folder, url), Audit()
    with engine.connect() as connection:
        _not_done(connection, result)
        stored = (raw for raw in stored_pages(connection) if not raw.old)
        files = _pages(in_order(partial(look, board), stored), result)
        _files(connection, BlobStore(folder), files, result)
    engine.dispose()
    return result


def _not_done(connection: sa.Connection, result: Audit) -> None:
    for row in connection.execute(sa.select(pages.c.url, pages.c.state, pages.c.step, pages.c.reason, pages.c.sha256)):
        if SESSION.search(row.url):
            result.find("addresses with a session id", row.url)
        if row.step != Step.MEDIA and row.state == State.FAILED:
            result.find("pages given up", f"{row.url}: {row.reason}")
        if row.state == State.PENDING and row.sha256 is None:
            result.find("not fetched so far", f"{row.url}: {row.reason}" if row.reason else row.url)


def _pages(seen: Iterable[AuditedPage], result: Audit) -> set[str]:
    """Returns the keys of all files that posts show."""
    threads: dict[int, Sequence] = defaultdict(Sequence)
    forums: dict[int, Sequence] = defaultdict(Sequence)
    replies: dict[int, int] = {}
    files: set[str] = set()
    for page in seen:
        where = page.raw.claim.url
        if page.damage:
            result.find("pages that are damaged", f"{where}: {page.damage}")
            continue
        files.update(page.files)
        if page.doubt:
            result.find("pages whose charset is in doubt", f"{where}: {page.doubt}")
        _results(page, result)
        if page.about is not None and page.kind in (PageKind.POSTS, PageKind.THREADS):
            (threads if page.kind == PageKind.POSTS else forums)[page.about].add(page)
        replies.update((each.thread_id, each.replies) for each in page.threads if each.replies is not None)
    result.counts.update(threads=len(threads), forums=len(forums), posts=sum(each.shown for each in threads.values()))
    for name, sequences in (("thread", threads), ("forum", forums)):
        _sequences(name, sequences, result)
    for thread_id, count in replies.items():
        if thread_id in threads and threads[thread_id].shown < count + 1 and not threads[thread_id].missing:
            shown = threads[thread_id].shown
            result.find("threads with fewer posts than replies", f"thread {thread_id}: {shown} of {count + 1} posts")
    return files


def _results(page: AuditedPage, result: Audit) -> None:
    if page.results and page.kind in (PageKind.POSTS, PageKind.THREADS):
        first, last, _ = page.results
        rows = len(page.posts) if page.kind == PageKind.POSTS else sum(each.counts for each in page.threads)
        if rows < last - first + 1:
            said = f"says it shows {first} to {last}, and {rows} can be read"
            result.find("pages with fewer rows than they say", f"{page.raw.claim.url}: {said}")


def _sequences(name: str, sequences: dict[int, Sequence], result: Audit) -> None:
    for id_, pages_of in sorted(sequences.items()):
        if missing := pages_of.missing:
            shown = ", ".join(map(str, missing[:10])) + (", ..." if len(missing) > 10 else "")
            result.find(f"{name}s with pages missing", f"{name} {id_}: {shown} of {pages_of.last} pages")
        elif name == "forum" and pages_of.total and len(pages_of.threads) < pages_of.total:
            result.find(
                "forums with threads missing", f"forum {id_}: {len(pages_of.threads)} of {pages_of.total} threads"
            )
        result.counts["numbers without a post"] += pages_of.gaps


def _files(connection: sa.Connection, store: BlobStore, wanted: set[str], result: Audit) -> None:
    for row in media_rows(connection):
        wanted.discard(row.key)
        if row.state != State.DONE:
            continue
        result.counts["files"] += 1
        if damage := _damage(store.media_path(row.sha256, row.suffix), row.sha256):
            result.find("files that are damaged", f"{row.url}: {damage}")
    for key in sorted(wanted):
        result.find("files that posts show and nobody looked for", key)


def _damage(path: Path, sha256: str) -> str | None:
    try:
        body = path.read_bytes()
        extension(body)
    except OSError as error:
        return f"{path}: {error.strerror}"
    except NotMediaError as error:
        return str(error)
    return None if hashlib.sha256(body).hexdigest() == sha256 else "its bytes have changed"


def grouped(findings: Iterable[Finding]) -> Iterator[tuple[str, list[str]]]:
    groups = defaultdict(list)
    for each in findings:
        groups[each.group].append(each.what)
    yield from groups.items()
