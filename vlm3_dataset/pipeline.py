"""The six stages, each from files to files, each safe to stop and to start again.

inventory -> prepare -> classify -> generate -> filter -> emit
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from tqdm import tqdm

from vlm3_dataset import files, records
from vlm3_dataset.choice import ALL, Choice
from vlm3_dataset.errors import Mendable
from vlm3_dataset.labels import classify as classes
from vlm3_dataset.labels import label
from vlm3_dataset.labels.forecast import Forecast
from vlm3_dataset.labels.models import Model
from vlm3_dataset.labels.sending import How
from vlm3_dataset.quality import checks, duplicates, likeness
from vlm3_dataset.quality.split import Side, sides
from vlm3_dataset.release import emit as release
from vlm3_dataset.release import leaks
from vlm3_dataset.release.rows import Entry
from vlm3_dataset.schema import QA, Class, Dropped, Labels, Page, Source
from vlm3_dataset.shelf import forum
from vlm3_dataset.shelf import inventory as shelf
from vlm3_dataset.shelf import prepare as pages
from vlm3_dataset.shelf.images import is_blank
from vlm3_dataset.shelf.rows import lines

Labeler = Literal["extractive", "claude"]


class Missing(Mendable):
    """A stage was asked for before the one that it needs."""


class Unfinished(Mendable):
    """A stage that did what it could; `lines` say what is left and why."""

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
    max_usd: float
    send: How | None  # None: by how many there are
    agree: Callable[[Forecast], bool]
    embedding_model: str
    choice: Choice = ALL


def inventory(job: Job) -> str:
    boards = forum.boards(job.archive)
    if not job.data_src.is_dir() and not boards:
        raise Missing(f"neither {job.data_src}/ nor an export in {job.archive}/; name a folder with --data-src")
    sources = shelf.scan(job.data_src, boards)
    files.write_csv(job.work / "inventory.csv", sources, Source)
    left_out = Counter(_kind(source.reason) for source in sources if source.reason)
    return f"{len(sources)} files, {len(sources) - left_out.total()} taken{_reasons(left_out)}"


def prepare(job: Job) -> str:
    sources = _records(job.work / "inventory.csv", Source, "inventory")
    made = pages.prepare(sources, job.data_src, job.archive, job.work, passwords=_passwords(job), choice=job.choice)
    files.write_csv(job.work / "inventory_prepared.csv", made, Page)
    left_out = Counter(_kind(page.reason) for page in made if page.reason)
    return f"{len(made)} pages, {len(made) - left_out.total()} with a picture{_reasons(left_out)}"


def classify(job: Job) -> str:
    found = [_class(job, page) for page in tqdm(_pages(job), desc="classify", unit="page")]
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
        failed = label.with_claude(asked, job.work, job.model, job.max_usd, how=job.send, agree=job.agree)
    if failed:
        raise Unfinished(f"{len(failed)} of {len(asked)} pages have no answer yet", failed)
    labelled = [_labelled(job, page) for page in asked]
    counts = Counter(labels.problem for labels in labelled if labels.problem)
    with_pairs = sum(bool(labels.pairs) for labels in labelled)
    text = f"{sum(len(labels.pairs) for labels in labelled)} pairs on {with_pairs} pages by {job.labeler}"
    return f"{text}; {len(asked) - with_pairs} pages gave none{f' ({_listed(counts)})' if counts else ''}"


def filter_(job: Job) -> str:
    """Drops what is wrong (qa_filtered/), then what is asked twice (qa_unique/); every drop keeps its reason."""
    asked, _ = _to_ask(job)
    kept: dict[str, list[QA]] = {}
    reasons: Counter[str] = Counter()
    for page in tqdm(asked, desc="filter", unit="page"):
        kept[page.page_id], dropped = _check(job, page)
        reasons.update(one.reason for one in dropped)
        records.save(job.work, "qa_filtered", page.page_id, page.sha256, pairs=kept[page.page_id], dropped=dropped)
    repeated, origin = _write_unique(job, asked, kept)
    before = sum(map(len, kept.values()))
    counts = f"{reasons.total()} dropped, {repeated} asked twice, {before - repeated} stay"
    return f"{before + reasons.total()} pairs: {counts}; duplicates compared with {origin}"


def emit(job: Job) -> str:
    """Writes the data set.

    Raises:
        Missing: there is nothing to write, or a page has not been through the stages before.
        Leak: something would stand on both sides.
    """
    asked, _ = _to_ask(job)
    stay = {page.page_id: _unique(job, page) for page in asked}
    sided = _sides(job, asked, stay)
    entries = [
        Entry(page, _labelled(job, page).content_type, where, pairs)
        for page in asked
        if (pairs := tuple(QA(**pair) for pair in stay[page.page_id]["pairs"])) and (where := sided[page.group])
    ]
    if not entries:
        raise Missing("no pair passed the filter, so there is no data set; see the reasons in qa_filtered/")
    looked = leaks.check(entries)
    release.emit(entries, job.work, job.output)
    rows = Counter(entry.side for entry in entries for _ in entry.pairs)
    held = Counter(entry.side for entry in entries)
    text = f"{rows['train']} pairs on {held['train']} pages to train, {rows['val']} on {held['val']} to validate"
    text += f"; {looked}" if rows["val"] else ": too few groups of pages for a validation side"
    out = sum(sided[page.group] is None and bool(stay[page.page_id]["pairs"]) for page in asked)
    return f"{text}; {out} pages are like some of both sides and left out" if out else text


STAGES: dict[str, Callable[[Job], str]] = {
    "inventory": inventory,
    "prepare": prepare,
    "classify": classify,
    "generate": generate,
    "filter": filter_,
    "emit": emit,
}


def _class(job: Job, page: Page) -> Class:
    reading = pages.load_reading(job.work, page.page_id)
    return classes.classify(page, reading, lambda: is_blank((job.work / page.image).read_bytes()))


def _check(job: Job, page: Page) -> tuple[list[QA], list[Dropped]]:
    reading = pages.load_reading(job.work, page.page_id)
    text = lines(reading.segments)
    kept, dropped = [], []
    for qa in _labelled(job, page).pairs:
        reason = checks.refuse(qa, text)
        if reason:
            dropped.append(Dropped(qa, reason))
        else:
            kept.append(replace(qa, numbers_grounded=checks.grounding(qa, text, reading.engine)))
    return kept, dropped


def _labelled(job: Job, page: Page) -> Labels:
    found = label.load(job.work, page)
    if found is None:
        raise Missing(f"{page.page_id} has no pairs for its picture of today; run the stage generate first")
    return found


def _write_unique(job: Job, asked: list[Page], kept: dict[str, list[QA]]) -> tuple[int, str]:
    """Writes qa_unique/; returns how many pairs were asked twice, and which vectors said so."""
    from vlm3_dataset.quality.embedding import Embedder

    items = [duplicates.Item(page_id, qa) for page_id, pairs in kept.items() for qa in pairs]
    embed = Embedder(job.embedding_model)
    gone = duplicates.duplicates(items, embed)
    stay: dict[str, list[QA]] = {page.page_id: [] for page in asked}
    go: dict[str, list[Dropped]] = {page.page_id: [] for page in asked}
    for index, item in enumerate(items):
        if index in gone:
            go[item.page_id].append(Dropped(item.qa, gone[index].reason, gone[index].page_id))
        else:
            stay[item.page_id].append(item.qa)
    for page in asked:
        fields = {"pairs": stay[page.page_id], "dropped": go[page.page_id]}
        records.save(job.work, "qa_unique", page.page_id, page.sha256, **fields)
    return len(gone), embed.origin


def _unique(job: Job, page: Page) -> dict[str, Any]:
    stored = records.load(job.work, "qa_unique", page.page_id, page.sha256)
    if stored is None:
        raise Missing(f"{page.page_id}, as its picture is today, has not been through the filter; run it first")
    return stored


def _sides(job: Job, asked: list[Page], stay: dict[str, dict[str, Any]]) -> dict[str, Side | None]:
    """Pages that are alike, or were asked the same, stand on one side; groups of the last data set keep theirs."""
    group = {page.page_id: page.group for page in asked}
    words = {
        page.page_id: likeness.trigrams(lines(pages.load_reading(job.work, page.page_id).segments)) for page in asked
    }
    silent = {
        page.page_id: likeness.look((job.work / page.image).read_bytes())
        for page in asked
        if len(words[page.page_id]) < likeness.FEWEST
    }
    twins = ((page_id, drop["like"]) for page_id, each in stay.items() for drop in each["dropped"] if drop["like"])
    alike = [*likeness.alike_in_words(words), *likeness.alike_in_looks(silent), *twins]
    joined = ((group[one], group[other]) for one, other in alike if one in group and other in group)
    return sides(group.values(), joined, release.sides_of(job.output))


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
    return job.choice.of(_records(job.work / "inventory_prepared.csv", Page, "prepare"))


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
