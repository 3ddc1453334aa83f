"""The six stages, each from files to files, each safe to stop and to start again.

inventory -> prepare -> classify -> generate -> filter -> emit
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from tqdm import tqdm

from vlm3_dataset import files, lineage, splitting, threads
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.forecast import Forecast
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.sending import How
from vlm3_dataset.errors import UserError
from vlm3_dataset.filters import agreement
from vlm3_dataset.filters import stage as filters
from vlm3_dataset.filters.grounding import grounding
from vlm3_dataset.hub import emit as writer
from vlm3_dataset.hub import leaks, shrinking
from vlm3_dataset.hub.format import REVIEWED, Entry
from vlm3_dataset.hub.provenance import Provenance, paid
from vlm3_dataset.labelers import classify as classes
from vlm3_dataset.labelers import label, second_reader
from vlm3_dataset.review import carrying, decided, log, report
from vlm3_dataset.review.decisions import Decision, Subject
from vlm3_dataset.review.outcome import Outcome, outcome
from vlm3_dataset.review.pairs import load
from vlm3_dataset.schema import QA, Class, Grounding, Labels, Page, Source
from vlm3_dataset.selection import ALL, PageSelection
from vlm3_dataset.sources import archive
from vlm3_dataset.sources import inventory as shelf
from vlm3_dataset.sources import prepare as pages
from vlm3_dataset.sources.limits import PAGE_SECONDS, Limits
from vlm3_dataset.sources.readings import load_reading
from vlm3_dataset.sources.rows import lines
from vlm3_dataset.threads import EVERY, ThreadSelection

Labeler = Literal["extractive", "claude"]


class Missing(UserError):
    """A stage was asked for before the one that it needs."""


class Unfinished(UserError):
    """A stage that did what it could."""

    def __init__(self, summary: str, problems: list[str]) -> None:
        super().__init__(summary)
        self.lines = problems


@dataclass(frozen=True, slots=True)
class Job:
    """Where things lie, and who labels."""

    data_src: Path
    archive: Path  # folder of e30crawl's exports; it need not exist
    work: Path
    output: Path
    passwords: Path | None  # of locked PDFs, one a line
    labeler: Labeler
    model: Model | None  # None where nobody is asked
    second_reader: Model | None  # likewise
    budget: Budget  # of all stages together
    send: How | None  # None: by how many there are
    confirm_cost: Callable[[str, Forecast], bool]  # who asks, and what it would cost
    embedding_model: str
    selection: PageSelection = ALL
    posts: Path | None = None  # that others exported
    threads: ThreadSelection = EVERY
    page_seconds: float = PAGE_SECONDS  # that prepare may work on one
    val_share: float | None = None
    val: tuple[str, ...] = ()  # globs of pages that validate
    may_shrink: Callable[[str], bool] = lambda _: False  # told what would be lost from the dataset that lies there


def inventory(job: Job) -> str:
    boards = archive.boards(job.archive)
    if not job.data_src.is_dir() and not boards and job.posts is None:
        raise Missing(f"neither {job.data_src}/ nor an export in {job.archive}/; name a folder with --data-src")
    sources = shelf.scan(job.data_src, boards)
    files.write_csv(job.work / "inventory.csv", sources, Source)
    left_out = Counter(_kind(source.reason) for source in sources if source.reason)
    return f"{len(sources)} files, {len(sources) - left_out.total()} taken{_reasons(left_out)}"


def prepare(job: Job) -> str:
    sources = _records(job.work / "inventory.csv", Source, "inventory")
    how = {"passwords": _passwords(job), "selection": job.selection, "limits": Limits(job.page_seconds)}
    made = pages.prepare(sources, job.data_src, job.archive, job.work, **how)
    chosen = threads.prepare(job.archive, job.posts, job.work, job.threads)
    files.write_csv(job.work / "inventory_prepared.csv", [*made, *chosen], Page)
    left_out = Counter(_kind(page.reason) for page in made if page.reason)
    text = f"{len(made)} pages, {len(made) - left_out.total()} with a picture{_reasons(left_out)}"
    return f"{text}; {threads.said(job.work, len(chosen))}" if (job.work / threads.LISTED).exists() else text


def classify(job: Job) -> str:
    found = [classes.classify_in(job.work, page) for page in tqdm(_pages(job), desc="classify", unit="page")]
    files.write_csv(job.work / "classified" / "pages.csv", found, Class)
    kinds = Counter(one.content_type for one in found)
    return f"{sum(one.ask for one in found)} of {len(found)} pages to ask about ({_listed(kinds)})"


def generate(job: Job) -> str:
    """Labels every page worth asking about.

    Raises:
        Unfinished: some pages could not be labelled; the others were.
    """
    asked, found = _to_ask(job)
    if job.labeler == "extractive":
        failed = label.with_rules(asked, found, job.work)
    else:
        shown = [page for page in asked if page.origin != "thread"]
        told = [page for page in asked if page.origin == "thread"]
        how = {"how": job.send, "confirm_cost": partial(job.confirm_cost, "generate")}
        failed = label.with_claude(shown, job.work, job.model, job.budget, **how)
        failed += label.threads_with_claude(told, job.work, job.model, job.budget, **how)
    if failed:
        raise Unfinished(f"{len(failed)} of {len(asked)} pages have no answer yet", failed)
    labelled = [_labelled(job, page) for page in asked]
    counts = Counter(labels.problem for labels in labelled if labels.problem)
    with_pairs = sum(bool(labels.pairs) for labels in labelled)
    text = f"{sum(len(labels.pairs) for labels in labelled)} pairs on {with_pairs} pages by {job.labeler}"
    return f"{text}; {len(asked) - with_pairs} pages gave none{f' ({_listed(counts)})' if counts else ''}"


def filter_(job: Job) -> str:
    """Drops what is wrong (qa_filtered/), then what is asked twice (qa_unique/); doubts go to the second reader.

    Raises:
        Unfinished: the second reader has not been asked about some pages, and nothing was written.
    """
    from vlm3_dataset.filters.embedding import Embedder, Vectors

    asked, _ = _to_ask(job)
    with tqdm(asked, desc="filter", unit="page") as bar:  # closed where a stage before is missing: errors are lines
        checked = {page: filters.check(page, _labelled(job, page).pairs, job.work) for page in bar}
    checked = filters.weigh(checked, job.work)
    kept = filters.write_filtered(checked, _read_again(job, checked), job.work)
    embed = Embedder(job.embedding_model)
    repeated = filters.write_unique(kept, job.work, Vectors(job.work / "vectors.sqlite", embed))
    pairs = [qa for each in kept.values() for qa in each]
    dropped = sum(len(each.dropped) for each in checked.values())
    counts = f"{dropped} dropped, {repeated} asked twice, {len(pairs) - repeated} stay"
    opinions = agreement.counted(pairs)
    text = f"{len(pairs) + dropped} pairs: {counts}{f'; second reader of the doubtful: {opinions}' if opinions else ''}"
    return f"{text}; duplicates compared with {embed.origin}"


def emit(job: Job) -> str:
    """Writes the dataset.

    Raises:
        Missing: there is nothing to write, or a page has not been through the stages before.
        Leak: something would stand on both sides.
        Shrinks: much of the dataset that lies there, or was published, would be lost, and nobody agreed.
    """
    asked, _ = _to_ask(job)
    filtered = {page.page_id: _unique(job, page) for page in asked}
    old = lineage.old_pages(job.output)
    standing = log.standing_in(job.work)
    heirs, carried = _carried(job, asked, old, standing)
    review = _reviewed(job, asked, standing, carried)
    repeats = [
        (page_id, drop["like"]) for page_id, each in filtered.items() for drop in each["dropped"] if drop["like"]
    ]
    before = lineage.sides_before(asked, old, heirs)
    counts = {page_id: len(stay) for page_id, stay in review.stay.items()}
    side = splitting.sides(asked, counts, repeats, job.work, before, share=job.val_share, val=job.val)
    pairs, held_back = decided.one_sided(review.stay, side)
    entries = [
        Entry(page, _labelled(job, page).content_type, where, pairs[page.page_id])
        for page in asked
        if pairs[page.page_id] and (where := side[page.page_id])
    ]
    if not entries:
        raise Missing("no pair passed the filter, so there is no dataset; see the reasons in qa_filtered/")
    looked = leaks.check(entries)
    shrinking.check(entries, job.output, job.may_shrink)
    if job.selection == ALL:
        carrying.write(job.work, carried)
    writer.emit(entries, job.work, job.output, Provenance(review.reasons(), paid(job.work)))
    report.write(entries, review, job.work, job.output)
    files.write_json(job.output / REVIEWED, {"decisions": review.decisions})
    text = f"{splitting.said(entries, share=job.val_share, is_named=bool(job.val))}; {looked}"
    if out := sum(where is None and bool(pairs[page_id]) for page_id, where in side.items()):
        text += f"; {out} pages are like some of both sides and left out"
    if held_back:
        text += f"; {held_back} reviewed pairs say what the other side says and stay out"
    if heirs or carried:
        text += f"; {len(heirs)} pages known again under other names, {len(carried)} decisions carried over"
    return f"{text}; review: {review.tally}" if review.is_any else text


STAGES: dict[str, Callable[[Job], str]] = {
    "inventory": inventory,
    "prepare": prepare,
    "classify": classify,
    "generate": generate,
    "filter": filter_,
    "emit": emit,
}


def _read_again(job: Job, checked: dict[Page, filters.Checked]) -> dict[Page, second_reader.ByQuestion]:
    if job.second_reader is None:
        return {}
    doubts = {page: each.doubts for page, each in checked.items()}
    confirm_cost = partial(job.confirm_cost, "second reader")
    found, waiting = second_reader.read_again(
        doubts, job.work, job.second_reader, job.budget, how=job.send, confirm_cost=confirm_cost
    )
    if waiting:
        raise Unfinished(f"{len(waiting)} pages have no second answer yet; --second-reader none does without", waiting)
    return found


def _labelled(job: Job, page: Page) -> Labels:
    found = label.load(job.work, page)
    if found is None:
        raise Missing(f"{page.page_id} has no pairs for its picture of today; run the stage generate first")
    return found


def _unique(job: Job, page: Page) -> dict[str, Any]:
    stored = files.load_record(job.work, "qa_unique", page.page_id, page.sha256)
    if stored is None:
        raise Missing(f"{page.page_id}, as its picture is today, has not been through the filter; run it first")
    return stored


def _carried(
    job: Job, asked: list[Page], old: list[lineage.Old], standing: Mapping[Subject, Decision]
) -> tuple[dict[str, str], list[Decision]]:
    """New page ids by old ones, and the decisions that hold for pages that were renamed or scanned anew."""
    present = {page.page_id for page in _records(job.work / "inventory_prepared.csv", Page, "prepare")}
    pictures = {about.page_id: about.image_sha256 for about in standing}
    # Only of pages that are gone is a picture looked for: hashing all of them reads 0.6 GB.
    pictures |= {each.page_id: "" if each.page_id in present else each.picture() for each in old}
    heirs = lineage.heirs(asked, pictures, present, job.work)
    if job.selection != ALL:  # a part of the shelf says nothing about the rest
        return heirs, [each for each in standing.values() if each.carried_from]
    pairs = (pair for page in asked for pair in load(job.work, page)) if standing else ()
    return heirs, carrying.carried(standing, pairs, heirs)


def _reviewed(job: Job, asked: list[Page], standing: Mapping[Subject, Decision], carried: list[Decision]) -> Outcome:
    """The pairs of these pages after what reviewers decided about them."""
    own = (each for each in standing.values() if each.carried_from is None)
    standing = {each.pair: each for each in (*own, *carried)}
    return outcome(job.work, asked, standing, partial(_ground, job), is_part=job.selection != ALL)


def _ground(job: Job, page: Page, qa: QA) -> Grounding:
    reading = load_reading(job.work, page.page_id)
    return grounding(qa, lines(reading.segments), reading.engine)


def _passwords(job: Job) -> tuple[str, ...]:
    if job.passwords is None:
        return ()
    try:
        return tuple(line for line in job.passwords.read_text(encoding="utf-8").splitlines() if line)
    except (OSError, UnicodeDecodeError) as error:
        raise Missing(
            f"{job.passwords}: the passwords cannot be read: {getattr(error, 'strerror', None) or 'no UTF-8'}"
        ) from error


def _pages(job: Job) -> list[Page]:
    return job.selection.of(_records(job.work / "inventory_prepared.csv", Page, "prepare"))


def _to_ask(job: Job) -> tuple[list[Page], dict[str, Class]]:
    found = {one.page_id: one for one in _records(job.work / "classified" / "pages.csv", Class, "classify")}
    return [page for page in _pages(job) if page.page_id in found and found[page.page_id].ask], found


def _records(path: Path, record: type, stage: str) -> list:
    try:
        return files.read_csv(path, record)
    except FileNotFoundError as error:
        raise Missing(f"{path} is not there; run the stage {stage} first") from error


def _kind(reason: str) -> str:
    """A reason without its particulars, so that equal ones are counted together; the CSV has them in full."""
    return re.split(r"[;:(]", reason)[0].strip()


def _reasons(left_out: Counter[str]) -> str:
    return f", {left_out.total()} left out ({_listed(left_out)})" if left_out else ""


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common(8))
