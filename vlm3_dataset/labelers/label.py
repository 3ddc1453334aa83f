"""Leaves the pairs of every page that is worth asking about, one file a page, in qa_raw/."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset import files
from vlm3_dataset.claude.asking import Failure, PageAsk, ask, once_more
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store, held
from vlm3_dataset.claude.prices import Model, money
from vlm3_dataset.claude.sending import ConfirmCost, How, answered
from vlm3_dataset.files import fingerprint
from vlm3_dataset.labelers import prompts, rules
from vlm3_dataset.labelers.surroundings import ALONE, Surroundings, picture_tokens, surroundings
from vlm3_dataset.schema import QA, Class, Labels, Page
from vlm3_dataset.sources.readings import load_reading

STAGE = "qa_raw"


def with_rules(pages: Iterable[Page], classes: dict[str, Class], work: Path) -> list[str]:
    """Labels with the extractive labeler."""
    for page in tqdm(list(pages), desc="generate", unit="page"):
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
    with held(work / "labels.sqlite") as store:
        asks = requests(rest, list(made_from), work, model)
        failed = []
        try:
            for page, came in answered(asks, store, budget, how, confirm_cost):
                if isinstance(came, Failure):
                    failed.append(f"{page.page_id}: {came.reason}")
                else:
                    _save(work, page, made_from[page], prompts.read(came))
        finally:
            tqdm.write(_ledger(store, work))
        return failed


def _ledger(store: Store, work: Path) -> str:
    text = f"{store.count()} answers in {work}/labels.sqlite, {money(store.spent())} paid for them in all"
    lost, usd = store.lost()
    return f"{text}, and at most {money(usd)} for {lost} that did not arrive" if lost else text


def requests(asked: Sequence[Page], pages: Sequence[Page], work: Path, model: Model) -> dict[Page, PageAsk]:
    """The requests for the pairs of those that are asked about, among all pages. Raises OSError as `about` does."""
    around = surroundings(pages, work) if asked else {}
    return {page: about(page, work, model, around[page]) for page in tqdm(asked, desc="look up", unit="page")}


def about(page: Page, work: Path, model: Model, around: Surroundings = ALONE) -> PageAsk:
    """The request for a page's pairs. Raises OSError where its picture cannot be read."""
    return ask(
        prompts.PROMPT,
        prompts.user_text(page),
        page,
        work,
        model,
        sent=prompts.sent_text(page, around),
        usual_output=prompts.CLASS_TOKENS + around.quota * prompts.PAIR_TOKENS,
        most_tokens=picture_tokens(around.kind),
    )


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
