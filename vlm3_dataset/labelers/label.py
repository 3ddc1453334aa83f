"""What Claude says of the pages and threads that are worth asking about: asked once, then read from the store."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset.claude.asking import Failure, PageAsk, ask, once_more
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store
from vlm3_dataset.claude.prices import Model
from vlm3_dataset.claude.sending import ConfirmCost, How, answered
from vlm3_dataset.labelers import prompts, thread_prompts
from vlm3_dataset.schema import Labels, Page
from vlm3_dataset.sources.conversation import load_thread


def with_claude(
    pages: Iterable[Page],
    work: Path,
    model: Model,
    budget: Budget,
    *,
    how: How | None = None,
    confirm_cost: ConfirmCost = lambda _: True,
) -> list[str]:
    """Ask about every page and thread that has no answer yet; return a line for each that has none still.

    Pages come first, then threads in their order, a long one in several requests. `confirm_cost` is asked before
    anything is sent, for each of the two. Raises Declined.
    """
    store = Store(work / "labels.sqlite")
    try:
        asks = {page: asks_about(page, work, model) for page in tqdm(list(pages), desc="look up", unit="page")}
        waiting: dict[str, str] = {}
        for is_thread in (False, True):
            some = {
                (page, number): each
                for page, every in asks.items()
                if (page.origin == "thread") == is_thread
                for number, each in enumerate(every)
            }
            for (page, _), why in answered(some, store, budget, how, confirm_cost):
                if isinstance(why, Failure) and not why.final:
                    waiting[page.page_id] = f"{page.page_id}: {why.reason}"
        return list(waiting.values())
    finally:
        tqdm.write(f"{store.count()} answers in {work}/labels.sqlite, ${store.spent():.2f} paid for them in all")
        store.close()


@cache  # the whole picture is part of its key: 22 ms, and asking and reading both need it
def asks_about(page: Page, work: Path, model: Model) -> tuple[PageAsk, ...]:
    """The requests for a page's or a thread's pairs. Raises OSError where its picture cannot be read."""
    if page.origin != "thread":
        return (ask(prompts.PROMPT, prompts.user_text(page), page, work, model),)
    thread = load_thread(work, page.page_id)
    texts = (thread_prompts.user_text(thread, posts) for posts in thread_prompts.windows(thread))
    return tuple(ask(thread_prompts.PROMPT, text, page, work, model) for text in texts)


def answered_before(page: Page, work: Path, model: Model, store: Store) -> Labels | None:
    """Return what a model has said of a page; None where it was not asked about this picture in today's words.

    A thread has its labels once all of its requests are answered.
    """
    bodies = []
    for first in asks_about(page, work, model):
        asked, body = first, store.get(first.key)
        if body is not None and (second := once_more(asked, body)):
            asked, body = second, store.get(second.key)
        if body is None:
            reason = store.refusal(asked.key)
            return Labels("other", problem=f"no answer ({reason})") if reason else None
        bodies.append(body)
    if page.origin == "thread":
        return thread_prompts.read(bodies, load_thread(work, page.page_id))
    return prompts.read(bodies[0])
