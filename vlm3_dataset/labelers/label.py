"""Leaves the pairs of every page that is worth asking about, one file a page, in qa_raw/."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset import files
from vlm3_dataset.claude.asking import Failure, PageAsk, ask, once_more
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.sending import ConfirmCost, How, answered
from vlm3_dataset.files import fingerprint
from vlm3_dataset.labelers import imported, prompts, rules
from vlm3_dataset.schema import QA, Class, Labels, Page
from vlm3_dataset.sources.readings import load_reading

STAGE = "qa_raw"


def with_rules(pages: Iterable[Page], classes: dict[str, Class], work: Path) -> list[str]:
    """Labels with the labeler by rules."""
    for page in tqdm(list(pages), desc="generate", unit="page"):
        reading, content_type = load_reading(work, page.page_id), classes[page.page_id].content_type
        made_from = fingerprint(rules.VERSION, page.section_name, content_type, asdict(reading))
        if not _is_labelled(work, page, made_from):
            _save(work, page, made_from, Labels(content_type, tuple(rules.label(page, reading))))
    return []


def with_pairs(pages: Iterable[Page], classes: Mapping[str, Class], work: Path, found: imported.Imported) -> list[str]:
    """Labels with pairs that exist; where one quotes no evidence, it is located on the page's reading."""
    for page in tqdm(list(pages), desc="generate", unit="page"):
        pairs, content_type = found.pairs.get(page.page_id, ()), classes[page.page_id].content_type
        segments = load_reading(work, page.page_id).segments if pairs else ()
        made_from = fingerprint(imported.VERSION, content_type, pairs, segments)
        if not _is_labelled(work, page, made_from):
            located = (
                replace(qa, evidence=qa.evidence or imported.evidence(qa.question, qa.answer, segments)) for qa in pairs
            )
            _save(work, page, made_from, Labels(content_type, tuple(located)))
    files.write_csv(work / "pairs_left_out.csv", found.left_out, imported.LeftOut)
    return []


def with_claude(
    pages: Iterable[Page],
    work: Path,
    model: Model,
    budget: Budget,
    *,
    how: How | None = None,
    confirm_cost: ConfirmCost = lambda _: True,
) -> list[str]:
    """Labels with Claude: first everything is asked that has no answer yet, then the answers are read.

    `confirm_cost` is asked before anything is sent. Returns one line for each page that has no answer. Raises Declined.
    """
    made_from = {page: fingerprint(prompts.VERSION, model.name, page.sha256, prompts.user_text(page)) for page in pages}
    rest = [page for page, made in made_from.items() if not _is_labelled(work, page, made)]
    store = Store(work / "labels.sqlite")
    try:
        asks = {page: about(page, work, model) for page in tqdm(rest, desc="look up", unit="page")}
        failed = []
        for page, came in answered(asks, store, budget, how, confirm_cost):
            if not isinstance(came, Failure):
                _save(work, page, made_from[page], prompts.read(came))
            elif came.final:
                _save(work, page, made_from[page], Labels("other", problem=f"no answer ({came.reason})"))
            else:
                failed.append(f"{page.page_id}: {came.reason}")
        return failed
    finally:
        tqdm.write(f"{store.count()} answers in {work}/labels.sqlite, ${store.spent():.2f} paid for them in all")
        store.close()


def about(page: Page, work: Path, model: Model) -> PageAsk:
    """The request for a page's pairs. Raises OSError where its picture cannot be read."""
    return ask(prompts.PROMPT, prompts.user_text(page), page, work, model)


def answered_before(page: Page, work: Path, model: Model, store: Store) -> Labels | None:
    """Return what a model has said of a page; None where it was not asked about this picture in today's words."""
    first = about(page, work, model)
    body = store.get(first.key)
    if body is not None and (second := once_more(first, body)):
        body = store.get(second.key)
    return None if body is None else prompts.read(body)


def load(work: Path, page: Page) -> Labels | None:
    """What a page's labeler said; None where its picture, as it is today, has not been labelled."""
    stored = files.load_record(work, STAGE, page.page_id, page.sha256)
    if stored is None:
        return None
    names = ("content_type", "section", "language", "problem")
    pairs = tuple(QA(**pair) for pair in stored["pairs"])
    return Labels(pairs=pairs, names=tuple(stored["names"]), **{name: stored[name] for name in names})


def _is_labelled(work: Path, page: Page, made_from: str) -> bool:
    stored = files.load_record(work, STAGE, page.page_id, page.sha256)
    return stored is not None and stored["made_from"] == made_from


def _save(work: Path, page: Page, made_from: str, labels: Labels) -> None:
    files.save_record(work, STAGE, page.page_id, page.sha256, made_from=made_from, **files.fields(labels))
