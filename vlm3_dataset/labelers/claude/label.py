"""Label pages and threads with Claude: ask about each once, then read the answers from the store."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset.claude.asking import Failure, PageAsk, ask, once_more
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store, held
from vlm3_dataset.claude.forecast import Forecast
from vlm3_dataset.claude.prices import Model, money
from vlm3_dataset.claude.sending import ConfirmCost, How, answered, expected, to_send
from vlm3_dataset.labelers.claude import prompts, thread_prompts
from vlm3_dataset.labelers.claude.surroundings import NO_SURROUNDINGS, Surroundings, picture_tokens, surroundings
from vlm3_dataset.schema import Labels, Page
from vlm3_dataset.sources.threads.conversation import load_thread


def with_claude(
    pages: Iterable[Page],
    work: Path,
    model: Model,
    budget: Budget,
    *,
    how: How | None = None,
    confirm_cost: ConfirmCost = lambda _: True,
) -> list[str]:
    """Ask about every page and thread that has no answer yet; return a line for each that got none.

    Pages come first, then threads in their order, a long one in several requests. `confirm_cost` is asked before
    anything is sent, for each of the two. Raises Declined, InUse.
    """
    pages = list(pages)
    waiting: dict[str, str] = {}
    with held(work / "labels.sqlite") as store:
        try:
            for of_a_kind in _by_kind(pages).values():
                asks = requests(of_a_kind, work, model)
                for (page, _), why in answered(asks, store, budget, how, confirm_cost):
                    if isinstance(why, Failure):
                        waiting[page.page_id] = f"{page.page_id}: {why.reason}"
            return list(waiting.values())
        finally:
            text = f"{store.count()} answers in {work}/labels.sqlite, {money(store.spent())} paid for them in all"
            lost, usd = store.lost()
            tqdm.write(f"{text}, and at most {money(usd)} for {lost} that did not arrive" if lost else text)


def prices(pages: Iterable[Page], work: Path, model: Model) -> dict[str, Forecast]:
    """Return what asking about `pages` and about `threads` would still cost, each where anything is to be asked.

    Raises InUse, and OSError as `about` does.
    """
    with held(work / "labels.sqlite") as store:
        return {kind: rest for kind, *_, rest in to_ask(list(pages), work, model, store) if rest.requests}


def to_ask(pages: Sequence[Page], work: Path, model: Model, store: Store) -> Iterator[tuple[str, int, int, Forecast]]:
    """Yield, for `pages` and for `threads`, how many requests there are and are answered, and the forecast of the rest.

    What is on its way in a batch is not of the rest. Raises OSError as `about` does.
    """
    for kind, of_a_kind in _by_kind(pages).items():
        asks = {each.key: each for each in requests(of_a_kind, work, model).values()}
        yield kind, len(asks), sum(map(store.has, asks)), expected(to_send(asks.values(), store), store)


def _by_kind(pages: Sequence[Page]) -> dict[str, list[Page]]:
    """Return pages and threads apart: they have prompts, answers and so prices of their own."""
    threads = [page for page in pages if page.origin == "thread"]
    return {"pages": [page for page in pages if page.origin != "thread"], "threads": threads}


def requests(pages: Sequence[Page], work: Path, model: Model) -> dict[tuple[Page, int], PageAsk]:
    """Return the requests for the pairs of all these pages and threads, each with its number among those of its page.

    Raises OSError as `about` does.
    """
    around = surroundings([page for page in pages if page.origin != "thread"], work)
    return {
        (page, number): each
        for page in tqdm(pages, desc="look up", unit="page")
        for number, each in enumerate(about(page, work, model, around.get(page, NO_SURROUNDINGS)))
    }


def about(page: Page, work: Path, model: Model, around: Surroundings = NO_SURROUNDINGS) -> tuple[PageAsk, ...]:
    """Return the requests for a page's or a thread's pairs. Raises OSError where its picture cannot be read."""
    if page.origin == "thread":
        thread = load_thread(work, page.page_id)
        texts = (thread_prompts.user_text(thread, posts) for posts in thread_prompts.windows(thread))
        pairs = thread_prompts.likely_pairs(thread)
        usual = {"usual_output": thread_prompts.EMPTY_TOKENS + pairs * thread_prompts.PAIR_TOKENS, "usual_pairs": pairs}
        return tuple(ask(thread_prompts.PROMPT, text, page, work, model, **usual) for text in texts)
    asked = ask(
        prompts.PROMPT,
        prompts.user_text(page),
        page,
        work,
        model,
        sent=prompts.sent_text(page, around),
        usual_output=prompts.CLASS_TOKENS + around.quota * prompts.PAIR_TOKENS,
        most_tokens=picture_tokens(around.kind),
    )
    return (asked,)


def answered_before(page: Page, work: Path, model: Model, store: Store) -> Labels | None:
    """Return a model's stored labels of a page; None where it was not asked about this picture with this prompt.

    A thread has its labels once all of its requests are answered.
    """
    bodies = []
    for first in about(page, work, model):
        body = store.get(first.key)
        if body is not None and (second := once_more(first, body)):
            body = store.get(second.key)
        if body is None:
            return None
        bodies.append(body)
    if page.origin == "thread":
        return thread_prompts.read(bodies, load_thread(work, page.page_id))
    return prompts.read(bodies[0])
