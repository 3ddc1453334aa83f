"""What Claude says of the pages that are worth asking about: asked once, then read from the store."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset.claude.asking import Failure, PageAsk, ask, once_more
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store, held
from vlm3_dataset.claude.prices import Model, money
from vlm3_dataset.claude.sending import ConfirmCost, How, answered
from vlm3_dataset.labelers import prompts
from vlm3_dataset.labelers.surroundings import ALONE, Surroundings, picture_tokens, surroundings
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

    `confirm_cost` is asked before anything is sent. Raises Declined, InUse.
    """
    pages = list(pages)
    with held(work / "labels.sqlite") as store:
        try:
            came = answered(requests(pages, pages, work, model), store, budget, how, confirm_cost)
            return [f"{page.page_id}: {why.reason}" for page, why in came if isinstance(why, Failure)]
        finally:
            tqdm.write(_ledger(store, work))


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
