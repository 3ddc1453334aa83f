"""Leaves the pairs of every page that is worth asking about, one file a page, in qa_raw/."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset import files, records
from vlm3_dataset.files import fingerprint
from vlm3_dataset.labels import answers, extractive, prompts
from vlm3_dataset.labels.asking import Failure, PageAsk, ask, once_more
from vlm3_dataset.labels.budget import Budget
from vlm3_dataset.labels.models import Model
from vlm3_dataset.labels.sending import Agree, How, send
from vlm3_dataset.labels.store import Store
from vlm3_dataset.schema import QA, Class, Labels, Page
from vlm3_dataset.shelf.prepare import load_reading

STAGE = "qa_raw"


def with_rules(pages: Iterable[Page], classes: dict[str, Class], work: Path) -> list[str]:
    """Labels with the extractive labeler."""
    for page in tqdm(list(pages), desc="generate", unit="page"):
        reading, content_type = load_reading(work, page.page_id), classes[page.page_id].content_type
        made_from = fingerprint(extractive.VERSION, page.section_name, content_type, asdict(reading))
        if not _is_labelled(work, page, made_from):
            _save(work, page, made_from, Labels(content_type, tuple(extractive.label(page, reading))))
    return []


def with_claude(
    pages: Iterable[Page],
    work: Path,
    model: Model,
    max_usd: float,
    *,
    how: How | None = None,
    agree: Agree = lambda _: True,
) -> list[str]:
    """Labels with Claude: first everything is asked that has no answer yet, then the answers are read.

    `agree` is asked before anything is sent. Returns one line for each page that has no answer. Raises Declined.
    """
    made_from = {page: fingerprint(prompts.VERSION, model.name, page.sha256, prompts.user_text(page)) for page in pages}
    rest = [page for page, made in made_from.items() if not _is_labelled(work, page, made)]
    store = Store(work / "labels.sqlite")
    try:
        asks = {page: ask(page, work, model) for page in tqdm(rest, desc="look up", unit="page")}
        last, failures = _ask_all(asks, store, Budget(max_usd), how, agree)
        failed = []
        for page, each in last.items():
            body, failure = store.get(each.key), failures.get(each.key)
            if body is not None:
                _save(work, page, made_from[page], answers.read(body))
            elif failure is not None and failure.final:
                _save(work, page, made_from[page], Labels("other", problem=f"no answer ({failure.reason})"))
            else:
                failed.append(f"{page.page_id}: {failure.reason if failure else 'no answer came; run again'}")
        return failed
    finally:
        tqdm.write(f"{store.count()} answers in {work}/labels.sqlite, ${store.spent():.2f} paid for them in all")
        store.close()


def load(work: Path, page: Page) -> Labels | None:
    """What a page's labeler said; None where its picture, as it is today, has not been labelled."""
    stored = records.load(work, STAGE, page.page_id, page.sha256)
    if stored is None:
        return None
    names = ("content_type", "section", "language", "problem")
    pairs = tuple(QA(**pair) for pair in stored["pairs"])
    return Labels(pairs=pairs, names=tuple(stored["names"]), **{name: stored[name] for name in names})


def _ask_all(
    asks: dict[Page, PageAsk], store: Store, budget: Budget, how: How | None, agree: Agree
) -> tuple[dict[Page, PageAsk], dict[str, Failure]]:
    """The last that was asked of each page, and why there is no answer, by key.

    A server without schemas is asked once more where its answer is not in form.
    """
    failures = send(asks.values(), store, budget, how=how, agree=agree)
    again = {}
    for page, first in asks.items():
        body = store.get(first.key)
        if body is not None and (second := once_more(first, body)):
            again[page] = second
    return asks | again, failures | send(again.values(), store, budget, how=how, agree=agree)


def _is_labelled(work: Path, page: Page, made_from: str) -> bool:
    stored = records.load(work, STAGE, page.page_id, page.sha256)
    return stored is not None and stored["made_from"] == made_from


def _save(work: Path, page: Page, made_from: str, labels: Labels) -> None:
    records.save(work, STAGE, page.page_id, page.sha256, made_from=made_from, **files.fields(labels))
