"""What Claude says of the pages that are worth asking about: asked once, then read from the store."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset.claude.asking import Failure, PageAsk, ask, once_more
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.sending import ConfirmCost, How, answered
from vlm3_dataset.labelers import prompts
from vlm3_dataset.schema import Labels, Page


def with_claude(
    pages: Iterable[Page],
    work: Path,
    model: Model,
    budget: Budget,
    *,
    how: How | None = None,
    confirm_cost: ConfirmCost = lambda _: True,
) -> list[str]:
    """Ask about every page that has no answer yet; return a line for each that has none still.

    `confirm_cost` is asked before anything is sent. Raises Declined.
    """
    store = Store(work / "labels.sqlite")
    try:
        asks = {page: about(page, work, model) for page in tqdm(list(pages), desc="look up", unit="page")}
        came = answered(asks, store, budget, how, confirm_cost)
        return [f"{page.page_id}: {why.reason}" for page, why in came if isinstance(why, Failure) and not why.final]
    finally:
        tqdm.write(f"{store.count()} answers in {work}/labels.sqlite, ${store.spent():.2f} paid for them in all")
        store.close()


@cache  # the whole picture is part of its key: 22 ms, and asking and reading both need it
def about(page: Page, work: Path, model: Model) -> PageAsk:
    """The request for a page's pairs. Raises OSError where its picture cannot be read."""
    return ask(prompts.PROMPT, prompts.user_text(page), page, work, model)


def answered_before(page: Page, work: Path, model: Model, store: Store) -> Labels | None:
    """Return what a model has said of a page; None where it was not asked about this picture in today's words."""
    asked = about(page, work, model)
    body = store.get(asked.key)
    if body is not None and (second := once_more(asked, body)):
        asked, body = second, store.get(second.key)
    if body is not None:
        return prompts.read(body)
    reason = store.refusal(asked.key)
    return Labels("other", problem=f"no answer ({reason})") if reason else None
