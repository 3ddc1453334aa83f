"""Choose the threads worth asking about, from an archive or from posts that others exported. Read top to bottom.

    for row in source.rows(units):        # vlm3_dataset.Vlm3(config_name="threads", ...)
        found = clean(row)                # its posts without noise and names; or why it is left out
    chosen = choose(found, ThreadSelection(...))

The cleaned thread is stored in threads/<page_id>.json, and its words as a reading: from there on a thread is a page of
text, and goes through the stages, the review and the split like any other.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import Any

from tqdm import tqdm

from vlm3_dataset import files
from vlm3_dataset.engine import Engine, spread
from vlm3_dataset.errors import Misused, UserError
from vlm3_dataset.schema import Page, Reading, Segment, Thread
from vlm3_dataset.sources.archive import boards
from vlm3_dataset.sources.limits import PASSING, WHAT_TO_DO, Limits, Lost, workers
from vlm3_dataset.sources.pool import each
from vlm3_dataset.sources.threads import noise, worth
from vlm3_dataset.sources.threads.conversation import FOLDER, anonymised, conversation, thread_from
from vlm3_dataset.sources.threads.posts import SourcePosts
from vlm3_dataset.sources.threads.rebuild import SourceThreads

THREADS_CSV = "threads.csv"
REPEAT = "the archive has it, too"
MOST_FORUMS = 12  # that an error names
A_SHARD = 200  # threads that one process takes at a time
SHARD_LIMITS = Limits(seconds=600)  # of CPU time: 200 threads take 2, and one of 18,000 posts 10


class NotCleaned(UserError):
    """A process died over some threads."""


class NoSuchThread(Misused):
    """A choice of threads that none fits."""


@dataclass(frozen=True, slots=True)
class ThreadSelection:
    """Which threads are asked about, the best first; by default all that are no noise."""

    forums: tuple[str, ...] = ()  # globs of forum titles
    min_score: float = 0.0
    limit: int | None = None


ALL_THREADS = ThreadSelection()


@dataclass(frozen=True, slots=True)
class CleanedThread:
    """A thread after the rules: the posts that are left, or why none are; and each removed post with its reason."""

    thread: Thread
    posts: int  # before the rules
    reason: str
    noise: tuple[tuple[int, str], ...]
    score: float


@dataclass(frozen=True, slots=True)
class ListedThread:
    """A line of threads.csv: a thread with its score, or why it was left out."""

    page_id: str
    forum: str
    title: str
    url: str
    posts: int
    left: int
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class NoiseCount:
    """A line of noise.csv: how much of a forum one rule removed, or how much stayed (no reason)."""

    forum: str
    what: str  # thread or post
    reason: str
    count: int


ThreadShard = tuple[int, list[Any]]  # its number, and the units of its threads
CleanedShard = tuple[int, list[CleanedThread]]


def clean(row: dict[str, Any]) -> CleanedThread:
    """Remove noise and people from a row of the config `threads`. Pure."""
    thread = conversation(row)
    texts = {post.number: post.text for post in thread.posts}
    verdicts = []
    for post in thread.posts:
        answered = sorted({post.number - 1, *post.quotes})
        verdicts.append((post, noise.refuse_post(post, "\n".join(texts.get(number, "") for number in answered))))
    left = [post for post, reason in verdicts if not reason]
    reason = noise.refuse_thread(thread, left)
    gone = tuple((post.number, why) for post, why in verdicts if why)
    if reason:
        return CleanedThread(replace(thread, posts=()), len(thread.posts), reason, gone, 0.0)
    opening = thread.posts[0]  # stays in any case: without the question no answer makes sense
    kept = anonymised(replace(thread, posts=(opening, *(post for post in left if post.number != opening.number))))
    return CleanedThread(kept, len(thread.posts), "", gone, worth.score(kept))


def prepare(
    archive: Path, posts: Path | None, work: Path, selection: ThreadSelection, engine: Engine = "local"
) -> tuple[list[Page], str]:
    """Return the chosen threads as pages, the best first, and a line about the others.

    Their words are stored in the work folder. threads.csv lists every thread; noise.csv counts by forum what was
    removed and why. Raises BadPosts, BrokenExport, NoEngine, NoSuchThread, NotCleaned.
    """
    tables = [SourceThreads(archive)] if boards(archive) else []
    tables += [SourcePosts(posts)] if posts else []
    if not tables:
        return [], ""
    listed: list[ListedThread] = []
    counts: Counter[tuple[str, str, str]] = Counter()
    with files.writing(work / "threads.jsonl") as kept:
        for found in _each_once(_clean_all(tables, engine)):
            forum = found.thread.forum
            counts[forum, "thread", found.reason] += 1
            counts.update((forum, "post", why) for _, why in found.noise)
            counts[forum, "post", ""] += found.posts - len(found.noise)
            listed.append(_listed(found))
            if not found.reason:
                kept.write(json.dumps(files.fields(found.thread), ensure_ascii=False, default=files.fields).encode())
                kept.write(b"\n")
    asked = Counter(key for one in listed if not one.reason and (key := worth.title_words(one.title)))
    for place, one in enumerate(listed):
        if not one.reason and asked[worth.title_words(one.title)] >= worth.OFTEN:
            listed[place] = replace(one, score=round(one.score + worth.ASKED_AGAIN, 2))
    files.write_csv(work / THREADS_CSV, listed, ListedThread)
    files.write_csv(work / "noise.csv", starmap(NoiseCount, sorted((*key, n) for key, n in counts.items())), NoiseCount)
    _check_choice(listed, selection)
    chosen = choose(listed, selection)
    wanted = {one.page_id for one in chosen}
    with (work / "threads.jsonl").open("rb") as lines:
        cleaned = (thread_from(json.loads(line)) for line in lines)
        pages = {thread.page_id: _store(thread, work) for thread in cleaned if thread.page_id in wanted}
    reasons = Counter(one.reason for one in listed)
    left_out = [f"{count} {reason}" for reason, count in reasons.most_common() if reason]
    left_out += [f"{others} not chosen"] if (others := reasons[""] - len(chosen)) else []
    gone = ", ".join(left_out)
    said = f"{len(listed)} threads, {len(chosen)} asked about{f' (left out: {gone})' if gone else ''}"
    return [pages[one.page_id] for one in chosen], said


def _check_choice(listed: Sequence[ListedThread], selection: ThreadSelection) -> None:
    """Raise NoSuchThread where a glob fits no forum, or no thread has the least score."""
    forums = {one.forum for one in listed}
    titles = sorted(forums - {""})
    for glob in selection.forums:
        if forums and not any(_fits(forum, glob) for forum in forums):
            more = f" and {len(titles) - MOST_FORUMS} more" if len(titles) > MOST_FORUMS else ""
            have = f"there are {', '.join(titles[:MOST_FORUMS])}{more}" if titles else "no thread names its forum"
            raise NoSuchThread(f"--forums {glob!r} fits no forum; {have}")
    scores = [one.score for one in listed if not one.reason]
    if scores and selection.min_score > max(scores):
        raise NoSuchThread(
            f"--min-score {selection.min_score:g} leaves none of {len(scores)} threads; the best has {max(scores):g}"
        )


def _fits(forum: str, glob: str) -> bool:
    return fnmatchcase(forum.casefold(), glob.casefold())


def choose(listed: Iterable[ListedThread], selection: ThreadSelection) -> list[ListedThread]:
    """Return the threads that are asked about, the best first. Pure."""
    found = [
        one
        for one in listed
        if not one.reason
        and one.score >= selection.min_score
        and (not selection.forums or any(_fits(one.forum, glob) for glob in selection.forums))
    ]
    return sorted(found, key=lambda one: (-one.score, one.page_id))[: selection.limit]


def _clean_all(tables: Iterable[SourceThreads | SourcePosts], engine: Engine) -> Iterator[CleanedThread]:
    """Yield every thread, cleaned, in the order of the tables."""
    for table in tables:
        units = table.splits()["train"]
        shards = [units[start : start + A_SHARD] for start in range(0, len(units), A_SHARD)]
        cleaning = partial(_clean_shards, table, workers() if engine == "local" else 1)  # a shard of Ray has one core
        with tqdm(total=len(units), desc="threads", unit="thread") as bar:
            for found in _in_order(spread(cleaning, list(enumerate(shards)), engine, 1)):
                bar.update(len(found))
                yield from found


def _each_once(cleaned: Iterable[CleanedThread]) -> Iterator[CleanedThread]:
    """Yield all threads; one that the archive and the posts both have, and that is no noise, is a repeat in the end."""
    taken: set[str] = set()
    for found in cleaned:
        if found.reason or found.thread.page_id not in taken:
            yield found
        else:
            yield replace(found, reason=REPEAT)
        if not found.reason:
            taken.add(found.thread.page_id)


def _clean_shards(
    table: SourceThreads | SourcePosts, processes: int, shards: list[ThreadShard]
) -> Iterator[CleanedShard]:
    """Clean each shard in a process with limits: what owners paste into a post may be anything."""
    for (_, units), found in each(partial(_clean_shard, table), shards, SHARD_LIMITS, processes):
        if isinstance(found, Lost):
            first, last = units[0].thread_id, units[-1].thread_id
            do = WHAT_TO_DO[found.code] if found.code in PASSING else "look at the longest of their posts"
            raise NotCleaned(f"threads {first} to {last}: {found.what(SHARD_LIMITS)}; {do}")
        yield found


def _clean_shard(table: SourceThreads | SourcePosts, shard: ThreadShard) -> CleanedShard:
    number, units = shard
    return number, [clean(row) for row in table.rows(units)]


def _in_order(shards: Iterable[CleanedShard]) -> Iterator[list[CleanedThread]]:
    """Yield shards in the order of their numbers; one that comes early waits."""
    early: dict[int, list[CleanedThread]] = {}
    turn = 0
    for number, found in shards:
        early[number] = found
        while turn in early:
            yield early.pop(turn)
            turn += 1


def _listed(found: CleanedThread) -> ListedThread:
    thread = found.thread
    left = found.posts - len(found.noise)
    return ListedThread(
        thread.page_id, thread.forum, thread.title, thread.url, found.posts, left, found.score, found.reason
    )


def _store(thread: Thread, work: Path) -> Page:
    """Write a thread's words, unless they lie there already; the last file of the two is the thread's own."""
    path, reading = (work / folder / f"{thread.page_id}.json" for folder in (FOLDER, "readings"))
    stored = json.loads(json.dumps(files.fields(thread), default=files.fields))
    if files.read_json(path) != stored or not reading.is_file():
        segments = [Segment(post.text, (0, 20 * post.number, 100, 20 * post.number + 10)) for post in thread.posts]
        files.write_json(reading, files.fields(Reading("posts", tuple(segments))))
        files.write_json(path, stored)
    return Page(
        page_id=thread.page_id,
        source=f"forum/{thread.board}/{thread.thread_id}",
        number=1,
        origin="thread",
        section="",
        section_name=thread.forum,
        group=thread.page_id,
        sha256=files.sha256(json.dumps(stored, sort_keys=True).encode()),
        done="words without noise and people",
        source_url=thread.url,
        title=thread.title,
    )
