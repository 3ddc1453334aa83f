"""Leaves the pairs of every page and thread that is worth asking about, one file each, in qa_raw/."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset import files
from vlm3_dataset.claude.asking import Failure, PageAsk, ask, once_more
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.sending import ConfirmCost, How, answered
from vlm3_dataset.files import fingerprint
from vlm3_dataset.labelers import prompts, rules, thread_prompts, thread_rules
from vlm3_dataset.schema import QA, Class, Labels, Page
from vlm3_dataset.sources.conversation import load_thread
from vlm3_dataset.sources.readings import load_reading

STAGE = "qa_raw"


def with_rules(pages: Iterable[Page], classes: dict[str, Class], work: Path) -> list[str]:
    """Labels with the extractive labeler."""
    for page in tqdm(list(pages), desc="generate", unit="page"):
        if page.origin == "thread":
            made_from = fingerprint(thread_rules.VERSION, page.sha256)
            if not _is_labelled(work, page, made_from):
                _save(work, page, made_from, thread_rules.label(load_thread(work, page.page_id)))
            continue
        reading, content_type = load_reading(work, page.page_id), classes[page.page_id].content_type
        made_from = fingerprint(rules.VERSION, page.section_name, content_type, asdict(reading))
        if not _is_labelled(work, page, made_from):
            _save(work, page, made_from, Labels(content_type, tuple(rules.label(page, reading))))
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


def threads_with_claude(
    pages: Iterable[Page],
    work: Path,
    model: Model,
    budget: Budget,
    *,
    how: How | None = None,
    confirm_cost: ConfirmCost = lambda _: True,
) -> list[str]:
    """The same for threads: one request each, in the order of the pages; a long one in several.

    A thread is labelled once all of its requests are answered. Raises Declined.
    """
    made_from = {page: fingerprint(thread_prompts.VERSION, model.name, page.sha256) for page in pages}
    rest = {
        page: load_thread(work, page.page_id) for page, made in made_from.items() if not _is_labelled(work, page, made)
    }
    store = Store(work / "labels.sqlite")
    try:
        asks = {
            (page, number): ask(thread_prompts.PROMPT, thread_prompts.user_text(thread, posts), page, work, model)
            for page, thread in tqdm(rest.items(), desc="look up", unit="thread")
            for number, posts in enumerate(thread_prompts.windows(thread))
        }
        came = defaultdict(list)
        for (page, _), body in answered(asks, store, budget, how, confirm_cost):
            came[page].append(body)
        failed = []
        for page, bodies in came.items():
            failures = [body for body in bodies if isinstance(body, Failure)]
            if not failures:
                _save(work, page, made_from[page], thread_prompts.read(bodies, rest[page]))
            elif all(failure.final for failure in failures):
                _save(work, page, made_from[page], Labels("other", problem=f"no answer ({failures[0].reason})"))
            else:
                failed.append(f"{page.page_id}: {next(each.reason for each in failures if not each.final)}")
        return failed
    finally:
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
