"""Release a dataset from pairs that passed: apply reviewers' decisions, split, look for leaks, write the files."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from vlm3_dataset import files, lineage, splitting, table
from vlm3_dataset.errors import UserError
from vlm3_dataset.filters.confidence.confidence import reworded
from vlm3_dataset.filters.grounding.grounding import grounded
from vlm3_dataset.filters.grounding.passages import PrintedPage
from vlm3_dataset.hub import emit, leaks, shrinking
from vlm3_dataset.hub.format import REVIEWED, Entry
from vlm3_dataset.hub.provenance import Provenance, paid
from vlm3_dataset.review import carrying, decided, log, report
from vlm3_dataset.review.decisions import Decision, Subject
from vlm3_dataset.review.outcome import outcome
from vlm3_dataset.review.pairs import Pair, pairs_of
from vlm3_dataset.schema import AS_TEXT, QA, Html, Page
from vlm3_dataset.selection import ALL, PageSelection
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.threads.conversation import load_thread
from vlm3_dataset.table import Row, page_of


class Empty(UserError):
    """No pair is left to write."""


def release(
    rows: Iterable[Row],
    work: Path,
    output: Path,
    *,
    selection: PageSelection = ALL,
    share: float | None = None,
    val: tuple[str, ...] = (),
    html: Html = "picture",
    may_shrink: Callable[[str], bool] = lambda _: False,
) -> str:
    """Write the dataset of these pages, which are all of the shelf or a `selection`; return lines about it.

    `html` says whether an HTML page becomes a picture, text, or both.

    Raises:
        Empty: no pair stays.
        Leak: something would stand on both sides of the split.
        Shrinks: much of the present or the published dataset would be lost, and `may_shrink` did not agree.
    """
    pages = {page_of(row): row for row in rows}
    labelled = {page: pairs_of(row) for page, row in pages.items()}
    old, standing = lineage.old_pages(output), log.standing_in(work)
    heirs, carried = _carried(labelled, work, old, standing, is_all=selection == ALL)
    own = (each for each in standing.values() if each.carried_from is None)
    decisions = {each.pair: each for each in (*own, *carried)}
    review = outcome(labelled, decisions, partial(_ground, work), is_part=selection != ALL)
    repeats = [(page.page_id, pair["like"]) for page, row in pages.items() for pair in row["pairs"] if pair["like"]]
    counts = {page_id: len(stay) for page_id, stay in review.stay.items()}
    sides_before = lineage.sides_before(pages, old, heirs)
    side = splitting.sides(list(pages), counts, repeats, work, sides_before, share=share, val=val)
    pairs, held_back = decided.one_sided(review.stay, side)
    entries = [
        entry
        for page, row in pages.items()
        if pairs[page.page_id] and (where := side[page.page_id])
        for entry in _html_forms(Entry(page, row["labels"]["content_type"], where, pairs[page.page_id]), html)
    ]
    if not entries:
        raise Empty("no pair passed the filter, so there is no dataset; see the reasons in qa_filtered/")
    compared = leaks.check(entries)
    shrinking.check(entries, output, may_shrink)
    if selection == ALL:
        carrying.write(work, carried)
    emit.emit(entries, work, output, Provenance(review.reasons(), paid(work)))
    report.write(entries, review, work, output)
    files.write_json(output / REVIEWED, {"decisions": review.decisions})
    lines = [splitting.summary(entries, share=share, is_named=bool(val)), str(compared)]
    if out := sum(where is None and bool(pairs[page_id]) for page_id, where in side.items()):
        lines.append(f"{out} pages are like some of both sides and left out")
    if held_back:
        lines.append(f"{held_back} reviewed pairs say what the other side says and stay out")
    if heirs or carried:
        lines.append(f"{len(heirs)} pages known again under other names, {len(carried)} decisions carried over")
    if review.tally:
        lines.append(f"review: {review.tally}")
    return "; ".join(lines)


def _html_forms(entry: Entry, html: Html) -> Iterator[Entry]:
    """Yield an HTML page as its picture, as text under an id of its own, or as both; any other page unchanged."""
    is_html = entry.page.origin == "html"
    if not is_html or html != "text":
        yield entry
    # A place is in pixels of an image, which a row of text has not.
    pairs = tuple(replace(qa, place="") for qa in entry.pairs if not qa.needs_image)
    if is_html and html != "picture" and pairs:
        page_id = f"{entry.page.page_id}{AS_TEXT}"
        yield replace(entry, page=replace(entry.page, page_id=page_id, image=""), pairs=pairs)


def _carried(
    labelled: Mapping[Page, list[Pair]],
    work: Path,
    old: list[lineage.Old],
    standing: Mapping[Subject, Decision],
    *,
    is_all: bool,
) -> tuple[dict[str, str], list[Decision]]:
    """Return new page ids by old ones, and the decisions that carry over to pages renamed or scanned anew."""
    present = {row["page_id"] for row in table.load(work, "page_id")}
    pictures = {about.page_id: about.image_sha256 for about in standing}
    # Pictures are matched only for pages that are gone: hashing all of them reads 0.6 GB.
    pictures |= {each.page_id: "" if each.page_id in present else each.picture() for each in old}
    heirs = lineage.heirs(labelled, pictures, present, work)
    if not is_all:  # a part of the shelf says nothing about the rest
        return heirs, [each for each in standing.values() if each.carried_from]
    pairs = (pair for pairs in labelled.values() for pair in pairs) if standing else ()
    return heirs, carrying.carried(standing, pairs, heirs)


def _ground(work: Path, page: Page, qa: QA) -> QA:
    """Return a pair with its grounding on its page; one of a thread has its quotes, unless it was edited."""
    if page.origin == "thread":
        is_edited = qa.reviewed == "edited"
        return reworded(qa, load_thread(work, page.page_id)) if is_edited else replace(qa, numbers_grounded="quoted")
    return grounded(qa, PrintedPage(load_reading(work, page.page_id)))
