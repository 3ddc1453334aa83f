"""Run the pipeline: one dataset, of which each step fills more columns, from the shelf to the emitted files.

    pages = sources.map(Read(...)).map(Classify(work))      # steps.py: a function of a row each
    ask(pages)                                              # fills the store; shows the price, and pays once
    pages = pages.map(Label(work)).map(Ground(work))        # Label only reads stored answers
    release(without_duplicates(pages))                      # comparing.py; then split, review, and the files of hub/

`STEPS` has these steps by name. A run may begin with any of them: it loads what the step before left in the work
folder. A killed step is simply run again, and finds the pages that were made and the answers that were paid for.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import datasets

from vlm3_dataset import release, table, threads, views
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.forecast import Forecast
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.sending import How
from vlm3_dataset.comparing import prices, read_again, weigh, without_duplicates
from vlm3_dataset.engine import Engine, mapped
from vlm3_dataset.errors import Misused, UserError
from vlm3_dataset.files import fields, write_csv
from vlm3_dataset.filters import agreement
from vlm3_dataset.labelers import imported
from vlm3_dataset.labelers.claude import label
from vlm3_dataset.schema import Html
from vlm3_dataset.selection import ALL, PageSelection
from vlm3_dataset.sources.archive import boards, to_export
from vlm3_dataset.sources.identity import Name, before
from vlm3_dataset.sources.inventory import FOREIGN, OFFICE, unread
from vlm3_dataset.sources.limits import PAGE_SECONDS, Limits
from vlm3_dataset.steps import Classify, Ground, Label, Read, is_asked
from vlm3_dataset.table import page_of, qa_of
from vlm3_dataset.threads import ALL_THREADS, ThreadSelection
from vlm3_dataset.vlm3_dataset import Vlm3

Labeler = Literal["rules", "imported", "claude"]


class Missing(Misused):
    """A step was started before the step that it needs."""


class Unfinished(UserError):
    """A step did what it could, and something is left to do."""

    def __init__(self, summary: str, problems: list[str]) -> None:
        super().__init__(summary)
        self.lines = problems


@dataclass(frozen=True, slots=True)
class Job:
    """The folders, models and limits of one run."""

    data_src: Path
    archive: Path  # folder of e30crawl's exports; it need not exist
    work: Path
    output: Path
    passwords: Path | None  # of locked PDFs, one a line
    labeler: Labeler
    pairs: Path | None  # what the labeler `imported` takes
    model: Model | None  # None where no model is asked
    second_reader: Model | None  # None where nothing is read a second time
    again: agreement.ReadAgain  # which pairs the second reader answers
    budget: Budget  # shared by all steps
    send: How | None  # None: by the number of requests
    confirm_cost: Callable[[str, Forecast], bool]  # takes the step that would pay and its forecast
    embedding_model: str
    selection: PageSelection = ALL
    posts: Path | None = None  # a file of posts that another program exported
    threads: ThreadSelection = ALL_THREADS
    page_seconds: float = PAGE_SECONDS  # CPU seconds that prepare may spend on one page
    engine: Engine = "local"
    html: Html = "picture"
    val_share: float | None = None
    val: tuple[str, ...] = ()  # globs of pages that validate
    may_shrink: Callable[[str], bool] = lambda _: False  # takes a line on what would be lost


def inventory(job: Job, _: Any = None) -> tuple[Vlm3 | None, str]:
    """Look at every file of the shelf and the archive. Returns None for the sources where there are only posts.

    Raises:
        Missing: there is neither a shelf nor an archive nor a file of posts.
        BrokenExport: a file of the archive is missing or cut.
    """
    is_shelf, is_archive, left = job.data_src.is_dir(), bool(boards(job.archive)), to_export(job.archive)
    if not is_shelf and not is_archive:
        if job.posts is None:
            do = left or "name a folder with --data-src"
            raise Missing(f"there is neither {job.data_src}/ nor an export in {job.archive}/; {do}")
        table.save_files(job.work, [])
        text = f"no shelf and no archive, only the posts of {job.posts}"
        return None, f"{text}\ninventory: {left}" if left else text
    with TemporaryDirectory(prefix="vlm3-") as locks:  # the builder needs a folder for its locks; no cache is made
        sources = Vlm3(
            shelf=job.data_src if is_shelf else None,
            archive=job.archive if is_archive else None,
            work=job.work,
            passwords=_passwords(job),
            limits=Limits(job.page_seconds),
            cache_dir=locks,
        )
    found = sources.table.files
    table.save_files(job.work, found)
    views.files(job.work, found)
    taken, foreign = sum(not source.reason for source in found), unread(found)
    left_out = Counter(
        _kind(source.reason) for source in found if source.reason and source.reason not in {FOREIGN, OFFICE}
    )
    text = f"{len(found)} files, {taken} taken{_reasons(left_out)}"
    if foreign:
        text += f", {foreign.total()} not read: {_listed(foreign)}: see {job.work}/inventory.csv"
    if left:
        text += f"\ninventory: {left}"
    return sources, text


def prepare(job: Job, sources: Vlm3 | None) -> tuple[datasets.Dataset, str]:
    """Make every page that is not made yet; the columns of all later steps begin empty again.

    Raises:
        Missing, BrokenExport: as `inventory` does.
        BadPosts: a line of the posts is no post.
        NoSuchPage: the selection fits no page.
        NoWorker, NotCleaned: no process could be started, or one died over threads.
    """
    sources = sources or inventory(job)[0]
    rows = list(sources.rows().get("train", ())) if sources else []
    told, listed = threads.prepare(job.archive, job.posts, job.work, job.threads, job.engine)
    chosen = {page.page_id for page in job.selection.of([*map(page_of, rows), *told])}
    pages = table.dataset(row for row in rows if row["page_id"] in chosen)
    read = Read(job.data_src, job.archive, job.work, _passwords(job), Limits(job.page_seconds), job.engine)
    datasets.disable_progress_bars()  # `prepare` has a bar of its own, which counts pages
    pages = pages.map(read, batched=True, batch_size=None) if len(pages) else pages
    datasets.enable_progress_bars()
    told = [thread for thread in told if thread.page_id in chosen]
    pages = table.dataset([*pages, *map(fields, told)])
    table.save(job.work, pages, is_all=True)
    views.pages(job.work, pages)
    left_out, made = Counter(_kind(reason) for reason in pages["reason"] if reason), len(pages) - len(told)
    text = f"{made} pages, {made - left_out.total()} with a picture{_reasons(left_out)}"
    return pages, f"{text}; {listed}" if listed else text


def classify(job: Job, pages: datasets.Dataset) -> tuple[datasets.Dataset, str]:
    pages = mapped(pages, Classify(job.work), job.engine, "classify")
    table.save(job.work, pages)
    views.classes(job.work, pages)
    return pages, f"{sum(pages['ask'])} of {len(pages)} pages to ask about ({_listed(Counter(pages['content_type']))})"


def generate(job: Job, pages: datasets.Dataset) -> tuple[datasets.Dataset, str]:
    """Label every page that is worth asking about.

    Raises:
        Unfinished: some pages have no answer yet; the others are labelled.
        Declined: the price was not agreed to, and nothing was sent, or the pilot alone.
        PilotRefused: the model refuses too many of the first pages.
        InUse: another run asks with the same work folder.
        Misused: the pairs that the labeler `imported` takes cannot be read.
    """
    asked = [page_of(row) for row in pages if is_asked(row)]
    waiting: list[str] = []
    if job.model is not None:
        how = {"how": job.send, "confirm_cost": partial(job.confirm_cost, "generate")}
        waiting = label.with_claude(asked, job.work, job.model, job.budget, **how)
    brought = imported.read(job.pairs, table.load(job.work), _names(job.work)) if job.pairs else None
    engine = job.engine if job.model is None else "local"  # many machines cannot share one SQLite file
    pages = mapped(pages, Label(job.work, job.model, brought and brought.pairs), engine, "generate")
    table.save(job.work, pages)
    labelled = [row for row in pages if row["labels"]]
    views.raw(job.work, labelled)
    if brought:
        write_csv(job.work / "pairs_left_out.csv", brought.left_out, imported.LeftOutRow)
    if waiting:
        raise Unfinished(f"{len(waiting)} of {len(asked)} pages have no answer yet", waiting)
    problems = Counter(row["labels"]["problem"] for row in labelled if row["labels"]["problem"])
    found = [len(row["pairs"]) for row in labelled if row["pairs"]]
    text = f"{sum(found)} pairs on {len(found)} pages by {job.labeler}"
    text += f"; {len(asked) - len(found)} pages gave none{f'; left out: {_listed(problems)}' if problems else ''}"
    if brought:
        text += f"; {len(brought.left_out)} rows of {job.pairs} are left out, see {job.work}/pairs_left_out.csv"
    return pages, text


def filter_(job: Job, pages: datasets.Dataset) -> tuple[datasets.Dataset, str]:
    """Drop pairs that break a rule, have them read again, then drop duplicates.

    Raises:
        Missing: a page has no labels.
        NoModel: the embedding model cannot be had.
        Declined, PilotRefused, InUse: as in `generate`, of the second reader.
        Unfinished: the second reader has not been asked about some pages, and nothing was written.
    """
    from vlm3_dataset.filters.embedding import Embedder, Vectors

    pages = _compared(job, pages)
    if job.second_reader is not None:
        how = {"how": job.send, "confirm_cost": job.confirm_cost}
        pages, waiting = read_again(pages, job.work, job.second_reader, job.again, job.budget, **how)
        if waiting:
            said = f"{len(waiting)} pages have no second answer yet; --second-reader none does without"
            raise Unfinished(said, waiting)
    kept = [qa_of(pair) for pairs in filter(None, pages["pairs"]) for pair in pairs if not pair["reason"]]
    embed = Embedder(job.embedding_model)
    pages = without_duplicates(pages, Vectors(job.work / "vectors.sqlite", embed, job.engine))
    table.save(job.work, pages)
    views.filtered(job.work, filter(is_asked, pages))
    total, stay = sum(map(len, filter(None, pages["pairs"]))), sum(filter(None, pages["kept"]))
    counts = f"{total - len(kept)} dropped, {len(kept) - stay} asked twice, {stay} stay"
    opinions = agreement.count_verdicts(qa_of(pair) for pairs in filter(None, pages["pairs"]) for pair in pairs)
    text = f"{total} pairs: {counts}{f'; second reader: {opinions}' if opinions else ''}"
    return pages, f"{text}{_unanswered(pages)}; duplicates compared with {embed.origin}"


def price_of_labels(job: Job, pages: datasets.Dataset) -> dict[str, Forecast]:
    """Return what labelling would still cost, for pages and for threads. Raises InUse."""
    if job.model is None:
        return {}
    return label.prices([page_of(row) for row in pages if is_asked(row)], job.work, job.model)


def price_of_reading_again(job: Job, pages: datasets.Dataset) -> dict[str, Forecast]:
    """Return what the second reader would still cost, for pages and for threads. Raises Missing, InUse."""
    if job.second_reader is None:
        return {}
    return prices(_compared(job, pages), job.work, job.second_reader, job.again)


def _compared(job: Job, pages: datasets.Dataset) -> datasets.Dataset:
    """Compare the pairs with their pages and posts, and owners' pairs with the manual. Raises Missing."""
    for row in filter(is_asked, pages):
        if row["labels"] is None:
            raise Missing(f"page {row['page_id']} has no pairs for its present picture; run the stage generate first")
    return weigh(mapped(pages, Ground(job.work), job.engine, "filter"), job.work)


def emit(job: Job, pages: datasets.Dataset) -> tuple[datasets.Dataset, str]:
    """Write the dataset.

    Raises:
        Missing: a page has not been through the filter.
        Empty, Leak, Shrinks: as `release` of release.py does, and then nothing is written.
    """
    asked = pages.filter(is_asked)
    for row in asked:
        if row["kept"] is None:
            raise Missing(
                f"page {row['page_id']} has not been filtered with its present picture; run the stage filter first"
            )
    choice = {"selection": job.selection, "share": job.val_share, "val": job.val, "html": job.html}
    choice["may_shrink"] = job.may_shrink
    return pages, f"{release.release(asked, job.work, job.output, **choice)}{_unanswered(pages)}"


STEPS: dict[str, Callable[[Job, Any], tuple[Any, str]]] = {
    "inventory": inventory,
    "prepare": prepare,
    "classify": classify,
    "generate": generate,
    "filter": filter_,
    "emit": emit,
}


def begin(job: Job, step: str) -> datasets.Dataset | None:
    """Return the dataset that a run starting at this step begins with: what the step before has left, or None.

    Raises:
        Missing: that step has not been done.
    """
    if step in ("inventory", "prepare"):
        return None
    if not (job.work / table.PAGES).is_file():
        raise Missing(f"{job.work / table.PAGES} is not there; run the stage prepare first")
    rows = table.load(job.work)
    chosen = {page.page_id for page in job.selection.of(map(page_of, rows))}
    pages = table.dataset(row for row in rows if row["page_id"] in chosen)
    if step != "classify" and None in pages["ask"]:
        raise Missing(f"some pages of {job.work}/ have no class; run the stage classify first")
    return pages


def _passwords(job: Job) -> tuple[str, ...]:
    if job.passwords is None:
        return ()
    try:
        return tuple(line for line in job.passwords.read_text(encoding="utf-8-sig").splitlines() if line)
    except (OSError, UnicodeDecodeError) as error:
        raise Missing(
            f"{job.passwords}: the passwords cannot be read: {getattr(error, 'strerror', None) or 'no UTF-8'}"
        ) from error


def _unanswered(pages: datasets.Dataset) -> str:
    """Count the pages that have no answer and will never have one, by reason."""
    reasons = Counter(row["labels"]["problem"] for row in pages if row["labels"] and row["labels"]["problem"])
    return f"; {reasons.total()} pages without an answer ({_listed(reasons)})" if reasons else ""


def _kind(reason: str) -> str:
    """Return a reason without its particulars, so that like reasons are counted together; the CSV has them in full."""
    return re.split(r"[;:(]", reason)[0].strip()


def _names(work: Path) -> list[Name]:
    """Return the names of all files that are on the shelf, also of those that a run leaves out."""
    here = {source.path for source in table.load_files(work)}
    return [name for name in before(work) if name.source in here]


def _reasons(left_out: Counter[str]) -> str:
    return f", {left_out.total()} left out ({_listed(left_out)})" if left_out else ""


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common(8))
